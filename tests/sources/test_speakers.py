"""A speaker's label is told from a sentence."""

from __future__ import annotations

import pytest

from cxlib.sources import speakers


@pytest.mark.parametrize(
    "line",
    [
        "10:30 Meeting: agenda",
        "https://example.com",
        "see: below",
        "Well, I said: no",
        "[laughs] really",
        "[link](http://a.b)",
        "- [x] done",
        "午前10:30 開始",
        "１０：３０",
        "Ratio 3:1",
        "Note: later",
        "注：後で",
        "It happened. Then: nothing",
        ":",
        "：はい",
        "a" * 61 + ": too long",
        "つまり：そう",
        "<b>x</b>: y",
        "key:value",
    ],
)
def test_lines_without_a_speaker(line):
    assert speakers.labels([line]) == [None]


@pytest.mark.parametrize(
    ("line", "speaker", "words"),
    [
        ("Kim: yes", "Kim", "yes"),
        ("田中さん：はい", "田中さん", "はい"),
        ("【상담원】 네", "상담원", "네"),
        ("**Sato Hanako:** yes", "Sato Hanako", "yes"),
        ("[00:01:05] Kim: yes", "Kim", "yes"),
    ],
)
def test_labels_are_found_with_what_follows(line, speaker, words):
    (label,) = speakers.labels([line])
    assert (label.speaker, line[label.start :]) == (speaker, words)


def test_a_document_has_one_style_of_labels():
    lines = ["Kim: yes", "Sato: no", "[Kim] hm", "Kim: well"]
    assert [label and label.style for label in speakers.labels(lines)] == [
        "colon",
        "colon",
        None,
        "colon",
    ]


def test_headings_are_said_by_nobody():
    assert speakers.is_heading("Date: 2026-07-01")
    assert speakers.is_heading("日時：2026年7月1日")
    assert not speakers.is_heading("Kim: yes")


def test_a_recording_may_start_late():
    lines = ["Speaker 1 35:02", "Why?", "", "Speaker 2 35:09", "It was slow."]
    found = speakers.labels(lines)
    assert [(it.speaker, it.seconds) for it in found if it] == [
        ("Speaker 1", 2102.0),
        ("Speaker 2", 2109.0),
    ]
    assert not any(speakers.labels(["Lunch 12:30", "we ate", "", "Meeting 13:30", "we met"]))
