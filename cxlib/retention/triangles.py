"""Cohort counts -> the retention triangle: finished periods only, an interval in each cell, and its definition in words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import EmptyDataError, ParameterError
from cxlib.inference import wilson
from cxlib.language import number, percent, text
from cxlib.result import Result, Table
from cxlib.retention import figures
from cxlib.retention.cohorts import Cohorts

if TYPE_CHECKING:
    from matplotlib.axes import Axes

KINDS = ("on", "on_or_after", "rolling", "returned_by")
_FROM_THE_START = ("rolling", "returned_by")  # need each period since acquisition to have been observed
SILENT_DAYS = 7  # days without any event at the end; more looks like data that were not loaded yet
SMALL = 30  # customers; below it a cohort's rates mostly show chance


@dataclass(frozen=True, slots=True, eq=False)
class Triangle(Result):
    """Retention by acquisition cohort and age; `frame` has a row for each observed cell.

    Columns: `by`, `cohort` (first day of its period), `age` (periods since acquisition), `size`, `retained` (so far, where the
    period is unfinished), `rate`, `ci_low`, `ci_high` (missing where unfinished), `complete`, `confidence`, `method`, and
    `value` where the counts have one. Cells that lie after `as_of`, or before the first event, are absent.
    """

    kind: str = "on"
    period: str = "month"
    by: tuple[str, ...] = ()

    formats: ClassVar[Mapping[str, str]] = {"rate": "percent", "ci_low": "percent", "ci_high": "percent", "value": "decimal2"}

    def definition(self, language: str = "en") -> str:
        """Return the definition of retention used, in a sentence."""
        return text(f"retention.kind_{self.kind}", language, period=text(f"retention.{self.period}", language))

    def summary(self, language: str = "en") -> str:
        """Return what is in the triangle and which period is the last finished one."""
        finished = self.frame[self.frame["complete"]]
        cohorts = self.frame[["cohort", *self.by]].drop_duplicates()
        sizes = self.frame.drop_duplicates(["cohort", *self.by])["size"]
        key = "retention.triangle_summary" + ("_finished" if len(finished) == len(self.frame) else "")
        return text(key, language, cohorts=number(len(cohorts)), customers=number(sizes.sum()),
                    cells=number(len(finished)), unfinished=number(len(self.frame) - len(finished)))

    def by_cohort(self, ages: Iterable[int], *, caption: str = "", language: str = "en") -> Table:
        """Return a table for reading, a row a cohort and a column each of some ages; `frame` has all cells with intervals."""
        some = self.frame[self.frame["age"].isin(list(ages))]
        wide = some.pivot(index=[*self.by, "cohort", "size"], columns="age", values="rate").rename(columns=str).reset_index()
        return Table(wide, caption=caption, formats=dict.fromkeys(map(str, ages), "percent"), language=language)

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw the heat map: unfinished cells hatched, cells without data blank."""
        if self.by:
            raise ParameterError(f"by={self.by}: a heat map shows one triangle; count the cohorts without by")
        fixed = average(self)
        measured = " ".join([self.definition(language), text("retention.heat_map_key", language),
                             text("retention.heat_map_average", language, cohorts=number(fixed.frame["cohorts"].iloc[0]))])
        return figures.heat_map(self.frame, period=self.period, finding=fixed.headline(language), measured=measured, ax=ax,
                                language=language)


@dataclass(frozen=True, slots=True, eq=False)
class Average(Result):
    """Retention by age over one fixed set of cohorts, weighted by size; `frame` has `age, cohorts, size, retained, rate, ...`."""

    kind: str = "on"
    period: str = "month"

    formats: ClassVar[Mapping[str, str]] = {"rate": "percent", "ci_low": "percent", "ci_high": "percent"}

    def headline(self, language: str = "en") -> str:
        """Return the finding as a title: the rates at age 1 and at the last age."""
        rates = self.frame.set_index("age")["rate"]
        later = [age for age in rates.index if age > 0]
        if not later:
            return text("retention.average_too_short", language, period=text(f"retention.{self.period}", language))
        shown = {"first": percent(rates[later[0]], 0), "last": percent(rates[later[-1]], 0), "age": number(later[-1]),
                 "period": text(f"retention.{self.period}", language), "periods": text(f"retention.{self.period}s", language)}
        return text(f"retention.headline_{self.kind}" + ("" if len(later) > 1 else "_one"), language, **shown)

    def summary(self, language: str = "en") -> str:
        """Return the rate at the last age with its interval, and over how many cohorts."""
        row = self.frame.iloc[-1]
        return text("retention.average_summary", language, cohorts=number(row["cohorts"]), size=number(row["size"]),
                    age=number(row["age"]), periods=text(f"retention.{self.period}s", language), rate=percent(row["rate"]),
                    low=percent(row["ci_low"]), high=percent(row["ci_high"]))


