"""Duration counts -> the chance of being lost in each period among those still there, as a grouped
binomial model."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike, NDArray

from cxlib import check
from cxlib.errors import CohortError, ColumnError, EmptyDataError, ParameterError
from cxlib.inference import adjusted, z_value
from cxlib.language import joined, label, level, number, pvalue, text
from cxlib.result import Result
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.durations import Durations, as_durations

LINKS = ("logit", "cloglog")
DERIVED = (
    "age",
    "log_age",
    "period",
)  # terms that are made from tenure (and cohort); others are columns that were counted
MOST_LEVELS = 120  # of one term; fitting grows with its square, and nobody reads so many
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True, eq=False)
class Hazard(Result):
    """Odds or hazard ratios by term: `term`, `estimate`, `se`, `ratio`, `ci_low`, `ci_high`,
    `statistic`, `pvalue`, ...

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

    link: str = "logit"
    customer_periods: int = 0
    lost: int = 0
    deviance: float = np.nan
    df: int = 0

    formats: ClassVar[Mapping[str, str]] = {"pvalue": "pvalue"} | dict.fromkeys(
        ("ratio", "ci_low", "ci_high", "statistic"), "decimal2"
    )

    def summary(self, language: str = "en") -> str:
        """Return how often customers are lost per period at risk, and the clearest difference, its
        p value by Holm over all."""
        known = self.frame[self.frame["term"] != "(intercept)"]
        said = [
            text(
                "retention.hazard_head",
                language,
                lost=number(self.lost),
                periods=number(self.customer_periods),
            )
        ]
        if len(known):
            row = known.loc[known["pvalue"].idxmin()]
            said.append(
                text(
                    f"retention.hazard_{self.link}",
                    language,
                    term=row["term"],
                    ratio=number(row["ratio"], 2),
                    low=number(row["ci_low"], 2),
                    high=number(row["ci_high"], 2),
                    terms=number(len(known)),
                    p=pvalue(adjusted(known["pvalue"]).min()),
                    level=level(row["confidence"]),
                )
            )
        return " ".join(said)


