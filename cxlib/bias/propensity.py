"""Respondents and frame -> one number for how evenly people answered, the R-indicator, and its
parts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.bias import figures_of_parts, parts
from cxlib.bias.counts import categories
from cxlib.bias.kinds import Method
from cxlib.bias.methods import r_indicator as arithmetic
from cxlib.errors import ColumnError, WeightError
from cxlib.methods import proportions
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW = 1_000  # people asked, below which the interval is approximate
CLEAR = 4  # standard errors from 1, below which it is so too: see the Notes of `r_indicator`
SURE = 0.05  # an adjusted p value below it is not put down to chance


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class RIndicator(Result):
    """How evenly people answered, as far as `margins` show; 1 is perfectly even.

    `frame` has one row: `n` (people in the frame), `respondents`, `rate`, `r_indicator`
    (bias-adjusted), `r_unadjusted`, `se`, `ci_low`, `ci_high` (at most 1), `cv` (of the adjusted
    propensities), `confidence`, `method`. `partial` takes it apart by column and
    category: see `PartialIndicators`."""

    margins: tuple[str, ...]
    partial: pd.DataFrame

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

    @property
    def chase(self) -> pd.Series | None:
        """The category to ask next: the row of `partial` lowest in `partial_unconditional`, so
        large and seldom answering; None where chance explains each that is below 0."""
        low = self.partial.query("partial_unconditional < 0 and pvalue_adj < @SURE")
        return None if low.empty else low.loc[low["partial_unconditional"].idxmin()]

    def summary(self, language: str = "en") -> str:
        """Say the indicator, what it cannot see, and which group to ask next."""
        row, chase = self.frame.iloc[0], self.chase
        said = Message(
            "bias.r_indicator",
            r=row["r_indicator"],
            low=row["ci_low"],
            high=row["ci_high"],
            level=row["confidence"],
            columns=self.margins,
            rate=row["rate"],
        )
        if chase is None:
            return Sentences((said, Message("bias.chase_nobody", n=row["n"]))).text(language)
        whom = Message(
            "bias.chase",
            group=_name(chase),
            n=chase["n"],
            rate=chase["rate"],
            everyone=row["rate"],
            # everyone's rate rises with the group's
            more=math.ceil(
                chase["n"] * (row["rate"] - chase["rate"]) / (1 - chase["n"] / row["n"]) - 1e-6
            ),
        )
        return Sentences((said, whom)).text(language)

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw each category's part in uneven answering, with its interval, lowest on top."""
        categories = self.partial[self.partial["category"] != parts.WHOLE].sort_values(
            "partial_unconditional", kind="stable", ignore_index=True
        )
        chase = self.chase
        ax = figures_of_parts.parts(
            categories,
            [_name(row) for _, row in categories.iterrows()],
            ax,
            finding=Message("bias.partial_title_even")
            if chase is None
            else Message("bias.partial_title", group=_name(chase), n=chase["n"]),
            measured=Message("bias.partial_measured", confidence=self.frame["confidence"].iloc[0]),
            language=language,
        )
        return self.with_numbers(
            ax,
            categories,
            [_name(row) for _, row in categories.iterrows()],
            "partial_unconditional",
            ends={"partial_unconditional": ("ci_low", "ci_high")},
            formats=dict.fromkeys(("partial_unconditional", "ci_low", "ci_high"), "decimal3"),
            language=language,
        )


