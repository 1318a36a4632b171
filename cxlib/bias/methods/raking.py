"""Cell totals and targets -> cell totals that meet the targets: the arithmetic of raking, without
rows."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cxlib.bias.methods import feasibility
from cxlib.errors import WeightError

# of proportional fitting, before the linear programme is asked and Newton's method takes over
CYCLES = 200


def fit(
    base: NDArray, codes: list[NDArray], targets: list[pd.Series], *, tolerance: float
) -> tuple[NDArray, float, int]:
    """Fit the cells' totals: proportional fitting, then a look at feasibility, then Newton's
    method.

    Parameters
    ----------
    base : float array, shape (cells,)
        Sum of base weights of each cell.
    codes : list of int arrays, shape (cells,)
        Per margin, the position of each cell's category in its target.
    targets : list of Series
        Per margin, category to total; all have the same sum.
    tolerance : float
        Largest difference between a share reached and its target.

    Returns
    -------
    fitted : float array, shape (cells,)
    residual : float
        The largest such difference, measured after the last step.
    steps : int

    Raises
    ------
    WeightError
        If the targets contradict each other on these cells, or the tolerance is not reached.
    """
    if not targets:
        return base, 0.0, 0
    wanted = [target.to_numpy(float) for target in targets]
    fitted = base * (wanted[0].sum() / base.sum())
    cycle, miss = 0, _residual(fitted, codes, wanted)
    while miss > tolerance and cycle < CYCLES:
        for code, target in zip(codes, wanted, strict=True):
            reached = np.bincount(code, weights=fitted, minlength=len(target))
            fitted = fitted * (target / np.where(reached > 0, reached, 1.0))[code]
        cycle, miss = cycle + 1, _residual(fitted, codes, wanted)
    if miss > tolerance:
        feasibility.refuse_infeasible(codes, base, targets, reached=_worst(fitted, codes, targets))
        fitted, steps = _newton(fitted, codes, wanted, tolerance)
        cycle, miss = cycle + steps, _residual(fitted, codes, wanted)
    if not miss <= tolerance:
        raise WeightError(
            f"{_worst(fitted, codes, targets)} The tolerance of {tolerance:g} was not reached in "
            f"{cycle} steps; merge small categories, or allow a larger tolerance"
        )
    return fitted, miss, cycle


def _newton(
    fitted: NDArray, codes: list[NDArray], wanted: list[NDArray], tolerance: float
) -> tuple[NDArray, int]:
    """Minimise sum w exp(X b) - T'b from b = 0; the step is halved while the function does not
    fall."""
    cells = np.arange(len(fitted))
    design = sparse.csr_array(
        sparse.hstack(
            [
                sparse.csr_array(
                    (np.ones(len(cells)), (cells, code)), shape=(len(cells), len(target))
                )
                for code, target in zip(codes, wanted, strict=True)
            ]
        )
    )
    total, goal = wanted[0].sum(), np.concatenate(wanted)
    step = 0
    while step < 100:
        step += 1
        gap = goal - design.T @ fitted
        hessian = (design.T @ sparse.diags_array(fitted) @ design).toarray()
        move = np.linalg.lstsq(hessian, gap, rcond=1e-13)[0]
        size, gain = 1.0, float(gap @ move)
        while size > 1e-6:
            change = design @ (size * move)
            if (
                change.max() < 50
                and np.sum(fitted * np.expm1(change)) - goal @ (size * move) <= -1e-4 * size * gain
            ):
                break
            size /= 2
        fitted = fitted * np.exp(design @ (size * move))
        if _residual(fitted, codes, wanted) <= tolerance or gain < 1e-28 * total:
            break
    return fitted, step


def _residual(fitted: NDArray, codes: list[NDArray], wanted: list[NDArray]) -> float:
    return max(
        float(
            np.abs(np.bincount(code, weights=fitted, minlength=len(target)) - target).max()
            / target.sum()
        )
        for code, target in zip(codes, wanted, strict=True)
    )


def _worst(fitted: NDArray, codes: list[NDArray], targets: list[pd.Series]) -> str:
    """Name the category that misses its target most."""
    found = []
    for code, target in zip(codes, targets, strict=True):
        reached = np.bincount(code, weights=fitted, minlength=len(target)) / target.sum()
        worst = int(np.abs(reached - target / target.sum()).argmax())
        wanted = target.iloc[worst] / target.sum()
        found.append(
            (abs(reached[worst] - wanted), target.name, target.index[worst], reached[worst], wanted)
        )
    _, margin, category, reached, wanted = max(found)
    return (
        f"targets: raking does not reach them. The share of {margin}={category!r} is "
        f"{feasibility.percent(reached, 2)} after the last step, "
        f"{feasibility.percent(wanted, 2)} is wanted."
    )
