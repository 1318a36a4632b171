"""Tests between groups -> what they say: whether groups stay for different times, and which test
leads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

import numpy as np
import pandas as pd

from cxlib.retention.method_names import Method
from cxlib.retention.units import several, units
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import PVALUES, level_and_method, limits

ALPHA = 0.05  # below it hazards are taken not to be proportional, and groups to differ


class LeadingTest(StrEnum):
    """Which of the two tests to go by."""

    LOG_RANK = "log_rank"
    RMST_DIFFERENCE = "rmst_difference"


class Design(StrEnum):
    """What a test takes account of."""

    STRATIFIED = "stratified"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class CurveComparison(Result):
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
    rho : float
        Weight of early losses; 0 is the log-rank test.
    adjust : str
        How the p values of pairs were adjusted.
    tallies : pandas.DataFrame
        `group, n, lost, expected`: losses seen, and those expected if all groups were lost at the
        same speed.
    ph_pvalue : float
        Of the test of proportional hazards between all groups; missing where it cannot be made.
    trend_statistic, trend_pvalue : float
        Of the trend over groups in the order given (1 degree of freedom); missing without an order.
    """

    between: str
    statistic: float
    df: int
    pvalue: float
    rho: float
    adjust: str
    groups: tuple[str, ...]
    tallies: pd.DataFrame
    ph_pvalue: float
    trend_statistic: float = np.nan
    trend_pvalue: float = np.nan
    unit: str = "period"

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("a", "b"), ""),
        "statistic": "decimal2",
        "df": "",
        **PVALUES,
        "horizon": "",
        **dict.fromkeys(("rmst_a", "rmst_b", "difference", "se"), "decimal2"),
        **limits("decimal2"),
        **dict.fromkeys(("rmst_pvalue", "rmst_pvalue_adj", "ph_pvalue", "ph_pvalue_adj"), "pvalue"),
        "leads": LeadingTest,
        **level_and_method((Method, Design)),
    }

    @property
    def units(self) -> Mapping[str, str]:
        """Mean times and their difference are in units of tenure."""
        return dict.fromkeys(("rmst_a", "rmst_b", "difference", "horizon"), f"{self.unit}s")

    def caption(self) -> Message:
        """Return what its table shows."""
        return Message("retention.compare_caption", units=several(self.unit))

    def summary(self, language: str = "en") -> str:
        """Return whether the groups differ, which pairs do after correction, and where the mean
        time stayed leads instead."""
        if self.df == 0:
            return self._nothing().text(language)
        said = [self._overall(), self._pairs()]
        if not np.isnan(self.trend_pvalue):
            said.append(self._trend())
        if self._crossed().any():
            said.append(self._leading())
        return Sentences(tuple(said)).text(language)

    def leading(self, language: str = "en") -> str:
        """Return which test leads and why: the log-rank test where hazards are proportional, else
        the mean time stayed."""
        return self.summary(language) if self.frame.empty else self._leading().text(language)

    def _crossed(self) -> pd.Series:
        return self.frame["leads"] == LeadingTest.RMST_DIFFERENCE

    def _nothing(self) -> Message:
        return Message("retention.compare_nothing", groups=len(self.groups))

    def _overall(self) -> Message:
        test = {"statistic": self.statistic, "df": self.df, "p": self.pvalue}
        groups = {"groups": len(self.groups), "between": self.between}
        if self.pvalue < ALPHA:
            return Message("retention.compare_differ", **groups, **test)
        return Message("retention.compare_cannot_tell", **groups, **test)

    def _pairs(self) -> Message:
        apart = int((self.frame["pvalue_adj"] < ALPHA).sum())
        return Message("retention.compare_pairs", apart=apart, pairs=len(self.frame))

    def _trend(self) -> Message:
        ends = {"first": self.groups[0], "last": self.groups[-1], "p": self.trend_pvalue}
        if self.trend_pvalue < ALPHA:
            return Message("retention.trend_found", **ends)
        return Message("retention.trend_not_found", **ends)

    def _leading(self) -> Message:
        crossed = self.frame[self._crossed()]
        if crossed.empty and self.frame["ph_pvalue"].isna().all():
            return Message("retention.leads_unknown")
        if crossed.empty:
            return Message("retention.leads_log_rank")
        row = crossed.iloc[0]
        within = {"horizon": row["horizon"], "units": units(row["horizon"], self.unit)}
        if len(self.frame) > 1:
            return Message(
                "retention.leads_rmst_pairs",
                crossed=len(crossed),
                pairs=len(self.frame),
                apart=int((crossed["rmst_pvalue_adj"] < ALPHA).sum()),
                **within,
            )
        shown = {name: row[name] for name in ("a", "b", "rmst_a", "rmst_b", "difference")}
        return Message(
            "retention.leads_rmst",
            ph=row["ph_pvalue"],
            low=row["ci_low"],
            high=row["ci_high"],
            level=row["confidence"],
            p=row["rmst_pvalue"],
            **shown,
            **within,
        )
