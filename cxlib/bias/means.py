"""Respondents and weights -> means with standard errors that know about the weights and the
design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import pandas as pd

from cxlib import check
from cxlib.bias import estimating
from cxlib.bias.kinds import Kind, Method
from cxlib.bias.weights import Weights
from cxlib.rows import names
from cxlib.rows.table import as_groups
from cxlib.shown import language as words
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import with_limits


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Mean(Result):
    """Means of one column. `frame` has one row a kind of weight, or a group.

    Columns: `kind` (unweighted, weighted), `outcome`, with `by` the column of groups, `n`
    (answers), `n_eff` (Kish), `mean`, `se`, `ci_low`, `ci_high`, `confidence`, `df` (clusters minus
    strata), `deff` (Kish's, of the weights alone), `method`. `how` says by what it is weighted."""

    by: str | None = None
    how: Message | None = None

    columns: ClassVar[Mapping[str, Format]] = {
        "kind": Kind,
        "outcome": "",
        **dict.fromkeys(("n", "n_eff"), "integer"),
        **with_limits("mean", "decimal2", se="decimal2"),
        "confidence": "level",
        "df": "integer",
        "deff": "decimal2",
        "method": Method,
    }

    def summary(self, language: str = "en") -> str:
        """Say the weighted mean with its interval, and the unweighted one beside it; of groups the
        lowest and the highest."""
        if self.by is not None:
            return self._groups(self.by, language)
        last, first = self.frame.iloc[-1], self.frame.iloc[0]
        both = len(self.frame) > 1 and self.how is not None
        return words.text(
            "bias.mean_weighted" if both else "bias.mean",
            language,
            outcome=last["outcome"] if both else estimating.said_outcome(last["outcome"], self.how),
            how=self.how,
            mean=last["mean"],
            n=last["n"],
            low=last["ci_low"],
            high=last["ci_high"],
            level=last["confidence"],
            plain=first["mean"],
        )

    def _groups(self, by: str, language: str) -> str:
        column = {name: column for column, name in self.carried.items()}[by]
        ends = self.frame.loc[[self.frame["mean"].idxmin(), self.frame["mean"].idxmax()]]
        parts = [
            Message("bias.mean_group", group=row[column], **row[_SAID].to_dict())
            for _, row in ends.iterrows()
        ]
        return words.text(
            "bias.mean_groups",
            language,
            outcome=estimating.said_outcome(ends["outcome"].iloc[0], self.how),
            by=by,
            groups=len(self.frame),
            low=parts[0],
            high=parts[1],
            level=ends["confidence"].iloc[0],
        )

    def caption(self) -> Message:
        """Return what the table shows."""
        if self.by is not None:
            return Message("bias.mean_caption_groups", by=self.by)
        return Message("bias.mean_caption_weighted" if len(self.frame) > 1 else "bias.mean_caption")


_SAID = ["mean", "n", "ci_low", "ci_high"]


@check.arguments
def weighted_mean(
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
) -> Mean:
    """Estimate a weighted mean, or that of each group, with a standard error that includes what the
    weights explain.

    Parameters
    ----------
    data : table
        One row a respondent; `weights` must have been made from these rows.
    outcome : str
        Column of numbers. Rows without one are left out of the mean (as a domain), not out of the
        weights.
    by : str, optional
        Column of groups, of which each gets a row (a domain: its error knows of the whole sample).
        Rows without a group are in none.
    weights : Weights, optional
        From `rake`, `poststratify`, `calibrate`, …; their base weight is used.
    weight : str, optional
        Column of weights that are taken as given; not together with `weights`. A weight of 0 keeps
        its row in the design (`n`, strata, clusters) and leaves the mean alone.
    cluster, strata : str, optional
        Columns of primary sampling units and of strata; without, each row is its own unit and there
        is one stratum.
    population : str, optional
        Column with the number of primary sampling units in the population (in the row's stratum).
    se : {"linearised", "jackknife"}, optional
        How the standard error is made. None: by the jackknife where units minus strata are below
        1,000, since linearised intervals of weighted means are too short there; else linearised.
        `method` says which.
    confidence : float
        Level of the interval (Student's t with `df` = units minus strata, of those with a weight
        above 0).

    Returns
    -------
    Mean
        One row, kind `weighted` (`unweighted` where neither weight is given), or one a group.

    Raises
    ------
    WeightError
        If a weight is missing, negative or infinite, all are 0, a stratum has a single unit or more
        units than the population, or the rows are not those that the weights were made from.
    ColumnError
        If a column is absent, not numeric or infinite, a stratum or cluster is missing, or
        `population` is missing, not above 0 or not one number a stratum.
    EmptyDataError
        If no row has the outcome.
    ParameterError
        If `weight` and `weights` are both given, `se` is another word, or `confidence` does not lie
        between 0 and 1.
    SourceError
        If `data` cannot be read.

    Notes
    -----
    Linearised: the residual of z_i = (y_i - mean) / sum w (0 outside the group), times w_i, goes
    into Wolter's variance of cluster totals (`methods.designs`). After `rake`, z is swept by each
    margin's plain mean, in order, ten rounds (as R has it); after `poststratify` and `calibrate` it
    is regressed, with base weights, on what was calibrated; weights taken as given explain nothing.
    Jackknife: each row or cluster is deleted once and the weights are made anew
    (`methods.jackknife`). One GROUP BY over cells, strata and clusters gives all sums. Equal to R
    survey 4.1.1 `svymean` and `svyby` after `rake`, `postStratify`, `calibrate`, and without, and
    to `as.svrepdesign`, to 1e-7; with weights of 0 to 1e-9.

    Examples
    --------
    >>> answers = pd.DataFrame({"csat": [1, 5, 4, 4], "w": [1.0, 1, 2, 2]})
    >>> weighted_mean(answers, outcome="csat", weight="w").frame["mean"].round(3).tolist()
    [3.667]
    """
    found = estimating.estimate(
        data,
        outcome=outcome,
        by=by,
        weights=weights,
        weight=weight,
        cluster=cluster,
        strata=strata,
        population=population,
        se=se,
    )
    kind = Kind.UNWEIGHTED if weights is None and weight is None else Kind.WEIGHTED
    carried = names.carry([by] if by is not None else [], Mean.columns)
    beside = {"kind": kind.value, "outcome": outcome}
    column = carried[by] if by is not None else None
    rows = found.rows("mean", confidence, beside=beside, by=column)
    return Mean(
        frame=pd.DataFrame(rows),
        method=found.methods[0],
        warnings=found.cautions(outcome),
        carried={column: name for name, column in carried.items()},
        by=by,
        how=estimating.how_weighted(weights, weight),
    )


@check.arguments
def estimate_mean(
    data: Any,
    *,
    outcome: str | None,
    weights: Weights,
    cluster: str | None = None,
    strata: str | None = None,
    population: str | None = None,
    se: Literal["linearised", "jackknife"] | None = None,
    confidence: float = 0.95,
) -> Mean | Absent:
    """Estimate a mean without weights and with weights; see `weighted_mean`.

    Use it to see what the margins explain of a number such as satisfaction.

    Parameters
    ----------
    data : table
        One row a respondent; `weights` must have been made from these rows.
    outcome : str or None
        Column of numbers. None gives an `Absent`.
    weights : Weights
        From `rake`, `poststratify`, `calibrate`, ….
    cluster, strata, population, se, confidence
        As in `weighted_mean`.

    Returns
    -------
    Mean or Absent
        Two rows, `kind` `unweighted` and `weighted`: `n`, `n_eff`, `mean`, `se`, limits, `df`,
        `deff`. Where `outcome` is None, an `Absent` that says what is missing.

    Raises
    ------
    ColumnError, EmptyDataError, ParameterError, SourceError, WeightError
        As `weighted_mean`.
    """
    if outcome is None:
        return Absent.of("bias.absent_outcome", Mean)
    answers = as_groups(data)  # once for all queries
    plain, made = (
        estimating.estimate(
            answers,
            outcome=outcome,
            weights=used,
            cluster=cluster,
            strata=strata,
            population=population,
            se=se,
        )
        for used in (None, weights)
    )
    rows = [
        row
        for kind, found in ((Kind.UNWEIGHTED, plain), (Kind.WEIGHTED, made))
        for row in found.rows("mean", confidence, beside={"kind": kind.value, "outcome": outcome})
    ]
    return Mean(
        frame=pd.DataFrame(rows),
        method=made.methods[0],
        warnings=made.cautions(outcome),
        how=estimating.how_weighted(weights),
    )
