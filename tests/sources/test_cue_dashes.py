"""Dialogue dashes: two in one cue make a dialogue, one alone nothing."""

from __future__ import annotations

import pytest

from cxlib.sources import cue_dashes
from cxlib.sources.cues import Piece


def lines(*cues):
    pieces = [Piece(None, words, n, n + 1, n) for n, words in enumerate(cues)]
    return [(line, piece) for piece in pieces for line in piece.words.split("\n")]


@pytest.mark.parametrize(
    ("cues", "expected"),
    [
        (["- a\n- b"], [("a", True), ("b", True)]),
        (["–a\n–b", "c", "d"], [("a", True), ("b", True), ("c", True), ("d", False)]),
        (["- a", "- b"], [("- a", False), ("- b", False)]),
        (["a\n- b"], [("a", False), ("- b", False)]),
        (["-5\n-6"], [("-5", False), ("-6", False)]),
        (["---\n---"], [("---", False), ("---", False)]),
        ([], []),
    ],
)
def test_new_voices(cues, expected):
    assert cue_dashes.new_voices(lines(*cues)) == expected