@check.arguments
def r_indicator(
    respondents: Any,
    frame: Any,
    *,
    columns: Sequence[str],
    weight: str | None = None,
    confidence: float = 0.95,
) -> RIndicator | Absent:
    """Estimate the R-indicator: 1 - 2 x the standard deviation of the chances to answer.

    Use it to compare waves or modes (a higher response rate with a lower indicator is no gain), and
    to see whom to ask next.

    Parameters
    ----------
    respondents, frame : table
        One row a respondent; one row a person who could have answered, respondents among them. A
        frame of None gives an `Absent`.
    columns : sequence of str
        Columns with categories that explain answering, by main effects of a logit.
    weight : str, optional
        Column of both tables: the inverse chance of being asked, where `frame` is a sample of the
        people it stands for. It is known of the silent too.
    confidence : float
        Level of the interval.

    Returns
    -------
    RIndicator or Absent
        One row: `n` (people in the frame), `respondents`, `rate`, `r_indicator` (bias-adjusted, at
        most 1) with `se` and limits, `r_unadjusted`, `cv`; `partial`, one row a column and one a
        category. An `Absent` without a frame or columns, and where in some category everybody or
        nobody answered: the logit has no finite estimate there.

    Raises
    ------
    ColumnError
        If a column is absent, blank somewhere or named twice, or a combination of categories has
        more respondents than people in the frame.
    WeightError
        If a weight is missing, negative or infinite, or the weights sum to less than the people
        asked.
    EmptyDataError, ParameterError, SourceError
        As `representativeness`.

    Notes
    -----
    Shlomo, Skinner and Schouten (2012, Journal of Official Statistics 28). With N the sum of the
    weights and n people asked, the variance S^2 of the propensities has the divisor N - 1; it is
    raised by 1 + 1/n - 1/N, and its bias sum_i d_i z_i' V z_i / N is taken off, z_i the gradient of
    the propensity and V the covariance of the coefficients; SE^2 = (4 A'VA + 2 tr(BVBV) + (1 - n/N)
    the variance of the mean of (p_i - p)^2) / S^2. V is that of people who answer independently.
    Partial indicators (Schouten, Shlomo and Skinner 2011): unconditional sqrt(N_k / N) (p_k - p) of
    a category, and the root of the sum of their squares of a column; conditional the root of the
    mean square of p_i within the cells of the other columns. The error of a column's unconditional
    indicator is half that of the R-indicator of this column alone; of a category's it is that of
    two independent rates; of the conditional ones it is linearised as SE. The logit is fitted on
    cells. On the Danish 1965 survey, with weights of 1 and 3, equal to R code written from the
    papers: R to 1e-6, CV to 1e-5, errors to 1e-3 (R's `glm` takes V one step before convergence).

    The interval takes the estimate as normal. In simulated surveys 95 % intervals held the truth in
    82 to 99 % of samples where fewer than 1,000 people were asked, or where R was within four
    standard errors of 1, and in 93 to 95 % elsewhere; a warning tells of these.

    Examples
    --------
    >>> asked = pd.DataFrame({"plan": ["basic"] * 400 + ["plus"] * 400})
    >>> found = r_indicator(asked.iloc[100:600], asked, columns=["plan"])
    >>> found.frame["r_indicator"].round(2).tolist(), found.chase["category"]
    ([0.75], 'plus')
    """
    if frame is None or not columns:
        return Absent.of(
            "bias.absent_frame" if frame is None else "bias.absent_margins", RIndicator
        )
    level = check.confidence(confidence)
    cells = _cells(respondents, frame, columns, weight)
    if alike := _alike(cells, columns):
        return Absent.of("bias.absent_spread", RIndicator, n=len(alike), groups=alike)
    design = pd.get_dummies(cells[[f"m{i}" for i in range(len(columns))]], drop_first=True)
    x = np.column_stack([np.ones(len(cells)), design.to_numpy(float)])
    asked = arithmetic.Asked(
        *(cells[name].to_numpy(float) for name in ("n", "base", "base2", "answered"))
    )
    found = arithmetic.estimate(x, asked)
    return RIndicator(
        frame=pd.DataFrame([_row(found, cells, level)]),
        method=Method.R_INDICATOR,
        warnings=_warnings(found, asked),
        margins=tuple(columns),
        partial=parts.take_apart(cells, x, asked, columns, factor=found.factor, confidence=level),
    )


