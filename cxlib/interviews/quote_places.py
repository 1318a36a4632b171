"""A transcript and the words of a span -> the places where they stand in it, whatever became of
their white space and Unicode form on the way."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

Place = tuple[int, int]  # code points, half-open

# white space beside these is no part of what is written: lines are broken anywhere
_UNSPACED = (
    (0x3000, 0x30FF),  # punctuation and kana
    (0x31F0, 0x31FF),
    (0x3400, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xF900, 0xFAFF),
    (0xFF00, 0xFFEF),  # full and half width
    (0x20000, 0x3FFFF),
)
_IN_UNSPACED = "".join(f"{chr(low)}-{chr(high)}" for low, high in _UNSPACED)
_BESIDE_UNSPACED = re.compile(f"(?<=[{_IN_UNSPACED}]) | (?=[{_IN_UNSPACED}])")
_NOTHING = "\ufeff\u200b"  # a byte order mark and a place where a line may end
_LABEL = re.compile(r"^[^\n:：]{1,40}[:：][ \t\u3000]*", re.MULTILINE)
_SPACES = np.array([point for point in range(0x3001) if chr(point).isspace()], dtype=np.uint32)
_JAMO = ("\u1160", "\u11ff")  # vowels and finals, which go on with the syllable before


def fold(words: str) -> str:
    """Return words in the form in which they are compared: NFD, each run of white space one blank,
    none at the ends and none beside letters that are written without (kana, ideographs).

    >>> fold(" two\\r\\n words "), fold("二\\n語"), fold("é") == fold("e\\u0301")
    ('two words', '二語', True)
    """
    if not words.isascii():
        words = unicodedata.normalize("NFD", words.translate(dict.fromkeys(map(ord, _NOTHING))))
    words = " ".join(words.split())
    return words if words.isascii() else _BESIDE_UNSPACED.sub("", words)


def as_points(text: str) -> NDArray:
    """Return the code points of a text, one a character."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)


@dataclass(slots=True)
class _Folded:
    """A folded text, and the code point of the text that each of its characters is of."""

    words: str
    of: NDArray


