"""The R-indicator's arithmetic: its errors against simulated surveys."""

import numpy as np
import pytest
from scipy.special import expit

from cxlib.bias.methods import r_indicator

A, B = np.divmod(np.arange(6), 2)
X = np.column_stack([np.ones(6), A == 1, A == 2, B == 1]).astype(float)
SHARE = np.array([0.3, 0.2, 0.15, 0.15, 0.1, 0.1])
CHANCE = expit(X @ np.array([-0.8, 0.8, 1.2, -0.6]))


@pytest.fixture(scope="module")
def surveys():
    """600 surveys of 4,000 people drawn from 12,000, and what each estimates."""
    rng = np.random.default_rng(20)
    found = []
    for _ in range(600):
        n = rng.multivariate_hypergeometric((12_000 * SHARE).astype(int), 4_000).astype(float)
        r = rng.binomial(n.astype(int), CHANCE).astype(float)
        asked = r_indicator.Asked(n, 3 * n, 9 * n, 3 * r)
        found.append(
            (r_indicator.estimate(X, asked), r_indicator.partials(X, asked, [A, B])),
        )
    return found


def spread(values):
    """Spread over the mean error: with 600 surveys good to about 3 %."""
    estimates, errors = np.array(values).T
    return estimates.std(ddof=1) / errors.mean()


def test_errors_are_the_spread_over_surveys(surveys):
    """Own simulation; four standard errors of a standard deviation of 600 draws are 12 %."""
    assert spread([(whole.adjusted, whole.se) for whole, _ in surveys]) == pytest.approx(
        1, abs=0.12
    )
    for column in range(2):
        for value in ("unconditional", "conditional"):
            drawn = [
                (getattr(p[column][0], value), getattr(p[column][0], f"{value}_se"))
                for _, p in surveys
            ]
            assert spread(drawn) == pytest.approx(1, abs=0.12)
    of_a_category = [(p[0][1][0].unconditional, p[0][1][0].unconditional_se) for _, p in surveys]
    assert spread(of_a_category) == pytest.approx(1, abs=0.15)


def test_the_adjusted_indicator_is_nearer_to_the_truth():
    """Own simulation of surveys so small (500 people) that the bias is ten times its error."""
    rng = np.random.default_rng(3)
    truth = 1 - 2 * np.sqrt(SHARE @ (CHANCE - SHARE @ CHANCE) ** 2)
    n = 500 * SHARE
    found = [
        r_indicator.estimate(X, r_indicator.of_counts(n, rng.binomial(n.astype(int), CHANCE)))
        for _ in range(600)
    ]
    adjusted, unadjusted = (
        np.mean([getattr(each, name) for each in found]) for name in ("adjusted", "unadjusted")
    )
    assert abs(adjusted - truth) < abs(unadjusted - truth)
