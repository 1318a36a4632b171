"""Cell totals and totals of a population -> factors that meet them, near 1 by a chosen distance and
within bounds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from cxlib.errors import WeightError

DISTANCES = ("linear", "raking", "logit")
STEPS = 200
_ARMIJO = 1e-4

# least and largest factor: a number for all cells, or one a cell
Bounds = tuple[ArrayLike, ArrayLike]


@dataclass(frozen=True, slots=True)
class Solution:
    """Factors `g` (cells,), `residual` (the largest difference to a total, as a part of it,
    measured after the last step) and `steps`."""

    g: NDArray
    residual: float
    steps: int


@dataclass(frozen=True, slots=True)
class _Distance:
    """Factor of u = x'b, its slope, its integral from 0, and u where the factor is given."""

    factor: Callable[[NDArray], NDArray]
    slope: Callable[[NDArray], NDArray]
    integral: Callable[[NDArray], NDArray]
    inverse: Callable[[NDArray], NDArray]


def fit(
    base: NDArray,
    x: Any,
    totals: NDArray,
    *,
    distance: str,
    bounds: Bounds | None = None,
    tolerance: float = 1e-10,
) -> NDArray:
    """Fit factors g of the base weights, so that sum base g x = totals.

    Parameters
    ----------
    base : float array, shape (cells,)
        Sum of base weights of each cell, 0 or more; a cell with 0 adds nothing.
    x : float array or sparse array, shape (cells, k)
        What is calibrated; columns may depend on each other.
    totals : float array, shape (k,)
    distance : str
        `linear` (g = 1 + u, u = x'b), `raking` (exp u), or `logit` (between the bounds, never at
        them).
    bounds : (float, float) or (array, array), optional
        Least and largest g, for all cells or for each, where the base weights have been scaled to
        the population's size (which `x` and `totals` imply where a constant lies among the columns
        of `x`, by itself or as the sum of categories). `linear` and `raking` are cut off there.
    tolerance : float
        Largest difference between a total reached and the one wanted, as a part of it.

    Returns
    -------
    float array, shape (cells,)
        Factor of each cell's base weights as they were given.

    Raises
    ------
    WeightError
        If no factors meet the totals, or none within the bounds.

    Notes
    -----
    Deville and Sarndal (1992, JASA 87): Newton's method on the dual, which is convex; a step is
    halved until the dual falls. Where factors are cut off, the second derivative is joined by a
    share of the first one's, which goes to nothing as the totals are met. Equal to R survey 4.1.1
    `calibrate` (see `bias.calibrate`).

    Examples
    --------
    >>> fit(np.array([10.0, 30.0]), np.eye(2), np.array([20.0, 20.0]), distance="raking").round(3)
    array([2.   , 0.667])
    """
    found = solve(base, x, totals, distance=distance, bounds=bounds, tolerance=tolerance)
    if not found.residual <= tolerance:
        raise WeightError(
            f"totals: no {distance} factors meet them to {tolerance:g}; after {found.steps} steps "
            f"a total is {found.residual:.1e} off, as a part of it"
        )
    return found.g


def solve(
    base: NDArray,
    x: Any,
    totals: NDArray,
    *,
    distance: str,
    bounds: Bounds | None = None,
    tolerance: float = 1e-10,
) -> Solution:
    """Do what `fit` does, and return how near it came in place of refusing."""
    design, wanted = _unit_columns(base, x, np.asarray(totals, float))
    scale = _scale(base, design, wanted)
    base = base * scale
    size = np.abs(wanted) + abs(design).T @ base
    size = np.where(size > 0, size, 1.0)
    curve = _cut(_curve(distance, bounds), bounds, len(base))
    gram = _gram(design, base)
    u, step = np.zeros(len(base)), 0
    gap = wanted - design.T @ (base * curve.factor(u))
    while (miss := float(np.abs(gap / size).max(initial=0.0))) > tolerance and step < STEPS:
        step += 1
        # cells at a bound have no slope; with the share of `gram` no direction is lost
        hessian = _gram(design, base * curve.slope(u)) + min(miss, 0.01) * gram
        move = np.linalg.lstsq(hessian, gap, rcond=1e-13)[0]
        ahead = _ahead(u, design @ move, base, curve, wanted @ move, float(gap @ move))
        if ahead is None:
            break
        u = ahead
        gap = wanted - design.T @ (base * curve.factor(u))
    return Solution(scale * curve.factor(u), miss, step)


