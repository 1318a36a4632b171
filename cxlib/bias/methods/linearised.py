"""Sums per margin cell, stratum and cluster -> a weighted mean and its linearised error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from cxlib import check
from cxlib.errors import WeightError
from cxlib.methods import designs


@dataclass(frozen=True, slots=True)
class Estimate:
    """A weighted mean from sums: `mean`, `se`, `df`, `n` answers, `n_eff`, `deff`, and `left_out`
    rows without an answer."""

    mean: float
    se: float
    df: int
    n: int
    n_eff: float
    deff: float
    left_out: int

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return Student's t limits."""
        half = float(stats.t.ppf(0.5 + check.confidence(confidence) / 2, self.df)) * self.se
        return self.mean - half, self.mean + half


def estimate(sums: pd.DataFrame, factor: NDArray) -> Estimate:
    """Estimate a weighted mean and its standard error.

    Parameters
    ----------
    sums : pandas.DataFrame
        As `counts.weighted.sums` gives them.
    factor : float array, shape (groups,)
        Final weight over base weight of each group.

    Raises
    ------
    WeightError
        If all rows with an answer have weight 0, a stratum has a single unit, or the population
        cannot be.
    """
    total, squares = float(factor @ sums["a_d"]), float(factor**2 @ sums["a_d2"])
    if not total > 0:
        raise WeightError("weight: all rows with an answer have weight 0, so there is no mean")
    above = float(factor @ sums["dy"]) / total  # the mean, counted from the shift
    fitted = _explained_by_margins(sums, above) / total
    variance, df = _variance(sums, factor, above, total, fitted)
    n = int(sums["answered"].sum())
    deff = n * squares / total**2
    return Estimate(
        mean=float(sums["shift"].iloc[0]) + above,
        se=float(np.sqrt(max(variance, 0.0))),
        df=df,
        n=n,
        n_eff=n / deff,
        deff=deff,
        left_out=int(sums["n"].sum()) - n,
    )


def _explained_by_margins(sums: pd.DataFrame, above: float) -> NDArray:
    """Return what the margins' categories explain of a x (y - mean), by least squares with base
    weights, per group."""
    margins = [name for name in sums if str(name).startswith("m") and str(name)[1:].isdecimal()]
    if not margins:
        return np.zeros(len(sums))
    rows = np.arange(len(sums))
    blocks = []
    for margin in margins:
        code, names = pd.factorize(sums[margin])
        blocks.append(
            sparse.csr_array((np.ones(len(rows)), (rows, code)), shape=(len(rows), len(names)))
        )
    design = sparse.csr_array(sparse.hstack(blocks))
    weight = sums["d"].to_numpy(float)
    gram = (design.T @ sparse.diags_array(weight) @ design).toarray()
    right = design.T @ (sums["dy"] - above * sums["a_d"]).to_numpy(float)
    # the margins' indicators overlap, so the rank is not full
    return design @ np.linalg.lstsq(gram, right, rcond=1e-12)[0]


def _variance(
    sums: pd.DataFrame, factor: NDArray, above: float, total: float, fitted: NDArray
) -> tuple[float, int]:
    """Return the variance and its degrees of freedom from sums of w (z - fitted)."""
    e = (factor * ((sums["dy"] - above * sums["a_d"]) / total - fitted * sums["d"])).to_numpy(float)
    strata = pd.factorize(sums["stratum"])[0] if "stratum" in sums else np.zeros(len(sums), int)
    given = None if sums["population"].isna().all() else sums["population"].to_numpy(float)
    counting = sums["counting"].to_numpy(float)
    if "cluster" in sums:
        found = _of_clusters(e, strata, pd.factorize(sums["cluster"])[0], counting, given)
    else:
        z2 = (sums["d2yy"] - 2 * above * sums["d2y"] + above**2 * sums["a_d2"]) / total**2
        zf = (sums["d2y"] - above * sums["a_d2"]) / total * fitted
        ee = (factor**2 * (z2 - 2 * zf + fitted**2 * sums["d2"])).to_numpy(float)
        first, second, n = (np.bincount(strata, weights=v)[None, :] for v in (e, ee, counting))
        m = np.bincount(strata, weights=sums["n"])
        sizes = None if given is None else designs.per_stratum(given, strata, m)
        found = designs.of_rows(second, first, n, m, population=sizes)
    return float(found.variance[0]), int(found.df[0])


def _of_clusters(
    e: NDArray, strata: NDArray, cluster: NDArray, counting: NDArray, given: NDArray | None
) -> designs.Domains:
    """Return the variance from clusters, which are told apart within strata."""
    psu, index = np.unique(np.stack([strata, cluster]), axis=1, return_inverse=True)
    stratum, index = psu[0], index.ravel()
    totals, m = np.bincount(index, weights=e), np.bincount(stratum)
    # centred within strata, so that nothing cancels
    totals = totals - (np.bincount(stratum, weights=totals) / m)[stratum]
    sizes = None if given is None else designs.per_stratum(given, strata, m)
    return designs.of_units(
        sparse.csr_array(totals[None, :]),
        sparse.csr_array(np.bincount(index, weights=counting)[None, :]),
        stratum,
        population=sizes,
    )
