"""Events -> a value summed by customer and period, by one GROUP BY where they lie: what net and
gross revenue retention need."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from cxlib import check
from cxlib.retention.counts.events import keep_seen, refuse_none
from cxlib.rows.clock import Clock
from cxlib.rows.engines import COPIES, drop_duplicates, give_memory_back
from cxlib.rows.moments import find_span, place_events
from cxlib.rows.table import as_table, numeric


def sum_customer_periods(
    data: Any,
    *,
    customer: str,
    time: str,
    value: str,
    clock: Clock,
    as_of: dt.date | None = None,
    duplicates: str | None = None,
) -> tuple[pd.DataFrame, dt.date, int]:
    """Sum a value by customer and period: the rows that a bootstrap by customer needs, one a
    customer and active period.

    Returns
    -------
    sums : pandas.DataFrame
        `customer` (a number), `period` (index), `value`; events without a customer, a time or after
        `as_of` are left out.
    as_of : datetime.date
        The given one, or the day after the last event.
    dropped : int
        Rows left out as `duplicates` (None, "exact" or a column, as in `count_cohorts`), of those
        with a customer and a time.
    """
    table = as_table(data)
    check.columns(table.columns, customer=customer, time=time)
    numeric(table, value=value)
    span = find_span(table, time=time, clock=clock, as_of=as_of)
    table = drop_duplicates(table, duplicates, used=[customer, time, value], time=time)
    keep = {"cx_value": value} | ({COPIES: COPIES} if duplicates else {})
    placed = place_events(table, customer=customer, time=time, clock=clock, keep=keep, span=span)
    events = keep_seen(placed, as_of)
    sums = events.group_by("cx_customer", "cx_period").aggregate(
        value=events.cx_value.sum().cast("float64").fill_null(0.0),
        dropped=events[COPIES].sum() - events.count() if duplicates else 0,
    )
    with give_memory_back(events):
        frame = sums.execute()
    refuse_none(len(frame))
    frame = frame.assign(customer=pd.factorize(frame["cx_customer"], sort=True)[0]).rename(
        columns={"cx_period": "period"}
    )
    ends = as_of or clock.local_day(span[1]) + dt.timedelta(days=1)
    frame = frame.sort_values(["customer", "period"], ignore_index=True)
    return frame[["customer", "period", "value"]], ends, int(frame["dropped"].sum())
