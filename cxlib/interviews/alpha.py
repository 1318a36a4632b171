"""How many coders gave a unit each value -> Krippendorff's alpha, with an interval from resampled
units or interviews."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from cxlib import check
from cxlib.errors import ColumnError, ParameterError
from cxlib.interviews.methods import krippendorff

LEVELS = ("nominal", "ordinal", "interval", "ratio", "masi", "jaccard")
RELIABLE, TENTATIVE = 0.800, 0.667  # Krippendorff 2004, Content Analysis, 2nd ed., p. 241
_MOST_UNDEFINED = 0.05  # share of resamples without a value above which no interval is given


class Judgement(StrEnum):
    """What Krippendorff (2004) allows to be concluded from a value of alpha."""

    RELIABLE = "reliable"
    TENTATIVE = "tentative"
    NOT_RELIABLE = "not_reliable"
    UNKNOWN = "unknown"


class AlphaReason(StrEnum):
    """Why a value of alpha, or its interval, is missing."""

    NO_PAIRS = "no_pairs"
    ONE_VALUE = "one_value"
    ONE_CLUSTER = "one_cluster"
    FEW_RESAMPLES = "few_resamples"
    NO_SPREAD = "no_spread"
    NO_CODE = "no_code"
    NO_THEME = "no_theme"
    NO_KIND = "no_kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alpha:
    """Krippendorff's alpha.

    Attributes
    ----------
    value : float
        At most 1; 0 is chance; NaN where it is not defined, and then `reason` says why.
    ci_low, ci_high : float
        Percentile limits; NaN where none were asked for or `reason` says why there are none.
    n_units, n_clusters : int
        Units with at least two values, and the clusters they lie in (the units themselves where
        there are none).
    reason : AlphaReason or None
        Why the value, or its interval, is missing.
    undefined : float
        Share of the resamples that have no value; NaN where nothing was resampled.
    """

    value: float = np.nan
    ci_low: float = np.nan
    ci_high: float = np.nan
    n_units: int = 0
    n_clusters: int = 0
    reason: AlphaReason | None = None
    undefined: float = np.nan

    @property
    def judgement(self) -> Judgement:
        """Krippendorff's (2004) judgement of the value."""
        if np.isnan(self.value):
            return Judgement.UNKNOWN
        if self.value >= RELIABLE:
            return Judgement.RELIABLE
        return Judgement.TENTATIVE if self.value >= TENTATIVE else Judgement.NOT_RELIABLE


@check.arguments
def krippendorff_alpha(
    units: pd.DataFrame,
    *,
    level: str = "nominal",
    cluster: ArrayLike | None = None,
    resamples: int = 0,
    confidence: float = 0.95,
    seed: int = 1,
) -> Alpha:
    """Agreement among any number of coders beyond chance, on any scale, with missing values.

    Use it for units that were given to the coders (turns, answers), each coded by two or more.

    Parameters
    ----------
    units : pandas.DataFrame, units x values
        How many coders gave the unit that value; the columns are the values: in order for ordinal,
        numbers for interval and ratio, sets of codes (frozensets) for masi and jaccard.
        `count_values` makes it from a table of ratings.
    level : {"nominal", "ordinal", "interval", "ratio", "masi", "jaccard"}
        How far apart two values are.
    cluster : array_like, shape (units,), optional
        What is resampled, such as the interview a turn lies in: turns of one interview are not
        independent. Units where None.
    resamples : int
        0 gives no interval.
    confidence : float
        Level of the percentile interval.
    seed : int
        Same seed, same interval.

    Returns
    -------
    Alpha
        `value` (at most 1; 0 is chance) with `ci_low`, `ci_high`, `n_units`, `n_clusters`; `reason`
        says why a value or an interval is missing.

    Raises
    ------
    ParameterError
        If the level is unknown, or is "ratio" and a value negative, or `confidence` does not lie
        between 0 and 1.
    ColumnError
        If `units` holds no whole counts from 0 up, or its columns do not fit the level.

    Notes
    -----
    alpha = 1 - (n - 1) sum o_ck d_ck / sum n_c n_k d_ck with o_ck = sum over units n_uc (n_uk - [c
    = k]) / (m_u - 1) (Krippendorff 2011). d: nominal [c != k]; interval (c - k)^2; ratio ((c - k) /
    (c + k))^2; ordinal (sum n_g for g from c to k - (n_c + n_k) / 2)^2; jaccard 1 - J; masi 1 - J
    m, m = 1 where equal, 2/3 subset, 1/3 overlap, 0 disjoint (Passonneau 2006), and two empty sets
    are equal. Compared to 1e-9 with krippendorff 0.9.0 (PyPI). A resample is a set of multinomial
    weights on distinct patterns of values (or on clusters), so the rows are read once. R irr 0.84.1
    `kripp.alpha` differs on complete data with three or more coders: it is wrong there.

    Examples
    --------
    >>> krippendorff_alpha(pd.DataFrame({"no": [2, 1, 0], "yes": [0, 1, 2]})).value.__round__(6)
    0.444444
    """
    check.one_of("level", level, LEVELS)
    counts = _counts(units)
    pairable = counts.sum(axis=1) >= 2
    used = counts[pairable].sum(axis=0) > 0
    counts, values = (
        counts[pairable][:, used],
        [value for value, keep in zip(units.columns, used, strict=True) if keep],
    )
    if not counts.shape[0]:
        return Alpha(reason=AlphaReason.NO_PAIRS)
    groups = (
        None
        if cluster is None
        else np.unique(np.asarray(cluster)[pairable], return_inverse=True)[1]
    )
    distance = _distance(values, level)
    blocks = krippendorff.blocks(counts, groups, distance)
    value = float(krippendorff.alpha(blocks, blocks.times[None, :], distance)[0])
    n_units, n_clusters = counts.shape[0], int(blocks.times.sum())
    if np.isnan(value):
        return Alpha(n_units=n_units, n_clusters=n_clusters, reason=AlphaReason.ONE_VALUE)
    low, high, reason, undefined = _interval(
        blocks, distance, resamples=resamples, confidence=check.confidence(confidence), seed=seed
    )
    return Alpha(
        value=value,
        ci_low=low,
        ci_high=high,
        n_units=n_units,
        n_clusters=n_clusters,
        reason=reason,
        undefined=undefined,
    )


