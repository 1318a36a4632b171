"""Observed scores of k segments -> shrunken ones, and the chance that each is lowest or highest."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special
from scipy.optimize import elementwise

# spreads that stand for their posterior; points of the integral over the lowest
_TAUS, _GRID = (64, 600)
_GOLDEN = (np.sqrt(5) - 1) / 2


def shrunken(
    nps: ArrayLike, variance: ArrayLike, *, confidence: float
) -> tuple[NDArray, NDArray, NDArray, NDArray, NDArray]:
    """Posterior mean, interval, and probabilities of being lowest and highest, of k true scores.

    Parameters
    ----------
    nps, variance : array_like, shape (k,)
        Observed scores on [-1, 1] and the variances of their errors, above 0.

    Returns
    -------
    mean, low, high, worst, best : ndarray, shape (k,)
    """
    y, v = np.asarray(nps, float), np.asarray(variance, float)
    tau2 = spreads(y, v)[:, None] ** 2
    w = 1 / (v + tau2)
    centre = np.sum(w * y, axis=1, keepdims=True) / w.sum(axis=1, keepdims=True)
    pull = v / (v + tau2)
    mean, own = pull * centre + (1 - pull) * y, np.sqrt(pull * tau2)
    sd = np.sqrt(own**2 + pull**2 / w.sum(axis=1, keepdims=True))
    low, high = (
        _quantile(mean, sd, level) for level in ((1 - confidence) / 2, (1 + confidence) / 2)
    )
    # a lattice: with each spread goes one value of the common mean, so both are integrated over
    error = special.ndtri((_GOLDEN * np.arange(_TAUS)[:, None] + 0.5) % 1) / np.sqrt(
        w.sum(axis=1, keepdims=True)
    )
    return (
        mean.mean(axis=0),
        low,
        high,
        _lowest(mean + pull * error, own),
        _lowest(-mean + pull * error, own),
    )


def spreads(nps: NDArray, variance: NDArray) -> NDArray:
    """Equally likely values of tau: the middles of equal parts of its posterior under a flat prior
    on [0, 1]."""
    tau = np.geomspace(1e-4, 1, 2000)
    total = variance + tau[:, None] ** 2
    weight = np.sum(1 / total, axis=1)
    centre = np.sum(nps / total, axis=1) / weight
    log = -0.5 * (
        np.log(weight) + np.sum(np.log(total) + (nps - centre[:, None]) ** 2 / total, axis=1)
    )
    density = np.exp(log - log.max())
    below = np.concatenate([[0.0], np.cumsum(np.diff(tau) * (density[1:] + density[:-1]) / 2)])
    return np.interp((np.arange(_TAUS) + 0.5) / _TAUS, below / below[-1], tau)


def _quantile(mean: NDArray, sd: NDArray, level: float) -> NDArray:
    """Quantile of each column's equal mixture of normals, cut at -1 and 1; it lies between those of
    its parts."""
    parts = mean + sd * special.ndtri(level)
    index = np.arange(mean.shape[1])
    found = elementwise.find_root(
        lambda x, i: special.ndtr((x[..., None] - mean.T[i]) / sd.T[i]).mean(axis=-1) - level,
        (parts.min(axis=0) - 1e-9, parts.max(axis=0) + 1e-9),
        args=(index,),
    ).x
    return np.clip(found, -1.0, 1.0)


def _lowest(mean: NDArray, sd: NDArray) -> NDArray:
    """Probability that each column is the lowest, averaged over the rows; columns are independent
    within a row."""
    out = np.zeros(mean.shape[1])
    spread = special.ndtri(np.linspace(1e-9, 1 - 1e-9, 101))[:, None]
    for m, s in zip(mean, sd, strict=True):
        # points where the lowest can lie, as dense as the columns' own mass is there
        nodes = (m + s * spread).ravel()
        nodes = np.sort(nodes[nodes <= np.min(m + 6 * s)])
        x = nodes[np.linspace(0, len(nodes) - 1, min(_GRID, len(nodes))).astype(int)]
        z = (m - x[:, None]) / s  # -6 at least, so that the log is that of no tail
        tail = special.ndtr(-np.abs(z))
        above = np.log(np.where(z > 0, 1 - tail, tail))
        others = np.exp(above.sum(axis=1, keepdims=True) - above)
        part = np.diff(np.where(z > 0, tail, 1 - tail), axis=0)
        row = np.sum(part * (others[1:] + others[:-1]) / 2, axis=0)
        out += row / row.sum()
    return out / len(mean)
