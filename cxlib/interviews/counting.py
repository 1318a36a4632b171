"""The spans and quotes of one document -> the way its offsets were counted, as its quotes prove."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from cxlib.interviews.offsets import Convention, conventions
from cxlib.interviews.quote_places import Places

FEWEST = 3  # quotes that only another way to count explains
OURS = Convention()


@dataclass(eq=False)
class Spans:
    """The spans of one document.

    Attributes
    ----------
    places : Places
    starts, ends : ndarray of int
        Offsets as given; negative where there are none.
    quotes : ndarray of str
        "" where a span has none.
    coders : ndarray of str
    """

    places: Places
    starts: NDArray
    ends: NDArray
    quotes: NDArray
    coders: NDArray

    @cached_property
    def given(self) -> NDArray:
        """Which have offsets."""
        return self.starts >= 0

    @cached_property
    def quoted(self) -> NDArray:
        """Which have a quote and offsets."""
        return (self.quotes != "") & self.given

    @cached_property
    def readings(self) -> list[Reading]:
        """The spans by each way to count, ours first; ours alone where nothing could prove one."""
        points, counted = self.places.points, {}
        found = []
        for how in conventions(points) if self.quoted.any() else [OURS]:
            alike = how.unit, how.line
            if alike not in counted:
                counted[alike] = how.count(points)
            found.append(self._read(how, counted[alike]))
        return found

    def _read(self, how: Convention, counted: NDArray) -> Reading:
        starts, ends = how.convert(counted, self.starts, self.ends)
        good = self.given & (starts >= 0) & (ends > starts)
        starts, ends = np.where(good, starts, -1), np.where(good, ends, -1)
        low, high = self.places.core(starts, ends)
        proved = np.zeros(len(starts), dtype=bool)
        for row in np.flatnonzero(self.quoted & (low >= 0)):
            proved[row] = (low[row], high[row]) in self.places.find(self.quotes[row])
        exact = proved.copy()
        for row in np.flatnonzero(proved):
            words = self.places.text[starts[row] : ends[row]]
            exact[row] = _one_line_end(words) == _one_line_end(self.quotes[row])
        return Reading(how, starts, ends, low, proved, exact)


@dataclass(frozen=True, eq=False)
class Reading:
    """Spans in code points by one way to count (-1 where it gives none), and which of them their
    quotes prove."""

    how: Convention
    starts: NDArray
    ends: NDArray
    words: NDArray  # where the first word begins
    proved: NDArray
    exact: NDArray  # proved with the white space at their ends


@dataclass(frozen=True, eq=False)
class Counting:
    """How some spans of a document were counted.

    Attributes
    ----------
    rows : ndarray of int
    reading : Reading
    open : ndarray of bool
        Which of all spans another way to count, proved as well, puts elsewhere.
    torn : bool
        Whether quotes prove another way to count for some.
    """

    rows: NDArray
    reading: Reading
    open: NDArray
    torn: bool

    @property
    def proved(self) -> int:
        """How many spans are proved."""
        return int(self.reading.proved[self.rows].sum())


def count_ways(spans: Spans) -> list[Counting]:
    """Return how the spans of a document were counted: all alike, or each coder's where that
    explains more quotes.

    Notes
    -----
    The way is ours unless another explains at least three quotes more, and half of all.
    """
    every = np.arange(len(spans.starts))
    together = _choose(spans, every)
    if together.proved == spans.quoted.sum() or len(set(spans.coders)) == 1:
        return [together]
    apart = [
        _choose(spans, np.flatnonzero(spans.coders == coder))
        for coder in dict.fromkeys(spans.coders)
    ]
    return apart if sum(part.proved for part in apart) > together.proved else [together]


def count_alike(spans: Spans, counting: Counting, known: Iterable[Convention]) -> Counting:
    """Return how spans were counted whose few quotes prove no way by themselves: as other documents
    of the file were, where that explains each quote."""
    rows = counting.rows
    quoted = int(spans.quoted[rows].sum())
    if counting.reading.how != OURS or counting.proved == quoted:
        return counting
    known = set(known)
    fits = [r for r in spans.readings if r.how in known and int(r.proved[rows].sum()) == quoted]
    if not fits:
        return counting
    best = max(fits, key=lambda reading: int(reading.exact[rows].sum()))
    return Counting(rows, best, np.zeros(len(spans.starts), dtype=bool), torn=False)


def _choose(spans: Spans, rows: NDArray) -> Counting:
    readings = spans.readings
    counts = np.array([reading.proved[rows].sum() for reading in readings])
    # a blank behind a word may be taken for its last letter, but not for what its quote has
    scores = counts + [reading.exact[rows].sum() for reading in readings]
    most, quoted = counts[scores.argmax()], spans.quoted[rows].sum()
    if most - counts[0] < FEWEST or 2 * most < quoted:
        best = [readings[0]]
    else:
        best = [reading for reading, n in zip(readings, scores, strict=True) if n == scores.max()]
    chosen = best[0]
    apart = np.zeros(len(spans.starts), dtype=bool)
    for other in best[1:]:
        elsewhere = (other.starts != chosen.starts) | (other.ends != chosen.ends)
        apart |= np.where(spans.quoted, other.words != chosen.words, elsewhere)
    left = np.zeros(len(spans.starts), dtype=bool)
    left[rows] = spans.quoted[rows] & ~chosen.proved[rows]
    torn = chosen is not readings[0] and any((reading.proved & left).any() for reading in readings)
    return Counting(rows, chosen, apart, torn)


def _one_line_end(words: str) -> str:
    return words.replace("\r\n", "\n")
