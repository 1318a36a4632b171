"""Events -> events by local day, by one GROUP BY where they lie: what the search for load gaps
needs."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pandas as pd

from cxlib import check
from cxlib.errors import EmptyDataError
from cxlib.retention.counts import day_number, placed_events, spanned
from cxlib.retention.loading import Days
from cxlib.retention.periods import Clock
from cxlib.table import as_table

_EPOCH = dt.date(1970, 1, 1)


def count_days(
    events: Any,
    *,
    customer: str,
    time: str,
    zone: str = "UTC",
    loaded: str | None = None,
    as_of: dt.date | None = None,
) -> Days:
    """Count events by local day, and by how many days later they were loaded.

    Parameters
    ----------
    events, customer, time, zone, as_of
        As in `count_cohorts`. Rows are counted, duplicates too: what was loaded twice shows as a
        day with too many.
    loaded : str, optional
        Column with the date or time at which the row was loaded.

    Returns
    -------
    Days
        `loading` takes it.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {"who": ["a", "b"], "day": [dt.date(2024, 1, 30), dt.date(2024, 1, 30)]}
    ... )
    >>> count_days(orders, customer="who", time="day").events.tolist()
    [2]
    """
    table, clock = as_table(events), Clock(zone=zone)
    check.columns(table.columns, customer=customer, time=time, loaded=loaded)
    span = spanned(table, time=time, clock=clock, as_of=as_of)
    rows = placed_events(
        table, customer=customer, time=time, clock=clock, keep=[loaded] if loaded else [], span=span
    )
    rows = rows.filter(rows.cx_day.notnull(), rows.cx_customer.notnull())
    if as_of is not None:
        rows = rows.filter(rows.cx_day < day_number(as_of))
    if loaded is None:
        days = (
            rows.group_by("cx_day")
            .aggregate(events=rows.count())
            .execute()
            .assign(lag=float("nan"))
        )
    else:
        rows = placed_events(
            rows, customer="cx_day", time=loaded, clock=clock
        )  # the local day of loading
        days = rows.group_by("cx_customer", "cx_day").aggregate(events=rows.count()).execute()
        days = days.rename(columns={"cx_day": "cx_loaded", "cx_customer": "cx_day"})
        days["lag"] = days["cx_loaded"].astype(float) - days["cx_day"]
    if days.empty:
        raise EmptyDataError(
            "no event is left: no row has both a customer and a time before as_of; check the "
            "columns and as_of"
        )
    return _days(days, as_of)


def _days(days: pd.DataFrame, as_of: dt.date | None) -> Days:
    """Put the counts into the order of the calendar, days without any event among them."""
    first, last = int(days["cx_day"].min()), int(days["cx_day"].max())
    end = last + 1 if as_of is None else day_number(as_of)
    counts = days.groupby("cx_day")["events"].sum().reindex(range(first, end), fill_value=0)
    known = days.dropna(subset=["lag"])
    last_load = (
        None
        if known.empty
        else _EPOCH + dt.timedelta(days=int((known["cx_day"] + known["lag"]).max()))
    )
    return Days(
        first=_EPOCH + dt.timedelta(days=first),
        events=counts.to_numpy("int64"),
        lags=known.groupby(known["lag"].astype("int64"))["events"].sum(),
        last_load=last_load,
    )
