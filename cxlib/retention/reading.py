"""The notebook's parameters -> the files that they name, opened and checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib import check
from cxlib.bound_values import as_condition
from cxlib.errors import ColumnError, ParameterError
from cxlib.retention.beside import look_beside
from cxlib.retention.chosen_rows import choose_rows
from cxlib.retention.cohorts import MOST_PERIODS
from cxlib.retention.counts.identities import profile_ids
from cxlib.retention.counts.starts import events_since, first_events
from cxlib.retention.counts.strays import leave_out_strays
from cxlib.retention.named_files import Said, clean_groups, read_named
from cxlib.retention.outcomes import read_outcomes
from cxlib.retention.parameters import Parameters
from cxlib.retention.records import File, Files, Records
from cxlib.retention.subscriptions import read_subscriptions
from cxlib.rows import names
from cxlib.rows.clock import Clock
from cxlib.rows.conditions import Condition, Kept, both, parse_condition
from cxlib.rows.engines import SUM, refuse_unequal
from cxlib.rows.moments import read_date_columns
from cxlib.rows.remembered import remember
from cxlib.shown.message import Message
from cxlib.shown.reading import with_condition
from cxlib.sources import read_events
from cxlib.sources.events import choose_events, open_event_log
from cxlib.sources.server_tables import begin_reading, facts_of


@check.arguments
def read(p: Parameters, *, today: dt.date | None = None) -> Records:
    """Open and check the files that the parameters name.

    Parameters
    ----------
    p : Parameters
        Names the files, their columns, the period and `as_of`.
    today : datetime.date, optional
        As in `count_cohorts`.

    Returns
    -------
    Records
        The events, customers and subscriptions; or, where the file has durations, `followed`, the
        counts of them. `read` counts the rows of each file.

    Raises
    ------
    CxError
        If a file cannot be read, a column is absent, a date is no date, or `as_of` is not after the
        first event.
    """
    begin_reading(p.orders, p.durations, p.customers, p.subscriptions)
    return _durations(p) if p.durations is not None else _events(p, today)


def _events(p: Parameters, today: dt.date | None) -> Records:
    if p.orders is None:  # refused by the parameters
        raise ParameterError("orders=None: give the file with the events")
    event = None if p.duplicates in ("exact", SUM) else p.duplicates
    asked = choose_rows(p)
    chosen = _chosen(p, asked.orders)
    log = open_event_log(
        p.orders, customer=p.customer, time=p.time, zone=p.zone, value=p.value, duplicates=event,
        dates=p.dates, sheet=p.sheet, where=asked.orders,
    )  # fmt: skip
    events, clock = log.table, Clock(zone=p.zone)
    remember(events)
    used = [name for name in (p.customer, p.time, p.value) if name is not None]
    refuse_unequal(events, event, used=used)
    ids = profile_ids(events, customer=p.customer)
    beside, blanks = look_beside(p, p.orders, where=asked.orders, totals=ids.totals)
    kept = leave_out_strays(events, time=p.time, clock=clock, today=today)
    first, last = (clock.local_day(moment) for moment in kept.span)
    if chosen is not None:  # the log goes on where the activity that counts has stopped
        every = read_events(
            p.orders, customer=p.customer, time=p.time, zone=p.zone, dates=p.dates, sheet=p.sheet
        )
        strays = leave_out_strays(every, time=p.time, clock=clock, today=today)
        last = clock.local_day(strays.span[1])
    if p.as_of is not None and p.as_of <= first:
        raise ParameterError(
            f"as_of={p.as_of} is not after the first event ({first}); it is the first day for "
            "which the data "
            f"are not complete, such as {last + dt.timedelta(days=1)}, the day after the last event"
        )
    ends = p.as_of or last + dt.timedelta(days=1)
    _refuse_lengths(p, first, ends)
    customers, (notes, warnings) = _customers(p, asked.customers)
    begun = _begun(p, events, customers, of=asked.of_customers)
    customers = customers if begun is None else begun.customers
    subscriptions, (noticed, flagged) = read_subscriptions(p, events, where=asked.of_customers)
    flags = (
        *kept.warnings,
        *log.warnings,
        *ids.warnings,
        *beside,
        *_flags(chosen),
        *(begun.warnings if begun else ()),
        *flagged,
    )
    said = (*p.noticed, *log.notes, *_notes(chosen), *(begun.notes if begun else ()))
    return Records(
        read=_files({"orders": log.rows, "customers": customers, "subscriptions": subscriptions}),
        notes=(*said, *ids.notes, *notes, *noticed),
        warnings=(*flags, *blanks, *warnings),
        flags=flags,
        subject=with_condition(None, p.where, as_condition(p.only), p.start_where),
        inputs=_inputs(p),
        tables=facts_of(_inputs(p), newest={"orders": p.time}),
        events=events,
        events_alone=events if subscriptions is None else None,
        lives=None if begun is None else begun.lives,
        told_apart_by=p.value if p.duplicates == "exact" else None,
        customers=customers,
        subscriptions=subscriptions,
        started=p.started,
        ended=p.ended,
        renewal_days=p.renewal_days,
        as_of=ends,
        until=p.as_of if chosen is None else ends,
        listed=_count_dated(p, customers),
        contradicted=_count_contradicted(p, customers),
    )


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Begun:
    """When customers began by `start_where`: as a file of customers, and their events since."""

    customers: pd.DataFrame
    lives: Any
    notes: tuple[Message, ...]
    warnings: tuple[Message, ...]


def _begun(
    p: Parameters, events: Any, customers: pd.DataFrame | None, *, of: Condition | None
) -> _Begun | None:
    if p.orders is None or p.start_where is None:
        return None
    asked = both(parse_condition(p.start_where, parameter="start_where"), of)
    chosen = _chosen(p, asked)
    if chosen is None:
        return None
    found = read_events(
        p.orders, customer=p.customer, time=p.time, zone=p.zone, dates=p.dates, sheet=p.sheet,
        where=asked,
    )  # fmt: skip
    starts = first_events(found, customer=p.customer, time=p.time, name=p.acquired)
    notes = [*chosen.notes, Message("retention.begun", n=len(starts), condition=p.start_where)]
    if customers is not None:
        listed = customers.drop(columns=p.acquired)
        key = names.fold(listed[p.customer]).values
        starts = starts.assign(**{p.customer: names.fold(starts[p.customer]).values})
        starts = listed.assign(**{p.customer: key}).merge(starts, on=p.customer, how="inner")
        if gone := len(listed) - len(starts):
            notes.append(Message("retention.never_begun", n=gone, all=len(listed)))
    return _Begun(
        customers=starts,
        lives=events_since(events, found, customer=p.customer, time=p.time),
        notes=tuple(notes),
        warnings=chosen.warnings,
    )


def _chosen(p: Parameters, asked: Condition | None) -> Kept | None:
    """Return what a condition on the events leaves, and what there is to say about it."""
    if asked is None or p.orders is None:
        return None
    return choose_events(p.orders, asked, zone=p.zone, sheet=p.sheet)


def _notes(chosen: Kept | None) -> tuple[Message, ...]:
    return () if chosen is None else chosen.notes


def _flags(chosen: Kept | None) -> tuple[Message, ...]:
    return () if chosen is None else chosen.warnings


def _refuse_lengths(p: Parameters, first: dt.date, ends: dt.date) -> None:
    clock, windows = Clock(p.period, p.zone, p.week_start), (ends - first).days // p.window_days + 1
    if clock.index(ends) == clock.index(first):
        raise ParameterError(
            f"period={p.period!r}: no {p.period} has ended between the first event ({first}) and "
            "the end of the "
            f"data ({ends}), so there is no rate yet; choose a shorter period, or give more data"
        )
    if p.clock == "own" and windows > MOST_PERIODS:
        raise ParameterError(
            f"window_days={p.window_days}: there are {windows:,} windows from {first} to {ends}, "
            "more than "
            f"{MOST_PERIODS:,}; choose longer windows, or clock='calendar'"
        )


def _customers(p: Parameters, where: Condition | None) -> tuple[pd.DataFrame | None, Said]:
    if p.customers is None:
        return None, ((), ())
    file = read_named(
        p.customers,
        {"customer": p.customer, "acquired": p.acquired, "segment": p.segment},
        where=where,
    )
    customers, read = read_date_columns(file.frame, zone=p.zone, dates=p.dates, acquired=p.acquired)
    if customers[p.acquired].isna().all():
        raise ColumnError(
            f"acquired={p.acquired!r} is empty in every row; name the column with the "
            "acquisition dates, "
            "or give customers=None: a customer then comes with the first event"
        )
    customers, (notes, warnings) = clean_groups(customers, p.segment)
    return customers, ((*file.noticed, *read, *notes), (*file.warnings, *warnings))


def _count_dated(p: Parameters, customers: pd.DataFrame | None) -> int | None:
    """Return of how many customers the file of customers says when they came."""
    if customers is None:
        return None
    dated = customers[[p.customer, p.acquired]].replace("", None).dropna()
    return dated[p.customer].nunique()


def _count_contradicted(p: Parameters, customers: pd.DataFrame | None) -> int:
    """Return of how many customers the file of customers says two dates or groups."""
    if customers is None:
        return 0
    told = [name for name in (p.customer, p.acquired, p.segment) if name is not None]
    said = customers[list(dict.fromkeys(told))].drop_duplicates()
    return said.loc[said[p.customer].duplicated(), p.customer].dropna().nunique()


def _durations(p: Parameters) -> Records:
    """Read the file of durations, and count it: it says itself who was lost, and when."""
    outcomes = read_outcomes(p)
    return Records(
        read=_files({"durations": outcomes.rows}),
        notes=(*p.noticed, *outcomes.notes),
        warnings=(*outcomes.flags, *outcomes.warnings),
        flags=outcomes.flags,
        subject=with_condition(None, p.where, as_condition(p.only)),
        inputs=_inputs(p),
        tables=facts_of(_inputs(p)),
        followed=outcomes.followed,
    )


def _files(rows: Mapping[str, int | pd.DataFrame | None]) -> Files:
    counts = {
        File(name).value: each if isinstance(each, int) else len(each)
        for name, each in rows.items()
        if each is not None
    }
    frame = pd.DataFrame({"what": list(counts), "n": list(counts.values())})
    return Files(frame=frame, method="count")


def _inputs(p: Parameters) -> dict[str, Path]:
    return {name: value for name, value in p if isinstance(value, Path)}
