"""Cells of a survey file -> named columns in which no answer is altered."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime, time
from typing import Any

import pandas as pd

_WHOLE = re.compile(r"-?(?:0|[1-9]\d{0,17})")  # fits 64 bits
_DECIMAL = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?")


def columns(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> dict[str, pd.Series]:
    """Turn rows of answers (an empty cell is a missing one) into a column for each name, by the
    rule of `read_survey`."""
    return {
        name: _column(list(cells))
        for name, cells in zip(names, zip(*rows, strict=True), strict=True)
    }


def _column(cells: list[Any]) -> pd.Series:
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
    if all(_is_decimal(cell) for cell in present):
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
    if isinstance(cell, str):  # 15 digits are what a double keeps
        return (
            _DECIMAL.fullmatch(cell) is not None
            and cell.isascii()
            and len(cell.strip("-").replace(".", "")) <= 15
        )
    return isinstance(cell, int | float) and not isinstance(cell, bool)


def _as_text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))  # a workbook keeps 10 as 10.0 where a formula made it
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)
