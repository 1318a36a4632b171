"""Whisper's times in brackets: which texts are such lists, and which are not."""

from __future__ import annotations

import pytest

from cxlib.sources import whisper


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[00:01.000 --> 00:02.500] a\n", [("a", 1, 2.5)]),
        ("[01:00:01.5 --> 01:00:02] a", [("a", 3601.5, 3602)]),
        ("(00:01 – 00:02) a\nb\n", [("a\nb", 1, 2)]),
        ("【0:01 → 0:02】はい", [("はい", 1, 2)]),
        ("[0.00s -> 4.00s] a", [("a", 0, 4)]),
        ("[00:01.000 --> 00:02.000]\n[00:02.000 --> 00:03.000] a", [("a", 2, 3)]),
    ],
)
def test_segments(text, expected):
    pieces, before = whisper.segments(text)
    assert [(piece.words, piece.started, piece.ended) for piece in pieces] == expected
    assert before == 0


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\nb\n",
        "(2019 - 2021) a\n",
        "[10 – 20] a\n",
        "[00:01] Ana: a\n",
        "one\ntwo\n[00:01.000 --> 00:02.000] a\n",
        "[a --> b] c\n",
    ],
)
def test_what_is_no_list_of_segments(text):
    assert whisper.segments(text) is None


def test_lines_before_the_first_are_counted():
    text = "Detected language: English\n\n[00:01.000 --> 00:02.000] a\n"
    assert whisper.segments(text)[1] == 1
