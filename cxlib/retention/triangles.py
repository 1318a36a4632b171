"""Cohort counts -> the retention triangle: finished periods only, an interval in each cell, and its
definition in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Unpack

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.retention.absence import without_counts
from cxlib.retention.ages import (
    FROM_THE_START,
    Ages,
    Kind,
    activity_by_age,
    into_brackets,
    retention_by_age,
)
from cxlib.retention.cohorts import Cohorts, in_parts
from cxlib.retention.fixed_cohorts import over_fixed_cohorts, with_rates
from cxlib.retention.heat_map import heat_map
from cxlib.retention.method_names import Method
from cxlib.retention.own_clock import OwnClock
from cxlib.retention.record_starts import record_warning
from cxlib.retention.triangle_words import definition, headline, span
from cxlib.retention.units import age_words, one
from cxlib.rows.clock import period_name
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format, Table
from cxlib.shown.text import Text
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

CLOCKS = ("calendar", "own")
SILENT_DAYS = 7  # days without any event at the end; more looks like data that were not loaded yet
SMALL = 30  # customers; below it a cohort's rates mostly show chance


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Triangle(Result):
    """Retention by acquisition cohort and age; `frame` has a row for each observed cell.

    Columns: `by`, `cohort` (first day of its period), `age` (periods since acquisition; of a
    bracket its first, and `until` its last), `size`, `retained` (so far, where the period is
    unfinished), `rate`, `ci_low`, `ci_high` (missing where unfinished), `complete`, `confidence`,
    `method`, and `value` where the counts have one (not of brackets). Cells that lie after `as_of`,
    or before the first event, are absent. On the customers' own clock `size` is those whose window
    has passed in full, the rate is theirs, and `complete` says whether that is the whole cohort.
    """

    kind: Kind = Kind.ON
    period: str = "month"
    by: tuple[str, ...] = ()
    days: int | None = None

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("cohort", "age", "until", "size", "retained"), ""),
        **with_limits("rate", "percent"),
        "complete": "",
        "value": "decimal2",
        **level_and_method(Method),
    }
    row_keys: ClassVar[tuple[str, ...]] = ("age", "until")

    def definition(self, language: str = "en") -> str:
        """Return the definition of retention used, in a sentence or two."""
        return definition(self.kind, self.period, self.days).text(language)

    def summary(self, language: str = "en") -> str:
        """Return the definition used, what is in the triangle, and how much of it is finished."""
        sizes = self.frame.groupby([*self.by, "cohort"])["size"].max()
        finished = int(self.frame["complete"].sum())
        shown = {"cohorts": len(sizes), "customers": sizes.sum(), "cells": finished}
        unfinished = len(self.frame) - finished
        if not unfinished:
            said = Message("retention.triangle_finished", **shown)
        elif self.days:
            said = Message("retention.triangle_own", unfinished=unfinished, **shown)
        else:
            said = Message("retention.triangle_summary", unfinished=unfinished, **shown)
        return Sentences((*definition(self.kind, self.period, self.days), said)).text(language)

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw the heat map: unfinished cells hatched, cells without data blank."""
        if self.by:
            raise ParameterError(
                f"by={self.by}: a heat map shows one triangle; count the cohorts without by"
            )
        words = age_words(self.period, self.days)
        finding = Message("retention.average_too_short", period=words["period"])
        measured = [*definition(self.kind, self.period, self.days), *self._key()]
        finished = self.frame[self.frame["complete"]]
        if len(finished):
            level = float(self.frame["confidence"].iloc[0])
            fixed = over_fixed_cohorts(finished, self.by, through=None, confidence=level)
            finding = headline(fixed, self.kind, self.period, self.days)
            cohorts = fixed["cohorts"].iloc[0]
            measured.append(Message("retention.heat_map_average", cohorts=cohorts))
        ax = heat_map(
            self.frame,
            period=self.period,
            ages=words["periods"],
            finding=finding,
            measured=Sentences(tuple(measured)),
            ax=ax,
            language=language,
        )
        return self.with_numbers(
            ax,
            self.frame,
            [period_name(each, self.period) for each in self.frame["cohort"]],
            "rate",
            across=self.frame["age"].tolist(),
            ends={},
            language=language,
        )

    def _key(self) -> list[Message]:
        """Return what hatched and blank cells mean, as far as there are any."""
        found = []
        if not self.frame["complete"].all():
            own = self.days is not None
            found.append(Message("retention.hatched_own") if own else Message("retention.hatched"))
        if len(self.frame) < self.frame["cohort"].nunique() * self.frame["age"].nunique():
            found.append(Message("retention.blank"))
        return found


