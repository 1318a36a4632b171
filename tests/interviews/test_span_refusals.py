"""A refusal names the row, both texts, the places and a next step, and hides nothing."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.errors import SourceError
from cxlib.interviews.span_refusals import Doubt, Fault, refuse

TEXT = "one two \x1b[31mthree\u202e four two five"
TEXTS = {"a.txt": TEXT}
ROWS = pd.DataFrame({"start": [0] * 9, "end": [3] * 9}, index=range(1, 10))


def said(*doubts: Doubt) -> str:
    with pytest.raises(SourceError) as refusal:
        refuse(doubts, ROWS, TEXTS, "kim.csv")
    return str(refusal.value)


def doubt(row: int, fault: Fault, **values) -> Doubt:
    return Doubt(row=row, fault=fault, document="a.txt", **{"quote": "quoted", **values})


def test_nothing_is_refused_without_a_doubt():
    refuse([], ROWS, TEXTS, "kim.csv")


def test_both_texts_and_the_nearest():
    words = said(doubt(1, Fault.NOWHERE, nearest=(4, 18)))
    assert words == (
        "codings='kim.csv', row 2: quote=‘quoted’ is not what stands at 0:3 of 'a.txt', ‘one’, and "
        "stands nowhere in 'a.txt' (nearest: ‘two ␛[31mthree’ at 4:18); correct the quote, or "
        "leave it empty where the offsets are right"
    )
    assert "give start and end" in said(doubt(1, Fault.NOWHERE, given=False))


def test_places_with_what_is_around_them():
    words = said(doubt(0, Fault.SEVERAL, quote="two", places=[(4, 7), (25, 28)], given=False))
    assert "stands in 2 places of 'a.txt': 4:7 ‘…one two" in words
    assert "25:28" in words
    assert "\x1b" not in words
    assert "\u202e" not in words
    assert words.endswith("give start and end of one of them, or a longer quote")
    many = [(at, at + 1) for at in range(9)]
    assert "and 4 more" in said(doubt(0, Fault.SEVERAL, places=many))


def test_too_far_and_two_ways():
    assert "too far away" in said(doubt(0, Fault.FAR, places=[(4, 7)]))
    assert "add the words of this span in the column quote" in said(doubt(0, Fault.TWO_WAYS))


def test_all_rows_of_a_kind_are_named():
    some = [doubt(row, Fault.NOWHERE) for row in (8, 2, 4)]
    words = said(*some, doubt(5, Fault.FAR, places=[(0, 1)]))
    assert "row 3" in words
    assert "(3 such rows: 3, 5, 9); 1 more row(s)" in words


def test_long_texts_are_shortened():
    assert len(said(doubt(0, Fault.NOWHERE, quote="long " * 999))) < 400
