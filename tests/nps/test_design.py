"""Linearised errors of segments against `inference.linearised_variance` on rows, which knows no
segments; populations; refusals.

Numbers of one sample are compared with R survey in test_oracle_r.py.
"""

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import inference, nps
from cxlib.errors import ParameterError, WeightError
from cxlib.nps import intervals
from cxlib.nps.counts import CLUSTER, SQUARE, STRATUM, WEIGHT, Design, ScoreCounts
from cxlib.nps.design import estimates, known_variance, linearise
from tests.conftest import ORACLES

FULL = {"weight": "w", "strata": "h", "cluster": "j"}
DESIGNS = [
    {"weight": "w"},
    {"strata": "h"},
    {"cluster": "j"},
    {"weight": "w", "strata": "h"},
    {"strata": "h", "cluster": "j"},
    FULL,
]
designs = pytest.mark.parametrize("design", DESIGNS, ids="+".join)
some_designs = pytest.mark.parametrize(
    "design", [{"weight": "w", "strata": "h"}, FULL], ids="+".join
)
CLOSE = {
    "rtol": 1e-9,
    "atol": 1e-12,
}  # the same sums in another order; differences of near-equal sums lose some digits


@st.composite
def samples(draw):
    """Rows of a small sample: every stratum has two clusters or more, segments cross both, some
    weights are 0."""
    random, n = np.random.default_rng(draw(st.integers(0, 2**32 - 1))), draw(st.integers(8, 40))
    values = {
        "score": [0, 6, 7, 8, 9, 10],
        "g": ["東京", "b", "nan"],
        "h": [1, 2],
        "j": [1, 2, 3],
        "w": [0, 0.25, 1, 1.5, 3],
    }
    rows = pd.DataFrame({name: random.choice(each, n) for name, each in values.items()})
    kept = rows[rows["w"] > 0]
    assume(
        (kept.groupby("h")["j"].nunique().reindex([1, 2], fill_value=0) >= 2).all()
        and kept["g"].nunique() >= 2
    )
    return rows


def counted(rows, design, by="g"):
    """Counts without a query: as `count_scores` makes them (test_counts_are_those_of_the_query)."""
    weight = rows["w"] if "weight" in design else pd.Series(1.0, index=rows.index)
    coded = rows.assign(
        **{
            STRATUM: rows[design["strata"]] if "strata" in design else 0,
            CLUSTER: rows[design["cluster"]] if "cluster" in design else 0,
            "n": 1,
            WEIGHT: weight,
            SQUARE: weight**2,
        }
    )[weight > 0]
    by = [by] if by else []
    frame = coded.groupby([*by, STRATUM, CLUSTER, "score"], as_index=False)[
        ["n", WEIGHT, SQUARE]
    ].sum()
    units = coded.groupby([STRATUM, CLUSTER], as_index=False)["n"].sum()
    return ScoreCounts(frame, tuple(by), design=Design(**design), units=units)


class ByHand:
    """The rows with weight, their influence on each segment's NPS, and what the ground floor makes
    of it."""

    def __init__(self, rows, design, population=None):
        self.rows = rows[rows["w"] > 0] if "weight" in design else rows
        self.w = self.rows["w"] if "weight" in design else pd.Series(1.0, index=self.rows.index)
        self.x = (self.rows["score"] >= 9).astype(float) - (self.rows["score"] <= 6)
        self.sampling = {
            "strata": self.rows[design["strata"]] if "strata" in design else None,
            "cluster": self.rows[design["cluster"]] if "cluster" in design else None,
        }
        self.fpc = None if population is None else self.rows["h"].map(population)

    def nps(self, inside):
        return np.average(self.x[inside], weights=self.w[inside])

    def influence(self, inside):
        return (self.w * (self.x - self.nps(inside)) / self.w[inside].sum()).where(inside, 0.0)

    def variance(self, influence):
        return inference.linearised_variance(influence, **self.sampling, fpc=self.fpc)[0]

    def df(self, inside):
        return inference.linearised_variance(
            np.zeros(inside.sum()),
            **{name: None if of is None else of[inside] for name, of in self.sampling.items()},
        )[1]


