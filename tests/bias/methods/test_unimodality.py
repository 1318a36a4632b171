"""One peak or more: the fit, its ratio and its p value against other ways to the same numbers."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import special, stats

from cxlib.bias.methods import unimodality
from cxlib.bias.methods.unimodality import far_peaks, one_peak, power, ratios, two_camps, two_peaks

counts = st.lists(st.integers(0, 40), min_size=2, max_size=9).filter(any)


def rising(y):
    """Isotonic regression by the formula of averages, max over a of min over b (Robertson, Wright
    and Dykstra 1988, theorem 1.4.4), rather than by pooling."""
    k = range(len(y))
    return np.array(
        [max(min(np.mean(y[a : b + 1]) for b in k if b >= j) for a in k if a <= j) for j in k]
    )


def risen_and_fallen(n):
    """Fits that rise over the first 0, 1, …, all scores and fall over the others."""
    for rises in range(len(n) + 1):
        yield np.concatenate([rising(n[:rises]), rising(n[rises:][::-1])[::-1]])


def log_likelihood(n, p):
    return special.xlogy(n, p / np.sum(p)).sum()


def has_one_peak(p, slack=0.0):
    steps = np.diff(p)
    falls = np.flatnonzero(steps < -slack)
    return not len(falls) or (steps[falls[0] :] <= slack).all()


@settings(max_examples=60)
@given(counts)
def test_the_fit_is_the_likeliest_with_one_peak(n):
    n = np.array(n)
    fit = one_peak(n)
    assert_allclose(fit.sum(), 1, rtol=1e-12)
    assert has_one_peak(fit, 1e-12)
    best = max(log_likelihood(n, p) for p in risen_and_fallen(n))
    assert_allclose(log_likelihood(n, fit), best, rtol=1e-10, atol=1e-10)
    free = log_likelihood(n, n)
    assert_allclose(ratios(n[None])[0], max(2 * (free - best), 0), rtol=1e-8, atol=1e-7)


@settings(max_examples=60)
@given(counts, st.integers(0, 2**32 - 1))
def test_no_other_shape_with_one_peak_is_likelier(n, seed):
    n = np.array(n)
    rng = np.random.default_rng(seed)
    other = np.sort(rng.dirichlet(np.ones(len(n)), 50), axis=1)
    first = rng.integers(0, len(n) + 1)
    chosen = np.sort(rng.permutation(len(n))[:first])
    rest = np.setdiff1d(np.arange(len(n)), chosen)[::-1]
    other = other[:, np.concatenate([chosen, rest]).astype(int)]
    assert all(has_one_peak(p) for p in other)
    best = log_likelihood(n, one_peak(n))
    assert all(log_likelihood(n, p) <= best + 1e-9 for p in other)


@given(counts)
def test_a_histogram_with_one_peak_is_never_doubted_and_only_that_has_no_ratio(n):
    n = np.array(n)
    assert (ratios(n[None])[0] == 0) == has_one_peak(n)
    if len(n) > 2 and has_one_peak(n):
        assert unimodality.unimodality(n, resamples=50).pvalue == 1


@given(counts)
def test_the_ratio_does_not_know_which_end_is_which(n):
    n = np.array(n)
    assert_allclose(*ratios(np.array([n, n[::-1]])), rtol=1e-8, atol=1e-8)


@settings(max_examples=60)
@given(counts)
def test_where_one_peak_is_not_enough_two_are_told_with_a_valley_between(n):
    n = np.array(n)
    found = two_peaks(n)
    assert found.low < found.high
    if not has_one_peak(n):
        assert n[found.low : found.high + 1].min() < min(n[found.low], n[found.high])
        assert log_likelihood(n, found.fitted) > log_likelihood(n, one_peak(n))


@pytest.mark.parametrize("n", [(4, 2, 6), (5, 1, 0, 4), (3, 0, 2, 1), (1, 0, 7)])
def test_the_p_value_is_that_of_all_outcomes(n):
    """By enumeration of every outcome under the null that is drawn from; 4 Monte Carlo standard
    errors."""
    n = np.array(n)
    total, k = n.sum(), len(n)
    null = unimodality._levelled(one_peak(n), total)
    every = np.array(
        [x for x in itertools.product(range(total + 1), repeat=k) if sum(x) == total], float
    )
    chance = stats.multinomial.pmf(every, total, null / null.sum())
    exact = chance[ratios(every) >= ratios(n[None])[0] - 1e-9].sum()
    draws = 20_000
    found = unimodality.unimodality(n, resamples=draws).pvalue
    assert abs(found - exact) < 4 * np.sqrt(exact * (1 - exact) / draws) + 1 / draws


def test_levelling_keeps_the_peak_and_what_is_certain():
    level = unimodality._levelled(np.array([0.1, 0.11, 0.09, 0.3, 0.4]), 100)
    assert_allclose(level, [0.1, 0.1, 0.1, 0.3, 0.4])
    assert_allclose(unimodality._levelled(np.array([0.2, 0.5, 0.3]), 10_000), [0.2, 0.5, 0.3])
    # a wide step within its errors goes, although its height is twice the other's
    assert_allclose(unimodality._levelled(np.array([0.1, 0.2, 0.7]), 10), [0.15, 0.15, 0.7])


def test_same_seed_same_answer_and_another_seed_nearly():
    n = [9, 4, 5, 7, 12]
    first, again, other = (unimodality.unimodality(n, seed=seed).pvalue for seed in (1, 1, 2))
    assert first == again
    assert abs(first - other) < 0.06  # 4 standard errors of a difference of two means of 2,000


def test_what_has_no_answer():
    assert np.isnan(unimodality.unimodality([3, 9]).pvalue)
    assert unimodality.unimodality([0, 0, 5, 0]).pvalue == 1
    assert unimodality.unimodality([0, 1, 0]).pvalue == 1
    assert unimodality.unimodality([1, 0, 1]).pvalue > 0.2


def test_power_is_that_of_the_test():
    """Against 200 whole tests; .1 is what the docstring allows."""
    camps, n = two_camps(11), 60
    rng = np.random.default_rng(5)
    found = [
        unimodality.unimodality(x, resamples=199, seed=i).pvalue <= 0.05
        for i, x in enumerate(rng.multinomial(n, camps, 200))
    ]
    assert abs(power(n, camps) - np.mean(found)) < 0.1 + 2 * np.sqrt(0.25 / 200)


@given(st.integers(2, 101))
def test_camps_are_shares_on_every_scale_and_two(scores):
    camps = two_camps(scores)
    assert_allclose(camps.sum(), 1)
    assert scores == 2 or not has_one_peak(camps)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.integers(0, 90), min_size=3, max_size=11).filter(any), st.integers(2, 6))
def test_far_peaks_are_far_higher_than_what_lies_between_and_beyond_chance(n, least):
    found = far_peaks(n, least, resamples=200)
    if found:
        low, high = found
        assert high - low >= least
        assert min(n[low + 1 : high]) < min(n[low], n[high])
        assert unimodality.unimodality(n, resamples=200).pvalue < 0.05


def test_near_peaks_do_not_hide_far_ones_and_are_none():
    assert far_peaks([1, 1, 2, 4, 9, 16, 28, 60, 90, 40, 100], 4) is None
    assert far_peaks([60, 8, 4, 4, 9, 16, 28, 60, 90, 40, 100], 4) == (0, 10)
    assert far_peaks([100, 40, 90, 60, 28, 16, 9, 4, 4, 8, 60], 4) == (0, 10)
