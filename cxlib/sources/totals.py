"""Rows of a table -> which of them repeat its headers or add up the others, and are no answers."""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Callable, Sequence
from typing import Any

from cxlib.errors import SourceError
from cxlib.shown.message import Message
from cxlib.sources.header_rows import Cell, has_values, kind, plain

_LABEL = re.compile(
    r"(?:(?:grand|sub|column|row)[- ]?)?totals?(?: général| general|e)?|sums?|averages?|avg\.?"
    r"|means?"
    r"|overall|count|nps|net promoter score|合計|総計|小計|総合計|計|平均|平均値|件数|합계|총계"
    r"|총합|소계|총합계|계|평균"
    r"|평균값"
    r"|(?:gesamt)?summen?|gesamt|insgesamt|durchschnitt|mittelwert|anzahl|somme|moyenne|ensemble"
    r"|suma|promedio|totales|recuento"
)
# texts of an id in a row of a total amid the others: "Subtotal", and as a workbook writes it for a
# group, "K001 Total", "Total K001", "K001 集計"
TOTAL_OF = (
    rf"^(?:{_LABEL.pattern}|gesamtergebnis|(?:sub)?totals? .+|.+ (?:(?:grand |sub)?totals?|ergebnis"
    r"|summe|集計|合計|小計|요약|합계|소계|subtotaal))\s*:?$"
)
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_FEWEST = 3  # rows whose sum tells a total that has no label


def leave_out_repeats(
    rows: Sequence[Sequence[Any]], headers: Sequence[Sequence[Any]]
) -> tuple[list[Sequence[Any]], int]:
    """Leave out rows that are equal to a row of headers, as where exports were put one under the
    other; say how many.

    A table of one column keeps them, and one whose cells hold their column's name or nothing, since
    an answer there is the name; so do rows that are equal to a later header row with a value under
    a name.
    """
    told = [row for row in headers[1:] if not has_values(headers[0], row)]
    known = {tuple(map(str, row)) for row in (headers[0], *told) if len(row) > 1}
    kept = [row for row in rows if tuple(map(str, row)) not in known]
    ticked = all(
        cell in ("", name) for row in kept for name, cell in zip(headers[0], row, strict=True)
    )
    return (list(rows), 0) if ticked else (kept, len(rows) - len(kept))


def leave_out_totals(
    rows: Sequence[Sequence[Any]], *, name: str
) -> tuple[list[Sequence[Any]], int]:
    """Leave out last rows, and a first one, that sum up the others; say how many.

    Such a row begins with a word for it ("Total", "合計", "합계", "Average", …), and half of its
    numbers or more are sums, means, counts or the NPS of their columns, or it has no number (but
    formulas or percentages); or it has no
    word at all, and each of its numbers is the sum of its column, one of them above all others; or
    its word stands where all others have a number of their own, as ids are.

    Raises
    ------
    SourceError
        If a row has such a word, and a number beyond all others that is neither.
    """
    kept = [(row, _label(row)) for row in rows]
    for place in (-1, 0):
        while len(kept) > 1:
            others = kept[:-1] if place == -1 else kept[1:]
            others = [(row, label) for row, label in others if not label] or others
            if not _is_total(*kept[place], [row for row, _ in others], name):
                break
            kept.pop(place)
    return [row for row, _ in kept], len(rows) - len(kept)


def _label(row: Sequence[Any]) -> str:
    """Return the word for a total that a row begins with; empty where it begins with another."""
    first = next((words for cell in row if (words := _plain(str(cell)))), "")
    return _word(first)


_plain = functools.lru_cache(maxsize=4096)(plain)  # rows of one document or customer begin alike


@functools.lru_cache(maxsize=4096)
def _word(first: str) -> str:
    first = re.sub(r"\s*(?:[:：=]|\(?n\s*=\s*\d+\)?)*$", "", first)
    return first if _LABEL.fullmatch(first) else ""


