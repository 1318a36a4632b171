"""Dates become the month, quarter or year that they lie in, in a frame and on an engine alike."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib.errors import ColumnError
from cxlib.rows.calendar_periods import read_periods, with_periods
from cxlib.rows.table import as_table

NAMES = {
    "month": lambda day: f"{day:%Y-%m}",
    "quarter": lambda day: f"{day.year}Q{(day.month + 2) // 3}",
    "year": lambda day: f"{day.year}",
}


@pytest.mark.parametrize("by", NAMES)
@settings(max_examples=20, deadline=None)
@given(st.lists(st.dates(dt.date(2017, 1, 1), dt.date(2025, 12, 31)), min_size=1, max_size=6))
def test_names_of_periods(by, days):
    for write in ("%Y-%m-%d", "%Y年%m月%d日", "%Y-%m-%dT23:30:00-09:00"):
        texts = pd.Series([f"{day:{write}}" for day in days])
        expected = [NAMES[by](day) for day in days]
        assert read_periods(texts, name="x", by=by).values.tolist() == expected
        table = with_periods(as_table(pd.DataFrame({"x": texts})), name="x", by=by)
        assert sorted(table.to_pyarrow()["x"].to_pylist()) == sorted(expected)


def test_missing_dates_have_no_period_and_others_are_refused():
    assert read_periods(pd.Series(["2024-01-01", None]), name="x", by="year").values.tolist() == [
        "2024",
        None,
    ]
    for values in (["soon"], ["01/02/2024"]):
        with pytest.raises(ColumnError, match=r"^wave_by='year': wave_column='x'.*wave_by='value'"):
            read_periods(pd.Series(values), name="x", by="year")
        with pytest.raises(ColumnError, match=r"^wave_by='year': wave_column='x'"):
            with_periods(as_table(pd.DataFrame({"x": values})), name="x", by="year")
