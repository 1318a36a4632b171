"""What was said around a place: words alone, whatever the layout of the transcript."""

from __future__ import annotations

import pytest

from cxlib import interviews
from cxlib.interviews.sheet_cells import Column
from cxlib.interviews.sheet_rows import read_filled
from cxlib.interviews.spoken import Spoken

FRONT = "Title: Interview of 3 May\nDate: 2026-05-03\n\n"
LAYOUTS = {
    "colon": "{who}: {words}\n\n",
    "bold": "**{who}:** {words}\n\n",
    "angle": "<{who}> {words}\n",
    "bracket": "[{who}] {words}\n\n",
}
SAID = [
    ("Interviewer", "How was the delivery?"),
    ("Ana", "It came late."),
    ("Interviewer", "And then?"),
    ("Interviewer", "Did you call?"),
    ("Ana", "Nobody answered."),
]


def corpus(tmp_path, layout, front):
    folder = tmp_path / "texts"
    folder.mkdir()
    text = front + "".join(LAYOUTS[layout].format(who=who, words=words) for who, words in SAID)
    (folder / "a.txt").write_text(text, encoding="utf-8")
    return interviews.read_corpus(folder, speakers={"interviewer": ["Interviewer"]})


@pytest.mark.parametrize("front", ["", FRONT])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_what_stands_beside_an_answer_is_what_was_said(tmp_path, layout, front):
    found = corpus(tmp_path, layout, front)
    path = interviews.write_sheet(found, tmp_path / "ana.xlsx", coder="Ana")
    beside = [row.cells.get(Column.BEFORE, "") for row in read_filled(path).rows]
    assert [" ".join(each.split()) for each in beside] == [
        "How was the delivery?",
        "And then? Did you call?",
    ]
    second = found.units.iloc[1]
    said = Spoken(found)
    before = said.before("a.txt", second["start"], most=200).replace(" / ", " ")
    assert before == "How was the delivery? It came late. And then? Did you call?"
    assert said.before("a.txt", second["start"], most=5) == "…call?"
    first = found.units.iloc[0]
    assert said.after("a.txt", first["end"], most=3) == "And…"
    assert said.after("a.txt", second["end"], most=3) == ""
