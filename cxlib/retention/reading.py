"""The notebook's parameters -> the files that they name, opened and checked."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd

from cxlib import check
from cxlib.errors import ColumnError, ParameterError
from cxlib.retention.cohorts import MOST_PERIODS
from cxlib.retention.counts.durations import count_durations
from cxlib.retention.parameters import Parameters
from cxlib.retention.records import File, Files, Records
from cxlib.rows import names
from cxlib.rows.clock import Clock
from cxlib.rows.moments import check_dates, read_days
from cxlib.shown.message import Message
from cxlib.sources import Survey, read_events, read_survey

_SAID = {"yes": 1, "true": 1, "1": 1, "1.0": 1, "no": 0, "false": 0, "0": 0, "0.0": 0}
Said = tuple[tuple[Message, ...], tuple[Message, ...]]  # notes, warnings
# marks that turn the direction of writing, which no eye can see
_TURNS = r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
MOST_MONTHS = 1200  # a hundred years
MOST_GROUPS = 30  # 435 pairs; more curves cannot be told apart in a figure either


@check.arguments
def read(p: Parameters) -> Records:
    """Open and check the files that the parameters name.

    Parameters
    ----------
    p : Parameters
        Names the files, their columns, the period and `as_of`.

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
    return _durations(p, p.durations) if p.durations is not None else _events(p)


def _events(p: Parameters) -> Records:
    if p.orders is None:  # refused by the parameters
        raise ParameterError("orders=None: give the file with the events")
    event = None if p.duplicates == "exact" else p.duplicates
    events = read_events(
        p.orders, customer=p.customer, time=p.time, zone=p.zone, value=p.value, duplicates=event
    )
    first, last, rows = read_days(events, time=p.time, zone=p.zone)
    if p.as_of is not None and p.as_of <= first:
        raise ParameterError(
            f"as_of={p.as_of} is not after the first event ({first}); it is the first day for "
            "which the data "
            f"are not complete, such as {last + dt.timedelta(days=1)}, the day after the last event"
        )
    ends = p.as_of or last + dt.timedelta(days=1)
    _refuse_lengths(p, first, ends)
    customers, (notes, warnings) = _customers(p)
    subscriptions, noticed = _subscriptions(p)
    return Records(
        read=_files({"orders": rows, "customers": customers, "subscriptions": subscriptions}),
        notes=(*notes, *noticed),
        warnings=warnings,
        inputs=_inputs(p),
        events=events,
        events_alone=events if subscriptions is None else None,
        told_apart_by=p.value if p.duplicates == "exact" else None,
        customers=customers,
        subscriptions=subscriptions,
        started=p.started,
        ended=p.ended,
        as_of=ends,
        listed=_count_dated(p, customers),
        contradicted=_count_contradicted(p, customers),
    )


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


def _customers(p: Parameters) -> tuple[pd.DataFrame | None, Said]:
    if p.customers is None:
        return None, ((), ())
    file = _read_file(p.customers, customer=p.customer, acquired=p.acquired, segment=p.segment)
    customers = file.frame
    check_dates(customers, zone=p.zone, acquired=p.acquired)
    if customers[p.acquired].isna().all():
        raise ColumnError(
            f"acquired={p.acquired!r} is empty in every row; name the column with the "
            "acquisition dates, "
            "or give customers=None: a customer then comes with the first event"
        )
    customers, (notes, warnings) = _groups(customers, p.segment)
    return customers, ((*file.noticed, *notes), warnings)


def _subscriptions(p: Parameters) -> tuple[pd.DataFrame | None, tuple[Message, ...]]:
    if p.subscriptions is None:
        return None, ()
    file = _read_file(p.subscriptions, customer=p.customer, started=p.started, ended=p.ended)
    check_dates(file.frame, zone=p.zone, started=p.started, ended=p.ended)
    return file.frame, file.noticed


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


def _durations(p: Parameters, path: Path) -> Records:
    """Read the file of durations, and count it: it says itself who was lost, and when."""
    file = _read_file(path, tenure=p.tenure, lost=p.lost, segment=p.segment)
    frame, (notes, warnings) = _groups(file.frame, p.segment)
    said = frame[p.lost].astype(str).str.strip().str.lower().where(frame[p.lost].notna())
    tenure, lost = pd.to_numeric(frame[p.tenure], errors="coerce"), said.map(_SAID)
    tenure = tenure.where(tenure.between(0, math.inf, inclusive="left"))
    _refuse_unread(
        frame[p.tenure], tenure, f"tenure={p.tenure!r}", "a number of periods, 0 or more"
    )
    _refuse_unread(frame[p.lost], lost, f"lost={p.lost!r}", "yes or no, 1 or 0, true or false")
    if p.period == "month" and tenure.max() > MOST_MONTHS:
        raise ColumnError(
            f"tenure={p.tenure!r} reaches {tenure.max():,.0f}, which would be months; write it in "
            "months, or give "
            "period='week' and months= in the unit of the file: nothing is then called a month"
        )
    followed = count_durations(
        frame.assign(**{p.tenure: tenure, p.lost: lost.astype(float)}),
        duration=p.tenure,
        event=p.lost,
        by=p.segment,
        unit="month" if p.period == "month" else "period",
    )
    return Records(
        read=_files({"durations": frame}),
        notes=(*file.noticed, *notes),
        warnings=warnings,
        inputs=_inputs(p),
        followed=followed,
    )


def _refuse_unread(values: pd.Series, read: pd.Series, parameter: str, rule: str) -> None:
    bad = values[read.isna() & values.notna() & (values.astype(str).str.strip() != "")]
    if len(bad):
        raise ColumnError(
            f"{parameter}: {len(bad):,} of {len(values):,} values cannot be read as {rule} (such "
            f"as {str(bad.iloc[0])!r}); write them so, or name the right column"
        )


def _read_file(path: Path, **columns: Any) -> Survey:
    found = read_survey(path, layout="plain")
    check.columns(found.frame.columns, **columns)
    return found


def _groups(frame: pd.DataFrame, segment: str | None) -> tuple[pd.DataFrame, Said]:
    """Return the frame with the names of its groups cleaned, and what there is to say of them."""
    if segment is None:
        return frame, ((), ())
    values = frame[segment]
    if pd.api.types.is_string_dtype(values):
        values = values.str.replace(_TURNS, "", regex=True)
    folded = names.fold(values)
    groups = folded.values.nunique()
    if groups > MOST_GROUPS:
        raise ParameterError(
            f"segment={segment!r} has {groups:,} groups, and at most {MOST_GROUPS} can be "
            "compared pair by "
            "pair; name a column with fewer, or put small groups together"
        )
    said = (folded.notes(segment), folded.warnings(segment))
    return frame.assign(**{segment: folded.values}), said


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
