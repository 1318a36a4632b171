"""Customers -> how many there are of each group."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cxlib import check
from cxlib.retention.chosen_rows import choose_rows
from cxlib.retention.named_files import read_named
from cxlib.retention.outcomes import read_outcomes
from cxlib.retention.parameters import Parameters
from cxlib.rows.group_sizes import GroupSizes, SizeUnit, count_groups
from cxlib.sources.events import open_rows


@check.arguments
def group_sizes(p: Parameters, *, by: Sequence[str]) -> GroupSizes:
    """Count the customers of each group.

    Parameters
    ----------
    p : Parameters
        As for `read`.
    by : sequence of str
        Columns of the file of customers (those are counted of whom it says when they came), of the
        orders, or of the durations.

    Raises
    ------
    CxError
        If a file cannot be read, or none of them has all the columns.
    """
    asked = choose_rows(p)
    if p.durations is not None:
        rows = read_outcomes(p).rows
        check.columns(rows.columns, for_each=by)
        who = p.customer if p.customer in rows else None
        return count_groups(rows, by=by, unit=SizeUnit.CUSTOMERS, distinct=who)
    if p.customers is not None:
        columns = {"customer": p.customer, "acquired": p.acquired}
        listed = read_named(p.customers, columns, where=asked.customers).frame
        if set(by) <= set(listed.columns):
            dated = listed[listed[p.acquired].notna()]
            return count_groups(dated, by=by, unit=SizeUnit.CUSTOMERS, distinct=p.customer)
    orders = open_rows(Path(str(p.orders)), zone=p.zone, sheet=p.sheet, where=asked.orders)
    check.columns(orders.columns, for_each=by)
    return count_groups(orders, by=by, unit=SizeUnit.CUSTOMERS, distinct=p.customer)