def _is_total(row: Sequence[Any], label: str, others: Sequence[Sequence[Any]], name: str) -> bool:
    @functools.cache  # most rows are told by their first number; not all columns are read for it
    def column(place: int) -> list[float]:
        return [number for line in others if (number := _number(line[place])) is not None]

    if not label:
        return _is_bare_total(row, others, column)
    columns = [column(i) for i in range(len(row))]
    numbers = {
        i: value
        for i, cell in enumerate(row)
        if (value := _number(cell)) is not None and 2 * len(columns[i]) > len(others)
    }
    first = next(i for i, cell in enumerate(row) if plain(cell))
    if any(plain(line[first]) == plain(row[first]) for line in others):
        return False
    if not numbers:
        rest = [plain(cell) for i, cell in enumerate(row) if i != first and plain(cell)]
        return len(row) > 1 and all(cell.startswith("=") or cell.endswith("%") for cell in rest)
    told = sum(_sums_up(value, columns[i], len(others)) for i, value in numbers.items())
    if 2 * told >= len(numbers) or (len(others) >= _FEWEST and _are_ids(others, first)):
        return True
    if any(value > max(columns[i]) for i, value in numbers.items()):
        shown = ", ".join(repr(str(cell)) for cell in row[:4])
        raise SourceError(
            f"{name!r}: the row {shown} reads like a total, and its numbers are neither sums nor "
            "means of the other rows; delete that row, or write what it is in place of "
            f"{row[first]!r} if it is an answer"
        )
    return False


def _is_bare_total(
    row: Sequence[Any], others: Sequence[Sequence[Any]], column: Callable[[int], list[float]]
) -> bool:
    """Return whether a row without a word for it sums up the others."""
    numbers = {}
    for i, cell in enumerate(row):
        value = _number(cell)
        if value is not None and 2 * len(column(i)) > len(others):
            if not _is_near(value, math.fsum(column(i))):
                return False
            numbers[i] = value
    beyond = any(value > max(column(i)) for i, value in numbers.items())
    if not beyond or len(others) < _FEWEST:
        return False
    texts = [i for i in range(len(row)) if not column(i)]
    filled = any(plain(line[i]) for line in others for i in texts)
    return filled and not any(plain(row[i]) for i in texts)


def _are_ids(rows: Sequence[Sequence[Any]], place: int, *, codes: bool = False) -> bool:
    """Return whether all cells of a column are different whole numbers, or codes too."""
    cells = [plain(row[place]) for row in rows]
    kinds = (
        kind(cell) is Cell.CODE if codes and not cell.isdecimal() else cell.isdecimal()
        for cell in cells
    )
    return len(set(cells)) == len(cells) and all(kinds)


def doubt_last(
    rows: Sequence[Sequence[Any]], names: Sequence[str], *, shown: int = 4
) -> list[Message]:
    """Return a warning where the last row may sum up the others and is kept: its id is absent or a
    word for a total where all others have one, and half of its numbers sum up theirs."""
    *others, last = rows
    if len(others) < _FEWEST:
        return []
    for place, name in enumerate(names):
        absent = not plain(last[place])
        if (absent or _LABEL.fullmatch(plain(last[place]))) and _are_ids(others, place, codes=True):
            columns = {
                i: [number for row in others if (number := _number(row[i])) is not None]
                for i in range(len(last))
                if i != place
            }
            numbers = [
                _sums_up(value, columns[i], len(others))
                for i in columns
                if columns[i] and (value := _number(last[i])) is not None
            ]
            if numbers and (not absent or 2 * sum(numbers) >= len(numbers)):
                cells = ", ".join(str(cell) for cell in last[:shown])
                return [Message("sources.last_row_doubtful", column=name, row=cells)]
    return []


def _number(cell: Any) -> float | None:
    if isinstance(cell, bool):
        return None
    if isinstance(cell, int | float):
        return float(cell)
    text = str(cell).strip().replace(",", "")
    return float(text) if _NUMBER.fullmatch(text) else None


def _sums_up(value: float, column: Sequence[float], rows: int) -> bool:
    total, n = math.fsum(column), len(column)
    nps = 100 * sum((each >= 9) - (each <= 6) for each in column) / n
    return any(_is_near(value, each) for each in (total, total / n, n, rows, nps))


def _is_near(value: float, exact: float) -> bool:
    """Return whether a number is another one as it is rounded."""
    digits = len(repr(value).partition(".")[2].rstrip("0"))
    return abs(value - exact) <= 0.5 * 10.0**-digits * (1 + 1e-9)
