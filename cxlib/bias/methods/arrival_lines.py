"""NPS of waves of arrival -> the line through them, and the NPS of everyone if it is carried on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Line:
    """NPS of those who answer at response rate r: `start` + `slope` r; `mean` is that of everyone,
    `se` its standard error."""

    start: float
    slope: float
    mean: float
    se: float


def errors(counts: NDArray, z: float) -> tuple[NDArray, NDArray, NDArray, NDArray]:
    """Return NPS, standard error and limits, in points, from counts of promoters, passives and
    detractors, shape (waves, 3).

    Notes
    -----
    Adjusted Wald: one answer is added to each kind before error and limits (Rocks 2016), so that a
    small wave of one kind has no interval without width.
    """
    sign = np.array([100.0, 0, -100])
    nps = counts @ sign / counts.sum(axis=1)
    more = counts + 1
    n = more.sum(axis=1)
    centre = more @ sign / n
    se = np.sqrt((more @ sign**2 / n - centre**2) / n)
    low = np.clip(np.minimum(centre - z * se, nps), -100, 100)
    return nps, se, low, np.clip(np.maximum(centre + z * se, nps), -100, 100)


def line(n: NDArray, nps: NDArray, se: NDArray, *, invited: int) -> Line:
    """Fit the line by least squares with weights n, and carry it on to a response rate of 100 %.

    Notes
    -----
    A wave lies at the middle of the response rates it covers (Armstrong and Overton 1977). The mean
    of the line from 0 to 1, start + slope / 2, is the NPS of everyone; it equals f times the NPS of
    the respondents plus (1 - f) times the line at (1 + f) / 2, the middle of the silent ones.
    """
    rate = (np.cumsum(n) - n / 2) / invited
    x = np.column_stack([np.ones(len(n)), rate])
    solve = np.linalg.solve(x.T @ (n[:, None] * x), x.T * n)
    start, slope = solve @ nps
    share = np.array([1, 0.5]) @ solve
    return Line(float(start), float(slope), float(share @ nps), float(np.sqrt(share**2 @ se**2)))
