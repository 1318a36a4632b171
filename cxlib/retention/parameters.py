"""The notebook's parameters -> checked files -> counts: the one place where the study's files are
opened."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path
from typing import Annotated, Any, Literal

import pandas as pd
from pydantic import Field, ValidationError, ValidatorFunctionWrapHandler, field_validator

from cxlib import check
from cxlib.check import InputFile, StudyParameters
from cxlib.errors import ColumnError, ParameterError
from cxlib.retention.ages import checked_brackets
from cxlib.retention.cohorts import MOST_PERIODS
from cxlib.retention.counts import check_dates, event_days, names
from cxlib.retention.periods import Clock, known_zone
from cxlib.retention.presets import PRODUCTS, preset
from cxlib.retention.records import Records
from cxlib.retention.triangles import CLOCKS, KINDS
from cxlib.sources import read_events, read_survey

_SAID = {"yes": 1, "true": 1, "1": 1, "1.0": 1, "no": 0, "false": 0, "0": 0, "0.0": 0}
_TURNS = r"[\u200e\u200f\u202a-\u202e\u2066-\u2069]"
_Age = Annotated[int, Field(le=MOST_PERIODS)]
MOST_MONTHS = 1200  # a hundred years
MOST_GROUPS = 30  # 435 pairs; more curves cannot be told apart in a figure either


class Parameters(StudyParameters):
    """Parameters of the retention study."""

    orders: InputFile | None = Field(
        None, description="file with the events, one row each (CSV or Parquet); None: `durations`"
    )
    durations: InputFile | None = Field(
        None,
        description="file with times and outcomes, one row a customer, where there are no "
        "events; None: `orders`",
    )
    tenure: str = Field(
        "tenure", description="column of the durations with the periods a customer was followed"
    )
    lost: str = Field(
        "lost",
        description="column of the durations that says whether the customer was then lost: yes, "
        "no, 1 or 0",
    )
    customer: str = Field("customer_id", description="column with the customer, in every file")
    time: str = Field("ordered_at", description="column of the events with the date or the time")
    value: str | None = Field(
        "amount", description="column of the events with the amount; None: nothing about revenue"
    )
    zone: str = Field(
        "UTC",
        description="time zone whose calendar counts, such as Asia/Tokyo; it never shifts a mere "
        "date",
    )
    period: Literal["week", "month", "quarter", "year"] = Field(
        "month", description="length of a period"
    )
    week_start: Literal["monday", "sunday"] = Field(
        "monday", description="day on which a week starts"
    )
    duplicates: str | None = Field(
        None,
        description='"exact": events that are equal in customer, time and value count once; '
        "or the column with an event's id: one row an id; None: every row counts",
    )
    as_of: dt.date | None = Field(
        None,
        description="first day for which the data are not complete; None: the day after the last "
        "event",
    )
    customers: InputFile | None = Field(
        None,
        description="file of customers with acquisition dates and attributes; None: "
        "a customer comes with the first event",
    )
    acquired: str = Field(
        "acquired_on", description="column of the file of customers with the acquisition date"
    )
    segment: str | None = Field(
        None,
        description="column of the file of customers with the groups to compare; None: no groups",
    )
    subscriptions: InputFile | None = Field(
        None,
        description="file with subscriptions, one row each; None: a customer is "
        "lost after `gap_days` without an event",
    )
    started: str = Field("started_on", description="column of the subscriptions with the first day")
    ended: str = Field(
        "ended_on",
        description="column of the subscriptions with the day of the end, empty where it goes on",
    )
    gap_days: int = Field(
        90,
        ge=1,
        le=3650,
        description="days without an event after which a customer is called lost, where "
        "there are no subscriptions",
    )
    kind: Literal[*KINDS] = Field("on", description="what retained means in the triangle")
    brackets: list[tuple[_Age, _Age]] | None = Field(
        None,
        description="first and last age of each span, for kind bracket alone, "
        "such as [[1, 3], [4, 6]]",
    )
    clock: Literal[*CLOCKS] = Field(
        "calendar",
        description="ages of the triangle: periods of the calendar, or windows since the "
        "customer came",
    )
    window_days: int = Field(
        30, ge=1, le=3650, description="length of a window, where the clock is the customers' own"
    )
    preset: Literal[*PRODUCTS] | None = Field(
        None,
        description="product whose definition the triangle takes, in place of kind, "
        "clock and window_days; by month",
    )
    months: int = Field(
        6,
        ge=1,
        le=120,
        description="months after which the finding says how many customers are left",
    )
    confidence: float = Field(0.95, gt=0, lt=1, description="level of the intervals")

    @field_validator("zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return known_zone(value)

    @field_validator("brackets", mode="wrap")
    @classmethod
    def _brackets(
        cls, value: Any, handler: ValidatorFunctionWrapHandler
    ) -> list[tuple[int, int]] | None:
        try:
            read = handler(value)
        except ValidationError:
            raise ValueError(
                f"brackets={value!r} are no pairs of whole ages up to {MOST_PERIODS:,}; write them "
                "like "
                "[[1, 3], [4, 6]]"
            ) from None
        return None if read is None else checked_brackets(read)

    def check(self) -> None:
        """Refuse parameters that disagree with the files; customers are counted too, so that no
        count fails in the kernel."""
        records = read(self)
        records.cohorts()
        records.durations()


def read(p: Parameters) -> Records:
    """Open and check the files that the parameters name.

    Raises
    ------
    CxError
        If a file cannot be read, a column is absent, a date is no date, or `as_of` is not after the
        first event.
    """
    if (p.orders is None) == (p.durations is None):
        raise ParameterError(
            "orders and durations: give one of them: orders, one row an event, or durations, one "
            "row a customer "
            f"with how long and whether lost (orders={p.orders!r}, durations={p.durations!r})"
        )
    p = _defined(p)
    if p.durations is not None:
        return Records(p, followed=_followed(p))
    if p.segment is not None and p.customers is None:
        raise ParameterError(
            f"segment={p.segment!r} needs the file of customers that has this column; give "
            "customers=, or "
            "segment=None"
        )
    event = None if p.duplicates == "exact" else p.duplicates
    events = read_events(
        p.orders, customer=p.customer, time=p.time, zone=p.zone, value=p.value, duplicates=event
    )
    first, last = event_days(events, time=p.time, zone=p.zone)
    if p.as_of is not None and p.as_of <= first:
        raise ParameterError(
            f"as_of={p.as_of} is not after the first event ({first}); it is the first day for "
            "which the data "
            f"are not complete, such as {last + dt.timedelta(days=1)}, the day after the last event"
        )
    ends = p.as_of or last + dt.timedelta(days=1)
    _refuse_lengths(p, first, ends)
    customers = _frame(p.customers, customer=p.customer, acquired=p.acquired, segment=p.segment)
    if customers is not None:
        check_dates(customers, zone=p.zone, acquired=p.acquired)
        if customers[p.acquired].isna().all():
            raise ColumnError(
                f"acquired={p.acquired!r} is empty in every row; name the column with the "
                "acquisition dates, "
                "or give customers=None: a customer then comes with the first event"
            )
        _refuse_groups(p, customers)
    subscriptions = _frame(p.subscriptions, customer=p.customer, started=p.started, ended=p.ended)
    if subscriptions is not None:
        check_dates(subscriptions, zone=p.zone, started=p.started, ended=p.ended)
    return Records(p, events, customers, subscriptions, ends)


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


def _defined(p: Parameters) -> Parameters:
    """Return the parameters with the definition that a preset stands for; refuse what does not go
    together."""
    if p.preset is not None:
        found = preset(p.preset)
        meant = {"period": "month", **found.triangle}
        if found.triangle["clock"] == "own":
            meant["window_days"] = found.counting["days"]
        for name, value in meant.items():
            given, usual = getattr(p, name), Parameters.model_fields[name].default
            if given not in (value, usual):
                raise ParameterError(
                    f"{name}={given!r} does not go with preset={p.preset!r}, which stands for "
                    f"{name}={value!r}; "
                    f"give {name}={usual!r} and the preset decides, or preset=None and {name} "
                    "counts"
                )
        p = p.model_copy(update=meant)
    if p.kind == "bracket" and p.brackets is None:
        raise ParameterError(
            "brackets=None: kind='bracket' needs the first and last age of each span; give "
            "brackets such as "
            "[[1, 3], [4, 6]], or another kind"
        )
    if p.kind != "bracket" and p.brackets is not None:
        raise ParameterError(
            f"brackets={p.brackets!r} go with kind='bracket' only, and kind is {p.kind!r}; give "
            "kind='bracket', "
            "or brackets=None"
        )
    return p


def _followed(p: Parameters) -> pd.DataFrame:
    """Read the file of durations: `tenure` as numbers, `lost` as 1 and 0."""
    frame = _frame(p.durations, tenure=p.tenure, lost=p.lost, segment=p.segment)
    _refuse_groups(p, frame)
    said = frame[p.lost].astype(str).str.strip().str.lower().where(frame[p.lost].notna())
    tenure, lost = pd.to_numeric(frame[p.tenure], errors="coerce"), said.map(_SAID)
    tenure = tenure.where(tenure.between(0, math.inf, inclusive="left"))
    for parameter, name, read, rule in (
        ("tenure", p.tenure, tenure, "a number of periods, 0 or more"),
        ("lost", p.lost, lost, "yes or no, 1 or 0, true or false"),
    ):
        bad = frame.loc[
            read.isna() & frame[name].notna() & (frame[name].astype(str).str.strip() != ""), name
        ]
        if len(bad):
            raise ColumnError(
                f"{parameter}={name!r}: {len(bad):,} of {len(frame):,} values cannot be read as "
                f"{rule} (such as "
                f"{str(bad.iloc[0])!r}); write them so, or name the right column"
            )
    if p.period == "month" and tenure.max() > MOST_MONTHS:
        raise ColumnError(
            f"tenure={p.tenure!r} reaches {tenure.max():,.0f}, which would be months; write it in "
            "months, or give "
            "period='week' and months= in the unit of the file: nothing is then called a month"
        )
    return frame.assign(**{p.tenure: tenure, p.lost: lost.astype(float)})


def _refuse_groups(p: Parameters, customers: pd.DataFrame) -> None:
    try:
        names(p.segment or ())
    except ColumnError as error:
        raise ColumnError(str(error).replace("by=", "segment=", 1)) from None
    groups = 0 if p.segment is None else customers[p.segment].nunique()
    if groups > MOST_GROUPS:
        raise ParameterError(
            f"segment={p.segment!r} has {groups:,} groups, and at most {MOST_GROUPS} can be "
            "compared pair by "
            "pair; name a column with fewer, or put small groups together"
        )


def _frame(path: Path | None, **columns: Any) -> pd.DataFrame | None:
    if path is None:
        return None
    frame = read_survey(path, layout="plain").frame
    check.columns(frame.columns, **columns)
    segment = columns.get("segment")
    return frame if segment is None else frame.assign(**{segment: _seen(frame[segment])})


def _seen(values: pd.Series) -> pd.Series:
    """Leave out of names what no eye can tell apart: white space at their ends, and marks that turn
    the direction of writing."""
    if not pd.api.types.is_string_dtype(values):
        return values
    return (
        values.str.replace(_TURNS, "", regex=True)
        .str.replace(r"\s+", " ", regex=True)
        .str.strip()
        .replace("", None)
    )
