"""Comparisons under a design: the rest is a column, interval and p value never disagree."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import nps
from tests.nps.designed_samples import counted, samples, some_designs


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
    assert (frame.loc[~known, "verdict"] == "do_not_compare").all()
