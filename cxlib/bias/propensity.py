"""Respondents and frame -> one number for how evenly people answered: the R-indicator."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.bias.counts import categories
from cxlib.bias.kinds import Method
from cxlib.bias.methods import r_indicator as arithmetic
from cxlib.errors import ColumnError
from cxlib.methods import proportions
from cxlib.shown import language as words
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RIndicator(Result):
    """How evenly people answered, as far as `margins` show; 1 is perfectly even.

    `frame` has one row: `n` (people in the frame), `respondents`, `rate`, `r_indicator`
    (bias-adjusted), `r_unadjusted`, `se`, `ci_low`, `ci_high` (at most 1), `cv` (of the adjusted
    propensities), `confidence`, `method`."""

    margins: tuple[str, ...]

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("n", "respondents"), "integer"),
        "rate": "percent",
        "r_indicator": "decimal2",
        **with_limits("r_unadjusted", "decimal2", se="decimal3"),
        "cv": "decimal2",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.r_indicator_caption")
    intervals: ClassVar[Mapping[str, tuple[str, str]]] = {"r_indicator": ("ci_low", "ci_high")}

    def summary(self, language: str = "en") -> str:
        """Say the indicator and what it cannot see."""
        row = self.frame.iloc[0]
        return words.text(
            "bias.r_indicator",
            language,
            r=row["r_indicator"],
            low=row["ci_low"],
            high=row["ci_high"],
            level=row["confidence"],
            columns=self.margins,
            rate=row["rate"],
        )


@check.arguments
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
    RIndicator or Absent
        One row: `n` (people in the frame), `respondents`, `rate`, `r_indicator` (bias-adjusted, at
        most 1) with `se` and limits, `r_unadjusted`, `cv`. An `Absent` without a frame or columns,
        and where in some category everybody or nobody answered: the logit has no finite estimate
        there.

    Raises
    ------
    ColumnError
        If a column is absent, blank somewhere or named twice, or a combination of categories has
        more respondents than people in the frame.
    EmptyDataError, ParameterError, SourceError
        As `representativeness`.

    Notes
    -----
    Shlomo, Skinner and Schouten (2012, Journal of Official Statistics 28), every person in the
    frame asked. The variance S^2 of the propensities has the divisor N - 1 and its bias sum_i z_i'
    V z_i / N is taken off, z_i the gradient of the propensity and V the covariance of the
    coefficients; SE^2 = (4 A'VA + 2 tr(BVBV)) / S^2. The logit is fitted on cells. On the Danish
    1965 survey equal to R code written from the papers to 1e-8 (unadjusted) and 2e-5 (adjusted: R's
    `glm` takes V one step before convergence)."""
    if frame is None or not columns:
        return Absent.of(
            "bias.absent_frame" if frame is None else "bias.absent_margins", RIndicator
        )
    cells = _cells(respondents, frame, columns)
    keys = list(cells.columns[: len(columns)])
    for key in keys:
        by = cells.groupby(key)[["n", "r"]].sum()
        if ((by["r"] == 0) | (by["r"] == by["n"])).any():
            return Absent.of("bias.absent_spread", RIndicator)
    n, r = cells["n"].to_numpy(float), cells["r"].to_numpy(float)
    design = pd.get_dummies(cells[keys], drop_first=True, dtype=float)
    x = np.column_stack([np.ones(len(cells)), design.to_numpy()])
    found = arithmetic.estimate(x, n, r)
    half = proportions.z_value(check.confidence(confidence)) * found.se
    row = {
        "n": int(n.sum()),
        "respondents": int(r.sum()),
        "rate": found.rate,
        "r_indicator": found.adjusted,
        "r_unadjusted": found.unadjusted,
        "se": found.se,
        "ci_low": max(found.adjusted - half, 0.0),
        "ci_high": min(found.adjusted + half, 1.0),
        "cv": found.cv,
        "confidence": confidence,
        "method": Method.R_INDICATOR.value,
    }
    return RIndicator(frame=pd.DataFrame([row]), method=Method.R_INDICATOR, margins=tuple(columns))


def _cells(respondents: Any, frame: Any, columns: Sequence[str]) -> pd.DataFrame:
    """Return categories in `m0`, `m1`, …, people `n` and respondents `r` of each combination."""
    keys = [f"m{i}" for i in range(len(columns))]
    everyone = categories.joint(frame, columns=columns)
    here = categories.joint(respondents, columns=columns).rename(columns={"n": "r"})
    both = everyone.merge(here, on=keys, how="outer")
    both[["n", "r"]] = both[["n", "r"]].fillna(0)
    more = both[both["r"] > both["n"]]
    if len(more):
        raise ColumnError(
            f"columns={list(columns)}: {int(more['r'].iloc[0])} respondents are "
            f"{list(more[keys].iloc[0])}, but {int(more['n'].iloc[0])} people in the frame; it "
            "must hold every person who could have answered"
        )
    return both
