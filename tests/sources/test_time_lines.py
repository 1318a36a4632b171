"""Times of transcripts that are no words."""

from __future__ import annotations

import pytest

from cxlib.sources import read_transcripts


def said(folder, text):
    (folder / "a.txt").write_text(text, encoding="utf-8")
    found = read_transcripts(folder)
    whole = found.documents["text"][0]
    turns = found.turns.itertuples()
    return [(turn.speaker, whole[turn.start : turn.end]) for turn in turns]


@pytest.mark.parametrize(
    "time", ["00:05:00", "[00:05:00]", "(5:00)", "[오후 2:03]", "［午後 2:03］", "１:０２:０３"]
)
def test_a_time_on_a_line_of_its_own_is_no_words(tmp_path, time):
    text = f"Dana: Hello.\nKim: Hi.\n{time}\n\nDana: Why?\n{time}\nSo?\nKim: Price.\n"
    spoken = [("Dana", "Hello."), ("Kim", "Hi."), ("Dana", "Why?"), ("Dana", "So?")]
    assert said(tmp_path, text) == [*spoken, ("Kim", "Price.")]


def test_an_answer_may_be_a_time(tmp_path):
    text = "Dana: When?\nKim: 10:30\nDana: And back?\nKim:\n11:45\nDana: I see.\nKim: Yes.\n"
    assert ("Kim", "10:30") in said(tmp_path, text)
    assert ("Kim", "11:45") in said(tmp_path, text)


@pytest.mark.parametrize(
    "layout",
    [
        "[{}] 10:02:11\n{}\n\n",
        "{}:\n[00:00:01] {}\n\n",
        "{}\n0 minutes 3 seconds\n{}\n\n",
        "[{}] [오후 2:03] {}\n",
        "{}  0:03\n0 minutes 3 seconds\n{}\n\n",
    ],
)
def test_a_time_below_or_behind_a_label_is_no_words(tmp_path, layout):
    spoken = [("Dana Wu", "Why?"), ("Kim Lee", "It was slow."), ("Dana Wu", "So?")]
    spoken.append(("Kim Lee", "We left."))
    assert said(tmp_path, "".join(layout.format(*turn) for turn in spoken)) == spoken


def test_times_in_a_word_document(tmp_path):
    import docx

    document = docx.Document()
    for line in ("Dana:", "[00:00:01] Why?", "00:05:00", "Kim: Price.", "Dana: So?", "Kim: No."):
        document.add_paragraph(line)
    document.save(tmp_path / "b.docx")
    found = read_transcripts(tmp_path)
    text = found.documents["text"][0]
    turns = [(turn.speaker, text[turn.start : turn.end]) for turn in found.turns.itertuples()]
    assert turns == [("Dana", "Why?"), ("Kim", "Price."), ("Dana", "So?"), ("Kim", "No.")]
    assert found.turns["started_seconds"][0] == 1
