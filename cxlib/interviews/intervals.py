"""What interviews add to a coefficient of agreement -> its interval, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.interviews.methods import Method, clustered
from cxlib.shown.message import Message

_MOST_UNDEFINED = 0.05  # share of resamples without a value above which no interval is given


class Interval(StrEnum):
    """How the interval of a coefficient of agreement is made."""

    JACKKNIFE = "jackknife"
    BOOTSTRAP = "bootstrap"


class AlphaReason(StrEnum):
    """Why a coefficient of agreement, or its interval, is missing."""

    NO_PAIRS = "no_pairs"
    ONE_VALUE = "one_value"
    ONE_DECLARED = "one_declared"
    TWO_CODERS = "two_coders"
    ONE_CLUSTER = "one_cluster"
    NO_DIFFERENCE = "no_difference"
    VALUE_IN_ONE = "value_in_one"
    DIFFERENCE_IN_ONE = "difference_in_one"
    FEW_RESAMPLES = "few_resamples"
    NO_SPREAD = "no_spread"
    NO_CODE = "no_code"
    NO_THEME = "no_theme"
    NO_KIND = "no_kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A coefficient of agreement.

    Attributes
    ----------
    value : float
        At most 1; NaN where it is not defined, and then `reason` says why.
    ci_low, ci_high : float
        Limits of the interval; NaN where none was asked for or `reason` says why there is none.
    n_units, n_clusters : int
        Units with at least two values, and the clusters they lie in (the units themselves where
        there are none).
    reason : AlphaReason or None
        Why the value, or its interval, is missing.
    undefined : float
        Share of the resamples (jackknife: of the clusters to leave out) that have no value; NaN
        where nothing was resampled.
    """

    value: float = np.nan
    ci_low: float = np.nan
    ci_high: float = np.nan
    n_units: int = 0
    n_clusters: int = 0
    reason: AlphaReason | None = None
    undefined: float = np.nan


def check_interval(interval: str | None, *, resamples: int, confidence: float) -> None:
    """Refuse an interval that there is not, and a level or a number of resamples out of bounds.

    Raises
    ------
    ParameterError
    """
    if interval is not None:
        check.one_of("interval", interval, [each.value for each in Interval])
    if resamples < 0:
        raise ParameterError(
            f"resamples={resamples!r} is below 0; give 1,000 or more, or interval=None for none"
        )
    check.confidence(confidence)


def limits(
    of: clustered.Blocks,
    statistic: clustered.Statistic,
    *,
    interval: str | None,
    resamples: int,
    confidence: float,
    seed: int,
    least: float = -1.0,
) -> tuple[float, float, AlphaReason | None, float]:
    """Return the ends of the interval, why they are missing, and the share of the resamples (or of
    the interviews to leave out) without a value. `least` is the lowest value of the coefficient:
    the jackknife's lower end stops there."""
    none = np.nan, np.nan
    if interval is None or (interval == Interval.BOOTSTRAP and not resamples):
        return *none, None, np.nan
    if of.times.sum() < 2:
        return *none, AlphaReason.ONE_CLUSTER, np.nan
    if interval == Interval.BOOTSTRAP:
        found = clustered.bootstrap(
            of, statistic, resamples=resamples, confidence=confidence, seed=seed
        )
        if found.undefined > _MOST_UNDEFINED:
            return *none, AlphaReason.FEW_RESAMPLES, found.undefined
        if found.low == found.high:
            return *none, AlphaReason.NO_SPREAD, found.undefined
        return found.low, found.high, None, found.undefined
    if 1 - statistic(of.total())[0] < clustered.NOTHING:
        return *none, AlphaReason.NO_DIFFERENCE, np.nan
    found = clustered.jackknife(of, statistic, confidence=confidence)
    if np.isnan(found.low):
        return *none, _why_no_jackknife(found), found.undefined
    lowest = min(least, float(statistic(of.total())[0]))
    return max(found.low, lowest), found.high, None, found.undefined


def _why_no_jackknife(found: clustered.Limits) -> AlphaReason:
    if found.undefined:
        return AlphaReason.VALUE_IN_ONE
    return AlphaReason.DIFFERENCE_IN_ONE if found.complete else AlphaReason.NO_SPREAD


def reason_of(row: pd.Series) -> Message | AlphaReason | str:
    """Return why the alpha of a row, or its interval, is missing."""
    if not row["reason"]:
        return ""
    reason = AlphaReason(row["reason"])
    if reason is AlphaReason.FEW_RESAMPLES:
        return Message("interviews.few_resamples", undefined=row["undefined"])
    return reason


def way(method: str, frame: pd.DataFrame) -> Message:
    """Say how a coefficient and its interval were made."""
    if frame.empty or not frame["interval"].iloc[0]:
        return Message("interviews.way", method=Method(method))
    return Message(
        "interviews.way_interval",
        method=Method(method),
        interval=Interval(frame["interval"].iloc[0]),
    )
