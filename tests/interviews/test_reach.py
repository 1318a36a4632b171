"""What the column `read` of a table says, and whose spans contradict it."""

from __future__ import annotations

import pytest
from numpy.testing import assert_allclose

from cxlib.interviews.counts import grid
from tests.interviews.twelve_units import UNITS, corpus, row, save, texts


@pytest.fixture
def home(tmp_path):
    return texts(tmp_path)


def read(home, rows, **more):
    return corpus(home, save(home, "all.csv", rows, read=True), **more)


@pytest.mark.parametrize(("mark", "last", "reached"), [("3", 7, 8), ("3", 2, 3), ("3", 3, 4)])
def test_spans_behind_the_mark_are_told_and_the_last_is_the_reach(home, mark, last, reached):
    rows = [row("a.txt", 0, "late", "Kim", read=mark), row("a.txt", last, "late", "Kim")]
    found = read(home, rows)
    assert_allclose(grid(found).opened[:, 0], [n < reached for n in range(UNITS)])
    said = "Kim has 1 span behind the own mark" in " ".join(map(str, found.flags))
    assert said == (reached > int(mark))
    assert all(str(flag).endswith("in the column read.") for flag in found.flags)


@pytest.mark.parametrize("mark", ["yes", "TRUE", "はい", "네"])
def test_a_yes_in_each_row_says_nothing_of_the_end(home, mark):
    rows = [row("a.txt", n, "late", "Kim", read=mark) for n in (0, 4)]
    found = read(home, [*rows, row("b.txt", 0, "", "Kim", read=mark)])
    assert grid(found).opened.sum() == 5 + UNITS  # nothing was found in b, to its end
    assert f"Kim has “{mark}” in the column read in each of 2 rows" in str(found.flags[0])
    one = read(home, [rows[0], row("a.txt", 4, "late", "Kim")])
    assert grid(one).opened.sum() == UNITS
    assert not one.flags


def test_numbers_of_units_other_than_turns_are_told(home):
    rows = [row("a.txt", 0, "late", "Kim", read="3")]
    assert not read(home, rows).flags
    flags = " ".join(map(str, read(home, rows, unit="sentence").flags))
    assert "1 number in the column read is taken for the number of one of the sentences" in flags
    assert not read(home, [row("a.txt", 0, "late", "Kim", read="done")], unit="line").flags
