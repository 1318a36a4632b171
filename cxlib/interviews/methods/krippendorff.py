"""How many coders gave a unit each value -> the sums of Krippendorff's alpha, and alpha."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cxlib.interviews.methods import clustered

_STRETCH = 128  # sets whose pairs with all others are in memory at once


def blocks(
    counts: sparse.csr_array, groups: NDArray | None, distance: NDArray | None
) -> clustered.Blocks:
    """Return what the units add to the sums of alpha: n_c of each value, then the sum over c, k of
    o_ck d_ck (for ordinal each o_ck instead).

    Parameters
    ----------
    counts : sparse array, shape (units, values)
        How many coders gave the unit that value.
    groups : ndarray of int, shape (units,), optional
        The cluster of each unit; distinct patterns of values are the blocks where None.
    distance : ndarray, shape (values, values), optional
        None for ordinal, whose distances depend on what was resampled.
    """
    patterns, which, times = distinct(counts)
    others = patterns.sum(axis=1) - 1
    dense = patterns.toarray()
    if distance is None:
        pairs = dense[:, :, None] * (dense[:, None, :] - np.eye(dense.shape[1]))
        observed = (pairs / others[:, None, None]).reshape(len(dense), -1)
    else:  # the diagonal of the distance is 0, so [c = k] drops out
        observed = (patterns.multiply(patterns @ distance).sum(axis=1) / others)[:, None]
    return clustered.gather(times, np.hstack([dense, observed]), which, groups)


def distinct(counts: sparse.csr_array) -> tuple[sparse.csr_array, NDArray, NDArray]:
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


def alpha(sums: NDArray, distance: NDArray | None, *, values: int) -> NDArray:
    """Alpha for each row of sums as `blocks` has them; NaN where all values are the same."""
    n_c, observed = sums[:, :values], sums[:, values:]
    if distance is None:
        middle = np.cumsum(n_c, axis=1) - n_c / 2
        apart = (middle[:, :, None] - middle[:, None, :]) ** 2
        disagreed = (observed.reshape(apart.shape) * apart).sum(axis=(1, 2))
        expected = np.einsum("bc,bck,bk->b", n_c, apart, n_c)
    else:
        disagreed = observed[:, 0]
        expected = ((n_c @ distance) * n_c).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (n_c.sum(axis=1) - 1) * disagreed / expected, np.nan)


def nominal_distance(values: int) -> NDArray:
    """1 between any two of so many values."""
    return 1.0 - np.eye(values)


def interval_distance(values: NDArray) -> NDArray:
    """Squared difference of numbers."""
    return (values[:, None] - values[None, :]) ** 2


def ratio_distance(values: NDArray) -> NDArray:
    """Squared difference of numbers from 0 up in proportion to their sum."""
    difference = values[:, None] - values[None, :]
    total = values[:, None] + values[None, :]
    return np.divide(difference, total, out=np.zeros_like(total), where=total > 0) ** 2


def set_distance(member: NDArray, *, masi: bool) -> NDArray:
    """Jaccard's distance of sets, or with `masi` Passonneau's (2006): (sets, members) -> (sets,
    sets)."""
    size = member.sum(axis=1)
    both = member @ member.T
    return 1 - _similar(both, size[:, None], size[None, :], masi=masi)


def masi(one: NDArray, other: NDArray) -> NDArray:
    """Passonneau's (2006) similarity of each row's two sets: 1 where they are equal, 0 where they
    share nothing; (sets, members) twice -> (sets,)."""
    both = (one & other).sum(axis=1).astype(float)
    return _similar(both, one.sum(axis=1), other.sum(axis=1), masi=True)


def alike_by_chance(members: NDArray, times: NDArray) -> float:
    """Sum the MASI similarity of all pairs of distinct sets, (sets, members) of bool, each set as
    often as it occurs; a set with itself included.

    Only those that share a member are looked at: few of the pairs, a stretch of sets at a time.
    """
    size = members.sum(axis=1)
    whole = sparse.csr_array(members.astype(np.int16))
    total = float((times[size == 0] ** 2).sum())  # the empty set shares nothing with itself
    for start in range(0, len(members), _STRETCH):
        both = (whole[start : start + _STRETCH] @ whole.T).tocoo()
        row, column = both.row + start, both.col
        similar = _similar(both.data.astype(float), size[row], size[column], masi=True)
        total += float((times[row] * similar * times[column]).sum())
    return total


def _similar(both: NDArray, size: NDArray, other: NDArray, *, masi: bool) -> NDArray:
    either = size + other - both
    similar = np.divide(both, either, out=np.ones_like(both), where=either > 0)
    if masi:
        equal, subset = both == either, both == np.minimum(size, other)
        similar *= np.where(equal, 1, np.where(subset, 2 / 3, np.where(both > 0, 1 / 3, 0)))
    return similar
