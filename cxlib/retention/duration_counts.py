"""Spells, orders, or times and outcomes -> duration counts, by one GROUP BY where the rows lie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import CohortError, EmptyDataError, ParameterError, WeightError
from cxlib.retention.counts import date_column, day_number, judged, names, placed_events, spanned
from cxlib.retention.durations import UNITS, Durations
from cxlib.retention.engine_counts import (
    alike,
    beside,
    conforming,
    identifier,
    label,
    memory_given_back,
)
from cxlib.retention.periods import Clock
from cxlib.table import as_table, numeric

_FOREVER = 10**6  # the day, since 1970, on which a spell ends that goes on


def count_durations(
    data: Any,
    *,
    duration: str,
    event: str,
    by: str | Sequence[str] = (),
    weight: str | None = None,
    entry: str | None = None,
    unit: str = "period",
) -> Durations:
    """Count data that already are times and outcomes: lost and censored by tenure.

    Parameters
    ----------
    data : anything `table.as_table` takes
        One row a customer.
    duration : str
        Column with the time followed, 0 or more, in one unit.
    event : str
        Column that is 1 (or true) where the customer was lost at that time, 0 where still there
        (censored).
    by : str or sequence of str
        Columns of groups.
    weight : str, optional
        Column with how many customers a row stands for (from `bias.rake`, say); its sums are kept
        beside the numbers of people.
    entry : str, optional
        Column with the time from which a customer was followed, less than `duration`: one who had
        been a customer for 5 months when the records began could not be seen to leave before. Such
        a customer is at risk at times after `entry` only.
    unit : {"day", "week", "month", "quarter", "year", "period"}
        Unit of `duration`, for the reader.

    Raises
    ------
    CohortError
        If a duration is negative or not after its entry, or `event` has other values than 0 and 1.
    WeightError
        If a weight is negative or missing.

    Examples
    --------
    >>> count_durations(
    ...     pd.DataFrame({"months": [1, 1, 2], "left": [1, 0, 1]}), duration="months", event="left"
    ... ).frame
       tenure  lost  censored
    0       1     1         1
    1       2     1         0
    """
    by = names(by)
    check.one_of("unit", unit, UNITS)
    if weight is not None and entry is not None:
        raise ParameterError(
            f"weight={weight!r} and entry={entry!r} cannot be counted together: the variance of a "
            "weighted "
            "curve needs each customer's entry and exit at once; leave one of them out"
        )
    table = conforming(as_table(data))
    check.columns(table.columns, duration=duration, event=event, by=by)
    numeric(table, duration=duration, event=event, weight=weight, entry=entry)
    keys = {name: table[name] for name in by} | {"tenure": table[duration], "gone": table[event]}
    keys |= {} if entry is None else {"entry": table[entry].cast("float64")}
    weights = None if weight is None else table[weight].cast("float64")
    sums = (
        {}
        if weight is None
        else {
            "weights": weights.sum(),
            "squares": (weights * weights).sum(),
            "unfit": ((weights < 0) | weights.isnull()).sum(),
        }
    )
    cells = table.group_by(**keys).aggregate(
        customers=table.count(), **sums
    )  # texts are made of the few cells, not of each row
    frame = (
        cells.mutate(
            tenure=cells.tenure.cast("float64"),
            gone=cells.gone.cast("float64"),
            **{name: label(cells[name]) for name in by},
        )
        .to_pyarrow()
        .to_pandas()
    )
    _refuse_contradictions(frame, duration=duration, event=event, weight=weight, entry=entry)
    rows, whole = int(frame["customers"].sum()), frame.dropna()
    tally = {"rows": rows, "missing_duration": rows - int(whole["customers"].sum())}
    return _durations(whole, by, unit=unit, tally=tally)


def _refuse_contradictions(
    frame: pd.DataFrame, *, duration: str, event: str, weight: str | None, entry: str | None
) -> None:
    negative = frame.loc[frame["tenure"] < 0, "customers"].sum()
    if negative:
        raise CohortError(
            f"duration={duration!r} has {int(negative):,} negative values (lowest: "
            f"{frame['tenure'].min():g}); "
            "a customer cannot leave before coming: correct or remove these rows"
        )
    if not {*frame["gone"].dropna()} <= {0, 1}:
        raise CohortError(
            f"event={event!r} has values other than 0 and 1; write 1 where the customer was lost "
            "and 0 where not"
        )
    if weight is not None and (frame["unfit"].sum() or not np.isfinite(frame["weights"]).all()):
        raise WeightError(
            f"weight={weight!r} is negative, missing or no number in some rows; give each customer "
            "a weight of "
            "0 or more"
        )
    if entry is not None and (
        late := frame.loc[frame["entry"] >= frame["tenure"], "customers"].sum()
    ):
        raise CohortError(
            f"entry={entry!r} is not before duration={duration!r} in {int(late):,} rows; a "
            "customer who was never "
            "followed says nothing: remove these rows"
        )


def durations_from_spells(
    subscriptions: Any,
    *,
    customer: str,
    started: str,
    ended: str,
    as_of: dt.date,
    unit: str = "month",
    zone: str = "UTC",
    by: str | Sequence[str] = (),
    customers: Any = None,
) -> Durations:
    """Count customers by how long their first subscription lasted; one that has not ended before
    `as_of` is censored.

    A subscription that goes on from an earlier one of the same customer (it overlaps it, or begins
    on the day it ended or the day after: a renewal) counts as one with it. Those of a customer who
    came back later are counted and left out, so that each customer counts once.

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

    A table that holds only subscriptions still running on some day lacks those that ended before
    it: its curve is too high. Count such data by `count_durations(entry=...)`.

    Raises
    ------
    ColumnError
        If a column is absent or holds something else than dates.
    CohortError
        If a spell ends before it starts.
    EmptyDataError
        If no spell is left.
    """
    check.one_of("unit", unit, ("month", "day"))
    table, by = conforming(as_table(subscriptions)), names(by)
    check.columns(
        table.columns,
        customer=customer,
        started=started,
        ended=ended,
        by=() if customers is not None else by,
    )
    rows = table.select(
        cx_customer=identifier(table[customer]),
        cx_start=date_column(table, started, "started", zone=zone),
        cx_end=date_column(table, ended, "ended", zone=zone),
        **{name: table[name] for name in by if customers is None},
    )
    last = ibis.literal(as_of - dt.timedelta(days=1))
    rows = _judged_spells(rows, last)
    tally = _tally(rows, started, ended)
    rows = rows.filter(rows.cx_status == "in")
    kept = {name: rows[name].argmin(rows.cx_start) for name in by if customers is None}
    first = rows.group_by("cx_customer").aggregate(
        cx_start=rows.cx_start.min(),
        cx_last=rows.cx_end.max(),
        cx_open=rows.cx_end.isnull().any(),
        **kept,
    )
    first = first.mutate(cx_end=ibis.ifelse(first.cx_open, ibis.null("date"), first.cx_last))
    first = _with_tenure(_with_labels(first, customers, customer, by), last, unit)
    frame = first.group_by([*by, "tenure", "gone"]).aggregate(customers=first.count()).execute()
    return _durations(frame, by, unit=unit, tally=tally, definition="spell")


def _judged_spells(rows: ir.Table, last: ir.Value) -> ir.Table:
    """Give each spell its `cx_status`: "in" (a customer's first, and what goes on from it), or why
    it is left out."""
    status = ibis.cases(
        (rows.cx_customer.isnull(), "missing_customer"),
        (rows.cx_start.isnull(), "missing_start"),
        (rows.cx_end < rows.cx_start, "reversed"),
        (rows.cx_start > last, "after_as_of"),
        else_="in",
    )
    rows = rows.mutate(
        cx_status=status, cx_from=_day(rows.cx_start), cx_to=_day(rows.cx_end).fill_null(_FOREVER)
    )
    groups, order = [rows.cx_customer, rows.cx_status], [rows.cx_from, rows.cx_to]
    rows = rows.mutate(
        cx_reach=rows.cx_to.cummax(group_by=groups, order_by=order),
        cx_place=ibis.row_number().over(group_by=groups, order_by=order),
    )
    groups, order = [rows.cx_customer, rows.cx_status], [rows.cx_place]
    apart = (
        rows.cx_from > rows.cx_reach.lag().over(group_by=groups, order_by=order) + 1
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
    """Count the spells by what became of them; refuse those that end before they start."""
    continued = (rows.cx_status == "in") & (rows.cx_place > 0)
    kinds = (
        rows.group_by(kind=ibis.ifelse(continued, "continued_spell", rows.cx_status))
        .aggregate(n=rows.count())
        .execute()
    )
    counts = dict(zip(kinds["kind"], kinds["n"].astype(int), strict=True))
    if "reversed" in counts:
        raise CohortError(
            f"ended={ended!r} lies before started={started!r} in {counts['reversed']:,} of the "
            "subscriptions; "
            "correct or remove these rows"
        )
    left_out = (
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


def durations_from_orders(
    events: Any,
    *,
    customer: str,
    time: str,
    gap_days: int,
    as_of: dt.date | None = None,
    zone: str = "UTC",
    by: str | Sequence[str] = (),
    customers: Any = None,
) -> Durations:
    """Count customers by the days until they were lost, where lost *means* no event for `gap_days`
    days.

    It is an operational definition, not an observed fact: a customer called lost may come back. One
    whose last event is less than `gap_days` old at `as_of` is censored.

    Parameters
    ----------
    events : anything `table.as_table` takes
        One row an event, with `customer` and `time` as in `count_cohorts`.
    gap_days : int
        Days without an event after which a customer is called lost.
    as_of : datetime.date, optional
        Exclusive; by default the day after the last event.
    by, customers
        As in `durations_from_spells`; the columns of `by` are those of `customers`.

    Notes
    -----
    Tenure in days since the first event: last - first + gap for the lost, (as_of - 1) - first for
    the others. Equal to `inactivity90` of an independent pure Python count on CDNOW."""
    if gap_days < 1:
        raise ParameterError(f"gap_days={gap_days!r} must be at least 1; a common choice is 90")
    table, by = as_table(events), names(by)
    check.columns(table.columns, customer=customer, time=time)
    clock = Clock(zone=zone)
    span = spanned(table, time=time, clock=clock, as_of=as_of)
    last = day_number(clock.local_day(span[1])) if as_of is None else day_number(as_of) - 1
    placed = judged(
        placed_events(table, customer=customer, time=time, clock=clock, span=span), None, as_of
    )
    missing = placed.cx_customer.isnull() | placed.cx_time.isnull()
    counted = placed.filter(placed.cx_seen, placed.cx_customer.notnull())
    tally = (
        placed.aggregate(
            rows=placed.count(),
            missing=missing.sum(),
            counted=placed.count(where=placed.cx_seen & ~missing),
        )
        .to_pyarrow()
        .to_pylist()[0]
    )
    if not tally["counted"]:
        raise EmptyDataError(
            "no event is left: no row has both a customer and a time before as_of; check the "
            "columns and as_of"
        )
    rows = counted.group_by("cx_customer").aggregate(
        first=counted.cx_day.min(), final=counted.cx_day.max()
    )
    rows = _with_labels(rows, customers, customer, by)
    gone = rows.final + gap_days <= last
    rows = rows.mutate(
        gone=gone, tenure=ibis.ifelse(gone, rows.final + gap_days - rows.first, last - rows.first)
    )
    with memory_given_back(placed):
        frame = rows.group_by([*by, "tenure", "gone"]).aggregate(customers=rows.count()).execute()
    left_out = {
        "missing": int(tally["missing"]),
        "after_as_of": int(tally["rows"] - tally["missing"] - tally["counted"]),
    }
    return _durations(
        frame,
        by,
        unit="day",
        tally={"rows": int(tally["rows"]), **left_out},
        definition="gap",
        gap_days=gap_days,
    )


def _durations(frame: pd.DataFrame, by: tuple[str, ...], **described: Any) -> Durations:
    if frame.empty:
        raise EmptyDataError("no customer is left to follow; check the columns and as_of")
    gone, kept = (
        frame["gone"].to_numpy(bool),
        {"": "customers", "_weight": "weights", "_square": "squares"},
    )
    counts = {}
    for ending, source in kept.items():
        if source in frame:
            values = frame[source].to_numpy()
            counts |= {
                f"lost{ending}": np.where(gone, values, 0),
                f"censored{ending}": np.where(gone, 0, values),
            }
    split = pd.DataFrame({name: frame[name].to_numpy() for name in (*by, "tenure")} | counts)
    if "entry" in frame:
        came = frame[[*by]].assign(
            tenure=frame["entry"], entered=frame["customers"]
        )  # after it, not at it
        split = pd.concat([split, came]).fillna({"lost": 0, "censored": 0, "entered": 0})
        split = split.astype({"lost": "int64", "censored": "int64", "entered": "int64"})
    if (split["tenure"] % 1 == 0).all():
        split["tenure"] = split["tenure"].astype("int64")
    return Durations(split.groupby([*by, "tenure"], as_index=False).sum(), by=by, **described)


def _with_labels(rows: ir.Table, customers: Any, customer: str, by: Sequence[str]) -> ir.Table:
    """Give each row the columns of `by` as labels, from the table of customers where there is
    one."""
    if customers is None:
        check.columns(rows.columns, by=by)
        return rows.mutate(**{name: label(rows[name]) for name in by})
    table = as_table(customers)
    check.columns(table.columns, customer=customer, by=by)
    table = table.mutate(cx_customer=identifier(table[customer])).filter(
        lambda rows: rows.cx_customer.notnull()
    )
    labels = table.group_by("cx_customer").aggregate(
        **{name: label(table[name].max()) for name in by}
    )
    rows, labels = alike(rows, beside(labels, rows))
    joined = rows.left_join(labels, "cx_customer").drop("cx_customer_right")
    return joined.mutate(**{name: label(joined[name]) for name in by})


def _months(start: ir.Value, end: ir.Value) -> ir.Value:
    """Whole months elapsed, as integers: engines disagree on their own month differences."""
    months = (end.year() - start.year()) * 12 + (end.month() - start.month())
    return (months - (end.day() < start.day()).cast("int32")).cast("int64")


def _days_between(start: ir.Value, end: ir.Value) -> ir.Value:
    return _day(end) - _day(start)


def _day(date: ir.Value) -> ir.Value:
    """Days since 1970-01-01."""
    return date.cast("timestamp").epoch_seconds() // 86400
