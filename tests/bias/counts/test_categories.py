"""Rows per category."""

import pandas as pd
import pytest

from cxlib import bias
from cxlib.bias.counts import categories
from cxlib.errors import (
    ColumnError,
    WeightError,
)


def test_spellings_of_one_name_are_one_category():
    rows = pd.DataFrame({"city": ["Tokyo", "Tokyo ", " Ｔｏｋｙｏ", "tokyo", "京都　本店"]})
    counts = categories.per_category(rows, columns=["city"])["city"]
    assert counts.to_dict() == {"Tokyo": 3, "tokyo": 1, "京都 本店": 1}


def test_columns_that_cannot_be_told_apart_are_refused():
    data = pd.DataFrame({"g": ["a", "b"] * 20})
    with pytest.raises(ColumnError, match="named twice"):
        bias.r_indicator(data.head(20), data, columns=["g", "g"])
    with pytest.raises(WeightError, match="whose target is 0"):
        bias.rake(data, targets={"g": {"a": 0, "b": 1}})
