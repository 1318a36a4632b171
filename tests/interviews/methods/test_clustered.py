"""Limits from leaving blocks out and from resampling them, against arithmetic by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from cxlib.interviews.methods import clustered


def share(sums):
    """Agreement as a plain share: the sums are agreed, units."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sums[:, 1] > 0, sums[:, 0] / sums[:, 1], np.nan)


blocks_of_units = st.lists(
    st.integers(1, 30).flatmap(lambda n: st.tuples(st.integers(0, n - 1), st.just(n))),
    min_size=2,
    max_size=8,
)


@given(blocks_of_units, st.sampled_from([0.8, 0.95]))
@settings(max_examples=60)
def test_the_jackknife_is_its_definition(pairs, confidence):
    """Independent form: one block deleted at a time, in a loop."""
    sums = np.array(pairs, float)
    of = clustered.Blocks(np.ones(len(sums), int), sums)
    found = clustered.jackknife(of, share, confidence=confidence)
    n = len(sums)
    theta = []
    for place in range(n):
        rest = np.delete(sums, place, axis=0).sum(axis=0)
        theta.append(np.log(1 - rest[0] / rest[1]))
    se = np.sqrt((n - 1) / n * sum((each - np.mean(theta)) ** 2 for each in theta))
    if se < 1e-9:
        return
    at = np.log(1 - sums[:, 0].sum() / sums[:, 1].sum())
    half = stats.t.ppf((1 + confidence) / 2, n - 1) * se
    assert_allclose(
        [found.low, found.high], [1 - np.exp(at + half), 1 - np.exp(at - half)], rtol=1e-8
    )
    assert found.low <= 1 - np.exp(at) <= found.high <= 1


@given(blocks_of_units, st.integers(2, 4))
@settings(max_examples=30)
def test_copies_of_a_block_are_blocks(pairs, times):
    sums = np.array(pairs, float)
    once = clustered.Blocks(np.full(len(sums), times), sums)
    each = clustered.Blocks(np.ones(len(sums) * times, int), np.repeat(sums, times, axis=0))
    a, b = (clustered.jackknife(of, share, confidence=0.95) for of in (once, each))
    assert_allclose([a.low, a.high], [b.low, b.high], rtol=1e-9)


@pytest.mark.parametrize(
    ("sums", "undefined", "complete"),
    [
        ([[1, 2], [0, 0]], 0.5, 0),  # without the first nothing is left
        ([[2, 2], [2, 2], [1, 2]], 0, 1 / 3),  # without the last all agree
    ],
)
def test_what_one_block_alone_decides_has_no_limits(sums, undefined, complete):
    of = clustered.Blocks(np.ones(len(sums), int), np.array(sums, float))
    found = clustered.jackknife(of, share, confidence=0.95)
    assert np.isnan([found.low, found.high]).all()
    assert (found.undefined, found.complete) == (undefined, complete)


def test_many_blocks_are_asked_for_in_parts(monkeypatch):
    rng = np.random.default_rng(1)
    n = rng.integers(1, 9, 50)
    of = clustered.Blocks(np.ones(50, int), np.column_stack([rng.integers(0, n), n]).astype(float))
    whole = clustered.jackknife(of, share, confidence=0.95)
    monkeypatch.setattr(clustered, "_AT_ONCE", 7)
    parts = clustered.jackknife(of, share, confidence=0.95)
    assert (whole.low, whole.high) == (parts.low, parts.high)


def test_blocks_add_up_by_cluster():
    times, which = np.array([2, 1]), np.array([0, 1, 0])
    of = clustered.gather(times, np.array([[1.0, 1], [0, 1]]), which, np.array([1, 0, 1]))
    assert of.sums.tolist() == [[0, 1], [2, 2]]
    assert of.total().tolist() == [[2, 3]]
    alone = clustered.gather(times, np.array([[1.0, 1], [0, 1]]), which, None)
    assert alone.total().tolist() == [[2, 3]]


def test_the_bootstrap_of_a_share_is_binomial():
    """Independent form: 100 blocks of one unit, 70 agreed; percentiles of Binomial(100, 0.7)."""
    of = clustered.Blocks(np.array([70, 30]), np.array([[1.0, 1], [0, 1]]))
    found = clustered.bootstrap(of, share, resamples=40_000, confidence=0.95, seed=1)
    exact = stats.binom.ppf([0.025, 0.975], 100, 0.7) / 100
    assert_allclose([found.low, found.high], exact, atol=0.0101)
    assert found.undefined == 0
