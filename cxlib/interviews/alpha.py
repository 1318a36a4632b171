"""How many coders gave a unit each value -> Krippendorff's alpha, with an interval from resampled
units or interviews."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from cxlib import check
from cxlib.errors import ColumnError, ParameterError
from cxlib.language import text

LEVELS = ("nominal", "ordinal", "interval", "ratio", "masi", "jaccard")
RELIABLE, TENTATIVE = 0.800, 0.667  # Krippendorff 2004, Content Analysis, 2nd ed., p. 241
_MOST_UNDEFINED = 0.05  # share of resamples without a value above which no interval is given


@dataclass(frozen=True, slots=True)
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
    reason : str
        Why the value, or its interval, is missing.
    """

    value: float
    ci_low: float
    ci_high: float
    n_units: int
    n_clusters: int
    reason: str = ""

    @property
    def judgement(self) -> str:
        """Krippendorff's (2004) word for the value."""
        if np.isnan(self.value):
            return "cannot be judged"
        return (
            "reliable"
            if self.value >= RELIABLE
            else "tentative"
            if self.value >= TENTATIVE
            else "not reliable"
        )


@dataclass(frozen=True, slots=True)
class _Blocks:
    """What is resampled: `times` copies of each block, with what the block's units add to the three
    sums of alpha."""

    times: NDArray  # (blocks,)
    marginals: NDArray  # (blocks, values): n_c
    # (blocks,): sum over c, k of o_ck d_ck; for ordinal (blocks, values * values): o_ck
    observed: NDArray


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
    seed : int
        Same seed, same interval.

    Returns
    -------
    Alpha

    Raises
    ------
    ParameterError, ColumnError
        If the level is unknown or the values do not fit it.

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
        return Alpha(np.nan, np.nan, np.nan, 0, 0, text("interviews.reason_no_pairs"))
    groups = (
        None
        if cluster is None
        else np.unique(np.asarray(cluster)[pairable], return_inverse=True)[1]
    )
    distance = None if level == "ordinal" else _distance(values, level)
    blocks = _blocks(counts, groups, distance)
    n_clusters = int(blocks.times.sum())
    value = float(_alpha(blocks, blocks.times[None, :], distance)[0])
    if np.isnan(value):
        return Alpha(
            value, value, value, counts.shape[0], n_clusters, text("interviews.reason_one_value")
        )
    low, high, reason = _interval(
        blocks, distance, resamples=resamples, confidence=confidence, seed=seed
    )
    return Alpha(value, low, high, counts.shape[0], n_clusters, reason)


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


def _blocks(counts: sparse.csr_array, groups: NDArray | None, distance: NDArray | None) -> _Blocks:
    patterns, which, times = _distinct(counts)
    others = patterns.sum(axis=1) - 1
    if distance is None:
        dense = patterns.toarray()
        pairs = dense[:, :, None] * (dense[:, None, :] - np.eye(dense.shape[1]))
        observed = (pairs / others[:, None, None]).reshape(len(dense), -1)
    else:  # the diagonal of the distance is 0, so [c = k] drops out
        observed = patterns.multiply(patterns @ distance).sum(axis=1) / others
    if groups is None:
        return _Blocks(times, patterns.toarray(), observed)
    of_group = sparse.coo_array(
        (np.ones(len(which)), (groups, which)), (groups.max() + 1, len(times))
    ).tocsr()
    return _Blocks(
        np.ones(of_group.shape[0], int), (of_group @ patterns).toarray(), of_group @ observed
    )


def _distinct(counts: sparse.csr_array) -> tuple[sparse.csr_array, NDArray, NDArray]:
    """Distinct rows, the distinct row of each row, and how often each occurs; sorting whole rows
    would take minutes."""
    whole = counts.astype(np.uint64)
    mixed = np.random.default_rng(0).integers(0, 2**64, counts.shape[1], dtype=np.uint64)
    _, first, which, times = np.unique(
        whole @ mixed, return_index=True, return_inverse=True, return_counts=True
    )
    which = which.ravel()
    if (
        whole != whole[first][which]
    ).nnz:  # two rows with one hash: a chance of 1 in 10^10 for 40,000 rows
        _, first, which, times = np.unique(
            counts.toarray(), axis=0, return_index=True, return_inverse=True, return_counts=True
        )
    return counts[first], which.ravel(), times


