"""Events -> a value summed by customer and period, by one GROUP BY where they lie: what net and
gross revenue retention need."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from cxlib import check
from cxlib.errors import EmptyDataError
from cxlib.retention.counts import judged, placed_events, spanned
from cxlib.retention.engine_counts import COPIES, memory_given_back, without_duplicates
from cxlib.retention.periods import Clock
from cxlib.table import as_table, numeric


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
    span = spanned(table, time=time, clock=clock, as_of=as_of)
    table = without_duplicates(table, duplicates, used=[customer, time, value], time=time)
    keep = [value, *([COPIES] if duplicates else [])]
    events = judged(
        placed_events(table, customer=customer, time=time, clock=clock, keep=keep, span=span),
        None,
        as_of,
    )
    events = events.filter(events.cx_seen, events.cx_customer.notnull())
    sums = events.group_by("cx_customer", "cx_period").aggregate(
        value=events[value].sum().cast("float64").fill_null(0.0),
        dropped=events[COPIES].sum() - events.count() if duplicates else 0,
    )
    with memory_given_back(events):
        sums = sums.execute()
    if sums.empty:
        raise EmptyDataError(
            "no event is left: no row has both a customer and a time before as_of; check the "
            "columns and as_of"
        )
    sums = sums.assign(customer=pd.factorize(sums["cx_customer"], sort=True)[0]).rename(
        columns={"cx_period": "period"}
    )
    ends = as_of or clock.local_day(span[1]) + dt.timedelta(days=1)
    dropped = int(sums["dropped"].sum())
    return (
        sums[["customer", "period", "value"]].sort_values(
            ["customer", "period"], ignore_index=True
        ),
        ends,
        dropped,
    )
