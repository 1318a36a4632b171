"""Risk tables -> survival, cumulative hazard and their variances, as arrays `groups x tenures`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from cxlib.retention.durations import RiskTable

LIMITS = ("log-log", "log", "plain")


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Arrays `groups x tenures`: `survival`, the variance of its logarithm, `cumhaz` and its
    variance."""

    survival: NDArray[np.float64]
    log_variance: NDArray[np.float64]
    cumhaz: NDArray[np.float64]
    cumhaz_variance: NDArray[np.float64]


def kaplan_meier(table: RiskTable) -> Curve:
    """Kaplan-Meier and Nelson-Aalen with their variances.

    Notes
    -----
    S = product of (1 - d/n) with Greenwood's variance, H = sum of d/n with variance sum of d/n^2.
    With weights, n and d are sums of weights and both variances are the infinitesimal jackknife,
    sum over customers of (weight x influence)^2: Greenwood's formula would take a weight of 3 for
    three independent customers. As R survival 3.5 `survfit` does for weights that are not whole
    numbers."""
    n, d = table.sums
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(n > 0, d / n, 0.0)
        step = np.where(d > 0, d / (n * (n - d)), 0.0)
        survival, cumhaz = np.cumprod(1 - share, axis=1), np.cumsum(share, axis=1)
        if table.weights is None:
            return Curve(
                survival,
                np.cumsum(step, axis=1),
                cumhaz,
                np.cumsum(np.where(d > 0, d / n**2, 0.0), axis=1),
            )
        jump = np.where(d > 0, 1 / (n - d), 0.0)
        return Curve(
            survival,
            sandwich(table, step, jump),
            cumhaz,
            sandwich(table, np.where(d > 0, share / n, 0.0), np.where(d > 0, 1 / n, 0.0)),
        )


def sandwich(table: RiskTable, step: NDArray, jump: NDArray) -> NDArray[np.float64]:
    """Infinitesimal jackknife variance at each tenure.

    A customer adds `weight x (jump if lost - sum of step while at risk)`; sums of squared weights
    are all it takes."""
    lost, censored = table.squares
    so_far = np.cumsum(step, axis=1)
    done = np.cumsum(lost * (so_far - jump) ** 2 + censored * so_far**2, axis=1)
    gone = np.cumsum(lost + censored, axis=1)
    return done + so_far**2 * (gone[:, -1:] - gone)


def pointwise(curve: Curve, z: float, limits: str) -> tuple[NDArray, NDArray]:
    """Return limits of each point; 1 before the first loss, missing where nobody is left, as in
    R."""
    s, spread = curve.survival, z * np.sqrt(curve.log_variance)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        if limits == "log-log":
            spread = spread / np.abs(np.log(s))
            low, high = s ** np.exp(spread), s ** np.exp(-spread)
        elif limits == "log":
            low, high = s * np.exp(-spread), s * np.exp(spread)
        else:
            low, high = s - spread * s, s + spread * s
    return _bounded(s, low, high)


def hall_wellner(curve: Curve, n: NDArray, confidence: float) -> tuple[NDArray, NDArray]:
    """Return the Hall-Wellner band on the log(-log) scale: it holds the whole curve with the given
    confidence.

    Parameters
    ----------
    n : ndarray, shape (groups, 1)
        Customers of each group.

    Notes
    -----
    exp(+-K (1 + n v) / (sqrt(n) log S)) as the exponent of S, v Greenwood's variance of log S, K
    the quantile of the supremum of a Brownian bridge (Hall and Wellner 1980; Klein and Moeschberger
    2003, section 4.4), the whole line taken. n is the number of all customers; `statsmodels` 0.15
    puts those still at risk there, and its band is then too narrow later on (in 1,000 simulated
    samples of 200 with a third censored it held the curve in 90 %, this one in 94.6 %). Without
    censoring, on the plain scale, it is the Kolmogorov-Smirnov band."""
    s = curve.survival
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        spread = (
            scipy.stats.kstwobign.ppf(confidence)
            * (1 + n * curve.log_variance)
            / (np.sqrt(n) * np.abs(np.log(s)))
        )
        return _bounded(s, s ** np.exp(spread), s ** np.exp(-spread))


def _bounded(s: NDArray, low: NDArray, high: NDArray) -> tuple[NDArray, NDArray]:
    low, high = (
        np.clip(np.where(s == 1, 1.0, low), 0, 1),
        np.clip(np.where(s == 1, 1.0, high), 0, 1),
    )
    return np.where(s == 0, np.nan, low), np.where(s == 0, np.nan, high)
