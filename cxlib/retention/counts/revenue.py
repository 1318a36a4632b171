"""Events -> a value summed by customer and period, by one GROUP BY where they lie: what net and
gross revenue retention need."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np

from cxlib import check
from cxlib.retention.counts.events import keep_seen, refuse_none
from cxlib.retention.counts.strays import leave_out_strays
from cxlib.retention.methods.revenue_kept import KeptSums
from cxlib.retention.methods.rhythms import Payers, describe_payers
from cxlib.rows.clock import Clock
from cxlib.rows.engine_memory import leave_room
from cxlib.rows.engines import COPIES, SUM, drop_duplicates
from cxlib.rows.moments import place_events
from cxlib.rows.table import as_table, numeric
from cxlib.rows.table_parts import begins, sorted_parts
from cxlib.shown.message import Message


@dataclass(frozen=True, slots=True, eq=False)
class Sums:
    """A value summed by customer and period.

    Attributes
    ----------
    kept : KeptSums
        What the sums say of revenue kept.
    first : int
        Index of the period of the first sum.
    payers : Payers
        Who pays, and how often.
    rows, refunded : int
        Customers' periods with an event, and of them those with a sum below 0.
    as_of : datetime.date
        The given one, or the day after the last event.
    dropped : int
        Rows left out as `duplicates` (as in `count_cohorts`), of those with a customer and a time.
    events, negative, zero : int
        Events that were summed, and of them those with a value below 0, and of 0.
    warnings : tuple of Message
        Which events were left out for their dates.
    """

    kept: KeptSums
    first: int
    payers: Payers
    rows: int
    refunded: int
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
    seed: int = 1,
) -> Sums:
    """Sum a value by customer and period, and what a bootstrap by customer needs of it.

    Events without a customer, a time or on or after `as_of` are left out. The sums come sorted, and
    are looked at part by part: there may be more of them than memory holds.
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
    counts = _count_amounts(events)
    refuse_none(counts["events"])
    ends = as_of or clock.local_day(span[1]) + dt.timedelta(days=1)
    first, last = clock.index(clock.local_day(span[0])), clock.index(ends - dt.timedelta(days=1))
    sums = KeptSums(last - first + 1, seed)
    payers, rows, refunded = _gather(events, sums, first, clock.period)
    return Sums(
        kept=sums,
        first=first + sums.first,
        payers=payers,
        rows=rows,
        refunded=refunded,
        as_of=ends,
        warnings=kept.warnings,
        **counts,
    )


def _count_amounts(events: ir.Table) -> dict[str, int]:
    """Count the events, and those of which there is something to say."""
    found = events.aggregate(
        events=events.count(),
        dropped=events[COPIES].sum() - events.count() if COPIES in events.columns else 0,
        negative=(events.cx_value < 0).sum(),
        zero=(events.cx_value == 0).sum(),
    )
    [counts] = found.to_pyarrow().to_pylist()
    return {name: int(n or 0) for name, n in counts.items()}


def _gather(events: ir.Table, kept: KeptSums, first: int, period: str) -> tuple[Payers, int, int]:
    """Add the sums to `kept`; return who pays, and how many sums there are, and below 0."""
    sums = events.group_by("cx_customer", "cx_period").aggregate(
        value=events.cx_value.sum().cast("float64").fill_null(0.0)
    )
    payers, rows, refunded = [], 0, 0
    with leave_room(events):
        for part in sorted_parts(sums, "cx_customer", "cx_period"):
            number = np.cumsum(begins(part["cx_customer"]).to_numpy(zero_copy_only=False)) - 1
            column = part["cx_period"].to_numpy().astype(np.int64) - first
            value = part["value"].to_numpy()
            kept.add(number, column, value)
            payers.append(describe_payers(number, column, value, period=period))
            rows, refunded = rows + len(value), refunded + int((value < 0).sum())
    return Payers.add_up(payers), rows, refunded
