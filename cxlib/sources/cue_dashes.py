"""Dialogue dashes in cues -> where another voice begins, in files that name nobody."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from cxlib.sources.cues import Piece

# a dash before words; -5 degrees is a number, --- a rule, and an arrow no dash
_DASH = re.compile(r"\s*[-‐‑‒–—―－][ \t\u00a0\u3000]*(?![-‐‑‒–—―－>\d\s])")


def new_voices(lines: Sequence[tuple[str, Piece]]) -> list[tuple[str, bool]]:
    """Say of each line of the cues whether another voice begins there, and take its dash away.

    Parameters
    ----------
    lines : sequence of (str, Piece)
        A line, and the cue it stands in.

    Returns
    -------
    list of (str, bool)
        The lines are as they were, and no voice begins, unless at least one cue has two lines that
        begin with a dash: one alone may be a hyphen or a bullet.

    Notes
    -----
    A cue of subtitles has two voices at most as a rule, and each has its dash. What stands without
    one in the cue after might be either voice's, so it is begun anew too.
    """
    dashes = [_DASH.match(line) for line, _ in lines]
    in_cue = Counter(piece.cue for (_, piece), dash in zip(lines, dashes, strict=True) if dash)
    if not in_cue or max(in_cue.values()) < 2:
        return [(line, False) for line, _ in lines]
    found: list[tuple[str, bool]] = []
    cue_before = None
    for (line, piece), dash in zip(lines, dashes, strict=True):
        first = cue_before is not None and piece.cue != cue_before and in_cue[cue_before] > 0
        found.append((line[dash.end() :], True) if dash else (line, first))
        cue_before = piece.cue
    return found
