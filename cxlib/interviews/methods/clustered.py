"""What interviews add to a sum -> limits of a coefficient of agreement, by leaving one interview
out at a time or by resampling them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse, special

Statistic = Callable[[NDArray], NDArray]  # (rows, sums) -> (rows,), NaN where it has no value
NOTHING = 1e-12  # below it 1 - coefficient is what subtraction leaves of 0
_AT_ONCE = 1_000  # rows of sums that a statistic is asked for together: bounds memory


@dataclass(frozen=True, slots=True)
class Blocks:
    """What is left out or resampled: `times` copies of a block, with what it adds to the sums."""

    times: NDArray  # (blocks,)
    sums: NDArray  # (blocks, sums)

    def total(self) -> NDArray:
        """The sums of all blocks: (1, sums)."""
        return (self.times @ self.sums)[None, :]


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of a coefficient; NaN where there are none.

    `undefined` is the share of the leave-one-out values (or resamples) without a value; `complete`
    the share of those that are complete agreement."""

    low: float
    high: float
    undefined: float
    complete: float


def gather(times: NDArray, sums: NDArray, which: NDArray, groups: NDArray | None) -> Blocks:
    """Add up what distinct units bring by their cluster.

    Parameters
    ----------
    times : ndarray of int, shape (patterns,)
        How often each pattern occurs.
    sums : ndarray, shape (patterns, sums)
    which : ndarray of int, shape (units,)
        The pattern of each unit.
    groups : ndarray of int, shape (units,), optional
        The cluster of each unit, from 0 up; the patterns are the blocks where None.
    """
    if groups is None:
        return Blocks(times, sums)
    of_group = sparse.coo_array(
        (np.ones(len(which)), (groups, which)), (groups.max() + 1, len(times))
    ).tocsr()
    return Blocks(np.ones(of_group.shape[0], int), of_group @ sums)


def jackknife(of: Blocks, statistic: Statistic, *, confidence: float) -> Limits:
    """Limits from leaving out one block at a time, on the scale log(1 - coefficient).

    Notes
    -----
    With theta = log(1 - coefficient) and theta_i without block i of n: se^2 = (n - 1)/n sum
    (theta_i - mean)^2 (Efron and Stein 1981), limits 1 - exp(theta +- t se) with Student's t of n -
    1 degrees of freedom. They have no value where one leave-one-out value has none, or is complete
    agreement (log 0)."""
    n = int(of.times.sum())
    left = _values(statistic, of.total() - of.sums)
    gone, full = np.isnan(left), 1 - left < NOTHING
    undefined, complete = (float(of.times @ at / n) for at in (gone, full))
    if undefined or complete or n < 2:
        return Limits(np.nan, np.nan, undefined, complete)
    theta = np.log(1 - left)
    middle = of.times @ theta / n
    se = np.sqrt((n - 1) / n * (of.times @ (theta - middle) ** 2))
    at = np.log(1 - statistic(of.total())[0])
    # Student's t; scipy.stats would load forty megabytes for it
    half = special.stdtrit(n - 1, (1 + confidence) / 2) * se
    if not half > NOTHING:
        return Limits(np.nan, np.nan, undefined, complete)
    return Limits(float(1 - np.exp(at + half)), float(1 - np.exp(at - half)), undefined, complete)


def bootstrap(
    of: Blocks, statistic: Statistic, *, resamples: int, confidence: float, seed: int
) -> Limits:
    """Percentile limits from resampled blocks: multinomial weights, so that rows are read once."""
    n = int(of.times.sum())
    weights = np.random.default_rng(seed).multinomial(n, of.times / n, size=resamples)
    values = _values(statistic, weights @ of.sums)
    undefined, complete = (float(at.mean()) for at in (np.isnan(values), 1 - values < NOTHING))
    if undefined == 1:
        return Limits(np.nan, np.nan, undefined, complete)
    low, high = np.nanquantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Limits(float(low), float(high), undefined, complete)


def _values(statistic: Statistic, sums: NDArray) -> NDArray:
    parts = range(0, len(sums), _AT_ONCE)
    return np.concatenate([statistic(sums[first : first + _AT_ONCE]) for first in parts])
