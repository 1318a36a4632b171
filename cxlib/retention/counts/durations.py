"""Orders, or times and outcomes -> duration counts, by one GROUP BY where the rows lie."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import CohortError, EmptyDataError, ParameterError
from cxlib.retention.counts.events import mark_counted, refuse_none
from cxlib.retention.counts.strays import leave_out_strays
from cxlib.retention.durations import UNITS, Durations, Lost
from cxlib.retention.groups import carry_groups, own_names
from cxlib.rows.clock import Clock
from cxlib.rows.engine_memory import leave_room
from cxlib.rows.engines import (
    copy_to_engine,
    identifier,
    label,
    match_ids,
    refuse_untested,
)
from cxlib.rows.moments import day_number, place_events
from cxlib.rows.table import as_table, numeric
from cxlib.rows.weights import refuse_unfit, unfit
from cxlib.shown.message import Message


@check.arguments
def count_durations(
    data: Any,
    *,
    duration: str,
    event: str,
    by: str | Sequence[str] | None = (),
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

    Returns
    -------
    Durations
        One row a group and tenure: the columns of `by`, `tenure`, `lost`, `censored`; with `entry`
        also `entered`, with `weight` the sums of weights and of their squares. Rows without a
        duration, an outcome or an entry are left out and tallied.

    Raises
    ------
    CohortError
        If a duration is negative or not after its entry, or `event` has other values than 0 and 1.
    WeightError
        If a weight is missing, negative or infinite; one of 0 keeps its customer in the numbers.
    ParameterError
        If `unit` is unknown, or `weight` and `entry` are both given.
    ColumnError
        If a column is absent, or one of numbers is not numeric.
    EmptyDataError
        If no complete row is left.
    SourceError
        If `data` cannot be read, or lies on an engine that has not passed the conformance tests.

    Examples
    --------
    >>> count_durations(
    ...     pd.DataFrame({"months": [1, 1, 2], "left": [1, 0, 1]}), duration="months", event="left"
    ... ).frame
       tenure  lost  censored
    0       1     1         1
    1       2     1         0
    """
    groups = carry_groups(by)
    check.one_of("unit", unit, UNITS)
    if weight is not None and entry is not None:
        raise ParameterError(
            f"weight={weight!r} and entry={entry!r} cannot be counted together: the variance of a "
            "weighted "
            "curve needs each customer's entry and exit at once; leave one of them out"
        )
    table = refuse_untested(as_table(data))
    check.columns(table.columns, duration=duration, event=event, by=list(groups))
    numeric(table, duration=duration, event=event, weight=weight, entry=entry)
    keys = {column: table[name] for name, column in groups.items()}
    keys |= {"tenure": table[duration], "gone": table[event]}
    keys |= {} if entry is None else {"entry": table[entry].cast("float64")}
    cells = table.group_by(**keys).aggregate(customers=table.count(), **_weight_sums(table, weight))
    frame = (
        cells.mutate(
            tenure=cells.tenure.cast("float64"),
            gone=cells.gone.cast("float64"),
            # texts are made of the few cells, not of each row
            **{column: label(cells[column]) for column in groups.values()},
        )
        .to_pyarrow()
        .to_pandas()
    )
    _refuse_contradictions(frame, duration=duration, event=event, weight=weight, entry=entry)
    rows, whole = int(frame["customers"].sum()), frame.dropna()
    tally = {"rows": rows, "missing_duration": rows - int(whole["customers"].sum())}
    return split_by_outcome(whole, groups, unit=unit, tally=tally, definition=Lost.GIVEN)


def _weight_sums(table: ir.Table, weight: str | None) -> dict[str, ir.Value]:
    if weight is None:
        return {}
    weights: Any = table[weight].cast("float64")
    return {
        "weights": weights.sum(),
        "squares": (weights * weights).sum(),
        "unfit": unfit(table[weight]).sum(),
    }


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
    if weight is not None:
        refuse_unfit(
            int(frame["unfit"].sum()),
            of=int(frame["customers"].sum()),
            parameter="weight",
            column=weight,
        )
    if entry is not None and (
        late := frame.loc[frame["entry"] >= frame["tenure"], "customers"].sum()
    ):
        raise CohortError(
            f"entry={entry!r} is not before duration={duration!r} in {int(late):,} rows; a "
            "customer who was never "
            "followed says nothing: remove these rows"
        )


