"""Events -> silences between them, counted by the days on which they began and ended, where the
events lie."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cxlib import check
from cxlib.errors import EmptyDataError
from cxlib.retention.counts import day_number, placed_events, spanned
from cxlib.retention.engine_counts import memory_given_back
from cxlib.retention.gaps import Gaps
from cxlib.retention.periods import Clock
from cxlib.table import as_table


def count_gaps(
    events: Any, *, customer: str, time: str, zone: str = "UTC", as_of: dt.date | None = None
) -> Gaps:
    """Count the silences of customers: from a day with events to the customer's next one, or to the
    end of the data.

    Parameters
    ----------
    events, customer, time, zone, as_of
        As in `count_cohorts`. An event that is there twice changes nothing.

    Returns
    -------
    Gaps
        At most one row a pair of days. `gap_sensitivity` and `came_back` take it.

    Examples
    --------
    >>> import pandas as pd
    >>> orders = pd.DataFrame(
    ...     {
    ...         "who": ["a", "a", "b"],
    ...         "day": [dt.date(2024, 1, 1), dt.date(2024, 1, 9), dt.date(2024, 1, 9)],
    ...     }
    ... )
    >>> count_gaps(orders, customer="who", time="day", as_of=dt.date(2024, 2, 1)).customers
    2
    """
    table = as_table(events)
    check.columns(table.columns, customer=customer, time=time)
    clock = Clock(zone=zone)
    span = spanned(table, time=time, clock=clock, as_of=as_of)
    rows = placed_events(table, customer=customer, time=time, clock=clock, span=span)
    rows = rows.filter(rows.cx_day.notnull(), rows.cx_customer.notnull())
    if as_of is not None:
        rows = rows.filter(rows.cx_day < day_number(as_of))
    days = rows.group_by("cx_customer", "cx_day").aggregate()
    days = days.select(
        last=days.cx_day,
        until=days.cx_day.lead().over(group_by=days.cx_customer, order_by=days.cx_day),
    )
    with memory_given_back(rows):
        frame = days.group_by("last", "until").aggregate(n=days.count()).execute()
    if frame.empty:
        raise EmptyDataError(
            "no event is left: no row has both a customer and a time before as_of; check the "
            "columns and as_of"
        )
    end = as_of or clock.local_day(span[1]) + dt.timedelta(days=1)
    return Gaps(frame.astype({"last": "int64", "until": "float64", "n": "int64"}), end)
