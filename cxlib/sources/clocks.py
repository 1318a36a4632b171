"""Time stamps as transcripts write them -> seconds: 0:02, 00:00:05.120, （００：１２）, 1分02秒."""

from __future__ import annotations

import itertools
import re

CLOCK = (
    r"(?:(?:\d{1,3}[:：]\d{1,2}[:：][0-5０-５]\d[:;]\d{2}"  # hours to frames
    r"|(?:\d{1,3}[:：])?\d{1,3}[:：][0-5０-５]\d(?:[.,]\d{1,3}(?!\d))?)(?![\d:：])"
    r"(?:\s?[AaPp]\.?[Mm]\b\.?)?|(?:\d{1,2}\s?(?:時間|시간)\s?)?\d{1,3}\s?[分분]\s?\d{1,2}\s?[秒초])"
)
_OF_DAY = r"(?:오전|오후|午前|午後|上午|下午|[AaPp][Mm])\s?"  # before a time of day
RANGE = CLOCK + r"(?:\s*(?:-->|[-–—~〜～→])\s*" + CLOCK + r")?"
# f4 writes #00:00:12-1#
IN_BRACKETS = rf"(?:[\[(（［【<]\s*(?:{_OF_DAY})?{RANGE}\s*[\])）］】>]|#{CLOCK}(?:-\d{{1,2}})?#)"
_ALONE = re.compile(rf"\s*(?:{IN_BRACKETS}|{RANGE})\s*")
_AT_THE_END = re.compile(rf"{IN_BRACKETS}\s*\Z")
_IN_FRONT = re.compile(rf"\s*({IN_BRACKETS})\s*")
_SPELT_OUT = re.compile(
    r"\s*\d+\s(?:hours?|minutes?|seconds?)(?:,?\s\d+\s(?:minutes?|seconds?)){0,2}\s*", re.I
)
_LONGEST = 40  # characters of a time stamp in brackets
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?")


def seconds(stamp: str) -> float | None:
    """Return the seconds of a time stamp (of its beginning, where it is a range); None for a time
    of day (10:02 AM), which is no time in a recording.

    >>> seconds("00:00:05.5"), seconds("1:02 - 1:09"), seconds("1分02秒"), seconds("００：１２")
    (5.5, 62.0, 62.0, 12.0)
    """
    match = re.match(rf"[\s\[(（［【<#]*({CLOCK})", stamp)  # None after 오후
    if match is None or match[1].strip(".")[-1] in "mM":
        return None
    total = 0.0
    for number in _NUMBER.findall(match[1])[:3]:  # a fourth counts frames
        total = total * 60 + float(number.replace(",", "."))
    return total


def is_spelt_out(line: str) -> bool:
    """Say whether a line is a time in words, as tools write it beside a clock.

    >>> is_spelt_out("0 minutes 3 seconds"), is_spelt_out("1 hour, 2 seconds"), is_spelt_out("3")
    (True, True, False)
    """
    return _SPELT_OUT.fullmatch(line) is not None


def in_front(words: str) -> tuple[str, int]:
    """Return the time stamp in brackets with which words begin, and where they go on after it.

    >>> in_front("[00:00:01] Hello there."), in_front("At [0:12] so.")
    (('[00:00:01]', 11), ('', 0))
    """
    found = _IN_FRONT.match(words)
    return (found[1], found.end()) if found else ("", 0)


def is_clock(line: str) -> bool:
    """Say whether a line holds a time stamp and nothing else."""
    return _ALONE.fullmatch(line) is not None


def without_last(words: str) -> str:
    """Return words without a time stamp in brackets at their end, where f4 and others put it.

    >>> without_last("So. #00:00:19-5#"), without_last("At [0:12] so.")
    ('So.', 'At [0:12] so.')
    """
    last = _AT_THE_END.search(words, max(0, len(words) - _LONGEST))
    return words[: last.start()].rstrip() if last else words


def in_order(times: list[float]) -> bool:
    """Say whether times go on, as those of a recording do (one in ten may not)."""
    back = sum(after < before for before, after in itertools.pairwise(times))
    return back <= len(times) / 10
