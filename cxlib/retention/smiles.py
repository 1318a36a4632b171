"""Cohort counts -> cohorts whose retention rises late (a "smile"), where chance does not explain
it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from cxlib import check
from cxlib.methods.multiplicity import adjust_pvalues
from cxlib.methods.proportions import z_value
from cxlib.retention.absence import without_counts
from cxlib.retention.ages import Ages, activity_by_age
from cxlib.retention.cohorts import Cohorts, in_parts
from cxlib.retention.method_names import Method
from cxlib.retention.own_clock import OwnClock
from cxlib.retention.record_starts import settle
from cxlib.retention.units import age_words
from cxlib.rows.clock import period_name
from cxlib.shown.message import Message, Names
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import PVALUES, level_and_method, limits

FEWEST = 6  # finished ages after the first; below it there is no late part to speak of
_NAMED = 5  # cohorts named in a sentence


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Smile(Result):
    """One row a cohort old enough to tell: `[*by], cohort, size, age_from, age_to, rate_from,
    rate_to, slope, se, ci_low, ci_high, statistic, pvalue, pvalue_adj, smile, confidence, method`.

    `slope` is the change of the rate from one age to the next, over the ages from `age_from` to
    `age_to`."""

    period: str = "month"
    by: tuple[str, ...] = ()
    days: int | None = None
    young: int = 0

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("cohort", "size", "age_from", "age_to"), ""),
        **dict.fromkeys(("rate_from", "rate_to", "slope"), "percent"),
        "se": "",
        **limits("percent"),
        "statistic": "decimal2",
        **PVALUES,
        "smile": "",
        **level_and_method(Method),
    }

    def summary(self, language: str = "en") -> str:
        """Return which cohorts rise late, or that none does beyond chance."""
        return self._finding().text(language)

    def _finding(self) -> Message:
        periods, cohorts = age_words(self.period, self.days)["periods"], len(self.frame)
        if self.frame.empty:
            return Message("retention.smile_too_young", fewest=FEWEST, periods=periods)
        rising = self.frame[self.frame["smile"]]
        if rising.empty and self.young:
            shown = {"young": self.young, "fewest": FEWEST, "periods": periods}
            return Message("retention.smile_none_young", cohorts=cohorts, **shown)
        if rising.empty:
            return Message("retention.smile_none", cohorts=cohorts)
        clearest = rising.nsmallest(_NAMED, "pvalue").sort_values("cohort", kind="stable")
        best = rising.loc[rising["pvalue"].idxmin()]
        return Message(
            "retention.smile_some",
            n=len(rising),
            cohorts=cohorts,
            names=[self._name(row) for row in clearest.to_dict("records")],
            first=best["rate_from"],
            last=best["rate_to"],
            age_from=best["age_from"],
            age_to=best["age_to"],
            periods=periods,
        )

    def _name(self, row: Mapping) -> Message:
        cohort = period_name(row["cohort"], self.period)
        if not self.by:
            return cohort
        group = Names(tuple(row[name] for name in self.by), listed=True)
        return Message("retention.cohort_of_group", cohort=cohort, group=group)


@check.arguments
def smile(
    cohorts: Cohorts | OwnClock | Absent | None, *, confidence: float = 0.95
) -> Smile | Absent:
    """Test each cohort's retention ("on") for a rise in the last third of its finished ages.

    Use it before saying that customers come back: with many cohorts, some curves turn up by chance.

    Parameters
    ----------
    cohorts : Cohorts or OwnClock, or Absent or None
        From `count_cohorts`, or from `count_own_clock`.
    confidence : float
        A smile is told where the p value, by Holm over all cohorts tested, is below 1 - confidence.

    Returns
    -------
    Smile or Absent
        One row a cohort: `size`, the ages looked at (`age_from`, `age_to`) and the rates there,
        `slope` (change of the rate an age) with `se` and limits, `statistic`, one-sided `pvalue`
        and `pvalue_adj`, and `smile`. Cohorts with fewer than six finished ages after the first are
        too young to tell and left out. Absent where there are no counts.

    Raises
    ------
    ParameterError
        If `confidence` does not lie between 0 and 1.

    Notes
    -----
    Of each customer the trend over the ages is taken, s = sum c_k x_k with c the centred ages over
    their sum of squares, so that a customer's ages may depend on each other, as they do; the slope
    is the mean of s. One-sided score test of no rise: z = sum s / sqrt(sum s^2), normal. By
    simulation (20 cohorts of 30, 200 and 1,000 customers, 25 months, 1,200 to 3,000 cohorts each)
    it rejects, at 5 %, 4.4 to 5.7 % of cohorts whose activity is steady, differs between customers,
    or persists from month to month, and none that falls. A rise can also be a calendar effect: it
    then lies on a diagonal of the triangle."""
    check.confidence(confidence)
    if cohorts is None or isinstance(cohorts, Absent):
        return without_counts(cohorts, Smile)
    if isinstance(cohorts, Cohorts):
        cohorts = settle(cohorts)
    found = [_by_cohort(activity_by_age(part)) for part in in_parts(cohorts)]
    rows = [row for rows, _ in found for row in rows]
    frame = pd.DataFrame(rows, columns=[*cohorts.by, *Smile.columns])
    frame["cohort"] = cohorts.clock.starts(frame["cohort"])
    z = z_value(confidence)
    frame["pvalue_adj"] = adjust_pvalues(frame["pvalue"])
    frame = frame.assign(
        ci_low=frame["slope"] - z * frame["se"],
        ci_high=frame["slope"] + z * frame["se"],
        smile=frame["pvalue_adj"] < 1 - confidence,
        confidence=confidence,
        method=Method.LATE_TREND_HOLM.value,
    )
    return Smile(
        frame=frame,
        method=Method.LATE_TREND_HOLM,
        carried=cohorts.carried,
        period=cohorts.clock.period,
        by=cohorts.by,
        days=cohorts.days if isinstance(cohorts, OwnClock) else None,
        young=sum(n for _, n in found) - len(frame),
    )


def _by_cohort(ages: Ages) -> tuple[list[dict[str, Any]], int]:
    """Return the trend of each cohort that is old enough, and how many cohorts there are."""
    rows = []
    for i, key in enumerate(ages.cohorts.to_dict("records")):
        one = ages.member[[i], :]
        known = ages.complete[i] & ages.observed[one.indices].all(axis=0) & (ages.first > 0)
        finished = ages.first[known]
        if len(finished) >= FEWEST:
            late = finished[-max(3, len(finished) // 3) :]
            rows.append({**key, **_trend(ages.active[np.ix_(one.indices, late)], one.data, late)})
    return rows, len(ages.cohorts)


def _trend(
    active: NDArray[np.bool_], customers: NDArray[np.int64], late: NDArray[np.int64]
) -> dict[str, float]:
    """Return the slope of the rate over the late ages, its standard error and the one-sided test of
    no rise."""
    centred = late - late.mean()
    score = active @ (centred / np.sum(centred**2))
    n = int(customers.sum())
    slope = float(customers @ score / n)
    squares = float(customers @ score**2)
    se = np.sqrt(max(squares - n * slope**2, 0.0) / (n - 1) / n) if n > 1 else np.nan
    # where nobody's activity changes, nothing rises
    z = n * slope / np.sqrt(squares) if squares > 0 else 0.0
    rates = customers @ active / n
    return {
        "size": n,
        "age_from": int(late[0]),
        "age_to": int(late[-1]),
        "rate_from": float(rates[0]),
        "rate_to": float(rates[-1]),
        "slope": slope,
        "se": se,
        "statistic": float(z),
        "pvalue": float(scipy.stats.norm.sf(z)),
    }
