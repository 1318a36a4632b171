"""Linearised errors of segments are `designs.linearised_variance` of rows (R: test_oracle_r)."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import nps
from cxlib.errors import WeightError
from cxlib.methods import designs
from cxlib.nps.design import linearise
from cxlib.nps.methods import intervals
from cxlib.nps.score_counts import ScoreCounts
from tests.conftest import ORACLES
from tests.nps.designed_samples import CLOSE, all_designs, counted, samples, some_designs


class ByHand:
    """The rows, also those of weight 0, their influence on each segment's NPS, and what the ground
    floor makes of it."""

    def __init__(self, rows, design, population=None):
        self.rows = rows
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
        return designs.linearised_variance(influence, **self.sampling, population=self.fpc)[0]

    def df(self, inside):
        inside = inside & (self.w > 0)  # as R's degf
        return designs.linearised_variance(
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


@all_designs
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
    assert_allclose(
        wanted[i] + wanted[j] - 2 * found.domains.covariance(i, j), of_differences, **CLOSE
    )
    together = [inside[a] | inside[b] for a, b in zip(i, j, strict=True)]
    for df, each in zip(found.domains.df_of(i, j), together, strict=True):
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


@all_designs
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


def test_zero_weights_are_sampling_units_without_an_answer():
    rows = pd.DataFrame(
        {"score": [10, 0, 8, 9, 3, 10] * 3, "w": [1.0, 2, 0.5] * 6, "j": list(range(6)) * 3}
    )
    more = pd.concat([rows, pd.DataFrame({"score": 0, "w": 0.0, "j": range(6, 9)})])
    counts = [
        nps.count_scores(each, score="score", weight="w", cluster="j") for each in (rows, more)
    ]
    one, two = (linearise(each) for each in counts)
    assert (one.n[0], one.df[0]) == (two.n[0], two.df[0])
    # the totals of all clusters sum to 0, so that m / (m - 1) alone is another
    assert_allclose(two.variance[0], one.variance[0] * (9 / 8) / (6 / 5), rtol=1e-12)
    assert counts[1].dropped["zero_weight"] == 3
