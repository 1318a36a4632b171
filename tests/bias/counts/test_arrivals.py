"""Counts by arrival: every scored answer once."""

import pandas as pd
import pytest

from cxlib.bias.counts.arrivals import by_arrival
from cxlib.errors import ColumnError


def test_every_scored_answer_is_counted_once():
    rows = pd.DataFrame({"score": [10, 9, 7, 0, None, 3], "r": [0, 0, 1, 1, 1, None]})
    found = by_arrival(rows, score="score", arrival="r", promoter=9, detractor=6)
    found = found.sort_values("arrival")[["promoters", "passives", "detractors"]]
    assert found.to_numpy().tolist() == [[2, 0, 0], [0, 1, 1], [0, 0, 1]]


def test_an_absent_column_is_refused():
    with pytest.raises(ColumnError, match="nope"):
        by_arrival(pd.DataFrame({"s": [1]}), score="s", arrival="nope", promoter=9, detractor=6)
