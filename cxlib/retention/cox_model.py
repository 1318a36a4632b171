"""Rows with covariates -> hazard ratios by Cox's model, and whether the hazards are
proportional."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import CohortError, ColumnError, EmptyDataError
from cxlib.methods.multiplicity import adjust_pvalues
from cxlib.methods.proportions import z_value
from cxlib.retention.method_names import Method, method
from cxlib.retention.methods.proportionality import Proportionality, efron, grambsch_therneau
from cxlib.rows.names import fold
from cxlib.rows.periods import natural_order
from cxlib.rows.table import as_table, numeric
from cxlib.shown.language import NOT_KNOWN
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

ALPHA = 0.05  # below it an effect is taken to change over time
TRANSFORMS = ("km", "rank", "identity")
MOST_LEVELS = 50  # of a column of texts; more are names, not groups


class Ties(StrEnum):
    """How customers who were lost at the same time are treated."""

    EFRON = "efron"
    BRESLOW = "breslow"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Cox(Result):
    """Hazard ratios; `frame` has a row for each term.

    Columns: `term`, `estimate` (log hazard ratio), `se`, `hazard_ratio`, `ci_low`, `ci_high` (of
    the ratio), `statistic` (z), `pvalue`, `ph_statistic`, `ph_pvalue` (of proportional hazards, 1
    degree of freedom), `confidence`, `method`.

    Attributes
    ----------
    n, lost : int
        Customers, and how many of them were lost.
    loglik, loglik_null : float
        Log partial likelihood with the covariates and without.
    wald, score, df : float
        Tests of all terms at once, chi-squared on `df`.
    ph_overall, ph_pvalue : float
        Test of proportional hazards of all terms at once, on `df`.
    """

    n: int = 0
    lost: int = 0
    loglik: float = np.nan
    loglik_null: float = np.nan
    wald: float = np.nan
    score: float = np.nan
    df: int = 0
    ph_overall: float = np.nan
    ph_pvalue: float = np.nan

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("term", "estimate", "se"), ""),
        **with_limits("hazard_ratio", "decimal2"),
        "statistic": "decimal2",
        "pvalue": "pvalue",
        "ph_statistic": "decimal2",
        "ph_pvalue": "pvalue",
        **level_and_method((Method, Ties)),
    }

    def summary(self, language: str = "en") -> str:
        """Return each term's hazard ratio, and whether it can be read as one number over the whole
        time (Holm over the terms)."""
        level = self.frame["confidence"].iloc[0]
        said = [Message("retention.cox_head", n=self.n, lost=self.lost, level=level)]
        said += [
            Message(
                "retention.cox_term",
                term=row["term"],
                ratio=row["hazard_ratio"],
                low=row["ci_low"],
                high=row["ci_high"],
                p=row["pvalue"],
            )
            for row in self.frame.to_dict("records")
        ]
        changing = self.frame.loc[adjust_pvalues(self.frame["ph_pvalue"]) < ALPHA, "term"].tolist()
        if changing:
            terms = ", ".join(changing)
            said.append(Message("retention.cox_changing", terms=terms, p=self.ph_pvalue))
        else:
            said.append(Message("retention.cox_steady", p=self.ph_pvalue))
        return Sentences(tuple(said)).text(language)


@check.arguments
def cox(
    data: Any,
    *,
    duration: str,
    event: str,
    covariates: str | Sequence[str],
    entry: str | None = None,
    ties: str = "efron",
    transform: str = "km",
    confidence: float = 0.95,
) -> Cox:
    """Hazard ratios of covariates by Cox's proportional hazards model.

    Use it where covariates are numbers or many at once, so that counts by group do not do. A ratio
    above 1: lost faster. All rows with their covariates are pulled into memory (a million rows with
    five covariates take about 50 MB, and a minute).

    Parameters
    ----------
    data : anything `table.as_table` takes
        One row a customer.
    duration, event, entry : str
        As in `count_durations`.
    covariates : str or sequence of str
        Columns of numbers, or of texts: those become a term a value, against the first in
        alphabetical order. Everything must be known at the start: what happens later (a follow-up,
        a complaint) makes those who stay longer look treated.
    ties : {"efron", "breslow"}
        On purely discrete data the coefficient approximates that of `hazard(link="cloglog")`.
    transform : {"km", "rank", "identity"}
        Time scale on which the test of proportional hazards looks for change.
    confidence : float
        Level of the limits of the hazard ratios.

    Returns
    -------
    Cox
        One row a term: `estimate` (log hazard ratio) with `se`, `hazard_ratio` with its limits,
        `statistic` (z), `pvalue`, and `ph_statistic`, `ph_pvalue` of proportional hazards.

    Raises
    ------
    EmptyDataError
        If no row is complete, or nobody was lost.
    CohortError
        If a duration is negative or not after its entry, `event` has other values than 0 and 1, or
        a covariate does not vary, repeats others, or tells the lost from the others without error.
    ColumnError
        If a column is absent, named twice or of another kind, or a covariate has too many texts.
    ParameterError
        If `ties` or `transform` is unknown, or `confidence` does not lie between 0 and 1.
    SourceError
        If `data` cannot be read.

    Notes
    -----
    Fitted by `statsmodels.duration.hazard_regression.PHReg`. Coefficients, standard errors and
    log-likelihoods equal to R survival 3.5 `coxph` to 1e-6, the test to `cox.zph` (Grambsch and
    Therneau 1994; ties by Efron)."""
    names = [covariates] if isinstance(covariates, str) else list(covariates)
    check.one_of("ties", ties, map(str, Ties))
    check.one_of("transform", transform, TRANSFORMS)
    z = z_value(confidence)
    rows, cautions = _pull(data, duration, event, names, entry)
    x = _design(rows[names])
    fitted = _fit(rows, x, ties)
    estimate, se = np.asarray(fitted.params), np.asarray(fitted.bse)
    ph = _proportional(rows, x.to_numpy(float), estimate, transform)
    frame = pd.DataFrame(
        {
            "term": x.columns,
            "estimate": estimate,
            "se": se,
            "hazard_ratio": np.exp(estimate),
            "ci_low": np.exp(estimate - z * se),
            "ci_high": np.exp(estimate + z * se),
            "statistic": estimate / se,
            "pvalue": 2 * scipy.stats.norm.sf(abs(estimate / se)),
            "ph_statistic": ph.statistic,
            "ph_pvalue": ph.pvalue,
        }
    )
    null, covariance = np.zeros(len(estimate)), fitted.cov_params()
    gradient = fitted.model.score(null)
    made = method(Method.COX, Ties(ties))
    return Cox(
        frame=frame.assign(confidence=confidence, method=made),
        method=made,
        warnings=cautions,
        n=len(rows),
        lost=int(rows["event"].sum()),
        loglik=float(fitted.llf),
        loglik_null=float(fitted.model.loglike(null)),
        wald=float(estimate @ np.linalg.solve(covariance, estimate)),
        df=len(estimate),
        score=float(gradient @ np.linalg.solve(-fitted.model.hessian(null), gradient)),
        ph_overall=ph.overall,
        ph_pvalue=ph.overall_pvalue,
    )


def _pull(
    data: Any, duration: str, event: str, covariates: Sequence[str], entry: str | None
) -> tuple[pd.DataFrame, tuple[Message, ...]]:
    """Return the complete rows as `duration`, `event`, `entry` and the covariates, and what was
    left out."""
    table = as_table(data)
    check.columns(table.columns, duration=duration, event=event, covariates=covariates, entry=entry)
    numeric(table, duration=duration, event=event, entry=entry)
    taken = {"duration", "event", "entry"} & {*covariates}
    if not covariates or taken or len(set(covariates)) < len(covariates):
        raise ColumnError(
            f"covariates={list(covariates)}: give at least one column, each once, and none that is "
            "called "
            "duration, event or entry; rename such a column"
        )
    chosen = {"duration": duration, "event": event, "entry": entry} | {
        name: name for name in covariates
    }
    frame = table.select(
        **{name: table[column] for name, column in chosen.items() if column is not None}
    ).execute()
    rows = frame.dropna().reset_index(drop=True)
    rows = rows.astype({"duration": float, "event": float})
    if rows.empty or not rows["event"].any():
        raise EmptyDataError(
            f"event={event!r}: no complete row has a customer who was lost, so there is no hazard "
            "to compare"
        )
    if not rows["event"].isin([0, 1]).all() or (rows["duration"] < 0).any():
        raise CohortError(
            f"event={event!r} must be 0 or 1 and duration={duration!r} 0 or more; correct or "
            "remove the other rows"
        )
    if entry is not None and (rows["entry"] >= rows["duration"]).any():
        raise CohortError(
            f"entry={entry!r} is not before duration={duration!r} in "
            f"{int((rows['entry'] >= rows['duration']).sum()):,} rows; remove these rows"
        )
    missing = len(frame) - len(rows)
    pulled = Message("retention.cox_pulled", n=len(frame))
    if not missing:
        return rows, (pulled,)
    return rows, (pulled, Message("retention.cox_incomplete", n=missing, rows=len(frame)))


def _design(covariates: pd.DataFrame) -> pd.DataFrame:
    parts = []
    for name, values in covariates.items():
        if pd.api.types.is_numeric_dtype(values):
            parts.append(values.astype(float).rename(str(name)))
            continue
        groups = fold(values).values.fillna(NOT_KNOWN)
        groups = pd.Series(pd.Categorical(groups, natural_order(groups)), groups.index)
        if groups.nunique() > MOST_LEVELS:
            raise ColumnError(
                f"covariates={name!r} has {groups.nunique():,} different texts, more than "
                f"{MOST_LEVELS}; use a "
                "column of numbers, or put values together"
            )
        parts.append(
            pd.get_dummies(groups, prefix=str(name), prefix_sep=" = ", drop_first=True, dtype=float)
        )
    x = pd.concat(parts, axis=1)
    if not x.shape[1] or np.linalg.matrix_rank((x - x.mean()).to_numpy(float)) < x.shape[1]:
        raise CohortError(
            f"covariates={list(covariates)}: one of them does not vary, or follows from the "
            "others; leave it out"
        )
    return x


def _fit(rows: pd.DataFrame, x: pd.DataFrame, ties: str) -> Any:
    from statsmodels.duration.hazard_regression import PHReg
    from statsmodels.tools.sm_exceptions import ConvergenceWarning

    # the coefficients stay; exp() does not overflow
    centred = x.to_numpy(float) - x.to_numpy(float).mean(axis=0)
    model = PHReg(
        rows["duration"].to_numpy(),
        centred,
        status=rows["event"].to_numpy(),
        entry=rows["entry"].to_numpy(float) if "entry" in rows else None,
        ties=ties,
    )
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always", ConvergenceWarning)
        fitted = model.fit(disp=False)
    spread = np.asarray(fitted.params) * centred.std(axis=0)
    failed = any(issubclass(each.category, ConvergenceWarning) for each in said)
    if failed or not np.isfinite(fitted.bse).all() or (abs(spread) > 20).any():
        raise CohortError(
            f"covariates={list(x.columns)}: one of them tells the lost from the others without "
            "error, so its "
            "hazard ratio is not finite; leave it out, or put groups together in which nobody was "
            "lost"
        )
    return fitted


def _proportional(rows: pd.DataFrame, x: NDArray, beta: NDArray, transform: str) -> Proportionality:
    """Make the test from sums over those at risk at each time with losses."""
    time, event = rows["duration"].to_numpy(), rows["event"].to_numpy() == 1
    x = x - x.mean(axis=0)
    e = np.exp(x @ beta)
    times, place, d = np.unique(time[event], return_inverse=True, return_counts=True)
    powers = [e, e[:, None] * x, e[:, None, None] * x[:, :, None] * x[:, None, :]]
    risk = [_at_risk(rows, part, times) for part in powers]
    dying = [_sum_at(part[event], place, len(times)) for part in powers]
    scores = efron(_sum_at(x[event], place, len(times)), risk, dying, d.astype(float))
    still_there = np.cumprod(1 - d / _at_risk(rows, np.ones(len(time)), times))
    scale = {
        "km": 1 - np.concatenate([[1.0], still_there])[:-1],
        "identity": times,
        "rank": scipy.stats.rankdata(time)[np.argsort(time)][np.searchsorted(np.sort(time), times)],
    }[transform]
    return grambsch_therneau(scores, scale)


def _at_risk(rows: pd.DataFrame, part: NDArray, times: NDArray) -> NDArray:
    """Sum over those at risk at each time: who leave at it or later, and came under observation
    before it."""
    found = _sum_from(part, rows["duration"].to_numpy(), times)
    return (
        found - _sum_from(part, rows["entry"].to_numpy(float), times) if "entry" in rows else found
    )


def _sum_from(part: NDArray, at: NDArray, times: NDArray) -> NDArray:
    order = np.argsort(at, kind="stable")
    sums = np.concatenate(
        [np.cumsum(part[order][::-1], axis=0)[::-1], np.zeros((1, *part.shape[1:]))]
    )
    return sums[np.searchsorted(at[order], times, side="left")]


def _sum_at(part: NDArray, place: NDArray, size: int) -> NDArray:
    sums = np.zeros((size, *part.shape[1:]))
    np.add.at(sums, place, part)
    return sums
