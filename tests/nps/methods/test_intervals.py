"""Score limits and the test that belongs to them, against exact arithmetic and published values."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy import stats

from cxlib.methods import proportions
from cxlib.nps.methods import intervals
from tests.conftest import ORACLES

EXACT = json.loads((ORACLES / "nps" / "expected_exact.json").read_text())
Z = proportions.z_value(0.95)
triples = st.tuples(st.integers(0, 400), st.integers(0, 400), st.integers(0, 400)).filter(
    lambda t: sum(t) > 0
)


def group(triple):
    a, b, c = triple
    return np.array(a), np.array(a + b + c), np.array(c)


@pytest.mark.parametrize(
    "case", EXACT["one_sample"], ids=lambda c: f"{c['pro']}-{c['pas']}-{c['det']}"
)
def test_score_limits_equal_exact_arithmetic(case):
    # 40 digits with mpmath (make_exact.py); 1e-9 on [-1, 1] since both are roots found
    low, high = intervals.score_limits(case["pro"], case["n"], case["det"], z=Z)
    assert_allclose([low, high], case["score_tango"], rtol=0, atol=1e-9)


@pytest.mark.parametrize("case", EXACT["two_sample"], ids=lambda c: f"{c['x']} {c['y']}")
def test_difference_limits_equal_exact_arithmetic(case):
    limits = intervals.difference_limits(group(case["x"]), group(case["y"]), z=Z)
    assert_allclose(np.array(limits), case["mover_of_tango"], rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("triple", "published"),
    [
        (
            (6, 139, 16),
            (-0.1240, -0.0054),
        ),  # Cavo et al. 2012, Tango limits as printed in R contingencytables
        ((3, 0, 0), (-0.1230, 1.0)),
        ((1, 13, 7), (-0.517, -0.026)),  # Bentur et al. 2009
    ],
)
def test_score_limits_equal_published_values(triple, published):
    assert_allclose(
        np.array(intervals.score_limits(*group(triple), z=Z)),
        published,
        atol=6e-5 if triple[0] != 1 else 6e-4,
    )


@pytest.mark.parametrize(
    "case", EXACT["one_sample"], ids=lambda c: f"{c['pro']}-{c['pas']}-{c['det']}"
)
def test_score_z_at_zero_is_mcnemar(case):
    if case["score_z_vs_0"] is None:  # passives only: promoters and detractors tie at none
        case = case | {"score_z_vs_0": 0.0}
    assert_allclose(
        float(
            intervals.score_z(
                *(np.array(float(case[k])) for k in ("pro", "n", "det")), np.array(0.0)
            )
        ),
        case["score_z_vs_0"],
        rtol=1e-12,
        atol=1e-15,
    )


@given(triples)
def test_limits_hold_the_estimate_and_stay_in_range(triple):
    low, high = intervals.score_limits(*group(triple), z=Z)
    d = intervals.nps_of(*group(triple))
    assert -1 <= low <= d <= high <= 1
    assert high > low


@given(triples)
def test_swapping_promoters_and_detractors_mirrors_the_limits(triple):
    low, high = intervals.score_limits(*group(triple), z=Z)
    mirrored = intervals.score_limits(*group(triple[::-1]), z=Z)
    assert_allclose([-high, -low], np.array(mirrored), atol=1e-12)


@given(triples, triples, st.sampled_from([0.8, 0.9, 0.95, 0.99]))
def test_p_value_and_interval_never_disagree(one, two, confidence):
    one, two = group(one), group(two)
    low, high = intervals.difference_limits(one, two, z=proportions.z_value(confidence))
    p = float(intervals.two_sided(intervals.difference_z(one, two)))
    nearest = min(abs(float(low)), abs(float(high)))
    if nearest > 1e-9:  # at the very edge rounding decides both
        assert (low > 0 or high < 0) == (p < 1 - confidence)


@given(triples, triples)
def test_the_limit_at_the_statistic_is_zero(one, two):
    one, two = group(one), group(two)
    z = abs(float(intervals.difference_z(one, two)))
    if 0 < z < 30:
        low, high = intervals.difference_limits(one, two, z=z)
        assert min(abs(float(low)), abs(float(high))) < 1e-9


def test_coverage_of_the_default_by_exact_enumeration():
    # worst points of research page, n = 20: exact enumeration over the simplex in steps of 0.1,
    # corners out, at least 91.1 %
    n = 20
    a, c = (grid.ravel() for grid in np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"))
    a, c = a[a + c <= n], c[a + c <= n]
    low, high = intervals.score_limits(a, n, c, z=Z)
    for p in np.arange(0, 1.01, 0.1):
        for q in np.arange(0, 1.01 - p, 0.1):
            if max(p, q, 1 - p - q) < 1 - 1e-9:
                chance = stats.multinomial.pmf(
                    np.stack([a, n - a - c, c], axis=1), n, [p, max(0.0, 1 - p - q), q]
                )
                held = (low <= p - q + 1e-12) & (high >= p - q - 1e-12)
                assert chance[held].sum() > 0.911


@pytest.mark.parametrize(("n", "most"), [(5, 0.063), (8, 0.063), (20, 0.0562)])
def test_size_of_the_two_sample_test_by_exact_enumeration(n, most):
    # all pairs of count triples; the eight shapes A to H of the literature review, equal in both
    # groups
    shapes = [
        (0.35, 0.40),
        (0.5, 0.3),
        (0.7, 0.2),
        (0.9, 0.08),
        (0.98, 0.015),
        (0.1, 0.2),
        (0.05, 0.9),
        (0.48, 0.04),
    ]
    a, c = (grid.ravel() for grid in np.meshgrid(np.arange(n + 1), np.arange(n + 1), indexing="ij"))
    a, c = a[a + c <= n], c[a + c <= n]
    i, j = (
        grid.ravel() for grid in np.meshgrid(np.arange(len(a)), np.arange(len(a)), indexing="ij")
    )
    rejected = intervals.two_sided(intervals.difference_z((a[i], n, c[i]), (a[j], n, c[j]))) < 0.05
    for p, m in shapes:
        chance = stats.multinomial.pmf(np.stack([a, n - a - c, c], axis=1), n, [p, m, 1 - p - m])
        assert (chance[i] * chance[j])[rejected].sum() <= most


@pytest.mark.parametrize(("a", "n", "c"), [(10**9, 10**9, 0), (0, 10**9, 0), (0, 1, 0), (1, 1, 0)])
def test_closed_forms_hold_for_one_answer_and_for_a_billion(a, n, c):
    """Tango's equation solved by hand: with promoters alone the lower limit is (n - z^2) / (n +
    z^2), with passives alone the
    upper one is z^2 / (n + z^2); no overflow on the way."""
    low, high = intervals.score_limits(a, n, c, z=Z)
    if a:
        assert_allclose([1 - low, high], [2 * Z**2 / (n + Z**2), 1], rtol=1e-6)
    else:
        assert_allclose([-low, high], [Z**2 / (n + Z**2)] * 2, rtol=1e-6)


def test_one_answer_against_a_million():
    one, many = (group((1, 0, 0)), group((500_000, 200_000, 300_000)))
    z = float(intervals.difference_z(one, many))
    low, _ = intervals.difference_limits(one, many, z=z)
    assert_allclose(low, 0, atol=1e-9)
