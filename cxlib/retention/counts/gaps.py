"""Events -> silences between them, counted by the days on which they began and ended, where the
events lie."""

from __future__ import annotations

import datetime as dt
from typing import Any

from cxlib import check
from cxlib.retention.counts.events import keep_seen, refuse_none
from cxlib.retention.counts.strays import leave_out_strays
from cxlib.retention.gaps import Gaps
from cxlib.rows.clock import Clock
from cxlib.rows.engine_memory import leave_room
from cxlib.rows.moments import place_events
from cxlib.rows.table import as_table
from cxlib.shown.result import Absent, Result


@check.arguments
def count_gaps(
    events: Any,
    *,
    customer: str,
    time: str,
    zone: str = "UTC",
    as_of: dt.date | None = None,
    today: dt.date | None = None,
) -> Gaps | Absent:
    """Count the silences of customers: from a day with events to the customer's next one, or to the
    end of the data.

    Parameters
    ----------
    events, customer, time, zone, as_of, today
        As in `count_cohorts`. An event that is there twice changes nothing.

    Returns
    -------
    Gaps or Absent
        At most one row a pair of days: `last` (day of the event before, since 1970), `until` (the
        next; missing if open), `n`. `gap_sensitivity` and `came_back` take it. Absent where
        `events` is None.

    Raises
    ------
    ColumnError, EmptyDataError, ParameterError, SourceError
        As `count_cohorts`.

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
    if events is None:
        return Absent.of("retention.no_gap", Result)
    table = as_table(events)
    check.columns(table.columns, customer=customer, time=time)
    clock = Clock(zone=zone)
    kept = leave_out_strays(table, time=time, clock=clock, as_of=as_of, today=today)
    table, span = kept.table, kept.span
    placed = place_events(table, customer=customer, time=time, clock=clock, span=span)
    rows = keep_seen(placed, as_of)
    days = rows.select(
        last=rows.cx_day,
        until=rows.cx_day.lead().over(group_by=rows.cx_customer, order_by=rows.cx_day),
    )
    days = days.filter(days.until.isnull() | (days.until > days.last))  # the last event of a day
    with leave_room(rows):
        frame = days.group_by("last", "until").aggregate(n=days.count()).execute()
    refuse_none(len(frame))
    end = as_of or clock.local_day(span[1]) + dt.timedelta(days=1)
    return Gaps(
        frame.astype({"last": "int64", "until": "float64", "n": "int64"}), end, kept.warnings
    )
