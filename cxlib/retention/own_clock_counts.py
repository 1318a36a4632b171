"""Events -> counts on each customer's own clock: windows of some days since they came, by one query
where the events lie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import CohortError, EmptyDataError, ParameterError
from cxlib.retention.cohorts import MOST_PERIODS, WORD
from cxlib.retention.counts import (
    alike,
    date_column,
    day_number,
    label,
    names,
    placed_events,
    spanned,
)
from cxlib.retention.engine_counts import beside, bit, bit_or, memory_given_back, seconds
from cxlib.retention.own_clock import OwnClock, by_pattern
from cxlib.retention.periods import Clock
from cxlib.table import as_table

_DAY = 86400  # seconds


def count_own_clock(
    events: Any,
    *,
    customer: str,
    time: str,
    days: int = 30,
    period: str = "month",
    zone: str = "UTC",
    week_start: str = "monday",
    by: str | Sequence[str] = (),
    acquired: Any = None,
    acquired_on: str = "acquired_on",
    as_of: dt.date | None = None,
) -> OwnClock:
    """Count customers by the windows, of `days` days each since they came, in which they were
    active.

    Use it where a calendar month treats customers unequally: who comes on the 30th has a first
    month of one day. Here each customer's windows are equally long, and a rate rests on the
    customers whose window has passed in full.

    Parameters
    ----------
    events, customer, time, zone, week_start, by, acquired, acquired_on, as_of
        As in `count_cohorts`. A customer came with the first event, or as `acquired` says. An event
        that is there twice changes nothing but the rows in `tally`.
    days : int
        Length of a window: 1, 7 and 30 are what products call a day, a week and a month.
    period : {"week", "month", "quarter", "year"}
        Calendar period by which customers are put into cohorts.

    Returns
    -------
    OwnClock
        `triangle(..., clock="own")` takes it.

    Raises
    ------
    ParameterError
        If `days` is less than 1, or gives more than 1,000 windows.
    ColumnError, EmptyDataError, CohortError
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
    if days < 1 or days != int(days):
        raise ParameterError(
            f"days={days!r} must be a whole number of at least 1; a common choice is 30"
        )
    clock, by = Clock(period, zone, week_start), names(by)
    table = as_table(events)
    check.columns(table.columns, customer=customer, time=time, by=by if acquired is None else ())
    listed = None if acquired is None else _listed(acquired, customer, acquired_on, by, clock)
    exact = table[time].type().is_timestamp() and (
        listed is None or listed.cx_time.type().is_timestamp()
    )
    how = {"customer": customer, "time": time, "clock": clock}
    span = spanned(table, time=time, clock=clock, as_of=as_of)
    rows = _positioned(placed_events(table, span=span, **how), exact, as_of)
    low, tally = _extent(rows)
    first, last = (clock.local_day(moment) for moment in span)
    ends = as_of or last + dt.timedelta(days=1)
    end, width = _moment(ends, zone) if exact else day_number(ends), days * _DAY if exact else days
    if listed is not None:
        listed = _positioned(listed, exact, None)
        low = min(low, listed.cx_at.min().to_pyarrow().as_py() or low)
    windows = int((end - low) // width) + 1
    if windows > MOST_PERIODS:
        raise ParameterError(
            f"days={days!r}: there are {windows:,} windows from {first} to {ends}, more than "
            f"{MOST_PERIODS:,}; "
            "choose longer windows, or correct the dates"
        )
    # the same events in another expression: as the same one, the engine would keep all of them in
    # memory for both uses
    again = table.filter(table[customer].notnull())
    starts = _starts(
        _positioned(placed_events(again, keep=by, span=span, **how), exact, as_of)
        if listed is None
        else listed,
        by,
    )
    rows = rows.filter(rows.cx_seen, rows.cx_customer.notnull())
    if listed is not None:
        rows, starts = alike(rows, beside(starts, rows))
    with memory_given_back(rows):
        frame = _patterns(
            rows, starts, by, end=end, width=width, words=-(-windows // WORD)
        ).execute()
    groups, active = _decoded(frame, by, windows)
    return OwnClock(
        groups,
        active,
        days=int(days),
        clock=clock,
        as_of=ends,
        first_event=first,
        last_event=last,
        by=by,
        tally=tally | _unlisted(frame),
        as_of_given=as_of is not None,
    )


def _listed(acquired: Any, customer: str, on: str, by: Sequence[str], clock: Clock) -> ir.Table:
    table = as_table(acquired)
    check.columns(table.columns, customer=customer, acquired_on=on, by=by)
    if table[on].type().is_string():
        table = table.mutate(**{on: date_column(table, on, "acquired_on", zone=clock.zone)})
    return placed_events(table, customer=customer, time=on, clock=clock, keep=by)


def _positioned(rows: ir.Table, exact: bool, as_of: dt.date | None) -> ir.Table:
    """Give each row its place on the line of time, in seconds or days, as `cx_at`; and whether it
    is seen (before `as_of`)."""
    seen = (
        rows.cx_time.notnull()
        if as_of is None
        else (rows.cx_day < day_number(as_of)).fill_null(False)
    )
    # Ibis takes seconds for 32-bit numbers, whatever the engine returns: it would refuse a
    # fraction, and 2038
    return rows.mutate(
        cx_at=seconds(rows.cx_time, rows).cast("float64") if exact else rows.cx_day, cx_seen=seen
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
    if low is None:
        raise EmptyDataError(
            "no event is left: no row has both a customer and a time before as_of; check the "
            "columns and as_of"
        )
    return low, {name: int(n) for name, n in found.items()}


def _moment(day: dt.date, zone: str) -> float:
    return dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).timestamp()


def _starts(rows: ir.Table, by: Sequence[str]) -> ir.Table:
    """One row a customer: where the clock starts, the cohort and the columns of `by`."""
    rows = rows.filter(rows.cx_seen, rows.cx_customer.notnull())
    return rows.group_by("cx_customer").aggregate(
        cx_start=rows.cx_at.min(),
        cohort=rows.cx_period.min(),
        **{name: label(rows[name].argmin(rows.cx_at, where=rows[name].notnull())) for name in by},
    )


def _patterns(
    rows: ir.Table, starts: ir.Table, by: Sequence[str], *, end: float, width: int, words: int
) -> ir.Table:
    """Count customers by cohort, windows passed and pattern of windows."""
    people = _by_customer(rows, starts, by, width, words)
    people = people.mutate(
        placed=people.cx_start.notnull(),
        late=(people.cx_start >= end).fill_null(False),
        elapsed=((end - people.cx_start) // width).cast("int64"),
    )
    keys = ["placed", "late", *by, "cohort", "elapsed", *(f"bits_{word}" for word in range(words))]
    return people.group_by(keys).aggregate(
        customers=people.count(),
        seen=people.seen.sum().cast("int64"),
        counted=people.counted.sum().cast("int64"),
    )


def _by_customer(
    rows: ir.Table, starts: ir.Table, by: Sequence[str], width: int, words: int
) -> ir.Table:
    """One row a customer: where the clock starts, the windows with an event as bits, events seen
    and counted."""
    rows = rows.select("cx_customer", "cx_at").outer_join(starts, "cx_customer")
    counted = (rows.cx_at >= rows.cx_start).fill_null(False)
    window = ibis.ifelse(counted, rows.cx_at - rows.cx_start, 0) // width
    rows = rows.mutate(
        cx_customer=rows.cx_customer.fill_null(rows.cx_customer_right),
        cx_window=window.cast("int64"),
        cx_counted=counted,
    )
    slot = bit(rows.cx_window % WORD)
    inside = {
        f"bits_{word}": rows.cx_counted
        if words == 1
        else rows.cx_counted & (rows.cx_window // WORD == word)
        for word in range(words)
    }
    return rows.group_by("cx_customer").aggregate(
        **{name: bit_or(slot, where=where).fill_null(0) for name, where in inside.items()},
        **{name: rows[name].max() for name in ("cx_start", "cohort", *by)},
        seen=rows.cx_at.count(),
        counted=rows.count(where=rows.cx_counted),
    )


def _decoded(
    frame: pd.DataFrame, by: tuple[str, ...], windows: int
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    if not (frame["placed"] & (frame["seen"] > 0)).any():
        raise CohortError(
            "none of the events belongs to a customer with an acquisition date, so nothing can be "
            "counted; "
            "give the customers who belong to these events, and check the column with the customer "
            "in both"
        )
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
