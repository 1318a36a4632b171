"""A falling curve and a level -> the tenure at which the curve comes to it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

# the steps of a curve are computed, its levels are not: R takes the same allowance
NEAR = 1e-8


def crossing(tenure: NDArray, curve: NDArray, level: float) -> float:
    """Return the first tenure at which a falling curve is at or below a level.

    Where it stays exactly there for a while, the middle of that while; missing where it has not
    come that far (Brookmeyer and Crowley 1982). Equal to R survival 3.5 `quantile(survfit(...))`.

    Examples
    --------
    >>> crossing(np.array([1, 2, 4]), np.array([0.8, 0.5, 0.2]), 0.5)
    3.0
    """
    at, below = np.flatnonzero(curve <= level + NEAR), np.flatnonzero(curve < level - NEAR)
    if not len(at):
        return float("nan")
    if abs(curve[at[0]] - level) > NEAR:
        return float(tenure[at[0]])
    until = tenure[below[0]] if len(below) else tenure[-1]
    return float(tenure[at[0]] + until) / 2
