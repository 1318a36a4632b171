"""Bootstrap limits from the exact law: fractions, binomial laws, and what resampling itself
gives."""

import json
from fractions import Fraction
from math import comb

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from cxlib.errors import ParameterError
from cxlib.nps.methods import bootstrap
from tests.conftest import ORACLES

EXACT = json.loads((ORACLES / "nps" / "expected_exact.json").read_text(encoding="utf-8"))[
    "one_sample"
]
triples = st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60)).filter(
    lambda t: sum(t) > 0
)


def of(function, triple, **options):
    a, b, c = triple
    return function(a, a + b + c, c, **options)


def exact_law(a, b, c):
    """Chance of each sum -n, ..., n as fractions: the trinomial formula."""
    n, law = a + b + c, {k: Fraction(0) for k in range(-(a + b + c), a + b + c + 1)}
    for i in range(n + 1):
        for j in range(n + 1 - i):
            law[i - j] += (
                comb(n, i)
                * comb(n - i, j)
                * Fraction(a, n) ** i
                * Fraction(c, n) ** j
                * Fraction(b, n) ** (n - i - j)
            )
    return law


def test_percentile_and_acceleration_equal_exact_fractions():
    rows = [(case["pro"], case["n"], case["det"]) for case in EXACT]
    low, high = bootstrap.percentile(*np.array(rows).T)
    steepness = bootstrap.acceleration(*np.array(rows).T)
    compared = 0
    for i, case in enumerate(EXACT):
        if (
            "bootstrap_percentile_exact" in case
        ):  # whole numbers over n: the same value, so the same digits
            assert_allclose(
                [low[i], high[i]], case["bootstrap_percentile_exact"], rtol=1e-15, atol=0
            )
            compared += 1
        assert_allclose(
            steepness[i], case["bca_acceleration"] or 0, rtol=1e-12
        )  # None where all are of one kind
    assert compared == sum(case["n"] <= 60 for case in EXACT) > 5


@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95, 0.999])
@pytest.mark.parametrize(
    "triple",
    [(1, 1, 0), (2, 0, 2), (1, 2, 1), (3, 0, 1), (4, 3, 1), (0, 5, 3), (7, 2, 1), (1, 0, 19)],
)
def test_small_samples_equal_exact_fractions_at_any_level(triple, confidence):
    # halves and quarters: chances that equal a level exactly must count as having reached it
    n, total, values = sum(triple), Fraction(0), []
    tail = (1 - Fraction(str(confidence))) / 2
    law = exact_law(*triple)
    for wanted in (tail, 1 - tail):
        total = Fraction(0)
        values.append(
            next(k for k, chance in law.items() if (total := total + chance) >= wanted) / n
        )
    assert_allclose(
        np.array(of(bootstrap.percentile, triple, confidence=confidence)), values, rtol=1e-15
    )


@pytest.mark.parametrize("triple", [(7, 2, 1), (9, 12, 4), (18, 2, 0), (1, 13, 7), (5, 0, 5)])
def test_bca_equals_its_definition_on_the_exact_law(triple):
    # Efron 1987, eq. 6.8, on fractions; jackknife acceleration from the answers themselves
    a, _, c = triple
    n, law = sum(triple), exact_law(*triple)
    answers = np.repeat([1.0, 0.0, -1.0], triple)
    left_out = (answers.sum() - answers) / (n - 1)
    pull = left_out.mean() - left_out
    steepness = (pull**3).sum() / (6 * (pull**2).sum() ** 1.5)
    bias = stats.norm.ppf(
        float(sum(chance for k, chance in law.items() if k < a - c) + law[a - c] / 2)
    )
    shifted = bias + stats.norm.ppf([0.025, 0.975])
    cumulated = np.cumsum([float(chance) for chance in law.values()])
    wanted = [
        np.argmax(cumulated >= level) - n
        for level in stats.norm.cdf(bias + shifted / (1 - steepness * shifted))
    ]
    assert_allclose(np.array(of(bootstrap.bca, triple)) * n, wanted, rtol=0, atol=1e-12)
    assert_allclose(of(bootstrap.acceleration, triple), steepness, rtol=1e-12, atol=1e-15)


