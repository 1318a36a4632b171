"""Time stamps as transcripts write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.sources import clocks


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("0:02", 2),
        ("00:00:05", 5),
        ("1:02:03.500", 3723.5),
        ("75:30", 4530),
        ("[00:12]", 12),
        ("（００：１２）", 12),
        ("00:12 --> 00:15", 12),
        ("00:01:12:24", 72),
        ("1時間02分03秒", 3723),
        ("2분 5초", 125),
        ("10:02 AM", None),
        ("10:02:13 p.m.", None),
    ],
)
def test_a_stamp_is_a_clock_and_its_seconds(stamp, seconds):
    assert clocks.is_clock(stamp)
    assert clocks.seconds(stamp) == seconds


@pytest.mark.parametrize("text", ["", "12", "3:1", "0:75", "Kim 0:02", "at 10:30", "1:2:3:4:5"])
def test_what_is_no_clock(text):
    assert not clocks.is_clock(text)


@given(st.integers(0, 99 * 3600))
def test_seconds_are_read_as_they_were_written(total):
    minutes, seconds = divmod(total, 60)
    long = f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"
    assert clocks.seconds(long) == total
    if minutes < 100:
        assert clocks.seconds(f"{minutes}:{seconds:02d}") == total


def test_times_go_on_but_for_one_in_ten():
    assert clocks.in_order([*range(10), 3.0, *range(10, 20)])
    assert not clocks.in_order([5.0, 1.0])
    assert clocks.in_order([])
