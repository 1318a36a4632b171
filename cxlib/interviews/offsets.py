"""Offsets as a table or another tool has them -> code points of the text, counted from 0."""

from __future__ import annotations

import itertools
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.rows.thousands import is_grouped
from cxlib.shown.message import Message

NOT_GIVEN = -1
NO_NUMBER = -2
_GREATEST = 2**53  # what a float of a workbook keeps exactly
_PLAIN = re.compile(r"\d+(?:[.,]0{1,2})?")
_MARKS = re.compile(r"[.,'’ \u00a0\u202f\u2009]")


def read_offsets(values: pd.Series) -> NDArray:
    """Return offsets as whole numbers; -1 where a cell is empty, -2 where it is no whole number
    from 0 up.

    Parameters
    ----------
    values : pandas.Series
        Numbers or text, as a spreadsheet leaves them: 12, 12.0, 1,234, full width.

    Notes
    -----
    Marks between groups of three digits are taken for thousands only where they cannot be decimals:
    one group is not 000, or other numbers of the column are whole and below a thousand.

    >>> read_offsets(pd.Series(["12", "1,234", "", "12.0", "0.5"])).tolist()
    [12, 1234, -1, 12, -2]
    """
    if pd.api.types.is_numeric_dtype(values.dtype) and values.dtype != bool:
        numbers = values.to_numpy(dtype=np.float64, na_value=np.nan)
        whole = (numbers >= 0) & (numbers < _GREATEST) & (numbers == np.floor(numbers))
        found = np.where(whole, np.where(whole, numbers, 0), NO_NUMBER).astype(np.int64)
        return np.where(np.isnan(numbers), NOT_GIVEN, found)
    codes, distinct = pd.factorize(values)
    texts = [_text(value) for value in distinct]
    grouped = [text for text in texts if is_grouped(text)]
    sure = any(not text.endswith("000") for text in grouped) or not any(
        len(text) > 3 for text in texts if text.isdigit()
    )
    alone = grouped and len(grouped) == len([text for text in texts if text])
    known = [
        _number(text, thousands=sure and not (alone and _all_round(grouped))) for text in texts
    ]
    return np.array([*known, NOT_GIVEN], dtype=np.int64)[codes]


def _text(value: Any) -> str:
    return unicodedata.normalize("NFKC", str(value)).strip()


def _all_round(grouped: list[str]) -> bool:
    return all(text.endswith("000") for text in grouped)


def _number(text: str, *, thousands: bool) -> int:
    if not text:
        return NOT_GIVEN
    if text.isascii() and _PLAIN.fullmatch(text):
        number = int(re.split("[.,]", text)[0])
    elif is_grouped(text) and (thousands or not re.search("[.,]", text)):
        number = int(_MARKS.sub("", text))
    else:
        return NO_NUMBER
    return number if 0 <= number < _GREATEST else NO_NUMBER


@dataclass(frozen=True, slots=True)
class Convention:
    """A way to count offsets.

    Attributes
    ----------
    unit : {"", "utf16", "utf8"}
        What is counted: code points; units of UTF-16, as JavaScript, Java and Qt count; bytes of
        UTF-8, as Taguette stores.
    line : {"", "one", "two"}
        Line ends: as they are; CR LF counted as one; a lone LF counted as two.
    first : int
        The offset of the first character: 1 where it is 1 or a byte order mark was counted, 3 for
        a mark of three bytes.
    inclusive : bool
        Whether the end is the last character of the span.
    """

    unit: str = ""
    line: str = ""
    first: int = 0
    inclusive: bool = False

    def convert(self, counted: NDArray, starts: NDArray, ends: NDArray) -> tuple[NDArray, NDArray]:
        """Return the spans in code points from 0; -1 where an offset lies within a character or
        outside the text.

        Parameters
        ----------
        counted : ndarray of int
            What `count` returns for the text.
        starts, ends : ndarray of int
        """
        return (
            _position(counted, starts - self.first),
            _position(counted, ends - self.first + self.inclusive),
        )

    def count(self, points: NDArray) -> NDArray:
        """Return how much is counted before each code point of a text, and before its end; it
        depends on `unit` and `line` alone."""
        weights = np.ones(len(points), dtype=np.int64)
        if self.unit:
            weights += points > 0xFFFF
        if self.unit == "utf8":
            weights += (points > 0x7F).astype(np.int64) + (points > 0x7FF)
        if self.line == "one":
            weights[_returns(points)] = 0
        if self.line == "two":
            alone = points == 10
            alone[_returns(points) + 1] = False
            weights[alone] += 1
        return np.concatenate([[0], np.cumsum(weights)])

    def words(self) -> list[Message]:
        """Return how it counts, in words."""
        said = []
        if self.unit == "utf16":
            said.append(Message("interviews.offsets_utf16"))
        if self.unit == "utf8":
            said.append(Message("interviews.offsets_utf8"))
        if self.line == "one":
            said.append(Message("interviews.offsets_line_one"))
        if self.line == "two":
            said.append(Message("interviews.offsets_line_two"))
        if self.first == 3:
            said.append(Message("interviews.offsets_mark"))
        elif self.first:
            said.append(Message("interviews.offsets_first"))
        if self.inclusive:
            said.append(Message("interviews.offsets_inclusive"))
        return said


def conventions(points: NDArray) -> Iterator[Convention]:
    """Return the ways to count that can differ on a text, ours first, then the likeliest."""
    returns = _returns(points)
    units = [""]
    if (points > 0xFFFF).any():
        units.append("utf16")
    if (points > 0x7F).any():
        units.append("utf8")
    lines = [""]
    if len(returns):
        lines.append("one")
    if np.count_nonzero(points == 10) > len(returns):
        lines.append("two")
    every = [
        Convention(unit, line, first, inclusive)
        for unit, line, first, inclusive in itertools.product(
            units, lines, (0, 1, 3), (False, True)
        )
        if first < 3 or unit == "utf8"
    ]
    return iter(sorted(every, key=_deviation))


def _deviation(how: Convention) -> tuple[int, int]:
    """Return in how many ways it differs from ours, and in how many of the rarer ones."""
    rarer = bool(how.first) + how.inclusive
    return bool(how.unit) + bool(how.line) + rarer, rarer


def _returns(points: NDArray) -> NDArray:
    """Return the positions of each CR that an LF follows."""
    return np.flatnonzero((points[:-1] == 13) & (points[1:] == 10))


def _position(counted: NDArray, offsets: NDArray) -> NDArray:
    at = np.searchsorted(counted, offsets)
    inside = np.minimum(at, len(counted) - 1)
    return np.where((offsets >= 0) & (counted[inside] == offsets), inside, -1)