def hazard(
    data: Durations | Cohorts,
    *,
    terms: str | Sequence[str] = ("age",),
    numbers: str | Sequence[str] = (),
    cohort: str = "cohort",
    link: str = "logit",
    confidence: float = 0.95,
) -> Hazard:
    """Model the chance of being lost in a period, among those still there at its start, on counts.

    Use it where time comes in whole periods and several things act at once: age, segment, cohort.
    It is the person-period logit (or complementary log-log) model, fitted on counts: the same
    likelihood, from a table a million times smaller.

    Parameters
    ----------
    data : Durations or Cohorts
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

    Returns
    -------
    Hazard

    Raises
    ------
    ParameterError
        If "age", "cohort" and "period" are all asked for: period = cohort + age, so their straight
        lines cannot be told apart; `age_period_cohort` says what can be.
    CohortError
        If tenures are not whole numbers.

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
    terms, numbers = (
        [value] if isinstance(value, str) else list(value) for value in (terms, numbers)
    )
    check.one_of("link", link, LINKS)
    z, durations = z_value(confidence), as_durations(data)
    if {"age", cohort, "period"} <= set(terms):
        raise ParameterError(
            "terms: age, cohort and period cannot all be told apart, since period = cohort + age; "
            "leave one "
            "out, or use retention.age_period_cohort, which says what can be known"
        )
    columns = [name for name in (*terms, *numbers) if name not in DERIVED]
    check.columns(durations.by, **{"terms": [c for c in columns if c in terms], "numbers": numbers})
    if "period" in terms:
        check.columns(durations.by, cohort=cohort)
    cells = person_periods(
        durations, [*columns, *([cohort] if "period" in terms and cohort not in columns else [])]
    )
    if "period" in terms:
        cells["period"] = calendar_periods(cells[cohort], cells["age"], durations.unit)
    factors = [name for name in terms if name != "log_age"]
    cells, dropped = pruned(cells, factors)
    x = _design(cells, factors, numbers, log_age="log_age" in terms)
    fitted = fit(cells, x.to_numpy(float), link)
    estimate, se = fitted.params, fitted.bse
    method = f"grouped binomial, {link} link"
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
            "method": method,
        }
    )
    return Hazard(
        frame=frame,
        method=method,
        warnings=dropped,
        link=link,
        customer_periods=int(cells["at_risk"].sum()),
        lost=int(cells["lost"].sum()),
        deviance=deviance(cells, fitted.fittedvalues),
        df=x.shape[1],
    )


def person_periods(durations: Durations, by: Sequence[str]) -> pd.DataFrame:
    """Return `by`, `age`, `at_risk`, `lost`: a row for each group and each whole tenure at which
    somebody was at risk.

    The first age is 1, or 0 where somebody was lost at 0.
    """
    if durations.weighted:
        raise ParameterError(
            "data has weights, which this model does not know; count without weight"
        )
    table = durations.risk_table(by)
    if (table.tenure % 1 != 0).any():
        raise CohortError(
            "tenure is not in whole periods; round it up to the period in which it ended before "
            "counting"
        )
    age = np.arange(0 if table.lost[:, table.tenure == 0].any() else 1, int(table.tenure.max()) + 1)
    if not len(age) or not table.lost.any():
        raise EmptyDataError(
            "nobody was lost, so there is no hazard to model; follow the customers for longer"
        )
    place = np.searchsorted(table.tenure, age)  # at risk at an age: as at the next tenure on record
    if durations.delayed:
        raise ParameterError(
            "data has customers who came under observation later (entry), which this model does "
            "not know yet; "
            "use retention.cox(entry=...)"
        )
    at_risk, lost = (
        table.at_risk[:, place],
        np.where(table.tenure[place] == age, table.lost[:, place], 0),
    )
    row, column = np.nonzero(at_risk)
    return (
        table.groups.iloc[row]
        .reset_index(drop=True)
        .assign(age=age[column], at_risk=at_risk[row, column], lost=lost[row, column])
    )


def calendar_periods(cohort: pd.Series, age: pd.Series, unit: str) -> pd.Series:
    """Return the first day of the calendar period that lies `age` periods after that of the
    cohort."""
    if unit not in ("day", "week", *_MONTHS):
        raise ParameterError(
            f"data has tenures in {unit!r}, so calendar periods cannot be named; count with "
            "unit='month' or another"
        )
    try:
        start = pd.to_datetime(cohort).to_numpy().astype("datetime64[D]")
    except (ValueError, TypeError):
        raise ColumnError(
            f"cohort={cohort.name!r}: its values ({label(cohort.iloc[0])}, ...) are not the first "
            "days of periods; "
            "write them like 2026-01-01"
        ) from None
    if unit in _MONTHS:
        return pd.Series(
            (start.astype("datetime64[M]") + _MONTHS[unit] * age.to_numpy()).astype(
                "datetime64[s]"
            ),
            cohort.index,
        )
    return pd.Series(
        (start + (7 if unit == "week" else 1) * age.to_numpy()).astype("datetime64[s]"),
        cohort.index,
    )


def pruned(cells: pd.DataFrame, factors: Sequence[str]) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Leave out levels that nobody or everybody was lost in, and say so; their likelihood is 1
    whatever the rest."""
    found: dict[str, list[str]] = {}
    changed = True
    while changed and len(cells):
        changed = False
        for name in factors:
            sums = cells.groupby(name)[["at_risk", "lost"]].sum()
            out = sums.index[(sums["lost"] == 0) | (sums["lost"] == sums["at_risk"])]
            if len(out):
                found.setdefault(name, []).extend(label(value) for value in out)
                cells, changed = cells[~cells[name].isin(out)], True
    if cells.empty:
        raise EmptyDataError(
            f"terms={list(factors)}: each level lost nobody or everybody, so there is nothing to "
            "fit; use fewer "
            "or wider levels"
        )
    for name in factors:
        if (levels := cells[name].nunique()) > MOST_LEVELS:
            raise ParameterError(
                f"terms: {name!r} has {levels:,} levels, more than {MOST_LEVELS}; count in longer "
                "periods, "
                "or use 'log_age'"
            )
    return cells.reset_index(drop=True), tuple(
        text(
            "retention.hazard_left_out", term=name, n=number(len(levels)), levels=joined(levels[:5])
        )
        for name, levels in found.items()
    )


def _design(
    cells: pd.DataFrame, factors: Sequence[str], numbers: Sequence[str], *, log_age: bool
) -> pd.DataFrame:
    parts = {"(intercept)": np.ones(len(cells))}
    if log_age:
        if cells["age"].min() < 1:
            raise ParameterError(
                "terms='log_age' needs tenures from 1, and somebody was lost at 0; use 'age'"
            )
        parts |= {"log(age)": np.log(cells["age"]), "log(age)^2": np.log(cells["age"]) ** 2}
    for name in factors:
        for value in sorted(cells[name].unique())[1:]:
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


def fit(cells: pd.DataFrame, x: NDArray, link: str) -> Any:
    """Fit the grouped binomial model; a matrix without full rank is fitted too."""
    from statsmodels.genmod.families import Binomial, links
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning, SingularMatrixWarning

    made = {"logit": links.Logit, "cloglog": links.CLogLog}[link]()
    counts = np.column_stack([cells["lost"], cells["at_risk"] - cells["lost"]]).astype(float)
    with (
        warnings.catch_warnings(),
        np.errstate(divide="ignore", invalid="ignore"),
    ):  # a table that is fitted without rest
        warnings.simplefilter(
            "ignore", SingularMatrixWarning
        )  # only the fitted rates of such a matrix are used
        warnings.simplefilter(
            "ignore", PerfectSeparationWarning
        )  # as many coefficients as cells: right, if not much
        return GLM(counts, x, family=Binomial(link=made)).fit(
            maxiter=100, tol=1e-12, tol_criterion="deviance"
        )


def deviance(cells: pd.DataFrame, rate: ArrayLike) -> float:
    """Return minus twice the log-likelihood of the person-period table."""
    n, d = cells["at_risk"].to_numpy(float), cells["lost"].to_numpy(float)
    return float(
        -2 * (scipy.special.xlogy(d, rate) + scipy.special.xlog1py(n - d, -np.asarray(rate))).sum()
    )
