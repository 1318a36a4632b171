"""Sums per pair of categories, cell, stratum and cluster -> the Rao-Scott test of a weighted
table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cxlib.bias.methods import linearised
from cxlib.bias.methods.constraints import Constraints
from cxlib.errors import WeightError
from cxlib.methods import designs


@dataclass(frozen=True, slots=True, eq=False)
class Test:
    """The second-order corrected F `statistic` with `df` and `df_error` degrees of freedom,
    `pvalue`, and `cramers_v` of the weighted shares."""

    statistic: float
    df: float
    df_error: float
    pvalue: float
    cramers_v: float


def test(
    groups: pd.DataFrame, constraints: Constraints, pair: NDArray, shape: tuple[int, int]
) -> Test:
    """Test whether two columns of categories are independent in the population.

    Parameters
    ----------
    groups : pandas.DataFrame
        As in `linearised.estimate`, of an outcome that is 1 wherever both columns have a value.
    constraints : Constraints
        What the weights meet.
    pair : int array, shape (groups,)
        Row of the table x number of columns + column; -1 where one is missing.
    shape : (int, int)
        Rows and columns of the table, at least 2 each.

    Notes
    -----
    Rao and Scott 1984, second order, as R survey 4.1 `svychisq` (statistic="F") has it: the Pearson
    statistic over the trace of Delta, with df tr(Delta)^2 / tr(Delta^2), and that times (units
    minus strata). Covariances of the shares are linearised.
    """
    weight = (groups["factor"] * groups["r_d"]).to_numpy(float)
    share = np.bincount(pair[pair >= 0], weights=weight[pair >= 0], minlength=np.prod(shape))
    share = share / share.sum()
    covariance, df = _covariance(groups, constraints, pair, share, weight.sum())
    contrast = _interaction(*shape)
    inverse = np.divide(1.0, share, out=np.zeros_like(share), where=share > 0)
    scaled = inverse[:, None] * contrast
    delta = np.linalg.lstsq(contrast.T @ scaled, scaled.T @ covariance @ scaled, rcond=None)[0]
    table = share.reshape(shape)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0))
    pearson = float(((table - expected) ** 2 / expected).sum())
    trace, squares = float(np.trace(delta)), float(np.trace(delta @ delta))
    if not trace > 0 or df < 1:
        raise WeightError(
            "row, column: the shares of the table cannot vary (a margin of the weights fixes them, "
            "or there are as few units as strata), so there is nothing to test"
        )
    first, statistic = trace**2 / squares, pearson / trace
    return Test(
        statistic=statistic,
        df=first,
        df_error=first * df,
        pvalue=float(stats.f.sf(statistic, first, first * df)),
        cramers_v=float(np.sqrt(pearson / (min(shape) - 1))),
    )


def _interaction(rows: int, columns: int) -> NDArray:
    """Return contrasts of the interaction, (rows x columns, (rows - 1)(columns - 1))."""

    def centred(k: int) -> NDArray:
        return np.eye(k)[:, 1:] - 1 / k

    return np.kron(centred(rows), centred(columns))


def _covariance(
    groups: pd.DataFrame, constraints: Constraints, pair: NDArray, share: NDArray, total: float
) -> tuple[NDArray, int]:
    """Return the covariance matrix of the shares, and units minus strata."""
    there = pair >= 0
    z = np.where(there, (np.arange(len(share))[:, None] == pair) - share[:, None], 0.0) / total
    fitted = np.array(
        [linearised.explained(groups, constraints, np.full(len(groups), -1.0), row) for row in z]
    )
    factor = groups["factor"].to_numpy(float)
    answered, base = groups["r_d"].to_numpy(float), groups["base"].to_numpy(float)
    e = factor * (z * answered - fitted * base)
    strata, given = linearised.strata_of(groups), linearised.populations(groups)
    if "cluster" in groups:
        keys = np.stack([strata, pd.factorize(groups["cluster"])[0]])
        found, unit = np.unique(keys, axis=1, return_inverse=True)
        stratum, m = found[0], np.bincount(found[0]).astype(float)
        parts = np.array([np.bincount(unit.ravel(), weights=row) for row in e])
        squares = _squares(parts, np.ones(parts.shape[1]), stratum, len(m))
    else:
        m = np.bincount(strata, weights=groups["n"])
        with_answer, all_rows = groups["r_d2"].to_numpy(float), groups["base2"].to_numpy(float)
        squares = _squares(z - fitted, factor**2 * with_answer, strata, len(m))
        squares += _squares(fitted, factor**2 * (all_rows - with_answer), strata, len(m))
        parts, stratum = e, strata
    mean = np.array([np.bincount(stratum, weights=row, minlength=len(m)) for row in parts])
    unsampled = 1.0 if given is None else 1 - m / designs.per_stratum(given, strata, m)
    per = unsampled * m / (m - 1)
    centre = np.full(len(groups), -1.0)
    _, df = linearised.variance_of(groups, constraints, centre, z[0])  # refuses single units
    return np.einsum("hkl,h->kl", squares, per) - (mean * (per / m)) @ mean.T, df


def _squares(values: NDArray, weight: NDArray, stratum: NDArray, strata: int) -> NDArray:
    """Return sums of weight x value x value', (strata, k, k)."""
    found = np.zeros((strata, len(values), len(values)))
    for h in range(strata):
        mine = values[:, stratum == h]
        found[h] = (mine * weight[stratum == h]) @ mine.T
    return found