def _alpha(blocks: _Blocks, weights: NDArray, distance: NDArray | None) -> NDArray:
    """Alpha for each row of weights on the blocks; NaN where all values are the same."""
    n_c = weights @ blocks.marginals
    observed = weights @ blocks.observed
    if distance is None:
        middle = np.cumsum(n_c, axis=1) - n_c / 2
        apart = (middle[:, :, None] - middle[:, None, :]) ** 2
        observed = (observed.reshape(apart.shape) * apart).sum(axis=(1, 2))
        expected = np.einsum("bc,bck,bk->b", n_c, apart, n_c)
    else:
        expected = ((n_c @ distance) * n_c).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (n_c.sum(axis=1) - 1) * observed / expected, np.nan)


def _interval(
    blocks: _Blocks, distance: NDArray | None, *, resamples: int, confidence: float, seed: int
) -> tuple[float, float, str]:
    level = check.confidence(confidence)
    n = int(blocks.times.sum())
    if resamples <= 0:
        return np.nan, np.nan, ""
    if n < 2:
        return np.nan, np.nan, text("interviews.reason_one_cluster")
    weights = np.random.default_rng(seed).multinomial(n, blocks.times / n, size=resamples)
    values = _alpha(blocks, weights, distance)
    undefined = np.isnan(values).mean()
    if undefined > _MOST_UNDEFINED:
        return np.nan, np.nan, text("interviews.reason_few", undefined=f"{100 * undefined:.0f} %")
    low, high = np.nanquantile(values, [(1 - level) / 2, (1 + level) / 2])
    if low == high:
        return np.nan, np.nan, text("interviews.reason_no_spread")
    return float(low), float(high), ""


def _distance(values: list, level: str) -> NDArray:
    if level == "nominal":
        return 1.0 - np.eye(len(values))
    if level in ("interval", "ratio"):
        numbers = pd.to_numeric(pd.Series(values, dtype=object), errors="coerce").to_numpy(float)
        if np.isnan(numbers).any():
            odd = next(
                value for value, number in zip(values, numbers, strict=True) if np.isnan(number)
            )
            raise ColumnError(
                f"level={level!r} needs numbers, but one value is {odd!r}; use level='nominal'"
            )
        difference = numbers[:, None] - numbers[None, :]
        if level == "interval":
            return difference**2
        if (numbers < 0).any():
            raise ParameterError(
                f"level='ratio' needs values from 0 up, but the lowest is {numbers.min():g}; "
                "use level='interval'"
            )
        total = numbers[:, None] + numbers[None, :]
        return np.divide(difference, total, out=np.zeros_like(total), where=total > 0) ** 2
    return _set_distance(values, level)


def _set_distance(values: list, level: str) -> NDArray:
    odd = next((value for value in values if not isinstance(value, frozenset)), None)
    if odd is not None:
        raise ColumnError(
            f"level={level!r} needs sets of codes (frozensets) as columns, but one is {odd!r}; "
            "use level='nominal'"
        )
    codes = sorted({code for value in values for code in value}, key=str)
    member = np.array([[code in value for code in codes] for value in values], float).reshape(
        len(values), len(codes)
    )
    size = member.sum(axis=1)
    both = member @ member.T
    either = size[:, None] + size[None, :] - both
    similar = np.divide(both, either, out=np.ones_like(both), where=either > 0)
    if level == "masi":
        smaller = np.minimum(size[:, None], size[None, :])
        equal, subset = both == either, both == smaller
        similar *= np.where(equal, 1, np.where(subset, 2 / 3, np.where(both > 0, 1 / 3, 0)))
    return 1 - similar
