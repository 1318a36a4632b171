"""Counts and sums -> intervals and tests that more than one study needs."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

from cxlib import check
from cxlib.errors import WeightError


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
        In [0, 1], from `statsmodels.stats.proportion.proportion_confint(method="wilson")`.
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
    return low, high


def adjusted(pvalues: ArrayLike, *, method: str = "holm") -> NDArray:
    """P values adjusted for having been looked at together; missing p values stay missing and do
    not count.

    Parameters
    ----------
    pvalues : array_like
        One family.
    method : {"holm", "BH", "BY", "none"}
        Holm holds the chance of any false claim; Benjamini-Hochberg and -Yekutieli the share of
        false claims, the latter under any dependence. Through
        `statsmodels.stats.multitest.multipletests`.

    Examples
    --------
    >>> adjusted([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    from statsmodels.stats.multitest import multipletests

    names = {"holm": "holm", "BH": "fdr_bh", "BY": "fdr_by", "none": None}
    check.one_of("adjust", method, names)
    p = np.array(pvalues, float)
    known = ~np.isnan(p)
    if known.sum() > 1 and names[method]:
        p[known] = multipletests(p[known], method=names[method])[1]
    return p


def unsampled(m: NDArray, strata: NDArray, fpc: ArrayLike) -> NDArray:
    """Return the share of each stratum's sampling units that is not in the sample: the finite
    population correction.

    Parameters
    ----------
    m : int array, shape (strata,)
        Sampling units in the sample.
    strata : int array, shape (rows,)
        Stratum of each row, 0 to the number of strata - 1.
    fpc : array_like, shape (rows,)
        Number of sampling units in the row's stratum in the population.

    Raises
    ------
    WeightError
        If `fpc` differs within a stratum, or is less than `m`.

    Examples
    --------
    >>> unsampled(np.array([2]), np.array([0, 0]), [8, 8]).tolist()
    [0.75]
    """
    given = np.asarray(fpc, float)
    population, least = np.zeros(len(m)), np.full(len(m), np.inf)
    np.maximum.at(population, strata, given)
    np.minimum.at(least, strata, given)
    if (population != least).any():
        raise WeightError(
            "fpc: it differs within a stratum; give each row the number of clusters (or rows) that "
            "its "
            "stratum has in the population"
        )
    if (population < m).any():
        raise WeightError(
            "fpc: a stratum has more clusters (or rows) in the sample than in the population; give "
            "the "
            "population's number"
        )
    return 1 - m / population


def linearised_variance(
    influence: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    fpc: ArrayLike | None = None,
) -> tuple[float, int]:
    """Taylor-linearised variance of an estimate whose influence values are given.

    Parameters
    ----------
    influence : array_like, shape (rows,)
        e_i, such that the estimate's error is about their sum: for a weighted mean w_i (y_i - mean)
        / sum w.
    cluster : array_like, shape (rows,), optional
        Primary sampling unit of each row; each row is its own where it is None.
    strata : array_like, shape (rows,), optional
        Stratum of each row; one stratum where it is None. Clusters are told apart within strata.
    fpc : array_like, shape (rows,), optional
        Number of primary sampling units in the row's stratum in the population; infinite where it
        is None.

    Returns
    -------
    variance : float
    df : int
        Primary sampling units minus strata.

    Raises
    ------
    WeightError
        If a stratum has a single primary sampling unit: its variance cannot be known; or `fpc`
        cannot be.

    Notes
    -----
    sum over strata h of (1 - m_h/M_h) m_h/(m_h - 1) sum over clusters j of (E_hj - mean E_h)^2
    (Wolter 2007, section 6). Compared with R survey 4.1 `svymean` on the California schools."""
    e = np.asarray(influence, float)
    h = (
        np.zeros(len(e), int)
        if strata is None
        else np.unique(np.asarray(strata), return_inverse=True)[1]
    )
    c = (
        np.arange(len(e))
        if cluster is None
        else np.unique(np.asarray(cluster), return_inverse=True)[1]
    )
    psu, index = np.unique(np.stack([h, c]), axis=1, return_inverse=True)
    index = index.ravel()
    totals = np.bincount(index, weights=e)
    h_of_psu = psu[0]
    m = np.bincount(h_of_psu)
    if (m < 2).any():
        raise WeightError(
            f"{int((m < 2).sum())} of {len(m)} strata have a single cluster, so their variance "
            "cannot be known; "
            "merge those strata with a neighbour"
        )
    centred = totals - (np.bincount(h_of_psu, weights=totals) / m)[h_of_psu]
    within = np.bincount(h_of_psu, weights=centred**2)
    rest = np.ones(len(m)) if fpc is None else unsampled(m, h, fpc)
    return float(np.sum(rest * m / (m - 1) * within)), int(len(totals) - len(m))
