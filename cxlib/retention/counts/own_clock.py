"""Events -> counts on each customer's own clock: windows of some days since they came, by one query
where the events lie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import EmptyDataError, ParameterError
from cxlib.retention.cohorts import MOST_PERIODS, WORD, Cohorts
from cxlib.retention.counts.events import (
    first_labels,
    place_members,
    refuse_none,
    refuse_strangers,
    seen_before,
)
from cxlib.retention.counts.strays import leave_out_strays
from cxlib.retention.groups import carry_groups, own_names
from cxlib.retention.own_clock import OwnClock, by_pattern
from cxlib.rows.clock import Clock
from cxlib.rows.engine_memory import give_memory_back
from cxlib.rows.engines import bit, bit_or, copy_to_engine, match_ids, seconds
from cxlib.rows.moments import Span, day_number, place_events
from cxlib.rows.table import as_table
from cxlib.shown.result import Absent, Result

_DAY = 86400  # seconds


@check.arguments
def count_own_clock(
    events: Any,
    *,
    customer: str,
    time: str,
    days: int = 30,
    period: str = "month",
    zone: str = "UTC",
    week_start: str = "monday",
    by: str | Sequence[str] | None = (),
    acquired: Any = None,
    acquired_on: str = "acquired_on",
    as_of: dt.date | None = None,
    today: dt.date | None = None,
) -> OwnClock | Absent:
    """Count customers by the windows, of `days` days each since they came, in which they were
    active.

    Use it where a calendar month treats customers unequally: who comes on the 30th has a first
    month of one day. Here each customer's windows are equally long, and a rate rests on the
    customers whose window has passed in full.

    Parameters
    ----------
    events, customer, time, zone, week_start, by, acquired, acquired_on, as_of, today
        As in `count_cohorts`. A customer came with the first event, or as `acquired` says. An event
        that is there twice changes nothing but the rows in `tally`.
    days : int
        Length of a window: 1, 7 and 30 are what products call a day, a week and a month.
    period : {"week", "month", "quarter", "year"}
        Calendar period by which customers are put into cohorts.

    Returns
    -------
    OwnClock or Absent
        `triangle(..., clock="own")` takes it. Absent where `events` is None.

    Raises
    ------
    ParameterError
        If `days` is not a whole number of at least 1, or gives more than 1,000 windows; and as
        `count_cohorts`.
    ColumnError, EmptyDataError, CohortError, SourceError
        As `count_cohorts`.

    Notes
    -----
    Timestamps are counted in windows of `days` x 24 hours from the very moment, so that signing up
    at 23:45 and reading on until 00:01 is no return; dates (also if only one of `time` and
    `acquired_on` holds dates) in days. Window k is floor((t - start) / days). Equal to `rolling30`
    and `rolling7` of an independent pure Python count on CDNOW.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {"who": ["a", "a"], "day": [dt.date(2024, 1, 30), dt.date(2024, 2, 1)]}
    ... )
    >>> count_own_clock(orders, customer="who", time="day", as_of=dt.date(2024, 4, 1)).groups[
    ...     ["elapsed", "customers"]
    ... ]
       elapsed  customers
    0        2          1
    """
    if events is None:
        return Absent.of("retention.no_events", Result)
    if days < 1 or days != int(days):
        raise ParameterError(
            f"days={days!r} must be a whole number of at least 1; a common choice is 30"
        )
    clock, groups = Clock(period, zone, week_start), carry_groups(by)
    table, listed = as_table(events), None
    check.columns(table.columns, customer=customer, time=time)
    if acquired is None:
        check.columns(table.columns, by=list(groups))
    else:
        listed = place_members(
            acquired, customer=customer, on=acquired_on, groups=groups, clock=clock
        )
    exact = _told_to_the_second(table[time], listed)
    kept = leave_out_strays(table, time=time, clock=clock, as_of=as_of, today=today)
    table, span = kept.table, kept.span
    placed = place_events(table, customer=customer, time=time, clock=clock, span=span)
    rows = _positions(placed, exact, as_of)
    low, tally = _extent(rows)
    if listed is None:
        # the same events in another expression: as the same one, the engine would keep all of them
        # in memory for both uses
        again, keep = (
            table.filter(table[customer].notnull()),
            {groups[name]: name for name in groups},
        )
        first = place_events(again, customer=customer, time=time, clock=clock, keep=keep, span=span)
        members = _positions(first, exact, as_of)
    else:
        members = _positions(listed, exact, None)
        low = min(low, members.cx_at.min().to_pyarrow().as_py() or low)
    line = _line_of_time(int(days), low, span, clock, as_of, exact)
    rows, starts = rows.filter(rows.cx_seen, rows.cx_customer.notnull()), _starts(members, groups)
    if listed is not None:
        rows, starts = match_ids(rows, copy_to_engine(starts, rows))
    with give_memory_back(rows):
        frame = _patterns(rows, starts, groups, line).execute()
    if not (frame["placed"] & (frame["seen"] > 0)).any():
        refuse_strangers(events, acquired, customer=customer)
    counted, active = _decode(frame, tuple(groups.values()), line.windows)
    return OwnClock(
        counted,
        active,
        days=int(days),
        clock=clock,
        as_of=as_of or clock.local_day(span[1]) + dt.timedelta(days=1),
        first_event=clock.local_day(span[0]),
        last_event=clock.local_day(span[1]),
        by=tuple(groups.values()),
        tally=kept.account(tally) | _unlisted(frame),
        warnings=kept.warnings,
        as_of_given=as_of is not None,
        carried=own_names(groups),
    )


def _told_to_the_second(time: ir.Column, listed: ir.Table | None) -> bool:
    """Return whether both events and acquisitions are moments, not days."""
    return time.type().is_timestamp() and (listed is None or listed.cx_time.type().is_timestamp())


@check.arguments
def count_by_clock(
    cohorts: Cohorts | Absent,
    events: Any,
    *,
    clock: str,
    customer: str,
    time: str,
    days: int = 30,
    period: str = "month",
    zone: str = "UTC",
    week_start: str = "monday",
    by: str | Sequence[str] | None = (),
    acquired: Any = None,
    acquired_on: str = "acquired_on",
    as_of: dt.date | None = None,
    today: dt.date | None = None,
) -> Cohorts | OwnClock | Absent:
    """Count customers by age on the clock that is asked for.

    Use it where the clock is a parameter: `triangle` takes either.

    Parameters
    ----------
    cohorts : Cohorts or Absent
        The counts by periods of the calendar, which are returned as they are for
        `clock="calendar"`.
    clock : {"calendar", "own"}
        Periods of the calendar, or windows of `days` days since each customer came.
    events, customer, time, days, period, zone, week_start, by, acquired, acquired_on, as_of, today
        As in `count_own_clock`.

    Returns
    -------
    Cohorts, OwnClock or Absent
        `cohorts` itself, or what `count_own_clock` returns; absent where there are no events.

    Raises
    ------
    ParameterError
        If `clock` is unknown.
    CxError
        What `count_own_clock` refuses, with `clock="own"`.
    """
    check.one_of("clock", clock, ("calendar", "own"))
    if clock == "calendar":
        return cohorts
    return count_own_clock(
        events,
        customer=customer,
        time=time,
        days=days,
        period=period,
        zone=zone,
        week_start=week_start,
        by=by,
        acquired=acquired,
        acquired_on=acquired_on,
        as_of=as_of,
        today=today,
    )


class _Line(NamedTuple):
    """Where the data end on the line of time, how long a window is, and how many there are."""

    end: float
    width: int
    windows: int

    @property
    def words(self) -> int:
        """How many bitmaps of 63 windows there are."""
        return -(-self.windows // WORD)


def _line_of_time(
    days: int, low: float, span: Span, clock: Clock, as_of: dt.date | None, exact: bool
) -> _Line:
    """Measure windows in seconds or days; refuse too many of them."""
    first, last = (clock.local_day(moment) for moment in span)
    ends = as_of or last + dt.timedelta(days=1)
    width = days * _DAY if exact else days
    end = _moment(ends, clock.zone) if exact else day_number(ends)
    windows = int((end - low) // width) + 1
    if windows > MOST_PERIODS:
        raise ParameterError(
            f"days={days!r}: there are {windows:,} windows from {first} to {ends}, more than "
            f"{MOST_PERIODS:,}; "
            "choose longer windows, or correct the dates"
        )
    return _Line(end, width, windows)


def _positions(rows: ir.Table, exact: bool, as_of: dt.date | None) -> ir.Table:
    """Give each row its place on the line of time, in seconds or days, as `cx_at`; and whether it
    is seen (before `as_of`)."""
    # Ibis takes seconds for 32-bit numbers, whatever the engine returns: it would refuse a
    # fraction, and 2038
    return rows.mutate(
        cx_at=seconds(rows.cx_time, rows).cast("float64") if exact else rows.cx_day,
        cx_seen=seen_before(rows, as_of),
    )


def _extent(rows: ir.Table) -> tuple[float, dict[str, int]]:
    """Return the place of the first event, and the rows left out before anything else is asked."""
    somebody = rows.cx_customer.notnull()
    found = (
        rows.aggregate(
            low=rows.cx_at.min(where=rows.cx_seen & somebody),
            rows=rows.count(),
            missing_customer=rows.count(where=~somebody),
            missing_time=rows.count(where=somebody & rows.cx_time.isnull()),
            after_as_of=rows.count(where=somebody & rows.cx_time.notnull() & ~rows.cx_seen),
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    low = found.pop("low")
    refuse_none(low is not None)
    return low, {name: int(n) for name, n in found.items()}


def _moment(day: dt.date, zone: str) -> float:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).timestamp()


def _starts(rows: ir.Table, groups: Mapping[str, str]) -> ir.Table:
    """One row a customer: where the clock starts, the cohort and the groups."""
    rows = rows.filter(rows.cx_seen, rows.cx_customer.notnull())
    return rows.group_by("cx_customer").aggregate(
        cx_start=rows.cx_at.min(),
        cohort=rows.cx_period.min(),
        **first_labels(rows, groups, rows.cx_at),
    )


def _patterns(rows: ir.Table, starts: ir.Table, groups: Mapping[str, str], line: _Line) -> ir.Table:
    """Count customers by cohort, windows passed and pattern of windows."""
    people = _by_customer(rows, starts, list(groups.values()), line)
    people = people.mutate(
        placed=people.cx_start.notnull(),
        late=(people.cx_start >= line.end).fill_null(False),
        elapsed=((line.end - people.cx_start) // line.width).cast("int64"),
    )
    keys = ["placed", "late", *groups.values(), "cohort", "elapsed"]
    keys += [f"bits_{word}" for word in range(line.words)]
    return people.group_by(keys).aggregate(
        customers=people.count(),
        seen=people.seen.sum().cast("int64"),
        counted=people.counted.sum().cast("int64"),
    )


def _by_customer(rows: ir.Table, starts: ir.Table, by: Sequence[str], line: _Line) -> ir.Table:
    """One row a customer: where the clock starts, the windows with an event as bits, events seen
    and counted."""
    rows = rows.select("cx_customer", "cx_at").outer_join(starts, "cx_customer")
    counted = (rows.cx_at >= rows.cx_start).fill_null(False)
    window = ibis.ifelse(counted, rows.cx_at - rows.cx_start, 0) // line.width
    rows = rows.mutate(
        cx_customer=rows.cx_customer.fill_null(rows.cx_customer_right),
        cx_window=window.cast("int64"),
        cx_counted=counted,
    )
    slot = bit(rows.cx_window % WORD)
    inside = {
        f"bits_{word}": rows.cx_counted
        if line.words == 1
        else rows.cx_counted & (rows.cx_window // WORD == word)
        for word in range(line.words)
    }
    return rows.group_by("cx_customer").aggregate(
        **{name: bit_or(slot, where=where).fill_null(0) for name, where in inside.items()},
        **{name: rows[name].max() for name in ("cx_start", "cohort", *by)},
        seen=rows.cx_at.count(),
        counted=rows.count(where=rows.cx_counted),
    )


def _decode(
    frame: pd.DataFrame, by: tuple[str, ...], windows: int
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    frame = frame[frame["placed"] & ~frame["late"]].reset_index(drop=True)
    if frame.empty:
        raise EmptyDataError(
            "no customer is left: none of the acquisition table was acquired before as_of; check "
            "the columns"
        )
    windows = max(windows, int(frame["elapsed"].max()) + 1)
    bits = frame.filter(regex=r"^bits_\d+$").to_numpy("int64")
    slot = np.arange(min(windows, WORD * bits.shape[1]))
    active = (bits[:, slot // WORD] >> (slot % WORD)) & 1 == 1
    active = np.pad(active, ((0, 0), (0, windows - len(slot))))
    kept = frame[[*by, "cohort", "elapsed", "customers"]].astype(
        dict.fromkeys(("cohort", "elapsed", "customers"), "int64")
    )
    return by_pattern(kept, active, by)


def _unlisted(frame: pd.DataFrame) -> dict[str, int]:
    """Return what an acquisition table leaves out: events before it, and customers who are not in
    it."""
    outside, inside = frame[~frame["placed"]], frame[frame["placed"]]
    counts = {
        "before_acquisition": (inside["seen"] - inside["counted"]).sum(),
        "no_acquisition": outside["customers"].sum(),
        "no_acquisition_rows": outside["seen"].sum(),
    }
    return {name: int(n) for name, n in counts.items()}
