"""Sums per cell: population sizes and outcomes that cannot be."""

import pandas as pd
import pytest

from cxlib import bias
from cxlib.errors import (
    ColumnError,
    WeightError,
)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"f": [9, 9, 9, 8]}, "differs (within|between)"),
        ({"f": [9, 9, 9, None]}, "missing, zero or negative"),
        ({"f": [9, 9, 9, 0]}, "missing, zero or negative"),
        ({"f": [3, 3, 3, 3]}, "more clusters"),
        ({"y": [1, 2, 3, float("inf")]}, "1 infinite values"),
    ],
)
def test_population_sizes_and_outcomes_that_cannot_be(changed, said):
    data = pd.DataFrame({"y": [1.0, 2, 3, 4], "f": 9.0, "c": [1, 2, 3, 4]} | changed)
    for cluster in (None, "c"):
        with pytest.raises((ColumnError, WeightError), match=said):
            bias.weighted_mean(data, outcome="y", population="f", cluster=cluster)
    same = pd.DataFrame({"y": [1.0, 2, 3, 4], "f": [9.0, 9, 9, 8], "c": [1, 1, 2, 1]})
    with pytest.raises(ColumnError, match="one stratum and cluster"):
        bias.weighted_mean(same, outcome="y", population="f", cluster="c")
