"""Cell totals and targets -> cell totals that meet the targets: the arithmetic of raking, without
rows."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from cxlib.bias.methods import feasibility
from cxlib.bias.methods.feasibility import Share, UnreachedError, Why

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
    UnreachedError
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
        worst, share = _worst(fitted, codes, targets)
        feasibility.refuse_infeasible(codes, base, targets, worst=worst, reached=share)
        fitted, steps = _newton(fitted, codes, wanted, tolerance)
        cycle, miss = cycle + steps, _residual(fitted, codes, wanted)
    if not miss <= tolerance:
        raise UnreachedError(
            Why.SLOW, *_worst(fitted, codes, targets), steps=cycle, tolerance=tolerance
        )
    return fitted, miss, cycle


def fit_many(
    base: NDArray,
    codes: Sequence[NDArray],
    targets: Sequence[Sequence[float] | NDArray | pd.Series],
    *,
    tolerance: float,
) -> tuple[NDArray, NDArray]:
    """Rake many samples of the same cells to the same targets at once: the replicates of a
    jackknife, or the samples of a simulation.

    Parameters
    ----------
    base : float array, shape (replicates, cells)
        Sum of base weights of each cell in each replicate; may be 0.
    codes : sequence of int arrays, shape (cells,)
        Per margin, the position of each cell's category in its target.
    targets : sequence of float arrays
        Per margin, the total of each category; all have the same sum.
    tolerance : float
        Largest difference between a share reached and its target.

    Returns
    -------
    fitted : float array, shape (replicates, cells)
    reached : bool array, shape (replicates,)
        Whether the replicate meets its targets after the last of at most 200 cycles. A category
        without any base weight in a replicate (`short` counts such replicates) shares its target
        among the others of its margin, in proportion to theirs.

    Notes
    -----
    Iterative proportional fitting. The limit is the same when `base` is multiplied by the factors
    of the whole sample, and from there it is near. Compared with `fit`, a replicate at a time.

    Examples
    --------
    >>> fitted, reached = fit_many(
    ...     np.array([[3.0, 1], [2, 2]]), [np.array([0, 1])], [[5, 5]], tolerance=1e-10
    ... )
    >>> fitted.tolist(), reached.tolist()
    ([[5.0, 5.0], [5.0, 5.0]], [True, True])
    """
    fitted = np.array(np.asarray(base, float).T, order="C")  # cells first: whole rows are moved
    inside = [indicators(code, len(target)) for code, target in zip(codes, targets, strict=True)]
    wanted = [share_out(each @ fitted, t) for each, t in zip(inside, targets, strict=True)]
    going = np.arange(fitted.shape[1]) if wanted else np.empty(0, int)
    for _ in range(CYCLES):
        if not len(going):
            break
        part, goals = fitted[:, going], [goal[:, going] for goal in wanted]
        for each, code, goal in zip(inside, codes, goals, strict=True):
            reached = each @ part
            part = part * np.divide(goal, reached, out=np.zeros_like(goal), where=reached > 0)[code]
        fitted[:, going] = part
        miss = [np.abs(each @ part - g).max(axis=0) for each, g in zip(inside, goals, strict=True)]
        going = going[~(np.max(miss, axis=0) <= tolerance * goals[0].sum(axis=0))]
    done = np.ones(fitted.shape[1], bool)
    done[going] = False
    return fitted.T, done


def short(
    base: NDArray,
    codes: Sequence[NDArray],
    targets: Sequence[Sequence[float] | NDArray | pd.Series],
) -> NDArray:
    """Return which replicates lack a category that has a target; shapes as in `fit_many`.

    Examples
    --------
    >>> short(np.array([[3.0, 0], [2, 2]]), [np.array([0, 1])], [[5, 5]]).tolist()
    [True, False]
    """
    lacks = np.zeros(len(base), bool)
    for code, target in zip(codes, targets, strict=True):
        reached = indicators(code, len(target)) @ np.asarray(base, float).T
        lacks |= ((reached <= 0) & (np.asarray(target, float) > 0)[:, None]).any(axis=0)
    return lacks


def indicators(code: NDArray, categories: int) -> sparse.csr_array:
    """Return a (categories, cells) array of 1 where the cell is of the category."""
    return sparse.csr_array(
        (np.ones(len(code)), (code, np.arange(len(code)))), shape=(categories, len(code))
    )


def share_out(reached: NDArray, target: ArrayLike) -> NDArray:
    """Return the targets of each replicate, (categories, replicates): those of absent categories
    are shared among the others."""
    given = np.asarray(target, float)[:, None]
    there = np.where(reached > 0, given, 0.0)
    return there * (given.sum() / np.maximum(there.sum(axis=0), np.finfo(float).tiny))


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


def _worst(fitted: NDArray, codes: list[NDArray], targets: list[pd.Series]) -> tuple[Share, float]:
    """Return the target that is missed most, and the share that its category has."""
    found = []
    for code, target in zip(codes, targets, strict=True):
        reached = np.bincount(code, weights=fitted, minlength=len(target)) / target.sum()
        worst = int(np.abs(reached - target / target.sum()).argmax())
        wanted = float(target.iloc[worst] / target.sum())
        share = Share(str(target.name), str(target.index[worst]), wanted)
        found.append((abs(reached[worst] - wanted), share, float(reached[worst])))
    _, share, reached = max(found, key=lambda each: each[0])
    return share, reached
