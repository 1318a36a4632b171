"""Log-rank statistic by hand; R's is in tests/retention/test_oracle_survival.py."""

import numpy as np
from numpy.testing import assert_allclose

from cxlib.methods.survival.log_rank import log_rank, trend
from cxlib.methods.survival.risk_table import risk_table

TABLE = risk_table([1, 2, 2, 3], [1, 1, 0, 1], [0, 0, 1, 1], group=[0, 1, 0, 1])


def test_by_hand():
    """At 1: 2 and 3 at risk, one lost of the first; at 2: 1 and 3, one of the second; at 3 only the
    second is followed."""
    assert TABLE.at_risk.tolist() == [[2, 1, 0], [3, 3, 2]]
    found = log_rank([(TABLE.at_risk, TABLE.lost)])
    expected, variance = 2 / 5 + 1 / 4, 6 / 25 + 3 / 16
    assert_allclose(found.expected, [expected, 3 - expected], rtol=1e-12)
    assert_allclose(found.statistic, (1 - expected) ** 2 / variance, rtol=1e-12)
    assert found.df == 1


def test_the_trend_over_two_groups_is_the_test_itself():
    found = log_rank([(TABLE.at_risk, TABLE.lost)])
    assert_allclose(trend(found, [0, 1]), [found.statistic, found.pvalue], rtol=1e-12)


def test_a_stratum_twice_doubles_what_is_observed_and_expected():
    once, twice = (log_rank([(TABLE.at_risk, TABLE.lost)] * times) for times in (1, 2))
    assert_allclose(twice.observed, 2 * once.observed)
    assert_allclose(twice.covariance, 2 * once.covariance)


def test_where_nobody_was_lost_there_is_no_statistic():
    found = log_rank([(TABLE.at_risk, np.zeros_like(TABLE.lost))])
    assert (found.statistic, found.df) == (0.0, 0)
    assert np.isnan(found.pvalue)
    assert np.isnan(trend(found, [0, 1])).all()
