"""Ends of a proxy by the engine against pandas."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from cxlib.bias.counts.proxy_ends import proxy_ends


def test_ends_are_those_of_the_rows_that_have_both():
    rows = pd.DataFrame(
        {"x": [1.0, 2, 9, np.nan, 70], "答": [1.0, 5, np.nan, 3, 4], "w": [1, 2, 1, 1, 0]}
    )
    frame = pd.DataFrame({"x": [0.0, 1, 1.5, 2, 30, np.nan]})
    found = proxy_ends(rows, frame, outcome="答", proxy="x", weight="w")
    assert (found.respondents.n, found.respondents.low, found.respondents.high) == (2, 1, 2)
    assert (found.outcome.low, found.outcome.high) == (1, 5)
    assert found.within == 3
    assert found.frame.n == 5
    assert_allclose(found.frame.sd, frame["x"].std(ddof=0))
    assert_allclose(found.frame.mean, frame["x"].mean())
