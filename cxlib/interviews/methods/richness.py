"""Which code is in which interview -> expected accumulation and its band, how many codes there may
be, and how many of the mentions are covered."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from cxlib import check
from cxlib.methods.proportions import z_value


def rarefaction(per_code: NDArray, n: int) -> NDArray:
    """Codes expected in 1 to `n` interviews, whatever their order: (n,).

    `per_code` has the number of interviews that each code is in.
    """
    size = np.arange(1, n + 1)[:, None]
    rest = n - per_code[None, :]
    possible = rest >= size
    ways = np.where(possible, rest, size)  # C(rest, size) / C(n, size), 0 where rest < size
    log = gammaln(ways + 1) - gammaln(ways - size + 1) - gammaln(n + 1) + gammaln(n - size + 1)
    return np.where(possible, 1 - np.exp(log), 1).sum(axis=1)


def band(seen: NDArray, *, resamples: int, confidence: float, seed: int) -> tuple[NDArray, NDArray]:
    """Limits of the number of codes after each interview, over permuted orders of the rows of
    `seen`."""
    n = len(seen)
    # the place of each interview in each order
    place = np.random.default_rng(seed).permuted(np.tile(np.arange(n), (resamples, 1)), axis=1)
    reached = np.zeros((resamples, n), int)
    for code in np.flatnonzero(seen.any(axis=0)):  # memory stays at (resamples, interviews)
        first = place[:, seen[:, code]].min(axis=1)
        reached[np.arange(resamples), first] += 1
    curves = reached.cumsum(axis=1)
    low, high = np.quantile(curves, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return low, high


@check.arguments
def chao2(observed: int, once: int, twice: int, *, n: int) -> tuple[float, float]:
    """Estimate how many codes there are, seen or not, and the variance of that number.

    Parameters
    ----------
    observed, once, twice : int
        Codes in at least one, exactly one and exactly two of `n` interviews.
    n : int
        Interviews, 1 or more.

    Returns
    -------
    estimate, variance : float
        Number of codes, `observed` or more, and its variance.

    Examples
    --------
    >>> estimate, variance = chao2(28, 5, 6, n=16)
    >>> round(estimate, 6), round(variance**0.5, 6)
    (29.953125, 2.375009)
    """
    a = (n - 1) / n
    if twice:
        r = once / twice
        return observed + a * once**2 / (2 * twice), twice * (
            a / 2 * r**2 + a**2 * r**3 + a**2 / 4 * r**4
        )
    unseen = a * once * (once - 1) / 2
    if not unseen:
        return float(observed), 0.0
    estimate = observed + unseen
    return estimate, unseen + a**2 * once * (2 * once - 1) ** 2 / 4 - a**2 * once**4 / (
        4 * estimate
    )  # EstimateS 9, app. B


def chao2_limits(
    observed: int, estimate: float, variance: float, *, confidence: float
) -> tuple[float, float]:
    """Log-normal limits of Chao (1987); missing where no code is unseen."""
    unseen = estimate - observed
    if unseen <= 0:
        return np.nan, np.nan
    spread = np.exp(z_value(confidence) * np.sqrt(np.log1p(variance / unseen**2)))
    return float(observed + unseen / spread), float(observed + unseen * spread)


def coverage(mentions: int, once: int, twice: int, *, n: int) -> float:
    """Share of further mentions that would fall on a code already seen (Chao and Jost 2012)."""
    a = (n - 1) * once
    return float(1 - once / mentions * (a / (a + 2 * twice) if once else 0))


def gain(unseen: float, once: int, *, n: int, ahead: int) -> float:
    """Codes that `ahead` more interviews would add (Colwell et al. 2012)."""
    return float(unseen * (1 - (1 - once / (n * unseen + once)) ** ahead) if unseen > 0 else 0.0)
