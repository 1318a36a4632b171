"""Intervals and tests that more than one study uses, against closed forms and R."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from statsmodels.stats.multitest import multipletests

from cxlib.errors import ParameterError, WeightError
from cxlib.methods import designs, multiplicity, proportions


def test_wilson_is_its_closed_form():
    """Wilson (1927): (p + z^2/2n -/+ z sqrt(p q / n + z^2 / 4 n^2)) / (1 + z^2/n)."""
    x, n, z = np.array([0, 1, 7, 10]), np.array([10, 3, 20, 10]), 1.959963984540054
    p = x / n
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low, high = proportions.wilson(x, n)
    assert_allclose(low, (p + z**2 / (2 * n) - half) / (1 + z**2 / n), atol=1e-12)
    assert_allclose(high, (p + z**2 / (2 * n) + half) / (1 + z**2 / n), atol=1e-12)


def test_wilson_without_trials_is_missing():
    low, high = proportions.wilson([0, 1], [0, 2])
    assert np.isnan([low[0], high[0]]).all()
    assert not np.isnan([low[1], high[1]]).any()


def test_adjusted_by_holm_by_hand():
    """0.01 x 3; max(0.03, 0.03 x 2); max(0.06, 0.04 x 1); missing p values do not count."""
    assert_allclose(
        multiplicity.adjust_pvalues([0.01, np.nan, 0.04, 0.03]), [0.03, np.nan, 0.06, 0.06]
    )
    assert np.isnan(multiplicity.adjust_pvalues([np.nan])).all()
    assert multiplicity.adjust_pvalues([]).size == 0


@settings(max_examples=60)
@given(
    st.lists(st.floats(0, 1) | st.sampled_from([0.01, 0.04]), min_size=2, max_size=30),
    st.sampled_from([("holm", "holm"), ("BH", "fdr_bh"), ("BY", "fdr_by")]),
)
def test_adjusted_p_values_are_those_of_statsmodels(pvalues, methods):
    ours, theirs = methods
    found = multiplicity.adjust_pvalues(pvalues, method=ours)
    assert found.tolist() == multipletests(pvalues, method=theirs)[1].tolist()


def test_adjusting_collects_no_garbage(monkeypatch):
    monkeypatch.setattr("gc.collect", lambda: pytest.fail("the whole process is searched"))
    for method in multiplicity.Adjustment:
        multiplicity.adjust_pvalues([0.01, 0.04, 0.03], method=method)


def test_adjusted_by_the_others_by_hand():
    """BH: 0.01 x 3/1, 0.03 x 3/2, 0.04 x 3/3, each no more than the next; BY: times 1 + 1/2 +
    1/3."""
    assert_allclose(
        multiplicity.adjust_pvalues([0.01, 0.04, 0.03], method="BH"), [0.03, 0.04, 0.04]
    )
    assert_allclose(
        multiplicity.adjust_pvalues([0.01, 0.04, 0.03], method="BY"),
        np.array([0.03, 0.04, 0.04]) * 11 / 6,
    )
    assert multiplicity.adjust_pvalues([0.01, 0.04], method="none").tolist() == [0.01, 0.04]
    with pytest.raises(ParameterError, match="did you mean 'holm'"):
        multiplicity.adjust_pvalues([0.01], method="holms")


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_confidence_is_a_share(level):
    with pytest.raises(ParameterError, match=r"0\.95 for 95 %"):
        proportions.z_value(level)


def _mean(data: pd.DataFrame, y: str, weight: str) -> tuple[float, np.ndarray]:
    mean = np.average(data[y], weights=data[weight])
    return mean, (data[weight] * (data[y] - mean) / data[weight].sum()).to_numpy()


# R survey 4.1.1 svymean(~api00, design), weights = ~pw, fpc = ~fpc; 1e-10
@pytest.mark.parametrize(
    ("name", "design", "mean", "se", "df"),
    [
        ("apiclus1", {"cluster": "dnum"}, 644.169398907104, 23.542240693781, 14),
        ("apistrat", {"strata": "stype"}, 662.287363159321, 9.40894080278458, 197),
    ],
)
def test_linearised_variance_of_a_sample(shared, name, design, mean, se, df):
    schools = pd.read_csv(shared / "oracles" / "bias" / f"{name}.csv")
    found, influence = _mean(schools, "api00", "pw")
    columns = {each: schools[column] for each, column in design.items()}
    variance, units = designs.linearised_variance(influence, **columns, population=schools["fpc"])
    assert_allclose([found, np.sqrt(variance)], [mean, se], rtol=1e-10)
    assert units == df


def test_linearised_variance_of_a_plain_mean_is_the_textbooks():
    y = np.array([1.0, 4, 4, 9, 2])
    variance, df = designs.linearised_variance((y - y.mean()) / y.size)
    assert_allclose(variance, y.var(ddof=1) / y.size)
    assert df == 4


def test_linearised_variance_refuses():
    with pytest.raises(WeightError, match="single cluster"):
        designs.linearised_variance([1.0, -1.0], strata=["a", "b"])
    with pytest.raises(WeightError, match="population"):
        designs.linearised_variance([1.0, -1.0, 0.0], population=[2, 2, 2])


@given(st.integers(1, 10**7), st.floats(0.5, 0.999))
def test_the_limits_of_nobody_and_everyone_are_exact_and_hold_their_share(n, confidence):
    low, high = proportions.wilson([0, n], [n, n], confidence=confidence)
    assert (low[0], high[1]) == (0, 1)
    assert 0 < high[0] < 1
    assert 0 < low[1] < 1
