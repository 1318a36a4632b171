"""Subscriptions -> duration counts, by one GROUP BY where they lie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir

from cxlib import check
from cxlib.errors import CohortError
from cxlib.retention.counts.durations import add_labels, split_by_outcome
from cxlib.retention.durations import Durations, Lost
from cxlib.retention.groups import carry_groups
from cxlib.rows.engines import identifier, refuse_untested
from cxlib.rows.moments import date_column, days_from_epoch
from cxlib.rows.table import as_table

_FOREVER = 10**6  # the day, since 1970, on which a spell ends that goes on


@check.arguments
def durations_from_spells(
    subscriptions: Any,
    *,
    customer: str,
    started: str,
    ended: str,
    as_of: dt.date,
    unit: str = "month",
    zone: str = "UTC",
    by: str | Sequence[str] | None = (),
    customers: Any = None,
    renewal_days: int = 1,
) -> Durations:
    """Count customers by how long their first subscription lasted; one that has not ended before
    `as_of` is censored.

    A subscription that goes on from an earlier one of the same customer (it overlaps it, or begins
    on the day it ended or up to `renewal_days` after: a renewal) counts as one with it. Those of a
    customer who came back later are counted and left out, so that each customer counts once.

    A table that holds only subscriptions still running on some day lacks those that ended before
    it: its curve is too high. Count such data by `count_durations(entry=...)`.

    Parameters
    ----------
    subscriptions : anything `table.as_table` takes
        One row a spell.
    customer, started, ended : str
        Columns: who, first day, and the day on which it ended (empty where it goes on).
    as_of : datetime.date
        Exclusive: the first day for which the table is not complete.
    unit : {"month", "day"}
        Months run from day to day of the month (31 January to 28 February is not yet one). A spell
        that ended in its k-th month is lost at tenure k, so `survival` at 6 is the share that
        stayed longer than 6 months. A month of tenure that was not over at `as_of` is left out, for
        those who left in it too, as an unfinished period is in the triangle.
    zone : str
        Whose calendar the days are of. Days are never shifted; moments are refused unless it is
        UTC.
    by : str or sequence of str
        Columns of groups, of `customers` if it is given, else of `subscriptions` (of the customer's
        first spell).
    customers : anything `table.as_table` takes, optional
        One row a customer, with `customer` and the columns of `by`.
    renewal_days : int
        Days between two spells of a customer, at most, by which the later one goes on from the
        earlier.

    Returns
    -------
    Durations
        One row a group and tenure (months or days): the columns of `by`, `tenure`, `lost`,
        `censored`. `tally` counts the rows, and those left out.

    Raises
    ------
    ColumnError
        If a column is absent or holds something else than dates.
    CohortError
        If all spells end before they start; where some do, they are left out and told.
    EmptyDataError
        If no spell is left.
    ParameterError
        If `unit` is unknown.
    SourceError
        If a table cannot be read, or lies on an engine that has not passed the conformance tests.
    """
    check.one_of("unit", unit, ("month", "day"))
    table, groups = refuse_untested(as_table(subscriptions)), carry_groups(by)
    own = groups if customers is None else {}
    check.columns(table.columns, customer=customer, started=started, ended=ended, by=list(own))
    rows = table.select(
        cx_customer=identifier(table[customer]),
        cx_start=date_column(table, started, "started", zone=zone),
        cx_end=date_column(table, ended, "ended", zone=zone),
        **{column: table[name] for name, column in own.items()},
    )
    last = ibis.literal(as_of - dt.timedelta(days=1))
    rows = _give_status(rows, last, renewal_days)
    tally = _tally(rows, started, ended)
    first = _with_tenure(
        add_labels(_first_spells(rows, list(own.values())), customers, customer, groups), last, unit
    )
    frame = (
        first.group_by([*groups.values(), "tenure", "gone"])
        .aggregate(customers=first.count())
        .execute()
    )
    return split_by_outcome(frame, groups, unit=unit, tally=tally, definition=Lost.SPELL)


def _first_spells(rows: ir.Table, columns: Sequence[str]) -> ir.Table:
    """One row a customer: where the first spell starts, and ends with what goes on from it."""
    rows = rows.filter(rows.cx_status == "in")
    first = rows.group_by("cx_customer").aggregate(
        cx_start=rows.cx_start.min(),
        cx_last=rows.cx_end.max(),
        cx_open=rows.cx_end.isnull().any(),
        **{name: rows[name].argmin(rows.cx_start) for name in columns},
    )
    return first.mutate(cx_end=ibis.ifelse(first.cx_open, ibis.null("date"), first.cx_last))


def _give_status(rows: ir.Table, last: ir.Value, renewal_days: int) -> ir.Table:
    """Give each spell its `cx_status`: "in" (a customer's first, and what goes on from it), or why
    it is left out."""
    status = ibis.cases(
        (rows.cx_customer.isnull(), "missing_customer"),
        (rows.cx_start.isnull(), "missing_start"),
        (rows.cx_end < rows.cx_start, "reversed_spell"),
        (rows.cx_start > last, "after_as_of"),
        else_="in",
    )
    rows = rows.mutate(
        cx_status=status,
        cx_from=days_from_epoch(rows.cx_start),
        cx_to=days_from_epoch(rows.cx_end).fill_null(_FOREVER),
    )
    groups, order = [rows.cx_customer, rows.cx_status], [rows.cx_from, rows.cx_to]
    rows = rows.mutate(
        cx_reach=rows.cx_to.cummax(group_by=groups, order_by=order),
        cx_place=ibis.row_number().over(group_by=groups, order_by=order),
    )
    groups, order = [rows.cx_customer, rows.cx_status], [rows.cx_place]
    apart = (
        rows.cx_from > rows.cx_reach.lag().over(group_by=groups, order_by=order) + renewal_days
    ).fill_null(False)
    rows = rows.mutate(cx_apart=apart.cast("int32"))
    rows = rows.mutate(
        cx_breaks=rows.cx_apart.cumsum(
            group_by=[rows.cx_customer, rows.cx_status], order_by=rows.cx_place
        )
    )
    return rows.mutate(
        cx_status=ibis.ifelse(
            (rows.cx_status == "in") & (rows.cx_breaks > 0), "later_spell", rows.cx_status
        )
    )


def _tally(rows: ir.Table, started: str, ended: str) -> dict[str, int]:
    """Count the spells by what became of them; refuse a table of which all end before they
    start."""
    continued = (rows.cx_status == "in") & (rows.cx_place > 0)
    kinds = (
        rows.group_by(kind=ibis.ifelse(continued, "continued_spell", rows.cx_status))
        .aggregate(n=rows.count())
        .execute()
    )
    counts = dict(zip(kinds["kind"], kinds["n"].astype(int), strict=True))
    if counts.get("in", 0) == 0 and "reversed_spell" in counts:
        raise CohortError(
            f"ended={ended!r} lies before started={started!r} in all {counts['reversed_spell']:,} "
            "subscriptions that could be counted; name the columns the other way round, or "
            "correct these rows"
        )
    left_out = (
        "reversed_spell",
        "missing_customer",
        "missing_start",
        "after_as_of",
        "continued_spell",
        "later_spell",
    )
    return {"rows": sum(counts.values()), **{name: counts.get(name, 0) for name in left_out}}


def _with_tenure(rows: ir.Table, last: ir.Value, unit: str) -> ir.Table:
    """Add `tenure` and `gone`: lost at that tenure, or censored."""
    elapsed = _months if unit == "month" else _days_between
    followed, stayed = elapsed(rows.cx_start, last), elapsed(rows.cx_start, rows.cx_end)
    if unit == "month":
        stayed = stayed + (rows.cx_end.day() != rows.cx_start.day()).cast(
            "int32"
        )  # a month begun counts as the month of leaving
    gone = ((rows.cx_end <= last) & (stayed <= followed)).fill_null(False)
    return rows.mutate(tenure=ibis.ifelse(gone, stayed, followed), gone=gone)


def _months(start: ir.Value, end: ir.Value) -> ir.Value:
    """Whole months elapsed, as integers: engines disagree on their own month differences."""
    months = (end.year() - start.year()) * 12 + (end.month() - start.month())
    return (months - (end.day() < start.day()).cast("int32")).cast("int64")


def _days_between(start: ir.Value, end: ir.Value) -> ir.Value:
    return days_from_epoch(end) - days_from_epoch(start)
