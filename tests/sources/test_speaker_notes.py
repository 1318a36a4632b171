"""What is told of the labels of a transcript."""

from __future__ import annotations

import pytest

from cxlib.sources import speaker_notes, speakers


def notes(*lines, **how):
    return [
        str(note)
        for note in speaker_notes.notes(lines, speakers.labels(lines, **how), file="a.txt")
    ]


def test_labels_that_need_no_look_are_not_spoken_of():
    assert notes("Ana: a", "Lee: b", "Ana: c", "Lee: d") == []


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["Ana: a", "ANA: b", "Lee: c", "Lee: d"], "'Ana' and 'ANA' may be one speaker"),
        (["田中：は", "田中さん：い", "鈴木：ろ"], "'田中' and '田中さん' may be one speaker"),
        (
            ["Ana - a.", "Lee - b.", "Ana - c.", "Lee - d."],
            "'Ana' and 'Lee' were taken for speakers",
        ),
        (["- Why?", "- So.", "- And?", "- Yes."], "4 turns begin with a dash or >>"),
        (["- a", "- b", "- c"], "3 lines begin with a dash"),
        (["Kim: a", "Kim: b", "Kim: c", "Lee: d"], "'Lee' speaks only once"),
    ],
)
def test_what_to_look_at(lines, told):
    (note,) = notes(*lines)
    assert note.startswith("a.txt: ")
    assert told in note


def test_a_name_above_its_time_is_one_label():
    lines = [*("Ana", "0:01", "a.", "") * 3, "Lee", "0:09", "b."]
    lines[5], lines[9] = "0:02", "0:03"
    assert any("'Lee' speaks only once" in note for note in notes(*lines))


def warnings(*lines):
    labels = speakers.labels(lines)
    return [str(note) for note in speaker_notes.warnings(lines, labels, file="a.txt")]


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["I: Why?", "Ana: So.", "Note: a.", "I: And?", "Ana: No.", "Note: b."], "2 lines begin"),
        (["I: Why?", "Ana: So.", "[I] And?", "Ana: No."], "1 line begins with 'I' like the label"),
        (["I: Why?", "Ana: So.", "I; And?", "Ana: No."], "1 line begins with 'I' like the label"),
        (["I: Why?", "wife: So.", "I: And?", "Ana: No."], "with 'wife' like the label"),
        (["I: Why?", "Ana: So.", "I - And?", "Ana: No."], "and another mark than the other lines"),
        (["I: a?", "Ana: b.", "Price: c.", "I: d?", "Ana: e.", "Price: f."], "'Price', who asks"),
    ],
)
def test_what_may_have_the_wrong_speaker_is_told(lines, told):
    (note,) = warnings(*lines)
    assert note.startswith("a.txt: ")
    assert told in note


def test_nothing_is_told_of_a_dialogue():
    assert warnings("I: Why?", "Ana: One thing: price.", "I: And?", "Ana: No.") == []
    assert warnings("It rained.", "Note: a.", "Note: b.") == []


def test_a_direction_that_stands_where_speakers_do_is_told():
    told = notes("[Dana] Why?", "[Stille] Price.", "[Dana] And?", "[Stille] It was slow.")
    assert [note for note in told if "“Stille” stands in brackets before 2 lines" in note]
    told = notes("Dana: Why?", "[laughs] Well.", "Ana: And?", "[laughs] So.")
    assert not [note for note in told if "brackets" in note]
