"""A column of dates -> the month, quarter or year that each lies in, as a name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from cxlib.errors import ColumnError
from cxlib.rows.date_columns import read_date_column
from cxlib.rows.dates import read_dates
from cxlib.rows.stray_dates import Strays, find_strays
from cxlib.shown.message import Message

PERIODS = {"month": "M", "quarter": "Q", "year": "Y"}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Periods:
    """The periods of dates.

    Attributes
    ----------
    values : pandas.Series
        Names of periods; missing where a date is missing, or cannot be meant.
    notes : tuple of Message
        How the dates were read.
    strays : Strays
        Which dates cannot be meant.
    zoned : bool
        Whether they are moments of a zone.
    """

    values: pd.Series
    notes: tuple[Message, ...]
    strays: Strays
    zoned: bool = False


def read_periods(
    values: pd.Series,
    *,
    name: str,
    by: str,
    dates: str | None = None,
    times: pd.Series | None = None,
    zone: str | None = None,
) -> Periods:
    """Write the dates of the column with the waves as the month, quarter or year (`by`) they lie
    in, on the calendar they were written in, or that of `zone`; those that cannot be meant have
    none. `times`: how many rows each value stands for.

    Raises
    ------
    ColumnError
        As `read_dates`, with the advice to take each value as a wave.

    Examples
    --------
    >>> read_periods(pd.Series(["13.01.2024"]), name="day", by="quarter").values.tolist()
    ['2024Q1']
    """
    try:
        read = read_dates(values, name=name, parameter="wave_column", dates=dates, zone=zone)
    except ColumnError as error:
        raise ColumnError(_otherwise(error, by)) from None
    strays = find_strays(read.values, column=name, times=times)
    meant = read.values.mask(strays.rows)
    periods = meant.dt.to_period(PERIODS[by]).astype(str).astype(object)
    named = periods.where(meant.notna(), None)
    return Periods(values=named, notes=read.notes, strays=strays, zoned=read.zoned)


def with_periods(table: ir.Table, *, name: str, by: str, dates: str | None = None) -> ir.Table:
    """Return a table whose column of dates has the names of `read_periods`."""
    try:
        wall: Any = read_date_column(table, name, parameter="wave_column", dates=dates).wall
    except ColumnError as error:
        raise ColumnError(_otherwise(error, by)) from None
    year = wall.year().cast("string")
    if by == "quarter":
        year = year + "Q" + wall.quarter().cast("string")
    if by == "month":
        year = year + "-" + wall.month().cast("string").lpad(2, "0")
    return table.mutate(**{name: year})


def _otherwise(error: ColumnError, by: str) -> str:
    return f"wave_by={by!r}: {error}; or pass wave_by='value'"
