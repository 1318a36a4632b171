"""Answers and silence -> the means that are possible, whatever the silent ones hold."""

from __future__ import annotations

import numpy as np

from cxlib.methods import proportions


def manski(
    mean: float, *, answered: int, asked: int, lowest: float, highest: float
) -> tuple[float, float]:
    """Bound the mean of all who were asked, when the silent ones may hold any value from `lowest`
    to `highest`.

    Notes
    -----
    f mean + (1 - f) lowest and f mean + (1 - f) highest, with f = answered / asked (Manski 1989).

    Examples
    --------
    >>> manski(30.0, answered=40, asked=100, lowest=-100, highest=100)
    (-48.0, 72.0)
    """
    f = answered / asked
    return f * mean + (1 - f) * lowest, f * mean + (1 - f) * highest


def sampling_error(
    promoters: int, detractors: int, *, asked: int, people: int | None, confidence: float
) -> float:
    """Return z standard errors of the NPS of a random sample of `asked` people, in points.

    `people` is how many they were drawn from; None takes them as very many.
    """
    variance = (promoters + detractors) / asked - ((promoters - detractors) / asked) ** 2
    rest = 1 - asked / people if people else 1.0
    error = float(np.sqrt(variance / max(asked - 1, 1) * rest))
    return 100 * proportions.z_value(confidence) * error
