"""Events by day -> holes in what was loaded: days without events inside, and thin or silent days at
the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from cxlib.language import number, percent, text
from cxlib.result import Result

METHOD = "Poisson or negative binomial"
RARE = 1e-6  # a hole is told where so few events would come by chance more rarely than this
# of what is expected; chance alone is not all that moves a day, so a thin day must also be below
# this
THIN = 0.5
_WEEKS = 4  # on each side, whose same weekdays say what is expected
_LATEST = 28  # days; a table still being loaded is thin at its end, not for months
_HALF_A_YEAR = 26  # weeks; an end that is no thinner than one of these is not told
LATE_DAYS = (
    3  # loaded later than this after the event: a period is then finished later than its last day
)
NOTABLE = 0.01  # share of late rows


@dataclass(frozen=True, slots=True, eq=False)
class Days:
    """Events by local day: `events[i]` lie i days after `first`, up to the day before `as_of`; rows
    by days until loaded."""

    first: dt.date
    events: NDArray[np.int64]
    lags: pd.Series
    last_load: dt.date | None = None

    def day(self, i: int) -> dt.date:
        """Return the date of a place."""
        return self.first + dt.timedelta(days=int(i))


@dataclass(frozen=True, slots=True, eq=False)
class Loading(Result):
    """Holes: `what` (gap, thin_end, silent_end), `first_day, last_day, days, events, expected,
    pvalue, confidence, method`."""

    day_counts: Days | None = None

    formats: ClassVar[Mapping[str, str]] = {"expected": "decimal1", "pvalue": "pvalue"}

    def summary(self, language: str = "en") -> str:
        """Return how many days have events, the last of them, the last load and the late rows where
        they are known."""
        counted = self.day_counts
        last = int(np.flatnonzero(counted.events)[-1])
        empty = int((counted.events == 0).sum())
        key = "summary" if len(self.frame) else "sparse" if empty else "whole"
        said = [
            text(
                f"retention.loading_{key}",
                language,
                days=number(len(counted.events)),
                empty=number(empty),
                last=f"{counted.day(last)}",
                holes=number(len(self.frame)),
            )
        ]
        if counted.last_load is not None:
            late = counted.lags[counted.lags.index > LATE_DAYS].sum() / counted.lags.sum()
            said.append(
                text(
                    "retention.last_load",
                    language,
                    day=f"{counted.last_load}",
                    share=percent(late),
                    limit=number(LATE_DAYS),
                    longest=number(counted.lags.index.max()),
                )
            )
        return " ".join(said)


def loading(days: Days, *, language: str = "en") -> Loading:
    """Find days that were probably not loaded, or not wholly.

    Use it before any rate: a day that is missing from the table makes customers look silent who
    were not.

    Parameters
    ----------
    days : Days
        From `count_days`.

    Returns
    -------
    Loading
        One row a hole, with a sentence each in `warnings`: days in the middle without any event
        ("gap"), days without any event before `as_of` ("silent_end"), days before it with far too
        few ("thin_end": a table that is still being loaded). `expected` events, and the probability
        `pvalue` of so few. No row where nothing is found.

    Notes
    -----
    What is expected of a day is the median of the same weekdays in the four weeks before and the
    four after the run (at the end, in the eight before), so a shop that is closed on Sundays has no
    gaps. A run is told where the Poisson probability of at most so many events is below 1e-6: a
    single day needs 14 expected events, two days 7 each. Where days differ by more than chance, the
    probability is the negative binomial one with their ratio of variance to mean, from pairs of
    days a week apart (the mean of (x - y)^2 / (x + y), at least 1), and more events are needed.
    Thin days (at most 28, at the end) must each be below half of what is expected too, and fewer in
    all than on the same weekdays in each of the 26 weeks before, since days differ by more than
    chance. It cannot tell a hole from a day on which nobody came; it says when."""
    ratio = _dispersion(days.events)
    found = _gaps(days.events, ratio)
    loaded = np.ones(len(days.events), bool)
    for _, a, b, *_ in found:
        loaded[a : b + 1] = False
    found += _end(days.events, loaded, ratio)
    rows = [
        {
            "what": what,
            "first_day": pd.Timestamp(days.day(a)),
            "last_day": pd.Timestamp(days.day(b)),
            "days": b - a + 1,
            "events": int(days.events[a : b + 1].sum()),
            "expected": expected,
            "pvalue": p,
        }
        for what, a, b, expected, p in found
    ]
    columns = ["what", "first_day", "last_day", "days", "events", "expected", "pvalue"]
    frame = pd.DataFrame(rows, columns=columns).assign(confidence=np.nan, method=METHOD)
    said = [
        text(
            f"retention.hole_{row['what']}",
            language,
            first=f"{row['first_day']:%Y-%m-%d}",
            n=number(row["days"]),
            last=f"{row['last_day']:%Y-%m-%d}",
            events=number(row["events"]),
            expected=number(row["expected"]),
        )
        for row in rows
    ]
    return Loading(
        frame=frame, method=METHOD, warnings=(*said, *_late(days, language)), day_counts=days
    )


def _gaps(events: NDArray[np.int64], ratio: float) -> list[tuple[str, int, int, float, float]]:
    """Runs of days without any event, with events before and after."""
    last = int(np.flatnonzero(events)[-1])
    empty = np.concatenate([[False], events[:last] == 0, [False]]).astype(np.int8)
    starts, ends = np.flatnonzero(np.diff(empty) == 1), np.flatnonzero(np.diff(empty) == -1) - 1
    found = []
    for a, b in zip(starts, ends, strict=True):
        expected = _expected(events[: last + 1], int(a), int(b), _WEEKS, _WEEKS)
        if (p := _chance(0, expected, ratio)) < RARE:
            found.append(("gap", int(a), int(b), expected, p))
    return found


def _end(
    events: NDArray[np.int64], loaded: NDArray[np.bool_], ratio: float
) -> list[tuple[str, int, int, float, float]]:
    """The run of days at the end that are each thin or empty, if chance does not explain it."""
    end = len(events) - 1
    last = int(np.flatnonzero(events)[-1])
    before = max(
        0, min(last, end - _LATEST) + 1
    )  # expected from days that are before anything that may be thin
    weekday = np.array(
        [_expected(events, day, day, 2 * _WEEKS, 0, until=before) for day in range(before, end + 1)]
    )
    thin = (events[before:] < THIN * weekday) | (
        (events[before:] == 0) & (weekday == 0)
    )  # a closed day is no sign of life
    run = len(thin) - (0 if thin.all() else int(np.flatnonzero(~thin)[-1]) + 1)
    if run == 0:
        return []
    a = end - run + 1
    expected = float(weekday[-run:].sum())
    p = _chance(int(events[a:].sum()), expected, ratio)
    earlier = [
        events[a - 7 * k : end + 1 - 7 * k].sum()
        for k in range(1, min(_HALF_A_YEAR, a // 7) + 1)
        if loaded[a - 7 * k : end + 1 - 7 * k].all()
    ]
    usual = bool(earlier) and events[a:].sum() >= min(earlier)
    what = "silent_end" if not events[a:].any() else "thin_end"
    return [(what, a, end, expected, p)] if p < RARE and not usual else []


def _dispersion(events: NDArray[np.int64]) -> float:
    """Return the variance of a day's events over their mean, from pairs of days a week apart that
    both have some."""
    later, earlier = events[7:], events[:-7]
    both = (later > 0) & (earlier > 0)
    return (
        max(1.0, float(np.mean((later - earlier)[both] ** 2 / (later + earlier)[both])))
        if both.any()
        else 1.0
    )


def _chance(events: int, expected: float, ratio: float) -> float:
    """Return the probability of at most so many events."""
    if ratio < 1 + 1e-9 or expected == 0:
        return float(scipy.stats.poisson.cdf(events, expected))
    return float(scipy.stats.nbinom.cdf(events, expected / (ratio - 1), 1 / ratio))


def _expected(
    events: NDArray[np.int64],
    first: int,
    last: int,
    before: int,
    after: int,
    until: int | None = None,
) -> float:
    """Sum, over the days of a run, of the median count of the same weekday in the weeks around the
    run."""
    total, until = 0.0, first if until is None else until
    for weekday in range(min(7, last - first + 1)):
        days = np.arange(first + weekday, last + 1, 7)
        back = days[0] - 7 * np.arange(1, before + 1 + (days[0] - until) // 7 + 1)
        back = back[(back < until) & (back >= 0)][:before]
        ahead = days[-1] + 7 * np.arange(1, after + 1)
        around = np.concatenate([back, ahead[ahead < len(events)]])
        total += len(days) * float(np.median(events[around])) if len(around) else 0.0
    return total


def _late(days: Days, language: str) -> list[str]:
    if days.last_load is None:
        return []
    through, said, share = (
        days.day(len(days.events) - 1),
        [],
        days.lags[days.lags.index > LATE_DAYS].sum() / days.lags.sum(),
    )
    if share >= NOTABLE:
        said.append(
            text("retention.late_rows", language, share=percent(share), limit=number(LATE_DAYS))
        )
    if days.last_load < through:
        said.append(
            text("retention.as_of_after_load", language, load=f"{days.last_load}", through=through)
        )
    return said
