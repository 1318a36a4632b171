"""Scripts lose their marks and keep what was marked."""

from __future__ import annotations

import re

from cxlib.sample import scripts
from cxlib.sample.scripts import read_scripts


def test_scripts_leave_no_mark_in_the_text() -> None:
    for script in read_scripts():
        for turn in script.turns:
            assert not re.search(r"\[\[|\]\]|\||\?(?=[a-z가-힣]+\|)", turn.text), turn.text
            assert all(
                turn.text[span.start : span.end] == turn.text[span.start : span.end].strip()
                for span in turn.spans
            )


def test_marks_may_lie_in_each_other() -> None:
    turn = scripts._turn(
        "P1", "So [[a|late [[b,?c|by a day|einen Tag]] again|wieder|note]], and < fine."
    )
    assert turn.text == "So late by a day again, and < fine."
    assert [
        (turn.text[span.start : span.end], span.code, span.doubtful, span.gloss, span.memo)
        for span in turn.spans
    ] == [
        ("by a day", "b", False, "einen Tag", ""),
        ("by a day", "c", True, "einen Tag", ""),
        ("late by a day again", "a", False, "wieder", "note"),
    ]
