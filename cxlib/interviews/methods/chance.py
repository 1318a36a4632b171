"""How many coders gave a unit each value -> percent agreement and the coefficients that correct it
for chance: Gwet's AC1, Brennan and Prediger's, Fleiss' and Cohen's kappa."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cxlib.interviews.methods import clustered, krippendorff

_NO_CHANCE = 1e-12  # below it 1 - pe is what subtraction leaves of 0


def blocks(counts: sparse.csr_array, groups: NDArray | None) -> clustered.Blocks:
    """Return what the units add to the sums: share of agreeing pairs of coders, units with a pair,
    units with a coder, and for each value the share of the unit's coders who gave it.

    Parameters
    ----------
    counts : sparse array, shape (units, values)
        How many coders gave the unit that value; every unit has a coder.
    groups : ndarray of int, shape (units,), optional
        The cluster of each unit.
    """
    patterns, which, times = krippendorff.distinct(counts)
    dense = patterns.toarray()
    coders = dense.sum(axis=1)
    pairs = coders * (coders - 1)
    agreed = np.divide(
        (dense * (dense - 1)).sum(axis=1), pairs, out=np.zeros(len(dense)), where=pairs > 0
    )
    sums = np.column_stack(
        [agreed, pairs > 0, np.ones(len(dense)), dense / np.maximum(coders, 1)[:, None]]
    )
    return clustered.gather(times, sums, which, groups)


def observed(sums: NDArray) -> NDArray:
    """Share of agreeing pairs of coders, the mean over units with a pair: (rows,)."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sums[:, 1] > 0, sums[:, 0] / sums[:, 1], np.nan)


def expected(sums: NDArray, *, measure: str, values: int) -> NDArray:
    """Agreement by chance for each row of sums: (rows,).

    `values` is the number of values that coders could give, used or not. With pi_k the mean share
    of value k: 0 for percent; 1/q for brennan_prediger; sum pi_k (1 - pi_k)/(q - 1) for ac1 (Gwet
    2008); sum pi_k^2 for fleiss."""
    if measure == "percent":
        return np.zeros(len(sums))
    if measure == "brennan_prediger":
        return np.full(len(sums), 1 / values)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = sums[:, 3:] / sums[:, [2]]
        if measure == "ac1":
            return (share * (1 - share)).sum(axis=1) / (values - 1)
        return (share**2).sum(axis=1)


def coefficient(sums: NDArray, *, measure: str, values: int) -> NDArray:
    """(pa - pe)/(1 - pe) for each row of sums: (rows,); NaN where chance agreement is complete."""
    return _corrected(observed(sums), expected(sums, measure=measure, values=values))


def tables(
    first: NDArray, second: NDArray, groups: NDArray | None, *, values: int
) -> clustered.Blocks:
    """Cross-tabulate two coders' values: sums of shape (blocks, values * values).

    `first`, `second` have the position of each unit's value: (units,); the blocks are the clusters,
    or the distinct pairs of values where there are none."""
    cells, which, times = np.unique(
        first * values + second, return_inverse=True, return_counts=True
    )
    sums = np.zeros((len(cells), values * values))
    sums[np.arange(len(cells)), cells] = 1
    return clustered.gather(times, sums, which, groups)


def cohen(sums: NDArray, *, values: int) -> tuple[NDArray, NDArray]:
    """Observed agreement and that by chance of two coders, each with her own shares of the values:
    (rows,) twice."""
    table = sums.reshape(-1, values, values)
    n = table.sum(axis=(1, 2))
    with np.errstate(divide="ignore", invalid="ignore"):
        same = np.trace(table, axis1=1, axis2=2) / n
        chance = (table.sum(axis=2) * table.sum(axis=1)).sum(axis=1) / n**2
    return same, chance


def kappa(sums: NDArray, *, values: int) -> NDArray:
    """Cohen's kappa for each row of sums as `tables` has them: (rows,)."""
    return _corrected(*cohen(sums, values=values))


def _corrected(same: NDArray, chance: NDArray) -> NDArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(1 - chance > _NO_CHANCE, (same - chance) / (1 - chance), np.nan)
