"""Events that begin customers' lives -> when each customer began, and the events since."""

from __future__ import annotations

import ibis.expr.types as ir
import pandas as pd

from cxlib.errors import ColumnError


def first_events(starts: ir.Table, *, customer: str, time: str, name: str) -> pd.DataFrame:
    """Return the first of these events of each customer: `customer`, and `name` with the time."""
    known = starts.filter(starts[customer].notnull() & starts[time].notnull())
    first = known.group_by(customer).aggregate(**{name: known[time].min()})
    return first.order_by(customer).execute()


def events_since(events: ir.Table, starts: ir.Table, *, customer: str, time: str) -> ir.Table:
    """Return each customer's first start and the events after it; customers without a start have
    none.

    Raises
    ------
    ColumnError
        If the times of one are days and those of the other have a clock.
    """
    if events[time].type() != starts[time].type():
        raise ColumnError(
            f"start_where: time={time!r} is {events[time].type()} in the events and "
            f"{starts[time].type()} in those that begin a life; write all of them alike"
        )
    if events[customer].type() != starts[customer].type():  # plain numbers among some rows alone
        events, starts = (
            each.mutate(**{customer: each[customer].cast("string")}) for each in (events, starts)
        )
    known = starts.filter(starts[customer].notnull() & starts[time].notnull())
    first = known.group_by(customer).aggregate(cx_start=known[time].min())
    both = events.inner_join(first, customer)
    since = both.filter(both[time] > both.cx_start).select(customer, time)
    return since.union(first.select(customer, first.cx_start.name(time)))
