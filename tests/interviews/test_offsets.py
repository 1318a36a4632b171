"""Offsets are read as a spreadsheet leaves them, and counted as the standards count."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.interviews.offsets import Convention, conventions, read_offsets
from cxlib.interviews.quote_places import as_points

TEXT = st.text(st.sampled_from("a é\u0301😀𠮷가か\r\n"), max_size=40)


@pytest.mark.parametrize(
    ("cells", "numbers"),
    [
        (["12", "12.0", " 7 ", "", None], [12, 12, 7, -1, -1]),
        (["1,234", "5"], [1234, 5]),
        (["1.234", "720"], [1234, 720]),
        (["1 234", "1\u202f000", "2’000"], [1234, 1000, 2000]),
        (["1,000", "999"], [1000, 999]),
        (["１２", "３,４５６"], [12, 3456]),
        (["1,000", "2,000"], [-2, -2]),  # 1 or a thousand: nobody knows
        (["1,000", "4321"], [-2, 4321]),  # thousands are not parted here
        (["-1", "0.5", "soon", "1e3", "٣", "1,23"], [-2] * 6),
    ],
)
def test_offsets_in_text(cells, numbers):
    assert read_offsets(pd.Series(cells, dtype=object)).tolist() == numbers


def test_offsets_in_numbers():
    assert read_offsets(pd.Series([3.0, np.nan, 0.5, -1, np.inf])).tolist() == [3, -1, -2, -2, -2]
    assert read_offsets(pd.Series([3, None], dtype="Int64")).tolist() == [3, -1]
    assert read_offsets(pd.Series([3, 0])).tolist() == [3, 0]


def counted(text: str, how: Convention) -> int:
    """Return the length of a text as another tool has it."""
    if how.line == "one":
        text = text.replace("\r\n", "\n")
    if how.line == "two":
        text = text.replace("\r\n", "\n").replace("\n", "\r\n")
    coded = {"utf16": ("utf-16-le", 2), "utf8": ("utf-8", 1), "": ("utf-32-le", 4)}[how.unit]
    return len(text.encode(coded[0])) // coded[1]


@given(TEXT, st.data())
def test_every_way_to_count_is_that_of_pythons_codecs(text, data):
    points = as_points(text)
    for how in conventions(points):
        at = data.draw(st.integers(0, len(text)))
        if text[at - 1 : at] == "\r" and text[at : at + 1] == "\n":
            continue  # who counts them as one cannot name the place between them
        end = counted(text[:at], how) + how.first - how.inclusive
        start = counted(text[:at], how) + how.first
        found = how.convert(how.count(points), np.array([start]), np.array([end]))
        assert [found[0][0], found[1][0]] == [at, at]


def test_within_a_character_or_outside_the_text_is_nowhere():
    points = as_points("a😀b")
    how = Convention("utf16")
    starts, ends = how.convert(how.count(points), np.array([2, 0, 4]), np.array([3, 9, 4]))
    assert starts.tolist() == [-1, 0, 3]
    assert ends.tolist() == [2, -1, 3]


def test_only_ways_that_can_differ_are_tried():
    assert {(how.unit, how.line) for how in conventions(as_points("plain"))} == {("", "")}
    assert {how.unit for how in conventions(as_points("é"))} == {"", "utf8"}
    assert {how.line for how in conventions(as_points("a\r\nb"))} == {"", "one"}
    assert {how.line for how in conventions(as_points("a\nb"))} == {"", "two"}
    assert next(conventions(as_points("😀\r\n\n"))) == Convention()


def test_each_way_is_said():
    said = [str(m) for m in Convention("utf8", "one", 3, inclusive=True).words()]
    assert len(said) == 4
    assert "UTF-8" in said[0]
    assert Convention().words() == []
    two = [str(m) for m in Convention("utf16", "two", 1).words()]
    assert "UTF-16" in two[0]
    assert "as two" in two[1]
    assert "begin at 1" in two[2]
