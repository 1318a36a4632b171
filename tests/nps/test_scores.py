"""NPS and its comparison from rows: same answer from every kind of input, refusals, sentences."""

import duckdb
import ibis
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import nps
from cxlib.errors import ColumnError, CxError, EmptyDataError, ParameterError, ScaleError
from cxlib.result import picture
from tests.conftest import ORACLES

ROWS = pd.DataFrame(
    {
        "score": [10, 9, 8, 7, 6, 0, 10, 10, 3, 9, None, 11, 7.5],
        "渠道": ["電話"] * 6 + ["매장"] * 7,
        "wave": ["2025Q1", "2025Q2"] * 6 + ["2025Q2"],
    }
)
scores = st.lists(st.integers(0, 10), min_size=1, max_size=60)


def inputs(frame, folder):
    frame.to_csv(folder / "rows.csv", index=False)
    frame.to_parquet(folder / "rows.parquet")
    yield from (
        frame,
        pa.Table.from_pandas(frame),
        folder / "rows.csv",
        str(folder / "rows.parquet"),
        duckdb.from_df(frame),
        ibis.memtable(frame),
    )


def test_every_kind_of_input_gives_the_same_counts(tmp_path):
    wanted = {"2025Q1": (5, 2, 1, 2), "2025Q2": (5, 3, 1, 1)}
    for data in inputs(ROWS, tmp_path):
        counts = nps.count_scores(data, score="score", by="wave")
        found = {
            row.wave: (row.n, row.promoters, row.passives, row.detractors)
            for row in counts.categories().itertuples()
        }
        assert found == wanted
        assert counts.dropped == {"missing": 1, "out of range": 1, "not whole": 1, "no wave": 0}


def test_nps_of_known_counts():
    # Rocks: (40 - 20) / 160 = 12.5 points
    row = nps.score(
        pd.DataFrame({"score": [10] * 40 + [8] * 100 + [2] * 20}), score="score"
    ).frame.iloc[0]
    assert row["nps"] == 12.5
    assert_allclose(row["se"], 100 * np.sqrt(0.359375 / 160), rtol=1e-12)
    assert list(row[["n", "promoters", "passives", "detractors"]]) == [160, 40, 100, 20]


@settings(max_examples=25)
@given(scores, st.randoms())
def test_row_order_changes_nothing(values, random):
    shuffled = random.sample(values, len(values))
    one, two = (
        nps.count_scores(pd.DataFrame({"score": v}), score="score").categories()
        for v in (values, shuffled)
    )
    pd.testing.assert_frame_equal(one, two)


@settings(max_examples=25)
@given(scores, scores)
def test_counts_of_parts_add_to_the_counts_of_the_whole(one, two):
    def count(values):
        return nps.count_scores(pd.DataFrame({"score": values}), score="score")

    pd.testing.assert_frame_equal((count(one) + count(two)).frame, count(one + two).frame)


def test_counts_made_differently_do_not_add():
    one, two = (
        nps.count_scores(ROWS, score="score"),
        nps.count_scores(ROWS, score="score", by="wave"),
    )
    with pytest.raises(ParameterError, match="do not add"):
        _ = one + two


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"score": "skore"}, ColumnError, "did you mean 'score'"),
        ({"score": "渠道"}, ColumnError, "parse_scores"),
        ({"by": "wav"}, ColumnError, "did you mean 'wave'"),
        ({"scale": (10, 0)}, ParameterError, "the lower first"),
        ({"promoter": 5}, ParameterError, "detractor below promoter"),
        ({"scale": (20, 30), "promoter": 29, "detractor": 26}, EmptyDataError, "20 to 30"),
    ],
)
def test_bad_parameters_are_refused_with_the_next_step(change, error, words):
    with pytest.raises(error, match=words):
        nps.count_scores(ROWS, **({"score": "score"} | change))


def test_a_one_to_ten_scale_is_refused_with_the_scale_to_pass():
    with pytest.raises(ScaleError, match=r"Pass scale=\(1, 10\)"):
        nps.count_scores(pd.DataFrame({"score": [1] * 12 + [9] * 50}), score="score")
    assert (
        nps.count_scores(pd.DataFrame({"score": [1] * 12 + [9] * 50}), score="score", scale=(1, 10))
        .frame["n"]
        .sum()
        == 62
    )


