"""Promoters, passives, detractors -> the Dirichlet posterior of the NPS, without draws. On [-1,
1]."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.optimize import elementwise

from cxlib import check
from cxlib.errors import ParameterError

_BLOCK = 1024  # rows at a time: 30 MB
_CUT, _TINY = (
    1e-14,
    1e-300,
)  # chance left out at either end of the integral; stands for 0 in a logarithm
# double-exponential rule on (0, 1): distance from the left end, from the right end, weight. Steps
# of 0.045 gave 1e-10
_STEP = 0.036
_T = np.arange(-3.8, 3.2, _STEP)
_LEFT, _RIGHT = special.expit(np.pi * np.sinh(_T)), special.expit(-np.pi * np.sinh(_T))
_WEIGHT = _STEP * np.pi * np.cosh(_T) * _LEFT * _RIGHT


@dataclass(frozen=True, slots=True, eq=False)
class Posterior:
    """Posterior of the NPS, one value a count triple: `mean, variance, low, high` and `positive`,
    the chance of NPS > 0."""

    mean: NDArray
    variance: NDArray
    low: NDArray
    high: NDArray
    positive: NDArray


def posterior(
    a: ArrayLike, n: ArrayLike, c: ArrayLike, *, confidence: float = 0.95, prior: float = 0.5
) -> Posterior:
    """Posterior of the share of promoters minus the share of detractors.

    Use it for a sentence about probability: how sure is it that the NPS is above 0, given these
    answers?

    Parameters
    ----------
    a, n, c : array_like of int
        Promoters, all answers, detractors; broadcast against each other.
    confidence : float
        Probability between the limits; the same is left out on either side.
    prior : float
        Answers added to each kind: 0.5 is Jeffreys', 1 the uniform prior. At least 0.5.

    Returns
    -------
    Posterior

    Raises
    ------
    ParameterError
        If `prior` is below 0.5, or `confidence` does not lie between 0 and 1.

    Notes
    -----
    The shares are Dirichlet(x, m, y). P(NPS > 0) is a beta tail: among promoters and detractors,
    the promoters' part is Beta(x, y). The distribution function is an integral over the share of
    the rarest kind, by double-exponential quadrature (Takahasi and Mori 1974); the limits are its
    roots. Compared with a quadrature of another form (make_bayes.py), itself checked with mpmath:
    limits to 1e-11, the rest to 1e-12 relative. 2,400 rows take about 1.5 s.

    Examples
    --------
    >>> found = posterior(40, 160, 20)
    >>> round(float(found.low), 4), round(float(found.high), 4), round(float(found.positive), 4)
    (0.031, 0.2163, 0.9954)
    """
    tail = (1 - check.confidence(confidence)) / 2
    if not 0.5 <= prior < np.inf:
        raise ParameterError(
            f"prior={prior!r} must be at least 0.5; write 0.5 for Jeffreys' prior, 1 for the "
            "uniform one"
        )
    a, n, c = np.broadcast_arrays(*(np.asarray(x, float) for x in (a, n, c)))
    x, m, y = a + prior, n - a - c + prior, c + prior
    total = x + m + y
    mean = (x - y) / total
    variance = (m * (x + y) + 4 * x * y) / (total * total * (total + 1))
    low, high = np.empty(mean.shape), np.empty(mean.shape)
    flat = [array.ravel() for array in (x, m, y, mean, np.sqrt(variance))]
    for start in range(0, mean.size, _BLOCK):
        part = slice(start, start + _BLOCK)
        xs, ms, ys, centre, sd = (array[part] for array in flat)
        low.flat[part] = _lower(xs, ms, ys, centre, sd, tail)
        high.flat[part] = -_lower(ys, ms, xs, -centre, sd, tail)
    return Posterior(mean, variance, low, high, special.betainc(y, x, 0.5))


def _lower(x: NDArray, m: NDArray, y: NDArray, mean: NDArray, sd: NDArray, tail: float) -> NDArray:
    """Solve P(NPS <= limit) = tail."""
    # Cantelli's inequality: no distribution of this mean and sd has its limit outside
    ends = (
        np.maximum(mean - sd * np.sqrt((1 - tail) / tail), -1.0),
        np.minimum(mean + sd * np.sqrt(tail / (1 - tail)), 1.0),
    )
    # integrate over the rarest kind: it is the least spread, so that the rest of the integrand is
    # smooth beside its density
    kind = np.argmin([x, m, y], axis=0)
    outer, one, other = (
        np.choose(kind, [x, m, y]),
        np.choose(kind, [m, x, x]),
        np.choose(kind, [y, y, m]),
    )
    # the share of that kind is looked for above `least` and below 1 - `rest`
    least, rest = (
        special.betaincinv(outer, one + other, _CUT),
        special.betaincinv(one + other, outer, _CUT),
    )
    wanted = special.ndtri(tail)
    return elementwise.find_root(
        lambda nps, *law: special.ndtri(_chance(nps, *law)) - wanted,
        ends,  # nearly a straight line
        args=(kind, outer, one, other, least, rest),
        tolerances={"xatol": 1e-14, "xrtol": 1e-15},
    ).x


def _chance(
    nps: NDArray,
    kind: NDArray,
    outer: NDArray,
    one: NDArray,
    other: NDArray,
    least: NDArray,
    rest: NDArray,
) -> NDArray:
    """P(NPS <= nps): integral over the share s of one kind, Beta(outer, one + other), of a tail of
    the rest's split.

    Given s, NPS <= nps is a matter of that split r ~ Beta(one, other) alone: r <= t with, in the
    order of `kind`, t = (1 + nps - 2s)/(1 - s), (1 - s + nps)/(2 - 2s), (nps + s)/(1 - s). Below
    `first` and above `last` t leaves (0, 1)."""
    first = np.choose(kind, [np.maximum(nps, 0), 0 * nps, np.maximum(-nps, 0)])
    last = np.choose(kind, [(1 + nps) / 2, 1 - np.abs(nps), (1 - nps) / 2])
    after = np.choose(kind, [(1 - nps) / 2, np.abs(nps), (1 + nps) / 2])  # 1 - last
    sure = np.where(
        kind == 0,
        special.betainc(outer, one + other, first),
        np.where((kind == 2) | (nps > 0), special.betaincc(outer, one + other, last), 0.0),
    )
    end, after = np.minimum(last, 1 - rest), np.maximum(after, rest)
    start = np.minimum(np.maximum(first, least), end)
    width = (end - start)[:, None]
    left, right = width * _LEFT, width * _RIGHT
    # s and 1 - s, either exact near 0; at nps = -1 or 1 the width may be 0 at a pole of the density
    s, beside = np.maximum(start[:, None] + left, _TINY), np.maximum(after[:, None] + right, _TINY)
    to_first, to_last, up = (
        (start - first)[:, None] + left,
        (last - end)[:, None] + right,
        np.maximum(nps, 0)[:, None],
    )
    t = np.choose(kind[:, None], [2 * to_last, to_last / 2 + up, to_first + up]) / beside
    density = np.exp(
        (outer[:, None] - 1) * np.log(s)
        + (one + other - 1)[:, None] * np.log(beside)
        - special.betaln(outer, one + other)[:, None]
    )
    mass = width * _WEIGHT * density
    tail = special.betainc(
        one[:, None], other[:, None], np.clip(t, 0, 1), where=mass > 1e-18, out=np.zeros_like(mass)
    )
    return np.clip(sure + np.sum(mass * tail, axis=1), _TINY, 1 - 1e-16)
