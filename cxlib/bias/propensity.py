"""Respondents and frame -> one number for how evenly people answered: the R-indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.special import expit

from cxlib import check, inference
from cxlib import language as words
from cxlib.bias import counts
from cxlib.errors import ColumnError
from cxlib.result import Absent, Result


@dataclass(frozen=True, slots=True, eq=False)
class RIndicator(Result):
    """How evenly people answered; 1 is perfectly even.

    `frame` has one row: `n` (people in the frame), `respondents`, `rate`, `r_indicator`
    (bias-adjusted), `r_unadjusted`, `se`, `ci_low`, `ci_high` (at most 1), `cv` (of the adjusted
    propensities), `confidence`, `method`."""

    columns: tuple[str, ...] = ()

    formats: ClassVar[Mapping[str, str]] = {
        "rate": "percent",
        "r_indicator": "decimal2",
        "r_unadjusted": "decimal2",
        "se": "decimal3",
        "ci_low": "decimal2",
        "ci_high": "decimal2",
        "cv": "decimal2",
        "confidence": "level",
    }

    def summary(self, language: str = "en") -> str:
        """Say the indicator and what it cannot see."""
        row = self.frame.iloc[0]
        return words.text(
            "bias.r_indicator",
            language,
            r=words.number(row["r_indicator"], 2),
            low=words.number(row["ci_low"], 2),
            high=words.number(row["ci_high"], 2),
            level=words.level(row["confidence"]),
            columns=words.joined(self.columns, language),
            rate=words.percent(row["rate"], 0),
        )


def r_indicator(
    respondents: Any, frame: Any, *, columns: Sequence[str], confidence: float = 0.95
) -> RIndicator | Absent:
    """Estimate the R-indicator: 1 - 2 x the standard deviation of the chances to answer.

    Use it to compare waves or modes: a higher response rate with a lower indicator is no gain.

    Parameters
    ----------
    respondents, frame : table
        One row a respondent; one row a person who could have answered, respondents among them. A
        frame of None gives an `Absent`.
    columns : sequence of str
        Columns with categories that explain answering, by main effects of a logit.
    confidence : float
        Level of the interval.

    Returns
    -------
    RIndicator
        An `Absent` where in some category everybody or nobody answered: the logit has no finite
        estimate there.

    Raises
    ------
    ColumnError
        If a combination of categories has more respondents than people in the frame.

    Notes
    -----
    Shlomo, Skinner and Schouten (2012, Journal of Official Statistics 28), every person in the
    frame asked. The variance S^2 of the propensities has the divisor N - 1 and its bias sum_i z_i'
    V z_i / N is taken off, z_i the gradient of the propensity and V the covariance of the
    coefficients; SE^2 = (4 A'VA + 2 tr(BVBV)) / S^2. The logit is fitted on cells. On the Danish
    1965 survey equal to R code written from the papers to 1e-8 (unadjusted) and 2e-5 (adjusted: R's
    `glm` takes V one step before convergence)."""
    if frame is None or not columns:
        return Absent.of("bias.absent_frame" if frame is None else "bias.absent_margins")
    cells = _cells(respondents, frame, columns)
    for name in columns:
        by = cells.groupby(name)[["n", "r"]].sum()
        if ((by["r"] == 0) | (by["r"] == by["n"])).any():
            return Absent.of("bias.absent_spread")
    n, r = cells["n"].to_numpy(float), cells["r"].to_numpy(float)
    design = pd.get_dummies(cells[list(columns)], drop_first=True, dtype=float)
    x = np.column_stack([np.ones(len(cells)), design.to_numpy()])
    p, v = _logit(x, n, r)
    total, mean = n.sum(), float(n @ p / n.sum())
    s2 = float(n @ (p - mean) ** 2 / (total - 1))
    z = (p * (1 - p))[:, None] * x
    adjusted = max(s2 - float(n @ np.einsum("ij,jk,ik->i", z, v, z) / total), 0.0)
    se = _se(z - n @ z / total, n, p - mean, v, s2)
    r_adjusted = 1 - 2 * np.sqrt(adjusted)
    half = inference.z_value(check.confidence(confidence)) * se
    row = {
        "n": int(total),
        "respondents": int(r.sum()),
        "rate": mean,
        "r_indicator": r_adjusted,
        "r_unadjusted": 1 - 2 * np.sqrt(s2),
        "se": se,
        "ci_low": max(r_adjusted - half, 0.0),
        "ci_high": min(r_adjusted + half, 1.0),
        "cv": np.sqrt(adjusted) / mean,
        "confidence": confidence,
        "method": "R-indicator, logit",
    }
    return RIndicator(pd.DataFrame([row]), "R-indicator", columns=tuple(columns))


def _cells(respondents: Any, frame: Any, columns: Sequence[str]) -> pd.DataFrame:
    keys = [f"m{i}" for i in range(len(columns))]
    everyone = counts.joint(frame, columns=columns)
    both = everyone.merge(
        counts.joint(respondents, columns=columns).rename(columns={"n": "r"}), on=keys, how="outer"
    )
    both[["n", "r"]] = both[["n", "r"]].fillna(0)
    more = both[both["r"] > both["n"]]
    if len(more):
        raise ColumnError(
            f"columns={list(columns)}: {int(more['r'].iloc[0])} respondents are "
            f"{list(more[keys].iloc[0])}, but "
            f"{int(more['n'].iloc[0])} people in the frame; it must hold every person who could "
            "have answered"
        )
    return both.rename(columns=dict(zip(keys, columns, strict=True)))


def _logit(x: NDArray, n: NDArray, r: NDArray) -> tuple[NDArray, NDArray]:
    """Fit a logit to cells; return the propensities and the covariance of the coefficients."""
    beta = np.zeros(x.shape[1])
    for _ in range(50):
        p = expit(x @ beta)
        information = x.T @ ((n * p * (1 - p))[:, None] * x)
        step = np.linalg.pinv(information, hermitian=True) @ (x.T @ (r - n * p))
        beta = beta + step
        if np.abs(step).max() < 1e-12:
            break
    p = expit(x @ beta)
    return p, np.linalg.pinv(x.T @ ((n * p * (1 - p))[:, None] * x), hermitian=True)


def _se(z: NDArray, n: NDArray, centred: NDArray, v: NDArray, s2: float) -> float:
    """Return the linearised standard error; `z` and `centred` are measured from their means."""
    if s2 == 0:
        return 0.0
    a = (n * centred) @ z / (n.sum() - 1)
    b = (z.T * n) @ z / (n.sum() - 1)
    return float(np.sqrt((4 * a @ v @ a + 2 * np.trace(b @ v @ b @ v)) / s2))
