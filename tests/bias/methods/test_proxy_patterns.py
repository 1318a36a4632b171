"""The proxy pattern-mixture: its error against a bootstrap of the rows, and its limits."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib.bias.counts.moments import POWERS, moments
from cxlib.bias.methods.proxy_patterns import adjust, correlation


def made(n, rng, sign=1.0):
    x = rng.gamma(3, size=n)
    w = rng.choice([1.0, 2.0, 3.0], size=n)
    return pd.DataFrame({"y": sign * x + rng.exponential(1.5, size=n), "x": x, "w": w})


def by_hand(y, x, w, centre, phi):
    """The formula of the paper, from rows."""
    r = np.corrcoef(np.repeat(y, w), np.repeat(x, w))[0, 1]
    turn, r = np.sign(r), abs(r)
    scale = np.sqrt(np.cov(y, fweights=w) / np.cov(x, fweights=w))
    f = (phi + (1 - phi) * r) / (phi * r + 1 - phi)
    return np.average(y, weights=w) + f * scale * turn * (centre - np.average(x, weights=w))


@pytest.mark.parametrize("phi", [0, 0.5, 1])
@pytest.mark.parametrize("weight", [None, "w"])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_the_error_is_that_of_a_bootstrap(phi, weight, sign):
    """2,000 resamples of 400 rows: the bootstrap's own error is about 1.6 %, so 8 % is five."""
    rng = np.random.default_rng(3)
    rows, centre = made(400, rng, sign), 2.4
    found = moments(rows, outcome="y", proxy="x", weight=weight)
    ahead = centre - found.x
    result = adjust(found.first, found.second, n=found.n, mean=found.y, ahead=ahead, phi=phi)
    y, x, w = rows["y"].to_numpy(), rows["x"].to_numpy(), rows["w"].to_numpy(int)
    w = w if weight else np.ones_like(w)
    assert_allclose(result.mean, by_hand(y, x, w, centre, phi), rtol=1e-10)
    draws = rng.integers(0, len(rows), size=(2000, len(rows)))
    boot = [by_hand(y[i], x[i], w[i], centre, phi) for i in draws]
    assert_allclose(result.se, np.std(boot), rtol=0.08)


def test_at_phi_0_it_is_the_regression_estimator():
    rng = np.random.default_rng(5)
    rows = made(100, rng)
    found = moments(rows, outcome="y", proxy="x")
    slope, constant = np.polyfit(rows["x"], rows["y"], 1)
    result = adjust(found.first, found.second, n=100, mean=found.y, ahead=4 - found.x, phi=0)
    assert_allclose(result.mean, constant + slope * 4, rtol=1e-10)


def test_no_correlation_without_spread():
    rows = pd.DataFrame({"y": [1.0, 1, 1], "x": [1.0, 2, 3]})
    assert np.isnan(correlation(moments(rows, outcome="y", proxy="x").first))


@pytest.mark.parametrize("phi", [0, 0.5, 1])
def test_the_interval_covers_where_its_assumption_holds(phi):
    """1,000 frames of 800, 40 % answering, as the model has it: patterns differ in u = (1 - phi) x
    + phi y alone, and x and y given u are the same in both (Andridge and Little 2011, section 2).

    Of 95 %, at least 93 % must be covered (three standard errors of the count are 2.1 points).
    Too wide it may be by sqrt(1 / .6), which is 98.9 %."""
    rng = np.random.default_rng(11)
    spread, along = np.array([[1, 0.6], [0.6, 1]]), np.array([1 - phi, phi])
    gain = spread @ along / (along @ spread @ along)
    answered, covered = np.arange(800) < 320, 0
    for _ in range(1000):
        xy = rng.multivariate_normal([0, 0], spread, size=800)
        u = xy @ along
        moved = np.where(answered, u, 0.7 + 1.3 * u)
        x, y = (xy + np.outer(moved - u, gain)).T
        x0, y0 = x[answered] - x[answered].mean(), y[answered] - y[answered].mean()
        first = {(a, b): np.mean(y0**a * x0**b) for a, b in POWERS}
        second = {power: value / 320 for power, value in first.items()}
        mean, ahead = y[answered].mean(), x.mean() - x[answered].mean()
        found = adjust(first, second, n=320, mean=mean, ahead=ahead, phi=phi)
        covered += abs(found.mean - y.mean()) <= 1.96 * found.se
    assert 0.93 <= covered / 1000 <= 0.995
