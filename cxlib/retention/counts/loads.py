"""Events -> events by local day, by one GROUP BY where they lie: what the search for load gaps
needs."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from cxlib import check
from cxlib.retention.counts.events import keep_seen, refuse_none
from cxlib.retention.counts.strays import leave_out_strays
from cxlib.retention.holes import Days
from cxlib.rows.clock import Clock
from cxlib.rows.moments import EPOCH, day_number, place_events
from cxlib.rows.table import as_table
from cxlib.shown.result import Absent, Result


@check.arguments
def count_days(
    events: Any,
    *,
    customer: str,
    time: str,
    zone: str = "UTC",
    loaded: str | None = None,
    as_of: dt.date | None = None,
    today: dt.date | None = None,
) -> Days | Absent:
    """Count events by local day, and by how many days later they were loaded.

    Parameters
    ----------
    events, customer, time, zone, as_of, today
        As in `count_cohorts`. Rows are counted, duplicates too: what was loaded twice shows as a
        day with too many.
    loaded : str, optional
        Column with the date or time at which the row was loaded.

    Returns
    -------
    Days or Absent
        Events by local day, from the first up to the day before `as_of`, and rows by days until
        loaded; `loading` takes it. Absent where `events` is None.

    Raises
    ------
    ColumnError, EmptyDataError, ParameterError, SourceError
        As `count_cohorts`.

    Examples
    --------
    >>> orders = pd.DataFrame(
    ...     {"who": ["a", "b"], "day": [dt.date(2024, 1, 30), dt.date(2024, 1, 30)]}
    ... )
    >>> count_days(orders, customer="who", time="day").events.tolist()
    [2]
    """
    if events is None:
        return Absent.of("retention.no_events", Result)
    table, clock = as_table(events), Clock(zone=zone)
    check.columns(table.columns, customer=customer, time=time, loaded=loaded)
    kept = leave_out_strays(table, time=time, clock=clock, as_of=as_of, today=today)
    table, span = kept.table, kept.span
    keep = {"cx_loaded": loaded} if loaded else {}
    placed = place_events(table, customer=customer, time=time, clock=clock, keep=keep, span=span)
    days = _by_day(keep_seen(placed, as_of), clock)
    refuse_none(len(days))
    return replace(_days(days, as_of), warnings=kept.warnings)


def _by_day(rows: ir.Table, clock: Clock) -> pd.DataFrame:
    """Return `cx_day`, `events` and `lag`, the days until they were loaded, where that is known."""
    if "cx_loaded" not in rows.columns:
        counts = rows.group_by("cx_day").aggregate(events=rows.count())
        return counts.execute().assign(lag=float("nan"))
    # the local day of loading, with that of the event in the place of a customer
    rows = place_events(rows, customer="cx_day", time="cx_loaded", clock=clock)
    days = rows.group_by("cx_customer", "cx_day").aggregate(events=rows.count()).execute()
    days = days.rename(columns={"cx_day": "cx_loaded", "cx_customer": "cx_day"})
    return days.assign(lag=days["cx_loaded"].astype(float) - days["cx_day"])


def _days(days: pd.DataFrame, as_of: dt.date | None) -> Days:
    """Put the counts into the order of the calendar, days without any event among them."""
    first, last = int(days["cx_day"].min()), int(days["cx_day"].max())
    end = last + 1 if as_of is None else day_number(as_of)
    counts = days.groupby("cx_day")["events"].sum().reindex(range(first, end), fill_value=0)
    known = days.dropna(subset=["lag"])
    last_load = (
        None
        if known.empty
        else EPOCH + dt.timedelta(days=int((known["cx_day"] + known["lag"]).max()))
    )
    return Days(
        first=EPOCH + dt.timedelta(days=first),
        events=counts.to_numpy("int64"),
        lags=known.groupby(known["lag"].astype("int64"))["events"].sum(),
        last_load=last_load,
    )
