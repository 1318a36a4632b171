"""Events by day -> holes in what was loaded: days without events inside, and thin or silent days at
the end."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, NamedTuple

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from cxlib import check
from cxlib.retention.absence import without_counts
from cxlib.retention.method_names import Method
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method


class Hole(StrEnum):
    """What is missing in what was loaded."""

    GAP = "gap"
    THIN_END = "thin_end"
    SILENT_END = "silent_end"


_TOLD = {
    Hole.GAP: "retention.found_gap",
    Hole.THIN_END: "retention.found_thin_end",
    Hole.SILENT_END: "retention.found_silent_end",
}
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
    warnings: tuple[Message, ...] = ()

    def day(self, i: int) -> dt.date:
        """Return the date of a place."""
        return self.first + dt.timedelta(days=int(i))


class Run(NamedTuple):
    """A run of days, from one place to another, with too few events."""

    hole: Hole
    first: int
    last: int
    expected: float
    pvalue: float


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Loading(Result):
    """Holes: `what` (gap, thin_end, silent_end), `first_day, last_day, days, events, expected,
    pvalue, confidence, method`."""

    day_counts: Days

    columns: ClassVar[Mapping[str, Format]] = {
        "what": Hole,
        **dict.fromkeys(("first_day", "last_day"), "date"),
        **dict.fromkeys(("days", "events"), "integer"),
        "expected": "decimal1",
        "pvalue": "pvalue",
        **level_and_method(Method),
    }

    def caption(self) -> Message:
        """Return what its table shows."""
        return Message("retention.loading_caption")

    def summary(self, language: str = "en") -> str:
        """Return how many days have events, the last of them, the last load and the late rows where
        they are known."""
        counts = self.day_counts
        last = int(np.flatnonzero(counts.events)[-1])
        empty = int((counts.events == 0).sum())
        days, last_day = len(counts.events), counts.day(last)
        if len(self.frame):
            said = Message(
                "retention.loading_summary",
                days=days,
                empty=empty,
                last=last_day,
                holes=len(self.frame),
            )
        elif empty:
            said = Message("retention.loading_sparse", days=days, empty=empty, last=last_day)
        else:
            said = Message("retention.loading_whole", days=days, last=last_day)
        return Sentences((said, *_last_load(counts))).text(language)


@check.arguments
def loading(days: Days | Absent | None) -> Loading | Absent:
    """Find days that were probably not loaded, or not wholly.

    Use it before any rate: a day that is missing from the table makes customers look silent who
    were not.

    Parameters
    ----------
    days : Days, or Absent or None
        From `count_days`.

    Returns
    -------
    Loading or Absent
        One row a hole, with a sentence each in `warnings`: `what`, days in the middle without any
        event ("gap"), days without any event before `as_of` ("silent_end"), days before it with far
        too few ("thin_end": a table that is still being loaded); `first_day`, `last_day`, `days`;
        `events`, `expected` events, and the probability `pvalue` of so few. No row where nothing is
        found. Absent where there are no counts.

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
    if days is None or isinstance(days, Absent):
        return without_counts(days, Loading)
    ratio = _dispersion(days.events)
    found = _gaps(days.events, ratio)
    loaded = np.ones(len(days.events), bool)
    for run in found:
        loaded[run.first : run.last + 1] = False
    found += _end(days.events, loaded, ratio)
    rows = [
        {
            "what": run.hole.value,
            "first_day": pd.Timestamp(days.day(run.first)),
            "last_day": pd.Timestamp(days.day(run.last)),
            "days": run.last - run.first + 1,
            "events": int(days.events[run.first : run.last + 1].sum()),
            "expected": run.expected,
            "pvalue": run.pvalue,
        }
        for run in found
    ]
    method = Method.POISSON_OR_NEGATIVE_BINOMIAL.value
    frame = pd.DataFrame(rows, columns=[*Loading.columns][:-2]).assign(
        confidence=np.nan, method=method
    )
    return Loading(
        frame=frame,
        method=method,
        warnings=(*days.warnings, *(_told(days, run) for run in found), *_late(days)),
        day_counts=days,
    )


def _told(days: Days, run: Run) -> Message:
    return Message(
        _TOLD[run.hole],
        first=days.day(run.first),
        last=days.day(run.last),
        n=run.last - run.first + 1,
        events=int(days.events[run.first : run.last + 1].sum()),
        expected=run.expected,
    )


def _gaps(events: NDArray[np.int64], ratio: float) -> list[Run]:
    """Runs of days without any event, with events before and after."""
    last = int(np.flatnonzero(events)[-1])
    empty = np.concatenate([[False], events[:last] == 0, [False]]).astype(np.int8)
    starts, ends = np.flatnonzero(np.diff(empty) == 1), np.flatnonzero(np.diff(empty) == -1) - 1
    found = []
    for a, b in zip(starts, ends, strict=True):
        expected = _expected(events[: last + 1], int(a), int(b), _WEEKS, _WEEKS)
        if (p := _chance(0, expected, ratio)) < RARE:
            found.append(Run(Hole.GAP, int(a), int(b), expected, p))
    return found


def _end(events: NDArray[np.int64], loaded: NDArray[np.bool_], ratio: float) -> list[Run]:
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
    hole = Hole.THIN_END if events[a:].any() else Hole.SILENT_END
    return [Run(hole, a, end, expected, p)] if p < RARE and not usual else []


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


def _late_share(days: Days) -> float:
    return float(days.lags[days.lags.index > LATE_DAYS].sum() / days.lags.sum())


def _last_load(days: Days) -> Iterator[Message]:
    if days.last_load is not None:
        yield Message(
            "retention.last_load",
            day=days.last_load,
            share=_late_share(days),
            limit=LATE_DAYS,
            longest=int(days.lags.index.max()),
        )


def _late(days: Days) -> Iterator[Message]:
    if days.last_load is None:
        return
    through, share = days.day(len(days.events) - 1), _late_share(days)
    if share >= NOTABLE:
        yield Message("retention.late_rows", share=share, limit=LATE_DAYS)
    if days.last_load < through:
        yield Message("retention.as_of_after_load", load=days.last_load, through=through)