@check.arguments
def triangle(
    cohorts: Cohorts | OwnClock | Absent | None,
    *,
    kind: str = "on",
    clock: str = "calendar",
    brackets: Sequence[tuple[int, int]] | None = None,
    confidence: float = 0.95,
) -> Triangle | Absent:
    """Retention by cohort and age, with unfinished periods masked and a Wilson interval in each
    cell.

    Use it to see whether newer customers stay better than older ones did at the same age.

    Parameters
    ----------
    cohorts : Cohorts or OwnClock, or Absent or None
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
    Triangle or Absent
        One row a cell: the columns of groups, `cohort` (first day of its period), `age`, `size`,
        `retained`, `rate` in [0, 1] with its limits (missing where the period is unfinished),
        `complete`, and `value` where one was counted. Absent where there are no counts, and where
        no customer has come to the first bracket.

    Raises
    ------
    ParameterError
        If a parameter is not one of its values, the counts are on the other clock, the brackets
        overlap, or `confidence` does not lie between 0 and 1.

    Notes
    -----
    A cell is complete if its whole period (the last of a bracket) ended before `as_of`.
    "on_or_after" looks ahead as far as there are data, so its late ages are lower bounds. Equal to
    the CDNOW triangles (month, week, quarter, windows of 30 and 7 days) of an independent pure
    Python count."""
    _check_choices(cohorts, kind, clock, brackets)
    check.confidence(confidence)
    if cohorts is None or isinstance(cohorts, Absent):
        return without_counts(cohorts, Triangle)
    spans = check.brackets(brackets) if kind == Kind.BRACKET else None
    parts = [
        _count(_retained(activity_by_age(part), Kind(kind), spans, own=clock == "own"))
        for part in in_parts(cohorts)
    ]
    frame = _with_limits(pd.concat(parts, ignore_index=True), confidence, own=clock == "own")
    if frame.empty:
        return Absent.of("retention.no_cell", Triangle)
    if spans is not None:
        until = frame["age"].map(dict(spans))
        frame.insert(list(frame).index("age") + 1, "until", until)
    elif isinstance(cohorts, Cohorts) and cohorts.values is not None:
        frame = _with_values(frame, cohorts.values, [*cohorts.by, "cohort"])
    frame["cohort"] = cohorts.clock.starts(frame["cohort"])
    return Triangle(
        frame=frame,
        method=Method.WILSON,
        warnings=_warnings(cohorts, frame, Kind(kind)),
        carried=cohorts.carried,
        kind=Kind(kind),
        period=cohorts.clock.period,
        by=cohorts.by,
        days=cohorts.days if isinstance(cohorts, OwnClock) else None,
    )


def _check_choices(
    cohorts: Cohorts | OwnClock | Absent | None,
    kind: str,
    clock: str,
    brackets: Sequence[tuple[int, int]] | None,
) -> None:
    check.one_of("kind", kind, map(str, Kind))
    check.one_of("clock", clock, CLOCKS)
    if kind != Kind.BRACKET and brackets is not None:
        raise ParameterError(f"brackets={brackets!r} go with kind='bracket' only; kind is {kind!r}")
    counted = isinstance(cohorts, Cohorts | OwnClock)
    if counted and (clock == "own") != isinstance(cohorts, OwnClock):
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


def _retained(
    ages: Ages, kind: Kind, spans: Sequence[tuple[int, int]] | None, *, own: bool
) -> Ages:
    if spans is not None:
        return into_brackets(ages, spans, own=own)
    return retention_by_age(ages, kind)


