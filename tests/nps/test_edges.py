"""Answers at the edge, through every function of the study: a stated answer or a clear refusal, and
never a silent NaN."""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.text import Text
from numpy.testing import assert_allclose

from cxlib import nps
from cxlib.errors import ColumnError, CxError, EmptyDataError, WeightError
from cxlib.nps import intervals
from cxlib.result import Absent, Result

Z = 1.959963984540054
RNG = np.random.default_rng(3)
N = 120
PLAIN = pd.DataFrame(
    {
        "score": RNG.choice([10, 9, 8, 7, 5, 0], N),
        "g": np.repeat(list("abc"), N // 3),
        "w": RNG.uniform(0.5, 2.0, N),
        "stratum": np.tile(["x", "y"], N // 2),
        "store": np.tile(np.arange(24), 5),
    }
)
PLAIN["store_in"] = PLAIN["stratum"] + PLAIN["store"].astype(str)
WEIGHT, CLUSTER = {"weight": "w"}, {"cluster": "store"}


@pytest.fixture(autouse=True)
def no_collection(monkeypatch):
    """`multipletests` of statsmodels collects garbage at each call, which would be most of the time
    of these tests."""
    monkeypatch.setattr("gc.collect", lambda: 0)


def kinds(**groups):
    """Rows with a segment `g`, a weight and a store, from promoters, passives and detractors of
    each."""
    rows = pd.DataFrame(
        [
            {"g": name, "score": score}
            for name, counts in groups.items()
            for score, n in zip((10, 8, 0), counts, strict=True)
            for _ in range(n)
        ]
    )
    return rows.assign(w=1 + np.arange(len(rows)) % 3 / 2, store=np.arange(len(rows)) % 10)


def many():
    """200 stores, most with one answer to a few, 30 of them with one."""
    stores = [f"store {i}" for i in [*range(200), *RNG.integers(30, 200, 1000)]]
    return pd.DataFrame({"score": RNG.choice([10, 8, 3], len(stores)), "g": stores})


with_empty = pd.concat(
    [PLAIN, pd.DataFrame({"score": [None] * 3, "g": "空", "w": 1.0, "store": 1})], ignore_index=True
)
with_one = pd.concat(
    [PLAIN, pd.DataFrame({"score": [10], "g": "solo", "w": 1.0, "store": 1})], ignore_index=True
)
CASES = {
    "one answer each": (kinds(a=(1, 0, 0), b=(0, 0, 1)), {}),
    "all promoters": (kinds(a=(20, 0, 0), b=(20, 0, 0)), {}),
    "all passives": (kinds(a=(0, 20, 0), b=(0, 20, 0)), {}),
    "all detractors": (kinds(a=(0, 0, 20), b=(0, 0, 20)), {}),
    "one side of one kind": (kinds(a=(0, 20, 0), b=(10, 0, 10)), {}),
    "all promoters, weighted": (kinds(a=(20, 0, 0), b=(20, 0, 0)), WEIGHT),
    "one side of one kind, clusters": (kinds(a=(20, 0, 0), b=(10, 0, 10)), CLUSTER),
    "an empty segment": (with_empty, {}),
    "an empty segment, weighted": (with_empty, WEIGHT),
    "one segment of weight zero": (
        PLAIN.assign(w=np.where(PLAIN["g"] == "a", 0.0, PLAIN["w"])),
        WEIGHT,
    ),
    "some weights zero": (PLAIN.assign(w=np.where(np.arange(N) % 4, PLAIN["w"], 0.0)), WEIGHT),
    "one answer, weighted": (with_one, WEIGHT),
    "one answer, clusters": (with_one, CLUSTER),
    "each segment one cluster": (PLAIN, {"cluster": "g"}),
    "one segment one cluster": (
        PLAIN.assign(store=np.where(PLAIN["g"] == "a", 99, PLAIN["store"])),
        CLUSTER,
    ),
    "every respondent three times": (
        pd.concat([PLAIN.assign(who=range(N))] * 3, ignore_index=True),
        {"cluster": "who"},
    ),
    "strata and clusters": (PLAIN, {"weight": "w", "strata": "stratum", "cluster": "store_in"}),
    "200 stores": (many(), {}),
    "one wave": (PLAIN.assign(g="2026"), {}),
    "one wave and an empty one": (
        with_empty.assign(g=np.where(with_empty["g"] == "空", "2027", "2026")),
        {},
    ),
    "waves that are numbers": (PLAIN.assign(g=np.repeat([10.0, 9.0, 2.5], N // 3)), {}),
    "waves that are days": (
        PLAIN.assign(
            g=pd.to_datetime(np.repeat(["2026-01-01", "2026-02-01", "2026-03-01"], N // 3))
        ),
        {},
    ),
    "segments yes and no": (PLAIN.assign(g=np.tile([True, False], N // 2)), {}),
    "no segment at all": (PLAIN.assign(g=None), {}),
}
FUNCTIONS = {
    "score": lambda counts: nps.score(counts, by="g"),
    "all": nps.score,
    "each": lambda counts: nps.compare(counts, between="g"),
    "rest": lambda counts: nps.compare(counts, between="g", against="rest"),
    "previous": lambda counts: nps.compare(counts, between="g", against="previous", margin=5),
    "homogeneity": lambda counts: nps.homogeneity(counts, between="g"),
    "league": lambda counts: nps.league(counts, between="g"),
    "waves": lambda counts: nps.waves(counts, wave="g"),
    "monitor": lambda counts: nps.monitor(counts, between="g"),
    "ranks": lambda counts: nps.compare_ranks(counts, between="g"),
    "top_box": lambda counts: nps.top_box(counts, by="g", scale=(0, 10)),
}
UNWEIGHTED = ("ranks", "top_box")
# columns that may be missing by their definition, as the docstring says, without a warning
DEFINED = {
    "homogeneity": {"df_error"},
    "league": {"rank", "nps", "shrunken", "ci_low", "ci_high", "p_worst", "p_best"},
}


def sentences(result):
    said = [
        getattr(result, name)() for name in ("summary", "title", "finding") if hasattr(result, name)
    ]
    return [*said, *(result.findings() if hasattr(result, "findings") else ()), *result.warnings]


def drawn(result):
    """The words in the figure; none where a result has no figure of its own."""
    if type(result).plot is Result.plot:
        return ""
    ax = result.plot()
    plt.close(ax.figure)
    return " ".join(text.get_text() for text in ax.figure.findobj(Text))


@pytest.mark.parametrize("case", CASES)
def test_every_function_answers_or_refuses(case):
    (rows, options), refused = CASES[case], []
    counts = nps.count_scores(rows, score="score", by="g", **options)
    for name, function in FUNCTIONS.items():
        if options and name in UNWEIGHTED:
            continue
        try:
            result = function(counts)
        except CxError as error:
            refused.append((name, "single cluster" in str(error)))
            continue
        frame = result.frame
        missing = {column for column in frame if frame[column].isna().any()} - DEFINED.get(
            name, set()
        )
        assert not missing or result.warnings, f"{name}: {missing}"
        if name == "league":
            assert (frame["reason"] != "").eq(frame["rank"].isna()).all()
        words = " ".join(
            [*sentences(result), repr(replace(result.table(), most=40)), drawn(result)]
        )
        assert "nan" not in words.lower(), name
        assert not any("–" in sentence for sentence in sentences(result)), name
    assert refused in ([], [("waves", True)])  # one wave without an error leaves no chart


def test_one_answer_has_an_interval_and_no_verdict():
    row = nps.score(kinds(a=(1, 0, 0))).frame.iloc[0]
    assert_allclose(
        [row["ci_low"], row["ci_high"]], [100 * (1 - 2 * Z**2 / (1 + Z**2)), 100], rtol=1e-9
    )  # Tango of 1/0/0
    pair = nps.compare(kinds(a=(1, 0, 0), b=(0, 0, 1)), between="g")
    assert pair.frame["verdict"].item() == "do not compare"
    assert "too few for a verdict" in pair.summary()
    assert pair.title() == "No verdict is possible between b and a"


def test_of_one_kind_under_a_design_has_the_limits_of_the_effective_n():
    rows = kinds(a=(20, 0, 0), b=(10, 0, 10))
    result = nps.score(rows, by="g", weight="w")
    row, w = result.row(g="a"), rows.loc[rows["g"] == "a", "w"]
    n_eff = w.sum() ** 2 / (w**2).sum()
    low, high = intervals.score_limits(n_eff, n_eff, 0, z=Z)
    assert_allclose(
        [row["n_eff"], row["ci_low"], row["ci_high"], row["se"]],
        [n_eff, 100 * low, 100 * high, 0],
        rtol=1e-12,
    )
    pair = nps.compare(rows, between="g", weight="w")
    assert pair.frame["verdict"].item() == "do not compare"
    assert "all of one kind" in pair.frame["reason"].item() + pair.warnings[-1]
    assert (
        pair.frame[["se", "pvalue", "n_needed"]].isna().all(axis=None)
    )  # a variance of 0 plans nothing either


def test_an_empty_segment_is_listed_everywhere():
    counts = nps.count_scores(with_empty, score="score", by="g")
    assert counts.empty["g"].tolist() == ["空"]
    for result in (
        nps.score(counts, by="g"),
        nps.compare(counts, between="g"),
        nps.compare_ranks(counts, between="g"),
    ):
        assert any("Nobody gave a score in 空" in sentence for sentence in result.warnings)
    last = nps.league(counts, between="g").frame.iloc[-1]
    assert (last["g"], last["n"], last["reason"]) == ("空", 0, "no answer that counts")


def test_zero_weights_leave_n_and_degrees_of_freedom():
    rows = PLAIN.assign(w=np.where(np.arange(N) % 4, PLAIN["w"], 0.0))
    one, two = nps.score(rows, weight="w"), nps.score(rows[rows["w"] > 0], weight="w")
    pd.testing.assert_frame_equal(one.frame, two.frame)
    assert nps.count_scores(rows, score="score", weight="w").dropped["zero weight"] == 30
    said = nps.score(
        rows.assign(w=rows["w"].where(rows["g"] != "a", 0)), by="g", weight="w"
    ).warnings
    assert (
        "No answer with a score and a weight above 0 lies in a, so nothing is known there." in said
    )
    with pytest.raises(EmptyDataError, match="weight above 0"):
        nps.score(rows.assign(w=0.0), weight="w")


@pytest.mark.parametrize("bad", [np.nan, -1.0, np.inf])
def test_bad_weights_are_refused_with_the_column(bad):
    rows = PLAIN.assign(w=PLAIN["w"].mask(PLAIN.index < 2, bad))
    with pytest.raises(WeightError, match=r"weight='w': 2 answers with a score have none"):
        nps.score(rows, weight="w")
    unscored = rows.assign(
        score=rows["score"].mask(rows.index < 2)
    )  # a bad weight of a row without a score does no harm
    assert nps.score(unscored, weight="w").frame["n"].item() == N - 2


def test_a_missing_stratum_or_cluster_and_a_stratum_with_one_cluster_are_refused():
    for name in ("strata", "cluster"):
        with pytest.raises(
            WeightError, match=f"{name}='store_in': 1 answers with a score have none"
        ):
            nps.score(
                PLAIN.assign(store_in=PLAIN["store_in"].mask(PLAIN.index == 5)),
                **{name: "store_in"},
            )
    lone = PLAIN.assign(store_in=PLAIN["store_in"].where(PLAIN["stratum"] == "x", "y0"))
    with pytest.raises(WeightError, match="1 of 2 strata have a single cluster"):
        nps.score(lone, strata="stratum", cluster="store_in")


def test_among_200_stores_those_with_one_answer_get_no_verdict():
    rows = CASES["200 stores"][0]
    frame = nps.compare(rows, between="g").frame
    few = frame[["n_a", "n_b"]].min(axis=1) < 5
    assert len(frame) == 19_900
    assert (frame.loc[few, "verdict"] == "do not compare").all()
    assert frame[["difference", "ci_low", "ci_high", "pvalue", "pvalue_adj"]].notna().all(axis=None)
    league = nps.league(rows, between="g")
    assert (league.frame["n"] >= 10).equals(league.frame["rank"].notna())
    assert league.frame["reason"].iloc[-1] == "fewer than 10 answers"


def test_one_wave_says_that_it_is_one():
    rows = PLAIN.assign(g=2026.0)
    assert (
        "only one value of 'g' (2026)"
        in nps.compare(rows, between="g", against="previous").summary()
    )
    assert "only one value of 'g' (2026)" in nps.monitor(rows, between="g").summary()
    assert "one wave only (2026" in nps.waves(rows, wave="g").summary()


def test_a_segment_that_is_one_cluster_has_no_interval():
    result = nps.score(PLAIN, by="g", cluster="g")
    assert result.frame[["se", "ci_low", "ci_high"]].isna().all(axis=None)
    assert "come from a single cluster" in result.warnings[0]
    assert "how sure that is cannot be known" in result.summary()
    changes = nps.compare(PLAIN, between="g", against="previous", cluster="g")
    assert set(changes.frame["verdict"]) == {"do not compare"}
    assert changes.frame["reason"].str.contains("cluster").all()
    assert "cannot be known" in " ".join(changes.findings())
    assert "cannot be known" in nps.compare(PLAIN, between="g", cluster="g").title()
    alike = nps.score(
        kinds(a=(20, 0, 0), b=(10, 0, 10)), by="g", cluster="g"
    )  # also where the cluster is of one kind
    assert alike.row(g="a")[["ci_low", "ci_high"]].isna().all()


def test_respondents_who_answer_again_are_worth_one_answer_each():
    rows, options = CASES["every respondent three times"]
    once, naive, clustered = (
        nps.score(PLAIN, method="t").frame,
        nps.score(rows).frame,
        nps.score(rows, **options).frame,
    )
    assert naive["se"].item() < clustered["se"].item()
    assert_allclose(
        clustered[["se", "ci_low", "ci_high"]], once[["se", "ci_low", "ci_high"]], rtol=1e-12
    )
    assert clustered["n_eff"].item() < N + 1 < naive["n_eff"].item()


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


def test_waves_that_are_numbers_stand_by_size_and_read_as_numbers():
    result = nps.compare(CASES["waves that are numbers"][0], between="g", against="previous")
    assert list(zip(result.frame["a"], result.frame["b"], strict=True)) == [(2.5, 9.0), (9.0, 10.0)]
    assert "From 9 to 10" in result.findings()[0]
    assert nps.waves(CASES["waves that are numbers"][0], wave="g").frame["g"].tolist() == [
        2.5,
        9.0,
        10.0,
    ]


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


@pytest.mark.parametrize(
    "name",
    [
        "n",
        "n_eff",
        "nps",
        "ci_low",
        "method",
        "_weight",
        "_stratum",
        "_cluster",
        "_square",
        "_position",
    ],
)
def test_a_segment_column_with_a_name_of_ours_is_refused(name):
    with pytest.raises(ColumnError, match=f"'{name}'.*rename yours"):
        nps.score(PLAIN.rename(columns={"g": name}), by=name)


def test_no_column_to_compare_says_what_is_missing():
    for result in (
        nps.compare(PLAIN, between=None),
        nps.league(PLAIN, between=None),
        nps.homogeneity(PLAIN, between=None),
    ):
        assert isinstance(result, Absent)
        assert result.summary()
