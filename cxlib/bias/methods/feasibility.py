"""Cells and targets -> why no weights can meet the targets, with the categories that contradict
each other.

Two linear programmes (`scipy.optimize.linprog`, HiGHS). The first asks for the non-negative cell
totals that miss the targets least; if they miss, its dual is a certificate (Farkas): numbers per
category that no respondents' cell can satisfy. The second asks how large the smallest weight can
be; if that is nothing, some respondents would have to count for nobody."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import linprog

from cxlib.errors import WeightError

NEXT_STEP = "merge those categories with a neighbour, or leave one of these margins out"


def refuse_infeasible(
    codes: Sequence[NDArray], base: NDArray, targets: Sequence[pd.Series], *, reached: str
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
    reached : str
        What the weights reached, said before the reason.

    Raises
    ------
    WeightError
        With the categories that contradict each other, their targets, and the next step.
    """
    design = _design(codes, targets)
    wanted = np.concatenate([target.to_numpy(float) for target in targets]) / targets[0].sum()
    rows, cells = design.shape
    slack = sparse.eye_array(rows, format="csr")
    cost = np.concatenate([np.zeros(cells), np.ones(2 * rows)])
    miss = linprog(cost, A_eq=sparse.hstack([design, slack, -slack]), b_eq=wanted, method="highs")
    if miss.fun > 1e-9:
        raise WeightError(
            f"{reached} {_contradiction(miss.eqlin.marginals, wanted, targets)}; {NEXT_STEP}"
        )
    cell = _cell_without_weight(design, wanted, base)
    if cell is not None:
        where = listing(
            f"{target.name}={target.index[code[cell]]!r}"
            for code, target in zip(codes, targets, strict=True)
        )
        raise WeightError(
            f"{reached} They can be met only if respondents with {where} get the weight 0; "
            f"{NEXT_STEP}"
        )


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


def _contradiction(dual: NDArray, wanted: NDArray, targets: Sequence[pd.Series]) -> str:
    """Say the certificate: every cell's dual values sum to at most 0, yet the targets' sum is
    positive."""
    labels = [(str(target.name), str(category)) for target in targets for category in target.index]
    dual = _with_few_names(dual, [len(target) for target in targets])
    up, down = np.flatnonzero(dual > 1e-9), np.flatnonzero(dual < -1e-9)
    share = {i: f"{labels[i][0]}={labels[i][1]!r} ({percent(wanted[i])})" for i in (*up, *down)}
    one_margin_each = (
        len({labels[i][0] for i in up}) == 1 and len({labels[i][0] for i in down}) == 1
    )
    if one_margin_each and np.ptp(np.abs(dual[[*up, *down]])) < 1e-9:
        return (
            f"Every respondent with {listing(share[i] for i in up)} is one with "
            f"{listing(share[i] for i in down)}, so the first cannot be wanted at "
            f"{percent(wanted[up].sum())} and the second at {percent(wanted[down].sum())}"
        )
    return (
        "No weights on the respondents' combinations of categories meet all of these targets at "
        f"once: {listing(share[i] for i in sorted((*up, *down)))}"
    )


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


def listing(items: Iterable[str]) -> str:
    """Write a list for a refusal: `a`, `a and b`, `a, b and c`."""
    *first, last = items
    return f"{', '.join(first)} and {last}" if first else last


def percent(share: float, digits: int = 1) -> str:
    """Write a share for a refusal: `25.0 %`."""
    return f"{100 * share:,.{digits}f} %"
