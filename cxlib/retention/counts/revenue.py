"""Events -> a value summed by customer and period, by one GROUP BY where they lie: what net and
gross revenue retention need."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxlib import check
from cxlib.retention.counts.events import keep_seen, refuse_none
from cxlib.retention.counts.strays import leave_out_strays
from cxlib.rows.clock import Clock
from cxlib.rows.engines import COPIES, SUM, drop_duplicates, give_memory_back
from cxlib.rows.moments import place_events
from cxlib.rows.table import as_table, numeric
from cxlib.shown.message import Message


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """A value summed by customer and period.

    Attributes
    ----------
    frame : pandas.DataFrame
        `customer` (a number), `period` (index), `value`; sorted.
    as_of : datetime.date
        The given one, or the day after the last event.
    dropped : int
        Rows left out as `duplicates` (as in `count_cohorts`), of those with a customer and a time.
    events, negative, zero : int
        Events that were summed, and of them those with a value below 0, and of 0.
    warnings : tuple of Message
        Which events were left out for their dates.
    """

    frame: pd.DataFrame
    as_of: dt.date
    dropped: int
    events: int
    negative: int
    zero: int
    warnings: tuple[Message, ...] = ()


def sum_customer_periods(
    data: Any,
    *,
    customer: str,
    time: str,
    value: str,
    clock: Clock,
    as_of: dt.date | None = None,
    duplicates: str | None = None,
    today: dt.date | None = None,
) -> Sums:
    """Sum a value by customer and period: the rows that a bootstrap by customer needs, one a
    customer and active period.

    Events without a customer, a time or on or after `as_of` are left out.
    """
    table, duplicates = as_table(data), None if duplicates == SUM else duplicates
    check.columns(table.columns, customer=customer, time=time)
    numeric(table, value=value)
    kept = leave_out_strays(table, time=time, clock=clock, as_of=as_of, today=today)
    table, span = kept.table, kept.span
    table = drop_duplicates(table, duplicates, used=[customer, time, value], time=time)
    keep = {"cx_value": value} | ({COPIES: COPIES} if duplicates else {})
    placed = place_events(table, customer=customer, time=time, clock=clock, keep=keep, span=span)
    events = keep_seen(placed, as_of)
    sums = events.group_by("cx_customer", "cx_period").aggregate(
        value=events.cx_value.sum().cast("float64").fill_null(0.0),
        dropped=events[COPIES].sum() - events.count() if duplicates else 0,
        events=events.count(),
        negative=(events.cx_value < 0).sum().fill_null(0),
        zero=(events.cx_value == 0).sum().fill_null(0),
    )
    with give_memory_back(events):
        frame = sums.execute()
    refuse_none(len(frame))
    frame = frame.assign(customer=pd.factorize(frame["cx_customer"], sort=True)[0]).rename(
        columns={"cx_period": "period"}
    )
    ends = as_of or clock.local_day(span[1]) + dt.timedelta(days=1)
    frame = frame.sort_values(["customer", "period"], ignore_index=True)
    totals = {name: int(frame[name].sum()) for name in ("dropped", "events", "negative", "zero")}
    return Sums(frame[["customer", "period", "value"]], ends, **totals, warnings=kept.warnings)