@pytest.mark.parametrize("values", [[10], [0], [8], [10] * 50, [0] * 50, [8] * 50])
def test_one_answer_or_one_kind_has_an_interval_with_width(values):
    row = nps.score(pd.DataFrame({"score": values}), score="score").frame.iloc[0]
    assert -100 <= row["ci_low"] < row["ci_high"] <= 100


def test_a_segment_named_nan_is_a_segment_and_a_missing_one_is_counted():
    rows = pd.DataFrame({"score": [10, 9, 0, 5], "store": ["nan", "nan", "東京", None]})
    counts = nps.count_scores(rows, score="score", by="store")
    assert list(counts.categories()["store"]) == ["nan", "東京"]
    assert counts.dropped["no store"] == 1
    assert nps.score(counts, by=None).frame["n"].item() == 4  # it still counts in the total


def test_waves_stand_in_natural_order_and_are_compared_with_the_one_before():
    rows = pd.DataFrame({"score": [10, 0] * 6, "wave": ["wave 10", "wave 9", "wave 2"] * 4})
    changes = nps.compare(rows, score="score", between="wave", against="previous").frame
    assert list(zip(changes["a"], changes["b"], strict=True)) == [
        ("wave 2", "wave 9"),
        ("wave 9", "wave 10"),
    ]


def test_holm_is_over_the_family_and_the_verdict_follows_it():
    rng = np.random.default_rng(7)
    rows = pd.DataFrame(
        {
            "score": rng.choice([10, 8, 2], 900, p=[0.4, 0.3, 0.3]),
            "store": np.repeat(list("abc"), 300),
        }
    )
    rows.loc[rows["store"] == "c", "score"] = rng.choice([10, 8, 2], 300, p=[0.2, 0.2, 0.6])
    frame = nps.compare(rows, score="score", between="store").frame
    assert len(frame) == 3
    assert (frame["pvalue_adj"] >= frame["pvalue"]).all()
    assert dict(zip(frame["a"] + frame["b"], frame["verdict"], strict=True)) == {
        "ab": "cannot tell",
        "ac": "down",
        "bc": "down",
    }


def test_equal_nps_with_different_spread_is_not_a_difference():
    # 5/90/5 against 48/4/48: the three-category chi-square rejects always; equal NPS must not
    rows = pd.DataFrame(
        {
            "score": [10] * 5 + [8] * 90 + [0] * 5 + [10] * 48 + [8] * 4 + [0] * 48,
            "s": ["x"] * 100 + ["y"] * 100,
        }
    )
    row = nps.compare(rows, score="score", between="s").frame.iloc[0]
    assert (row["difference"], row["pvalue"], row["verdict"]) == (0, 1, "cannot tell")


def test_detectable_is_the_planning_formula():
    rows = pd.DataFrame(
        {
            "score": [10] * 50 + [8] * 30 + [0] * 20 + [10] * 45 + [8] * 30 + [0] * 25,
            "w": [1] * 100 + [2] * 100,
        }
    )
    row = nps.compare(rows, score="score", between="w").frame.iloc[0]
    se = np.sqrt((0.7 - 0.3**2) / 100 + (0.7 - 0.2**2) / 100)
    assert_allclose(
        row["detectable"], 100 * (1.959963984540054 + 0.8416212335729143) * se, rtol=1e-12
    )
    assert (row["a"], row["b"]) == (1, 2)  # waves that are numbers


def test_one_wave_or_no_column_says_why_there_is_no_comparison():
    rows = pd.DataFrame({"score": [10, 3], "wave": ["a", "a"]})
    assert "only one value" in nps.compare(rows, score="score", between="wave").summary()
    nothing = nps.compare(rows, score="score", between=None)
    assert "No column was given" in nothing.summary()
    assert nothing.frame.empty
    assert (
        repr(nothing.table())
        == nothing.title()
        == "Not shown: no column to compare between was given."
    )


def test_reference_must_exist():
    with pytest.raises(CxError, match="did you mean '2025Q1'"):
        nps.compare(ROWS, score="score", between="wave", reference="2025Q11")