def triangle(cohorts: Cohorts, *, kind: str = "on", confidence: float = 0.95) -> Triangle:
    """Retention by cohort and age, with unfinished periods masked and a Wilson interval in each cell.

    Use it to see whether newer customers stay better than older ones did at the same age.

    Parameters
    ----------
    cohorts : Cohorts
        From `count_cohorts`.
    kind : {"on", "on_or_after", "rolling", "returned_by"}
        Active in that very period; in it or any later observed one; in every period since acquisition; at least once since
        the period of acquisition.
    confidence : float
        Level of the intervals, each cell on its own.

    Returns
    -------
    Triangle

    Notes
    -----
    A cell is complete if its whole period ended before `as_of`. "on_or_after" looks ahead as far as there are data, so its
    late ages are lower bounds. Equal to the CDNOW triangles (month, week, quarter) of an independent pure Python count.
    """
    check.one_of("kind", kind, KINDS)
    check.confidence(confidence)
    aligned, age, observed = _by_age(cohorts)
    counted = _retained(aligned, observed, kind) & observed
    keys = cohorts.groups[[*cohorts.by, "cohort"]]
    codes = keys.groupby([*cohorts.by, "cohort"]).ngroup().to_numpy()
    customers = cohorts.groups["customers"].to_numpy()
    groups = keys.assign(_code=codes).drop_duplicates("_code").sort_values("_code", ignore_index=True).drop(columns="_code")
    retained = np.zeros((len(groups), len(age)), dtype=np.int64)
    np.add.at(retained, codes, counted * customers[:, None])
    size = np.bincount(codes, weights=customers).astype(np.int64)
    start = groups["cohort"].to_numpy()
    row, column = np.nonzero(_observed(cohorts, start, age, kind))
    frame = groups.iloc[row].reset_index(drop=True).assign(age=age[column], size=size[row], retained=retained[row, column])
    frame = _with_rates(frame, cohorts.clock.finished(start[row] + age[column], cohorts.as_of), confidence)
    if cohorts.values is not None:
        sums = cohorts.values.assign(age=cohorts.values["period"] - cohorts.values["cohort"]).drop(columns="period")
        frame = frame.merge(sums, on=[*cohorts.by, "cohort", "age"], how="left").fillna({"value": 0.0})
    frame["cohort"] = cohorts.clock.starts(frame["cohort"])
    return Triangle(frame=frame, method="wilson", warnings=_warnings(cohorts, frame, kind), kind=kind,
                    period=cohorts.clock.period, by=cohorts.by)


def average(result: Triangle, *, through: int | None = None, confidence: float | None = None) -> Average:
    """Average retention by age over a fixed set of cohorts, so that it cannot rise because old cohorts drop out.

    Parameters
    ----------
    result : Triangle
    through : int, optional
        The oldest age; the cohorts are those whose cells up to it are all complete. By default the oldest age that at least
        half of the cohorts have reached.
    confidence : float, optional
        By default that of the triangle.

    Returns
    -------
    Average
        Customers weigh the same; the Wilson interval takes the cohorts as one group.
    """
    finished = result.frame[result.frame["complete"]]
    if finished.empty:
        raise EmptyDataError("no period has ended before as_of, so there is no rate yet; wait, or choose a shorter period")
    # a cohort counts up to its first gap: cells from before the first event are absent
    reached = finished.groupby([*result.by, "cohort"])["age"].agg(["min", "max"])
    reached = reached.loc[reached["min"] == 0, "max"] if (reached["min"] == 0).any() else reached["max"]
    if through is None:
        through = int(np.floor(np.median(reached)))
    names = reached.index[reached >= through]
    if len(names) == 0:
        raise ParameterError(f"through={through}: no cohort has finished that age; the oldest finished age is {reached.max()}")
    key = pd.MultiIndex.from_frame(finished[[*result.by, "cohort"]]) if result.by else pd.Index(finished["cohort"])
    chosen = finished[key.isin(names) & (finished["age"] <= through)]
    level = float(result.frame["confidence"].iloc[0]) if confidence is None else check.confidence(confidence)
    frame = chosen.groupby("age", as_index=False).agg(cohorts=("cohort", "size"), size=("size", "sum"),
                                                      retained=("retained", "sum"))
    frame = _with_rates(frame, np.ones(len(frame), bool), level).drop(columns="complete")
    return Average(frame=frame, method="wilson, fixed set of cohorts", kind=result.kind, period=result.period)


