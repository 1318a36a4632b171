"""Sums per cell, domain, stratum and cluster -> a weighted mean, ratio or total and its linearised
error."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from cxlib import check
from cxlib.bias.methods.constraints import Constraints
from cxlib.errors import WeightError
from cxlib.methods import designs


@dataclass(frozen=True, slots=True)
class Estimate:
    """A weighted mean, ratio or total from sums: `value`, `se`, `df`, `n` answers, `n_eff`, `deff`
    (Kish's), and `left_out` rows without an answer.

    `se` is missing where all answers are of one sampling unit. Influence of a row with outcome y
    (measured from the shift) and denominator a: (y - `centre` x a) / `scale`."""

    value: float
    se: float
    df: int
    n: int
    n_eff: float
    deff: float
    left_out: int
    centre: float
    scale: float

    def interval(self, confidence: float) -> tuple[float, float]:
        """Return Student's t limits; missing without a degree of freedom."""
        if self.df < 1:
            return np.nan, np.nan
        half = float(stats.t.ppf(0.5 + check.confidence(confidence) / 2, self.df)) * self.se
        return self.value - half, self.value + half


def estimate(
    groups: pd.DataFrame,
    constraints: Constraints,
    *,
    inside: NDArray | None = None,
    total: bool = False,
) -> Estimate:
    """Estimate a weighted ratio (a mean has the denominator 1) or total and its standard error.

    Parameters
    ----------
    groups : pandas.DataFrame
        As `counts.sums.sums` gives them, with `factor` (final weight over base weight) and `cell`
        (position among the cells of the constraints; -1 where all base weights are 0).
    constraints : Constraints
        What the weights meet.
    inside : bool array, shape (groups,), optional
        The groups of a domain; the others stay in the design.
    total : bool
        Whether it is the sum of the outcome, not its ratio.

    Raises
    ------
    WeightError
        If all rows with an answer have weight 0, denominators add up to 0, a stratum has a single
        unit, or the population cannot be.
    """
    part = groups if inside is None else groups[inside]
    value = point(part, total=total)
    coefficients = np.zeros((2, len(groups)))
    coefficients[:, slice(None) if inside is None else inside] = [
        [value.centre],
        [1 / value.scale],
    ]
    variance, _ = variance_of(groups, constraints, *coefficients)
    if answering_units(part) < 2:
        variance = np.nan
    return replace(value, se=float(np.sqrt(max(variance, 0.0))), df=units_minus_strata(part))


def point(part: pd.DataFrame, *, total: bool = False) -> Estimate:
    """Return the estimate of some groups without an error."""
    factor = part["factor"]
    weight, squares = float(factor @ part["r_d"]), float(factor**2 @ part["r_d2"])
    if not weight > 0:
        raise WeightError("weight: all rows with an answer have weight 0, so there is no mean")
    over, y, shift = float(factor @ part["da"]), float(factor @ part["dy"]), part["shift"].iloc[0]
    if not total and not over > 0:
        raise WeightError(
            f"denominator: its weighted sum is {over:g}; a ratio needs one above 0, so give a "
            "denominator of numbers above 0, or the total of the numerator"
        )
    n = int(part["answered"].sum())
    deff = n * squares / weight**2
    return Estimate(
        value=y + shift * over if total else shift + y / over,
        se=np.nan,
        df=0,
        n=n,
        n_eff=n / deff,
        deff=deff,
        left_out=int(part["n"].sum()) - n,
        centre=-shift if total else y / over,
        scale=1.0 if total else over,
    )


def variance_of(
    groups: pd.DataFrame, constraints: Constraints, centre: NDArray, per: NDArray
) -> tuple[float, int]:
    """Return the variance of the sum of w (y - centre x a) x per, and its degrees of freedom.

    `centre` and `per` have the shape (groups,): `per` is 0 outside a domain, and of two signs in a
    difference of two.
    """
    base, fitted = groups["base"], explained(groups, constraints, centre, per)
    dz = (groups["dy"] - centre * groups["da"]) * per
    factor = groups["factor"].to_numpy(float)
    e = (factor * (dz - fitted * base)).to_numpy(float)
    strata, given = strata_of(groups), populations(groups)
    counting = groups["counting"].to_numpy(float)
    if "cluster" in groups:
        found = _of_clusters(e, strata, pd.factorize(groups["cluster"])[0], counting, given)
    else:
        z2 = groups["d2yy"] - 2 * centre * groups["d2ay"] + centre**2 * groups["d2aa"]
        z1 = (groups["d2y"] - centre * groups["d2a"]) * per
        ee = factor**2 * (z2 * per**2 - 2 * z1 * fitted + fitted**2 * groups["base2"])
        parts = (e, ee.to_numpy(float), counting)
        first, second, n = (np.bincount(strata, weights=v)[None, :] for v in parts)
        m = np.bincount(strata, weights=groups["n"])
        sizes = None if given is None else designs.per_stratum(given, strata, m)
        found = designs.of_rows(second, first, n, m, population=sizes)
    return float(found.variance[0]), int(found.df[0])


def explained(
    groups: pd.DataFrame, constraints: Constraints, centre: NDArray, per: NDArray
) -> NDArray:
    """Return what the constraints explain of (y - centre x a) x per, per group."""
    cell = groups["cell"].to_numpy(int)
    there = cell >= 0
    z = (groups["y"] - centre * groups["a"]) * per
    dz = (groups["dy"] - centre * groups["da"]) * per
    cells = int(cell.max()) + 1
    n, z, base, dz = (
        np.bincount(cell[there], weights=value[there], minlength=cells)
        for value in (groups["counting"], z, groups["base"], dz)
    )
    return np.where(there, constraints.explained(n, z, base, dz)[cell], 0.0)


def strata_of(groups: pd.DataFrame) -> NDArray:
    """Return the number of each group's stratum."""
    return pd.factorize(groups["stratum"])[0] if "stratum" in groups else np.zeros(len(groups), int)


def populations(groups: pd.DataFrame) -> NDArray | None:
    """Return the number of sampling units in the population of each group's stratum."""
    return None if groups["population"].isna().all() else groups["population"].to_numpy(float)


def answering_units(part: pd.DataFrame) -> int:
    """Count the sampling units with an answer of a weight above 0."""
    answering = part[part["r_d"] > 0]
    if "cluster" not in part:
        # a group may mix weights of 0 with others: then it has more than one row
        return int(np.minimum(answering["answered"], answering["counting"]).sum())
    keys = [name for name in ("stratum", "cluster") if name in part]
    return len(answering[keys].drop_duplicates())


def units_minus_strata(part: pd.DataFrame) -> int:
    """Count the units with a row of a weight above 0, minus their strata."""
    there = part[part["counting"] > 0]
    strata = there["stratum"].nunique() if "stratum" in there else 1
    if "cluster" not in there:
        return int(there["counting"].sum()) - strata
    keys = [name for name in ("stratum", "cluster") if name in there]
    return len(there[keys].drop_duplicates()) - strata


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