def has_df(by_hand, inside):
    """Whether no stratum of the segment has a single unit, so that the ground floor gives degrees
    of freedom."""
    try:
        return by_hand.df(inside) > 0
    except WeightError:
        return False


@designs
@given(samples())
@settings(max_examples=7)
def test_segments_and_their_covariances_equal_rows(design, rows):
    counts = counted(rows, design)
    found, by_hand = linearise(counts), ByHand(rows, design)
    inside = [by_hand.rows["g"] == name for name in counts.categories()["g"]]
    errors = [by_hand.influence(each) for each in inside]
    assert_allclose(found.nps, [by_hand.nps(each) for each in inside], **CLOSE)
    wanted = np.array([by_hand.variance(error) for error in errors])
    some = found.df > 0
    assert_allclose(found.variance[some], wanted[some], **CLOSE)
    assert np.isnan(found.variance[~some]).all()
    for at, each in enumerate(inside):
        if has_df(by_hand, each):
            assert found.df[at] == by_hand.df(each)
    i, j = np.triu_indices(len(inside), 1)
    of_differences = np.array(
        [by_hand.variance(errors[b] - errors[a]) for a, b in zip(i, j, strict=True)]
    )
    assert_allclose(wanted[i] + wanted[j] - 2 * found.covariance(i, j), of_differences, **CLOSE)
    together = [inside[a] | inside[b] for a, b in zip(i, j, strict=True)]
    for df, each in zip(found.df_of(i, j), together, strict=True):
        if has_df(by_hand, each):
            assert df == by_hand.df(each) - 1


@some_designs
@given(samples(), st.integers(0, 50))
@settings(max_examples=7)
def test_a_finite_population_equals_rows(design, rows, more):
    counts, population = counted(rows, design), {1: 40 + more, 2: 1000}
    found, by_hand = linearise(counts, population=population), ByHand(rows, design, population)
    errors = [by_hand.influence(by_hand.rows["g"] == name) for name in counts.categories()["g"]]
    some = found.df > 0
    assert_allclose(
        found.variance[some], np.array([by_hand.variance(error) for error in errors])[some], **CLOSE
    )
    endless = linearise(counts, population={1: np.inf, 2: np.inf})
    assert_allclose(endless.variance, linearise(counts).variance, rtol=1e-15)


@designs
def test_counts_are_those_of_the_query(design):
    rows = pd.read_csv(ORACLES / "nps" / "responses.csv").rename(
        columns={"ltr": "score", "segment": "g", "stratum": "h", "store": "j", "weight": "w"}
    )
    for by in ("g", None):
        one, two = counted(rows, design, by), nps.count_scores(rows, score="score", by=by, **design)
        pd.testing.assert_frame_equal(
            one.frame, two.frame[one.frame.columns], check_dtype=False, rtol=1e-12
        )
        pd.testing.assert_frame_equal(one.units, two.units, check_dtype=False)


@some_designs
@given(samples(), st.floats(1e-3, 1e3))
@settings(max_examples=7)
def test_the_scale_of_weights_changes_nothing(design, rows, k):
    one, two = (counted(rows.assign(w=rows["w"] * factor), design) for factor in (1, k))
    a, b = (nps.score(counts, by="g").frame for counts in (one, two))
    numeric = ["n", "nps", "se", "ci_low", "ci_high", "n_eff"]
    assert_allclose(a[numeric], b[numeric], rtol=1e-12, atol=1e-10)
    a, b = (nps.compare(counts, between="g", adjust="none").frame for counts in (one, two))
    numeric = ["difference", "se", "ci_low", "ci_high", "df", "pvalue"]
    assert_allclose(a[numeric], b[numeric], rtol=1e-9, atol=1e-9)


@some_designs
@given(samples(), st.integers(1, 30))
@settings(max_examples=7)
def test_counts_of_parts_add_also_where_clusters_lie_in_both(design, rows, cut):
    one, two = counted(rows.iloc[:cut], design), counted(rows.iloc[cut:], design)
    both, whole = one + two, counted(rows, design)
    pd.testing.assert_frame_equal(both.frame, whole.frame, check_dtype=False)
    pd.testing.assert_frame_equal(both.units.reset_index(drop=True), whole.units, check_dtype=False)
    assert_allclose(linearise(both).variance, linearise(whole).variance, **CLOSE)


