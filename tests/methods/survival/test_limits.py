"""Limits of a curve: closed forms."""

import numpy as np
import pytest
import scipy
from numpy.testing import assert_allclose

from cxlib.methods.survival.kaplan_meier import kaplan_meier
from cxlib.methods.survival.limits import SCALES, hall_wellner, limit_without_losses, pointwise
from cxlib.methods.survival.risk_table import risk_table

N = 40
CURVE = kaplan_meier(risk_table(range(1, N + 1), [1] * N, [0] * N))


def test_band_without_censoring_is_kolmogorov_smirnov():
    """Closed form: uncensored, (1 + n v) / sqrt(n) x S is 1/sqrt(n), so the exponent is K /
    (sqrt(n) S |log S|); 1.3581 is the 95 % point of Kolmogorov's distribution (Smirnov 1948)."""
    low, high = hall_wellner(CURVE, np.array([[N]]), 0.95)
    s = CURVE.survival[:, :-1]
    spread = 1.3580986393225507 / (np.sqrt(N) * s * abs(np.log(s)))
    assert_allclose(low[:, :-1], s ** np.exp(spread), rtol=1e-9)
    assert_allclose(high[:, :-1], s ** np.exp(-spread), rtol=1e-9)


@pytest.mark.parametrize("scale", SCALES)
def test_limits_hold_the_curve_and_are_missing_at_its_end(scale):
    low, high = pointwise(CURVE, 1.96, scale)
    assert ((low <= CURVE.survival) & (CURVE.survival <= high))[:, :-1].all()
    assert np.isnan([low[0, -1], high[0, -1]]).all()


def test_none_lost_is_the_limit_of_clopper_and_pearson():
    exact = scipy.stats.binomtest(31, 31).proportion_ci(0.95).low
    assert exact - 0.01 < limit_without_losses(31, 0.95) <= exact
