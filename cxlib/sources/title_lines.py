"""The first rows of a table -> how many of them stand above the header: titles, dates of export."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from cxlib.shown.message import Message

_MOST = 20  # lines above a header
_NUMBER = re.compile(r"[-+]?\d[-\d.,:/ %]*")  # or a date


def count_title_lines(rows: Sequence[Sequence[Any]]) -> int:
    """Return how many rows stand above the header.

    A title fills the first cell of a row, or the first two where the table has four columns or
    more, or three and the second is a number or a date ("Exported on"); the rest is empty or not
    there. It is one only where a row follows that fills more than half of the columns that most
    rows have, all with words, none of which stands again below it or is written like most cells
    below it (an id), and where at least half of the rows below are as wide.

    >>> count_title_lines([["NPS 2026"], [""], ["id", "score", "why"], [1, 9, ""], [2, 7, "slow"]])
    2
    """
    widths = Counter(width for row in rows if (width := _width(row)) > 1)
    if not widths:
        return 0
    usual = max(widths, key=lambda width: (widths[width], width))
    for count, row in enumerate(rows[: _MOST + 1]):
        if not _is_title(row, usual):
            wide = [other for other in rows[count + 1 :] if not _is_title(other, usual)]
            enough = 0 < len(rows) - count - 1 <= 2 * len(wide)
            return count if count and enough and _is_header(row, wide, usual) else 0
    return 0


def _is_title(row: Sequence[Any], usual: int) -> bool:
    width = _width(row)
    if width == 2:  # "Exported on", a date
        return usual > 3 or (usual == 3 and not _is_number(row[0]) and _is_number(row[1]))
    return width < 2


def title_note(rows: Sequence[Sequence[Any]]) -> list[Message]:
    """Return a note about the rows above a header that hold anything."""
    titles = [filled for row in rows if (filled := [cell for cell in row if not _is_empty(cell)])]
    if not titles:
        return []
    return [Message("sources.lines_above_header", n=len(titles), first=str(titles[0][0]))]


def _is_header(row: Sequence[Any], below: Sequence[Sequence[Any]], usual: int) -> bool:
    filled = [(at, cell) for at, cell in enumerate(row) if not _is_empty(cell)]
    if len(filled) <= usual / 2 or any(_is_number(cell) for _, cell in filled):
        return False
    for at, cell in filled:
        column = [other[at] for other in below if at < len(other) and not _is_empty(other[at])]
        alike = sum(shape(other) == shape(cell) for other in column)
        if cell in column or ("9" in shape(cell) and alike > len(column) / 2):
            return False
    return True


def shape(cell: Any) -> str:
    """Return how a cell is written: runs of digits as 9, of letters as a.

    >>> shape("R0001"), shape("-7,5"), shape("line two")
    ('a9', '-9,9', 'a a')
    """
    return re.sub(r"[^\W\d_]+", "a", re.sub(r"\d+", "9", str(cell).strip()))


def _width(row: Sequence[Any]) -> int:
    return max((at for at, cell in enumerate(row, start=1) if not _is_empty(cell)), default=0)


def _is_empty(cell: Any) -> bool:
    return cell is None or cell == ""


def _is_number(cell: Any) -> bool:
    return not isinstance(cell, str) or _NUMBER.fullmatch(cell) is not None
