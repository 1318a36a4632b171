"""Cohort counts -> the retention triangle: finished periods only, an interval in each cell, and its
definition in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import EmptyDataError, ParameterError
from cxlib.language import number, text
from cxlib.result import Result, Table
from cxlib.retention import figures
from cxlib.retention.ages import FROM_THE_START, Ages, bracketed, by_age, checked_brackets, retained
from cxlib.retention.averages import age_words, average, span, with_rates
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.own_clock import OwnClock

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = ("on", "on_or_after", "rolling", "returned_by", "bracket")
CLOCKS = ("calendar", "own")
SILENT_DAYS = 7  # days without any event at the end; more looks like data that were not loaded yet
SMALL = 30  # customers; below it a cohort's rates mostly show chance


@dataclass(frozen=True, slots=True, eq=False)
class Triangle(Result):
    """Retention by acquisition cohort and age; `frame` has a row for each observed cell.

    Columns: `by`, `cohort` (first day of its period), `age` (periods since acquisition; of a
    bracket its first, and `until` its last), `size`, `retained` (so far, where the period is
    unfinished), `rate`, `ci_low`, `ci_high` (missing where unfinished), `complete`, `confidence`,
    `method`, and `value` where the counts have one (not of brackets). Cells that lie after `as_of`,
    or before the first event, are absent. On the customers' own clock `size` is those whose window
    has passed in full, the rate is theirs, and `complete` says whether that is the whole cohort.
    """

    kind: str = "on"
    period: str = "month"
    by: tuple[str, ...] = ()
    days: int | None = None

    formats: ClassVar[Mapping[str, str]] = {
        "rate": "percent",
        "ci_low": "percent",
        "ci_high": "percent",
        "value": "decimal2",
    }

    def definition(self, language: str = "en") -> str:
        """Return the definition of retention used, in a sentence or two."""
        said = text(
            f"retention.kind_{self.kind}",
            language,
            **age_words(self.period, self.days, language, short=True),
        )
        return (
            said
            if self.days is None
            else f"{said} {text('retention.own_clock', language, days=number(self.days))}"
        )

    def summary(self, language: str = "en") -> str:
        """Return the definition used, what is in the triangle, and how much of it is finished."""
        finished = self.frame[self.frame["complete"]]
        sizes = self.frame.groupby([*self.by, "cohort"])["size"].max()
        key = "retention.triangle_summary" + (
            "_finished" if len(finished) == len(self.frame) else "_own" if self.days else ""
        )
        said = text(
            key,
            language,
            cohorts=number(len(sizes)),
            customers=number(sizes.sum()),
            cells=number(len(finished)),
            unfinished=number(len(self.frame) - len(finished)),
        )
        return f"{self.definition(language)} {said}"

    def by_cohort(self, ages: Iterable[int], *, language: str = "en") -> Table:
        """Return a table for reading, a row a cohort and a column each of some ages, or of all
        brackets.

        `frame` has all cells with their intervals.
        """
        index = [*self.by, "cohort"]
        sizes = self.frame.groupby(index)["size"].max()
        some = (
            self.frame if self.kind == "bracket" else self.frame[self.frame["age"].isin(list(ages))]
        )
        names = {row["age"]: span(row) for _, row in some.drop_duplicates("age").iterrows()}
        wide = (
            some.drop(columns="size")
            .join(sizes, on=index)
            .pivot(index=[*index, "size"], columns="age", values="rate")
        )
        caption = text(
            "retention.by_cohort", language, **age_words(self.period, self.days, language)
        )
        return Table(
            wide.rename(columns=names).reset_index(),
            formats=dict.fromkeys(names.values(), "percent"),
            caption=caption,
            language=language,
        )

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw the heat map: unfinished cells hatched, cells without data blank."""
        if self.by:
            raise ParameterError(
                f"by={self.by}: a heat map shows one triangle; count the cohorts without by"
            )
        key, title = self._key(language), ""
        finding = text(
            "retention.average_too_short", language, **age_words(self.period, self.days, language)
        )
        if self.frame["complete"].any():
            fixed = average(self)
            finding = fixed.headline(language)
            title = text(
                "retention.heat_map_average",
                language,
                cohorts=number(fixed.frame["cohorts"].iloc[0]),
            )
        return figures.heat_map(
            self.frame,
            period=self.period,
            finding=finding,
            measured=" ".join(filter(None, [self.definition(language), *key, title])),
            ax=ax,
            ages=age_words(self.period, self.days, language)["periods"],
            language=language,
        )

    def _key(self, language: str) -> list[str]:
        """Return what hatched and blank cells mean, as far as there are any."""
        hatched = "retention.hatched" + ("_own" if self.days else "")
        blank = len(self.frame) < self.frame["cohort"].nunique() * self.frame["age"].nunique()
        return [
            text(key, language)
            for key, there in (
                (hatched, not self.frame["complete"].all()),
                ("retention.blank", blank),
            )
            if there
        ]


