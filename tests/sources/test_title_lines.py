"""A title is left out only where a header follows it; a row of answers never is."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.sources.title_lines import count_title_lines, title_note

TABLE = [["id", "score", "wave", "channel", "why"], *([n, n % 11, "Q1", "x", ""] for n in range(9))]


@pytest.mark.parametrize(
    "above",
    [
        [],
        [["NPS 2026"]],
        [["アンケート結果", "", "", "", ""], [""] * 5],
        [["Exported on", dt.datetime(2026, 7, 1)], ["by", "Ann"]],
        [["Exported on", "2026-07-01"], ["Rows:", "9"], []],
    ],
)
def test_titles_are_counted(above):
    assert count_title_lines([*above, *TABLE]) == len(above)


def test_a_date_of_export_stands_above_three_columns():
    table = [row[:3] for row in TABLE]
    assert count_title_lines([["Survey"], ["Exported", "2026-07-01", ""], *table]) == 2
    assert count_title_lines([["id", "score", ""], *table[1:]]) == 0


@pytest.mark.parametrize(
    "rows",
    [
        [["id", ""], ["1", "5"], ["2", "6"]],  # a column without a name
        [["id", ""], ["R1", "good"], ["R2", "bad"]],
        [["country", ""], ["JP", "good"], ["JP", "bad"], ["KR", "bad"]],
        [["comment", ""], ["good", ""], ["bad", "x"]],  # one stray cell
        [["", "score"], ["1", "5"]],  # an index, as pandas writes it
        [["comment"], ["good"], ["bad"]],
        [["Respondent", "Which?", "", ""], ["", "shop", "app", "web"], ["1", "x", "", ""]],
        [["title"], ["another"]],
        [],
    ],
)
def test_a_header_is_no_title(rows):
    assert count_title_lines(rows) == 0


ROW = st.lists(st.sampled_from(["", "a", "b c", "7", "R1"]), max_size=6)


@given(st.lists(ROW, max_size=12))
def test_what_is_left_out_is_less_than_the_header(rows):
    above = count_title_lines(rows)
    assert above < max(len(rows), 1)
    if above:
        assert all(sum(map(bool, row)) <= 2 < 3 for row in rows[:above])
        assert sum(map(bool, rows[above])) > max(sum(map(bool, row)) for row in rows[:above])


def test_a_note_names_the_first_that_holds_anything():
    assert title_note([["", ""]]) == []
    (note,) = title_note([[None], ["NPS", None]])
    assert str(note) == "1 line above the header was left out; the first is 'NPS'."
