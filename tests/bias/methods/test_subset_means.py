"""Means of all, of some, and their difference."""

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from cxlib import bias
from cxlib.bias.methods import subset_means

rows = st.lists(
    st.tuples(st.integers(-3, 9), st.floats(0.1, 9), st.booleans()), min_size=4, max_size=30
)


@given(rows)
def test_both_means_are_those_of_weighted_mean(given_):
    y, w, kept = (np.array(each) for each in zip(*given_, strict=True))
    kept[:2] = True
    every, some, gap = subset_means.with_and_without(y.astype(float), w, kept)
    for found, part in ((every, slice(None)), (some, kept)):
        frame = pd.DataFrame({"y": y[part], "w": w[part]})
        wanted = bias.weighted_mean(frame, outcome="y", weight="w", se="linearised").frame.iloc[0]
        numbers = (found.n, found.n_eff, found.mean, found.se, *found.interval(0.95))
        columns = ["n", "n_eff", "mean", "se", "ci_low", "ci_high"]
        assert_allclose(numbers, wanted[columns].to_numpy(float), rtol=1e-7, atol=1e-9)
    assert_allclose(gap.mean, some.mean - every.mean, atol=1e-12)
    if kept.all():
        assert_allclose(gap.se, 0, atol=1e-12)


def test_the_error_of_the_difference_is_what_drawing_again_shows():
    # 4,000 samples of 300 with one in ten marked: standard deviation of the difference within 5 %
    rng = np.random.default_rng(7)
    gaps, errors = [], []
    for _ in range(4000):
        marked = rng.random(300) < 0.1
        y = rng.normal(size=300) + marked
        *_, gap = subset_means.with_and_without(y, np.ones(300), ~marked)
        gaps.append(gap.mean)
        errors.append(gap.se)
    assert_allclose(np.mean(errors), np.std(gaps), rtol=0.05)
