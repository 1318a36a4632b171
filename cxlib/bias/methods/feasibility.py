"""Cells and targets -> why no weights can meet the targets, with the categories that contradict
each other.

Two linear programmes (`scipy.optimize.linprog`, HiGHS). The first asks for the non-negative cell
totals that miss the targets least; if they miss, its dual is a certificate (Farkas): numbers per
category that no respondents' cell can satisfy. The second asks how large the smallest weight can
be; if that is nothing, some respondents would have to count for nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from cxlib.errors import WeightError


class Why(StrEnum):
    """Why no weights meet the targets."""

    TOGETHER = "together"  # the first categories occur only with the second
    AT_ONCE = "at_once"  # no weights meet the targets of the first all at once
    WEIGHT_ZERO = "weight_zero"  # only if respondents with all of the first count for nobody
    SLOW = "slow"  # the tolerance was not reached in the steps there are


@dataclass(frozen=True, slots=True)
class Share:
    """The share of all that a category of a margin is wanted to have."""

    margin: str
    category: str
    wanted: float


class UnreachedError(WeightError):
    """No weights meet the targets: why, and of which categories; words are made by who shows it.

    Attributes
    ----------
    why : Why
    worst : Share
        The target that is missed most; `reached` is the share that it got.
    first, second : tuple of Share
        The categories that contradict each other (see `Why`).
    steps, tolerance : int and float
        What was tried.
    """

    def __init__(
        self,
        why: Why,
        worst: Share,
        reached: float,
        *,
        first: Sequence[Share] = (),
        second: Sequence[Share] = (),
        steps: int = 0,
        tolerance: float = 0.0,
    ) -> None:
        super().__init__(
            f"targets: {worst.margin}={worst.category!r} is {100 * reached:.2f} % after the last "
            f"step, {100 * worst.wanted:.2f} % is wanted; merge small categories with a neighbour, "
            "or leave a margin out"
        )
        self.why, self.worst, self.reached = why, worst, reached
        self.first, self.second = tuple(first), tuple(second)
        self.steps, self.tolerance = steps, tolerance


def refuse_infeasible(
    codes: Sequence[NDArray],
    base: NDArray,
    targets: Sequence[pd.Series],
    *,
    worst: Share,
    reached: float,
) -> None:
    """Refuse targets that no positive weights on the respondents' cells can meet; return where some
    can.

    Parameters
    ----------
    codes : sequence of int arrays, shape (cells,)
        Per margin, the position of each cell's category in its target.
    base : float array, shape (cells,)
        Base weight of each cell.
    targets : sequence of Series
        Per margin, category to total; the name is the margin's. All have the same sum.
    worst, reached : Share and float
        The target that was missed most, and what it got.

    Raises
    ------
    UnreachedError
        With the categories that contradict each other, and their targets.
    """
    design = _design(codes, targets)
    wanted = np.concatenate([target.to_numpy(float) for target in targets]) / targets[0].sum()
    rows, cells = design.shape
    slack = sparse.eye_array(rows, format="csr")
    cost = np.concatenate([np.zeros(cells), np.ones(2 * rows)])
    miss = linprog(cost, A_eq=sparse.hstack([design, slack, -slack]), b_eq=wanted, method="highs")
    if miss.fun > 1e-9:
        why, first, second = _contradiction(miss.eqlin.marginals, wanted, targets)
        raise UnreachedError(why, worst, reached, first=first, second=second)
    cell = _cell_without_weight(design, wanted, base)
    if cell is not None:
        first = [
            Share(str(target.name), str(target.index[code[cell]]), float(target.iloc[code[cell]]))
            for code, target in zip(codes, targets, strict=True)
        ]
        raise UnreachedError(Why.WEIGHT_ZERO, worst, reached, first=first)


def _cell_without_weight(design: sparse.csr_array, wanted: NDArray, base: NDArray) -> int | None:
    """Return a cell whose weight must be 0 where there is one: maximise t, where each cell's weight
    is at least t times its base weight."""
    rows, cells = design.shape
    equal = sparse.hstack([design, sparse.csr_array((rows, 1))])
    least = sparse.hstack(
        [-sparse.eye_array(cells, format="csr"), sparse.csr_array((base / base.sum())[:, None])]
    )
    found = linprog(
        np.append(np.zeros(cells), -1.0),
        A_eq=equal,
        b_eq=wanted,
        A_ub=least,
        b_ub=np.zeros(cells),
        method="highs",
    )
    return int(np.argmin(found.ineqlin.marginals)) if -found.fun < 1e-9 else None


def _design(codes: Sequence[NDArray], targets: Sequence[pd.Series]) -> sparse.csr_array:
    cells = np.arange(len(codes[0]))
    blocks = [
        sparse.csr_array((np.ones(len(cells)), (code, cells)), shape=(len(target), len(cells)))
        for code, target in zip(codes, targets, strict=True)
    ]
    return sparse.csr_array(sparse.vstack(blocks))


def _contradiction(
    dual: NDArray, wanted: NDArray, targets: Sequence[pd.Series]
) -> tuple[Why, list[Share], list[Share]]:
    """Read the certificate: every cell's dual values sum to at most 0, yet the targets' sum is
    positive."""
    labels = [(str(target.name), str(category)) for target in targets for category in target.index]
    dual = _with_few_names(dual, [len(target) for target in targets])
    up, down = np.flatnonzero(dual > 1e-9), np.flatnonzero(dual < -1e-9)
    share = {i: Share(labels[i][0], labels[i][1], float(wanted[i])) for i in (*up, *down)}
    one_margin_each = (
        len({labels[i][0] for i in up}) == 1 and len({labels[i][0] for i in down}) == 1
    )
    if one_margin_each and np.ptp(np.abs(dual[[*up, *down]])) < 1e-9:
        return Why.TOGETHER, [share[i] for i in up], [share[i] for i in down]
    return Why.AT_ONCE, [share[i] for i in sorted((*up, *down))], []


def _with_few_names(dual: NDArray, sizes: Sequence[int]) -> NDArray:
    """Move constants between margins (the totals are equal, so nothing changes) until few
    categories are named."""
    parts = np.split(np.asarray(dual, float), np.cumsum(sizes)[:-1])
    moved = 0.0
    for i, part in enumerate(parts[:-1]):
        constant = part.min()
        parts[i], moved = part - constant, moved + constant
    parts[-1] = parts[-1] + moved
    return np.concatenate(parts)
