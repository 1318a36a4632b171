"""The figure of the parts of an R-indicator."""

import matplotlib.pyplot as plt

from cxlib import bias
from cxlib.shown import theme

from .test_propensity import CELLS, people


def test_each_category_is_drawn_once_with_how_many_answered():
    ax = bias.r_indicator(*people(CELLS), columns=["国", "plan"]).plot()
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["国: 日本", "plan: basic", "plan: plus", "国: 한국"]
    assert "(190 / 600)" in " ".join(text.get_text() for text in ax.texts)
    assert ax.yaxis_inverted()
    colours = [line.get_color() for line in ax.lines if line.get_marker() == "o"]
    assert colours == [theme.VERMILION] * 2 + [theme.BLUE] * 2
    plt.close(ax.figure)
