"""Answers to items -> indices of careless answering, one number a respondent.

As in R careless 1.2.2; missing answers as there: a missing answer is a run of its own, leaves the
variability and the halves of a scale alone, and counts as the item's mean in the distance.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

_NO_SPREAD = 1e-12  # of the sum of squares: what rounding leaves of a variance of 0
_BLOCK = 4096  # respondents whose pairs are held in memory at once


def strings(answers: NDArray) -> tuple[NDArray, NDArray]:
    """Return the longest and the mean length of runs of equal answers, in the items' order.

    Parameters
    ----------
    answers : float array, shape (respondents, items)

    Returns
    -------
    longest, average : float arrays, shape (respondents,)
        In items; missing where there is no answer at all (R has 1 there).

    Examples
    --------
    >>> strings(np.array([[1.0, 1, 1, 2], [np.nan, np.nan, 3, 3]]))
    (array([3., 2.]), array([2.        , 1.33333333]))
    """
    n, items = answers.shape
    run, longest, runs = np.ones(n), np.ones(n), np.ones(n)
    for item in range(1, items):
        same = answers[:, item] == answers[:, item - 1]
        run = np.where(same, run + 1, 1.0)
        runs += ~same
        np.maximum(longest, run, out=longest)
    nothing = np.isnan(answers).all(axis=1)
    return np.where(nothing, np.nan, longest), np.where(nothing, np.nan, items / runs)


def variability(answers: NDArray) -> NDArray:
    """Return each respondent's standard deviation over the items (divisor n - 1), missing where
    there are fewer than two answers.

    Examples
    --------
    >>> variability(np.array([[1.0, 3.0, np.nan], [2.0, np.nan, np.nan]]))
    array([1.41421356,        nan])
    """
    given = ~np.isnan(answers)
    n = given.sum(axis=1)
    mean = np.where(given, answers, 0).sum(axis=1) / np.maximum(n, 1)
    squares = np.where(given, answers - mean[:, None], 0) ** 2
    found = np.sqrt(squares.sum(axis=1) / np.maximum(n - 1, 1))
    return np.where(n > 1, found, np.nan)


def squared_distances(answers: NDArray) -> NDArray | None:
    """Return squared Mahalanobis distances from the mean answers, or None where the covariance of
    the items (pairwise where answers are missing) is not positive definite.

    Notes
    -----
    z' S^-1 z with z = 0 where the answer is missing, as `psych::outlier`, which careless calls.
    """
    given = ~np.isnan(answers)
    n = given.sum(axis=0)
    if (n < 2).any() or len(answers) <= answers.shape[1]:
        return None
    z = np.where(given, answers - np.where(given, answers, 0).sum(axis=0) / n, 0.0)
    covariance = pd.DataFrame(answers).cov().to_numpy()  # pairwise
    scale = np.sqrt(np.diag(covariance))
    if np.isnan(covariance).any() or not (scale > 0).all():
        return None
    correlation = covariance / np.outer(scale, scale)
    if np.linalg.eigvalsh(correlation)[0] < 1e-10:
        return None
    found = np.einsum("ij,ij->i", z / scale, np.linalg.solve(correlation, (z / scale).T).T)
    return np.where(given.any(axis=1), found, np.nan)


def correlations(answers: NDArray) -> NDArray:
    """Return the items' correlations over respondents, pairwise where answers are missing; missing
    for an item without spread. Shape (items, items)."""
    return pd.DataFrame(answers).corr().to_numpy()


def even_odd(answers: NDArray, scales: Sequence[Sequence[int]]) -> tuple[NDArray, NDArray]:
    """Return how far the halves of the scales contradict each other, within each respondent.

    Parameters
    ----------
    answers : float array, shape (respondents, items)
        With items that ask for the opposite reversed.
    scales : sequence of sequences of int
        Places of the items of each scale, at least two each.

    Returns
    -------
    index : float array, shape (respondents,)
        Minus the correlation, over scales, of the means of their even and odd items, stepped up by
        Spearman and Brown and kept within -1 and 1: 1 is most careless (as since careless 1.2.0).
        Missing where a half has no spread.
    pairs : int array, shape (respondents,)
        Scales with an answer in both halves; of two, the index is -1 or 1 whatever was answered.
    """
    first = np.column_stack([_mean(answers[:, list(scale)[1::2]]) for scale in scales])
    second = np.column_stack([_mean(answers[:, list(scale)[0::2]]) for scale in scales])
    both = ~(np.isnan(first) | np.isnan(second))
    r = _correlate(first, second, both)
    with np.errstate(divide="ignore"):
        stepped = np.where(r <= -1, -1.0, 2 * r / (1 + r))
    return -np.clip(stepped, -1, 1), both.sum(axis=1)


def _mean(answers: NDArray) -> NDArray:
    given = ~np.isnan(answers)
    n = given.sum(axis=1)
    total = np.where(given, answers, 0).sum(axis=1)
    return np.divide(total, n, out=np.full(len(answers), np.nan), where=n > 0)


def _correlate(first: NDArray, second: NDArray, both: NDArray) -> NDArray:
    """Return the correlation within each row, over the places that have both."""
    a, b = _deviations(first, both), _deviations(second, both)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = (a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    return np.clip(r, -1, 1)


def _deviations(values: NDArray, both: NDArray) -> NDArray:
    """Return deviations from a row's mean; missing throughout where they have no spread."""
    kept = np.where(both, values, 0.0)
    mean = kept.sum(axis=1) / np.maximum(both.sum(axis=1), 1)
    found = np.where(both, values - mean[:, None], 0.0)
    flat = (found**2).sum(axis=1) <= _NO_SPREAD * (kept**2).sum(axis=1)
    return np.where(flat[:, None], np.nan, found)


