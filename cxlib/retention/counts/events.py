"""An event log and who is a customer since when -> events of which it is known whether they
count."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import ibis
import ibis.expr.types as ir

from cxlib import check
from cxlib.errors import CohortError, EmptyDataError
from cxlib.rows.clock import Clock
from cxlib.rows.engines import label
from cxlib.rows.moments import date_column, day_number, place_events
from cxlib.rows.table import as_table


def mark_counted(events: ir.Table, members: ir.Table | None, as_of: dt.date | None) -> ir.Table:
    """Mark each event: seen (before as_of, with a time) and counted (seen, and not before
    acquisition).

    `cx_place` is its period, missing where it is not counted: aggregates pass over what is missing,
    and are a fifth faster than with a condition each."""
    events = events.mutate(cx_seen=seen_before(events, as_of))
    if members is None:
        place = (
            events.cx_period if as_of is None else ibis.cases((events.cx_seen, events.cx_period))
        )
        return events.mutate(cx_counted=events.cx_seen, cx_place=place)
    events = events.left_join(members.select("cx_customer", "cx_acquired"), "cx_customer").drop(
        "cx_customer_right"
    )
    since: Any = events.cx_day >= events.cx_acquired
    counted = events.cx_seen & since.fill_null(False)
    return events.mutate(cx_counted=counted, cx_place=ibis.cases((counted, events.cx_period)))


def seen_before(events: ir.Table, as_of: dt.date | None) -> ir.BooleanValue:
    """Return which events have a time before `as_of`."""
    if as_of is None:
        return events.cx_time.notnull()
    before: Any = events.cx_day < day_number(as_of)
    return before.fill_null(False)


def keep_seen(events: ir.Table, as_of: dt.date | None) -> ir.Table:
    """Return the events that have a customer and a time before `as_of`."""
    events = events.filter(events.cx_day.notnull(), events.cx_customer.notnull())
    return events if as_of is None else events.filter(events.cx_day < day_number(as_of))


def refuse_none(events: Any) -> None:
    """Refuse counts that hold no event.

    Raises
    ------
    EmptyDataError
        If there is none.
    """
    if not events:
        raise EmptyDataError(
            "no event is left: no row has both a customer and a time before as_of; check the "
            "columns and as_of"
        )


def place_members(
    acquired: Any, *, customer: str, on: str, groups: Mapping[str, str], clock: Clock
) -> ir.Table:
    """Give each row of an acquisition table its day and period, as `rows.moments.place_events`."""
    table = as_table(acquired)
    check.columns(table.columns, customer=customer, acquired_on=on, by=list(groups))
    if table[on].type().is_string():
        table = table.mutate(**{on: date_column(table, on, "acquired_on", zone=clock.zone)})
    keep = {column: name for name, column in groups.items()}
    return place_events(table, customer=customer, time=on, clock=clock, keep=keep)


def first_labels(
    rows: ir.Table, groups: Mapping[str, str], moment: ir.Column
) -> dict[str, ir.Value]:
    """Return the first known value in time of each column of groups, as a label."""
    return {
        column: label(rows[column].argmin(moment, where=rows[column].notnull()))
        for column in groups.values()
    }


def refuse_strangers(events: Any, acquired: Any, *, customer: str) -> None:
    """Refuse events of which none belongs to a customer with an acquisition date.

    Raises
    ------
    CohortError
        With an id of each table, since they are mostly written in two ways.
    """
    here, there = (_first_id(as_table(data), customer) for data in (events, acquired))
    raise CohortError(
        f"customer={customer!r}: none of the events belongs to a customer with an acquisition "
        f"date; write the ids alike in both files (here {here!r} and {there!r}), or name the "
        "right file of customers"
    )


def _first_id(table: ir.Table, customer: str) -> str:
    known = table.filter(table[customer].notnull()).select(cx_id=table[customer]).limit(1)
    return ", ".join(str(row["cx_id"]) for row in known.to_pyarrow().to_pylist())