@given(samples())
@settings(max_examples=7)
def test_weights_of_one_without_clusters_give_the_plain_standard_error(rows):
    rows = rows.assign(w=1.0)
    total = nps.score(counted(rows, {"weight": "w"}, by=None)).frame.iloc[0]
    plain = ScoreCounts(rows.assign(n=1).groupby(["g", "score"], as_index=False)["n"].sum(), ("g",))
    usual = nps.score(plain, by=None, method="t").frame.iloc[0]
    assert total["nps"] == pytest.approx(usual["nps"])
    if total["se"] > 0:
        same = ["se", "ci_low", "ci_high", "n_eff"]
        assert_allclose(
            total[same].astype(float), usual[same].astype(float), rtol=1e-12, atol=1e-10
        )
    # a segment is a domain of the whole sample of N: V / n times N / (N - 1), not n / (n - 1)
    found, cells = linearise(counted(rows, {"weight": "w"})), plain.categories()
    wanted = (
        intervals.variance_of(cells["promoters"], cells["n"], cells["detractors"])
        / cells["n"]
        * len(rows)
        / (len(rows) - 1)
    )
    assert_allclose(found.variance[found.df > 0], wanted[found.df > 0], **CLOSE)


@some_designs
@given(samples())
@settings(max_examples=6)
def test_the_rest_equals_a_relabelled_column(design, rows):
    counts = counted(rows, design)
    found = nps.compare(counts, between="g", against="rest", adjust="none").frame.set_index("b")
    numeric = [
        "n_a",
        "n_b",
        "nps_a",
        "nps_b",
        "difference",
        "se",
        "ci_low",
        "ci_high",
        "df",
        "pvalue",
        "n_needed",
    ]
    for name in found.index:
        relabelled = counted(
            rows.assign(g=np.where(rows["g"] == name, "this", "all others")), design
        )
        by_hand = nps.compare(
            relabelled, between="g", reference="all others", adjust="none"
        ).frame.iloc[0]
        assert_allclose(
            found.loc[name, numeric].astype(float),
            by_hand[numeric].astype(float),
            rtol=1e-7,
            atol=1e-7,
        )


@some_designs
@given(samples(), st.sampled_from([0.8, 0.95]), st.floats(1, 100))
@settings(max_examples=10)
def test_interval_margin_and_p_value_never_disagree(design, rows, confidence, margin):
    counts, alpha = counted(rows, design), 1 - confidence
    frame = nps.compare(
        counts, between="g", adjust="none", confidence=confidence, margin=margin
    ).frame
    inner = nps.compare(counts, between="g", adjust="none", confidence=1 - 2 * alpha).frame
    # the interval is cut at -200 and 200, which the test does not know
    low, high = inner["ci_low"] + margin, margin - inner["ci_high"]
    known = frame["pvalue"].notna()
    sure = (
        known
        & (frame[["ci_low", "ci_high"]].abs() > 1e-7).all(axis=1)
        & (low.abs() > 1e-7)
        & (high.abs() > 1e-7)
    )
    assert ((frame["pvalue"] < alpha) == ((frame["ci_low"] > 0) | (frame["ci_high"] < 0)))[
        sure
    ].all()
    assert ((frame["pvalue_equivalent"] < alpha) == ((low > 0) & (high > 0)))[sure].all()
    assert frame.loc[~known, ["ci_low", "ci_high", "pvalue_equivalent"]].isna().all(axis=None)
    assert (frame.loc[~known, "verdict"] == "do not compare").all()


