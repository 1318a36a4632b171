"""Risk tables -> survival, cumulative hazard and their variances, as arrays `groups x tenures`."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxlib.methods.survival.risk_table import RiskTable


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Arrays `groups x tenures`: `survival`, the variance of its logarithm, `cumhaz` and its
    variance."""

    survival: NDArray[np.float64]
    log_variance: NDArray[np.float64]
    cumhaz: NDArray[np.float64]
    cumhaz_variance: NDArray[np.float64]

    @property
    def se(self) -> NDArray[np.float64]:
        """Standard error of `survival`; at 0 it does not exist and is missing, as in R."""
        with np.errstate(invalid="ignore"):
            return np.where(self.survival == 0, np.nan, self.survival * np.sqrt(self.log_variance))


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
            jackknife_variance(table, step, jump),
            cumhaz,
            jackknife_variance(table, np.where(d > 0, share / n, 0.0), np.where(d > 0, 1 / n, 0.0)),
        )


def jackknife_variance(table: RiskTable, step: NDArray, jump: NDArray) -> NDArray[np.float64]:
    """Infinitesimal jackknife variance at each tenure.

    A customer adds `weight x (jump if lost - sum of step while at risk)`; sums of squared weights
    are all it takes."""
    lost, censored = table.squares
    so_far = np.cumsum(step, axis=1)
    done = np.cumsum(lost * (so_far - jump) ** 2 + censored * so_far**2, axis=1)
    gone = np.cumsum(lost + censored, axis=1)
    return done + so_far**2 * (gone[:, -1:] - gone)
