"""Response rates of known groups -> how much groups of this survey differed in answering, for
comparison."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from cxlib.bias.balance import SURE, Representativeness
from cxlib.shown.message import Message
from cxlib.shown.result import Absent

ENOUGH = 10  # answers that a group would have at the rate of all; a ratio of fewer is noise


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """The largest ratio of response rates between two groups of one column.

    Attributes
    ----------
    column, most, least : str
        The column, and its groups that answered most and least.
    most_rate, least_rate : float
        Their response rates.
    n_most, n_least : int
        People in them, whether they answered or not.
    ratio, low, high : float
        `most_rate` / `least_rate`, infinite where nobody of `least` answered, with limits that
        allow for its being the largest of `pairs`.
    confidence : float
        Level of the limits, for all pairs together.
    pairs : int
        Pairs of groups that were compared.
    sure : bool
        Whether the differences of this column are beyond chance.
    """

    column: str
    most: str
    least: str
    most_rate: float
    least_rate: float
    n_most: int
    n_least: int
    ratio: float
    low: float
    high: float
    confidence: float
    pairs: int
    sure: bool

    @property
    def said(self) -> Message:
        """The sentence beside a tipping point."""
        key = "bias.yardstick" if self.sure else "bias.yardstick_chance"
        return Message(
            key,
            column=self.column,
            times=self.ratio,
            low=self.low,
            high=self.high,
            level=self.confidence,
            pairs=self.pairs,
            most=self.most,
            most_rate=self.most_rate,
            n_most=self.n_most,
            least=self.least,
            least_rate=self.least_rate,
            n_least=self.n_least,
        )


def largest_ratio(found: Representativeness | Absent | None) -> Yardstick | None:
    """Return the largest ratio of response rates between two groups of one column.

    Columns whose differences are beyond chance (adjusted p) come first: the largest ratio among
    them, or, where there is none, among all, marked as not `sure`. Groups that would have fewer
    than `ENOUGH` answers at the rate of all are passed over. None where there is nothing to
    compare, or respondents are not part of the frame.

    Notes
    -----
    Limits are Wald's of the logarithm of the ratio (Katz and others 1978), from
    `statsmodels.stats.proportion.confint_proportions_2indep`, at the level 1 - (1 - confidence) /
    pairs (Bonferroni): the largest of many ratios is too large by chance. Where nobody of a group
    answered, the lower limit is the one with 0.5 added to each count. People are taken to answer
    independently of each other.
    """
    if found is None or isinstance(found, Absent):
        return None
    groups = _large_enough(found.frame)
    sizes = groups.groupby("column")["column"].transform("size")
    groups = groups[sizes > 1]
    if groups.empty:
        return None
    chance = found.tests.set_index("column")["pvalue_adj"]
    sure = groups[groups["column"].map(chance) < SURE]
    pairs = int(sum(k * (k - 1) // 2 for k in groups["column"].value_counts()))
    most, least = max(_extremes(groups if sure.empty else sure), key=_ratio)
    confidence = float(most["confidence"])
    low, high = _limits(most, least, alpha=(1 - confidence) / pairs)
    return Yardstick(
        column=most["column"],
        most=most["category"],
        least=least["category"],
        most_rate=float(most["rate"]),
        least_rate=float(least["rate"]),
        n_most=int(most["n_frame"]),
        n_least=int(least["n_frame"]),
        ratio=_ratio((most, least)),
        low=low,
        high=high,
        confidence=confidence,
        pairs=pairs,
        sure=not sure.empty,
    )


def _large_enough(frame: pd.DataFrame) -> pd.DataFrame:
    sums = frame.groupby("column")[["n", "n_frame"]].transform("sum")
    # the quotient last: 100 x 40 / 400 is 10, 100 x (40 / 400) need not be
    expected = frame["n_frame"] * sums["n"] / sums["n_frame"]
    return frame[frame["rate"].notna() & (expected >= ENOUGH)]


def _extremes(groups: pd.DataFrame) -> list[tuple[pd.Series, pd.Series]]:
    return [
        (group.loc[group["rate"].idxmax()], group.loc[group["rate"].idxmin()])
        for _, group in groups.groupby("column", sort=False)
    ]


def _ratio(pair: tuple[pd.Series, pd.Series]) -> float:
    most, least = float(pair[0]["rate"]), float(pair[1]["rate"])
    return most / least if least > 0 else float("inf")


def _limits(most: pd.Series, least: pd.Series, *, alpha: float) -> tuple[float, float]:
    from statsmodels.stats.proportion import confint_proportions_2indep

    nobody = least["n"] == 0
    low, high = confint_proportions_2indep(
        *(int(group[name]) for group in (most, least) for name in ("n", "n_frame")),
        compare="ratio",
        method="log-adjusted" if nobody else "log",
        alpha=alpha,
    )
    return float(low), float("inf") if nobody else float(high)
