"""Lines of a transcript and their labels -> the times among them that are no words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cxlib.sources import clocks
from cxlib.sources.speaker_styles import Label

_ABOVE = ("clock", "clock_first", "name_line", "stacked", "bracket")  # words stand below


class Time(NamedTuple):
    """A time at the start of a line, behind its label."""

    stop: int  # code points of the line before the words go on
    seconds: float | None
    alone: bool  # no words follow


def times(lines: Sequence[str], labels: Sequence[Label | None]) -> list[Time | None]:
    """Find the times that stand alone on a line, or in brackets before the first words below a
    label.

    Parameters
    ----------
    lines, labels : sequence
        As `cxlib.sources.speakers.labels` takes and gives them.

    Returns
    -------
    list of (Time or None)

    Notes
    -----
    An answer may be a time: `Ana: 10:30`. So a bare time of two numbers is one only where another
    stands alone as well, and never behind a label. Words such as `0 minutes 3 seconds` are a time
    right below a clock or a name.

    >>> found = times(["00:05:00", "So.", "10:30"], [None, None, None])
    >>> [time is not None for time in found]
    [True, False, False]
    """
    alone = [clocks.is_clock(line) for line in lines]
    bare = sum(alone[n] and labels[n] is None and not _sure(lines[n]) for n in range(len(lines)))
    found: list[Time | None] = []
    fresh = above = False  # below a label without words yet; right below a name or a clock
    for n, (line, label) in enumerate(zip(lines, labels, strict=True)):
        start = label.start if label else 0
        words, time = line[start:], None
        if not words.strip() and not label:
            found.append(None)
            continue
        below = label is None or _has_words_below(lines, labels, n)
        if clocks.is_clock(words) and below and (_sure(words) or (bare > 1 and not label)):
            time = Time(len(line), clocks.seconds(words), alone=True)
        elif above and label is None and clocks.is_spelt_out(words):
            time = Time(len(line), None, alone=True)
        elif fresh and label is None:
            stamp, stop = clocks.in_front(words)
            time = Time(stop, clocks.seconds(stamp), alone=False) if stamp else None
        found.append(time)
        silent = not words.strip() or (time is not None and time.alone)
        fresh = silent and (label is not None or fresh)
        above = silent and (label is None or label.style in _ABOVE)
    return found


def _sure(words: str) -> bool:
    """Say whether a time is one of a recording: in brackets, or with hours and seconds."""
    plain = words.strip()
    return not plain[:1].isdigit() or plain.replace("：", ":").count(":") > 1


def _has_words_below(lines: Sequence[str], labels: Sequence[Label | None], number: int) -> bool:
    after = range(number + 1, len(lines))
    below = next((n for n in after if lines[n].strip()), None)
    return below is not None and labels[below] is None
