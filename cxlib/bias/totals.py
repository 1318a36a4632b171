"""Respondents and weights -> totals and ratios of a population with standard errors that know about
the weights and the design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pandas as pd

from cxlib import check
from cxlib.bias import estimating
from cxlib.bias.estimating import Estimates
from cxlib.bias.kinds import Kind, Method
from cxlib.bias.weights import Weights
from cxlib.rows import names
from cxlib.shown import language as words
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import with_limits


def _formats(key: str, written: Format) -> dict[str, Format]:
    return {
        "kind": Kind,
        "outcome": "",
        **dict.fromkeys(("n", "n_eff"), "integer"),
        **with_limits(key, written, se=written),
        "confidence": "level",
        "df": "integer",
        "deff": "decimal2",
        "method": Method,
    }


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Total(Result):
    """Totals of one column in the population. `frame` has one row, or one a group.

    Columns: `kind`, `outcome`, with `by` the column of groups, `n` (answers), `n_eff` (Kish),
    `total`, `se`, `ci_low`, `ci_high`, `confidence`, `df`, `deff`, `method`."""

    by: str | None = None
    how: Message | None = None

    columns: ClassVar[Mapping[str, Format]] = _formats("total", "decimal1")

    def summary(self, language: str = "en") -> str:
        """Say the total with its interval, or how many groups have one."""
        return _said(self, "total", language)

    def caption(self) -> Message:
        """Return what the table shows."""
        if self.by is not None:
            return Message("bias.total_caption_groups", by=self.by)
        return Message("bias.total_caption")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Ratio(Result):
    """Ratios of the totals of two columns. `frame` has one row, or one a group.

    Columns: as of a `Total`, with `ratio`; `outcome` is the numerator, `denominator` the other
    column, `n` the rows that have both."""

    by: str | None = None
    how: Message | None = None

    columns: ClassVar[Mapping[str, Format]] = {
        **_formats("ratio", "decimal3"),
        "denominator": "",
    }

    def summary(self, language: str = "en") -> str:
        """Say the ratio with its interval, or how many groups have one."""
        return _said(self, "ratio", language)

    def caption(self) -> Message:
        """Return what the table shows."""
        if self.by is not None:
            return Message("bias.ratio_caption_groups", by=self.by)
        return Message("bias.ratio_caption")


def _said(result: Total | Ratio, key: str, language: str) -> str:
    """Say one estimate, or the lowest and the highest of the groups."""
    frame, by = result.frame, result.by
    first = frame.iloc[0]
    beside = {"outcome": first["outcome"], "denominator": first.get("denominator")}
    last = "outcome" if key == "total" else "denominator"
    beside[last] = estimating.said_outcome(beside[last], result.how)
    if by is None:
        sentence = "bias.total" if key == "total" else "bias.ratio"
        return words.text(sentence, language, **_numbers(first, key), **beside)
    column = {name: column for column, name in result.carried.items()}[by]
    low, high = (
        Message("bias.group_of", group=row[column], **_numbers(row, key))
        for row in (frame.loc[frame[key].idxmin()], frame.loc[frame[key].idxmax()])
    )
    sentence = "bias.total_groups" if key == "total" else "bias.ratio_groups"
    return words.text(
        sentence, language, by=by, groups=len(frame), lowest=low, highest=high, **beside
    )


def _numbers(row: pd.Series, key: str) -> dict[str, Any]:
    return {
        "value": row[key],
        "low": row["ci_low"],
        "high": row["ci_high"],
        "n": row["n"],
        "level": row["confidence"],
    }


@check.arguments
def weighted_total(
    data: Any,
    *,
    outcome: str,
    by: str | None = None,
    weights: Weights | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    population: str | None = None,
    se: Literal["linearised", "jackknife"] | None = None,
    confidence: float = 0.95,
) -> Total:
    """Estimate the total of a column in the population, such as what all customers spend.

    Use it with weights that add up to the number of people in the population (targets in counts);
    of shares and without weights it is the total of the respondents.

    Parameters
    ----------
    data : table
        One row a respondent; `weights` must have been made from these rows.
    outcome : str
        Column of numbers. A row without one adds nothing, and is told: the total of the others is
        not made up for it.
    by, weights, weight, cluster, strata, population, se, confidence
        As in `weighted_mean`.

    Returns
    -------
    Total
        One row, kind `weighted` (`unweighted` where neither weight is given), or one a group.

    Raises
    ------
    ColumnError, EmptyDataError, ParameterError, SourceError, WeightError
        As `weighted_mean`.

    Notes
    -----
    Sum of w y; its variance is that of `weighted_mean` with z_i = y_i. Equal to R survey 4.1.1
    `svytotal` after `rake`, `postStratify`, `calibrate` and without, and by `as.svrepdesign`, to
    1e-7.

    Examples
    --------
    >>> answers = pd.DataFrame({"orders": [1, 5, 4, 4], "w": [10.0, 10, 20, 20]})
    >>> weighted_total(answers, outcome="orders", weight="w").frame["total"].tolist()
    [220.0]
    """
    found = estimating.estimate(
        data,
        outcome=outcome,
        by=by,
        total=True,
        weights=weights,
        weight=weight,
        cluster=cluster,
        strata=strata,
        population=population,
        se=se,
    )
    kind = Kind.UNWEIGHTED if weights is None and weight is None else Kind.WEIGHTED
    carried = names.carry([by] if by is not None else [], Total.columns)
    column = carried[by] if by is not None else None
    beside = {"kind": kind.value, "outcome": outcome}
    rows = found.rows("total", confidence, beside=beside, by=column)
    return Total(
        frame=pd.DataFrame(rows),
        method=found.methods[0],
        warnings=_cautions(found, outcome),
        carried={name: given for given, name in carried.items()},
        by=by,
        how=estimating.how_weighted(weights, weight),
    )


def _cautions(found: Estimates, outcome: str) -> tuple[Message, ...]:
    """Say how many rows add nothing."""
    if not found.left_out:
        return found.warnings
    said = Message("bias.no_outcome_total", outcome=outcome, n=found.left_out)
    return (said, *found.warnings)


@check.arguments
def weighted_ratio(
    data: Any,
    *,
    numerator: str,
    denominator: str,
    by: str | None = None,
    weights: Weights | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    population: str | None = None,
    se: Literal["linearised", "jackknife"] | None = None,
    confidence: float = 0.95,
) -> Ratio:
    """Estimate the ratio of the totals of two columns, such as complaints per order.

    Use it where both vary from row to row; the mean of the rows' own ratios is another number.

    Parameters
    ----------
    data : table
        One row a respondent; `weights` must have been made from these rows.
    numerator, denominator : str
        Columns of numbers; a row that lacks one of them is left out of the ratio.
    by, weights, weight, cluster, strata, population, se, confidence
        As in `weighted_mean`.

    Returns
    -------
    Ratio
        One row, kind `weighted` (`unweighted` where neither weight is given), or one a group.

    Raises
    ------
    WeightError
        If the weighted sum of the denominator is not above 0; else as `weighted_mean`.
    ColumnError, EmptyDataError, ParameterError, SourceError
        As `weighted_mean`.

    Notes
    -----
    R = sum w y / sum w x; z_i = (y_i - R x_i) / sum w x. Equal to R survey 4.1.1 `svyratio` to
    1e-7. By the jackknife without clusters, different denominators are told apart: as many rows are
    pulled as there are combinations.

    Examples
    --------
    >>> orders = pd.DataFrame({"complaints": [0, 1, 2], "orders": [5, 10, 15]})
    >>> weighted_ratio(orders, numerator="complaints", denominator="orders").frame["ratio"].tolist()
    [0.1]
    """
    found = estimating.estimate(
        data,
        outcome=numerator,
        over=denominator,
        by=by,
        weights=weights,
        weight=weight,
        cluster=cluster,
        strata=strata,
        population=population,
        se=se,
    )
    kind = Kind.UNWEIGHTED if weights is None and weight is None else Kind.WEIGHTED
    carried = names.carry([by] if by is not None else [], Ratio.columns)
    column = carried[by] if by is not None else None
    beside = {"kind": kind.value, "outcome": numerator, "denominator": denominator}
    rows = found.rows("ratio", confidence, beside=beside, by=column)
    return Ratio(
        frame=pd.DataFrame(rows),
        method=found.methods[0],
        warnings=found.cautions(f"{numerator} / {denominator}"),
        carried={name: given for given, name in carried.items()},
        by=by,
        how=estimating.how_weighted(weights, weight),
    )
