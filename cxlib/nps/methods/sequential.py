"""A difference of which one side still grows -> limits and p values that hold at every look.

On [-1, 1]."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from cxlib.methods import proportions
from cxlib.nps.methods import intervals
from cxlib.nps.methods.crossing import crossing, growing

_MOST_LOOKS = 100  # of more, the false alarms of this many: a lower bound, and quick


def never_zero(a: ArrayLike, n: ArrayLike, c: ArrayLike) -> NDArray:
    """Variance of the NPS from the counts +3/4, +3/2, +3/4: it knows of kinds of answers that have
    not come yet."""
    return intervals.moments(a, n, c, method="adjusted_wald")[1]


def clock(
    v_a: ArrayLike, v_b: ArrayLike, n_b: ArrayLike, planned: ArrayLike, *, alpha: float
) -> NDArray:
    """Information of a difference, in units that make the interval narrowest when b has its planned
    answers.

    Parameters
    ----------
    v_a, v_b : array_like
        Variances of the NPS of the finished and of the growing wave.
    n_b, planned : array_like
        Answers of the growing wave now and as planned.
    alpha : float
        1 - confidence.
    """
    v_a, v_b, n_b = (np.asarray(x, float) for x in (v_a, v_b, n_b))
    narrowest = -special.lambertw(-(alpha**2) / math.e, k=-1).real - 1
    return narrowest * (v_a + v_b * n_b / np.asarray(planned, float)) / (v_a + v_b)


def mixture_half_width(se: ArrayLike, t: ArrayLike, alpha: float) -> NDArray:
    """Half-width, at every look, of the normal mixture's confidence sequence at information t >
    0."""
    t = np.asarray(t, float)
    return np.asarray(se, float) * np.sqrt(2 * (1 + 1 / t) * (np.log1p(t) / 2 - np.log(alpha)))


def mixture_pvalue(z: ArrayLike, t: ArrayLike) -> NDArray:
    """Anytime-valid p value of a standardised difference at information t > 0; below alpha where
    the interval leaves 0 out."""
    z, t = np.asarray(z, float), np.asarray(t, float)
    return np.minimum(1.0, np.exp(np.log1p(t) / 2 - z**2 * t / (2 * (1 + t))))


def false_alarms(share: NDArray, looks: int, confidence: float) -> NDArray:
    """Probability that one of `looks` naive tests claims a change; `share` of the variance is the
    finished wave's."""
    rounded, looks = np.round(share, 2), min(looks, _MOST_LOOKS)
    at = {
        value: crossing(
            proportions.z_value(confidence),
            growing(1 / (value + (1 - value) * looks / np.arange(1, looks + 1))),
        )
        for value in np.unique(rounded[~np.isnan(rounded)])
    }
    return np.array([at.get(value, np.nan) for value in rounded])
