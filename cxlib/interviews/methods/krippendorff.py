"""How many coders gave a unit each value -> the sums of Krippendorff's alpha, alpha, and resamples
of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse


@dataclass(frozen=True, slots=True)
class Blocks:
    """What is resampled: `times` copies of each block, with what the block's units add to the three
    sums of alpha."""

    times: NDArray  # (blocks,)
    marginals: NDArray  # (blocks, values): n_c
    # (blocks,): sum over c, k of o_ck d_ck; for ordinal (blocks, values * values): o_ck
    observed: NDArray


def blocks(counts: sparse.csr_array, groups: NDArray | None, distance: NDArray | None) -> Blocks:
    """Return the blocks of units.

    Parameters
    ----------
    counts : sparse array, shape (units, values)
        How many coders gave the unit that value.
    groups : ndarray of int, shape (units,), optional
        The cluster of each unit; distinct patterns of values are the blocks where None.
    distance : ndarray, shape (values, values), optional
        None for ordinal, whose distances depend on what was resampled.
    """
    patterns, which, times = _distinct(counts)
    others = patterns.sum(axis=1) - 1
    if distance is None:
        dense = patterns.toarray()
        pairs = dense[:, :, None] * (dense[:, None, :] - np.eye(dense.shape[1]))
        observed = (pairs / others[:, None, None]).reshape(len(dense), -1)
    else:  # the diagonal of the distance is 0, so [c = k] drops out
        observed = patterns.multiply(patterns @ distance).sum(axis=1) / others
    if groups is None:
        return Blocks(times, patterns.toarray(), observed)
    of_group = sparse.coo_array(
        (np.ones(len(which)), (groups, which)), (groups.max() + 1, len(times))
    ).tocsr()
    return Blocks(
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


def alpha(of: Blocks, weights: NDArray, distance: NDArray | None) -> NDArray:
    """Alpha for each row of weights on the blocks; NaN where all values are the same."""
    n_c = weights @ of.marginals
    observed = weights @ of.observed
    if distance is None:
        middle = np.cumsum(n_c, axis=1) - n_c / 2
        apart = (middle[:, :, None] - middle[:, None, :]) ** 2
        observed = (observed.reshape(apart.shape) * apart).sum(axis=(1, 2))
        expected = np.einsum("bc,bck,bk->b", n_c, apart, n_c)
    else:
        expected = ((n_c @ distance) * n_c).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(expected > 0, 1 - (n_c.sum(axis=1) - 1) * observed / expected, np.nan)


def resample(of: Blocks, distance: NDArray | None, *, resamples: int, seed: int) -> NDArray:
    """Alpha of multinomial resamples of the blocks: (resamples,), NaN where it has no value."""
    n = int(of.times.sum())
    weights = np.random.default_rng(seed).multinomial(n, of.times / n, size=resamples)
    return alpha(of, weights, distance)


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
    either = size[:, None] + size[None, :] - both
    similar = np.divide(both, either, out=np.ones_like(both), where=either > 0)
    if masi:
        smaller = np.minimum(size[:, None], size[None, :])
        equal, subset = both == either, both == smaller
        similar *= np.where(equal, 1, np.where(subset, 2 / 3, np.where(both > 0, 1 / 3, 0)))
    return 1 - similar
