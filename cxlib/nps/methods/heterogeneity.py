"""Estimates of k segments -> whether they differ more than chance explains, and by how much."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike


def spread(nps: ArrayLike, variance: ArrayLike) -> tuple[float, float, float]:
    """Cochran's Q of k estimates with known variances, I-squared in [0, 1], and DerSimonian and
    Laird's tau."""
    # `combine_effects` of statsmodels leaves tau^2 negative where Q is small, and warns of roots of
    # negative numbers
    nps, w = np.asarray(nps, float), 1 / np.asarray(variance, float)
    q, df = np.sum(w * (nps - np.average(nps, weights=w)) ** 2), len(nps) - 1
    excess = max(q - df, 0.0)
    return (
        float(q),
        float(excess / q) if excess else 0.0,
        float(np.sqrt(excess / (w.sum() - np.sum(w * w) / w.sum()))),
    )


def welch(nps: ArrayLike, variance: ArrayLike, n: ArrayLike) -> tuple[float, float, float]:
    """Welch's F, its second degrees of freedom and p value, from variances V / n of the means; n at
    least 2."""
    from statsmodels.stats.oneway import anova_generic

    n = np.asarray(n, float)
    found = anova_generic(
        np.asarray(nps, float), np.asarray(variance, float) * n * n / (n - 1), n, use_var="unequal"
    )
    return float(found.statistic), float(found.df_denom), float(found.pvalue)