def test_clusters_all_alike_are_no_certainty():
    # each store has the same NPS in each segment: the linearised variance is 0, which R prints as
    # it is
    rows = pd.DataFrame(
        {
            "score": [10, 0] * 4 + [10, 8] * 4,
            "g": ["a"] * 8 + ["b"] * 8,
            "j": [1, 1, 2, 2, 3, 3, 4, 4] * 2,
        }
    )
    frame = nps.score(rows, by="g", cluster="j").frame
    assert list(frame["se"]) == [0, 0]
    # the score limits of as many answers as there are stores
    low, high = intervals.score_limits([2, 2], 4, [2, 0], z=inference.z_value(0.95))
    assert_allclose(frame[["ci_low", "ci_high"]], 100 * np.stack([low, high], axis=1), rtol=1e-9)
    row = nps.compare(rows, between="g", cluster="j").frame.iloc[0]
    assert row[["se", "ci_low", "ci_high", "pvalue", "detectable", "n_needed"]].isna().all()
    assert row["verdict"] == "do not compare"


@pytest.mark.parametrize("weights", [[0.1, 0.2, 0.3, 0.7] * 3, [1.0] * 12])
def test_strata_that_explain_every_answer_are_no_certainty(weights):
    rows = pd.DataFrame({"score": [10] * 6 + [0] * 6, "h": ["x"] * 6 + ["y"] * 6, "w": weights})
    row = nps.score(rows, strata="h").frame.iloc[0]
    assert row["se"] == 0
    assert row["ci_low"] < row["nps"] < row["ci_high"]
    assert row["n_eff"] == 12
    nearly = nps.score(rows.assign(w=np.r_[0.1, np.ones(11)]), strata="h", weight="w").frame.iloc[0]
    assert nearly["se"] > 0  # unequal weights leave the stratum's own share uncertain


def test_all_of_one_kind_has_the_score_limits_of_its_effective_number():
    weights = np.array([0.1, 0.3, 0.7, 1.1, 2.9])
    row = nps.score(pd.DataFrame({"score": 10, "w": weights}), weight="w").frame.iloc[0]
    kish = weights.sum() ** 2 / (weights**2).sum()
    z = inference.z_value(0.95)
    # Tango's equation for promoters alone, solved by hand: (n - z^2) / (n + z^2)
    assert_allclose(
        [row["ci_low"], row["ci_high"], row["n_eff"]],
        [100 * (kish - z**2) / (kish + z**2), 100, kish],
        rtol=1e-9,
    )


def test_a_cluster_that_is_the_whole_segment_says_that_nothing_can_be_known():
    rows = pd.DataFrame(
        {"score": [10, 0, 8] * 6, "g": ["a"] * 9 + ["b"] * 9, "j": [1] * 9 + [2, 3, 4] * 3}
    )
    result = nps.score(rows, by="g", cluster="j")
    assert result.row(g="a")[["se", "ci_low", "ci_high"]].isna().all()
    assert any("single cluster" in sentence for sentence in result.warnings)
    assert nps.compare(rows, between="g", cluster="j").frame["verdict"].item() == "do not compare"


def test_zero_weights_leave_n_and_degrees_of_freedom():
    rows = pd.DataFrame(
        {"score": [10, 0, 8, 9, 3, 10] * 3, "w": [1.0, 2, 0.5] * 6, "j": list(range(6)) * 3}
    )
    more = pd.concat([rows, pd.DataFrame({"score": 0, "w": 0.0, "j": range(6, 9)})])
    counts = [
        nps.count_scores(each, score="score", weight="w", cluster="j") for each in (rows, more)
    ]
    one, two = (linearise(each) for each in counts)
    assert (one.n[0], one.df[0], one.variance[0]) == (
        two.n[0],
        two.df[0],
        pytest.approx(two.variance[0], rel=1e-12),
    )
    assert counts[1].dropped["zero weight"] == 3


PLAIN = pd.DataFrame({"score": [10, 0, 8, 9, 3, 10] * 3, "g": list("aab") * 6})


