"""Sums per cell, domain, stratum and cluster -> errors by deleting one sampling unit at a time and
making the weights anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cxlib.bias.methods import linearised
from cxlib.bias.methods.constraints import Constraints
from cxlib.errors import ParameterError
from cxlib.methods import designs

_AT_ONCE = 2_000_000  # cells of replicates that are held at once
MOST = 400_000_000  # that are made at all: minutes


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Errors:
    """Standard errors by the jackknife, one a domain.

    Attributes
    ----------
    se : float array, shape (domains,)
        Missing where the answers of a domain are all of one sampling unit.
    replicates : int
        Sampling units, each of which is deleted once.
    short : int
        How many replicates lack a category; the others of its margin share its target.
    missed : int
        In how many the targets could not all be met.
    """

    se: NDArray
    replicates: int
    short: int
    missed: int


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class _Design:
    """What is deleted: clusters, or rows, of which those of one cell, base weight and stratum are
    one pattern, so that they share a replicate."""

    rows: bool
    unit: NDArray  # (groups,): number of the cluster or pattern, in order of strata
    stratum: NDArray  # (units,)
    n: NDArray  # (units,): rows of the pattern; 1 for a cluster
    m: NDArray  # (strata,): sampling units
    cell: NDArray  # (groups,)
    base: NDArray  # (groups,): sum of base weights
    deleted: NDArray  # (groups,): base weight that goes with the unit: of one row, or of the group
    factor: NDArray  # (cells,)


def errors(
    groups: pd.DataFrame, constraints: Constraints, inside: NDArray, *, total: bool = False
) -> Errors:
    """Estimate the standard errors of ratios (or totals) of domains by the jackknife.

    Parameters
    ----------
    groups : pandas.DataFrame
        As in `linearised.estimate`. Without clusters, rows must be told apart by base weight and
        denominator (`split` of `counts.sums.sums`).
    constraints : Constraints
        What the weights meet, in each replicate too.
    inside : bool array, shape (domains, groups)
        The groups of each domain.
    total : bool
        Whether they are sums of the outcome, not ratios.

    Raises
    ------
    ParameterError
        If there are so many sampling units and cells that it would take hours.
    WeightError
        As `linearised.estimate`.

    Notes
    -----
    Replicate r leaves out unit r of stratum h, multiplies the base weights of the m_h - 1 others
    there by m_h / (m_h - 1), and makes the weights anew. Variance: sum over r of (1 - m_h / M_h)
    (m_h - 1) / m_h (t_r - mean of t)^2 (JK1 with one stratum, JKn with more; Wolter 2007, chapter
    4). Where rows are the units, their outcome is taken away after the weights of their pattern are
    made, so that the cost depends on the patterns, not on the rows. Compared with R survey 4.1
    `as.svrepdesign`, `rake` and `postStratify`, and with deleting row after row.
    """
    design = _design(groups, constraints)
    if len(design.stratum) * len(design.factor) > MOST:
        raise ParameterError(
            f"se='jackknife': {len(design.stratum):,} different rows or clusters and "
            f"{len(design.factor):,} combinations of categories would take hours; use "
            "se='linearised', which is close to it where there are so many"
        )
    points = [linearised.point(groups[part], total=total) for part in inside]
    centre = np.array([[point.centre] for point in points])
    scaled = np.ones(len(groups)) if not constraints.empty else _column(groups, "factor")
    a = np.where(inside, _column(groups, "da") * scaled, 0.0)
    y = np.where(inside, _column(groups, "dy") * scaled - centre * a, 0.0)
    made = [_replicates(design, constraints, y, a, part) for part in _parts(design)]
    up, down, own, short, missed = (np.concatenate(each) for each in zip(*made, strict=True))
    if total:
        up, down = up - [point.value for point in points], np.ones_like(down)
    moments = [
        _moments(groups, design, part, point.centre, up[:, k], down[:, k], own, total)
        for k, (part, point) in enumerate(zip(inside, points, strict=True))
    ]
    share = _share(groups, design)
    single = [linearised.answering_units(groups[part]) < 2 for part in inside]
    return Errors(
        se=np.where(single, np.nan, [np.sqrt(_variance(*each, share)) for each in moments]),
        replicates=int(design.n.sum()),
        short=int(design.n[short].sum()),
        missed=int(design.n[missed].sum()),
    )


def _design(groups: pd.DataFrame, constraints: Constraints) -> _Design:
    """Number the units. Weights that meet nothing are taken as base weights of a single cell."""
    strata, rows = linearised.strata_of(groups), "cluster" not in groups
    factor, base = _column(groups, "factor"), _column(groups, "base")
    cell = np.maximum(_column(groups, "cell").astype(int), 0)  # -1: without any weight
    of_cell = np.zeros(cell.max() + 1)
    np.maximum.at(of_cell, cell, factor)
    one = _column(groups, "d") if rows else base
    if constraints.empty:
        base, one = base * factor, one * factor
        cell, of_cell = np.zeros(len(groups), int), np.ones(1)
    keys = [strata, cell, one] if rows else [strata, pd.factorize(groups["cluster"])[0]]
    found, unit = np.unique(np.stack(keys), axis=1, return_inverse=True)
    stratum, unit = found[0].astype(int), unit.ravel()
    n = np.bincount(unit, weights=groups["n"]) if rows else np.ones(len(stratum))
    return _Design(
        rows=rows,
        unit=unit,
        stratum=stratum,
        n=n,
        m=np.bincount(stratum, weights=n),
        cell=cell,
        base=base,
        deleted=one,
        factor=of_cell,
    )


def _parts(design: _Design) -> Iterator[slice]:
    """Part the units, so that the cells of some are held at once."""
    size = max(1, _AT_ONCE // len(design.factor))
    for start in range(0, len(design.stratum), size):
        yield slice(start, min(start + size, len(design.stratum)))


def _replicates(
    design: _Design, constraints: Constraints, y: NDArray, a: NDArray, part: slice
) -> tuple[NDArray, NDArray, NDArray, NDArray, NDArray]:
    """Make some replicates: the sums of outcome and denominator, (units, domains), where rows are
    units before the row is deleted; its weight, (units,); which lack a category, and which miss
    their targets."""
    stratum = design.stratum[part]
    more = 1 / (design.m[stratum] - 1)  # by how much the others of the stratum count more
    here = (design.unit >= part.start) & (design.unit < part.stop)
    unit, cell = design.unit[here] - part.start, design.cell[here]
    base, gone = _bases(design, stratum, more, unit, cell, design.deleted[here])
    factor, short, missed = constraints.refit(base, design.factor)
    sums = [_sums(design, factor, stratum, more, values) for values in (y, a)]
    if design.rows:
        return sums[0], sums[1], (factor * gone).sum(axis=1), short, missed
    lost = sparse.csr_array(
        (factor[unit, cell] * (1 + more)[unit], (unit, np.arange(len(unit)))),
        shape=(len(stratum), len(unit)),
    )
    up, down = (total - lost @ values.T[here] for total, values in zip(sums, (y, a), strict=True))
    return up, down, np.zeros(len(stratum)), short, missed


def _bases(
    design: _Design,
    stratum: NDArray,
    more: NDArray,
    unit: NDArray,
    cell: NDArray,
    deleted: NDArray,
) -> tuple[NDArray, NDArray]:
    """Return the replicates' base weights per cell, and those of them that are deleted."""
    gone = np.zeros((len(stratum), len(design.factor)))
    if design.rows:
        gone[unit, cell] = deleted  # groups of a pattern differ in domain and outcome alone
    else:
        np.add.at(gone, (unit, cell), deleted)
    gone *= (1 + more)[:, None]
    whole = np.bincount(design.cell, weights=design.base, minlength=len(design.factor))
    base: NDArray = np.tile(whole, (len(stratum), 1)).astype(float)
    for h in np.unique(stratum):
        mine = design.stratum[design.unit] == h
        inside = np.bincount(design.cell[mine], weights=design.base[mine], minlength=len(whole))
        base[stratum == h] += inside * more[stratum == h][:, None]
    base = base - gone
    base[base < 1e-12 * whole] = 0.0  # what rounding leaves of a cell that is gone
    return base, gone


