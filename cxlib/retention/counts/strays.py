"""A log of events -> the same without the few rows whose dates cannot be meant: later than
tomorrow, or far from all others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis.expr.types as ir

from cxlib.errors import EmptyDataError
from cxlib.rows.clock import Clock
from cxlib.rows.engines import utc_wall
from cxlib.rows.moments import Span, find_span
from cxlib.rows.remembered import ask_once
from cxlib.rows.stray_dates import EDGE, HALF_A_YEAR, MOST_ROUNDS, is_far
from cxlib.rows.table import without_nanoseconds
from cxlib.shown.message import Message


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """Events without strays.

    Attributes
    ----------
    table : ibis Table
        The events that are kept; also those without a time, and those on or after `as_of`.
    span : tuple
        Their first and last moment before `as_of`, as `rows.moments.find_span` gives it.
    tally : mapping of str to int
        Rows left out: `in_future`, `far_away`; none where there are none.
    warnings : tuple of Message
        What was left out, and where it lies.
    """

    table: ir.Table
    span: Span
    tally: Mapping[str, int] = field(default_factory=dict)
    warnings: tuple[Message, ...] = ()

    def account(self, tally: Mapping[str, int]) -> dict[str, int]:
        """Return the tally of the kept rows with the strays in it."""
        return {**tally, "rows": tally["rows"] + sum(self.tally.values()), **self.tally}


def leave_out_strays(
    table: ir.Table,
    *,
    time: str,
    clock: Clock,
    as_of: dt.date | None = None,
    today: dt.date | None = None,
) -> Kept:
    """Return the events without those later than tomorrow, and without few that lie far from all
    others: neither may move the end of the data, or the first cohort.

    Parameters
    ----------
    table : ibis Table
        One row an event.
    time : str
        Its column of dates or moments.
    clock : Clock
        Whose calendar counts.
    as_of : datetime.date, optional
        Exclusive. Where it is given, it says where the data end, and rows after it are no strays.
    today : datetime.date, optional
        By default today in the zone of the clock; tomorrow is let through, since it has begun
        elsewhere.

    Raises
    ------
    EmptyDataError
        If there is no event before `as_of`, or all lie later than tomorrow.
    ColumnError
        As `find_span`.

    Notes
    -----
    One aggregate over the column of times, and none where the events span less than half a year.
    """
    today = today or dt.datetime.now(clock.info).date()
    return ask_once(
        table,
        ("strays", time, clock.zone, as_of, today),
        lambda: _leave_out(table, time, clock, as_of, today),
    )


def _leave_out(
    table: ir.Table, time: str, clock: Clock, as_of: dt.date | None, today: dt.date
) -> Kept:
    kept = Kept(table, find_span(table, time=time, clock=clock, as_of=as_of))
    if as_of is None:
        kept = _without_future(kept, time, clock, today)
    for _ in range(MOST_ROUNDS):
        nearer = _without_far(kept, time, clock, as_of)
        if nearer is kept:
            break
        kept = nearer
    return kept


def _without_future(kept: Kept, time: str, clock: Clock, today: dt.date) -> Kept:
    tomorrow = today + dt.timedelta(days=1)
    if clock.local_day(kept.span[1]) <= tomorrow:
        return kept
    table, bound = kept.table, tomorrow + dt.timedelta(days=1)
    if clock.local_day(kept.span[0]) > tomorrow:
        raise EmptyDataError(
            f"time={time!r}: all events lie later than tomorrow ({tomorrow}), the first on "
            f"{clock.local_day(kept.span[0])}; correct the dates, or give as_of= if they are meant"
        )
    moment = _moment(table, time)
    future = moment >= _literal(bound, kept.span, clock)
    found = _facts(table, n=future.sum(), rows=table.count(), first=moment.min(where=future))
    message = Message(
        "retention.in_future",
        n=int(found["n"]),
        rows=int(found["rows"]),
        when=_when(clock.local_day(found["first"]), clock.local_day(kept.span[1])),
    )
    near = table.filter(~future.fill_null(False))
    return Kept(
        near,
        find_span(near, time=time, clock=clock),
        {"in_future": int(found["n"])},
        (message,),
    )


def _without_far(kept: Kept, time: str, clock: Clock, as_of: dt.date | None) -> Kept:
    """Leave out the few rows at one end that lie far from all others, where there are some."""
    (first, last), table = kept.span, kept.table
    if (last - first).days < HALF_A_YEAR:
        return kept
    moment = _moment(table, time)
    inside: Any = moment.notnull() if as_of is None else moment <= last
    early, late = (
        (moment < first + EDGE * (last - first)),
        (moment > last - EDGE * (last - first)),
    )
    found = _facts(
        table,
        rows=moment.count(where=inside),
        early=moment.count(where=inside & early),
        early_until=moment.max(where=inside & early),
        early_next=moment.min(where=inside & ~early),
        late=moment.count(where=inside & late),
        late_from=moment.min(where=inside & late),
        late_before=moment.max(where=inside & ~late),
    )
    begin = (found["early"], first, found["early_until"], found["early_next"], last)
    end = (found["late"], last, found["late_from"], found["late_before"], first)
    if is_far(found["rows"], *begin):
        gone, key = moment <= begin[2], "retention.far_before"
    elif is_far(found["rows"], *end):
        gone, key = moment >= end[2], "retention.far_after"
        begin = end
    else:
        return kept
    n, outer, inner, neighbour, _ = begin
    days = sorted(clock.local_day(each) for each in (outer, inner))
    told = {"n": int(n), "when": _when(*days), "near": clock.local_day(neighbour)}
    near = table.filter(~(gone & inside).fill_null(False))
    return Kept(
        near,
        find_span(near, time=time, clock=clock, as_of=as_of),
        {**kept.tally, "far_away": kept.tally.get("far_away", 0) + int(n)},
        (*kept.warnings, Message(key, days=abs((neighbour - inner).days), **told)),
    )


def _when(first: dt.date, last: dt.date) -> Message:
    if first == last:
        return Message("retention.one_day", first=first)
    return Message("retention.first_to_last", first=first, last=last)


def _moment(table: ir.Table, time: str) -> Any:
    column = without_nanoseconds(table[time])
    return column if column.type().is_date() else utc_wall(column)


def _literal(day: dt.date, span: Span, clock: Clock) -> Any:
    return clock.midnight(day) if isinstance(span[0], dt.datetime) else day


def _facts(table: ir.Table, **wanted: Any) -> dict[str, Any]:
    """Return aggregates as numbers, dates and moments without a zone."""
    found = table.aggregate(**wanted).to_pyarrow().to_pylist()[0]
    return {
        name: each.replace(tzinfo=None) if isinstance(each, dt.datetime) else each
        for name, each in found.items()
    }
