"""Cells and totals -> the narrowest bounds in which factors can meet them, and the totals that can
be reached."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.optimize import linprog

_INFEASIBLE = 2  # of `linprog`


def narrowest(
    base: NDArray, x: Any, totals: NDArray, *, low: ArrayLike, high: ArrayLike
) -> float | None:
    """Return by how much bounds must be widened so that factors in them meet the totals.

    Parameters
    ----------
    base : float array, shape (cells,)
        Base weights, scaled to the population's size.
    x : float array or sparse array, shape (cells, k)
    totals : float array, shape (k,)
    low, high : float or float array, shape (cells,)
        Bounds of the factors, on both sides of a middle that is 1; `high` may be infinite.

    Returns
    -------
    float or None
        The smallest t of 0 or more for which factors of 0 or more between 1 - t (1 - low) and
        1 + t (high - 1) meet the totals; None where no t does.

    Notes
    -----
    A linear programme (`scipy.optimize.linprog`, HiGHS) in the factors and t.

    Examples
    --------
    >>> narrowest(np.ones(2), np.eye(2), np.array([1.6, 0.4]), low=0.5, high=2.0)
    1.2
    """
    cells = len(base)
    rows, wanted = _equations(base, x, totals)
    low, high = (np.broadcast_to(np.asarray(bound, float), cells) for bound in (low, high))
    one = sparse.eye_array(cells, format="csr")
    finite = np.isfinite(high)
    least = sparse.hstack([-one, sparse.csr_array((low - 1)[:, None])])
    most = sparse.hstack([one, sparse.csr_array(np.where(finite, 1 - high, 0.0)[:, None])])
    found = linprog(
        np.append(np.zeros(cells), 1.0),
        A_eq=sparse.hstack([rows, sparse.csr_array((rows.shape[0], 1))]),
        b_eq=wanted,
        A_ub=sparse.vstack([least, sparse.csr_array(most)[finite]]),
        b_ub=np.concatenate([-np.ones(cells), np.ones(int(finite.sum()))]),
        method="highs",
    )
    return float(found.fun) if found.status == 0 else None


def can_be_met(base: NDArray, x: Any, totals: NDArray) -> bool:
    """Return whether weights of 0 or more meet the totals of `x` at all.

    Examples
    --------
    >>> can_be_met(np.ones(2), np.ones((2, 1)), np.array([-1.0]))
    False
    """
    rows, wanted = _equations(base, x, totals)
    found = linprog(np.zeros(len(base)), A_eq=rows, b_eq=wanted, method="highs")
    return found.status != _INFEASIBLE


def span(base: NDArray, x: Any, totals: NDArray, column: NDArray) -> tuple[float, float] | None:
    """Return the least and largest weighted sum of `column` (cells,) that weights of 0 or more can
    have while they meet the totals of `x`; None where no weights meet those.

    Examples
    --------
    >>> span(np.ones(3), np.ones((3, 1)), np.array([10.0]), np.array([1.0, 2.0, 4.0]))
    (10.0, 40.0)
    """
    rows, wanted = _equations(base, x, totals)
    unit = float(np.abs(column).max()) or 1.0
    ends = []
    for sign in (1.0, -1.0):
        found = linprog(sign * base * column / unit, A_eq=rows, b_eq=wanted, method="highs")
        if found.status != 0:
            return None
        ends.append(sign * float(found.fun) * unit)
    return ends[0], ends[1]


def _equations(base: NDArray, x: Any, totals: NDArray) -> tuple[sparse.csr_array, NDArray]:
    """Return sum base g x = totals, each divided by its size."""
    rows = sparse.csr_array(sparse.csr_array(x).T @ sparse.diags_array(base))
    unit = np.maximum(abs(rows).sum(axis=1), np.abs(totals))
    unit = np.where(unit > 0, unit, 1.0)
    return sparse.csr_array(sparse.diags_array(1 / unit) @ rows), totals / unit
