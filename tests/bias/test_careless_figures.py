"""Figures of careless answers draw what the frame holds."""

import numpy as np
import pandas as pd
from numpy.testing import assert_allclose

from cxlib import bias


def test_a_bar_for_each_mark_as_long_as_its_share():
    data = pd.DataFrame(np.random.default_rng(4).integers(1, 6, (300, 12))).rename(columns=str)
    data.iloc[:9] = 1
    found = bias.careless(data, items=list(data))
    shares = found.frame["share"].dropna().sort_values()
    ax = found.plot()
    assert_allclose(sorted(bar.get_width() for bar in ax.patches), shares)
    assert "n = 300" in " ".join(text.get_text() for text in ax.texts)