def triangle(
    cohorts: Cohorts | OwnClock,
    *,
    kind: str = "on",
    clock: str = "calendar",
    brackets: Sequence[tuple[int, int]] | None = None,
    confidence: float = 0.95,
) -> Triangle:
    """Retention by cohort and age, with unfinished periods masked and a Wilson interval in each
    cell.

    Use it to see whether newer customers stay better than older ones did at the same age.

    Parameters
    ----------
    cohorts : Cohorts or OwnClock
        From `count_cohorts`, or from `count_own_clock`.
    kind : {"on", "on_or_after", "rolling", "returned_by", "bracket"}
        Active in that very period; in it or any later observed one; in every period since
        acquisition; at least once since the period of acquisition; at least once from the first to
        the last age of a bracket.
    clock : {"calendar", "own"}
        Which clock the counts are on: periods of the calendar, or windows since each customer came.
    brackets : sequence of (int, int), optional
        First and last age of each, for `kind="bracket"`: `[(1, 3), (4, 6)]`.
    confidence : float
        Level of the intervals, each cell on its own.

    Returns
    -------
    Triangle

    Raises
    ------
    ParameterError
        If a parameter is not one of its values, the counts are on the other clock, or the brackets
        overlap.

    Notes
    -----
    A cell is complete if its whole period (the last of a bracket) ended before `as_of`.
    "on_or_after" looks ahead as far as there are data, so its late ages are lower bounds. Equal to
    the CDNOW triangles (month, week, quarter, windows of 30 and 7 days) of an independent pure
    Python count."""
    check.one_of("kind", kind, KINDS)
    _check_clock(cohorts, clock)
    check.confidence(confidence)
    if kind != "bracket" and brackets is not None:
        raise ParameterError(f"brackets={brackets!r} go with kind='bracket' only; kind is {kind!r}")
    ages = by_age(cohorts)
    ages = (
        bracketed(ages, checked_brackets(brackets), own=clock == "own")
        if kind == "bracket"
        else retained(ages, kind)
    )
    frame = _cells(ages, confidence, own=clock == "own")
    if frame.empty:
        raise EmptyDataError(
            f"no customer has come to age {ages.first[0]} before as_of={cohorts.as_of}, so there "
            "is no rate; "
            "wait, or choose shorter periods, windows or brackets"
        )
    if kind != "bracket" and isinstance(cohorts, Cohorts) and cohorts.values is not None:
        frame = _with_values(frame, cohorts)
    if kind == "bracket":
        frame.insert(
            frame.columns.get_loc("age") + 1,
            "until",
            frame["age"].map(dict(zip(ages.first, ages.last, strict=True))),
        )
    frame["cohort"] = cohorts.clock.starts(frame["cohort"])
    return Triangle(
        frame=frame,
        method="wilson",
        warnings=_warnings(cohorts, frame, kind),
        kind=kind,
        period=cohorts.clock.period,
        by=cohorts.by,
        days=cohorts.days if isinstance(cohorts, OwnClock) else None,
    )


def _check_clock(cohorts: Cohorts | OwnClock, clock: str) -> None:
    check.one_of("clock", clock, CLOCKS)
    if (clock == "own") != isinstance(cohorts, OwnClock):
        made = "count_cohorts" if clock == "own" else "count_own_clock"
        needed = (
            "count_own_clock(events, days=30, ...)"
            if clock == "own"
            else "count_cohorts(events, period='month', ...)"
        )
        raise ParameterError(
            f"clock={clock!r}: these counts are from {made}, on the other clock; count with "
            f"{needed} first"
        )


def _cells(ages: Ages, confidence: float, *, own: bool) -> pd.DataFrame:
    """One row a cohort and age that any customer of the cohort has come to."""
    size = (ages.member @ ages.observed.astype(np.int64)).astype(np.int64)
    count = (ages.member @ (ages.active & ages.observed).astype(np.int64)).astype(np.int64)
    row, column = np.nonzero(size)
    complete = ages.complete[row, column]
    frame = ages.cohorts.iloc[row].reset_index(drop=True)
    frame = frame.assign(
        age=ages.first[column], size=size[row, column], retained=count[row, column]
    )
    frame = with_rates(frame, complete | own, confidence)
    frame.insert(frame.columns.get_loc("confidence"), "complete", complete)
    return frame


def _with_values(frame: pd.DataFrame, cohorts: Cohorts) -> pd.DataFrame:
    sums = cohorts.values.assign(age=cohorts.values["period"] - cohorts.values["cohort"]).drop(
        columns="period"
    )
    return frame.merge(sums, on=[*cohorts.by, "cohort", "age"], how="left").fillna({"value": 0.0})


def _warnings(cohorts: Cohorts | OwnClock, frame: pd.DataFrame, kind: str) -> tuple[str, ...]:
    found = []
    if not cohorts.as_of_given:
        found.append(
            text(
                "retention.as_of_assumed",
                day=f"{cohorts.as_of - dt.timedelta(days=1):%Y-%m-%d}",
                as_of=f"{cohorts.as_of:%Y-%m-%d}",
            )
        )
    own = isinstance(cohorts, OwnClock)
    if not own and not frame["complete"].all():
        found.append(
            text(
                "retention.last_unfinished",
                name=cohorts.clock.name(cohorts.last),
                period=text(f"retention.{cohorts.clock.period}"),
            )
        )
    silent = (cohorts.as_of - cohorts.last_event).days - 1
    if silent >= SILENT_DAYS:
        found.append(
            text("retention.late_silence", days=number(silent), as_of=f"{cohorts.as_of:%Y-%m-%d}")
        )
    small = frame.groupby([*cohorts.by, "cohort"])["size"].max() < SMALL
    if small.any():
        found.append(
            text(
                "retention.small_cohorts",
                small=number(small.sum()),
                cohorts=number(len(small)),
                limit=number(SMALL),
            )
        )
    early = pd.Series(False) if own else cohorts.groups["cohort"] < cohorts.first
    if early.any():
        found.append(
            text(
                "retention.before_first_event",
                customers=number(cohorts.groups.loc[early, "customers"].sum()),
                name=cohorts.clock.name(cohorts.first),
                period_word=text(f"retention.{cohorts.clock.period}"),
                left_out=text("retention.early_left_out") if kind in FROM_THE_START else "",
            )
        )
    return tuple(found)
