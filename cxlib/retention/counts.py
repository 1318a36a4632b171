"""Events -> cohort counts, by one GROUP BY where the events lie. With its neighbours `…_counts`,
all there is of Ibis here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.retention.cohorts import WORD, Cohorts, from_bitmaps, words_needed
from cxlib.retention.engine_counts import (
    COPIES,
    INSTANT,
    alike,
    beside,
    bit,
    bit_or,
    conforming,
    identifier,
    label,
    memory_given_back,
    seconds,
    wall_time,
    without_duplicates,
)
from cxlib.retention.periods import QUARTER_HOUR, Clock
from cxlib.table import as_table, numeric, without_nanoseconds

RESERVED = frozenset(
    (  # columns of the counts and of what is computed from them
        "active",
        "age",
        "at_risk",
        "censored",
        "ci_high",
        "ci_low",
        "cohort",
        "complete",
        "confidence",
        "counted",
        "customers",
        "end",
        "gone",
        "known",
        "late",
        "lost",
        "method",
        "ordered",
        "period",
        "rate",
        "retained",
        "rows",
        "se",
        "seen",
        "size",
        "start",
        "survival",
        "tenure",
        "timed",
        "value",
    )
)
_EPOCH = dt.date(1970, 1, 1)
_MOMENT = r":\d{2}(\.\d+)? ?(Z|UTC|[+-]\d{2}(:?\d{2})?)$"  # ends in a zone or an offset
_DATE = r"^\s*\d{4}\D\d{1,2}\D\d{1,2}"
_IN_UTC = r"(Z|UTC|[+-]00(:?00)?)$"


def count_cohorts(
    data: Any,
    *,
    customer: str,
    time: str,
    period: str = "month",
    zone: str = "UTC",
    week_start: str = "monday",
    by: str | Sequence[str] = (),
    value: str | None = None,
    acquired: Any = None,
    acquired_on: str = "acquired_on",
    as_of: dt.date | None = None,
    duplicates: str | None = None,
) -> Cohorts:
    """Count customers by acquisition cohort and by the periods in which they were active.

    Parameters
    ----------
    data : anything `table.as_table` takes
        One row an event.
    customer, time : str
        Columns of `data`: who, and when (a date, or a timestamp in UTC). Dates are never shifted by
        a zone.
    period : {"week", "month", "quarter", "year"}
    zone : str
        Zone on whose wall clock a timestamp falls into a period: 2024-01-31 23:30 UTC is February
        in Tokyo.
    week_start : {"monday", "sunday"}
    by : str or sequence of str
        Columns of `acquired` if it is given, else of `data` (its first known value in time).
    value : str, optional
        Column to sum by cohort and period; costs a second pass.
    acquired : anything `table.as_table` takes, optional
        One row a customer: `customer` and `acquired_on`. Customers without events are then in the
        denominator, events before acquisition are left out, and so are customers who are not in it;
        all are counted. Without it a customer is acquired by the first event.
    as_of : datetime.date, optional
        Exclusive: the first day for which the events are not complete. By default the day after the
        last event.

    duplicates : {None, "exact"} or str
        None keeps all rows. "exact": rows that are equal in all columns used (`customer`, `time`,
        `value`, `by`) count once. The name of a column with an event's id: one row an id, the first
        in time; rows without an id are kept. The tally says how many rows were dropped. Costs time
        and memory that grow with the events.

    Returns
    -------
    Cohorts

    Raises
    ------
    ColumnError, EmptyDataError
        If a column is absent or of another kind, or no event is left.
    SourceError
        If the events lie on an engine that has not passed the conformance tests.
    ParameterError
        If `as_of` is not after the first event, or the events span more than 1,000 periods.

    Notes
    -----
    The first and the last time are asked for, which a Parquet file knows without reading its rows;
    then one aggregate a customer, `bit_or(1 << period)`, and counts by distinct bitmap. More than
    63 periods take more bitmaps: slower, same answer. Compared with the CDNOW triangles (month,
    week, quarter) of an independent pure Python count, and on DuckDB, PostgreSQL and Spark with
    counts by hand. In a zone other than UTC, the events are joined with a table of quarter-hours;
    PostgreSQL tells the wall time itself.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {
    ...         "who": ["a", "a", "b"],
    ...         "day": [dt.date(2024, 1, 5), dt.date(2024, 2, 1), dt.date(2024, 1, 9)],
    ...     }
    ... )
    >>> count_cohorts(orders, customer="who", time="day").customers
    2
    """
    clock, by = Clock(period, zone, week_start), names(by)
    table = as_table(data)
    check.columns(table.columns, customer=customer, time=time)
    numeric(table, value=value)
    keep = {} if acquired is not None else {name: name for name in by}
    if keep:
        check.columns(table.columns, by=by)
    keep = [*keep, *([value] if value else [])]
    span = spanned(table, time=time, clock=clock, as_of=as_of)
    table = without_duplicates(table, duplicates, used=[customer, time, *keep], time=time)
    keep += [COPIES] if duplicates else []
    events = placed_events(table, customer=customer, time=time, clock=clock, keep=keep, span=span)
    members = (
        None
        if acquired is None
        else _members(acquired, customer=customer, on=acquired_on, by=by, clock=clock, as_of=as_of)
    )
    if members is not None:
        events, members = alike(events, beside(members, events))
    events = judged(events, members, as_of)
    days = tuple(clock.local_day(moment) for moment in span)
    first, last = (
        clock.index(days[0]),
        clock.index(days[1] if as_of is None else as_of - dt.timedelta(days=1)),
    )
    words = words_needed(clock, first, last)
    with memory_given_back(events):
        customers = _by_customer(
            events,
            () if members is not None else by,
            first=first,
            words=words,
            listed=members is not None,
            bounded=as_of is not None,
        )
        patterns = _grouped(customers, members, by).execute()
        values = None if value is None else _values(events, members, by, value)
    return from_bitmaps(
        patterns,
        days=days,
        by=by,
        clock=clock,
        as_of=as_of,
        listed=acquired is not None,
        values=values,
        duplicates=duplicates is not None,
    )


def names(by: str | Sequence[str]) -> tuple[str, ...]:
    """Return one column or several as a tuple; refuse names that the counts use for their own
    columns."""
    by = (by,) if isinstance(by, str) else tuple(by)
    for name in by:
        if name in RESERVED or name.startswith(("cx_", "bits_")):
            raise ColumnError(
                f"by={name!r}: this name is used for the counts' own columns; rename the column "
                "first"
            )
    return by


def placed_events(
    table: ir.Table,
    *,
    customer: str,
    time: str,
    clock: Clock,
    keep: Sequence[str] = (),
    span: tuple[Any, Any] | None = None,
) -> ir.Table:
    """Give each event its customer, local day (since 1970) and local period; dates stay where they
    are.

    Moments outside `span`, in a zone, may have neither day nor period; without it all events lie
    inside."""
    rows = table.select(
        cx_customer=identifier(table[customer]),
        cx_time=_time_of(table, time),
        **{name: table[name] for name in keep},
    )
    moment, here = (
        rows.cx_time.cast("timestamp"),
        rows.cx_time.type().is_date() or clock.zone == "UTC",
    )
    if here or rows.get_backend().name == "postgres":
        # a date's parts are faster to take than a timestamp's, and 32 bits take less memory a
        # customer
        date = (moment if here else wall_time(clock.zone, moment.cast(INSTANT))).date()
        days = date.epoch_days().cast("int32")
        return rows.mutate(cx_day=days, cx_period=clock.place(date.year(), date.month(), days))
    hours = clock.quarter_hours(
        *(span or _span(table, time, clock, None) or [dt.datetime(1970, 1, 1)] * 2)
    )
    hours = ibis.memtable(
        hours.rename(columns={"day": "cx_day", "period": "cx_period", "quarter_hour": "cx_quarter"})
    )
    rows = rows.mutate(cx_quarter=seconds(moment, rows) // QUARTER_HOUR)
    return rows.left_join(hours, "cx_quarter").drop("cx_quarter", "cx_quarter_right")


def spanned(
    table: ir.Table, *, time: str, clock: Clock, as_of: dt.date | None = None
) -> tuple[Any, Any]:
    """Return the first and the last date, or moment in UTC, before `as_of`; a Parquet file knows
    them unread."""
    found = _span(table, time, clock, as_of)
    if found is None:
        raise EmptyDataError(
            f"no event is left: time={time!r} has no "
            f"value{'' if as_of is None else f' before as_of={as_of}'}; "
            "check the column and as_of"
        )
    return found


def _span(
    table: ir.Table, time: str, clock: Clock, as_of: dt.date | None
) -> tuple[Any, Any] | None:
    """Return the same, or nothing; refuse infinity, which engines have, and years that Python's
    calendar has not."""
    moment, kind = _time_of(table, time), dt.date
    if not moment.type().is_date():
        moment, kind = moment.cast("timestamp"), dt.datetime
    inside = moment
    if as_of is not None:
        bound = _EPOCH + dt.timedelta(days=day_number(as_of))
        inside = ibis.cases(
            (moment < (bound if kind is dt.date else clock.midnight(bound)), moment)
        )
    ends = {"first": moment.min(), "last": inside.max(), "end": moment.max()}
    found = (
        table.aggregate(**{name: end.cast("string") for name, end in ends.items()})
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
    return first, last


def _time_of(table: ir.Table, time: str) -> ir.Column:
    """Return the column of times, in microseconds at the finest; refuse one that holds something
    else."""
    column = conforming(table)[time]
    if not (column.type().is_date() or column.type().is_timestamp()):
        raise ColumnError(
            f"time={time!r} holds {str(column.type()).removeprefix('!')}, not dates; "
            "read the file with cx.sources.read_events, or turn the column into dates or "
            "timestamps first"
        )
    return without_nanoseconds(column)


def _members(
    acquired: Any, *, customer: str, on: str, by: Sequence[str], clock: Clock, as_of: dt.date | None
) -> ir.Table:
    """One row a customer of the acquisition table: day and period of acquisition, and the columns
    of `by`."""
    table = as_table(acquired)
    check.columns(table.columns, customer=customer, acquired_on=on, by=by)
    if table[on].type().is_string():
        table = table.mutate(**{on: date_column(table, on, "acquired_on", zone=clock.zone)})
    placed = placed_events(table, customer=customer, time=on, clock=clock, keep=by)
    placed = placed.filter(placed.cx_customer.notnull(), placed.cx_day.notnull())
    late = ibis.literal(False) if as_of is None else placed.cx_day.min() >= day_number(as_of)
    return placed.group_by("cx_customer").aggregate(
        cx_acquired=placed.cx_day.min(),
        cohort=placed.cx_period.min(),
        late=late,
        **{
            name: label(placed[name].argmin(placed.cx_day, where=placed[name].notnull()))
            for name in by
        },
    )


def date_column(table: ir.Table, name: str, parameter: str, *, zone: str = "UTC") -> ir.Column:
    """Return a column as dates; text is read as YYYY-MM-DD, and refused where it is something else.

    Moments (with a zone or an offset) are days on the calendar of UTC; where another zone counts
    they are refused."""
    column = table[name]
    if column.type().is_timestamp() and column.type().timezone and zone != "UTC":
        raise ColumnError(
            f"{parameter}={name!r} holds moments with a zone; give the days alone, as they are on "
            "the calendar of "
            f"{zone}"
        )
    if column.type().is_date():
        return column
    if column.type().is_timestamp():
        return column.date()
    if not column.type().is_string():
        if column.type().is_null() or not column.count().execute():
            return column.cast("string").cast(
                "date"
            )  # an empty column: no subscription has ended yet
        raise ColumnError(
            f"{parameter}={name!r} holds {str(column.type()).removeprefix('!')}, not dates; "
            "give dates like 2026-01-31"
        )
    if (
        table.get_backend().name == "postgres"
    ):  # a cast there ends the query at the first value that is no date
        raise ColumnError(
            f"{parameter}={name!r} holds text, and PostgreSQL cannot tell which of it are dates; "
            "give a column of "
            f"dates, for example table.mutate({name}=table.{name}.cast('date'))"
        )
    text = column.nullif("")
    read = ibis.ifelse(text.re_search(_DATE), text, None).try_cast(
        "date"
    )  # Spark would also read 2024 alone
    moment = (
        text.re_search(_MOMENT)
        if zone != "UTC"
        else text.re_search(_MOMENT) & ~text.re_search(_IN_UTC)
    )
    wrong = table.filter(text.notnull() & (read.isnull() | moment))
    first = wrong.select(first=wrong[name]).limit(1).to_pyarrow().to_pylist()
    if first:
        raise ColumnError(
            f"{parameter}={name!r} has a value that is no date: {first[0]['first']!r}; "
            f"write dates like 2026-01-31, as they are on the calendar of {zone}"
        )
    return read


def judged(events: ir.Table, members: ir.Table | None, as_of: dt.date | None) -> ir.Table:
    """Mark each event: seen (before as_of, with a time) and counted (seen, and not before
    acquisition).

    `cx_place` is its period, missing where it is not counted: aggregates pass over what is missing,
    and are a fifth faster than with a condition each."""
    seen = (
        events.cx_time.notnull()
        if as_of is None
        else (events.cx_day < day_number(as_of)).fill_null(False)
    )
    events = events.mutate(cx_seen=seen)
    if members is None:
        place = (
            events.cx_period if as_of is None else ibis.cases((events.cx_seen, events.cx_period))
        )
        return events.mutate(cx_counted=events.cx_seen, cx_place=place)
    events = events.left_join(members.select("cx_customer", "cx_acquired"), "cx_customer").drop(
        "cx_customer_right"
    )
    counted = events.cx_seen & (events.cx_day >= events.cx_acquired).fill_null(False)
    return events.mutate(cx_counted=counted, cx_place=ibis.cases((counted, events.cx_period)))


def _by_customer(
    events: ir.Table, by: Sequence[str], *, first: int, words: int, listed: bool, bounded: bool
) -> ir.Table:
    """One row a customer: the periods with an event as bits from the first period on, and counts of
    rows.

    Counts that are equal are one expression, which an engine computes once.
    """
    place = events.cx_place - first
    places = (
        [place]
        if words == 1
        else [ibis.cases((place // WORD == word, place % WORD)) for word in range(words)]
    )
    bits = {f"bits_{word}": bit_or(bit(place)) for word, place in enumerate(places)}
    kept, timed = events.count(), events.cx_time.count()
    seen = events.cx_seen.sum() if bounded else timed
    return events.group_by("cx_customer").aggregate(
        **bits,
        rows=events[COPIES].sum() if COPIES in events.columns else kept,
        cx_kept=kept,
        timed=timed,
        seen=seen,
        counted=events.cx_place.count() if listed else seen,
        **{
            name: label(events[name].argmin(events.cx_time, where=events[name].notnull()))
            for name in by
        },
    )


def _grouped(customers: ir.Table, members: ir.Table | None, by: Sequence[str]) -> ir.Table:
    """Count customers by distinct bitmap."""
    numbers = ["rows", "cx_kept", "timed", "seen", "counted"]
    bits = [name for name in customers.columns if name.startswith("bits_")]
    if members is not None:
        joined = customers.outer_join(members, "cx_customer")
        known = joined.cx_customer.notnull() | joined.cx_customer_right.notnull()
        joined = joined.mutate(known=known, ordered=joined.rows.notnull())
    else:
        joined = customers.mutate(known=customers.cx_customer.notnull(), ordered=True, late=False)
    joined = joined.mutate(**{name: joined[name].fill_null(0) for name in [*numbers, *bits]})
    keys = ["known", "ordered", "late", *by, *(["cohort"] if members is not None else []), *bits]
    return joined.group_by(keys).aggregate(
        customers=joined.count(), **{name: joined[name].sum().cast("int64") for name in numbers}
    )


def _values(
    events: ir.Table, members: ir.Table | None, by: Sequence[str], value: str
) -> pd.DataFrame:
    if members is None:
        members = events.filter(events.cx_counted)
        members = members.group_by("cx_customer").aggregate(
            cohort=members.cx_period.min(),
            **{
                name: label(members[name].argmin(members.cx_time, where=members[name].notnull()))
                for name in by
            },
        )
    events = events.filter(events.cx_counted).select(
        "cx_customer", "cx_period", cx_value=events[value]
    )
    joined = events.inner_join(members, "cx_customer")
    sums = joined.group_by([*by, "cohort", "cx_period"]).aggregate(
        value=joined.cx_value.sum().cast("float64")
    )
    return (
        sums.execute()
        .rename(columns={"cx_period": "period"})
        .sort_values([*by, "cohort", "period"], ignore_index=True)
    )


def day_number(as_of: dt.date) -> int:
    """Return the days since 1970-01-01; a moment within a day, or text, is refused."""
    if isinstance(as_of, dt.datetime) or not isinstance(as_of, dt.date):
        raise ParameterError(
            f"as_of={as_of!r} is not a date; give one such as datetime.date(2026, 1, 31)"
        )
    return (as_of - _EPOCH).days


def event_days(events: ir.Table, *, time: str, zone: str) -> tuple[dt.date, dt.date]:
    """Return the local days of the first and the last event of a table from
    `sources.read_events`."""
    clock = Clock(zone=zone)
    first, last = spanned(events, time=time, clock=clock)
    return clock.local_day(first), clock.local_day(last)


def check_dates(frame: pd.DataFrame, *, zone: str, **columns: str) -> None:
    """Refuse columns that hold something else than dates; `columns` maps a parameter's name to its
    column."""
    table = as_table(frame)
    for parameter, name in columns.items():
        if not (
            parameter == "acquired" and table[name].type().is_timestamp()
        ):  # those are put on the calendar of the zone
            date_column(table, name, parameter, zone=zone)
