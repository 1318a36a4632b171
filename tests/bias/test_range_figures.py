"""Figures of ranges: an assumption is dashed, a certainty is not."""

import pandas as pd

from cxlib.bias.range_figures import ranges
from cxlib.shown.message import Message


def test_an_assumption_is_dashed():
    frame = pd.DataFrame(
        {"nps": [10.0, None, 20.0], "ci_low": [0.0, -50, 5], "ci_high": [20.0, 60, 40]}
    )
    names = [Message("bias.axis_nps")] * 3
    ax = ranges(
        frame,
        names,
        estimate="nps",
        dashed=[False, False, True],
        finding=Message("bias.axis_nps"),
        measured=Message("bias.axis_nps"),
    )
    bars = [line for line in ax.lines if len(line.get_xdata()) == 2 and line.get_xdata()[0] != 0.0]
    styles = {tuple(line.get_xdata()): line.get_linestyle() for line in ax.lines}
    assert styles[(5.0, 40.0)] == "--"
    assert styles[(-50.0, 60.0)] == "-"
    assert bars