def test_within_another_column_pairs_stay_inside_it():
    rows = pd.DataFrame(
        {
            "score": [10, 2, 9, 1] * 5,
            "wave": ["1", "2"] * 10,
            "country": (["JP"] * 2 + ["KR"] * 2) * 5,
        }
    )
    frame = nps.compare(rows, score="score", between="wave", by="country").frame
    assert list(frame["country"]) == ["JP", "KR"]


@pytest.mark.parametrize(
    ("scores", "wanted"),
    [
        ([10] * 60 + [0] * 60, "b scores higher than a"),
        ([0] * 4 + [10] * 4, "No verdict is possible"),
    ],
)
def test_one_pair_is_said_as_one(scores, wanted):
    half = len(scores) // 2
    rows = pd.DataFrame({"score": scores, "s": ["b"] * half + ["a"] * half})
    result = nps.compare(rows, score="score", between="s")
    assert wanted in result.title()
    assert "1 differences" not in result.title() + result.summary()


@pytest.mark.parametrize(
    ("rows", "between", "wanted"),
    [
        ({"score": [1, 2], "s": ["a", "a"]}, "s", "not two values"),
        ({"score": [5, 5], "s": ["a", "b"]}, "s", "not two values"),
        ({"score": [1, 2], "s": ["a", "b"]}, None, "No column was given"),
        ({"score": [1, None, 3], "s": ["a", "b", "b"]}, "s", "n = 2"),
    ],
)
def test_the_rank_test_says_why_where_it_cannot_be_made(rows, between, wanted):
    assert wanted in nps.rank_test(pd.DataFrame(rows), score="score", between=between).summary()


@pytest.mark.parametrize("name", ["n", "promoters", "nps", "method", "score"])
def test_a_segment_column_with_the_name_of_a_result_is_refused(name):
    rows = pd.DataFrame({"answer": [10, 3], name: ["x", "y"]})
    with pytest.raises(ColumnError, match=f"by='{name}'.*rename yours"):
        nps.score(rows, score="answer", by=name)
    with pytest.raises(ColumnError, match=r"by='verdict'.*rename yours"):
        nps.compare(rows.assign(verdict="x", g="y"), score="answer", between="g", by="verdict")


@pytest.mark.parametrize("name", ["code", "by0", "by1", "kind"])
def test_other_names_of_columns_do_not_matter(name):
    rows = pd.DataFrame({"n": [10, 3, None], name: ["x", "y", "y"]})
    counts = nps.count_scores(rows, score="n", by=name)
    assert counts.categories()[[name, "n", "promoters"]].to_numpy().tolist() == [
        ["x", 1, 1],
        ["y", 1, 0],
    ]
    assert counts.dropped == {"missing": 1, "out of range": 0, "not whole": 0, f"no {name}": 0}


def test_a_column_named_twice_and_yes_or_no_for_scores_are_refused():
    with pytest.raises(ColumnError, match="twice"):
        nps.compare(ROWS, score="score", between="wave", by="wave")
    with pytest.raises(ColumnError, match="true and false"):  # 1 and 0 would all be detractors
        nps.score(pd.DataFrame({"score": [True, False, None]}), score="score")


def test_what_ready_counts_cannot_follow_is_refused():
    with pytest.raises(ParameterError, match="scale: ready counts"):
        nps.score(nps.count_scores(ROWS, score="score"), scale=(1, 10))


def test_a_column_without_values_says_so():
    rows = pd.DataFrame({"score": [10, 3], "g": [None, None]})
    for result in (nps.score(rows, by="g"), nps.compare(rows, between="g")):
        assert result.frame.empty
        assert (
            result.summary() == "No answer has a value in 'g', so there is nothing to show by it."
        )
        assert repr(result.table()) == result.summary()
        assert repr(picture(result.plot())).startswith("No answer has a value")


def test_waves_that_are_days_or_numbers_are_written_as_a_reader_would():
    days = pd.DataFrame(
        {
            "score": [10, 3] * 5,
            "w": pd.to_datetime(["2026-01-01", "2026-04-01"] * 5),
            "y": [2025.0, 2026.0] * 5,
        }
    )
    assert nps.score(days, by="w").summary().startswith("2026-04-01: the NPS")
    assert (
        nps.compare(days, between="w", against="previous").title()
        == "NPS fell from 2026-01-01 to 2026-04-01"
    )
    assert nps.score(days, by="y").warnings[0].startswith("Fewer than 30 answers in 2025 and 2026")


