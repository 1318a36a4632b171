"""Moments of the respondents and the proxy's mean of everyone -> the mean of everyone, by how far
silence depends on the outcome itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

_SUMS = ((1, 0), (0, 1), (2, 0), (0, 2), (1, 1))  # y, x and their second moments
Powers = Mapping[tuple[int, int], float]


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The mean of everyone at one `phi`, its standard error, and the bias of the respondents' mean
    in standard deviations of the outcome (`smub`)."""

    mean: float
    se: float
    smub: float


def correlation(first: Powers) -> float:
    """Return the correlation of outcome and proxy; missing where either does not vary."""
    spread = first[2, 0] * first[0, 2]
    return float(first[1, 1] / np.sqrt(spread)) if spread > 0 else float("nan")


def adjust(
    first: Powers, second: Powers, *, n: int, mean: float, ahead: float, phi: float
) -> Adjusted:
    """Adjust the respondents' mean by a proxy pattern-mixture model.

    Parameters
    ----------
    first, second : mapping of (int, int) to float
        Central moments of (outcome, proxy), see `counts.moments`.
    n : int
        Respondents.
    mean : float
        Their mean of the outcome.
    ahead : float
        The proxy's mean of everyone minus that of the respondents.
    phi : float
        0: silence depends on the proxy alone; 1: on the outcome alone.

    Notes
    -----
    mean + g ahead with g = f(phi) s_y / s_x and f = (phi + (1 - phi) r) / (phi r + 1 - phi)
    (Andridge and Little 2011, Journal of Official Statistics 27). The proxy is turned so that r >
    0. Standard error by the delta method from the respondents' moments up to the fourth, the
    frame's mean taken as known; the sampling of the silent ones' own answers and the
    finite-population correction of the respondents are left out, of which the second is the larger,
    so that it is rather too wide where many answered.
    """
    turn = -1.0 if first[1, 1] < 0 else 1.0
    yy, xx, xy = first[2, 0], first[0, 2], turn * first[1, 1]
    r, scale, ahead = xy / np.sqrt(yy * xx), np.sqrt(yy / xx), turn * ahead
    below = phi * r + 1 - phi
    f, slope = (phi + (1 - phi) * r) / below, (1 - 2 * phi) / below**2
    g = f * scale
    # how the mean answers to the means of y and x, and to yy, xx, xy
    gradient = np.array(
        [
            1.0,
            -g,
            ahead * scale * (f - slope * r) / (2 * yy),
            -ahead * scale * (f + slope * r) / (2 * xx),
            ahead * scale * slope / np.sqrt(yy * xx),
        ]
    )
    covariance = _covariance((0.0, 0.0, yy, xx, xy), second, turn)
    return Adjusted(
        mean=float(mean + g * ahead),
        se=float(np.sqrt(max(gradient @ covariance @ gradient, 0.0))),  # rounding, where r is 1
        smub=float(-f * ahead / np.sqrt(xx * n / (n - 1))),
    )


def _covariance(centre: tuple[float, ...], second: Powers, turn: float) -> np.ndarray:
    """Return the covariance of the weighted sums of y, x, y^2, x^2 and x y, each from its mean."""

    def of(a: int, b: int) -> float:
        return turn**b * second[a, b]

    return np.array(
        [
            [
                of(a + c, b + d) - other * of(a, b) - own * of(c, d) + own * other * of(0, 0)
                for (c, d), other in zip(_SUMS, centre, strict=True)
            ]
            for (a, b), own in zip(_SUMS, centre, strict=True)
        ]
    )