def _ahead(
    u: NDArray, change: NDArray, base: NDArray, curve: _Distance, wanted: float, gain: float
) -> NDArray | None:
    """Go along `change`, by half where the dual would not fall; None where it falls nowhere."""
    size = 1.0
    with np.errstate(over="ignore", invalid="ignore"):
        start = curve.integral(u)
        slack = 1e-13 * float(base @ np.abs(start) + abs(wanted))  # what rounding leaves
        while size > 1e-12:
            there = u + size * change
            risen = float(base @ (curve.integral(there) - start)) - size * wanted
            if risen <= -_ARMIJO * size * gain + slack:
                return there
            size /= 2
    return None


def _unit_columns(base: NDArray, x: Any, totals: NDArray) -> tuple[Any, NDArray]:
    """Divide each column by its mean size, so that no unit of measurement matters."""
    design = sparse.csr_array(x) if sparse.issparse(x) else np.asarray(x, float)
    unit = np.asarray(abs(design).T @ base).ravel() / base.sum()
    unit = np.where(unit > 0, unit, 1.0)
    if sparse.issparse(design):
        return sparse.csr_array(design @ sparse.diags_array(1 / unit)), totals / unit
    return design / unit, totals / unit


def _scale(base: NDArray, design: Any, wanted: NDArray) -> float:
    """Return the population's size over the sum of base weights; 1 where `design` has no
    constant."""
    constant = np.linalg.lstsq(_gram(design, base), design.T @ base, rcond=1e-13)[0]
    size = float(constant @ wanted)
    counting = base > 0
    if size > 0 and np.abs((design @ constant)[counting] - 1).max(initial=0.0) < 1e-7:
        return size / float(base.sum())
    return 1.0


def _gram(design: Any, weight: NDArray) -> NDArray:
    if sparse.issparse(design):
        return np.asarray((design.T @ sparse.diags_array(weight) @ design).toarray())
    return np.asarray(design.T @ (weight[:, None] * design))


def _curve(distance: str, bounds: Bounds | None) -> _Distance:
    if distance == "linear":
        return _Distance(lambda u: 1 + u, np.ones_like, lambda u: u + u**2 / 2, lambda g: g - 1)
    if distance == "raking":
        return _Distance(np.exp, np.exp, np.expm1, lambda g: np.log(np.maximum(g, 0)))
    low, high = (np.asarray(bound, float) for bound in bounds or (0.0, 1.0))
    if distance != "logit" or not ((low < 1) & (high > 1)).all():
        raise WeightError(
            f"distance={distance!r}, bounds={bounds!r}: a distance is one of {DISTANCES}, and "
            "logit needs bounds on both sides of 1"
        )
    a = (high - low) / ((1 - low) * (high - 1))

    def factor(u: NDArray) -> NDArray:
        part = 1 / (1 + (high - 1) / (1 - low) * np.exp(-np.clip(a * u, -700, 700)))
        return low + (high - low) * part

    def integral(u: NDArray) -> NDArray:
        both = np.logaddexp(np.log(high - 1), np.log(1 - low) + a * u) - np.log(high - low)
        return low * u + (high - low) / a * both

    return _Distance(
        factor,
        lambda u: a * (factor(u) - low) * (high - factor(u)) / (high - low),
        integral,
        lambda g: np.log((g - low) * (high - 1) / ((high - g) * (1 - low))) / a,
    )


def _cut(curve: _Distance, bounds: Bounds | None, cells: int) -> _Distance:
    """Cut the factors off at the bounds; the integral goes on with the bound as its slope."""
    if bounds is None:
        return curve
    low, high = (np.broadcast_to(np.asarray(bound, float), cells) for bound in bounds)
    with np.errstate(divide="ignore", invalid="ignore"):
        left, right = curve.inverse(low), curve.inverse(high)

    def integral(u: NDArray) -> NDArray:
        inside = np.clip(u, left, right)
        return curve.integral(inside) + curve.factor(inside) * (u - inside)

    return _Distance(
        lambda u: curve.factor(np.clip(u, left, right)),
        lambda u: np.where((u >= left) & (u <= right), curve.slope(np.clip(u, left, right)), 0.0),
        integral,
        curve.inverse,
    )
