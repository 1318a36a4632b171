"""Answers by score of two segments -> which answers higher: placements and their tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from cxlib.methods import proportions


def placements(by_score: NDArray, i: NDArray, j: NDArray) -> tuple[NDArray, ...]:
    """Per pair: answers of each side, 2 U of b (whole), sum t (N^2 - t^2) over scores, spread of
    the placements of each side.

    sum t (N^2 - t^2) is N^3 - N less the tie term sum (t^3 - t), without its cancellation.
    """
    m, n = by_score.sum(axis=1)[i], by_score.sum(axis=1)[j]
    below = np.cumsum(by_score, axis=1) - by_score
    twice_u, untied = np.zeros(len(i), np.int64), np.zeros(len(i))
    a, b = ([column[side] for column in by_score.T] for side in (i, j))
    at_a, at_b = (
        [column[side] for column in (2 * below + by_score).T] for side in (i, j)
    )  # twice the mid-ranks
    for a_k, b_k, in_a in zip(a, b, at_a, strict=True):
        twice_u += b_k * in_a
        tied = (a_k + b_k).astype(float)
        untied += tied * (m + n - tied) * (m + n + tied)
    mean_a, mean_b = (2 * m * n - twice_u) / m, twice_u / n
    spread_a = sum(a_k * (in_b - mean_a) ** 2 for a_k, in_b in zip(a, at_b, strict=True)) / 4
    spread_b = sum(b_k * (in_a - mean_b) ** 2 for b_k, in_a in zip(b, at_a, strict=True)) / 4
    return m, n, twice_u, untied, spread_a, spread_b


def brunner_munzel(
    m: NDArray,
    n: NDArray,
    twice_u: NDArray,
    untied: NDArray,
    spread_a: NDArray,
    spread_b: NDArray,
    *,
    confidence: float,
) -> dict[str, NDArray]:
    """Brunner and Munzel's test of each pair from its placements, and Mann-Whitney's p value;
    `known` is false where the spread cannot be estimated and the largest possible one stands for
    it."""
    above = (twice_u - m * n) / 2  # U minus what is expected under no difference, exact
    share = twice_u / 2 / (m * n)
    with np.errstate(divide="ignore", invalid="ignore"):
        var_a, var_b = spread_a / (m - 1) / m / n / n, spread_b / (n - 1) / n / m / m
        known = (np.minimum(m, n) > 1) & (var_a + var_b > 0)
        df = (var_a + var_b) ** 2 / (var_a**2 / (m - 1) + var_b**2 / (n - 1))
        statistic = np.where(
            known,
            above / (m * n) / np.sqrt(var_a + var_b),
            above / (m * n) * 2 * np.sqrt(np.minimum(m, n)),
        )
        mw = np.where(untied > 0, above / np.sqrt(m * n / 12 * untied / (m + n) / (m + n - 1)), 0.0)
    df = np.where(known, df, np.nan)
    pvalue = np.where(
        known, 2 * stats.t.sf(np.abs(statistic), df), 2 * stats.norm.sf(np.abs(statistic))
    )
    reach = stats.t.ppf(0.5 + confidence / 2, df) * np.sqrt(var_a + var_b)
    least = np.minimum(m, n)
    low, high = proportions.wilson(share * least, least, confidence=confidence)
    return {
        "superiority": share,
        "ci_low": np.where(known, np.maximum(share - reach, 0), low),
        "ci_high": np.where(known, np.minimum(share + reach, 1), high),
        "statistic": statistic,
        "df": df,
        "pvalue": pvalue,
        "u": twice_u / 2,
        "mw_pvalue": 2 * stats.norm.sf(np.abs(mw)),
        "known": known,
    }
