"""Scores of waves in order -> limits, a moving average, and where one change of level lies. On [-1,
1]."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxlib.nps.methods import intervals
from cxlib.nps.methods.crossing import crossing

SIGMAS = 3.0


def chart(
    nps: ArrayLike, variance: ArrayLike, n: ArrayLike, *, baseline: int, smoothing: float
) -> dict[str, NDArray]:
    """Centre, limits and moving average of k waves; arrays of shape (k,), on [-1, 1].

    Parameters
    ----------
    nps, variance, n : array_like, shape (k,)
        NPS, variance of one answer, and (effective) number of answers of each wave.
    baseline : int
        First waves that set centre and limits.
    smoothing : float
        Weight of the newest wave.
    """
    d, v, n = (np.asarray(x, float) for x in (nps, variance, n))
    first = slice(baseline)
    size = n[first].sum()
    centre = n[first] @ d[first] / size
    sigma2 = n[first] @ (v[first] + (d[first] - centre) ** 2) / size
    if (
        sigma2 <= 0
    ):  # all answers of the baseline are of one kind: the counts +3/4, +3/2, +3/4, as elsewhere
        sigma2 = float(
            intervals.known_variance(
                *(np.array(x) for x in ((1 + centre) / 2 * size, size, (1 - centre) / 2 * size))
            )
            * size
        )
    half = SIGMAS * np.sqrt(sigma2 / n)
    average, spread = np.empty(len(d)), np.empty(len(d))
    level, var = centre, 0.0
    for t in range(len(d)):
        level = average[t] = smoothing * d[t] + (1 - smoothing) * level
        var = spread[t] = smoothing**2 * sigma2 / n[t] + (1 - smoothing) ** 2 * var
    reach = SIGMAS * np.sqrt(spread)
    return {
        "centre": np.full(len(d), centre),
        "limit_low": centre - half,
        "limit_high": centre + half,
        "outside": np.abs(d - centre) > half,
        "ewma": average,
        "ewma_low": centre - reach,
        "ewma_high": centre + reach,
    }


def change_point(nps: ArrayLike, variance: ArrayLike) -> tuple[NDArray, NDArray, float]:
    """Statistic of each split of k waves, the weight of a change just before each wave, and the p
    value of any change.

    Parameters
    ----------
    nps, variance : array_like, shape (k,)
        NPS and its variance in each wave.

    Returns
    -------
    z : ndarray, shape (k - 1,)
        After minus before, for the splits after wave 1 to k - 1.
    weight : ndarray, shape (k,)
        Sums to 1 where k is 2 or more; 0 for the first wave.
    pvalue : float
        Of the largest |z|; missing where k is 1.
    """
    d, w = np.asarray(nps, float), 1 / np.asarray(variance, float)
    if len(d) < 2:
        return np.empty(0), np.zeros(len(d)), np.nan
    before, total = np.cumsum(w)[:-1], w.sum()
    after = np.cumsum(w[::-1])[::-1][1:]
    centred = np.cumsum(w * (d - w @ d / total))[:-1]
    z = -centred * np.sqrt(total / (before * after))
    odds = np.sqrt(before / after)
    weight = np.exp((z**2 - np.max(z**2)) / 2)
    return (
        z,
        np.concatenate([[0.0], weight / weight.sum()]),
        crossing(np.abs(z).max(), odds[:-1] / odds[1:]),
    )


def shift(nps: NDArray, variance: NDArray, at: int) -> float:
    """Score from wave `at` on, minus before; missing where no wave is before."""
    if at == 0:
        return np.nan
    return float(
        np.average(nps[at:], weights=1 / variance[at:])
        - np.average(nps[:at], weights=1 / variance[:at])
    )
