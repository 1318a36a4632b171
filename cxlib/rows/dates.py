"""A column of dates as people write them -> dates and moments by one pattern, which is said, or a
refusal that says what is wrong with which values."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from cxlib.rows.date_columns import read_date_column
from cxlib.rows.date_numbers import DatePattern
from cxlib.shown.message import Message


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Dates:
    """The dates of a column.

    Attributes
    ----------
    values : pandas.Series
        Dates and moments as clocks showed them where they were written (datetime64, no zone);
        moments since 1970 are in UTC. Missing where the value is.
    pattern : DatePattern
        How they are written.
    notes : tuple of Message
        How they were read, unless they were dates already, or as ISO 8601 writes them.
    zoned : bool
        Whether they are moments of a zone, by an offset or by counting from 1970.
    """

    values: pd.Series
    pattern: DatePattern
    notes: tuple[Message, ...]
    zoned: bool = False


def read_dates(
    values: pd.Series,
    *,
    name: str,
    parameter: str,
    dates: str | None = None,
    zone: str | None = None,
) -> Dates:
    """Read a column of dates: time stamps, text or numbers, by one pattern for all its values.

    Parameters
    ----------
    values : pandas.Series
    name, parameter : str
        The column, and the parameter that names it, for refusals.
    dates : {None, "day first", "month first", "year first"}
        How to read 03/04/2024 and 03/04/24, where no value of the column tells.
    zone : str, optional
        Whose clocks show the moments that have a zone; None: those by which they were written.

    Returns
    -------
    Dates

    Raises
    ------
    ColumnError
        If a value is no date, kinds are mixed, day and month cannot be told apart, or numbers stand
        for no dates.
    ParameterError
        If `dates` is none of the above.

    Examples
    --------
    >>> read = read_dates(pd.Series(["13.01.2024", "02.01.2024"]), name="day", parameter="time")
    >>> read.pattern.value, read.values.dt.day.tolist()
    ('day_first', [13, 2])
    """
    typed = _typed(values, zone)
    if typed is not None:
        there = values.dropna()
        zoned = isinstance(values.dtype, pd.DatetimeTZDtype) or bool(
            values.dtype == object and len(there) and getattr(there.iloc[0], "tzinfo", None)
        )
        return Dates(values=typed, pattern=DatePattern.TYPED, notes=(), zoned=zoned)
    table = lay_out(values, name)
    column = read_date_column(table, name, parameter=parameter, dates=dates)
    moved = zone is not None and column.instant is not None
    when = column.instant if moved else column.wall.cast("timestamp")
    rows = table.select("row", cx_when=when).order_by("row").to_pyarrow()
    found = rows["cx_when"].to_pandas()
    if moved:
        found = found.dt.tz_convert(zone).dt.tz_localize(None)
    return Dates(
        values=found.astype("datetime64[us]").set_axis(values.index).rename(values.name),
        pattern=column.pattern,
        notes=column.notes,
        zoned=column.instant is not None,
    )


def _typed(values: pd.Series, zone: str | None = None) -> pd.Series | None:
    """Return values that are dates or time stamps already, as clocks showed them (those of the
    zone, where one is named)."""
    if isinstance(values.dtype, pd.PeriodDtype):
        return values.dt.to_timestamp()
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        return (values if zone is None else values.dt.tz_convert(zone)).dt.tz_localize(None)
    if pd.api.types.is_datetime64_dtype(values):
        return values
    there = values.dropna()
    if len(there) and all(isinstance(value, dt.date) for value in there):
        days = [value if pd.isna(value) else _naive(value, zone) for value in values]
        return pd.Series(days, values.index, dtype="datetime64[us]", name=values.name)
    return None


def _naive(value: dt.date, zone: str | None) -> dt.date:
    if not isinstance(value, dt.datetime):
        return value
    moved = zone is not None and value.tzinfo is not None
    return (value.astimezone(ZoneInfo(str(zone))) if moved else value).replace(tzinfo=None)


def lay_out(values: pd.Series, name: str) -> ir.Table:
    """Return a column as a table on the embedded DuckDB, with the place of each value in `row`;
    what is neither a number nor a date is text."""
    typed = _typed(values)
    given = values if typed is None else typed
    if isinstance(values.dtype, pd.DatetimeTZDtype):
        given = values
    return ibis.memtable(pa.table({"row": range(len(values)), name: _arrow(given)}))


def _arrow(values: pd.Series) -> pa.Array:
    if pd.api.types.is_datetime64_any_dtype(values):
        return pa.array(values.dt.as_unit("us").array, from_pandas=True)
    if pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values):
        return pa.array(values.array, from_pandas=True)
    written = [
        None if pd.isna(value) else str(value).encode("utf-8", "replace").decode()
        for value in values
    ]
    return pa.array(written, pa.string())
