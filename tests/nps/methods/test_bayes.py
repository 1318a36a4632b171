"""The Dirichlet posterior of the NPS: closed forms, symmetry, and the edges. The oracle file is in
test_oracle_bayes.py."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from cxlib.errors import ParameterError
from cxlib.nps.methods.bayes import posterior

triples = st.tuples(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400))


def of(triple, **options):
    a, b, c = triple
    return posterior(a, a + b + c, c, **options)


@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_nobody_under_the_uniform_prior_is_triangular(confidence):
    # NPS of a uniform point of the triangle is triangular, F(d) = (1 + d)^2 / 2 below 0
    found, tail = posterior(0, 0, 0, confidence=confidence, prior=1), (1 - confidence) / 2
    assert_allclose(
        [found.low, found.high], [np.sqrt(2 * tail) - 1, 1 - np.sqrt(2 * tail)], rtol=0, atol=1e-12
    )
    assert_allclose(
        [found.mean, found.variance, found.positive], [0, 1 / 6, 0.5], rtol=1e-12, atol=1e-15
    )


@pytest.mark.parametrize(
    ("triple", "confidence"),
    [
        ((3, 4, 2), 0.95),
        ((1, 0, 0), 0.95),
        ((0, 0, 1), 0.9),
        ((2990, 2998, 117), 0.95),
        ((2832, 606, 580), 0.99),
        ((9, 600, 12), 0.95),
        ((300, 200, 0), 0.95),
        ((12, 9, 700), 0.95),
    ],
)
def test_limits_hold_the_probability_in_a_million_draws(triple, confidence):
    # seeded draws of the posterior itself; 5 standard errors of a share of a million draws
    found, tail = of(triple, confidence=confidence), (1 - confidence) / 2
    shares = np.random.default_rng(20240607).dirichlet(np.array(triple) + 0.5, 1_000_000)
    nps, slack = shares[:, 0] - shares[:, 2], 5 * np.sqrt(tail * (1 - tail) / 1e6)
    assert_allclose([(nps < found.low).mean(), (nps > found.high).mean()], tail, rtol=0, atol=slack)
    assert_allclose(found.mean, nps.mean(), rtol=0, atol=5 * nps.std() / 1e3)
    assert_allclose(found.variance, nps.var(), rtol=0.01)


@pytest.mark.parametrize("n", [10**6, 10**7])
def test_very_many_answers_give_the_normal_limits(n):
    # the third-order error of the normal quantile is of the order 1/n
    found = of((n // 2, n // 10, n - n // 2 - n // 10))
    half = stats.norm.ppf(0.975) * np.sqrt(found.variance)
    assert_allclose(
        [found.low, found.high], [found.mean - half, found.mean + half], rtol=0, atol=10 / n
    )


@pytest.mark.parametrize("n", [1, 50, 10**6, 10**7])
def test_answers_of_one_kind(n):
    promoters, passives, detractors = (of(triple) for triple in ((n, 0, 0), (0, n, 0), (0, 0, n)))
    assert -1 < promoters.low < promoters.mean < 1
    assert promoters.low < promoters.high < 1
    assert_allclose(
        [detractors.low, detractors.high], [-promoters.high, -promoters.low], rtol=0, atol=1e-12
    )
    assert_allclose(passives.low, -passives.high, rtol=1e-6)
    assert 0 < passives.high < 3 / n
    if (
        n >= 10**6
        # the rare cells are Gamma(1/2) / n each: promoters' 1 - NPS = (chi2(1) + chi2(1) twice) /
        # 2n
    ):
        rng = np.random.default_rng(1)
        far = (rng.chisquare(1, 10**6) + 2 * rng.chisquare(1, 10**6)) / 2
        assert_allclose(
            n * (1 - np.array([promoters.low, promoters.high])),
            np.quantile(far, [0.975, 0.025]),
            rtol=0.02,
        )


def test_the_chance_of_a_positive_nps_keeps_its_digits_when_tiny():
    # 2 promoters, 300 detractors, uniform prior: sum of binomials of a fair coin, exactly
    from math import comb

    exact = sum(comb(303, k) for k in range(301, 304)) / 2**303
    assert_allclose(of((2, 40, 300), prior=1).positive, exact, rtol=1e-12)


@settings(max_examples=30)
@given(triples, st.sampled_from([0.8, 0.95, 0.999]), st.sampled_from([0.5, 1.0, 3.0]))
def test_limits_are_in_order_and_mirror_with_the_kinds(triple, confidence, prior):
    one, mirrored = (of(t, confidence=confidence, prior=prior) for t in (triple, triple[::-1]))
    assert -1 < one.low < one.mean < one.high < 1
    assert_allclose([-one.high, -one.low], [mirrored.low, mirrored.high], rtol=0, atol=1e-12)
    assert_allclose(one.positive + mirrored.positive, 1, rtol=1e-12)


def test_rows_keep_their_shape_and_do_not_depend_on_each_other():
    a, c = np.arange(1300) % 7, np.arange(1300) % 5  # more than one block
    found, grid = posterior(a, 20, c), posterior(a[:6].reshape(2, 3), 20, 4)
    assert found.low.shape == (1300,)
    assert grid.high.shape == (2, 3)
    alone = posterior(a[1250], 20, c[1250])
    assert_allclose(
        [found.low[1250], found.high[1250]], [alone.low, alone.high], rtol=0, atol=1e-13
    )


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"prior": 0}, "prior=0 must be at least 0.5"),
        ({"prior": np.nan}, "prior=nan"),
        ({"confidence": 95}, "write 0.95"),
    ],
)
def test_bad_parameters_are_refused(wrong, message):
    with pytest.raises(ParameterError, match=message):
        posterior(1, 3, 1, **wrong)
