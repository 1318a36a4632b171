"""Respondents and weights -> a mean with a standard error that knows about the weights, the raking
and the design."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.bias.counts import weighted
from cxlib.bias.kinds import Kind, Method
from cxlib.bias.methods import linearised
from cxlib.bias.weighting import Weights
from cxlib.errors import ParameterError, WeightError
from cxlib.rows.table import as_table
from cxlib.shown import language as words
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import with_limits


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Mean(Result):
    """Means of one column. `frame` has one row a kind of weight.

    Columns: `kind` (unweighted, weighted), `outcome`, `n` (answers), `n_eff` (Kish), `mean`, `se`,
    `ci_low`, `ci_high`, `confidence`, `df` (clusters minus strata), `deff` (Kish's, of the weights
    alone), `method`."""

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
        """Say the weighted mean with its interval, and the unweighted one beside it."""
        last, first = self.frame.iloc[-1], self.frame.iloc[0]
        return words.text(
            "bias.mean_weighted" if len(self.frame) > 1 else "bias.mean",
            language,
            outcome=last["outcome"],
            mean=last["mean"],
            n=last["n"],
            low=last["ci_low"],
            high=last["ci_high"],
            level=last["confidence"],
            plain=first["mean"],
        )

    def caption(self) -> Message:
        """Return what the table shows."""
        return Message("bias.mean_caption_weighted" if len(self.frame) > 1 else "bias.mean_caption")


@check.arguments
def weighted_mean(
    data: Any,
    *,
    outcome: str,
    weights: Weights | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    population: str | None = None,
    confidence: float = 0.95,
) -> Mean:
    """Estimate a weighted mean with a linearised standard error that includes what the raking
    explains.

    Parameters
    ----------
    data : table
        One row a respondent; `weights` must have been raked on these rows.
    outcome : str
        Column of numbers. Rows without one are left out of the mean (as a domain), not out of the
        raking.
    weights : Weights, optional
        From `rake`; its base weight is used.
    weight : str, optional
        Column of weights that are taken as given; not together with `weights`. A weight of 0 keeps
        its row in the design (`n`, strata, clusters) and leaves the mean alone.
    cluster, strata : str, optional
        Columns of primary sampling units and of strata; without, each row is its own unit and there
        is one stratum.
    population : str, optional
        Column with the number of primary sampling units in the population (in the row's stratum).
    confidence : float
        Level of the interval (Student's t with `df` = units minus strata, of those with a weight
        above 0).

    Returns
    -------
    Mean
        One row, kind `weighted` (`unweighted` where neither weight is given).

    Raises
    ------
    WeightError
        If a weight is missing, negative or infinite, all are 0, a stratum has a single unit or more
        units than the population, or rows have a combination of categories that was not raked.
    ColumnError
        If a column is absent, not numeric or infinite, a stratum or cluster is missing, or
        `population` is missing, not above 0 or not one number a stratum.
    EmptyDataError
        If no row has the outcome.
    ParameterError
        If `weight` and `weights` are both given, or `confidence` does not lie between 0 and 1.
    SourceError
        If `data` cannot be read.

    Notes
    -----
    z_i = (y_i - mean) / sum w; its residual from a regression on the margins' categories, with base
    weights, times w_i, goes into Wolter's variance of cluster totals (`methods.designs`). One GROUP
    BY over cells, strata and clusters gives all sums. Equal to R survey 4.1.1 `svymean` after
    `rake`, `postStratify`, and without, to 1e-7, and with weights of 0 to 1e-9.

    Examples
    --------
    >>> answers = pd.DataFrame({"csat": [1, 5, 4, 4], "w": [1.0, 1, 2, 2]})
    >>> weighted_mean(answers, outcome="csat", weight="w").frame["mean"].round(3).tolist()
    [3.667]
    """
    found = estimate(
        data,
        outcome=outcome,
        weights=weights,
        weight=weight,
        cluster=cluster,
        strata=strata,
        population=population,
    )
    kind = Kind.UNWEIGHTED if weights is None and weight is None else Kind.WEIGHTED
    row = _row(found, kind, outcome, confidence, method_with(weights))
    return Mean(
        frame=pd.DataFrame([row]), method=Method.LINEARISED, warnings=_warnings(found, outcome)
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
    confidence: float = 0.95,
) -> Mean | Absent:
    """Estimate a mean without weights and with raking weights; see `weighted_mean`.

    Use it to see what the margins explain of a number such as satisfaction.

    Parameters
    ----------
    data : table
        One row a respondent; `weights` must have been raked on these rows.
    outcome : str or None
        Column of numbers. None gives an `Absent`.
    weights : Weights
        From `rake`.
    cluster, strata, population, confidence
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
    answers = as_table(data)  # once for all queries
    plain, raked = (
        estimate(
            answers,
            outcome=outcome,
            weights=used,
            cluster=cluster,
            strata=strata,
            population=population,
        )
        for used in (None, weights)
    )
    rows = [
        _row(plain, Kind.UNWEIGHTED, outcome, confidence, Method.LINEARISED),
        _row(raked, Kind.WEIGHTED, outcome, confidence, method_with(weights)),
    ]
    return Mean(
        frame=pd.DataFrame(rows), method=Method.LINEARISED, warnings=_warnings(raked, outcome)
    )


def estimate(
    data: Any,
    *,
    outcome: str,
    weights: Weights | None = None,
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    population: str | None = None,
) -> linearised.Estimate:
    """Return the weighted mean and its linearised standard error; see `weighted_mean`."""
    if weights is not None and weight is not None:
        raise ParameterError(
            f"weight={weight!r} and weights are both given; give the base weight to cx.bias.rake, "
            "once"
        )
    sums = weighted.sums(
        data,
        outcome=outcome,
        margins=weights.margins if weights is not None else (),
        weight=weights.base if weights is not None else weight,
        cluster=cluster,
        strata=strata,
        population=population,
    )
    return linearised.estimate(sums, _factors(sums, weights))


def method_with(weights: Weights | None) -> Method:
    """Return how an estimate with these weights is made."""
    return Method.RAKED_LINEARISED if weights and weights.margins else Method.LINEARISED


def _factors(sums: pd.DataFrame, weights: Weights | None) -> NDArray:
    if weights is None:
        return np.ones(len(sums))
    if not weights.margins:
        return np.full(len(sums), float(weights.cells["factor"].iloc[0]))
    keys = [f"m{i}" for i in range(len(weights.margins))]
    categories = weights.cells[list(weights.cells.columns[: len(keys)])]
    known = pd.Series(
        weights.cells["factor"].to_numpy(float), index=pd.MultiIndex.from_frame(categories)
    )
    factor = known.reindex(pd.MultiIndex.from_frame(sums[keys])).to_numpy(float)
    if np.isnan(factor).any():
        where = sums.loc[np.isnan(factor), keys].iloc[0]
        said = words.write_list(f"{m}={v!r}" for m, v in zip(weights.margins, where, strict=True))
        raise WeightError(
            f"weights: there are rows with {said} among the data, which were not among the "
            "respondents that were raked; rake these rows themselves with cx.bias.rake"
        )
    return factor


def _row(
    found: linearised.Estimate, kind: Kind, outcome: str, confidence: float, method: Method
) -> dict[str, Any]:
    low, high = found.interval(confidence)
    return {
        "kind": kind.value,
        "outcome": outcome,
        "n": found.n,
        "n_eff": found.n_eff,
        "mean": found.mean,
        "se": found.se,
        "ci_low": low,
        "ci_high": high,
        "confidence": confidence,
        "df": found.df,
        "deff": found.deff,
        "method": method.value,
    }


def _warnings(found: linearised.Estimate, outcome: str) -> tuple[Message, ...]:
    if not found.left_out:
        return ()
    return (Message("bias.no_outcome", outcome=outcome, n=found.left_out),)
