"""Windows of captions that roll up: what is taken for new, and what is no roll at all."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.sources import rolling
from cxlib.sources.cues import Piece


def shown(*windows, voice=None):
    return [Piece(voice, words, n, n + 1, n) for n, words in enumerate(windows)]


@pytest.mark.parametrize(
    ("windows", "kept", "repeated"),
    [
        (["a", "a\nb", "b", "b\nc"], ["a", "b", "c"], 3),
        (["a\nb", "b\nc", "c\nd"], ["a\nb", "c", "d"], 2),
        (["a b", "a b\nc", "a b\nc d", "a b\nc d e"], ["a b", "c d e"], 5),
        (["yes", "yes\nyes", "yes\nyes", "yes\nno"], ["yes", "yes", "yes", "no"], 3),
        (["yes", "yes", "yes", "yes"], ["yes", "yes", "yes", "yes"], 0),
        (["a", "b", "c"], ["a", "b", "c"], 0),
        ([], [], 0),
    ],
)
def test_windows(windows, kept, repeated):
    found = rolling.unroll(shown(*windows))
    assert [piece.words for piece in found.pieces] == kept
    assert found.repeated == repeated


def test_a_line_has_the_times_of_the_cue_that_first_showed_it():
    found = rolling.unroll(shown("a", "a\nb", "b\nc"))
    assert [(piece.started, piece.ended) for piece in found.pieces] == [(0, 1), (1, 2), (2, 3)]


def test_voices_stay_with_their_lines():
    pieces = [Piece("Ana", "a", 0, 1, 0), Piece("Ana", "a", 1, 2, 1), Piece("Lee", "b", 1, 2, 1)]
    pieces += [Piece("Lee", "b", 2, 3, 2), Piece("Ana", "c", 2, 3, 2)]
    found = rolling.unroll(pieces)
    assert [(piece.voice, piece.words) for piece in found.pieces] == [
        ("Ana", "a"),
        ("Lee", "b"),
        ("Ana", "c"),
    ]


lines_said = st.lists(st.text("abc", min_size=1, max_size=3), min_size=4, max_size=20).filter(
    lambda lines: 3 * sum(a == b for a, b in itertools.pairwise(lines)) <= len(lines)
)


@given(lines_said, st.integers(2, 4))
def test_every_line_of_a_window_of_any_height_is_kept_once(lines, height):
    """A window that brings one line a cue, whatever is said again."""
    lines = [f"{line}." for line in lines]  # no line begins with another
    windows = ["\n".join(lines[max(0, n - height + 1) : n + 1]) for n in range(len(lines))]
    kept = "\n".join(piece.words for piece in rolling.unroll(shown(*windows)).pieces)
    assert kept.split("\n") == lines