def test_sentences_and_figures_name_the_group_within_which_a_pair_lies():
    rows = pd.DataFrame(
        {"score": [10, 3] * 40, "w": ["1", "2"] * 40, "国": ["日本"] * 40 + ["한국"] * 40}
    )
    changes = nps.compare(rows, between="w", by="国", against="previous")
    assert changes.title() == "NPS fell from 한국 · 1 to 한국 · 2"
    ax = changes.plot()
    assert [label.get_text() for label in ax.get_yticklabels()] == ["日本 · 1 → 2", "한국 · 1 → 2"]
    picture(ax)


def test_a_figure_that_leaves_pairs_out_says_so_and_a_level_keeps_its_digits():
    rows = pd.DataFrame({"score": [10, 8, 3] * 30, "g": list("abcdefghij") * 9})
    words = " ".join(repr(picture(nps.compare(rows, between="g", confidence=0.975).plot())).split())
    assert "the 30 largest of 45" in words
    assert "97.5 % interval" in words


def test_the_rank_test_speaks_at_the_level_that_was_asked():
    rows = pd.DataFrame({"score": [10] * 12 + [9] * 20 + [8] * 12, "g": ["a"] * 18 + ["b"] * 26})
    p = nps.rank_test(rows, score="score", between="g").frame["pvalue"].item()
    said = [
        nps.rank_test(rows, score="score", between="g", confidence=level).summary()
        for level in (1 - 2 * p, 1 - p / 2)
    ]
    assert ["do not differ" in sentence for sentence in said] == [False, True]


def waves(*counts):
    """Rows of waves `1`, `2`, … from promoters, passives and detractors of each."""
    return pd.DataFrame(
        [
            {"wave": wave, "score": score}
            for wave, kinds in enumerate(counts, start=1)
            for score, n in zip((10, 8, 0), kinds, strict=True)
            for _ in range(n)
        ]
    )


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        (waves((40, 20, 40), (40, 20, 40)), "we cannot tell this from noise"),
        (
            waves((30, 30, 40), (44, 29, 27), (44, 29, 27), (57, 26, 17)),
            "Looked at alone that would pass",
        ),
        (waves((0, 0, 4), (4, 0, 0)), "too few for a verdict"),
        (waves((10, 20, 70), (70, 20, 10)), "it rose by"),
    ],
)
def test_the_finding_never_leaves_an_interval_unexplained(rows, wanted):
    result = nps.compare(rows, score="score", between="wave", against="previous")
    last = result.frame.iloc[-1]
    assert wanted in " ".join(result.findings())
    assert ((last["ci_low"] > 0) | (last["ci_high"] < 0)) == (
        "we cannot tell this" not in result.findings()[0]
    )


def test_a_reference_makes_no_claim_about_time():
    rows = waves((40, 20, 40), (30, 30, 40), (50, 20, 30))
    result = nps.compare(rows, score="score", between="wave", reference=2, against="previous")
    assert not result.directed
    assert list(zip(result.frame["a"], result.frame["b"], strict=True)) == [(2, 1), (2, 3)]


def test_the_distribution_is_weighted_and_counts_people():
    counts = nps.count_scores(
        ORACLES / "nps" / "responses.csv",
        score="ltr",
        by="wave",
        weight="weight",
        strata="stratum",
        cluster="store",
    )
    shape = nps.distribution(counts)
    assert shape.frame["n"].sum() == 1200
    # R survey: shares of promoters, passives and detractors (expected_r.json, strata_cluster)
    wanted = {
        "promoters": 0.311268724266268,
        "passives": 0.359439895861149,
        "detractors": 0.329291379872583,
    }
    assert_allclose(
        shape.frame.groupby("kind")["share"].sum()[list(wanted)], list(wanted.values()), rtol=1e-12
    )
    p, q = wanted["promoters"], wanted["detractors"]
    assert_allclose(shape.polarisation, p + q - (p - q) ** 2, rtol=1e-12)
