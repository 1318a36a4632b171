"""Raking: slow targets, and properties that hold for all."""

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
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
