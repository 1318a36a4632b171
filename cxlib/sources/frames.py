"""Columns of an engine or a Parquet file -> a frame in the types that every reader takes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

_EPOCH = dt.date(1970, 1, 1).toordinal()
# 64-bit ids stay exact where some are missing
_WHOLE = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
}


def encoded(table: pa.Table) -> pa.Table:
    """Return a table with each text once, and its number in each row."""
    for place, (name, kind) in enumerate(zip(table.column_names, table.schema.types, strict=True)):
        if pa.types.is_string(kind) or pa.types.is_large_string(kind):
            table = table.set_column(place, name, table.column(place).dictionary_encode())
    return table


def as_frame(table: pa.Table, names: Sequence[str]) -> pd.DataFrame:
    """Return columns as every reader takes them, under these names."""
    return pd.DataFrame(
        {
            name: column.to_pandas(types_mapper=_WHOLE.get if column.null_count else None)
            for name, column in zip(names, _plain(table).columns, strict=True)
        }
    )


def _plain(table: pa.Table) -> pa.Table:
    """Write lists and structures as text, and days of which one is infinite or not of the years 1
    to 9999: no reader takes them, and most are not asked for."""
    for place, (name, kind) in enumerate(zip(table.column_names, table.schema.types, strict=True)):
        if pa.types.is_nested(kind):
            cells = [None if it is None else str(it) for it in table.column(place).to_pylist()]
            table = table.set_column(place, name, pa.array(cells, pa.string()))
        elif pa.types.is_date(kind) and not _of_the_calendar(table.column(place)):
            table = table.set_column(place, name, table.column(place).cast(pa.string()))
    return table


def _of_the_calendar(days: pa.ChunkedArray) -> bool:
    ends = pc.min_max(days.cast(pa.date32()).cast(pa.int32())).as_py()
    first, last = (day.toordinal() - _EPOCH for day in (dt.date.min, dt.date.max))
    return ends["min"] is None or (first <= ends["min"] and ends["max"] <= last)
