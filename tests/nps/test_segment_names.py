"""A segment's column and its values may have any name, and keep it for the reader."""

import functools

import pandas as pd
import pytest

from cxlib import nps
from tests.nps.edges import PLAIN, N


@pytest.mark.parametrize(
    "name",
    [
        "code",
        "w",
        "by0",
        "by1",
        "weight",
        "strata",
        "kind",
        "at",
        "a b",
        "index",
        "level_0",
        "0",
        "cx_rows",
        "SELECT",
        'quote"d',
        "区分",
        "{score}",
    ],
)
@pytest.mark.parametrize(
    "options", [{}, {"weight": "ww", "cluster": "store"}], ids=["plain", "design"]
)
def test_a_segment_column_may_have_any_name_that_no_result_has(name, options):
    rows = PLAIN.rename(columns={"w": "ww", "g": "segment"})
    wanted, found = (
        nps.score(data, by=column, **options).frame.set_axis(range(12), axis=1)
        for data, column in ((rows, "segment"), (rows.rename(columns={"segment": name}), name))
    )
    pd.testing.assert_frame_equal(wanted, found)
    if not options:
        assert nps.top_box(rows.rename(columns={"segment": name}), by=name, scale=(0, 10)).frame[
            name
        ].tolist() == list("abc")


@functools.cache
def results_by(column, options):
    """Results of the same answers, by the name of their segment column."""
    data, given_ = PLAIN.rename(columns={"w": "ww", "g": column}), dict(options)
    return [
        nps.score(data, by=column, **given_),
        nps.league(data, between=column, **given_),
        nps.monitor(data, between=column, order=[*"abc"], **given_),
        nps.waves(data, wave=column, order=[*"abc"], **given_),
        nps.compare(data, between="stratum", by=column, **given_),
        nps.homogeneity(data, between=column, **given_),
    ]


@pytest.mark.parametrize("name", ["n", "n_eff", "nps", "ci_low", "method", "rank", "looks", "a"])
@pytest.mark.parametrize(
    "options", [{}, {"weight": "ww", "cluster": "store"}], ids=["plain", "design"]
)
def test_a_segment_column_with_a_name_of_ours_is_carried(name, options):
    own = PLAIN.rename(columns={"w": "ww", "g": name})
    wanted_of_all = results_by("segment", tuple(options.items()))
    for wanted, found in zip(wanted_of_all, results_by(name, tuple(options.items())), strict=True):
        pd.testing.assert_frame_equal(
            wanted.frame.drop(columns="between", errors="ignore").T.reset_index(drop=True),
            found.frame.drop(columns="between", errors="ignore").T.reset_index(drop=True),
        )
        if found.carried:
            assert name in found.table().written().columns
            assert f"by_{name}" not in found.table().to_html()
    assert nps.score(own, by=name, **options).row({name: "b"})["n"] == N / 3


@pytest.mark.parametrize("name", ["n", "promoters", "nps", "method", "score"])
def test_a_segment_column_with_the_name_of_a_result_keeps_it_for_the_reader(name):
    rows = pd.DataFrame({"answer": [10, 3] * 9, name: ["x", "y"] * 9})
    found = nps.score(rows, score="answer", by=name)
    assert found.carried == {f"by_{name}": name}
    assert found.table([f"by_{name}"]).written().columns.tolist() == [name]
    assert found.table([f"by_{name}"]).to_csv().startswith(name)
    pairs = nps.compare(
        rows.assign(verdict="v", g=["1", "1", "2", "2"] * 4 + ["1", "2"]),
        score="answer",
        between="g",
        by="verdict",
    )
    assert pairs.carried["by_verdict"] == "verdict"
    assert pairs.frame["by_verdict"].tolist() == ["v"]
    assert pairs.title() == "The difference between v · 1 and v · 2 cannot be told from noise"


@pytest.mark.parametrize(
    "name", ["_weight", "_stratum", "_cluster", "_square", "_position", "_code"]
)
def test_columns_that_counts_have_themselves_may_be_names_of_segments(name):
    rows = PLAIN.rename(columns={"g": name})
    wanted = nps.score(PLAIN, by="g", weight="w", cluster="store")
    found = nps.score(rows, by=name, weight="w", cluster="store")
    assert found.carried == {f"by_{name}": name}
    pd.testing.assert_frame_equal(wanted.frame.iloc[:, 1:], found.frame.iloc[:, 1:])


@pytest.mark.parametrize("name", ["code", "by0", "by1", "kind"])
def test_other_names_of_columns_do_not_matter(name):
    rows = pd.DataFrame({"n": [10, 3, None], name: ["x", "y", "y"]})
    counts = nps.count_scores(rows, score="n", by=name)
    assert counts.categories()[[name, "n", "promoters"]].to_numpy().tolist() == [
        ["x", 1, 1],
        ["y", 1, 0],
    ]
    assert counts.dropped == {"missing": 1, "out_of_range": 0, "not_whole": 0, f"no {name}": 0}


def test_spellings_that_differ_only_in_white_space_or_width_are_one_segment():
    rows = pd.DataFrame(
        {
            "score": [10, 9, 3, 8, 0] * 8,
            "city": ["Tokyo", "Tokyo ", " Tokyo", "Ｔｏｋｙｏ", "Osaka"] * 8,
        }
    )
    found = nps.score(rows, by="city")
    assert found.frame["city"].tolist() == ["Osaka", "Tokyo"]
    assert found.frame["n"].tolist() == [8, 32]
    assert "taken for one name: Tokyo" in str(found.warnings[0])
    apart = nps.count_scores(rows.assign(city=["Tokyo", "tokyo"] * 20), score="score", by="city")
    assert apart.categories()["n"].tolist() == [20, 20]
    assert "differ only in capital letters" in str(apart.warnings[0])


def test_a_segment_named_nan_is_one_and_missing_segments_are_counted():
    rows = pd.DataFrame(
        {"score": [10, 9, 0, 5, 8] * 8, "g": ["nan", "nan", "東京", "None", None] * 8}
    )
    for counts in (
        nps.count_scores(rows, score="score", by="g"),
        nps.count_scores(rows, score="score", by="g", cluster="score"),
    ):
        assert counts.categories()["g"].tolist() == ["None", "nan", "東京"]
        assert counts.dropped["no g"] == 8
    assert nps.compare(rows, between="g", reference="nan").frame["b"].tolist() == ["None", "東京"]
    assert set(nps.league(rows, between="g", fewest=1).frame["g"]) == {"nan", "東京", "None"}


def test_a_segment_named_nan_is_a_segment_and_a_missing_one_is_counted():
    rows = pd.DataFrame({"score": [10, 9, 0, 5], "store": ["nan", "nan", "東京", None]})
    counts = nps.count_scores(rows, score="score", by="store")
    assert list(counts.categories()["store"]) == ["nan", "東京"]
    assert counts.dropped["no store"] == 1
    assert nps.score(counts, by=None).frame["n"].item() == 4  # it still counts in the total