def alike(correlation: NDArray, cut: float, *, opposite: bool = False) -> NDArray:
    """Return the pairs of items that correlate above `cut` (below -`cut` where `opposite`).

    Returns
    -------
    bool array, shape (items, items)
        True at [i, j], i > j: the later item comes first in a pair, as in R.
    """
    below = np.tril(np.ones_like(correlation, dtype=bool), -1)
    with np.errstate(invalid="ignore"):
        return below & ((correlation < -cut) if opposite else (correlation > cut))


def within_person(answers: NDArray, pairs: NDArray) -> tuple[NDArray, NDArray]:
    """Return the correlation, within each respondent, over pairs of items.

    Parameters
    ----------
    answers : float array, shape (respondents, items)
    pairs : bool array, shape (items, items)
        From `alike`.

    Returns
    -------
    r : float array, shape (respondents,)
        Missing with fewer than three pairs answered, or where fewer than two of them differ and one
        side has no spread.
    n : int array, shape (respondents,)
        Pairs of which both items are answered.

    Notes
    -----
    Sums over pairs as products of matrices: respondents x items numbers in memory, however many
    pairs there are. Where one side has no spread, every second pair that differs is turned around:
    which item of a pair comes first means nothing. R turns pairs at random until there is spread,
    so that its value is ours with two such pairs and one of several with more.
    """
    given = ~np.isnan(answers)
    v, a = given.astype(float), pairs.astype(float)
    # a shift alike for all answers changes no correlation, and keeps whole numbers whole
    x = np.where(given, answers - np.round(np.nanmedian(answers)), 0.0)
    # of each item: pairs in which it comes first, and second, whose other item is answered
    earlier, later = v @ a.T, v @ a
    n = (later * v).sum(axis=1)
    first, second = (x * earlier).sum(axis=1), (x * later).sum(axis=1)
    first_2, second_2 = (x**2 * earlier).sum(axis=1), (x**2 * later).sum(axis=1)
    products = ((x @ a) * x).sum(axis=1)
    s1, s2 = n * first_2 - first**2, n * second_2 - second**2
    flat = (s1 <= _NO_SPREAD * n * first_2) | (s2 <= _NO_SPREAD * n * second_2)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = np.clip((n * products - first * second) / np.sqrt(s1 * s2), -1, 1)
    r[flat | (n < 3)] = np.nan
    again = np.flatnonzero(flat & (n >= 3))
    for some in np.array_split(again, len(again) // _BLOCK + 1):
        r[some] = _turned(answers[some], pairs)
    return r, n.astype(np.int64)


def _turned(answers: NDArray, pairs: NDArray) -> NDArray:
    """Return the correlations with every second pair that differs turned around."""
    later, earlier = np.nonzero(pairs)
    first, second = answers[:, later], answers[:, earlier]
    both = ~(np.isnan(first) | np.isnan(second))
    differs = both & (first != second)
    turn = differs & (differs.cumsum(axis=1) % 2 == 0)
    return _correlate(np.where(turn, second, first), np.where(turn, first, second), both)


def straight_lines(answers: NDArray, scales: Sequence[Sequence[int]]) -> tuple[NDArray, NDArray]:
    """Return in how many grids a respondent gave one answer throughout, and how many he answered.

    A grid counts where it has three items or more and all are answered.

    Examples
    --------
    >>> straight_lines(np.array([[4.0, 4, 4, 1, 2, 3]]), [(0, 1, 2), (3, 4, 5)])
    (array([1]), array([2]))
    """
    lines = np.zeros(len(answers), dtype=np.int64)
    grids = np.zeros(len(answers), dtype=np.int64)
    for scale in scales:
        here = answers[:, list(scale)]
        if here.shape[1] < 3:
            continue
        grids += ~np.isnan(here).any(axis=1)
        lines += (here == here[:, :1]).all(axis=1)
    return lines, grids


def copies(answers: NDArray) -> NDArray:
    """Return how many other respondents gave the same answers throughout, missing ones included.

    Those without any spread (straight lines, few answers) have none: they are alike by nature.

    Examples
    --------
    >>> copies(np.array([[1.0, 2], [1, 2], [2, 2], [2, 2]]))
    array([1, 1, 0, 0])
    """
    whole = np.ascontiguousarray(np.where(np.isnan(answers), np.inf, answers + 0.0))
    keys = whole.view(np.dtype((np.void, whole.dtype.itemsize * whole.shape[1]))).ravel()
    _, place, n = np.unique(keys, return_inverse=True, return_counts=True)
    spread = variability(answers)
    return np.where(spread > 0, n[place.ravel()] - 1, 0)
