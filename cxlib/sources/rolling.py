"""Captions that roll up, as YouTube's do -> cues in which each word stands once."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from cxlib.sources.cues import Piece

_MOST = 0.5  # of the cues that follow another: so many show a part of it again
_FEW = 3  # cues that do so in a file that does not roll; fewer may be chance
_Line = tuple[str | None, str]


@dataclass(frozen=True, slots=True)
class Unrolled:
    """Cues without what they showed before.

    Attributes
    ----------
    pieces : list of Piece
    repeated : int
        Lines that were left out, because the cue before had shown them.
    doubtful : int
        Where the captions do not roll: cues that all the same begin with the end of the one before.
    """

    pieces: list[Piece]
    repeated: int = 0
    doubtful: int = 0


def unroll(pieces: Sequence[Piece]) -> Unrolled:
    """Keep of each cue only what the window did not show before.

    Notes
    -----
    A window rolls up: its first lines are the last ones of the cue before, or its last line grows.
    Only where at least half of the cues (and two) do so, beyond mere repetition of one line, is
    anything left out: people do say "Yes." twice. A line has the times of the cue that first
    showed it.

    >>> shown = [Piece(None, words, n, n + 1, n) for n, words in enumerate(["a", "a\\nb", "b\\nc"])]
    >>> [piece.words for piece in unroll(shown).pieces]
    ['a', 'b', 'c']
    """
    windows = [list(group) for _, group in itertools.groupby(pieces, key=lambda piece: piece.cue)]
    shown = [_lines(window) for window in windows]
    pairs = list(itertools.pairwise(shown))
    rolls = sum(_rolls(before, after) for before, after in pairs)
    if rolls < 2 or rolls < _MOST * len(pairs):
        return Unrolled(list(pieces), doubtful=rolls if rolls >= _FEW else 0)
    refreshed = any(0 < _again(a, b) == len(b) < len(a) for a, b in pairs)
    kept: list[Piece] = []
    repeated, before = 0, list[_Line]()
    for window, lines in zip(windows, shown, strict=True):
        again = _again(before, lines)
        if again == len(lines) > 1 and before == lines and not refreshed:
            # the same line once more in a window full of it, for each cue brings one
            again = _again(before, lines, most=again - 1) or again
        grown = 0 if again or not kept else _grown(before, lines)
        if grown:
            earlier, feed, _ = kept[-1].words.rpartition("\n")
            words = f"{earlier}{feed}{lines[grown - 1][1]}"
            kept[-1] = kept[-1]._replace(words=words, ended=window[0].ended)
        repeated += again or grown
        kept += _said(lines[again or grown :], window[0])
        before = lines
    return Unrolled(kept, repeated=repeated)


def _lines(window: Sequence[Piece]) -> list[_Line]:
    if len(window) == 1 and "\n" not in window[0].words:
        return [(window[0].voice, window[0].words)]
    return [
        (piece.voice, line.strip())
        for piece in window
        for line in piece.words.split("\n")
        if line.strip()
    ]


def _said(lines: Sequence[_Line], window: Piece) -> list[Piece]:
    """Return new lines as pieces; those of one voice are one."""
    return [
        window._replace(voice=voice, words="\n".join(line for _, line in group))
        for voice, group in itertools.groupby(lines, key=lambda line: line[0])
    ]


def _again(before: Sequence[_Line], after: Sequence[_Line], *, most: int | None = None) -> int:
    """Return how many of the last lines before are the first lines after."""
    most = min(len(before), len(after)) if most is None else most
    return next((n for n in range(most, 0, -1) if before[-n:] == after[:n]), 0)


def _grown(before: Sequence[_Line], after: Sequence[_Line]) -> int:
    """Return how many lines after are those before, the last of them grown; 0 where none has."""
    for n in range(min(len(before), len(after)), 0, -1):
        (voice, line), (voice_after, line_after) = before[-1], after[n - 1]
        if (
            voice == voice_after
            and line_after.startswith(line)
            and line_after != line
            and before[-n:-1] == after[: n - 1]
        ):
            return n
    return 0


def _rolls(before: Sequence[_Line], after: Sequence[_Line]) -> bool:
    if not before or not after or not (after[0] in before or after[0][1].startswith(before[-1][1])):
        return False  # quickly, for nearly all cues of nearly all files
    again = _again(before, after)
    return again < max(len(before), len(after)) if again else _grown(before, after) > 0
