"""Values, weights and who is kept -> the mean of all, of the kept, and the difference, with
standard errors that know that the kept are part of all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean, or a difference of means: `n` answers worth `n_eff`, `df` of Student's t."""

    n: int
    n_eff: float
    mean: float
    se: float
    df: int

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return the limits by Student's t; missing where there is no standard error."""
        half = stats.t.ppf((1 + confidence) / 2, self.df) * self.se if self.df > 0 else np.nan
        return self.mean - half, self.mean + half


def with_and_without(
    values: NDArray, weight: NDArray, kept: NDArray, again: NDArray | None = None
) -> tuple[Mean, Mean, Mean]:
    """Return the mean of all, of the kept, and the second minus the first.

    Parameters
    ----------
    values, weight : float arrays, shape (rows,)
        Weights not below 0, some above.
    kept : bool array, shape (rows,)
        At least one row with a weight above 0 is kept.
    again : float array, shape (rows,), optional
        Weights of the kept that were made anew without the others; else their own.

    Notes
    -----
    Each mean is a ratio; what a row adds to it is w (y - mean) / sum w, and the difference adds the
    difference of these. Variance n / (n - 1) x the sum of squares, as `weighted_mean`.

    Examples
    --------
    >>> every = np.ones(4, dtype=bool)
    >>> y = np.array([1.0, 2, 3, 6])
    >>> [round(each.mean, 3) for each in with_and_without(y, np.ones(4), y < 6)]
    [3.0, 2.0, -1.0]
    """
    rest = (weight if again is None else again) * kept
    every, some = _shares(values, weight), _shares(values, rest)
    n, m = len(values), int(kept.sum())
    return (
        Mean(n, _effective(weight), every[0], _error(every[1], n), n - 1),
        Mean(m, _effective(rest), some[0], _error(some[1][kept], m), m - 1),
        Mean(n, _effective(weight), some[0] - every[0], _error(some[1] - every[1], n), n - 1),
    )


def _shares(values: NDArray, weight: NDArray) -> tuple[float, NDArray]:
    mean = float(np.average(values, weights=weight))
    return mean, weight * (values - mean) / weight.sum()


def _error(parts: NDArray, n: int) -> float:
    if n < 2:
        return np.nan
    return float(np.sqrt(n / (n - 1) * ((parts - parts.mean()) ** 2).sum()))


def _effective(weight: NDArray) -> float:
    return float(weight.sum() ** 2 / (weight**2).sum())
