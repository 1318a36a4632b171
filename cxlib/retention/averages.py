"""A retention triangle -> retention by age over one fixed set of cohorts, so that it cannot rise
because cohorts drop out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import EmptyDataError, ParameterError
from cxlib.inference import wilson
from cxlib.language import number, percent, text
from cxlib.result import Result

if TYPE_CHECKING:
    from cxlib.retention.triangles import Triangle


@dataclass(frozen=True, slots=True, eq=False)
class Average(Result):
    """Retention by age over one fixed set of cohorts, weighted by size; `frame` has `age, cohorts,
    size, retained, rate, ...`.

    Where the ages are brackets, `age` is the first age of each and `until` the last.
    """

    kind: str = "on"
    period: str = "month"
    days: int | None = None

    formats: ClassVar[Mapping[str, str]] = {
        "rate": "percent",
        "ci_low": "percent",
        "ci_high": "percent",
    }

    def headline(self, language: str = "en") -> str:
        """Return the finding as a title: the rates at age 1 and at the last age."""
        words, later = (
            age_words(self.period, self.days, language),
            self.frame[self.frame["age"] > 0],
        )
        words["periods"] = age_words(self.period, self.days, language, short=True)[
            "periods"
        ]  # how long is said once
        if later.empty:
            return text("retention.average_too_short", language, period=words["period"])
        first, last = later.iloc[0], later.iloc[-1]
        shown = {
            "first": percent(first["rate"], 0),
            "last": percent(last["rate"], 0),
            "age": number(last["age"]),
        }
        if self.kind == "bracket":
            shown |= {"first_ages": span(first), "last_ages": span(last)}
        return text(
            f"retention.headline_{self.kind}" + ("" if len(later) > 1 else "_one"),
            language,
            **words,
            **shown,
        )

    def summary(self, language: str = "en") -> str:
        """Return the rate at the last age with its interval, and over how many cohorts."""
        row = self.frame.iloc[-1]
        spans = self.kind == "bracket"
        end = "_bracket" if spans else "" if row["age"] else "_first"
        return text(
            f"retention.average_summary{end}",
            language,
            **age_words(self.period, self.days, language, short=spans),
            cohorts=number(row["cohorts"]),
            size=number(row["size"]),
            age=number(row["age"]),
            ages=span(row),
            rate=percent(row["rate"]),
            low=percent(row["ci_low"]),
            high=percent(row["ci_high"]),
        )


def average(
    result: Triangle, *, through: int | None = None, confidence: float | None = None
) -> Average:
    """Average retention by age over a fixed set of cohorts, so that it cannot rise because old
    cohorts drop out.

    Parameters
    ----------
    result : Triangle
    through : int, optional
        The oldest age; the cohorts are those whose cells up to it are all complete. By default the
        oldest age that more than half of the cohorts have finished.
    confidence : float, optional
        By default that of the triangle.

    Returns
    -------
    Average
        Customers weigh the same; the Wilson interval takes the cohorts as one group.

    Notes
    -----
    "on_or_after" and "rolling" can then only fall with age, and "returned_by" only rise, whichever
    cohorts there are."""
    finished = result.frame[result.frame["complete"]]
    if finished.empty:
        raise EmptyDataError(
            "no period has ended before as_of, so there is no rate yet; wait, or choose a shorter "
            "period"
        )
    # a cohort counts up to its first gap: cells from before the first event are absent
    reached = finished.groupby([*result.by, "cohort"])["age"].agg(["min", "max"])
    reached = reached.loc[reached["min"] == reached["min"].min(), "max"]
    if through is None:
        through = int(np.quantile(reached, 0.5, method="lower"))
    names = reached.index[reached >= through]
    if len(names) == 0:
        raise ParameterError(
            f"through={through}: no cohort has finished that age; the oldest finished age is "
            f"{reached.max()}"
        )
    key = (
        pd.MultiIndex.from_frame(finished[[*result.by, "cohort"]])
        if result.by
        else pd.Index(finished["cohort"])
    )
    chosen = finished[key.isin(names) & (finished["age"] <= through)]
    if chosen.empty:
        raise ParameterError(
            f"through={through}: the youngest age of the triangle is {finished['age'].min()}"
        )
    level = (
        float(result.frame["confidence"].iloc[0])
        if confidence is None
        else check.confidence(confidence)
    )
    ages = ["age", "until"] if "until" in chosen else ["age"]
    frame = chosen.groupby(ages, as_index=False).agg(
        cohorts=("cohort", "size"), size=("size", "sum"), retained=("retained", "sum")
    )
    frame = with_rates(frame, np.ones(len(frame), bool), level)
    return Average(
        frame=frame,
        method="wilson, fixed set of cohorts",
        kind=result.kind,
        period=result.period,
        days=result.days,
    )


def with_rates(frame: pd.DataFrame, known: NDArray[np.bool_], confidence: float) -> pd.DataFrame:
    """Add the rate and its Wilson interval, missing where it is not known yet."""
    low, high = wilson(frame["retained"], frame["size"], confidence=confidence)
    rate = frame["retained"] / frame["size"]
    return frame.assign(
        rate=rate.where(known),
        ci_low=np.where(known, low, np.nan),
        ci_high=np.where(known, high, np.nan),
        confidence=confidence,
        method="wilson",
    )


def age_words(
    period: str, days: int | None, language: str, *, short: bool = False
) -> dict[str, str]:
    """Return what one step of age is called, and several: a period of the calendar, or a window
    (`short`: without its days)."""
    if days is None:
        return {
            "period": text(f"retention.{period}", language),
            "periods": text(f"retention.{period}s", language),
        }
    end = "_short" if short else ""
    return {
        name: text(f"retention.{key}{end}", language, days=number(days))
        for name, key in (("period", "window"), ("periods", "windows"))
    }


def span(row: pd.Series) -> str:
    """Write the ages of a bracket: 4–6, or 4."""
    until = row.get("until", row["age"])
    return number(until) if until == row["age"] else f"{number(row['age'])}–{number(until)}"