def _count(ages: Ages) -> pd.DataFrame:
    """One row a cohort and age that any customer of the cohort has come to."""
    size = (ages.member @ ages.observed.astype(np.int64)).astype(np.int64)
    count = (ages.member @ (ages.active & ages.observed).astype(np.int64)).astype(np.int64)
    row, column = np.nonzero(size)
    return (
        ages.cohorts.iloc[row]
        .reset_index(drop=True)
        .assign(
            age=ages.first[column],
            size=size[row, column],
            retained=count[row, column],
            complete=ages.complete[row, column],
        )
    )


def _with_limits(cells: pd.DataFrame, confidence: float, *, own: bool) -> pd.DataFrame:
    complete = cells.pop("complete").to_numpy(bool)
    frame = with_rates(cells, complete | own, confidence)
    frame.insert(list(frame).index("confidence"), "complete", complete)
    return frame


def _with_values(frame: pd.DataFrame, values: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    sums = values.assign(age=values["period"] - values["cohort"]).drop(columns="period")
    return frame.merge(sums, on=[*by, "age"], how="left").fillna({"value": 0.0})


def _warnings(cohorts: Cohorts | OwnClock, frame: pd.DataFrame, kind: Kind) -> tuple[Message, ...]:
    found, period = [*cohorts.warnings], one(cohorts.clock.period)
    if isinstance(cohorts, Cohorts):
        found += record_warning(cohorts)
    if not cohorts.as_of_given:
        day = cohorts.as_of - dt.timedelta(days=1)
        found.append(Message("retention.as_of_assumed", day=day, as_of=cohorts.as_of))
    on_calendar = cohorts if isinstance(cohorts, Cohorts) else None
    if on_calendar and not frame["complete"].all():
        name = cohorts.clock.name(on_calendar.last)
        found.append(Message("retention.last_unfinished", period=period, name=name))
    silent = (cohorts.as_of - cohorts.last_event).days - 1
    if silent >= SILENT_DAYS:
        found.append(Message("retention.late_silence", days=silent, as_of=cohorts.as_of))
    small = frame.groupby([*cohorts.by, "cohort"])["size"].max() < SMALL
    if small.any():
        shown = {"small": int(small.sum()), "cohorts": len(small), "limit": SMALL}
        found.append(Message("retention.small_cohorts", **shown))
    if on_calendar and (early := cohorts.groups["cohort"] < on_calendar.first).any():
        left_out = Message("retention.early_left_out") if kind in FROM_THE_START else ""
        customers = int(cohorts.groups.loc[early, "customers"].sum())
        before = Message(
            "retention.before_first_event",
            customers=customers,
            name=cohorts.clock.name(on_calendar.first),
            period=period,
            left_out=left_out,
        )
        found.append(before)
    return tuple(found)


@check.arguments
def by_cohort(
    cells: Triangle | Absent, ages: Iterable[int] = (0, 1, 3, 6, 12, 24), *, language: str = "en"
) -> Table | Text:
    """Return a table for reading, a row a cohort and a column each of some ages, or of all
    brackets.

    The triangle's `frame` has all cells with their intervals. Where there is no triangle, a line in
    place of the table.

    Parameters
    ----------
    cells : Triangle or Absent
        From `triangle`.
    ages : iterable of int
        Ages to show; those that no cohort has reached are left out. Of brackets all are shown.
    language : str
        Language of the table.

    Returns
    -------
    Table or Text
        A row a cohort: the columns of groups, `cohort`, `size` and the rate at each age. A sentence
        in its place where `cells` is absent.
    """
    if isinstance(cells, Absent):
        return cells.table(language=language)
    index, frame = [*cells.by, "cohort"], cells.frame
    sizes = frame.groupby(index)["size"].max()
    some = frame if cells.kind is Kind.BRACKET else frame[frame["age"].isin(list(ages))]
    names = {row["age"]: span(row) for row in some.drop_duplicates("age").to_dict("records")}
    wide = (
        some.drop(columns="size")
        .join(sizes, on=index)
        .pivot(index=[*index, "size"], columns="age", values="rate")
    )
    return Table(
        frame=wide.rename(columns=names).reset_index(),
        columns={"cohort": "", "size": "", **dict.fromkeys(names.values(), "percent")},
        topic="retention",
        carried={**cells.carried, **{name: name for name in names.values()}},
        caption=Message("retention.by_cohort", **age_words(cells.period, cells.days)),
        language=language,
    )
