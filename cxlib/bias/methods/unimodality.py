"""A histogram over ordered scores -> its likeliest shapes with one peak and with two, and whether
chance explains that it has more than one."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.optimize import isotonic_regression

RESAMPLES, SEED = 2_000, 2009
_EQUAL = 1e-9  # relative: the same sums in another order
# percent of answers at 0, 1, …, 10 of two camps that everybody would call so
_J = (15, 6, 4, 2, 2, 4, 5, 9, 13, 15, 25)


class Unimodality(NamedTuple):
    """The test of one peak.

    Attributes
    ----------
    fitted : float array, shape (scores,)
        Probabilities of the likeliest histogram with one peak.
    statistic : float
        Likelihood ratio 2 (l_free - l_one_peak), 0 or more; 0 where the counts have one peak.
    pvalue : float
        Chance of a ratio as large where there is one peak; missing with fewer than 3 scores.
    """

    fitted: NDArray
    statistic: float
    pvalue: float


class TwoPeaks(NamedTuple):
    """The likeliest histogram with at most two peaks: probabilities, shape (scores,), and the
    positions where the counts are highest at each peak."""

    fitted: NDArray
    low: int
    high: int


def unimodality(n: ArrayLike, *, resamples: int = RESAMPLES, seed: int = SEED) -> Unimodality:
    """Test whether a histogram has more than one peak.

    Parameters
    ----------
    n : array_like of int, shape (scores,)
        Answers of each score, in the order of the scale; at least one answer. They are taken as
        independent.
    resamples : int
        Histograms drawn; the smallest p value is 1 / (resamples + 1).
    seed : int
        Of the draws.

    Returns
    -------
    Unimodality

    Notes
    -----
    Likelihood ratio of the free multinomial against the best one that rises to a peak and falls
    (isotonic regression before and after each score; Robertson, Wright and Dykstra 1988), with a
    parametric bootstrap, p = (1 + exceedances) / (1 + resamples).

    Drawn from the fit itself the test is too liberal where the truth has level stretches: the fit
    makes steps of their noise, and what is drawn from steps seldom breaks the order. So steps that
    the data cannot tell from level, those within sqrt(log n) standard errors, are levelled before
    drawing (generalised moment selection: Andrews and Soares 2010, Econometrica 78, whose rate and
    constant these are); the peak stays, since a peak that is level too would make the test more
    liberal again. False alarms and power: tests/benchmarks/bench_shape.py.

    Examples
    --------
    >>> unimodality([1, 2, 2, 4, 9, 12]).pvalue
    1.0
    >>> unimodality([30, 10, 4, 9, 40]).pvalue < 0.001
    True
    """
    counts = np.asarray(n)
    fitted = one_peak(counts)
    statistic = float(ratios(counts[None])[0])
    if len(counts) < 3:
        return Unimodality(fitted, statistic, float("nan"))
    if statistic == 0:
        return Unimodality(fitted, 0.0, 1.0)
    drawn = _drawn(int(counts.sum()), fitted, resamples, seed)
    beyond = int((ratios(drawn) >= statistic * (1 - _EQUAL)).sum())
    return Unimodality(fitted, statistic, (1 + beyond) / (1 + resamples))


def power(
    n: int,
    probabilities: ArrayLike,
    *,
    level: float = 0.05,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> float:
    """Chance that `unimodality` of `n` answers falls below `level` where the truth has the given
    probabilities, shape (scores,).

    Approximate: the ratio that must be exceeded is taken from the null nearest to the truth, rather
    than anew for each sample; within .1 of the whole simulation (benchmark).

    Examples
    --------
    >>> power(20, two_camps(11)) < power(100, two_camps(11)) < power(1000, two_camps(11))
    True
    """
    truth = np.asarray(probabilities, float) / np.sum(probabilities)
    null = _drawn(n, one_peak(n * truth), resamples, seed)
    found = ratios(np.random.default_rng(seed + 1).multinomial(n, truth, resamples))
    return float((found > np.quantile(ratios(null), 1 - level)).mean())


def two_camps(scores: int) -> NDArray:
    """Probabilities of two plain camps on a scale of some scores, shape (scores,): 15 % at 0 and 25
    % at 10 with 2 % at 3 and 4, spread evenly over another number of scores.

    Examples
    --------
    >>> two_camps(5).round(2).tolist()
    [0.22, 0.06, 0.08, 0.21, 0.43]
    """
    below = np.concatenate([[0], np.cumsum(_J)]) / sum(_J)
    return np.diff(np.interp(np.linspace(0, 1, scores + 1), np.linspace(0, 1, len(below)), below))


def one_peak(n: ArrayLike) -> NDArray:
    """Return the likeliest probabilities with one peak, shape (scores,), of counts `n`.

    Examples
    --------
    >>> one_peak([1, 3, 1, 5]).round(3).tolist()
    [0.1, 0.2, 0.2, 0.5]
    """
    counts = np.asarray(n, float)
    rises = int(np.argmax(_by_rise(counts[None])[0]))
    parts = [
        isotonic_regression(part, increasing=up).x
        for part, up in ((counts[:rises], True), (counts[rises:], False))
        if len(part)
    ]
    return np.concatenate(parts) / counts.sum()


def two_peaks(n: ArrayLike) -> TwoPeaks:
    """Return the likeliest probabilities with at most two peaks, of counts `n` of 2 scores or more.

    Where the counts have more than one peak, the fit has two and a valley between them: one peak
    below some score, one from there on.

    Examples
    --------
    >>> two_peaks([5, 1, 2, 3, 9, 4])[1:]
    (0, 4)
    """
    counts = np.asarray(n, float)
    cuts = range(1, len(counts))
    sides = [[counts[None, :cut], counts[None, cut:]] for cut in cuts]
    likelihood = [sum(_by_rise(side).max() for side in both) for both in sides]
    cut = cuts[int(np.argmax(likelihood))]
    fits = [one_peak(side) * side.sum() if side.any() else side for side in np.split(counts, [cut])]
    low, high = (
        highest(fit, side) for fit, side in zip(fits, np.split(counts, [cut]), strict=True)
    )
    return TwoPeaks(np.concatenate(fits) / counts.sum(), low, cut + high)


def far_peaks(
    n: ArrayLike, least: int, *, level: float = 0.05, resamples: int = RESAMPLES, seed: int = SEED
) -> tuple[int, int] | None:
    """Positions of two peaks at least `least` scores apart, where both are beyond chance.

    Neighbours are uneven for reasons of their own: a liking for some numbers, or the end of a scale
    where stronger feelings pile up. So peaks nearer than that are taken together with what lies
    between them, as one answer, and the rest is tested again, until peaks are far enough or chance
    explains them. A peak that goes on level (within 1.96 standard errors, and as far above the
    valley) reaches to its outer end: 5 and a level 8, 9, 10 are 5 and 10.

    Examples
    --------
    >>> far_peaks([60, 10, 5, 10, 20, 40, 90, 50, 90], 3)
    (0, 6)
    """
    counts = np.asarray(n)
    cells = [[score] for score in range(len(counts))]
    while len(cells) > 2:
        sums = np.array([counts[cell].sum() for cell in cells])
        if unimodality(sums, resamples=resamples, seed=seed).pvalue >= level:
            return None
        found = two_peaks(sums)
        low, high = (max(cells[at], key=lambda score: counts[score]) for at in found[1:])
        if high - low < least:
            valley = counts[low : high + 1].min()
            low, high = _outmost(counts, low, -1, valley), _outmost(counts, high, 1, valley)
        if high - low >= least:
            return low, high
        together = slice(found.low, found.high + 1)
        cells[together] = [[score for cell in cells[together] for score in cell]]
    return None


def _outmost(counts: NDArray, peak: int, step: int, valley: int) -> int:
    """Return where the level stretch that a peak begins ends, in the direction of `step`."""
    at = peak
    while 0 <= at + step < len(counts):
        here = counts[at + step]
        falls = counts[peak] - here > 1.96 * np.sqrt(counts[peak] + here)
        if falls or here - valley <= 1.96 * np.sqrt(here + valley):
            break
        at += step
    return at


def highest(fitted: NDArray, n: ArrayLike) -> int:
    """Position of the highest count among those where a fit with one peak is highest."""
    level = fitted >= fitted.max() * (1 - _EQUAL)
    return int(np.argmax(np.where(level, np.asarray(n), -1)))


def ratios(n: ArrayLike) -> NDArray:
    """Likelihood ratios of free against one-peaked probabilities, shape (histograms,), of counts
    `n`, shape (histograms, scores)."""
    counts = np.asarray(n, float)
    free = special.xlogy(counts, counts).sum(axis=1)
    found = 2 * (free - _by_rise(counts).max(axis=1))
    return np.where(found < _EQUAL * np.maximum(free, 1), 0.0, found)


def _drawn(n: int, fitted: NDArray, resamples: int, seed: int) -> NDArray:
    """Draw histograms of `n` answers under one peak, as level as a fit allows."""
    level = _levelled(fitted, n)
    return np.random.default_rng(seed).multinomial(n, level / level.sum(), resamples)


def _levelled(fitted: NDArray, n: int) -> NDArray:
    """Level neighbouring steps of a fit, the least certain first, but not its peak."""
    starts = np.flatnonzero(np.abs(np.diff(fitted, prepend=-1.0)) > _EQUAL)
    total = [float(part.sum()) for part in np.split(n * fitted, starts[1:])]
    width = [len(part) for part in np.split(fitted, starts[1:])]
    while len(total) > 2:
        away = np.array([_errors_apart(total[i : i + 2], width[i : i + 2]) for i in _pairs(total)])
        peak = int(np.argmax(np.divide(total, width)))
        away[[i for i in (peak - 1, peak) if 0 <= i < len(away)]] = np.inf
        least = int(np.argmin(away))
        if away[least] > np.sqrt(np.log(n)):
            break
        total[least : least + 2] = [sum(total[least : least + 2])]
        width[least : least + 2] = [sum(width[least : least + 2])]
    return np.repeat(np.divide(total, width), width) / n


def _pairs(blocks: list[float]) -> range:
    return range(len(blocks) - 1)


def _errors_apart(total: list[float], width: list[int]) -> float:
    """Distance of two neighbouring steps' heights, in standard errors were they level."""
    level = sum(total) / sum(width)
    if level == 0:
        return 0.0
    error = np.sqrt(level * (1 / width[0] + 1 / width[1]))
    return float(abs(total[0] / width[0] - total[1] / width[1]) / error)


