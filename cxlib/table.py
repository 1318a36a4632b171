"""Rows in any form -> one Ibis table, so that counts are made where the rows lie."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError, SourceError

_READERS = {".csv": "read_csv", ".parquet": "read_parquet"}


def as_table(data: Any) -> ir.Table:
    """Return rows as an Ibis table; nothing is read yet.

    Parameters
    ----------
    data : pandas.DataFrame, pyarrow.Table, path of a clean CSV or Parquet file, DuckDB relation, or Ibis table
        One row an observation. Survey exports with their headers and labels go through `sources.read_survey` first.

    Returns
    -------
    ibis.expr.types.Table
        On the embedded DuckDB, or on the engine where an Ibis table already lies.

    Raises
    ------
    SourceError
        If the path does not exist, is neither CSV nor Parquet, or cannot be read as what it is named.
    EmptyDataError
        If there are no columns.
    """
    if isinstance(data, ir.Table):
        return data
    if isinstance(data, str | Path):
        return _read(Path(data))
    if isinstance(data, pd.DataFrame):
        if data.columns.empty:
            raise EmptyDataError("data has no columns; give a frame with one row an observation")
        return ibis.memtable(data.rename(columns=str))
    if hasattr(data, "to_arrow_table"):  # a DuckDB relation: its connection cannot be reached, so its rows are copied
        return ibis.memtable(data.to_arrow_table())
    if hasattr(data, "schema") and hasattr(data, "column_names"):  # Arrow
        return ibis.memtable(data)
    raise SourceError(f"data is a {type(data).__name__}; give a pandas frame, an Arrow table, a CSV or Parquet path, "
                      "a DuckDB relation or an Ibis table")


def _read(path: Path) -> ir.Table:
    if not path.exists():
        raise SourceError(f"there is no file {path.as_posix()!r}; give the path of an existing CSV or Parquet file")
    reader = _READERS.get(path.suffix.lower())
    if reader is None:
        raise SourceError(f"{path.as_posix()!r} is neither CSV nor Parquet; read it with cx.sources.read_survey first")
    if path.stat().st_size == 0:
        raise EmptyDataError(f"{path.as_posix()!r} is empty; give a file with a header and at least one row")
    try:
        return getattr(ibis, reader)(path.as_posix())
    except duckdb.Error as error:
        raise SourceError(f"{path.as_posix()!r} cannot be read ({' '.join(str(error).split())[:200]}); save it as CSV in UTF-8 "
                          "with one header row, or as Parquet; survey exports go through cx.sources.read_survey") from None


def natural_order(values: Iterable[Any]) -> list[Any]:
    """Return the distinct values in the order a reader expects: numbers by size, text with its numbers by size.

    >>> natural_order(["2025Q1", "2024Q4", "wave 10", "wave 9"])
    ['2024Q4', '2025Q1', 'wave 9', 'wave 10']
    """
    def key(value: Any) -> tuple:
        if isinstance(value, str):
            pieces = re.split(r"(\d+)", value)
            return 1, tuple((0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces if piece)
        return 0, value

    return sorted(dict.fromkeys(value for value in values if not pd.isna(value)), key=key)


def numeric(table: ir.Table, **wanted: str | None) -> None:
    """Refuse columns that are not numbers; `wanted` maps a parameter's name to its column.

    Raises
    ------
    ColumnError
        With the parameter, the column and its type, and the advice to parse scores first.
    """
    check.columns(table.columns, **wanted)
    for parameter, name in wanted.items():
        if name is not None and not (table[name].type().is_numeric() or table[name].type().is_boolean()):
            raise ColumnError(
                f"{parameter}={name!r} holds {str(table[name].type()).removeprefix('!')}, not numbers; read the file with "
                "cx.sources.read_survey and turn the answers into scores with cx.scales.parse_scores first")
