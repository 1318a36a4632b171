"""Waves and other groups are put in the order a reader expects."""

from __future__ import annotations

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from cxlib.rows.periods import natural_order


@given(st.lists(st.integers(0, 3000)))
def test_numbers_in_text_are_ordered_by_size(numbers):
    assert natural_order(f"wave {n}" for n in numbers) == [
        f"wave {n}" for n in sorted(set(numbers))
    ]
    assert natural_order([*numbers, None]) == sorted(set(numbers))


def test_quarters_and_names_have_an_order():
    assert natural_order(["2025Q1", "2024Q4", "第10回", "第9回", "2024Q4"]) == [
        "2024Q4",
        "2025Q1",
        "第9回",
        "第10回",
    ]


def test_days_numbers_and_text_can_stand_together():
    days = pd.to_datetime(["2026-04-01", "2026-01-01"])
    assert natural_order([*days, pd.NaT, "b", 3, True, 2.5]) == [
        True,
        2.5,
        3,
        days[1],
        days[0],
        "b",
    ]