def _by_rise(counts: NDArray) -> NDArray:
    """Log-likelihood of each histogram (rows) where its first 0, 1, …, all scores rise and the
    others fall."""
    return _rising(counts) + _rising(counts[:, ::-1])[:, ::-1]


def _rising(counts: NDArray) -> NDArray:
    """Log-likelihood of the first 0, 1, …, all scores of each histogram under rising probabilities.

    Pools adjacent violators of all histograms at once: each row has a stack of blocks, on a floor
    that no block falls below."""
    rows, scores = counts.shape
    every = np.arange(rows)
    sums, widths = np.full((rows, scores + 1), -1.0), np.ones((rows, scores + 1))
    likelihood, found = np.zeros((rows, scores + 1)), np.zeros((rows, scores + 1))
    top = np.zeros(rows, int)
    for score in range(scores):
        total, width = counts[:, score].astype(float), np.ones(rows)
        pooled = every
        while len(pooled):
            s, w = sums[pooled, top[pooled]], widths[pooled, top[pooled]]
            falls = s * width[pooled] >= total[pooled] * w
            pooled, s, w = pooled[falls], s[falls], w[falls]
            total[pooled] += s
            width[pooled] += w
            top[pooled] -= 1
        found[:, score + 1] = likelihood[every, top] + special.xlogy(total, total / width)
        top += 1
        sums[every, top], widths[every, top] = total, width
        likelihood[every, top] = found[:, score + 1]
    return found
