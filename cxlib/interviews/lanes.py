"""Spans of one document -> lanes under the text in which they do not meet, and the pieces of text
between their ends."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_LANES = 4  # of one coder; a span that meets as many stands in the list below the unit alone


@dataclass(frozen=True, slots=True)
class Span:
    """Text that somebody marked, half-open code points; `lane` counts from 0 under the text, None
    where it has none."""

    start: int
    end: int
    code: str
    coder: str
    memo: str = ""
    lane: int | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Text within which no span begins or ends, and the spans that cover it."""

    start: int
    end: int
    spans: tuple[Span, ...]


def lay_out(spans: Sequence[Span], coders: Sequence[str]) -> list[Span]:
    """Give each span a lane: those of a coder lie next to one another, a new lane only where spans
    overlap.

    Returns
    -------
    list of Span
        In the order of their starts, longer ones first.

    >>> [
    ...     span.lane
    ...     for span in lay_out(
    ...         [Span(0, 9, "a", "Mori"), Span(3, 5, "b", "Mori"), Span(0, 9, "a", "Kim")],
    ...         ["Mori", "Kim"],
    ...     )
    ... ]
    [0, 2, 1]
    """
    found: list[Span] = []
    first = 0
    for coder in coders:
        own = sorted(
            (span for span in spans if span.coder == coder), key=lambda s: (s.start, -s.end, s.code)
        )
        ends: list[int] = []
        for span in own:
            free = next((lane for lane, end in enumerate(ends) if end <= span.start), len(ends))
            if free < MOST_LANES:
                ends[free : free + 1] = [span.end]
            lane = first + free if free < MOST_LANES else None
            found.append(Span(span.start, span.end, span.code, span.coder, span.memo, lane))
        first += len(ends)
    return sorted(found, key=lambda span: (span.start, -span.end))


def pieces(start: int, end: int, spans: Sequence[Span]) -> Iterator[Piece]:
    """Cut a stretch of text at the ends of the spans that overlap it.

    >>> [(p.start, p.end, len(p.spans)) for p in pieces(0, 6, [Span(2, 9, "a", "Kim")])]
    [(0, 2, 0), (2, 6, 1)]
    """
    here = [span for span in spans if span.start < end and span.end > start]
    cuts = sorted({start, end, *(at for s in here for at in (s.start, s.end) if start < at < end)})
    for begin, stop in itertools.pairwise(cuts):
        covering = (span for span in here if span.start <= begin and span.end >= stop)
        yield Piece(begin, stop, tuple(covering))


class ByPlace:
    """Spans of a document, found by place."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans = sorted(spans, key=lambda span: (span.start, -span.end))
        self._starts = [span.start for span in self._spans]
        # the furthest end so far: spans before the first place where it passes `start` are over
        self._furthest: list[int] = []
        for span in self._spans:
            self._furthest.append(max(span.end, self._furthest[-1] if self._furthest else 0))

    def within(self, start: int, end: int) -> list[Span]:
        """Return the spans that overlap a stretch by at least one code point."""
        first = bisect.bisect_right(self._furthest, start)
        last = bisect.bisect_left(self._starts, end)
        return [span for span in self._spans[first:last] if span.end > start]
