"""Influence values of domains and the design of a sample -> their linearised variances."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from cxlib.errors import WeightError

_CHUNK = 20_000  # pairs whose rows are multiplied at once


@dataclass(frozen=True, slots=True, eq=False)
class Domains:
    """Linearised variances of g domains of one sample, and what their covariances are made of.

    Attributes
    ----------
    variance : ndarray, shape (g,)
    df : ndarray, shape (g,)
        Sampling units minus strata, of those that have a row of the domain.
    """

    variance: NDArray
    df: NDArray
    # each unit's part of the error, scaled, (g, units); empty where each row is its own unit
    _error: sparse.csr_array
    _mean: NDArray  # (g, strata): what the mean of a stratum's units takes away
    _unit: sparse.csr_array  # (g, units): 1 where the unit has a row of the domain
    _stratum: NDArray  # (g, strata), likewise

    def covariance(self, i: NDArray, j: NDArray) -> NDArray:
        """Covariance of domains i and j, which share no rows but may share units."""
        return _products(self._error, i, j) - np.einsum("ph,ph->p", self._mean[i], self._mean[j])

    def df_of(self, i: NDArray, j: NDArray) -> NDArray:
        """Degrees of freedom of a difference: units minus strata of both domains together, minus 1
        (as `svyttest` of R)."""
        strata = np.einsum("ph,ph->p", self._stratum[i], self._stratum[j])
        return self.df[i] + self.df[j] - _products(self._unit, i, j) + strata - 1


def of_units(
    totals: sparse.csr_array,
    inside: sparse.csr_array,
    stratum: NDArray,
    *,
    population: ArrayLike | None = None,
) -> Domains:
    """Linearised variances of domains from the influence of each sampling unit.

    Parameters
    ----------
    totals : sparse array, shape (g, units)
        Influence of the unit's rows of the domain, summed: for a weighted mean w (y - mean) / sum
        w. A domain is a part of the whole sample, so all of its units are there.
    inside : sparse array, shape (g, units)
        Not 0 where the unit has a row (of a weight above 0) of the domain.
    stratum : int array, shape (units,)
        Stratum of each unit, 0 to the number of strata - 1.
    population : array_like, shape (strata,), optional
        Sampling units of each stratum in the population; infinitely many where it is None.

    Raises
    ------
    WeightError
        If a stratum has a single sampling unit.

    Notes
    -----
    sum over strata h of (1 - m_h/M_h) m_h/(m_h - 1) sum over units j of (E_hj - mean E_h)^2 (Wolter
    2007, section 6), m_h units in the whole sample. Degrees of freedom are those of the domain, as
    R's `degf(subset(design, …))`. Compared with R survey 4.1 `svymean`, `svyby`, `svycontrast`.
    """
    m = np.bincount(stratum).astype(float)
    factor = _factor(m, population)
    in_stratum = sparse.csr_array(
        (np.ones(len(stratum)), (np.arange(len(stratum)), stratum)), shape=(len(stratum), len(m))
    )
    mean = (totals @ in_stratum).toarray() * np.sqrt(factor / m)
    error = (totals @ sparse.diags_array(np.sqrt(factor[stratum]))).tocsr()
    unit = (abs(inside) > 0).astype(float).tocsr()
    there = ((unit @ in_stratum).toarray() > 0).astype(float)
    variance = error.power(2).sum(axis=1) - (mean**2).sum(axis=1)
    return Domains(variance, unit.sum(axis=1) - there.sum(axis=1), error, mean, unit, there)


def of_rows(
    squares: NDArray,
    totals: NDArray,
    n: NDArray,
    m: NDArray,
    *,
    population: ArrayLike | None = None,
) -> Domains:
    """As `of_units`, where each row is a sampling unit of its own, from sums by stratum.

    Parameters
    ----------
    squares, totals : ndarray, shape (g, strata)
        Sums of the squared influences, and of the influences, of the domain's rows.
    n : ndarray, shape (g, strata)
        Rows (of a weight above 0) of the domain.
    m : ndarray, shape (strata,)
        Rows of the whole sample.
    population : array_like, shape (strata,), optional
        Rows of each stratum in the population; infinitely many where it is None.
    """
    factor = _factor(m, population, unit="answer")
    mean, there = totals * np.sqrt(factor / m), (n > 0).astype(float)
    none = sparse.csr_array((len(n), 1))
    variance = (factor * squares).sum(axis=1) - (mean**2).sum(axis=1)
    return Domains(variance, n.sum(axis=1) - there.sum(axis=1), none, mean, none, there)


def _factor(m: NDArray, population: ArrayLike | None, unit: str = "cluster") -> NDArray:
    if (m < 2).any():
        raise WeightError(
            f"{int((m < 2).sum())} of {len(m)} strata have a single {unit}, so their variance "
            "cannot be known; merge those strata with a neighbour"
        )
    unsampled = 1.0 if population is None else 1 - m / np.asarray(population, float)
    return unsampled * m / (m - 1)


def _products(rows: sparse.csr_array, i: NDArray, j: NDArray) -> NDArray:
    """Return the scalar products of rows i and rows j."""
    if not rows.nnz:
        return np.zeros(len(i))
    parts = [
        rows[i[start : start + _CHUNK]].multiply(rows[j[start : start + _CHUNK]]).sum(axis=1)
        for start in range(0, len(i), _CHUNK)
    ]
    return np.concatenate([np.asarray(part).ravel() for part in parts]) if parts else np.zeros(0)


def linearised_variance(
    influence: ArrayLike,
    *,
    cluster: ArrayLike | None = None,
    strata: ArrayLike | None = None,
    population: ArrayLike | None = None,
) -> tuple[float, int]:
    """Taylor-linearised variance of one estimate of the whole sample, whose influence values are
    given.

    Parameters
    ----------
    influence : array_like, shape (rows,)
        e_i, such that the estimate's error is about their sum: for a weighted mean w_i (y_i - mean)
        / sum w.
    cluster : array_like, shape (rows,), optional
        Primary sampling unit of each row; each row is its own where it is None.
    strata : array_like, shape (rows,), optional
        Stratum of each row; one stratum where it is None. Clusters are told apart within strata.
    population : array_like, shape (rows,), optional
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
        If a stratum has a single primary sampling unit: its variance cannot be known; or
        `population` cannot be.

    Notes
    -----
    See `of_units`, of which this is the case of one domain. Units are centred within their strata
    first, so that nothing cancels. Compared with R survey 4.1 `svymean` on the California schools.

    Examples
    --------
    >>> variance, df = linearised_variance([-1.0, 1.0, 0.0])
    >>> round(variance, 12), df
    (3.0, 2)
    """
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
    totals, stratum = np.bincount(index.ravel(), weights=e), psu[0]
    m = np.bincount(stratum)
    centred = totals - (np.bincount(stratum, weights=totals) / m)[stratum]
    found = of_units(
        sparse.csr_array(centred[None, :]),
        sparse.csr_array(np.ones((1, len(centred)))),
        stratum,
        population=None if population is None else per_stratum(population, h, m),
    )
    return float(found.variance[0]), int(found.df[0])


def per_stratum(population: ArrayLike, strata: NDArray, m: NDArray) -> NDArray:
    """Return the population of each stratum from that of each row's stratum.

    Parameters
    ----------
    population : array_like, shape (rows,)
        Number of sampling units in the row's stratum in the population.
    strata : int array, shape (rows,)
        Stratum of each row, 0 to the number of strata - 1.
    m : int array, shape (strata,)
        Sampling units in the sample.

    Raises
    ------
    WeightError
        If `population` differs within a stratum, or is less than `m`.

    Examples
    --------
    >>> per_stratum([8, 8], np.array([0, 0]), np.array([2])).tolist()
    [8.0]
    """
    given = np.asarray(population, float)
    most, least = np.zeros(len(m)), np.full(len(m), np.inf)
    np.maximum.at(most, strata, given)
    np.minimum.at(least, strata, given)
    if (most != least).any():
        raise WeightError(
            "population: it differs within a stratum; give each row the number of clusters (or "
            "rows) that its stratum has in the population"
        )
    if (most < m).any():
        raise WeightError(
            "population: a stratum has more clusters (or rows) in the sample than in the "
            "population; give the population's number"
        )
    return most
