"""Too fast, by the logarithm of time."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from cxlib.bias.methods import answering_speed as speed

times = st.lists(st.floats(1, 1e5), min_size=20, max_size=60).map(np.array)


@given(times)
def test_scores_are_scipys_median_absolute_deviation_of_log_time(seconds):
    spread = stats.median_abs_deviation(np.log(seconds), scale="normal")
    if spread > 1e-9:
        wanted = (np.log(seconds) - np.median(np.log(seconds))) / spread
        assert_allclose(speed.log_scores(seconds), wanted, rtol=1e-9, atol=1e-9)


@given(times, st.floats(0.01, 100))
def test_another_unit_of_time_changes_no_score(seconds, k):
    if stats.median_abs_deviation(np.log(seconds)) > 1e-3:
        assert_allclose(
            speed.log_scores(seconds * k), speed.log_scores(seconds), rtol=1e-6, atol=1e-6
        )


def test_speeders_are_found_where_mean_minus_two_deviations_finds_none():
    # log-normal of sigma 0.8 with one in twenty who clicked through in 40 seconds, of 600
    rng = np.random.default_rng(13)
    seconds = np.r_[600 * np.exp(0.5 * rng.normal(size=950)), np.full(50, 40.0)]
    assert np.mean(seconds) - 2 * np.std(seconds) < 40
    assert 40 < speed.too_fast(seconds, items=10) < 250


@pytest.mark.parametrize(
    "seconds", [[300.0] * 40, [30.0, 400, 500], [np.nan] * 30, [0.0, -1.0] * 20, []]
)
def test_without_spread_it_is_a_second_an_item(seconds):
    assert speed.too_fast(np.array(seconds), items=25) == 25
