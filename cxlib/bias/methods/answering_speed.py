"""Seconds that respondents took -> how fast they were beside the others, and what is too fast."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

DEVIATIONS = 3.0  # Leys and others 2013: a median absolute deviation taken so often is far out
A_SECOND = 1.0  # Wood and others 2017: nobody reads and answers an item in less
ENOUGH = 20  # times, below which their spread says nothing
_NORMAL = 1.482602218505602  # 1 / the normal's upper quartile: makes the deviation one of sigma


def log_scores(seconds: NDArray) -> NDArray:
    """Return robust z scores of the logarithm of times: (log t - median) / (1.4826 MAD).

    Parameters
    ----------
    seconds : float array
        Missing or not above 0 where it is not known.

    Returns
    -------
    float array
        Missing where the time is not known, and throughout where half of the times are equal.

    Examples
    --------
    >>> log_scores(np.array([50.0, 100, 200, np.nan])).round(2)
    array([-0.67,  0.  ,  0.67,   nan])
    """
    log, middle, spread = _spread(seconds)
    return (log - middle) / spread if spread > 0 else np.full(len(log), np.nan)


def too_fast(seconds: NDArray, *, items: int, deviations: float = DEVIATIONS) -> float:
    """Return the time below which a respondent was too fast.

    Parameters
    ----------
    seconds : float array
        As in `log_scores`.
    items : int
        How many items were answered in that time, at least.
    deviations : float
        How many median absolute deviations below the median log time is far.

    Returns
    -------
    float
        Seconds: exp(median - deviations x 1.4826 MAD) of log time, at least a second an item. With
        fewer than 20 times a second an item.

    Notes
    -----
    A rule by mean - 2 standard deviations of the seconds is below 0 for log-normal times of usual
    spread (sigma above 0.47), and then finds nobody.

    Examples
    --------
    >>> times = np.exp(np.linspace(4, 6, 101))
    >>> round(too_fast(times, items=5), 1)
    16.1
    """
    log, middle, spread = _spread(seconds)
    if np.isfinite(log).sum() < ENOUGH or not spread > 0:
        return A_SECOND * items
    return max(float(np.exp(middle - deviations * spread)), A_SECOND * items)


def _spread(seconds: NDArray) -> tuple[NDArray, float, float]:
    log = np.log(np.where(seconds > 0, seconds, np.nan))
    known = log[~np.isnan(log)]
    if not len(known):
        return log, np.nan, 0.0
    middle = float(np.median(known))
    return log, middle, _NORMAL * float(np.median(np.abs(known - middle)))
