"""One test over all segments: against R, against its own closed form, and at its edges."""

import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from cxlib import nps
from cxlib.errors import ColumnError, ParameterError
from cxlib.nps.methods.heterogeneity import spread, welch
from tests.conftest import ORACLES
from tests.nps import answers

R = json.loads((ORACLES / "nps" / "expected_r.json").read_text())["k_sample_channel"]
ROWS = pd.read_csv(ORACLES / "nps" / "responses.csv")
OURS = {
    "wald_Q": ("wald", "statistic"),
    "df": ("wald", "df"),
    "wald_p": ("wald", "pvalue"),
    "welch_F": ("welch", "statistic"),
    "welch_df": ("welch", ["df", "df_error"]),
    "welch_p": ("welch", "pvalue"),
}
ELSEWHERE = {
    "kruskal_H",
    "kruskal_p",
    "chisq",
    "chisq_df",
    "chisq_p",
}  # ranks.py; the last three answer another question
groups = st.lists(st.tuples(st.floats(-0.9, 0.9), st.floats(0.001, 0.2)), min_size=2, max_size=12)


def rows_of(**segments):
    """Rows with the given (promoters, passives, detractors) in each segment."""
    return answers.rows_of("segment", segments)


def test_no_key_of_the_oracle_is_left_out():
    assert set(R) == set(OURS) | ELSEWHERE


@pytest.mark.parametrize("key", OURS)
def test_equals_r(key):
    # closed forms; R 4.2.2 oneway.test and Wald weights (make_r.R)
    method, column = OURS[key]
    row = nps.homogeneity(ROWS, score="ltr", between="channel", method=method).frame.iloc[0]
    assert_allclose(np.array(row[column], float), R[key], rtol=1e-12)


@given(groups)
def test_spread_ignores_a_common_shift(group):
    d, v = np.array(group).T
    q, i_squared, tau = spread(d, v)
    assert_allclose(spread(d + 0.3, v)[0], q, rtol=1e-6, atol=1e-9)
    assert q >= 0
    assert 0 <= i_squared < 1
    assert (tau > 0) == (i_squared > 0)


def test_tau_is_der_simonian_and_laird():
    # eight schools (Rubin 1981): Q 4.71 on 7 df in every textbook that has them, so tau is 0;
    # tripled effects leave some
    y, v = (
        np.array([28, 8, -3, 7, -1, 1, 18, 12.0]),
        np.array([15, 10, 16, 11, 9, 11, 10, 18.0]) ** 2,
    )
    q, i_squared, tau = spread(y, v)
    assert_allclose(q, 4.71, atol=0.01)
    assert (i_squared, tau) == (0, 0)
    q, i_squared, tau = spread(3 * y, v)
    w = 1 / v
    assert_allclose(tau**2, (q - 7) / (w.sum() - (w**2).sum() / w.sum()), rtol=1e-12)
    assert_allclose(i_squared, 1 - 7 / q, rtol=1e-12)


def test_welch_of_two_segments_is_the_welch_t_test():
    a, b = [1] * 30 + [0] * 20 + [-1] * 15, [1] * 12 + [0] * 9 + [-1] * 20
    t = stats.ttest_ind(a, b, equal_var=False)
    found = welch(
        [np.mean(a), np.mean(b)], [np.var(a) / len(a), np.var(b) / len(b)], [len(a), len(b)]
    )
    assert_allclose(found, (t.statistic**2, t.df, t.pvalue), rtol=1e-12)


def test_a_clear_difference_is_said():
    found = nps.homogeneity(
        rows_of(東京=(60, 20, 20), 부산=(20, 20, 60), nan=(40, 30, 30)), between="segment"
    )
    assert found.frame["pvalue"].iloc[0] < 1e-4
    assert "more than chance explains" in found.summary()
    assert "n = 300" in found.summary()


def test_segments_of_one_kind_and_of_one_answer():
    found = nps.homogeneity(rows_of(a=(30, 0, 0), b=(20, 5, 5), c=(1, 0, 0)), between="segment")
    assert found.frame["k"].iloc[0] == 2
    assert np.isfinite(
        found.frame[["statistic", "df_error", "pvalue", "tau"]].to_numpy(float)
    ).all()
    assert "single answer" in str(found.warnings[0])
    assert (
        nps.homogeneity(rows_of(a=(30, 0, 0), c=(1, 0, 0)), between="segment", method="wald")
        .frame["k"]
        .iloc[0]
        == 2
    )


def test_a_design_takes_wald_and_says_so():
    found = nps.homogeneity(ROWS, score="ltr", between="channel", weight="weight", cluster="store")
    assert found.method == "wald_q"
    assert found.frame["df_error"].isna().all()
    assert "independent" in str(found.warnings[-1])
    with pytest.raises(ParameterError, match="method='welch'"):
        nps.homogeneity(ROWS, score="ltr", between="channel", weight="weight", method="welch")


def test_a_segment_in_one_cluster_takes_no_part():
    rows = rows_of(a=(30, 10, 10), b=(10, 10, 30), c=(5, 5, 5)).assign(
        store=lambda f: np.arange(len(f)) % 7
    )
    rows.loc[rows["segment"] == "c", "store"] = 1
    found = nps.homogeneity(rows, between="segment", cluster="store")
    assert found.frame["k"].iloc[0] == 2
    assert "single cluster" in str(found.warnings[0])


def test_one_segment_none_and_bad_values():
    assert "only one value" in nps.homogeneity(rows_of(a=(3, 2, 1)), between="segment").summary()
    assert "No column" in nps.homogeneity(rows_of(a=(3, 2, 1)), between=None).summary()
    with pytest.raises(ParameterError, match="method='kruskal'"):
        nps.homogeneity(rows_of(a=(3, 2, 1)), between="segment", method="kruskal")
    with pytest.raises(ParameterError, match="confidence"):
        nps.homogeneity(rows_of(a=(3, 2, 1)), between="segment", confidence=95)
    with pytest.raises(ColumnError, match="tau"):
        nps.homogeneity(rows_of(a=(3, 2, 1)), between="tau")