def _alike(cells: pd.DataFrame, columns: Sequence[str]) -> list[Message]:
    """Name the categories in which everybody or nobody answered."""
    found = []
    for i, column in enumerate(columns):
        by = cells.groupby(f"m{i}")[["base", "answered"]].sum()
        nobody, everybody = by["answered"] == 0, by["answered"] >= by["base"] * (1 - 1e-12)
        for category in by.index[nobody | everybody]:
            group = Message("bias.group", column=column, category=category)
            key = "bias.spread_nobody" if nobody[category] else "bias.spread_everybody"
            found.append(Message(key, group=group))
    return found


@check.arguments
def partial_indicators(found: RIndicator | Absent) -> parts.PartialIndicators | Absent:
    """Return the parts of an R-indicator as a table of its own; what is absent stays so.

    Parameters
    ----------
    found : RIndicator or Absent
        From `r_indicator`.

    Returns
    -------
    PartialIndicators or Absent
        One row a column (category "") and one a category. An `Absent` for the same reason as the
        indicator is.
    """
    if isinstance(found, Absent):
        return replace(found, instead_of=parts.PartialIndicators)
    return parts.PartialIndicators(
        frame=found.partial, method=found.method, warnings=found.warnings
    )


def _row(found: arithmetic.Estimate, cells: pd.DataFrame, confidence: float) -> dict[str, Any]:
    half = proportions.z_value(confidence) * found.se
    return {
        "n": int(cells["n"].sum()),
        "respondents": int(cells["r"].sum()),
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


def _warnings(found: arithmetic.Estimate, asked: arithmetic.Asked) -> tuple[Message, ...]:
    if asked.n.sum() >= FEW and 1 - found.adjusted >= CLEAR * found.se:
        return ()
    return (Message("bias.r_indicator_approximate", few=FEW, low=82, high=99),)


def _cells(
    respondents: Any, frame: Any, columns: Sequence[str], weight: str | None
) -> pd.DataFrame:
    """Return categories in `m0`, `m1`, …, people `n`, sums of their weights `base` and of squares
    `base2`, respondents `r` and their weights `answered`, of each combination."""
    keys = [f"m{i}" for i in range(len(columns))]
    everyone = categories.joint(frame, columns=columns, weight=weight)
    here = categories.joint(respondents, columns=columns, weight=weight)
    here = here.drop(columns="base2").rename(columns={"n": "r", "base": "answered"})
    both = everyone.merge(here, on=keys, how="outer")
    sums = ["n", "base", "base2", "r", "answered"]
    both[sums] = both[sums].fillna(0)
    more = both[both["r"] > both["n"]]
    if len(more):
        raise ColumnError(
            f"columns={list(columns)}: {int(more['r'].iloc[0])} respondents are "
            f"{list(more[keys].iloc[0])}, but {int(more['n'].iloc[0])} people in the frame; it "
            "must hold every person who could have answered"
        )
    _refuse_other_weights(both, keys, columns, weight)
    return both[both["base"] > 0].reset_index(drop=True)


def _refuse_other_weights(
    both: pd.DataFrame, keys: list[str], columns: Sequence[str], weight: str | None
) -> None:
    if weight is None:
        return
    more = both[both["answered"] > both["base"] * (1 + 1e-9)]
    if len(more):
        raise WeightError(
            f"weight={weight!r}: the respondents who are {list(more[keys].iloc[0])} weigh "
            f"{more['answered'].iloc[0]:,.6g} together, all of the frame who are so only "
            f"{more['base'].iloc[0]:,.6g}; a respondent needs the weight that the frame has for "
            "the same person: the inverse chance of being asked, not a weight made of the answers"
        )
    people, total = both["n"].sum(), both["base"].sum()
    if total < people * (1 - 1e-9):
        raise WeightError(
            f"weight={weight!r}: the weights sum to {total:,.6g}, less than the {int(people):,} "
            "people asked; give the inverse chance of being asked, so that they sum to the people "
            "the frame stands for"
        )


def _name(row: pd.Series) -> Message:
    return Message("bias.group", column=row["column"], category=row["category"])