@dataclass(eq=False)
class Places:
    """A text in which quotes are looked for.

    Attributes
    ----------
    text : str
    points : ndarray of uint32
        Its code points.
    """

    text: str
    _seen: dict[str, list[Place]] = field(default_factory=dict)

    @cached_property
    def points(self) -> NDArray:
        """The code points of the text."""
        return as_points(self.text)

    @cached_property
    def _folded(self) -> _Folded:
        points, of = self.points, np.arange(len(self.points))
        shown = ~np.isin(points, [ord(mark) for mark in _NOTHING])
        points, of = points[shown], of[shown]
        text = self.text.translate(dict.fromkeys(map(ord, _NOTHING)))
        if not unicodedata.is_normalized("NFD", text):
            distinct, which = np.unique(points, return_inverse=True)
            lengths = np.array([len(unicodedata.normalize("NFD", chr(c))) for c in distinct])
            of = np.repeat(of, lengths[which])
            points = as_points(unicodedata.normalize("NFD", text))
        blank = np.isin(points, _SPACES)
        kept = np.flatnonzero(~blank | (blank & ~np.roll(blank, 1)))  # a run is its first blank
        points, of, blank = np.where(blank, 32, points)[kept], of[kept], blank[kept]
        bare = _unspaced(points)
        beside = np.ones(len(points), dtype=bool)  # nothing stands before the first, after the last
        beside[1:-1] = bare[:-2] | bare[2:]
        kept = np.flatnonzero(~(blank & beside))
        words = points[kept].astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
        return _Folded(words, of[kept])

    @cached_property
    def _seen_points(self) -> NDArray:
        """Positions of what is neither white space nor hidden."""
        hidden = np.isin(self.points, [ord(mark) for mark in _NOTHING])
        return np.flatnonzero(~np.isin(self.points, _SPACES) & ~hidden)

    def find(self, quote: str) -> list[Place]:
        """Return every place where a quote stands, without the white space at its ends.

        Where it stands nowhere, it is looked for without the names of speakers that begin its
        lines: the texts of docx, vtt and srt have none.
        """
        if quote not in self._seen:
            found = self._find(fold(quote))
            bare = _LABEL.sub("", quote) if not found and "\n" in quote else quote
            self._seen[quote] = self._find(fold(bare)) if bare != quote else found
        return self._seen[quote]

    def _find(self, wanted: str) -> list[Place]:
        words, of = self._folded.words, self._folded.of
        found, at = [], words.find(wanted) if wanted else -1
        while at >= 0:
            end = at + len(wanted)
            # not within what is one code point of the text: "cafe" is no part of "café"
            begins = at == 0 or of[at - 1] != of[at]
            if begins and (end == len(words) or of[end] != of[end - 1]):
                found.append((int(of[at]), int(of[end - 1]) + 1))
            at = words.find(wanted, at + 1)
        return found

    def core(self, starts: NDArray, ends: NDArray) -> tuple[NDArray, NDArray]:
        """Return spans without the white space at their ends; (-1, -1) where nothing is left or
        a start is negative."""
        seen = self._seen_points
        first, last = np.searchsorted(seen, starts), np.searchsorted(seen, ends) - 1
        good = (starts >= 0) & (ends <= len(self.points)) & (first <= last)
        begins, stops = np.full(len(starts), -1), np.full(len(starts), -1)
        begins[good], stops[good] = seen[first[good]], seen[last[good]] + 1
        return begins, stops

    def with_edges(self, quote: str, place: Place) -> Place:
        """Return a place with the white space that the quote has at its ends, where it is there."""
        start, end = place
        bare = quote.replace("\r\n", "\n")
        before = bare[: len(bare) - len(bare.lstrip())]
        after = bare[len(bare.rstrip()) :]
        left = start
        for mark in reversed(before):
            step = 2 if mark == "\n" and self.text[max(left - 2, 0) : left] == "\r\n" else 1
            if step == 1 and self.text[max(left - 1, 0) : left] != mark:
                left = start
                break
            left -= step
        right = end
        for mark in after:
            step = 2 if mark == "\n" and self.text.startswith("\r\n", right) else 1
            if step == 1 and self.text[right : right + 1] != mark:
                right = end
                break
            right += step
        return left, right

    def is_whole(self, quote: str, place: Place) -> bool:
        """Return whether a place begins and ends with whole characters, or the quote is written
        as the text is, letter and mark for letter and mark."""
        start, end = place
        cut = _goes_on(self.text[start : start + 1]) or _goes_on(self.text[end : end + 1])
        return not cut or self.text[start:end] == quote.strip()

    def nearest(self, quote: str) -> Place | None:
        """Return where the longest beginning or end of a quote stands; None where no three of its
        letters do."""
        wanted, words = fold(quote), self._folded.words
        head = _longest(lambda n: wanted[:n] in words, len(wanted))
        tail = _longest(lambda n: wanted[len(wanted) - n :] in words, len(wanted))
        if max(head, tail) < 3:
            return None
        at = words.find(wanted[:head])
        if tail > head:
            at = words.find(wanted[len(wanted) - tail :]) - (len(wanted) - tail)
        low, high = max(at, 0), min(at + len(wanted), len(words))
        return int(self._folded.of[low]), int(self._folded.of[high - 1]) + 1


def _unspaced(points: NDArray) -> NDArray:
    found = np.zeros(len(points), dtype=bool)
    for low, high in _UNSPACED:
        found |= (points >= low) & (points <= high)
    return found


def _goes_on(mark: str) -> bool:
    """Return whether a character is a part of the one before it."""
    return bool(mark) and (
        unicodedata.category(mark) in ("Mn", "Mc", "Me") or _JAMO[0] <= mark <= _JAMO[1]
    )


def _longest(holds: Callable[[int], bool], most: int) -> int:
    """Return the greatest n for which something holds that holds for every smaller one."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low
