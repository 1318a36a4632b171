"""Dates and moments in a table -> the local day and period of each row, on every engine alike."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, Never

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.rows.clock import QUARTER_HOUR, Clock
from cxlib.rows.date_columns import DateColumn, read_date_column
from cxlib.rows.date_expressions import timezone
from cxlib.rows.dates import lay_out
from cxlib.rows.engines import (
    INSTANT,
    identifier,
    refuse_untested,
    seconds,
    utc_wall,
    wall_time,
)
from cxlib.rows.table import without_nanoseconds
from cxlib.shown.message import Message

EPOCH = dt.date(1970, 1, 1)
_MOMENT = r":\d{2}(\.\d+)? ?(Z|UTC|[+-]\d{2}(:?\d{2})?)$"  # ends in a zone or an offset
_DATE = r"^\s*\d{4}\D\d{1,2}\D\d{1,2}"
_IN_UTC = r"(Z|UTC|[+-]00(:?00)?)$"

Span = tuple[Any, Any]


def place_events(
    table: ir.Table,
    *,
    customer: str,
    time: str,
    clock: Clock,
    keep: Mapping[str, str] | None = None,
    span: Span | None = None,
) -> ir.Table:
    """Give each event its customer, local day (since 1970) and local period, as `cx_customer`,
    `cx_time`, `cx_day` and `cx_period`; dates stay where they are.

    `keep` maps new names to columns that are kept. Moments outside `span`, in a zone, may have
    neither day nor period; without it all events lie inside."""
    rows = table.select(
        cx_customer=identifier(table[customer]),
        cx_time=_time_of(table, time),
        **{new: table[name] for new, name in (keep or {}).items()},
    )
    moment = utc_wall(rows.cx_time)
    here = rows.cx_time.type().is_date() or clock.zone == "UTC"
    if here or rows.get_backend().name == "postgres":
        # a date's parts are faster to take than a timestamp's, and 32 bits take less memory a
        # customer
        date = (moment if here else wall_time(clock.zone, moment.cast(INSTANT))).date()
        days = date.epoch_days().cast("int32")
        return rows.mutate(cx_day=days, cx_period=clock.place(date.year(), date.month(), days))
    first, last = span or _span(table, time, clock, None) or [dt.datetime(1970, 1, 1)] * 2
    hours = clock.quarter_hours(first, last).rename(
        columns={"day": "cx_day", "period": "cx_period", "quarter_hour": "cx_quarter"}
    )
    rows = rows.mutate(cx_quarter=seconds(moment, rows) // QUARTER_HOUR)
    return rows.left_join(ibis.memtable(hours), "cx_quarter").drop("cx_quarter", "cx_quarter_right")


def find_span(table: ir.Table, *, time: str, clock: Clock, as_of: dt.date | None = None) -> Span:
    """Return the first and the last date, or moment in UTC, before `as_of`; a Parquet file knows
    them unread.

    Raises
    ------
    EmptyDataError
        If there is none.
    ColumnError
        If the column holds something else, infinity, or years that Python's calendar has not.
    """
    return _span(table, time, clock, as_of) or _no_event(time, as_of)


def _span(table: ir.Table, time: str, clock: Clock, as_of: dt.date | None) -> Span | None:
    found = _ends(table, time, clock, as_of)
    return found and found[:2]


def _ends(
    table: ir.Table, time: str, clock: Clock, as_of: dt.date | None
) -> tuple[Any, Any, int] | None:
    moment: Any = _time_of(table, time)
    kind: type[dt.date] = dt.date
    if not moment.type().is_date():
        moment, kind = utc_wall(moment), dt.datetime
    inside = moment
    if as_of is not None:
        bound = EPOCH + dt.timedelta(days=day_number(as_of))
        inside = ibis.cases(
            (moment < (bound if kind is dt.date else clock.midnight(bound)), moment)
        )
    ends = {"first": moment.min(), "last": inside.max(), "end": moment.max()}
    found = (
        table.aggregate(
            rows=table.count(), **{name: end.cast("string") for name, end in ends.items()}
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    if found["last"] is None:
        return None
    try:
        first, last, _ = (kind.fromisoformat(found[name]) for name in ends)
    except ValueError:
        first = last = kind.max
    if first.year == 1 or last.year == 9999:  # a day's shift leaves the calendar
        raise ColumnError(
            f"time={time!r} runs from {found['first']} to {found['end']}; no event has such a "
            "date: correct it, or "
            "make it a missing one"
        )
    return first, last, int(found["rows"])


def _time_of(table: ir.Table, time: str) -> ir.Column:
    """Return the column of times, in microseconds at the finest; refuse one that holds something
    else."""
    column = refuse_untested(table)[time]
    if not (column.type().is_date() or column.type().is_timestamp()):
        raise ColumnError(
            f"time={time!r} holds {str(column.type()).removeprefix('!')}, not dates; "
            "read the file with cx.sources.read_events, or turn the column into dates or "
            "timestamps first"
        )
    return without_nanoseconds(column)


def date_column(
    table: ir.Table, name: str, parameter: str, *, zone: str = "UTC", dates: str | None = None
) -> ir.Column:
    """Return a column as dates; text and numbers are read as `rows.dates` does, on Spark as
    YYYY-MM-DD alone.

    Moments (with a zone or an offset) are days on the calendar of UTC; where another zone counts
    they are refused."""
    column: Any = table[name]
    kind = column.type()
    if kind.is_date():
        return column
    if kind.is_timestamp() and not kind.timezone:
        return column.date()
    if table.get_backend().name == "duckdb":
        read = read_date_column(table, name, parameter=parameter, dates=dates)
        return _without_moments(table, read, f"{parameter}={name!r}", zone)
    if kind.is_timestamp():
        if zone != "UTC":
            _refuse_moments(f"{parameter}={name!r}", zone)
        return column.date()
    if not kind.is_string():
        if kind.is_null() or not column.count().execute():
            return column.cast("string").cast(
                "date"
            )  # an empty column: no subscription has ended yet
        raise ColumnError(
            f"{parameter}={name!r} holds {str(kind).removeprefix('!')}, not dates; "
            "give dates like 2026-01-31"
        )
    return _dates_of_text(table, name, parameter, zone)


def _without_moments(table: ir.Table, read: DateColumn, place: str, zone: str) -> Any:
    """Return dates; refuse moments that lie on another calendar than that of the zone."""
    if read.instant is not None:
        apart = table.filter(timezone("UTC", read.wall) != read.instant)
        if zone != "UTC" or apart.limit(1).count().to_pyarrow().as_py():
            _refuse_moments(place, zone)
    return read.wall.cast("date")


def _refuse_moments(place: str, zone: str) -> Never:
    raise ColumnError(
        f"{place} holds moments with a zone or an offset; write dates like 2026-01-31, as they are "
        f"on the calendar of {zone}"
    )


def _dates_of_text(table: ir.Table, name: str, parameter: str, zone: str) -> ir.Column:
    if (
        table.get_backend().name == "postgres"
    ):  # a cast there ends the query at the first value that is no date
        raise ColumnError(
            f"{parameter}={name!r} holds text, and PostgreSQL cannot tell which of it are dates; "
            "give a column of "
            f"dates, for example table.mutate({name}=table.{name}.cast('date'))"
        )
    text: Any = table[name].nullif("")
    # Spark would also read 2024 alone
    read = ibis.ifelse(text.re_search(_DATE), text, None).try_cast("date")
    moment = text.re_search(_MOMENT)
    if zone == "UTC":
        moment = moment & ~text.re_search(_IN_UTC)
    wrong = table.filter(text.notnull() & (read.isnull() | moment))
    first = wrong.select(first=wrong[name]).limit(1).to_pyarrow().to_pylist()
    if first:
        raise ColumnError(
            f"{parameter}={name!r} has a value that is no date: {first[0]['first']!r}; "
            f"write dates like 2026-01-31, as they are on the calendar of {zone}"
        )
    return read


def read_date_columns(
    frame: pd.DataFrame, *, zone: str, dates: str | None = None, **columns: str
) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """Return a frame with columns of text or numbers as dates, and how they were read; `columns`
    maps a parameter's name to its column.

    Moments of acquisition (`acquired`) stay moments: they are put on the calendar of the zone."""
    notes: list[Message] = []
    for parameter, name in columns.items():
        table = lay_out(frame[name], name)
        read = read_date_column(table, name, parameter=parameter, dates=dates)
        moments = parameter == "acquired" and read.instant is not None
        place = f"{parameter}={name!r}"
        column = read.instant if moments else _without_moments(table, read, place, zone)
        found = table.select("row", cx_date=column).order_by("row").to_pyarrow()["cx_date"]
        values = found.to_pandas() if moments else pd.Series(found.to_pylist(), dtype=object)
        frame = frame.assign(**{name: values.set_axis(frame.index)})
        notes += read.notes
    return frame, tuple(notes)


def day_number(as_of: dt.date) -> int:
    """Return the days since 1970-01-01; a moment within a day, or text, is refused."""
    if isinstance(as_of, dt.datetime) or not isinstance(as_of, dt.date):
        raise ParameterError(
            f"as_of={as_of!r} is not a date; give one such as datetime.date(2026, 1, 31)"
        )
    return (as_of - EPOCH).days


def read_days(events: ir.Table, *, time: str, zone: str) -> tuple[dt.date, dt.date, int]:
    """Return the local days of the first and the last event of a table that has some, and how many
    rows there are."""
    clock = Clock(zone=zone)
    first, last, rows = _ends(events, time, clock, None) or _no_event(time, None)
    return clock.local_day(first), clock.local_day(last), rows


def _no_event(time: str, as_of: dt.date | None) -> Never:
    before = "" if as_of is None else f" before as_of={as_of}"
    raise EmptyDataError(
        f"no event is left: time={time!r} has no value{before}; check the column and as_of"
    )


def days_from_epoch(date: ir.Value) -> ir.Value:
    """Return the days since 1970-01-01 of dates."""
    moment: Any = date.cast("timestamp")
    return moment.epoch_seconds() // 86400