def _by_age(cohorts: Cohorts) -> tuple[NDArray[np.bool_], NDArray[np.int64], NDArray[np.bool_]]:
    """Shift each row's periods to ages: `aligned`, the ages, and which cells lie within the observed periods."""
    start = cohorts.groups["cohort"].to_numpy()
    age = np.arange(cohorts.last - int(start.min()) + 1)
    column = start[:, None] - cohorts.first + age[None, :]
    observed = (column >= 0) & (column < cohorts.active.shape[1])
    aligned = np.take_along_axis(cohorts.active, np.clip(column, 0, cohorts.active.shape[1] - 1), axis=1) & observed
    return aligned, age, observed


def _retained(aligned: NDArray[np.bool_], observed: NDArray[np.bool_], kind: str) -> NDArray[np.bool_]:
    if kind == "on_or_after":
        return np.logical_or.accumulate(aligned[:, ::-1], axis=1)[:, ::-1]
    if kind == "rolling":
        return np.logical_and.accumulate(aligned | ~observed, axis=1)
    if kind == "returned_by":
        since = aligned.copy()
        since[:, 0] = False
        return np.logical_or.accumulate(since, axis=1)
    return aligned


def _observed(cohorts: Cohorts, start: NDArray[np.int64], age: NDArray[np.int64], kind: str) -> NDArray[np.bool_]:
    period = start[:, None] + age[None, :]
    inside = (period >= cohorts.first) & (period <= cohorts.last)
    return inside & (start >= cohorts.first)[:, None] if kind in _FROM_THE_START else inside


def _with_rates(frame: pd.DataFrame, complete: NDArray[np.bool_], confidence: float) -> pd.DataFrame:
    low, high = wilson(frame["retained"], frame["size"], confidence=confidence)
    rate = frame["retained"] / frame["size"]
    return frame.assign(rate=rate.where(complete), ci_low=np.where(complete, low, np.nan),
                        ci_high=np.where(complete, high, np.nan), complete=complete, confidence=confidence, method="wilson")


def _warnings(cohorts: Cohorts, frame: pd.DataFrame, kind: str) -> tuple[str, ...]:
    found = []
    if not cohorts.as_of_given:
        found.append(text("retention.as_of_assumed", day=f"{cohorts.as_of - dt.timedelta(days=1):%Y-%m-%d}",
                          as_of=f"{cohorts.as_of:%Y-%m-%d}"))
    if not frame["complete"].all():
        found.append(text("retention.last_unfinished", name=cohorts.clock.name(cohorts.last),
                          period=text(f"retention.{cohorts.clock.period}")))
    silent = (cohorts.as_of - cohorts.last_event).days - 1
    if silent >= SILENT_DAYS:
        found.append(text("retention.late_silence", days=number(silent), as_of=f"{cohorts.as_of:%Y-%m-%d}"))
    small = frame.drop_duplicates([*cohorts.by, "cohort"])["size"] < SMALL
    if small.any():
        found.append(text("retention.small_cohorts", small=number(small.sum()), cohorts=number(len(small)), limit=number(SMALL)))
    early = cohorts.groups["cohort"] < cohorts.first
    if early.any():
        found.append(text("retention.before_first_event", customers=number(cohorts.groups.loc[early, "customers"].sum()),
                          name=cohorts.clock.name(cohorts.first),
                          period_word=text(f"retention.{cohorts.clock.period}"),
                          left_out=text("retention.early_left_out") if kind in _FROM_THE_START else ""))
    return tuple(found)
