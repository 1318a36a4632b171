"""Cells of people and of those who answered -> the R-indicator and its standard error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit


@dataclass(frozen=True, slots=True)
class Estimate:
    """`rate` of answering, R-indicator bias-adjusted and not, its `se`, and the coefficient of
    variation `cv` of the adjusted propensities."""

    rate: float
    adjusted: float
    unadjusted: float
    se: float
    cv: float


def estimate(x: NDArray, n: NDArray, r: NDArray) -> Estimate:
    """Estimate the R-indicator of cells.

    Parameters
    ----------
    x : float array, shape (cells, coefficients)
        Design of the logit, its first column 1.
    n, r : float array, shape (cells,)
        People asked, and those who answered.

    Notes
    -----
    Shlomo, Skinner and Schouten (2012), with the divisor N - 1 throughout; see
    `bias.r_indicator`.
    """
    p, v = _logit(x, n, r)
    total, mean = n.sum(), float(n @ p / n.sum())
    s2 = float(n @ (p - mean) ** 2 / (total - 1))
    z = (p * (1 - p))[:, None] * x
    adjusted = max(s2 - float(n @ np.einsum("ij,jk,ik->i", z, v, z) / total), 0.0)
    return Estimate(
        rate=mean,
        adjusted=1 - 2 * np.sqrt(adjusted),
        unadjusted=1 - 2 * np.sqrt(s2),
        se=_se(z - n @ z / total, n, p - mean, v, s2),
        cv=np.sqrt(adjusted) / mean,
    )


def _logit(x: NDArray, n: NDArray, r: NDArray) -> tuple[NDArray, NDArray]:
    """Fit a logit to cells; return the propensities and the covariance of the coefficients."""
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = expit(x @ beta)
        information = x.T @ ((n * p * (1 - p))[:, None] * x)
        step = np.linalg.pinv(information, hermitian=True) @ (x.T @ (r - n * p))
        beta = beta + step
        if np.abs(step).max() < 1e-12:
            break
    p = expit(x @ beta)
    return p, np.linalg.pinv(x.T @ ((n * p * (1 - p))[:, None] * x), hermitian=True)


def _se(z: NDArray, n: NDArray, centred: NDArray, v: NDArray, s2: float) -> float:
    """Return the linearised standard error; `z` and `centred` are measured from their means."""
    if s2 == 0:
        return 0.0
    a = (n * centred) @ z / (n.sum() - 1)
    b = (z.T * n) @ z / (n.sum() - 1)
    return float(np.sqrt((4 * a @ v @ a + 2 * np.trace(b @ v @ b @ v)) / s2))
