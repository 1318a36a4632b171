"""Duration counts of two or more groups -> log-rank tests, the difference in mean time stayed, and
which of the two leads."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import ColumnError, ParameterError
from cxlib.methods.multiplicity import adjust_pvalues
from cxlib.methods.proportions import z_value
from cxlib.methods.survival.log_rank import LogRank, Stratum, log_rank, trend
from cxlib.methods.survival.risk_table import RiskTable
from cxlib.retention.absence import without_counts
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.curve_comparison import ALPHA, CurveComparison, Design, LeadingTest
from cxlib.retention.durations import Durations, as_durations
from cxlib.retention.method_names import Method, method
from cxlib.retention.methods.proportionality import proportionality_of_counts
from cxlib.retention.methods.restricted_mean import common_horizon, restricted_mean
from cxlib.retention.restricted_means import refuse_horizon
from cxlib.shown.language import label
from cxlib.shown.message import Message
from cxlib.shown.result import Absent


@check.arguments
def compare(
    data: Durations | Cohorts | Absent | None,
    *,
    between: str | None,
    strata: str | None = None,
    order: Sequence[Any] | None = None,
    rho: float = 0.0,
    horizon: float | None = None,
    adjust: str = "holm",
    confidence: float = 0.95,
) -> CurveComparison | Absent:
    """Test whether groups stay for different times: log-rank overall and pair by pair, and the
    difference in mean time stayed.

    The log-rank test is the right question where one group is lost faster all along (proportional
    hazards). Where curves cross, early and late differences cancel in it; then the difference in
    restricted mean survival time (RMST, the mean time stayed up to `horizon`) leads. Grambsch and
    Therneau's test decides, pair by pair, at 5 % after adjustment: column `leads`.

    Parameters
    ----------
    data : Durations or Cohorts, or Absent or None
        As in `survival`.
    between : str or None
        Column that was counted; None says that there are no groups, and nothing to compare.
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
    confidence : float
        Level of the limits of the difference in mean time stayed.

    Returns
    -------
    CurveComparison or Absent
        `statistic`, `df`, `pvalue` of all groups at once, and one row a pair: log-rank
        (`statistic`, `df`, `pvalue`, `pvalue_adj`), `difference` in mean time stayed (b minus a,
        units of tenure) with `se`, limits and `rmst_pvalue`, the test of proportional hazards
        (`ph_pvalue`), and which of the two `leads`. Absent where there are no counts, or `between`
        is None.

    Raises
    ------
    ParameterError
        If a choice is unknown, `data` are no counts or have weights (`rmst` takes them), `strata`
        is `between`, `horizon` is not above 0 or beyond what is known of a group, or `confidence`
        does not lie between 0 and 1.
    ColumnError
        If a column was not counted, or `order` does not name the values of `between`.
    EmptyDataError
        If nobody was counted, or (of cohorts) nobody came early enough to be judged.

    Notes
    -----
    See `cxlib.methods.survival.log_rank`, `retention.methods.restricted_mean` and
    `retention.methods.proportionality` (with 1 - S(t-) as time). Equal to R survival 3.5 `survdiff`
    (rho 0 and 1) to 1e-10 and to `cox.zph` to 1e-6. Where nobody was lost, or there is one group,
    there is nothing to compare: the statistic is 0 on 0 degrees of freedom, the p value is missing,
    and a warning says so."""
    check.one_of("adjust", adjust, ("holm", "BH", "BY", "none"))
    z = z_value(confidence)
    if data is None or isinstance(data, Absent):
        return without_counts(data, CurveComparison)
    if between is None:
        return Absent.of("retention.no_segment", CurveComparison)
    durations = as_durations(data)
    if durations.weighted:
        raise ParameterError(
            "data has weights, and the log-rank test takes each customer for one; compare the "
            "means of retention.rmst(data, by=...), which know weights, or count without weight"
        )
    if strata == between:
        raise ParameterError(f"strata={strata!r} is the column that is compared; name another one")
    chosen = _order(durations, between, order)
    table, names = durations.risk_table([between]).rows(chosen), _names(durations, between, chosen)
    cells = _strata(durations, between, strata, table, chosen)
    until = common_horizon(table) if horizon is None else float(horizon)
    if horizon is not None:
        refuse_horizon(table, until, names=names)
    found, made = log_rank(cells, rho=rho), _method(rho, strata)
    frame = _pairs(cells, table, names, rho, until, z)
    frame = _looked_at_together(frame, adjust).assign(confidence=confidence, method=made)
    slope = trend(found, range(len(names))) if order is not None else (np.nan, np.nan)
    ph = frame["ph_pvalue"].iloc[0] if len(frame) == 1 else _proportional(table.at_risk, table.lost)
    nothing = Message("retention.compare_nothing", groups=len(names))
    return CurveComparison(
        frame=frame,
        method=made,
        warnings=() if found.df else (nothing,),
        between=between,
        statistic=found.statistic,
        df=found.df,
        pvalue=found.pvalue,
        rho=rho,
        adjust=adjust,
        groups=names,
        tallies=_tallies(table, names, found),
        ph_pvalue=ph,
        trend_statistic=slope[0],
        trend_pvalue=slope[1],
        unit=durations.unit,
    )


def _method(rho: float, strata: str | None) -> str:
    tests = {0.0: Method.LOG_RANK, 1.0: Method.PETO_PETO}
    test = tests.get(rho, Method.FLEMING_HARRINGTON)
    return method(test, None if strata is None else Design.STRATIFIED)


def _names(durations: Durations, between: str, chosen: Sequence[int]) -> tuple[str, ...]:
    values = durations.groups([between]).iloc[:, 0]
    return tuple(label(values.iloc[row]) for row in chosen)


def _order(durations: Durations, between: str, order: Sequence[Any] | None) -> list[int]:
    """Return the rows of the groups in the order that was given, or as they are."""
    have = [label(name) for name in durations.groups([between]).iloc[:, 0]]
    if order is None:
        return list(range(len(have)))
    wanted = [label(name) for name in order]
    if sorted(have) != sorted(wanted):
        raise ColumnError(
            f"order={wanted}: these are not the values of {between!r}; name each of {have} once"
        )
    return [have.index(name) for name in wanted]


def _strata(
    durations: Durations, between: str, strata: str | None, whole: RiskTable, chosen: Sequence[int]
) -> list[Stratum]:
    """Return at risk and lost of each stratum, the groups in the order of `whole`, those absent
    from a stratum as zeros."""
    if strata is None:
        return [(whole.at_risk, whole.lost)]
    by = [strata, between]
    table, groups = durations.risk_table(by), durations.groups(by)
    compared = durations.groups([between]).iloc[list(chosen), 0]
    row = pd.Index(compared).get_indexer(groups.iloc[:, 1])
    out = []
    for inside in groups.groupby(groups.columns[0], dropna=False).indices.values():
        cells = np.zeros((2, len(compared), len(table.tenure)), dtype=np.int64)
        cells[0, row[inside]], cells[1, row[inside]] = table.at_risk[inside], table.lost[inside]
        out.append((cells[0], cells[1]))
    return out


def _looked_at_together(frame: pd.DataFrame, adjust: str) -> pd.DataFrame:
    """Add the p values adjusted for the number of pairs, and which test leads in each."""
    families = {
        f"{name}_adj": adjust_pvalues(frame[name], method=adjust)
        for name in ("pvalue", "rmst_pvalue", "ph_pvalue")
    }
    crossed = (families["ph_pvalue_adj"] < ALPHA) & frame["se"].notna()
    leads = pd.Series(None, index=frame.index, dtype=object)
    leads[frame["df"] > 0] = LeadingTest.LOG_RANK.value
    leads[crossed] = LeadingTest.RMST_DIFFERENCE.value
    return frame.assign(**families, leads=leads)


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
        # 0: nobody was lost, which is no certainty
        error = float(np.hypot(se[i], se[j])) if se[i] > 0 and se[j] > 0 else np.nan
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
    # columns that look at all pairs together are still missing
    return pd.DataFrame(rows, columns=list(CurveComparison.columns))


def _proportional(at_risk: NDArray, lost: NDArray) -> float:
    found = proportionality_of_counts(at_risk, lost)
    return float("nan") if found is None else found.overall_pvalue


def _tallies(table: RiskTable, names: tuple[str, ...], found: LogRank) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "group": names,
            "n": table.n,
            "lost": table.lost.sum(axis=1),
            "expected": found.expected,
        }
    )
