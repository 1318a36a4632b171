"""How many coders gave a unit each value -> Krippendorff's alpha, with an interval over units or
interviews."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from cxlib import check
from cxlib.errors import ColumnError, ParameterError
from cxlib.interviews.intervals import AlphaReason, Estimate, Interval, check_interval, limits
from cxlib.interviews.methods import krippendorff
from cxlib.interviews.value_order import ordered

LEVELS = ("nominal", "ordinal", "interval", "ratio", "masi", "jaccard")
RELIABLE, TENTATIVE = 0.800, 0.667  # Krippendorff 2004, Content Analysis, 2nd ed., p. 241


class Judgement(StrEnum):
    """What Krippendorff (2004) allows to be concluded from a value of alpha."""

    RELIABLE = "reliable"
    TENTATIVE = "tentative"
    NOT_RELIABLE = "not_reliable"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alpha(Estimate):
    """Krippendorff's alpha: 0 is chance."""

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
    order: Sequence[Any] | None = None,
    cluster: ArrayLike | None = None,
    interval: str | None = Interval.JACKKNIFE.value,
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 1,
) -> Alpha:
    """Agreement among any number of coders beyond chance, on any scale, with missing values.

    Use it for units that were given to the coders (units, answers), each coded by two or more.

    Parameters
    ----------
    units : pandas.DataFrame, units x values
        How many coders gave the unit that value; the columns are the values: numbers for ordinal,
        interval and ratio, sets of codes (frozensets) for masi and jaccard. `count_values` makes it
        from a table of ratings, `count_sets` from a table of several labels.
    level : {"nominal", "ordinal", "interval", "ratio", "masi", "jaccard"}
        How far apart two values are.
    order : sequence, optional
        All values from low to high, for text at the levels ordinal and interval (the latter then
        takes steps of one size). Numbers, and an ordered categorical, have their own.
    cluster : array_like, shape (units,), optional
        What is left out or resampled, such as the interview a unit lies in: units of one interview
        are not independent. Units where None.
    interval : {"jackknife", "bootstrap"} or None
        Jackknife of log(1 - alpha) with Student's t, percentiles of a bootstrap, or no interval.
    resamples : int
        Of the bootstrap.
    confidence : float
        Level of the interval.
    seed : int
        Of the bootstrap: same seed, same interval.

    Returns
    -------
    Alpha
        `value` (at most 1; 0 is chance) with `ci_low`, `ci_high`, `n_units`, `n_clusters`; `reason`
        says why a value or an interval is missing.

    Raises
    ------
    ParameterError
        If the level or the interval is unknown, the level is "ratio" and a value negative, `order`
        does not fit the level, or `confidence` does not lie between 0 and 1.
    ColumnError
        If `units` holds no whole counts from 0 up, or its columns do not fit the level: text has no
        order but that of the alphabet, unless `order` gives one.

    Notes
    -----
    alpha = 1 - (n - 1) sum o_ck d_ck / sum n_c n_k d_ck with o_ck = sum over units n_uc (n_uk - [c
    = k]) / (m_u - 1) (Krippendorff 2011). d: nominal [c != k]; interval (c - k)^2; ratio ((c - k) /
    (c + k))^2; ordinal (sum n_g for g from c to k - (n_c + n_k) / 2)^2; jaccard 1 - J; masi 1 - J
    m, m = 1 where equal, 2/3 subset, 1/3 overlap, 0 disjoint (Passonneau 2006), and two empty sets
    are equal. Compared to 1e-9 with krippendorff 0.9.0 (PyPI). Both
    intervals work on sums over distinct patterns of values (or clusters), so the rows are read
    once. The jackknife has none where alpha is 1, or where it is 1 or undefined without one of the
    clusters: what lies in one interview alone says nothing of the others. Its lower end stops at
    -1, the least that two coders can reach. The percentile bootstrap is too narrow where clusters
    are few (`tests/benchmarks/bench_agreement_coverage.py`). R irr 0.84.1 `kripp.alpha` differs on
    complete data with three or more coders: it is wrong there.

    Examples
    --------
    >>> krippendorff_alpha(pd.DataFrame({"no": [2, 1, 0], "yes": [0, 1, 2]})).value.__round__(6)
    0.444444
    """
    check.one_of("level", level, LEVELS)
    check_interval(interval, resamples=resamples, confidence=confidence)
    units = ordered(units, level, order)
    counts = unit_counts(units)
    pairable = counts.sum(axis=1) >= 2
    used = counts[pairable].sum(axis=0) > 0
    counts, values = (
        counts[pairable][:, used],
        [value for value, keep in zip(units.columns, used, strict=True) if keep],
    )
    if not counts.shape[0]:
        return Alpha(reason=AlphaReason.NO_PAIRS)
    distance = _distance(values, level)
    blocks = krippendorff.blocks(counts, clusters(cluster, pairable), distance)
    statistic = partial(krippendorff.alpha, distance=distance, values=len(values))
    value = float(statistic(blocks.total())[0])
    n_units, n_clusters = counts.shape[0], int(blocks.times.sum())
    if np.isnan(value):
        return Alpha(n_units=n_units, n_clusters=n_clusters, reason=AlphaReason.ONE_VALUE)
    low, high, reason, undefined = limits(
        blocks,
        statistic,
        interval=interval,
        resamples=resamples,
        confidence=confidence,
        seed=seed,
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


def clusters(cluster: ArrayLike | None, kept: NDArray) -> NDArray | None:
    """Number the clusters of the units that are kept: (kept units,), or None for none."""
    if cluster is None:
        return None
    names = np.asarray(cluster)
    if names.shape != kept.shape:
        raise ParameterError(
            f"cluster has the shape {names.shape}, but there are {len(kept):,} units; give one "
            "value a unit, in their order"
        )
    if pd.isna(names).any():
        raise ParameterError(
            f"cluster is missing for {int(pd.isna(names).sum()):,} of {len(kept):,} units; name "
            "the interview of each, or take these units out"
        )
    return np.unique(names[kept], return_inverse=True)[1]


def unit_counts(units: pd.DataFrame) -> sparse.csr_array:
    """Return how many coders gave each unit each value, or refuse what is no count."""
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


def _distance(values: list[Any], level: str) -> NDArray | None:
    if level == "ordinal":
        return None  # depends on how often each value was given
    if level == "nominal":
        return krippendorff.nominal_distance(len(values))
    if level in ("masi", "jaccard"):
        return krippendorff.set_distance(_members(values, level), masi=level == "masi")
    numbers = np.asarray(values, float)
    if level == "interval":
        return krippendorff.interval_distance(numbers)
    if (numbers < 0).any():
        raise ParameterError(
            f"level='ratio' needs values from 0 up, but the lowest is {numbers.min():g}; "
            "use level='interval'"
        )
    return krippendorff.ratio_distance(numbers)


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
