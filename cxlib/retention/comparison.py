"""Duration counts of two or more groups -> log-rank tests, the difference in mean time stayed, and
which of the two leads."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import ColumnError, ParameterError
from cxlib.inference import adjusted, z_value
from cxlib.language import label, level, number, pvalue, text
from cxlib.result import Result
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.durations import Durations, RiskTable, as_durations
from cxlib.retention.log_rank import LogRank, Stratum, log_rank, trend
from cxlib.retention.proportionality import of_groups
from cxlib.retention.restricted_means import common_horizon, refuse_horizon, restricted_mean

ALPHA = 0.05  # below it hazards are taken not to be proportional, and groups to differ
LOG_RANK, RMST = "log-rank", "RMST difference"


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Result):
    """Log-rank tests: `statistic`, `df` and `pvalue` for all groups at once; `frame` has a row for
    each pair.

    Columns: `a`, `b`, `statistic`, `df`, `pvalue`, `pvalue_adj` (log-rank); `horizon`, `rmst_a`,
    `rmst_b`, `difference` (b minus a, in units of tenure), `se`, `ci_low`, `ci_high`,
    `rmst_pvalue`, `rmst_pvalue_adj` (mean stay up to `horizon`; error, limits and test are missing
    where a group lost nobody by then: that is no certainty); `ph_pvalue`, `ph_pvalue_adj`
    (proportional hazards), `leads` (which of the two tests to go by, if any), `confidence`,
    `method`.

    Attributes
    ----------
    tallies : pandas.DataFrame
        `group, n, lost, expected`: losses seen, and those expected if all groups were lost at the
        same speed.
    ph_pvalue : float
        Of the test of proportional hazards between all groups; missing where it cannot be made.
    trend_statistic, trend_pvalue : float
        Of the trend over groups in the order given (1 degree of freedom); missing without an order.
    """

    between: str = ""
    statistic: float = np.nan
    df: int = 0
    pvalue: float = np.nan
    groups: tuple[str, ...] = ()
    tallies: pd.DataFrame | None = None
    ph_pvalue: float = np.nan
    trend_statistic: float = np.nan
    trend_pvalue: float = np.nan
    unit: str = "period"

    formats: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("pvalue", "pvalue_adj", "rmst_pvalue", "rmst_pvalue_adj", "ph_pvalue", "ph_pvalue_adj"),
        "pvalue",
    ) | dict.fromkeys(
        ("statistic", "rmst_a", "rmst_b", "difference", "se", "ci_low", "ci_high"), "decimal2"
    )

    def summary(self, language: str = "en") -> str:
        """Return whether the groups differ, which pairs do after correction, and where the mean
        time stayed leads instead."""
        if self.df == 0:
            return text("retention.compare_nothing", language, groups=number(len(self.groups)))
        apart = self.frame[self.frame["pvalue_adj"] < ALPHA]
        head = text(
            "retention.compare_differ" if self.pvalue < ALPHA else "retention.compare_cannot_tell",
            language,
            groups=number(len(self.groups)),
            between=self.between,
            statistic=number(self.statistic, 2),
            df=number(self.df),
            p=_p(self.pvalue),
        )
        said = [
            head,
            text(
                "retention.compare_pairs",
                language,
                apart=number(len(apart)),
                pairs=number(len(self.frame)),
            ),
        ]
        if not np.isnan(self.trend_pvalue):
            said.append(
                text(
                    "retention.trend_found"
                    if self.trend_pvalue < ALPHA
                    else "retention.trend_not_found",
                    language,
                    first=self.groups[0],
                    last=self.groups[-1],
                    p=_p(self.trend_pvalue),
                )
            )
        if (self.frame["leads"] == RMST).any():
            said.append(self.leading(language))
        return " ".join(said)

    def leading(self, language: str = "en") -> str:
        """Return which test leads and why: the log-rank test where hazards are proportional, else
        the mean time stayed."""
        crossed = self.frame[self.frame["leads"] == RMST]
        if self.frame.empty:
            return self.summary(language)
        if crossed.empty:
            known = not self.frame["ph_pvalue"].isna().all()
            return text(
                "retention.leads_log_rank" if known else "retention.leads_unknown", language
            )
        if len(self.frame) > 1:
            apart = (crossed["rmst_pvalue_adj"] < ALPHA).sum()
            return text(
                "retention.leads_rmst_pairs",
                language,
                crossed=number(len(crossed)),
                pairs=number(len(self.frame)),
                apart=number(apart),
                horizon=self._time(crossed["horizon"].iloc[0], language),
            )
        row = crossed.iloc[0]
        return text(
            "retention.leads_rmst",
            language,
            ph=_p(row["ph_pvalue"]),
            a=row["a"],
            b=row["b"],
            horizon=self._time(row["horizon"], language),
            rmst_a=number(row["rmst_a"], 1),
            rmst_b=number(row["rmst_b"], 1),
            difference=number(row["difference"], 1),
            low=number(row["ci_low"], 1),
            high=number(row["ci_high"], 1),
            level=level(row["confidence"]),
            p=_p(row["rmst_pvalue"]),
        )

    def _time(self, value: float, language: str) -> str:
        unit = text(f"retention.{self.unit if value == 1 else self.unit + 's'}", language)
        return f"{number(value, 0 if value % 1 == 0 else 1)} {unit}"


def compare(
    data: Durations | Cohorts,
    *,
    between: str,
    strata: str | None = None,
    order: Sequence[Any] | None = None,
    rho: float = 0.0,
    horizon: float | None = None,
    adjust: str = "holm",
    confidence: float = 0.95,
) -> Comparison:
    """Test whether groups stay for different times: log-rank overall and pair by pair, and the
    difference in mean time stayed.

    The log-rank test is the right question where one group is lost faster all along (proportional
    hazards). Where curves cross, early and late differences cancel in it; then the difference in
    restricted mean survival time (RMST, the mean time stayed up to `horizon`) leads. Grambsch and
    Therneau's test decides, pair by pair, at 5 % after adjustment: column `leads`.

    Parameters
    ----------
    data : Durations or Cohorts
        As in `survival`.
    between : str
        Column that was counted.
    strata : str, optional
        Column that was counted; groups are then compared within its values only. RMST is not: it
        stays that of all.
    order : sequence, optional
        Values of `between` in their natural order; adds a test for trend over them, with equal
        steps.
    rho : float
        0 is the log-rank test; 1 Peto and Peto's, which gives early losses more weight.
    horizon : float, optional
        Time up to which the mean is taken. By default the longest for which ten customers are
        followed in every group.
    adjust : {"holm", "BH", "BY", "none"}
        For the number of pairs; log-rank, RMST and proportional hazards are a family each.

    Returns
    -------
    Comparison

    Raises
    ------
    ParameterError
        If the counts have weights (`rmst` takes them), or `horizon` is beyond what is known of a
        group.

    Notes
    -----
    See `log_rank.log_rank`, `restricted_means.restricted_mean` and
    `proportionality.grambsch_therneau` (with 1 - S(t-) as time). Equal to R survival 3.5 `survdiff`
    (rho 0 and 1) to 1e-10 and to `cox.zph` to 1e-6. Where nobody was lost, or there is one group,
    there is nothing to compare: the statistic is 0 on 0 degrees of freedom, the p value is missing,
    and a warning says so."""
    check.one_of("adjust", adjust, ("holm", "BH", "BY", "none"))
    z, durations = z_value(confidence), as_durations(data)
    if durations.weighted:
        raise ParameterError(
            "data has weights, and the log-rank test takes each customer for one; compare the "
            "means of "
            "retention.rmst(data, by=...), which know weights, or count without weight"
        )
    if strata == between:
        raise ParameterError(f"strata={strata!r} is the column that is compared; name another one")
    table = _ordered(durations.risk_table([between]), between, order)
    cells = _strata(durations, between, strata, table)
    names = tuple(label(name) for name in table.groups[between])
    found = log_rank(cells, rho=rho)
    frame = _pairs(cells, table, names, rho, _horizon(table, horizon), z)
    families = {
        f"{name}_adj": adjusted(frame[name], method=adjust)
        for name in ("pvalue", "rmst_pvalue", "ph_pvalue")
    }
    crossed = (families["ph_pvalue_adj"] < ALPHA) & frame["se"].notna()
    leads = np.where(crossed, RMST, np.where(frame["df"] > 0, LOG_RANK, None))
    frame = frame.assign(**families, leads=leads, confidence=confidence, method=_name(rho, strata))
    slope = trend(found, range(len(names))) if order is not None else (np.nan, np.nan)
    ph = frame["ph_pvalue"].iloc[0] if len(frame) == 1 else _proportional(table.at_risk, table.lost)
    warnings = () if found.df else (text("retention.compare_nothing", groups=number(len(names))),)
    return Comparison(
        frame=frame,
        method=f"{_name(rho, strata)}, pairs adjusted by {adjust}",
        between=between,
        statistic=found.statistic,
        df=found.df,
        pvalue=found.pvalue,
        groups=names,
        warnings=warnings,
        tallies=_tallies(table, names, found),
        ph_pvalue=ph,
        trend_statistic=slope[0],
        trend_pvalue=slope[1],
        unit=durations.unit,
    )


_COLUMNS = [
    "a",
    "b",
    "statistic",
    "df",
    "pvalue",
    "pvalue_adj",
    "horizon",
    "rmst_a",
    "rmst_b",
    "difference",
    "se",
    "ci_low",
    "ci_high",
    "rmst_pvalue",
    "rmst_pvalue_adj",
    "ph_pvalue",
    "ph_pvalue_adj",
    "leads",
    "confidence",
    "method",
]


def _name(rho: float, strata: str | None) -> str:
    test = (
        LOG_RANK if rho == 0 else "Peto-Peto" if rho == 1 else f"Fleming-Harrington, rho = {rho:g}"
    )
    return test if strata is None else f"{test}, stratified"


def _ordered(table: RiskTable, between: str, order: Sequence[Any] | None) -> RiskTable:
    if order is None:
        return table
    have, wanted = [label(name) for name in table.groups[between]], [label(name) for name in order]
    if sorted(have) != sorted(wanted):
        raise ColumnError(
            f"order={wanted}: these are not the values of {between!r}; name each of {have} once"
        )
    return table.rows([have.index(name) for name in wanted])


def _strata(
    durations: Durations, between: str, strata: str | None, whole: RiskTable
) -> list[Stratum]:
    """Return at risk and lost of each stratum, the groups in the order of `whole`, those absent
    from a stratum as zeros."""
    if strata is None:
        return [(whole.at_risk, whole.lost)]
    table = durations.risk_table([strata, between])
    row = pd.Index(whole.groups[between]).get_indexer(table.groups[between])
    out = []
    for inside in table.groups.groupby(strata, dropna=False).indices.values():
        cells = np.zeros((2, len(whole.groups), len(table.tenure)), dtype=np.int64)
        cells[0, row[inside]], cells[1, row[inside]] = table.at_risk[inside], table.lost[inside]
        out.append((cells[0], cells[1]))
    return out


def _horizon(table: RiskTable, horizon: float | None) -> float:
    if horizon is None:
        return common_horizon(table)
    refuse_horizon(table, horizon)
    return float(horizon)


def _pairs(
    cells: Sequence[Stratum],
    table: RiskTable,
    names: tuple[str, ...],
    rho: float,
    horizon: float,
    z: float,
) -> pd.DataFrame:
    mean, se = restricted_mean(table, horizon)
    rows = []
    for i, j in itertools.combinations(range(len(names)), 2):
        test = log_rank([(n[[i, j]], d[[i, j]]) for n, d in cells], rho=rho)
        difference = mean[j] - mean[i]
        error = (
            float(np.hypot(se[i], se[j])) if se[i] > 0 and se[j] > 0 else np.nan
        )  # 0: nobody was lost, which is no certainty
        rows.append(
            {
                "a": names[i],
                "b": names[j],
                "statistic": test.statistic,
                "df": test.df,
                "pvalue": test.pvalue,
                "horizon": horizon,
                "rmst_a": mean[i],
                "rmst_b": mean[j],
                "difference": difference,
                "se": error,
                "ci_low": difference - z * error,
                "ci_high": difference + z * error,
                "rmst_pvalue": 2 * scipy.stats.norm.sf(abs(difference) / error),
                "ph_pvalue": _proportional(table.at_risk[[i, j]], table.lost[[i, j]]),
            }
        )
    return pd.DataFrame(
        rows, columns=_COLUMNS
    )  # those that look at all pairs together are still missing


def _proportional(at_risk: NDArray, lost: NDArray) -> float:
    found = of_groups(at_risk, lost)
    return float("nan") if found is None else found.overall_pvalue


def _tallies(table: RiskTable, names: tuple[str, ...], found: LogRank) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": names,
            "n": (table.lost + table.censored).sum(axis=1),
            "lost": table.lost.sum(axis=1),
            "expected": found.expected,
        }
    )


def _p(value: float) -> str:
    shown = pvalue(value)
    return f"p {shown}" if shown.startswith("<") else f"p = {shown}"
