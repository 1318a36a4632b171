"""Promoters, passives, detractors -> bootstrap limits of the NPS from its exact law, without draws.
On [-1, 1]."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import fft, special

from cxlib import check
from cxlib.errors import ParameterError

MOST = 100_000  # answers a row: the law of more takes long, and no interval needs it
# a cumulated chance this near to a level has reached it: the transform is exact to about 1e-13
_SAME = 1e-12


def percentile(
    a: ArrayLike, n: ArrayLike, c: ArrayLike, *, confidence: float = 0.95
) -> tuple[NDArray, NDArray]:
    """Percentile bootstrap limits of the NPS, as infinitely many resamples would give them.

    Use it to compare with a tool that resamples. It covers too rarely where a kind is rare: prefer
    the score limits.

    Parameters
    ----------
    a, n, c : array_like of int
        Promoters, all answers, detractors; broadcast against each other. n from 1 to 100,000.
    confidence : float
        Level of the interval.

    Returns
    -------
    low, high : ndarray
        Within [-1, 1]; of width 0 where all answers are of one kind, since every resample is then
        the same.

    Raises
    ------
    ParameterError
        If a row has no answer or more than 100,000, or `confidence` does not lie between 0 and 1.

    Notes
    -----
    The sum of n answers scored 1, 0, -1 has the law (q/t + m + p t)^n, found by one Fourier
    transform; a limit is the least value whose cumulated chance reaches the level. Equal to exact
    fractions (make_exact.py).

    Examples
    --------
    >>> low, high = percentile(1, 21, 7)
    >>> round(21 * float(low)), round(21 * float(high))
    (-11, -1)
    """
    return _limits(a, n, c, confidence, lambda a, n, c, law: special.ndtri(_tails(confidence)))


def bca(
    a: ArrayLike, n: ArrayLike, c: ArrayLike, *, confidence: float = 0.95
) -> tuple[NDArray, NDArray]:
    """Bias-corrected and accelerated bootstrap limits of the NPS (Efron 1987), from the exact law.

    Parameters, refusals and limits are those of `percentile`, which it is where all answers are of
    one kind.

    Notes
    -----
    The bias correction is the normal quantile of P(below the NPS) + P(equal to it) / 2: on a
    lattice half of the tie counts."""

    def levels(a: float, n: float, c: float, law: NDArray) -> NDArray:
        at = int(n + a - c)
        bias = special.ndtri(law[:at].sum() + law[at] / 2)
        shifted = bias + special.ndtri(_tails(confidence))
        return bias + shifted / np.maximum(1 - acceleration(a, n, c) * shifted, 1e-300)

    return _limits(a, n, c, confidence, levels)


def acceleration(a: ArrayLike, n: ArrayLike, c: ArrayLike) -> NDArray:
    """Acceleration of the BCa interval: a sixth of the skewness of the answers' mean; 0 where all
    are of one kind.

    Notes
    -----
    mu3 / (6 mu2^1.5 sqrt(n)), written in counts so that nothing cancels.
    """
    a, n, c = (np.asarray(x, float) for x in (a, n, c))
    second = n * (a + c) - (a - c) ** 2
    third = (a - c) * (n * n - 3 * n * (a + c) + 2 * (a - c) ** 2)
    return third / (6 * np.sqrt(n) * np.where(second > 0, second, 1.0) ** 1.5)


def _limits(
    a: ArrayLike,
    n: ArrayLike,
    c: ArrayLike,
    confidence: float,
    levels: Callable[[float, float, float, NDArray], NDArray],
) -> tuple[NDArray, NDArray]:
    """Read the law of each row at two levels, given as normal quantiles."""
    check.confidence(confidence)
    a, n, c = np.broadcast_arrays(*(np.asarray(x, float) for x in (a, n, c)))
    if n.size and not (n.min() >= 1 and n.max() <= MOST):
        raise ParameterError(
            f"n={n.max():,.0f} (least {n.min():,.0f}): bootstrap limits are for 1 to {MOST:,} "
            "answers a row; "
            'use method="score"'
        )
    rows, place = np.unique(
        np.stack([a.ravel(), n.ravel(), c.ravel()], axis=1), axis=0, return_inverse=True
    )
    found = np.empty((len(rows), 2))
    for i, row in enumerate(rows):
        a_row, n_row, c_row = row
        law = _law(a_row, n_row, c_row)
        reached = np.searchsorted(
            np.cumsum(law),
            np.maximum(special.ndtr(levels(a_row, n_row, c_row, law)) - _SAME, _SAME),
        )
        found[i] = (reached - n_row) / n_row
    low, high = found[place.ravel()].T
    return low.reshape(a.shape), high.reshape(a.shape)


def _law(a: float, n: float, c: float) -> NDArray:
    """Chance of each sum -n, ..., n of n answers drawn anew."""
    shares = {1: a / n, 0: (n - a - c) / n, -1: c / n}
    common = max(shares, key=lambda kind: shares[kind])
    size = fft.next_fast_len(int(2 * n + 1), real=True)
    half, power = size // 2, np.arange(size // 2 + 1)
    # characteristic function minus 1, counted from the commonest kind, with angles reduced in whole
    # numbers: nothing cancels, so that its n-th power keeps its digits
    less_one = np.zeros(power.size, complex)
    for kind, share in shares.items():
        angle = 2 * np.pi / size * ((power * (common - kind) + half) % size - half)
        less_one += share * (-2 * np.sin(angle / 2) ** 2 + 1j * np.sin(angle))
    less_one[less_one == -1] += 1e-300j  # 0 has no logarithm
    law = fft.irfft(np.exp(n * special.log1p(less_one)), size)
    return np.maximum(np.roll(law, int(n + n * common))[: int(2 * n + 1)], 0.0)


def _tails(confidence: float) -> NDArray:
    return np.array([1 - confidence, 1 + confidence]) / 2
