"""Figures say their finding."""

import pandas as pd

from cxlib import bias
from tests.bias.conftest import weighted_nps


def test_figures_say_their_finding():
    rows = pd.DataFrame({"score": [0, 2, 9, 10, 10, 8] * 10, "ch": ["社", "회", "c"] * 20})
    found = [
        bias.shape(rows, score="score", channel="ch"),
        bias.bounds(weighted_nps(3, 1, 2), invited=20),
        bias.funnel(pd.DataFrame({"delivered": [True, False], "m": ["a", "b"]}), by=["m"]),
        bias.representativeness(rows.head(30), rows, columns=["ch"]),
        bias.funnel(None),
    ]
    for result in found:
        ax = result.plot()
        words = ax.get_title(loc="left") + "".join(text.get_text() for text in ax.texts)
        assert words
        ax.figure.clear()
