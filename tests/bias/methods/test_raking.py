"""Raking: slow targets, and properties that hold for all."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.bias.methods import raking
from tests.bias.test_weighting import MIXED


def test_slow_raking_is_finished_by_newton():
    weights = bias.rake(MIXED, targets={"a": {"x": 60, "y": 40}, "b": {"p": 59.9999, "q": 40.0001}})
    assert weights.cycles > 200
    assert weights.residual <= 1e-10
    assert_allclose(weights.cells["factor"], [5.99999, 1e-4, 4.0], rtol=1e-4)


@settings(max_examples=15)
@given(
    st.lists(
        st.tuples(st.sampled_from("xyz"), st.sampled_from("pq"), st.floats(0.2, 5)),
        min_size=12,
        max_size=40,
    ),
    st.integers(0, 2**32 - 1),
    st.floats(0.01, 100),
)
def test_properties_of_raking(rows, seed, scale):
    """Targets made from positive weights on the same rows are met; order of rows and scale of base
    weights do not matter."""
    frame = pd.DataFrame(rows, columns=["a", "b", "w"])
    truth = np.random.default_rng(seed).uniform(0.5, 2, len(frame))
    targets = {name: pd.Series(truth).groupby(frame[name]).sum() for name in ("a", "b")}
    weights = bias.rake(frame, targets=targets, weight="w")
    other = bias.rake(
        frame.assign(w=frame["w"] * scale).sample(frac=1, random_state=1),
        targets=targets,
        weight="w",
    )
    assert weights.residual <= 1e-10
    assert weights.deff >= 1 - 1e-12
    assert_allclose(other.cells["weight"], weights.cells["weight"], rtol=1e-7)


@settings(max_examples=25)
@given(st.integers(2, 12), st.integers(2, 4), st.integers(1, 5), st.integers(0, 2**32 - 1))
def test_many_replicates_are_raked_as_one_at_a_time(categories, margins, replicates, seed):
    """Against `fit`, a replicate at a time, to 1e-7; the targets come from positive totals of the
    same cells, so they can be met."""
    random = np.random.default_rng(seed)
    cells = categories * 4
    codes = [random.permutation(np.arange(cells) % categories) for _ in range(margins)]
    truth = random.uniform(1, 2, cells)
    targets = [
        pd.Series(np.bincount(code, weights=truth), name=f"m{i}") for i, code in enumerate(codes)
    ]
    base = random.uniform(0.5, 2, (replicates, cells))
    given_base = base.copy()
    fitted, reached = raking.fit_many(base, codes, targets, tolerance=1e-11)
    assert_allclose(base, given_base, rtol=0)  # what the caller gave is not changed
    for row, ready, start in zip(fitted, reached, base, strict=True):
        if ready:
            alone = raking.fit(start, codes, targets, tolerance=1e-11)[0]
            assert_allclose(row, alone, rtol=1e-7)
        else:
            assert categories > 2  # slow, and said to be


def test_a_replicate_without_a_category_shares_its_target():
    """By hand: without category 2 (target 20), 10 and 30 become 15 and 45."""
    base = np.array([[1.0, 1, 0], [1, 1, 2]])
    codes, targets = [np.array([0, 1, 2])], [[10, 30, 20]]
    fitted, reached = raking.fit_many(base, codes, targets, tolerance=1e-10)
    assert_allclose(fitted, [[15, 45, 0], [10, 30, 20]], rtol=1e-12)
    assert reached.all()
    assert raking.short(base, codes, targets).tolist() == [True, False]


def test_targets_that_contradict_each_other_are_said_to_be_missed():
    """10 people are x and p, 10 are y and q, so the shares of a and b are the same."""
    codes = [np.array([0, 1]), np.array([0, 1])]
    _, reached = raking.fit_many(np.full((2, 2), 10.0), codes, [[12, 8], [5, 15]], tolerance=1e-10)
    assert not reached.any()


def test_without_margins_many_replicates_stay_as_they_are():
    fitted, reached = raking.fit_many(np.array([[1.0, 2]]), [], [], tolerance=1e-10)
    assert fitted.tolist() == [[1, 2]]
    assert reached.tolist() == [True]
