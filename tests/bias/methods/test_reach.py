"""The narrowest bounds and the totals within reach, against a search by feasibility alone."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose
from scipy.optimize import linprog

from cxlib.bias.methods import reach


def holds(base, x, totals, low, high):
    """Whether factors between the bounds meet the totals: a programme without a goal."""
    return (
        linprog(
            np.zeros(len(base)),
            A_eq=x.T * base / totals[:, None],
            b_eq=np.ones(len(totals)),
            bounds=[(max(low, 0), None if high == np.inf else high)] * len(base),
        ).status
        == 0
    )


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.1, 0.9), st.floats(1.1, 3) | st.just(np.inf))
def test_the_narrowest_bounds_are_those_where_feasibility_turns(seed, low, high):
    random = np.random.default_rng(seed)
    category = random.permutation(np.arange(12) % 3)
    x = np.column_stack([np.eye(3)[category], random.uniform(1, 9, 12)])
    base = random.uniform(1, 3, 12)
    totals = (base * random.uniform(0.5, 1.6, 12)) @ x
    base = base * totals[:3].sum() / base.sum()
    t = reach.narrowest(base, x, totals, low=low, high=high)
    at = lambda t: (1 - t * (1 - low), 1 + t * (high - 1))  # noqa: E731
    if t is None:
        assert not holds(base, x, totals, 0, at(1e6)[1])
        return
    assert holds(base, x, totals, *at(t * 1.0001 + 1e-6))
    assert t < 1e-6 or not holds(base, x, totals, *at(t * 0.999 - 1e-6))


def test_the_span_of_a_total():
    """By hand: 10 people, half of them at 1 or 2, half at 4."""
    x, t = np.eye(2)[[0, 0, 1]], np.array([1.0, 2, 4])
    assert_allclose(reach.span(np.ones(3), x, np.array([5.0, 5.0]), t), (25, 30))
    assert reach.span(np.ones(3), np.ones((3, 1)), np.array([-1.0]), t) is None


def test_no_weights_above_0_have_a_mean_beyond_all_numbers():
    x = np.column_stack([np.ones(3), [1.0, 2, 4]])
    for mean, met in ((0.9, False), (1.1, True), (3.9, True), (4.1, False)):
        assert reach.can_be_met(np.ones(3), x, np.array([10, 10 * mean])) is met
