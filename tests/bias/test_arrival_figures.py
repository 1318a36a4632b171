"""The figure of early and late answers is drawn with and without a line."""

import pandas as pd

from cxlib.bias.arrival_figures import along_rate
from cxlib.shown.message import Message


def test_waves_without_a_rate_stand_side_by_side():
    waves = pd.DataFrame(
        {"nps": [10.0, -5], "ci_low": [0.0, -30], "ci_high": [20.0, 20], "rate": [float("nan")] * 2}
    )
    said = Message("bias.axis_nps")
    ax = along_rate(waves, None, None, [said, said], finding=said, measured=said)
    assert ax.get_xticks().tolist() == []
    assert len([text for text in ax.texts if text.get_text() == "NPS"]) >= 2
