"""How it is known where each span stands."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlib.interviews.offsets import Convention
from cxlib.interviews.proofs import State, prove
from cxlib.interviews.quote_places import as_points
from cxlib.interviews.span_refusals import Fault

TEXT = "😀 one two three. It came four days late and nobody told me why. four five six. It was it."


def table(rows) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["document", "start", "end", "quote"]).assign(coder="ana")
    return frame.set_axis(pd.RangeIndex(1, len(frame) + 1))


def states(rows, **texts) -> list[State]:
    found = prove(table(rows), texts or {"a": TEXT})
    assert not found.doubts
    return [State(state) for state in found.state]


def utf16(quote: str, text: str = TEXT) -> tuple[int, int]:
    counted = Convention("utf16").count(as_points(text))
    at = text.index(quote)
    return int(counted[at]), int(counted[at + len(quote)])


def test_each_state():
    assert states([("a", 2, 5, "one"), ("a", 6, 9, "")]) == [State.PROVED, State.GIVEN]
    assert states([("a", 3, 6, "one"), ("a", 7, 10, "")]) == [State.MOVED, State.DOUBTED]
    assert states([("a", -1, -1, "nobody told me")]) == [State.FOUND]
    rows = [("a", *utf16(word), word) for word in ("one", "two", "three", "nobody")]
    assert states([*rows, ("a", *utf16("five"), "")]) == [State.CONVERTED] * 4 + [State.FOLLOWED]
    other = [("b", *utf16("six"), "")]
    assert states([*rows, *other], a=TEXT, b=TEXT)[-1] is State.OPEN
    mine = ("b", TEXT.index("six"), TEXT.index("six") + 3, "six")  # speaks for our way there
    assert states([*rows, *other, mine], a=TEXT, b=TEXT)[-2:] == [State.GIVEN, State.PROVED]
    assert states([*rows, *other], a=TEXT, b="x" * 99)[-1] is State.GIVEN  # no way differs there


def test_what_is_moved_stands_where_its_quote_does():
    found = prove(table([("a", 20, 27, "nobody"), ("a", 0, 3, " one ")]), {"a": TEXT})
    assert TEXT[found.starts[0] : found.ends[0]] == "nobody"
    assert TEXT[found.starts[1] : found.ends[1]] == " one "
    assert found.shift.tolist() == [TEXT.index("nobody") - 20, 1]


def test_each_doubt():
    def doubt(start, end, quote, text=TEXT):
        (found,) = prove(table([("a", start, end, quote)]), {"a": text}).doubts
        return found.fault

    assert doubt(0, 4, "nowhere") is Fault.NOWHERE
    assert doubt(0, 4, "four") is Fault.SEVERAL
    assert doubt(-1, -1, "four") is Fault.SEVERAL
    far = "x " * 300 + "one"
    assert doubt(0, 3, "one", far) is Fault.FAR
    words = "one two three four five six seven"
    assert not prove(table([("a", 0, 3, words)]), {"a": "x " * 300 + words}).doubts
    assert doubt(-1, -1, "CAFE", "cafe\u0301") is Fault.NOWHERE


def test_a_coder_who_counts_in_two_ways_is_not_followed_without_a_quote():
    rows = [("a", *utf16(word), word) for word in ("two", "three", "nobody", "five")]
    mixed = [*rows, ("a", 2, 5, "one"), ("a", *utf16("six"), "")]
    (doubt,) = prove(table(mixed), {"a": TEXT}).doubts
    assert (doubt.row, doubt.fault) == (5, Fault.TWO_WAYS)


def test_the_callers_rows_stay():
    rows = table([("a", 3, 6, "one")])
    before = rows.copy()
    prove(rows, {"a": TEXT})
    pd.testing.assert_frame_equal(rows, before)
    assert np.array_equal(prove(rows.iloc[:0], {"a": TEXT}).state, [])
