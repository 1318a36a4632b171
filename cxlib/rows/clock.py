"""Dates -> whole-number period indices and back: no date difference function, no week number, wall
time in a named zone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.shown.message import Message

PERIODS = ("week", "month", "quarter", "year")
_EPOCH = dt.date(1970, 1, 1)  # a Thursday
_SHIFT = {"monday": 3, "sunday": 4}  # days from the start of the week to the epoch
MOST_YEARS = 300  # of quarter-hours: ten million
QUARTER_HOUR = 900  # seconds; every zone in use since 1972 is a whole number of them away from UTC


@dataclass(frozen=True, slots=True)
class Clock:
    """How time is cut: the kind of period, the zone whose wall time counts, and the day on which a
    week starts.

    Attributes
    ----------
    period : {"week", "month", "quarter", "year"}
    zone : str
        IANA name, such as "Asia/Tokyo". Dates without a time are never shifted.
    week_start : {"monday", "sunday"}

    Examples
    --------
    >>> clock = Clock("month")
    >>> clock.index(dt.date(2024, 2, 29)) - clock.index(dt.date(2024, 1, 31))
    1
    >>> clock.start(clock.index(dt.date(2024, 2, 29)))
    datetime.date(2024, 2, 1)
    """

    period: str = "month"
    zone: str = "UTC"
    week_start: str = "monday"

    def __post_init__(self) -> None:
        check.one_of("period", self.period, PERIODS)
        check.one_of("week_start", self.week_start, _SHIFT)
        check.zone(self.zone)

    @property
    def info(self) -> ZoneInfo:
        """Return the zone with its changes of clocks."""
        return ZoneInfo(self.zone)

    def place(self, year: Any, month: Any, days: Any) -> Any:
        """Return the period index; the arguments are numbers, arrays or Ibis columns (`days` since
        1970-01-01)."""
        if self.period == "week":
            return (days + _SHIFT[self.week_start]) // 7
        if self.period == "month":
            return year * 12 + month - 1
        if self.period == "quarter":
            return year * 4 + (month - 1) // 3
        return year

    def index(self, day: dt.date) -> int:
        """Return the index of the period that holds a day."""
        return self.place(day.year, day.month, (day - _EPOCH).days)

    def start(self, index: int) -> dt.date:
        """Return the first day of a period."""
        if self.period == "week":
            return _EPOCH + dt.timedelta(days=7 * int(index) - _SHIFT[self.week_start])
        months = int(index) * {"month": 1, "quarter": 3, "year": 12}[self.period]
        return dt.date(months // 12, months % 12 + 1, 1)

    def name(self, index: int) -> Message:
        """Return a period's name for a reader: 2026-09, 2026 Q3, 2026, or the first day of a
        week."""
        return period_name(self.start(index), self.period)

    def starts(self, indices: Iterable[int]) -> pd.DatetimeIndex:
        """Return the first days of periods, as a column of dates."""
        each, place = np.unique(np.asarray(indices, np.int64), return_inverse=True)
        starts = np.array([self.start(index) for index in each], "datetime64[s]")
        return pd.DatetimeIndex(starts[place])

    def finished(self, indices: Any, as_of: dt.date) -> np.ndarray:
        """Return which periods had ended when the data end: their last day lies before `as_of`
        (exclusive)."""
        return np.asarray(indices) < self.index(as_of)

    def local_day(self, moment: dt.datetime | dt.date) -> dt.date:
        """Return the local date of a moment in UTC; a date stays as it is."""
        if not isinstance(moment, dt.datetime):
            return moment
        utc = moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment
        return utc.astimezone(ZoneInfo(self.zone)).date()

    def midnight(self, day: dt.date) -> dt.datetime:
        """Return the moment, in UTC and without a zone, at which a local day starts."""
        return (
            dt.datetime.combine(day, dt.time(), ZoneInfo(self.zone))
            .astimezone(dt.UTC)
            .replace(tzinfo=None)
        )

    def quarter_hours(self, first: dt.datetime, last: dt.datetime) -> pd.DataFrame:
        """Return a table of UTC quarter-hours with the local day and period of each, to join events
        with.

        Returns
        -------
        DataFrame
            `quarter_hour` (since 1970-01-01 UTC), `day` (days since 1970-01-01 on the local
            calendar), `period` (index).

        Raises
        ------
        ParameterError
            If there are more than 300 years between the moments: a date is wrong, and the table
            would be huge.
        """
        if last.year - first.year > MOST_YEARS:
            raise ParameterError(
                f"zone={self.zone!r}: times from {first} to {last} span more than {MOST_YEARS} "
                "years; correct "
                "the dates (or as_of)"
            )
        numbers = np.arange(
            int(np.floor(_utc_seconds(first) / QUARTER_HOUR)),
            int(_utc_seconds(last) // QUARTER_HOUR) + 1,
        )
        local = (
            pd.to_datetime(numbers * QUARTER_HOUR, unit="s", utc=True)
            .tz_convert(self.zone)
            .tz_localize(None)
        )
        days = local.normalize().to_numpy().astype("datetime64[D]").astype("int32")
        placed = self.place(local.year.to_numpy("int32"), local.month.to_numpy("int32"), days)
        return pd.DataFrame({"quarter_hour": numbers, "day": days, "period": placed})


_NAMED = {
    "week": "common.period_week",
    "month": "common.period_month",
    "quarter": "common.period_quarter",
    "year": "common.period_year",
}


def period_name(start: dt.date, period: str) -> Message:
    """Return the name of the period that starts on a day.

    >>> print(
    ...     period_name(dt.date(2026, 7, 1), "quarter"), period_name(dt.date(2026, 7, 1), "month")
    ... )
    2026 Q3 2026-07
    """
    return Message(_NAMED[period], start=start)


def _utc_seconds(moment: dt.datetime) -> float:
    return (moment.replace(tzinfo=dt.UTC) if moment.tzinfo is None else moment).timestamp()
