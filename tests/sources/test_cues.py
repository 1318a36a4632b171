"""Cues of WebVTT and SubRip: nothing that was said is lost, nothing else is taken for it."""

from __future__ import annotations

import pytest

from cxlib.errors import SourceError
from cxlib.sources import cues


def test_a_cue_broken_by_an_empty_line_loses_nothing_but_notes():
    text = (
        "WEBVTT\n\n00:01.0 --> 00:02.0\none\n\ntwo --> three\n\nNOTE not said\nnor this\n\n"
        "id 7\n00:03.0 --> 00:04.0\nfour\n"
    )
    assert [piece.words for piece in cues.parse(text, name="a.vtt", markup="vtt")] == [
        "one\ntwo --> three",
        "four",
    ]


def test_a_cue_in_the_last_line_says_nothing():
    text = "WEBVTT\n\n00:01.0 --> 00:02.0\nyes\n\n00:03.0 --> 00:04.0"
    assert [piece.words for piece in cues.parse(text, name="a.vtt", markup="vtt")] == ["yes"]


def test_tags_are_taken_out_and_entities_of_webvtt_are_read():
    text = "1\n00:00:01,000 --> 00:00:02,500\n<i>A &amp; B</i>\n"
    assert [piece.words for piece in cues.parse(text, name="a.srt", markup="srt")] == ["A &amp; B"]
    assert [piece.words for piece in cues.parse(text, name="a.vtt", markup="vtt")] == ["A & B"]


@pytest.mark.parametrize(
    ("parts", "seconds"),
    [((None, "1", "05"), 65.0), (("1", "0", "3", "25"), 3603.25), (("", "0", "7", None), 7.0)],
)
def test_a_clock_reads_seconds(parts, seconds):
    assert cues.clock(*parts) == seconds


def test_a_file_without_a_cue_and_a_stamp_that_is_none_are_refused():
    with pytest.raises(SourceError, match="no cue"):
        cues.parse("Kim: yes\n", name="a.vtt", markup="vtt")
    with pytest.raises(SourceError, match=r"line 2: .* no valid time stamps"):
        cues.parse("1\n00:00:01 --> soon\nhello\n", name="a.srt", markup="srt")


def test_an_id_may_name_who_speaks():
    text = (
        'WEBVTT\n\n1 "Dana Wu" (3422)\n00:01.000 --> 00:03.000\nHello.\n\n'
        '2 "Kim Lee" (3423)\n00:04.000 --> 00:06.000\nHi.\n\n3\n00:07.000 --> 00:08.000\nWhy?\n'
    )
    pieces = cues.parse(text, name="a.vtt", markup="vtt")
    assert [(piece.voice, piece.words) for piece in pieces] == [
        ("Dana Wu", "Hello."),
        ("Kim Lee", "Hi."),
        (None, "Why?"),
    ]
