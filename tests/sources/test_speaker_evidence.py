"""The document says which candidates are labels."""

from __future__ import annotations

import pytest

from cxlib.sources import speaker_evidence
from cxlib.sources.speaker_evidence import Lines


def accepted(style, *lines, **how):
    labels = speaker_evidence.accept(Lines(lines, **how), style)
    return [labels[n].speaker if n in labels else None for n in range(len(lines))]


def test_a_direction_is_told_by_what_stands_beside_it():
    talk = ["[Ana] How?", "[zzz] Well.", "[Lee] So.", "[zzz] Yes.", "[Ana] Ok."]
    assert accepted("bracket", *talk) == ["Ana", None, "Lee", None, "Ana"]


def test_a_direction_is_told_by_standing_within_what_is_said():
    talk = ["[Ana] So [Hmpf] yes.", "[Hmpf] Well [Hmpf].", "[Ana] Ok.", "[Hmpf] No."]
    assert accepted("bracket", *talk) == ["Ana", None, "Ana", None]


def test_a_direction_is_told_by_having_no_words():
    talk = ["[Ana] Yes.", "[Hmpf]", "[Ana] No.", "[Hmpf]", "[Ana] Ok."]
    assert accepted("bracket", *talk) == ["Ana", None, "Ana", None, "Ana"]


def test_labels_that_all_begin_small_must_be_nearly_everywhere():
    talk = ["[host] How?", "[guest] So.", "[host] And?", "[guest] Yes."]
    assert accepted("bracket", *talk) == ["host", "guest", "host", "guest"]
    rare = [line for text in talk for line in (text, "more words here.", "and more of them.")]
    assert set(accepted("bracket", *rare)) == {None}


def test_citations_in_brackets_are_no_speakers():
    prose = ["[Smith] says so.", *["A line of prose."] * 8, "[Smith] says more."]
    assert set(accepted("bracket", *prose)) == {None}


@pytest.mark.parametrize("style", ["clock", "clock_first"])
def test_a_table_of_times_has_no_words_below(style):
    form = "{} 0:0{}" if style == "clock" else "0:0{1} {0}"
    rows = [form.format(name, n) for n, name in enumerate(["Ana", "Lee", "Ana", "Lee"])]
    assert set(accepted(style, *rows)) == {None}
    talk = [line for row in rows for line in (row, "words.", "")]
    assert [name for name in accepted(style, *talk) if name] == ["Ana", "Lee", "Ana", "Lee"]


def test_times_that_go_back_are_no_recording():
    talk = [line for n in (4, 1, 3, 0) for line in (f"Ana 0:0{n}", "words.", "")]
    assert set(accepted("clock", *talk)) == {None}


def test_two_dashes_in_a_cue_are_two_voices_whatever_they_say():
    lines = ["- so I paid", "- right", "and then", "- twice"]
    speaker = speaker_evidence.accept(Lines(lines, in_cues=True), "dash")
    assert sorted(speaker) == [0, 1, 3]
    assert speaker_evidence.accept(Lines(lines), "dash") == {}
    assert speaker_evidence.accept(Lines(["- alone", "words"], in_cues=True), "dash") == {}


def test_a_title_above_the_first_name_is_no_name():
    paragraphs = ["My Talk", "Ana", "How?", "Lee", "So.", "Ana", "Ok.", "Lee", "Yes."]
    lines = [line for paragraph in paragraphs for line in (paragraph, "")]
    assert [name for name in accepted("name_line", *lines) if name] == ["Ana", "Lee", "Ana", "Lee"]
