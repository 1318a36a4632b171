"""New codes by interview -> new codes by run of interviews (Guest, Namey and Chen 2020)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def runs(new: NDArray, *, base: int, run: int, step: int) -> tuple[NDArray, NDArray, NDArray]:
    """First and last interview of each whole run after the base, counted from 1, and the codes that
    no interview before the run had: (runs,) three times.

    Parameters
    ----------
    new : ndarray of int, shape (interviews,)
        Codes that no earlier interview had.
    base, run : int
        Interviews in the base and in a run.
    step : int
        Interviews from the beginning of one run to that of the next.
    """
    first = np.arange(base, len(new) - run + 1, step)
    upto = np.concatenate([[0], np.cumsum(new)])
    return first + 1, first + run, upto[first + run] - upto[first]
