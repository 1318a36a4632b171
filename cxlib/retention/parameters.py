"""The notebook's parameters -> checked files -> counts: the one place where the study's files are opened."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pandas as pd
from pydantic import Field, field_validator

from cxlib import check
from cxlib.check import InputFile, StudyParameters
from cxlib.errors import ParameterError
from cxlib.result import Absent
from cxlib.retention import accounting, comparison, curves
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.counts import check_dates, count_cohorts, event_days, names
from cxlib.retention.duration_counts import durations_from_orders, durations_from_spells
from cxlib.retention.durations import Durations
from cxlib.retention.periods import Clock, known_zone
from cxlib.sources import read_events, read_survey

if TYPE_CHECKING:
    import ibis.expr.types as ir


MOST_GROUPS = 30  # 435 pairs; more curves cannot be told apart in a figure either


class Parameters(StudyParameters):
    """Parameters of the retention study."""

    orders: InputFile = Field(description="file with the events, one row each (CSV or Parquet)")
    customer: str = Field("customer_id", description="column with the customer, in every file")
    time: str = Field("ordered_at", description="column of the events with the date or the time")
    value: str | None = Field("amount", description="column of the events with the amount; None: nothing about revenue")
    zone: str = Field("UTC", description="time zone whose calendar counts, such as Asia/Tokyo; it never shifts a mere date")
    period: Literal["week", "month", "quarter", "year"] = Field("month", description="length of a period")
    as_of: dt.date | None = Field(None, description="first day for which the data are not complete; None: the day after the last "
                                                    "event")
    customers: InputFile | None = Field(None, description="file of customers with acquisition dates and attributes; None: "
                                                                "a customer comes with the first event")
    acquired: str = Field("acquired_on", description="column of the file of customers with the acquisition date")
    segment: str | None = Field(None, description="column of the file of customers with the groups to compare; None: no groups")
    subscriptions: InputFile | None = Field(None, description="file with subscriptions, one row each; None: a customer is "
                                                                    "lost after `gap_days` without an event")
    started: str = Field("started_on", description="column of the subscriptions with the first day")
    ended: str = Field("ended_on", description="column of the subscriptions with the day of the end, empty where it goes on")
    gap_days: int = Field(90, ge=1, le=3650, description="days without an event after which a customer is called lost, where "
                                                         "there are no subscriptions")
    kind: Literal["on", "on_or_after", "rolling", "returned_by"] = Field("on", description="definition of retention used")
    months: int = Field(6, ge=1, le=120, description="months after which the finding says how many customers are left")
    confidence: float = Field(0.95, gt=0, lt=1, description="level of the intervals")

    @field_validator("zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        return known_zone(value)

    def check(self) -> None:
        """Refuse parameters that disagree with the files."""
        read(self)


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """The opened and checked files of a retention study; its methods make the counts and results that the files allow."""

    parameters: Parameters
    events: ir.Table
    customers: pd.DataFrame | None
    subscriptions: pd.DataFrame | None
    as_of: dt.date

    def cohorts(self) -> Cohorts:
        """Count customers by cohort and active periods."""
        p = self.parameters
        return count_cohorts(self.events, **self._columns(), period=p.period, acquired=self.customers, acquired_on=p.acquired,
                             as_of=p.as_of)

    def durations(self) -> Durations:
        """Count customers by tenure: from subscriptions where there are some, else from orders with `gap_days`."""
        p = self.parameters
        by = () if p.segment is None else (p.segment,)
        if self.subscriptions is not None:
            return durations_from_spells(self.subscriptions, customer=p.customer, started=p.started, ended=p.ended,
                                         as_of=self.as_of, zone=p.zone, by=by, customers=self.customers if by else None)
        return durations_from_orders(self.events, **self._columns(), gap_days=p.gap_days, as_of=p.as_of, by=by,
                                     customers=self.customers if by else None)

    def by_segment(self, durations: Durations) -> curves.Survival | Absent:
        """Return one curve a segment, or say that there are no segments."""
        if self.parameters.segment is None:
            return Absent.of("retention.no_segment")
        return curves.survival(durations, by=self.parameters.segment, confidence=self.parameters.confidence)

    def between_segments(self, durations: Durations) -> comparison.Comparison | Absent:
        """Return the log-rank tests between segments, or say that there are no segments."""
        if self.parameters.segment is None:
            return Absent.of("retention.no_segment")
        return comparison.compare(durations, between=self.parameters.segment)

    def revenue(self) -> accounting.Revenue | Absent:
        """Return net and gross revenue retention, or say that there are no amounts."""
        p = self.parameters
        if p.value is None:
            return Absent.of("retention.no_value")
        return accounting.revenue(self.events, **self._columns(), value=p.value, period=p.period, as_of=p.as_of,
                                  confidence=p.confidence)

    def _columns(self) -> dict[str, str]:
        return {"customer": self.parameters.customer, "time": self.parameters.time, "zone": self.parameters.zone}


def read(p: Parameters) -> Records:
    """Open and check the files that the parameters name.

    Raises
    ------
    CxError
        If a file cannot be read, a column is absent, a date is no date, or `as_of` is not after the first event.
    """
    if p.segment is not None and p.customers is None:
        raise ParameterError(f"segment={p.segment!r} needs the file of customers that has this column; give customers=, or "
                             "segment=None")
    events = read_events(p.orders, customer=p.customer, time=p.time, zone=p.zone, value=p.value)
    first, last = event_days(events, time=p.time, zone=p.zone)
    if p.as_of is not None and p.as_of <= first:
        raise ParameterError(f"as_of={p.as_of} is not after the first event ({first}); it is the first day for which the data "
                             f"are not complete, such as {last + dt.timedelta(days=1)}, the day after the last event")
    clock, ends = Clock(p.period, p.zone), p.as_of or last + dt.timedelta(days=1)
    if clock.index(ends) == clock.index(first):
        raise ParameterError(f"period={p.period!r}: no {p.period} has ended between the first event ({first}) and the end of the "
                             f"data ({ends}), so there is no rate yet; choose a shorter period, or give more data")
    customers = _frame(p.customers, customer=p.customer, acquired=p.acquired, segment=p.segment)
    if customers is not None:
        check_dates(customers, zone=p.zone, acquired=p.acquired)
        _refuse_groups(p, customers)
    subscriptions = _frame(p.subscriptions, customer=p.customer, started=p.started, ended=p.ended)
    if subscriptions is not None:
        check_dates(subscriptions, zone=p.zone, started=p.started, ended=p.ended)
    return Records(p, events, customers, subscriptions, ends)


def _refuse_groups(p: Parameters, customers: pd.DataFrame) -> None:
    names(p.segment or ())
    groups = 0 if p.segment is None else customers[p.segment].nunique()
    if groups > MOST_GROUPS:
        raise ParameterError(f"segment={p.segment!r} has {groups:,} groups, and at most {MOST_GROUPS} can be compared pair by "
                             "pair; name a column with fewer, or put small groups together")


def _frame(path: Path | None, **columns: Any) -> pd.DataFrame | None:
    if path is None:
        return None
    frame = read_survey(path, layout="plain").frame
    check.columns(frame.columns, **columns)
    return frame
