"""Duration counts -> the chance of being lost in each period among those still there, as a grouped
binomial model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
import scipy

from cxlib import check
from cxlib.errors import CohortError, ColumnError, ParameterError
from cxlib.methods.multiplicity import adjust_pvalues
from cxlib.methods.proportions import z_value
from cxlib.retention.absence import without_counts
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.durations import Durations, as_durations
from cxlib.retention.method_names import Method, method
from cxlib.retention.methods.binomial import Link, deviance, fit
from cxlib.retention.person_periods import (
    MOST_LEVELS,
    calendar_periods,
    leave_out,
    person_periods,
    say_left_out,
)
from cxlib.rows.periods import natural_order
from cxlib.shown.language import label
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

# terms that are made from tenure (and cohort); others are columns that were counted
DERIVED = ("age", "log_age", "period")
INTERCEPT = "(intercept)"
_CLEAREST = {Link.LOGIT: "retention.hazard_logit", Link.CLOGLOG: "retention.hazard_cloglog"}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Hazard(Result):
    """Odds or hazard ratios by term: `term`, `estimate`, `se`, `ratio`, `ci_low`, `ci_high`,
    `statistic`, `pvalue`, `confidence`, `method`.

    `estimate` and `se` are on the scale of the link; `ratio` with its limits is an odds ratio
    (logit) or a hazard ratio (cloglog), of a level against the first one.

    Attributes
    ----------
    customer_periods : int
        Periods at risk, over all customers: the rows of a person-period table.
    deviance : float
        Minus twice the log-likelihood of that table.
    df : int
        Number of coefficients.
    """

    link: Link = Link.LOGIT
    customer_periods: int = 0
    lost: int = 0
    deviance: float = np.nan
    df: int = 0

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("term", "estimate", "se"), ""),
        **with_limits("ratio", "decimal2"),
        "statistic": "decimal2",
        "pvalue": "pvalue",
        **level_and_method((Method, Link)),
    }

    def summary(self, language: str = "en") -> str:
        """Return how often customers are lost per period at risk, and the clearest difference, its
        p value by Holm over all."""
        head = Message("retention.hazard_head", lost=self.lost, periods=self.customer_periods)
        known = self.frame[self.frame["term"] != INTERCEPT]
        if known.empty:
            return head.text(language)
        row = known.loc[known["pvalue"].idxmin()]
        clearest = Message(
            _CLEAREST[self.link],
            term=row["term"],
            ratio=row["ratio"],
            low=row["ci_low"],
            high=row["ci_high"],
            terms=len(known),
            p=adjust_pvalues(known["pvalue"]).min(),
            level=row["confidence"],
        )
        return Sentences((head, clearest)).text(language)


@check.arguments
def hazard(
    data: Durations | Cohorts | Absent | None,
    *,
    terms: str | Sequence[str] = ("age",),
    numbers: str | Sequence[str] = (),
    cohort: str = "cohort",
    link: str = "logit",
    confidence: float = 0.95,
) -> Hazard | Absent:
    """Model the chance of being lost in a period, among those still there at its start, on counts.

    Use it where time comes in whole periods and several things act at once: age, segment, cohort.
    It is the person-period logit (or complementary log-log) model, fitted on counts: the same
    likelihood, from a table a million times smaller.

    Parameters
    ----------
    data : Durations or Cohorts, or Absent or None
        As in `survival`; tenure in whole periods.
    terms : str or sequence of str
        "age": a level a tenure. "log_age": the logarithm of tenure and its square, a smooth curve
        (tenure from 1). "period": a level a calendar period, from cohort and tenure. Any other: a
        column that was counted, a level a value.
    numbers : str or sequence of str
        Columns that were counted and whose values are numbers, each with one slope.
    cohort : str
        The column that was counted with the first day of the period in which customers came; counts
        from cohorts have "cohort".
    link : {"logit", "cloglog"}
        Odds ratios, or hazard ratios as of Cox's model in grouped time.
    confidence : float
        Level of the limits of the ratios.

    Returns
    -------
    Hazard or Absent
        One row a term: `estimate` and `se` on the scale of the link, `ratio` with its limits,
        `statistic` (z), `pvalue`. Absent where there are no counts.

    Raises
    ------
    ParameterError
        If "age", "cohort" and "period" are all asked for: period = cohort + age, so their straight
        lines cannot be told apart; `age_period_cohort` says what can be. If `link` or the kind of
        `data` is unknown, `confidence` does not lie between 0 and 1, the counts have weights or
        late entries, a term has too many levels, or terms and tenures do not go together.
    CohortError
        If tenures are not whole numbers, or a term does not vary or follows from the others.
    ColumnError
        If a column was not counted, or does not hold the numbers or days it should.
    EmptyDataError
        If nobody was lost, or each level lost nobody or everybody.

    Notes
    -----
    Fitted by `statsmodels` GLM (expected information). Levels in which nobody, or everybody, was
    lost fit without error: they are left out, and a warning names them; the other coefficients are
    the same. Equal to R 4.2 `glm` on the person-period table of the telco data (both links) to
    1e-6.

    Examples
    --------
    >>> durations = Durations(
    ...     pd.DataFrame({"tenure": [1, 2], "lost": [20, 5], "censored": [10, 65]})
    ... )
    >>> hazard(durations).frame["term"].tolist()
    ['(intercept)', 'age = 2']
    """
    chosen, slopes = (
        [value] if isinstance(value, str) else list(value) for value in (terms, numbers)
    )
    check.one_of("link", link, map(str, Link))
    z = z_value(confidence)
    if data is None or isinstance(data, Absent):
        return without_counts(data, Hazard)
    durations = as_durations(data)
    if {"age", cohort, "period"} <= set(chosen):
        raise ParameterError(
            "terms: age, cohort and period cannot all be told apart, since period = cohort + age; "
            "leave one out, or use retention.age_period_cohort, which says what can be known"
        )
    factors = [name for name in chosen if name != "log_age"]
    cells, left_out = leave_out(_cells(durations, chosen, slopes, cohort), factors)
    _refuse_many_levels(cells, factors)
    x = _design(cells, factors, slopes, log_age="log_age" in chosen)
    fitted = fit(cells, x.to_numpy(float), link)
    estimate, se = fitted.params, fitted.bse
    frame = pd.DataFrame(
        {
            "term": x.columns,
            "estimate": estimate,
            "se": se,
            "ratio": np.exp(estimate),
            "ci_low": np.exp(estimate - z * se),
            "ci_high": np.exp(estimate + z * se),
            "statistic": estimate / se,
            "pvalue": 2 * scipy.stats.norm.sf(abs(estimate / se)),
            "confidence": confidence,
            "method": method(Method.GROUPED_BINOMIAL, Link(link)),
        }
    )
    return Hazard(
        frame=frame,
        method=method(Method.GROUPED_BINOMIAL, Link(link)),
        warnings=say_left_out(left_out),
        link=Link(link),
        customer_periods=int(cells["at_risk"].sum()),
        lost=int(cells["lost"].sum()),
        deviance=deviance(cells, fitted.fittedvalues),
        df=x.shape[1],
    )


def _cells(
    durations: Durations, terms: Sequence[str], numbers: Sequence[str], cohort: str
) -> pd.DataFrame:
    counted = [name for name in terms if name not in DERIVED]
    columns = dict(zip(counted, durations.columns_of(counted, parameter="terms"), strict=True))
    columns |= dict(zip(numbers, durations.columns_of(numbers, parameter="numbers"), strict=True))
    own = {column: name for name, column in columns.items()}
    if "period" not in terms:
        return person_periods(durations, list(own)).rename(columns=own)
    [start] = durations.columns_of([cohort], parameter="cohort")
    cells = person_periods(durations, list(dict.fromkeys([*own, start])))
    cells["period"] = calendar_periods(cells[start], cells["age"], durations.unit)
    return cells.rename(columns=own)


def _refuse_many_levels(cells: pd.DataFrame, factors: Sequence[str]) -> None:
    for name in factors:
        if (levels := cells[name].nunique()) > MOST_LEVELS:
            raise ParameterError(
                f"terms: {name!r} has {levels:,} levels, more than {MOST_LEVELS}; count in longer "
                "periods, or use 'log_age'"
            )


def _design(
    cells: pd.DataFrame, factors: Sequence[str], numbers: Sequence[str], *, log_age: bool
) -> pd.DataFrame:
    parts = {INTERCEPT: np.ones(len(cells))}
    if log_age:
        if cells["age"].min() < 1:
            raise ParameterError(
                "terms='log_age' needs tenures from 1, and somebody was lost at 0; use 'age'"
            )
        parts |= {"log(age)": np.log(cells["age"]), "log(age)^2": np.log(cells["age"]) ** 2}
    for name in factors:
        for value in natural_order(cells[name])[1:]:
            parts[f"{name} = {label(value)}"] = (cells[name] == value).astype(float)
    for name in numbers:
        values = pd.to_numeric(cells[name], errors="coerce")
        if values.isna().any():
            first = cells.loc[values.isna(), name].iloc[0]
            raise ColumnError(
                f"numbers={name!r} has values that are not numbers (first: {first!r}); name it in "
                "terms instead"
            )
        parts[name] = values
    x = pd.DataFrame(parts, index=cells.index, dtype=float)
    if len(cells) < x.shape[1] or np.linalg.matrix_rank(x.to_numpy()) < x.shape[1]:
        raise CohortError(
            f"terms={[*factors, *numbers]}: one of them does not vary or follows from the others; "
            "leave it out"
        )
    return x
