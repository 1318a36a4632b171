"""Successes and trials -> limits of a proportion, and the normal quantile they rest on."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from cxlib import check


def z_value(confidence: float = 0.95) -> float:
    """Two-sided standard normal quantile.

    >>> round(z_value(0.95), 6)
    1.959964
    """
    return float(scipy.stats.norm.ppf(0.5 + check.confidence(confidence) / 2))


def wilson(
    successes: ArrayLike, n: ArrayLike, *, confidence: float = 0.95
) -> tuple[NDArray, NDArray]:
    """Wilson score limits of a proportion; missing where n is 0.

    Parameters
    ----------
    successes, n : array_like of int
        Successes and trials; broadcast against each other.

    Returns
    -------
    low, high : ndarray
        In [0, 1], from `statsmodels.stats.proportion.proportion_confint(method="wilson")`, whose
        rounding puts the limits of nobody and of everyone beside 0 and 1: they are exact here.
    """
    from statsmodels.stats.proportion import proportion_confint

    successes, n = np.broadcast_arrays(np.asarray(successes, float), np.asarray(n, float))
    low, high = np.full(n.shape, np.nan), np.full(n.shape, np.nan)
    some = n > 0
    if some.any():
        alpha = 1 - check.confidence(confidence)
        low[some], high[some] = proportion_confint(
            successes[some], n[some], alpha=alpha, method="wilson"
        )
        low[some & (successes == 0)], high[some & (successes == n)] = 0.0, 1.0
    return low, high