def test_percentile_and_bca_agree_with_scipy_on_real_resamples():
    # 20,000 seeded resamples; the quantile of a lattice of steps 1/200 may be one step off
    triple = (110, 60, 30)
    answers = np.repeat([1.0, 0.0, -1.0], triple)
    for method, function in (("percentile", bootstrap.percentile), ("BCa", bootstrap.bca)):
        drawn = stats.bootstrap(
            (answers,),
            np.mean,
            n_resamples=20_000,
            method=method,
            rng=np.random.default_rng(5),
            batch=2_000,
        )
        assert_allclose(
            np.array(of(function, triple)), drawn.confidence_interval, rtol=0, atol=1 / 200 + 1e-12
        )


@pytest.mark.parametrize(("n", "a"), [(1_000, 300), (99_999, 20_000), (100_000, 50_000)])
def test_two_kinds_give_the_binomial_law(n, a):
    # no passives: the sum is 2 X - n; no detractors: it is X
    low, high = stats.binom.ppf([0.025, 0.975], n, a / n)
    assert_allclose(
        np.array(bootstrap.percentile(a, n, n - a)) * n,
        [2 * low - n, 2 * high - n],
        rtol=0,
        atol=1e-9,
    )
    assert_allclose(np.array(bootstrap.percentile(a, n, 0)) * n, [low, high], rtol=0, atol=1e-9)


def test_one_detractor_among_very_many():
    # how often the one is drawn is Poisson(1) to 1e-5: 0 to 3 times
    assert_allclose(
        np.array(bootstrap.percentile(99_999, 100_000, 1)), [1 - 6e-5, 1], rtol=0, atol=1e-15
    )


@pytest.mark.parametrize("function", [bootstrap.percentile, bootstrap.bca])
@pytest.mark.parametrize("n", [1, 40, 100_000])
def test_answers_of_one_kind_give_no_width(function, n):
    low, high = function([n, 0, 0], n, [0, 0, n])
    assert low.tolist() == high.tolist() == [1, 0, -1]
    assert bootstrap.acceleration([n, 0, 0], n, [0, 0, n]).tolist() == [0, 0, 0]


@settings(max_examples=40)
@example((36, 36, 36), 0.8)  # its characteristic function is 0 at a third of the circle
@given(triples, st.sampled_from([0.8, 0.95, 0.9999999, 1 - 1e-15]))
def test_limits_are_ordered_in_range_and_on_the_lattice(triple, confidence):
    n = sum(triple)
    for function in (bootstrap.percentile, bootstrap.bca):
        low, high = of(function, triple, confidence=confidence)
        assert -(triple[2] > 0) <= low <= high <= (triple[0] > 0)
        assert_allclose(np.round([low * n, high * n]), [low * n, high * n], rtol=0, atol=1e-9)
    low, high = of(bootstrap.percentile, triple, confidence=confidence)
    assert low <= (triple[0] - triple[2]) / n <= high


def test_rows_keep_their_shape_and_repeat():
    low, high = bootstrap.bca([[3, 4], [3, 4]], 10, [[2], [2]])
    assert low.shape == high.shape == (2, 2)
    assert (low[0] == low[1]).all()
    assert_allclose([low[0, 1], high[0, 1]], bootstrap.bca(4, 10, 2), rtol=0)
    assert bootstrap.percentile([], [], [])[0].shape == (0,)


@pytest.mark.parametrize("function", [bootstrap.percentile, bootstrap.bca])
def test_too_many_answers_and_bad_levels_are_refused(function):
    with pytest.raises(ParameterError, match=r'n=100,001 .*use method="score"'):
        function([5, 50_000], [10, 100_001], [1, 1])
    with pytest.raises(ParameterError, match="least 0"):
        function(0, 0, 0)
    with pytest.raises(ParameterError, match=r"write 0\.95"):
        function(5, 10, 1, confidence=95)
