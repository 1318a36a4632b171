"""Numbers at risk and lost by group -> log-rank and Peto-Peto tests, stratified and for trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

# numbers at risk and lost, groups x tenures; the same groups in every stratum
Stratum = tuple[NDArray, NDArray]


@dataclass(frozen=True, slots=True, eq=False)
class LogRank:
    """Observed and expected losses of each group, their covariance, and the test of all groups."""

    observed: NDArray[np.float64]
    expected: NDArray[np.float64]
    covariance: NDArray[np.float64]
    statistic: float
    df: int
    pvalue: float


def log_rank(strata: Sequence[Stratum], *, rho: float = 0.0) -> LogRank:
    """Test whether groups are lost at the same speed.

    Parameters
    ----------
    strata : sequence of (at_risk, lost)
        Groups are compared within each stratum only.
    rho : float
        Losses at a tenure weigh S(t-)^rho: 0 is the log-rank test, 1 Peto and Peto's, which looks
        at early losses.

    Notes
    -----
    Hypergeometric covariance (Mantel 1966; Harrington and Fleming 1982). Equal to R survival 3.5
    `survdiff` to 1e-10. Where nobody was lost while two groups were followed, the statistic is 0 on
    0 degrees of freedom and the p value is missing."""
    parts = [_stratum(*one, rho) for one in strata]
    observed, expected, covariance = (np.sum(each, axis=0) for each in zip(*parts, strict=True))
    # the rows sum to 0, so one group is left out; what is then left is singular only where groups
    # never meet at a loss
    difference, inner = (observed - expected)[:-1], covariance[:-1, :-1]
    df = int(np.linalg.matrix_rank(inner, hermitian=True)) if inner.size else 0
    if df == 0:
        return LogRank(observed, expected, covariance, 0.0, 0, float("nan"))
    statistic = float(difference @ np.linalg.pinv(inner, hermitian=True) @ difference)
    return LogRank(
        observed, expected, covariance, statistic, df, float(scipy.stats.chi2.sf(statistic, df))
    )


def trend(found: LogRank, scores: ArrayLike) -> tuple[float, float]:
    """Return statistic (on 1 degree of freedom) and p value of a trend over groups with these
    scores.

    (sum of score x (observed - expected))^2 over its variance (Tarone 1975); missing where there is
    no variance."""
    steps = np.asarray(scores, float)
    steps = steps - steps.mean()
    variance = float(steps @ found.covariance @ steps)
    if found.df == 0 or variance <= 0:
        return float("nan"), float("nan")
    statistic = float(steps @ (found.observed - found.expected)) ** 2 / variance
    return statistic, float(scipy.stats.chi2.sf(statistic, 1))


def _stratum(at_risk: NDArray, lost: NDArray, rho: float) -> tuple[NDArray, NDArray, NDArray]:
    some = lost.sum(axis=0) > 0
    n, d = at_risk[:, some].astype(float), lost[:, some].astype(float)
    total, losses = n.sum(axis=0), d.sum(axis=0)
    share = n / total
    before = np.concatenate([[1.0], np.cumprod(1 - losses / total)])[:-1]
    weight = before**rho
    factor = (
        weight**2 * losses * (total - losses) / np.maximum(total - 1, 1)
    )  # one customer left: no variance
    return (
        (weight * d).sum(axis=1),
        (weight * losses * share).sum(axis=1),
        np.diag((factor * share).sum(axis=1)) - (factor * share) @ share.T,
    )