@check.arguments
def durations_from_orders(
    events: Any,
    *,
    customer: str,
    time: str,
    gap_days: int,
    as_of: dt.date | None = None,
    zone: str = "UTC",
    by: str | Sequence[str] | None = (),
    customers: Any = None,
    today: dt.date | None = None,
    before_record: dt.date | None = None,
) -> Durations:
    """Count customers by the days until they were lost, where lost *means* no event for `gap_days`
    days.

    It is an operational definition, not an observed fact: a customer called lost may come back. One
    whose last event is less than `gap_days` old at `as_of` is censored.

    Parameters
    ----------
    events : anything `table.as_table` takes
        One row an event.
    customer, time, zone
        As in `count_cohorts`.
    gap_days : int
        Days without an event after which a customer is called lost.
    as_of : datetime.date, optional
        Exclusive; by default the day after the last event.
    by, customers
        As in `durations_from_spells`; the columns of `by` are those of `customers`.
    today : datetime.date, optional
        As in `count_cohorts`.
    before_record : datetime.date, optional
        Customers with an event before this day came before the record: they are left out, and
        counted.

    Returns
    -------
    Durations
        One row a group and tenure (days since the first event): the columns of `by`, `tenure`,
        `lost`, `censored`. `tally` counts the rows, and those left out.

    Raises
    ------
    ParameterError
        If `gap_days` is below 1; and as `count_cohorts`.
    ColumnError, EmptyDataError, SourceError
        As `count_cohorts`.

    Notes
    -----
    Tenure in days since the first event: last - first + gap for the lost, (as_of - 1) - first for
    the others. Equal to `inactivity90` of an independent pure Python count on CDNOW."""
    if gap_days < 1:
        raise ParameterError(f"gap_days={gap_days!r} must be at least 1; a common choice is 90")
    table, groups, clock = as_table(events), carry_groups(by), Clock(zone=zone)
    check.columns(table.columns, customer=customer, time=time)
    kept = leave_out_strays(table, time=time, clock=clock, as_of=as_of, today=today)
    table, span = kept.table, kept.span
    last = day_number(clock.local_day(span[1])) if as_of is None else day_number(as_of) - 1
    placed = place_events(table, customer=customer, time=time, clock=clock, span=span)
    placed = mark_counted(placed, None, as_of)
    rows = add_labels(_by_customer(placed, before_record), customers, customer, groups)
    gone = rows.final + gap_days <= last
    rows = rows.mutate(
        gone=gone, tenure=ibis.ifelse(gone, rows.final + gap_days - rows.first, last - rows.first)
    )
    sums = {name: rows[name].sum().cast("int64") for name in ("rows", "timed", "seen")}
    cells = rows.group_by([*groups.values(), "known", "old", "tenure", "gone"]).aggregate(
        customers=rows.count(), **sums
    )
    with leave_room(placed):
        frame = cells.to_pyarrow().to_pandas()
    tally = _tally(frame, before_record)
    frame = frame[frame["known"] & ~frame["old"] & frame["tenure"].notna()]
    return split_by_outcome(
        frame,
        groups,
        unit="day",
        tally=kept.account(tally),
        definition=Lost.GAP,
        gap_days=gap_days,
        warnings=kept.warnings,
    )


def _by_customer(placed: ir.Table, before_record: dt.date | None) -> ir.Table:
    """One row a customer: the first and the final day seen, counts of rows, whether it is `known`
    who it is, and whether the first day is `old`: before the record."""
    people = placed.group_by("cx_customer").aggregate(
        first=placed.cx_day.min(where=placed.cx_seen),
        final=placed.cx_day.max(where=placed.cx_seen),
        rows=placed.count(),
        timed=placed.cx_time.count(),
        seen=placed.cx_seen.sum(),
    )
    old = ibis.literal(False)
    if before_record is not None:
        old = (people.first < day_number(before_record)).fill_null(False)
    return people.mutate(known=people.cx_customer.notnull(), old=old)


def _tally(frame: pd.DataFrame, before_record: dt.date | None) -> dict[str, int]:
    """Return how many events there are, and are left out, by reason; refuse none left."""
    known = frame[frame["known"]]
    rows, counted = int(frame["rows"].sum()), int(known["seen"].sum())
    refuse_none(counted)
    unknown = rows - int(known["timed"].sum())
    tally = {"rows": rows, "missing": unknown, "after_as_of": rows - unknown - counted}
    if before_record is not None:
        tally["before_record"] = int(known.loc[known["old"], "customers"].sum())
    return tally


def split_by_outcome(
    frame: pd.DataFrame,
    groups: Mapping[str, str],
    *,
    unit: str,
    tally: Mapping[str, int],
    definition: Lost,
    gap_days: int | None = None,
    warnings: tuple[Message, ...] = (),
) -> Durations:
    """Return counts by tenure and outcome (`gone`) as Durations: lost and censored side by side."""
    if frame.empty:
        raise EmptyDataError("no customer is left to follow; check the columns and as_of")
    by, gone = tuple(groups.values()), frame["gone"].to_numpy(bool)
    counts: dict[str, NDArray] = {}
    for ending, source in {"": "customers", "_weight": "weights", "_square": "squares"}.items():
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
    return Durations(
        split.groupby([*by, "tenure"], as_index=False).sum(),
        by=by,
        unit=unit,
        tally=tally,
        definition=definition,
        gap_days=gap_days,
        carried=own_names(groups),
        warnings=warnings,
    )


def add_labels(
    rows: ir.Table, customers: Any, customer: str, groups: Mapping[str, str]
) -> ir.Table:
    """Give each row its groups as labels, from the table of customers where there is one."""
    if customers is None:
        check.columns(rows.columns, by=list(groups.values()))
        return rows.mutate(**{column: label(rows[column]) for column in groups.values()})
    table = as_table(customers)
    check.columns(table.columns, customer=customer, by=list(groups))
    table = table.select(
        cx_customer=identifier(table[customer]),
        **{column: table[name] for name, column in groups.items()},
    ).filter(lambda each: each.cx_customer.notnull())
    labels = table.group_by("cx_customer").aggregate(
        **{column: label(table[column].max()) for column in groups.values()}
    )
    rows, labels = match_ids(rows, copy_to_engine(labels, rows))
    joined = rows.left_join(labels, "cx_customer").drop("cx_customer_right")
    return joined.mutate(**{column: label(joined[column]) for column in groups.values()})
