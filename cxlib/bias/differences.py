"""Respondents and weights -> differences of the weighted means of groups, tested."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from scipy import stats

from cxlib import check
from cxlib.bias import estimating, no_width
from cxlib.bias.counts import sums as counts
from cxlib.bias.kinds import Method
from cxlib.bias.methods import linearised
from cxlib.bias.methods.constraints import Constraints
from cxlib.bias.weights import Weights
from cxlib.errors import EmptyDataError
from cxlib.methods import multiplicity
from cxlib.shown import language as words
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import PAIR, PVALUES, level_and_method, with_limits


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Differences(Result):
    """Differences of the weighted means of groups from one of them. `frame` has one row a pair.

    Columns: `a` (the reference), `b`, `n_a`, `n_b`, `mean_a`, `mean_b`, `difference` (b minus a),
    `se`, `ci_low`, `ci_high`, `statistic` (t), `df`, `pvalue`, `pvalue_adj` (Holm),
    `confidence`, `method`. `how` says by what the means are weighted,
    `untested` of each `b` without a test why it has none."""

    outcome: str
    by: str
    how: Message | None = None
    untested: Mapping[str, Message] = field(default_factory=dict)

    columns: ClassVar[Mapping[str, Format]] = {
        **PAIR,
        **dict.fromkeys(("mean_a", "mean_b"), "decimal2"),
        **with_limits("difference", "decimal2", se="decimal2"),
        "statistic": "decimal2",
        "df": "integer",
        **PVALUES,
        **level_and_method(Method),
    }

    def summary(self, language: str = "en") -> str:
        """Say the largest difference by its p value, and whether chance could explain it."""
        row = self.frame.loc[self.frame["pvalue"].fillna(2.0).idxmin()]
        sure = row["pvalue_adj"] < 1 - row["confidence"]
        tested = "bias.difference_sure" if sure else "bias.difference_unsure"
        return words.text(
            "bias.difference_untested" if row["b"] in self.untested else tested,
            language,
            why=self.untested.get(row["b"]),
            outcome=estimating.said_outcome(self.outcome, self.how),
            by=self.by,
            a=row["a"],
            b=row["b"],
            n_a=row["n_a"],
            n_b=row["n_b"],
            mean_a=row["mean_a"],
            mean_b=row["mean_b"],
            difference=row["difference"],
            low=row["ci_low"],
            high=row["ci_high"],
            level=row["confidence"],
            pvalue=row["pvalue_adj"],
        )

    def caption(self) -> Message:
        """Return what the table shows."""
        return Message("bias.differences_caption", outcome=self.outcome, by=self.by)


@check.arguments
def weighted_differences(
    data: Any,
    *,
    outcome: str,
    by: str,
    reference: str | None = None,
    weights: Weights | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    population: str | None = None,
    confidence: float = 0.95,
) -> Differences:
    """Estimate by how much the weighted means of groups differ from that of one group, and test it.

    Use it in place of a t test on weighted rows, which takes weights for people and clusters for
    independent answers.

    Parameters
    ----------
    data : table
        One row a respondent; `weights` must have been made from these rows.
    outcome, by : str
        Columns of numbers and of groups.
    reference : str, optional
        The group the others are compared with; None: the first by name.
    weights, weight, cluster, strata, population, confidence
        As in `weighted_mean`.

    Returns
    -------
    Differences
        One row a group besides the reference; without `se`, limits and p value where no test can
        be made, of which `untested` and a warning say why.

    Raises
    ------
    EmptyDataError
        If fewer than two groups have an answer.
    ParameterError
        If `reference` is no group; else as `weighted_mean`.
    ColumnError, SourceError, WeightError
        As `weighted_mean`.

    Notes
    -----
    Both groups are domains of one sample, and may share clusters: the error is that of z_i of one
    minus z_i of the other. Degrees of freedom: units minus strata of both, minus 1. Equal to R
    survey 4.1.1 `svyttest` to 1e-7. Errors are linearised; with a few dozen answers a group the p
    values are too small.

    Examples
    --------
    >>> answers = pd.DataFrame({"csat": [1, 5, 4, 4, 2, 3], "plan": list("aabbab")})
    >>> found = weighted_differences(answers, outcome="csat", by="plan")
    >>> found.frame["difference"].round(3).tolist(), found.frame["df"].tolist()
    ([1.0], [4])
    """
    groups = counts.sums(
        data,
        outcome=outcome,
        by=by,
        margins=weights.margins if weights is not None else (),
        numeric=weights.numeric if weights is not None else (),
        weight=estimating.base_of(weights, weight),
        split=weights is not None and weights.split,
        cluster=cluster,
        strata=strata,
        population=population,
    )
    groups = estimating.with_factors(groups, weights)
    constraints = estimating.constraints_of(weights)
    named, inside = estimating.domains(groups, by=by)
    if len(named) < 2:
        raise EmptyDataError(
            f"by={by!r}: {len(named)} groups have an answer in {outcome!r}; a difference needs two"
        )
    check.one_of("reference", reference or named[0], [str(name) for name in named])
    first = 0 if reference is None else named.index(reference)
    rows = [
        {"a": named[first], "b": named[k]}
        | _difference(groups, constraints, inside[first], inside[k], confidence)
        for k in range(len(named))
        if k != first
    ]
    untested = {row["b"]: why for row in rows if (why := row.pop("why")) is not None}
    frame = pd.DataFrame(rows)
    frame.insert(len(frame.columns), "pvalue_adj", multiplicity.adjust_pvalues(frame["pvalue"]))
    left = int(groups["n"].sum() - groups["answered"].sum())
    said = (Message("bias.no_outcome", outcome=outcome, n=left),) if left else ()
    method = estimating.method_of(constraints, again=False)
    return Differences(
        frame=frame.assign(confidence=confidence, method=method.value),
        method=method,
        warnings=(
            *said,
            *estimating.told_of(weights),
            *estimating.few_clusters(groups),
            *(
                Message("bias.untested", a=named[first], b=b, why=why)
                for b, why in untested.items()
            ),
        ),
        outcome=outcome,
        by=by,
        how=estimating.how_weighted(weights, weight),
        untested=untested,
    )


def _difference(
    groups: pd.DataFrame,
    constraints: Constraints,
    one: Any,
    other: Any,
    confidence: float,
) -> dict[str, Any]:
    a, b = (linearised.point(groups[part]) for part in (one, other))
    centre = np.where(one, a.centre, np.where(other, b.centre, 0.0))
    per = np.where(one, -1 / a.scale, np.where(other, 1 / b.scale, 0.0))
    variance, _ = linearised.variance_of(groups, constraints, centre, per)
    df = linearised.units_minus_strata(groups[one | other]) - 1
    difference, se = b.value - a.value, float(np.sqrt(max(variance, 0.0)))
    few = min(linearised.answering_units(groups[part]) for part in (one, other)) < 2
    why = Message("bias.why_single") if few or df < 1 else None
    both = replace(b, value=max(abs(a.value), abs(b.value)), se=se)
    if why is None and no_width.is_none(groups[one | other], both):
        why = Message("bias.why_no_spread")
    se = se if why is None else np.nan
    t = difference / se
    half = float(stats.t.ppf(0.5 + check.confidence(confidence) / 2, max(df, 1))) * se
    return {
        "n_a": a.n,
        "n_b": b.n,
        "mean_a": a.value,
        "mean_b": b.value,
        "difference": difference,
        "se": se,
        "ci_low": difference - half,
        "ci_high": difference + half,
        "statistic": t,
        "df": df,
        "why": why,
        "pvalue": float(2 * stats.t.sf(abs(t), max(df, 1))),
    }
