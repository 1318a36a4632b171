"""Dates that cannot be meant make no wave."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.rows.stray_dates import find_strays

TODAY = dt.date(2026, 11, 1)
DAYS = [f"{day:%Y-%m-%d}" for day in pd.date_range("2025-10-01", "2026-06-30", periods=60)]


def found(days):
    strays = find_strays(pd.Series(pd.to_datetime(days)), column="day", today=TODAY)
    return strays.rows.tolist(), " ".join(map(str, strays.warnings))


@pytest.mark.parametrize(
    ("strays", "told"),
    [
        (["2099-12-31"] * 6, "later than tomorrow, from 2099-12-31"),
        (["2026-11-03"], "later than tomorrow"),
        (["1900-01-01"], "far from all others, from 1900-01-01"),
        (["1900-01-01"] * 90, "90 of 150 dates in 'day' lie far from all others"),
        (["1970-01-01"] * 9, "far from all others, from 1970-01-01"),
        (["1900-01-01", "1975-01-01", "2062-06-02"], "1 of 63 dates in 'day' lies later"),
    ],
)
@given(place=st.integers(0, 60))
def test_what_cannot_be_meant_is_found_and_said(strays, told, place):
    rows, words = found([*DAYS[:place], *strays, *DAYS[place:]])
    assert rows == [False] * place + [True] * len(strays) + [False] * (60 - place)
    assert told in words


@given(st.lists(st.dates(dt.date(2019, 1, 1), dt.date(2026, 11, 2)), max_size=30))
def test_dates_of_some_years_are_all_meant(days):
    assert found(days) == ([False] * len(days), "")


def test_where_all_lie_later_than_tomorrow_that_is_said_and_none_is_left_out():
    rows, words = found(["2099-01-01", "2099-04-01"])
    assert rows == [False, False]
    assert "All dates in 'day' lie later than tomorrow, the first on 2099-01-01" in words