def _sums(
    design: _Design, factor: NDArray, stratum: NDArray, more: NDArray, values: NDArray
) -> NDArray:
    """Sum factor x values over the sample, the units of the replicate's stratum counting more."""
    cells = len(design.factor)
    found = factor @ _by_cell(design.cell, values, cells).T
    for h in np.unique(stratum):
        mine, there = design.stratum[design.unit] == h, stratum == h
        inside = _by_cell(design.cell[mine], values[:, mine], cells)
        found[there] += (factor[there] @ inside.T) * more[there][:, None]
    return found


def _by_cell(cell: NDArray, values: NDArray, cells: int) -> NDArray:
    return np.stack([np.bincount(cell, weights=row, minlength=cells) for row in values])


def _moments(
    groups: pd.DataFrame,
    design: _Design,
    inside: NDArray,
    centre: float,
    up: NDArray,
    down: NDArray,
    own: NDArray,
    total: bool,
) -> tuple[NDArray, NDArray, NDArray]:
    """Return how many replicates each stratum has, the sum of their estimates, and of the
    squares."""
    if not design.rows:
        t = np.divide(up, down, out=np.zeros_like(up), where=down > 0)
        return _per_stratum(design.stratum, design, design.n, t, t**2)
    n, y, yy = (_column(groups, name) for name in ("n", "y", "yy"))
    over = np.where(inside, _column(groups, "over"), 0.0)
    own, rest = np.where(inside, own[design.unit], 0.0), down[design.unit]
    rest = rest if total else rest - own * over
    start = up[design.unit] + own * centre * over
    per = np.divide(1.0, rest, out=np.zeros_like(rest), where=rest > 0)
    first = (n * start - own * y) * per
    second = (n * start**2 - 2 * start * own * y + own**2 * yy) * per**2
    return _per_stratum(design.stratum[design.unit], design, n, first, second)


def _per_stratum(
    stratum: NDArray, design: _Design, *values: NDArray
) -> tuple[NDArray, NDArray, NDArray]:
    n, first, second = (
        np.bincount(stratum, weights=value, minlength=len(design.m)) for value in values
    )
    return n, first, second


def _share(groups: pd.DataFrame, design: _Design) -> NDArray:
    """Return what a squared deviation counts in each stratum."""
    given, m = linearised.populations(groups), design.m
    if given is None:
        return (m - 1) / m
    sizes = designs.per_stratum(given, linearised.strata_of(groups), m)
    return (1 - m / sizes) * (m - 1) / m


def _variance(n: NDArray, first: NDArray, second: NDArray, share: NDArray) -> float:
    mean = first.sum() / n.sum()
    return max(float(share @ (second - 2 * mean * first + mean**2 * n)), 0.0)


def _column(groups: pd.DataFrame, name: str) -> NDArray:
    return groups[name].to_numpy(float)
