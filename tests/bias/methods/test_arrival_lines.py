"""The line of arrival: exact where the NPS changes in a line, numpy's weighted fit."""

import numpy as np
from numpy.testing import assert_allclose

from cxlib.bias.methods.arrival_lines import errors, line


def test_a_straight_line_is_found_and_its_mean_is_that_of_everyone():
    n = np.array([40.0, 25, 10])
    rate = (np.cumsum(n) - n / 2) / 300
    found = line(n, 30 - 80 * rate, np.array([5.0, 6, 9]), invited=300)
    assert_allclose([found.start, found.slope, found.mean], [30, -80, -10], rtol=1e-9)


def test_it_is_numpys_fit_with_weights_and_the_two_readings_agree():
    n, nps = np.array([40.0, 25, 10]), np.array([12.0, -30, 5])
    se = np.array([5.0, 6, 9])
    found = line(n, nps, se, invited=300)
    slope, start = np.polyfit((np.cumsum(n) - n / 2) / 300, nps, 1, w=np.sqrt(n))
    assert_allclose([found.start, found.slope], [start, slope], rtol=1e-9)
    f = 75 / 300
    silent = start + slope * (1 + f) / 2
    assert_allclose(found.mean, f * (n @ nps) / 75 + (1 - f) * silent, rtol=1e-9)
    rng = np.random.default_rng(1)
    drawn = [line(n, nps + se * rng.normal(size=3), se, invited=300).mean for _ in range(4000)]
    assert_allclose(found.se, np.std(drawn), rtol=0.05)  # its own error is 1.1 %


def test_intervals_of_waves_cover():
    """Adjusted Wald at n = 15: of 95 %, at least 93 % (4,000 draws: three errors are 1 point)."""
    rng = np.random.default_rng(2)
    for shares in ([0.5, 0.3, 0.2], [0.2, 0.35, 0.45], [0.1, 0.1, 0.8]):
        counts = rng.multinomial(15, shares, size=4000).astype(float)
        _, _, low, high = errors(counts, 1.959964)
        truth = 100 * (shares[0] - shares[2])
        assert ((low <= truth) & (truth <= high)).mean() >= 0.93


def test_one_kind_has_an_interval_with_width_that_holds_it():
    nps, se, low, high = errors(np.array([[3.0, 0, 0], [0, 0, 1]]), 1.96)
    assert (se > 0).all()
    assert ((low <= nps) & (nps <= high) & (high > low)).all()