@pytest.mark.parametrize("method", ["score", "mover", "adjusted_wald", "wald", "t"])
def test_a_census_has_no_error_and_a_huge_population_changes_nothing(method):
    endless = nps.score(PLAIN, method=method).frame.iloc[0]
    census, huge, some = (
        nps.score(PLAIN, method=method, population=size).frame.iloc[0] for size in (18, 1e15, 30)
    )
    assert census["ci_low"] == census["nps"] == census["ci_high"]
    assert census["se"] == 0
    numeric = ["nps", "se", "ci_low", "ci_high"]
    assert_allclose(huge[numeric].astype(float), endless[numeric].astype(float), rtol=1e-9)
    assert some["ci_high"] - some["ci_low"] < endless["ci_high"] - endless["ci_low"]
    if method in ("wald", "t"):
        # (N - n) / (N - 1) where the variance is that of all N answers, (N - n) / N where its
        # divisor is n - 1 (Cochran 2.6)
        assert_allclose(
            some["se"] / endless["se"], np.sqrt(12 / (29 if method == "wald" else 30)), rtol=1e-12
        )


def test_populations_of_segments_are_a_mapping():
    frame = nps.score(PLAIN, by="g", population={"a": 12, "b": 60}).frame.set_index("g")
    assert frame.loc["a", "ci_low"] == frame.loc["a", "ci_high"]
    alone = nps.score(PLAIN[PLAIN["g"] == "b"], population=60).frame.iloc[0]
    assert_allclose(
        frame.loc["b", ["se", "ci_low", "ci_high"]].astype(float),
        alone[["se", "ci_low", "ci_high"]].astype(float),
    )


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({"population": 17}, "less than the 18 answers"),
        ({"population": {"a": 100}}, "a number for the total"),
        ({"by": "g", "population": 100}, "a mapping from each value"),
        ({"by": "g", "population": {"a": 100, "c": 9}}, "'b' is missing"),
        ({"by": "g", "population": {"a": 100, "b": 5}}, "less than the 6 answers"),
        ({"population": np.nan}, "population=nan"),
        ({"population": 100, "method": "jeffreys"}, "no meaning"),
        ({"population": 100, "method": "bca"}, "no meaning"),
        ({"method": "tango"}, "method='tango'"),
        ({"confidence": 1}, "between 0 and 1"),
    ],
)
def test_bad_parameters_are_refused(options, wanted):
    with pytest.raises(ParameterError, match=wanted):
        nps.score(PLAIN, **options)


@pytest.mark.parametrize(
    ("population", "wanted"),
    [
        (100, "2 strata"),
        ({"x": 100}, "'y' is missing"),
        ({"x": 100, "y": 2}, "more sampling units"),
        ({"x": 100, "y": np.nan}, "'y': nan"),
    ],
)
def test_bad_populations_of_strata_are_refused(population, wanted):
    rows = pd.DataFrame({"score": [10, 0, 8, 9, 3, 10] * 3, "h": ["x", "x", "y"] * 6})
    with pytest.raises(ParameterError, match=wanted):
        nps.score(rows, strata="h", population=population)


def test_a_stratum_with_a_single_cluster_is_refused_with_the_next_step():
    rows = pd.DataFrame(
        {"score": [10, 0, 8] * 4, "h": ["x"] * 6 + ["y"] * 6, "j": [1, 2, 3] * 2 + [4] * 6}
    )
    with pytest.raises(WeightError, match="merge those strata"):
        nps.score(rows, strata="h", cluster="j")


def test_clusters_that_are_all_alike_are_worth_their_number():
    """Ten stores, each with the same two answers: a linearised variance of 0 is not knowledge; ten
    answers are."""
    rows = pd.DataFrame(
        [
            {"wave": wave, "store": store, "score": score}
            for wave, scores in ((1, [10, 0]), (2, [10, 8]))
            for store in range(10)
            for score in scores
        ]
    )
    found = estimates(nps.count_scores(rows, score="score", by="wave", cluster="store"))
    assert found["se"].tolist() == [0, 0]
    assert found["n_eff"].tolist() == [10, 10]
    assert_allclose(known_variance(found), [1 / 10, 0.25 / 10], rtol=1e-12)
    for function in (nps.waves, nps.monitor, nps.homogeneity, nps.league):
        numbers = function(
            rows, **{"wave" if function is nps.waves else "between": "wave"}, cluster="store"
        ).frame
        numbers = numbers.drop(columns="df_error", errors="ignore").select_dtypes("number")
        assert np.isfinite(numbers.to_numpy(float)).all()
