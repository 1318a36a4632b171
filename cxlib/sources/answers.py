"""Cells of a survey file -> named columns in which no answer is altered."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

import pandas as pd

from cxlib.rows.thousands import may_be_thousands
from cxlib.shown.message import Message

_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,17})")  # fits 64 bits
# as R and pandas write small and large ones, too: 2.5e-05, never 1e5, which may be an id
_DECIMAL = re.compile(
    r"-?(?P<whole>0|[1-9]\d*)(?P<part>\.\d+(?:[eE][+-]?\d{1,3})?|[eE][+-]\d{1,3})?"
)
_DIGITS = 15  # of a whole number; what a double keeps
_COMMA = re.compile(r"-?(?:0|[1-9]\d*)(?:,\d+)?")
_THOUSANDS = re.compile(r"-?[1-9]\d{0,2},\d{3}")


def columns(
    names: Sequence[str], rows: Sequence[Sequence[Any]], *, mark: str = "."
) -> dict[str, pd.Series]:
    """Turn rows of answers (an empty cell is a missing one) into a column for each name, by the
    rule of `read_survey`; `mark` is what `RawTable.decimal` says."""
    return {
        name: _column(list(cells), comma=mark == ",")
        for name, cells in zip(names, zip(*rows, strict=True), strict=True)
    }


def point_decimals(
    names: Sequence[str], rows: Sequence[Sequence[Any]], *, mark: str
) -> tuple[Sequence[Sequence[Any]], list[Message]]:
    """Write decimal commas as points in the columns that are plainly numbers with them.

    Parameters
    ----------
    names : sequence of str
    rows : sequence of sequence
    mark : str
        What `RawTable.decimal` says; with "." nothing is changed.

    Returns
    -------
    tuple of (sequence of sequence, list of Message)

    Notes
    -----
    Every cell of such a column is a number, one at least has a comma, and not all that have one
    could be thousands ("1,234").

    >>> point_decimals(["a", "b"], [["7,5", "1,234"], ["8", "2,500"]], mark=",")[0]
    [['7.5', '1,234'], ['8', '2,500']]
    """
    if mark == "." or not rows:
        return rows, []
    columns = [list(cells) for cells in zip(*rows, strict=True)]
    changed = []
    for name, cells in zip(names, columns, strict=True):
        given = [cell for cell in cells if cell != ""]
        commas = [cell for cell in given if isinstance(cell, str) and "," in cell]
        if (
            commas
            and all(isinstance(cell, str) and _COMMA.fullmatch(cell) for cell in given)
            and not all(_THOUSANDS.fullmatch(cell) for cell in commas)
        ):
            cells[:] = [cell.replace(",", ".") for cell in cells]
            changed.append(name)
    notes = [Message("sources.decimal_commas", names=changed)] if changed else []
    return [list(row) for row in zip(*columns, strict=True)], notes


def _column(cells: list[Any], *, comma: bool) -> pd.Series:
    given = [None if cell == "" else cell for cell in cells]
    present = [cell for cell in given if cell is not None]
    if not present:
        return pd.Series(given, dtype="str")
    if all(isinstance(cell, bool) for cell in present):
        return pd.Series(given, dtype="boolean")
    if all(_is_whole(cell) for cell in present):
        return pd.Series(
            _each(given, int), dtype="int64" if len(present) == len(given) else "Int64"
        )
    if all(_is_decimal(cell) for cell in present) and not may_be_thousands(present, comma=comma):
        return pd.Series(_each(given, float), dtype="float64")
    if all(isinstance(cell, datetime) for cell in present):
        return pd.Series(pd.to_datetime(pd.Series(given, dtype=object)))
    return pd.Series(_each(given, _as_text), dtype="str")


def _each(given: list[Any], convert: Callable[[Any], Any]) -> list[Any]:
    return [None if cell is None else convert(cell) for cell in given]


def _is_whole(cell: Any) -> bool:
    if isinstance(cell, str):
        return _WHOLE.fullmatch(cell) is not None and cell != "-0" and cell.isascii()
    return isinstance(cell, int) and not isinstance(cell, bool) and abs(cell) < 2**63


def _is_decimal(cell: Any) -> bool:
    if isinstance(cell, str):  # the double nearest to any decimal, but no id of many digits
        found = _DECIMAL.fullmatch(cell)
        return (
            found is not None
            and cell.isascii()
            and len(found["whole"]) <= _DIGITS
            and math.isfinite(float(cell))
        )
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _as_text(cell: Any) -> str:
    if type(cell) is str:
        return cell
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))  # a workbook keeps 10 as 10.0 where a formula made it
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
