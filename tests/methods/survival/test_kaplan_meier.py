"""Kaplan-Meier curves by hand; R's are in tests/retention/test_oracle_survival.py."""

import numpy as np
from numpy.testing import assert_allclose

from cxlib.methods.survival.kaplan_meier import kaplan_meier
from cxlib.methods.survival.risk_table import risk_table


def test_by_hand():
    curve = kaplan_meier(risk_table([1, 2, 3], [1, 1, 0], [0, 1, 1]))
    assert_allclose(curve.survival, [[3 / 4, 1 / 2, 1 / 2]], rtol=1e-12)
    assert_allclose(curve.log_variance, [[1 / 12, 1 / 12 + 1 / 6, 1 / 12 + 1 / 6]], rtol=1e-12)
    assert_allclose(curve.cumhaz, [[1 / 4, 1 / 4 + 1 / 3, 1 / 4 + 1 / 3]], rtol=1e-12)
    assert_allclose(curve.se, curve.survival * np.sqrt(curve.log_variance))


def test_weights_of_one_change_nothing():
    """Identity: the infinitesimal jackknife with equal weights is Greenwood's variance."""
    rng = np.random.default_rng(1)
    tenure, lost = rng.integers(1, 9, 60), rng.integers(0, 2, 60)
    rows = tenure, lost, 1 - lost
    plain = kaplan_meier(risk_table(*rows))
    one = kaplan_meier(risk_table(*rows, weights=(lost, 1 - lost, lost, 1 - lost)))
    alive = plain.survival > 0
    assert_allclose(one.survival, plain.survival, rtol=1e-12)
    assert_allclose(one.log_variance[alive], plain.log_variance[alive], rtol=1e-12, atol=1e-16)


def test_there_is_no_error_where_nobody_is_left():
    assert np.isnan(kaplan_meier(risk_table([1], [1], [0])).se).all()
