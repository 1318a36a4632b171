"""Shares of promoters, passives and detractors -> how unequally they must have answered for the NPS
of everyone to lie at a line."""

from __future__ import annotations


def ratio(promoters: float, passives: float, detractors: float, *, line: float) -> float:
    """Return how unequal answering must have been for the NPS of everyone to be `line`.

    Parameters
    ----------
    promoters, passives, detractors : float
        Shares of the (weighted) answers; only their ratios matter.
    line : float
        In points, between -100 and 100.

    Returns
    -------
    float
        Above 1 where the NPS of the answers lies above the line, below 1 where it lies below, and
        missing where no ratio brings it there (nobody on one of the two sides).

    Notes
    -----
    Let a, b, c be the inverse chances to answer of promoters, passives, detractors and t = line /
    100. The NPS of everyone, 100 (a p - c d) / (a p + b s + c d), is above the line just when a p
    (1 - t) > b s t + c d (1 + t). For t >= 0 passives weigh on the side of detractors, and R = p (1
    - t) / (s t + d (1 + t)); for t < 0 on that of promoters, and R = (p (1 - t) - s t) / (d (1 +
    t)). So the side of the line holds as long as the first side was less than R times as likely to
    answer as each of the other (R > 1; the converse with 1 / R below), and turns when it was more
    than that. At t = 0, R = p / d and passives do not matter. Rosenbaum's (2002) sensitivity
    parameter, for who answers.

    Examples
    --------
    >>> ratio(0.6, 0.1, 0.3, line=0), ratio(0.3, 0.1, 0.6, line=0)
    (2.0, 0.5)
    """
    t = line / 100
    above = promoters * (1 - t) - passives * min(t, 0.0)
    below = detractors * (1 + t) + passives * max(t, 0.0)
    return above / below if above > 0 and below > 0 else float("nan")
