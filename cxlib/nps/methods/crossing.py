"""Correlations of statistics that are looked at one after the other -> how often one of them
crosses a limit by chance."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

_SAME = 1 - 5e-5  # two statistics correlated more than this are one look
_FARTHEST = 8.0  # beyond it the answer is below 1e-14 a look, and the grid would grow for nothing


def crossing(limit: float, correlations: ArrayLike) -> float:
    """Probability that the largest |z| of a Gaussian Markov chain of standard normal statistics
    exceeds `limit`.

    Use it for tests that are repeated while answers come in, and for the best of all splits of a
    series.

    Parameters
    ----------
    limit : float
        Not negative; above 8 the answer is that of 8, an upper bound.
    correlations : array_like, shape (looks - 1,)
        Correlation of each statistic with the next, in [0, 1]; sqrt(I_k / I_(k+1)) for tests at
        growing information I.

    Returns
    -------
    float
        In [0, 1].

    Notes
    -----
    The recursion of Armitage, McPherson and Rowe (1969, JRSS A 132: 235-244): the density of those
    who have not crossed is carried from look to look by Gauss-Legendre quadrature on [-limit,
    limit], and what leaves is added up; no draws. Agrees with their table (5 % tests at equally
    spaced looks) to its three digits, and with a plain integral for three looks to 1e-7 relative.
    No library at hand (scipy, statsmodels) has it.

    Examples
    --------
    >>> looks = np.arange(1, 10)
    >>> round(crossing(1.959964, np.sqrt(looks / (looks + 1))), 3)  # ten 5 % tests: published 0.193
    0.193
    """
    limit = min(float(limit), _FARTHEST)
    if limit <= 0:
        return 1.0
    steps = _steps(np.asarray(correlations, float))
    spread = np.sqrt(1 - steps**2)
    nodes = int(np.clip(6 * limit / spread.min(initial=1.0), 96, 4000))
    x, weight = (limit * part for part in special.roots_legendre(nodes))
    mass = weight * np.exp(-x * x / 2) / np.sqrt(2 * np.pi)
    crossed = 2 * special.ndtr(-limit)
    for r, sd in zip(steps, spread, strict=True):
        centre = r * x
        crossed += mass @ (
            special.ndtr((centre - limit) / sd) + special.ndtr((-limit - centre) / sd)
        )
        mass = (
            weight
            * (np.exp(-0.5 * ((x[:, None] - centre) / sd) ** 2) @ mass)
            / (sd * np.sqrt(2 * np.pi))
        )
    return float(min(crossed, 1.0))


def _steps(correlations: NDArray) -> NDArray:
    """Leave out looks that saw what the look before them saw."""
    steps, so_far = [], 1.0
    for r in correlations:
        so_far *= r
        if so_far < _SAME:
            steps.append(so_far)
            so_far = 1.0
    return np.array(steps)


def growing(information: ArrayLike) -> NDArray:
    """Correlations of successive statistics from one growing sample: sqrt(I_k / I_(k+1)).

    >>> growing([1, 4]).tolist()
    [0.5]
    """
    return np.array([np.sqrt(a / b) for a, b in itertools.pairwise(np.asarray(information, float))])
