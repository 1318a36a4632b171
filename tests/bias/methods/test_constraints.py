"""What weights explain: projections, and replicates."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib.bias.methods.constraints import Constraints


@given(st.integers(0, 2**32 - 1), st.booleans())
def test_what_the_margins_say_is_explained_wholly(seed, swept):
    """z that is a category of a margin leaves nothing where it is the last swept."""
    random = np.random.default_rng(seed)
    codes = (random.permutation(np.arange(12) % 3), random.permutation(np.arange(12) % 4))
    targets = (np.ones(3), np.ones(4))
    n, base = random.integers(1, 9, 12).astype(float), random.uniform(0.5, 3, 12)
    value = random.normal(size=4)[codes[1]]
    found = Constraints(codes=codes, targets=targets, swept=swept)
    explained = found.explained(n, n * value, base, base * value)
    left = (n if swept else base) * (value - explained)
    assert_allclose(np.bincount(codes[1], weights=left), 0, atol=1e-9)
    if not swept:
        assert_allclose(explained, value, atol=1e-8)


def test_weights_that_meet_nothing_explain_nothing_and_stay():
    none = Constraints()
    assert none.explained(*np.ones((4, 3))).tolist() == [0, 0, 0]
    made, short, missed = none.refit(np.ones((2, 3)), np.array([1.0, 2, 3]))
    assert made.tolist() == [[1, 2, 3], [1, 2, 3]]
    assert not (short | missed).any()
