"""What people write in `read`, in their languages, and how far it says that they are."""

import pytest

from cxlib.errors import SourceError
from cxlib.interviews.sheet_cells import Column
from cxlib.interviews.sheet_marks import Mark, mark, reached
from cxlib.interviews.sheet_places import Unit
from cxlib.interviews.sheet_rows import Filled, Row

WRITTEN = {
    Mark.DONE: "done|Done.|DONE!|yes, to the end|完了|済|済み|読了|읽음|완료|다 읽었음|ｄｏｎｅ|"
    "fertig|hecho|terminé",
    Mark.HERE: "x|X|✓|✔|○|yes|はい|until here|ここまで|여기까지|2026-01-31|ok|half way|TRUE",
    Mark.NUMBER: "12|１２|unit 12|to 12|12まで|12번까지|50%|1.5|#3",
    Mark.NONE: "|  |no|not yet|Not done|not finished|未|未読|まだ|いいえ|아직|아니요|안 읽음|-|–|"
    "FALSE|nein",
}


@pytest.mark.parametrize(
    ("text", "meant"),
    [(text, what) for what, texts in WRITTEN.items() for text in texts.split("|")],
)
def test_what_people_write(text, meant):
    assert mark(text) is meant


def units(*written, coded=()):
    """Return units of ten code points, numbered from 3 in steps of 2, with what stands in read."""
    made = []
    for at, text in enumerate(written):
        cells = {Column.DOCUMENT: "a.txt", **({Column.READ: text} if text else {})}
        row = Row(at + 3, cells, (("code", "x"),) if at in coded else ())
        made.append(Unit("a.txt", str(3 + 2 * at), (10 * at, 10 * at + 9), (row,)))
    return made


def reach(*written, coded=()):
    how = reached(
        Filled("f.xlsx", "coding", [], None), units(*written, coded=coded), characters=100
    )
    return how.to, how.done, how.is_marked, how.beyond


def test_how_far_was_read():
    assert reach("", "done", "", "") == (100, True, True, 0)
    assert reach("x", "", "✓", "") == (29, False, True, 0)
    assert reach("", "", "", "", coded=[1]) == (19, False, False, 0)
    assert reach("", "", "", "") == (None, False, False, 0)
    assert reach("5", "", "", "") == (19, False, True, 0)
    assert reach("6", "", "", "") == (19, False, True, 0)  # an interviewer's, between 5 and 7
    assert reach("x", "", "", "", coded=[2]) == (9, False, True, 1)
    assert reach("no", "", "", "", coded=[0]) == (9, False, False, 0)


def test_done_in_each_row_so_far_is_not_the_end():
    assert reach("done", "done", "", "") == (19, False, True, 0)
    assert reach("済", "済", "済", "済") == (100, True, True, 0)


@pytest.mark.parametrize("written", ["10", "50%", "1.5", "-1"])
def test_a_number_of_no_unit_is_refused(written):
    with pytest.raises(SourceError, match=r"row 3, column 'read': .* which has 3 to 9; write the"):
        reach(written, "", "", "")