def _counts(units: pd.DataFrame) -> sparse.csr_array:
    try:
        counts = sparse.csr_array(units.to_numpy(), dtype=float)
    except (TypeError, ValueError) as error:
        raise ColumnError(
            f"units must hold counts of coders ({str(error).splitlines()[0]}); "
            "make it with count_values"
        ) from error
    if not ((counts.data >= 0) & (counts.data % 1 == 0)).all():
        raise ColumnError(
            "units must hold whole counts of coders from 0 up, and 0 where no coder gave a value; "
            "make it with count_values"
        )
    return counts


def _interval(
    blocks: krippendorff.Blocks,
    distance: NDArray | None,
    *,
    resamples: int,
    confidence: float,
    seed: int,
) -> tuple[float, float, AlphaReason | None, float]:
    if resamples <= 0:
        return np.nan, np.nan, None, np.nan
    if blocks.times.sum() < 2:
        return np.nan, np.nan, AlphaReason.ONE_CLUSTER, np.nan
    values = krippendorff.resample(blocks, distance, resamples=resamples, seed=seed)
    undefined = float(np.isnan(values).mean())
    if undefined > _MOST_UNDEFINED:
        return np.nan, np.nan, AlphaReason.FEW_RESAMPLES, undefined
    low, high = np.nanquantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    if low == high:
        return np.nan, np.nan, AlphaReason.NO_SPREAD, undefined
    return float(low), float(high), None, undefined


def _distance(values: list[Any], level: str) -> NDArray | None:
    if level == "ordinal":
        return None  # depends on how often each value was given
    if level == "nominal":
        return krippendorff.nominal_distance(len(values))
    if level in ("masi", "jaccard"):
        return krippendorff.set_distance(_members(values, level), masi=level == "masi")
    numbers = _numbers(values, level)
    if level == "interval":
        return krippendorff.interval_distance(numbers)
    if (numbers < 0).any():
        raise ParameterError(
            f"level='ratio' needs values from 0 up, but the lowest is {numbers.min():g}; "
            "use level='interval'"
        )
    return krippendorff.ratio_distance(numbers)


def _numbers(values: list[Any], level: str) -> NDArray:
    numbers = pd.to_numeric(pd.Series(values, dtype=object), errors="coerce").to_numpy(float)
    if np.isnan(numbers).any():
        odd = next(value for value, number in zip(values, numbers, strict=True) if np.isnan(number))
        raise ColumnError(
            f"level={level!r} needs numbers, but one value is {odd!r}; use level='nominal'"
        )
    return numbers


def _members(values: list[Any], level: str) -> NDArray:
    """Which code is in which set: (values, codes)."""
    odd = next((value for value in values if not isinstance(value, frozenset)), None)
    if odd is not None:
        raise ColumnError(
            f"level={level!r} needs sets of codes (frozensets) as columns, but one is {odd!r}; "
            "use level='nominal'"
        )
    codes = sorted({code for value in values for code in value}, key=str)
    member = [[code in value for code in codes] for value in values]
    return np.array(member, float).reshape(len(values), len(codes))
