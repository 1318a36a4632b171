"""Moments by the engine against numpy: what has no number is left out, what cannot be, refused."""

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose

from cxlib.bias.counts.moments import POWERS, mean_of, moments
from cxlib.errors import ColumnError, EmptyDataError


def test_moments_are_numpys():
    rng = np.random.default_rng(1)
    rows = pd.DataFrame({"答": rng.normal(1e6, 2, 50), "x": rng.normal(size=50), "w": 2.0})
    rows.loc[:4, "w"] = rng.uniform(0, 3, 5)
    found = moments(rows, outcome="答", proxy="x", weight="w")
    w, y, x = (rows[name].to_numpy() for name in ("w", "答", "x"))
    y0, x0 = y - np.average(y, weights=w), x - np.average(x, weights=w)
    for a, b in POWERS:
        if a + b == 1:
            assert abs(found.first[a, b]) < 1e-8
            continue
        assert_allclose(found.first[a, b], np.average(y0**a * x0**b, weights=w), atol=1e-9)
        second = (w**2 * y0**a * x0**b).sum() / w.sum() ** 2
        assert_allclose(found.second[a, b], second, rtol=1e-8, atol=1e-9)


def test_rows_without_both_are_left_out():
    rows = pd.DataFrame(
        {"y": [1.0, 2, 4, None, 3], "x": [1.0, 5, 2, 2, np.nan], "w": [1, 1, 1, 1, 0]}
    )
    found = moments(rows, outcome="y", proxy="x")
    assert (found.n, found.left_out) == (3, 2)
    assert mean_of(rows, proxy="x") == (4, 1, 2.5)


def test_what_cannot_be_is_refused():
    rows = pd.DataFrame(
        {"y": [1.0, 2, 4], "x": [1.0, np.inf, 2], "none": [None] * 3, "t": list("abc")}
    )
    with pytest.raises(ColumnError, match="'x' has 1 infinite"):
        moments(rows, outcome="y", proxy="x")
    with pytest.raises(EmptyDataError, match="2 rows have both"):
        moments(rows.replace(np.inf, np.nan), outcome="y", proxy="x")
    with pytest.raises(ColumnError):
        moments(rows, outcome="y", proxy="t")
    with pytest.raises(ColumnError, match="nope"):
        mean_of(rows, proxy="nope")
    with pytest.raises(EmptyDataError, match="nobody in the frame"):
        mean_of(pd.DataFrame({"x": pd.Series([None, None], dtype="float64")}), proxy="x")
