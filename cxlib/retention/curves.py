"""Duration counts -> Kaplan-Meier curves with limits and at-risk numbers, and log-rank tests between groups."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cxlib import check
from cxlib.inference import adjusted, z_value
from cxlib.language import level, number, pvalue, text
from cxlib.result import Result
from cxlib.retention import figures
from cxlib.retention.durations import Durations

if TYPE_CHECKING:
    from matplotlib.axes import Axes

DAYS_A_MONTH = 365.25 / 12
FEW = 10  # customers at risk; a curve is not drawn beyond the tenure where fewer are left


@dataclass(frozen=True, slots=True, eq=False)
class Survival(Result):
    """Kaplan-Meier curves; `frame` has one row a group and tenure at which a customer was lost or censored.

    Columns: `by`, `tenure`, `at_risk`, `lost`, `censored`, `survival` in [0, 1], `se`, `ci_low`, `ci_high`, `confidence`,
    `method`.
    """

    unit: str = "period"
    by: tuple[str, ...] = ()
    definition: str = "given"
    gap_days: int | None = None

    formats: ClassVar[Mapping[str, str]] = {"survival": "percent", "ci_low": "percent", "ci_high": "percent", "se": "decimal3"}

    def at(self, tenure: float) -> pd.DataFrame:
        """Return each curve at a tenure; a curve whose last customer was followed for less is missing there."""
        curves = self.frame.groupby(list(self.by)) if self.by else [((), self.frame)]
        rows = [_read(group, tenure) | dict(zip(self.by, name, strict=True)) for name, group in curves]
        return pd.DataFrame(rows)[[*self.by, *_READ]]

    def tenure(self, months: float) -> float:
        """Return a number of months in the unit of `tenure`."""
        return round(months * DAYS_A_MONTH) if self.unit == "day" else months

    def summary(self, language: str = "en", *, months: float = 6) -> str:
        """Return how many of 100 customers are still there after some months, with the interval, group by group."""
        sentences = []
        whole = self.frame.groupby(list(self.by))["at_risk"].max().to_numpy() if self.by else [self.frame["at_risk"].max()]
        for row, n in zip(self.at(self.tenure(months)).to_dict("records"), whole, strict=True):
            key = "retention.still_there" if not self.by else "retention.still_there_group"
            if np.isnan(row["survival"]):
                key = key.replace("still_there", "not_followed")
            elif row["survival"] == 0:
                key = key.replace("still_there", "nobody_there")
            sentences.append(text(key, language, group=self._name(row), months=number(months), unit=self._unit(months, language),
                                  rate=number(100 * row["survival"]), low=number(100 * row["ci_low"]),
                                  high=number(100 * row["ci_high"]), n=number(n),
                                  level=level(self.frame["confidence"].iloc[0])))
        return " ".join(sentences)

    def meaning(self, language: str = "en") -> str:
        """Return who counts as lost, in a sentence."""
        return text(f"retention.lost_{self.definition}", language, gap=number(self.gap_days or 0))

    def plot(self, ax: Axes | None = None, *, months: float = 6, language: str = "en") -> Axes:
        """Draw the curves with their bands, and the numbers at risk beneath."""
        finding = self._spread(months, language) if self.by else self.summary(language, months=months)
        shown = self.frame[self.frame["at_risk"] >= min(FEW, int(self.frame["at_risk"].max()))]
        measured = text("retention.curve_measured", language, level=level(self.frame["confidence"].iloc[0]), few=FEW,
                        meaning=self.meaning(language))
        return figures.curves(shown, whole=self.frame, by=self.by, unit=self.unit, finding=finding, measured=measured, ax=ax,
                              language=language)

    def _spread(self, months: float, language: str) -> str:
        rows = self.at(self.tenure(months)).dropna(subset=["survival"]).sort_values("survival")
        if len(rows) < 2:
            return self.summary(language, months=months)
        low, high = rows.iloc[0], rows.iloc[-1]
        return text("retention.spread", language, months=number(months), unit=self._unit(months, language),
                    low_group=self._name(low), high_group=self._name(high), low=number(100 * low["survival"]),
                    high=number(100 * high["survival"]))

    def _unit(self, months: float, language: str) -> str:
        word = "month" if self.unit != "period" else "period"
        return text(f"retention.{word}" if months == 1 else f"retention.{word}s", language)

    def _name(self, row: Mapping[str, object]) -> str:
        return ", ".join(str(row[name]) for name in self.by)


_READ = ["survival", "ci_low", "ci_high", "at_risk"]


def _read(curve: pd.DataFrame, tenure: float) -> dict[str, float]:
    before = curve[curve["tenure"] <= tenure]
    left = curve.loc[curve["tenure"] > tenure, "at_risk"]
    if left.empty and not (len(before) and before["survival"].iloc[-1] == 0):
        return dict.fromkeys(_READ[:3], np.nan) | {"at_risk": 0}
    last = before[_READ[:3]].iloc[-1].to_dict() if len(before) else dict.fromkeys(_READ[:3], 1.0)
    return last | {"at_risk": int(left.iloc[0]) if len(left) else 0}


def survival(durations: Durations, *, by: str | Sequence[str] | None = None, confidence: float = 0.95) -> Survival:
    """Kaplan-Meier curves from duration counts.

    Use it when some customers are still there: a plain ratio would call them lost, or wait for them.

    Parameters
    ----------
    durations : Durations
        From `count_durations`, `durations_from_spells` or `durations_from_orders`.
    by : str or sequence of str, optional
        Columns that were counted; one curve a combination. By default one curve for all.
    confidence : float
        Level of the limits, each tenure on its own.

    Returns
    -------
    Survival
        One row a group and tenure at which somebody was lost or censored.

    Notes
    -----
    S(t) = product of (1 - lost/at_risk); Greenwood's variance, limits on the log(-log) scale (Kalbfleisch and Prentice 1980).
    Before the first loss both limits are 1; at S = 0 standard error and limits do not exist and are missing, as in R.
    Equal to R survival 3.5 `survfit(conf.type="log-log")` to 1e-10.

    Examples
    --------
    >>> durations = Durations(pd.DataFrame({"tenure": [1, 2], "lost": [1, 0], "censored": [0, 3]}))
    >>> survival(durations).frame["survival"].tolist()
    [0.75, 0.75]
    """
    by = () if by is None else (by,) if isinstance(by, str) else tuple(by)
    z = z_value(confidence)
    groups, tenure, at_risk, lost, censored = durations.arrays(by)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        curve = np.cumprod(np.where(at_risk > 0, 1 - lost / at_risk, 1.0), axis=1)
        greenwood = np.cumsum(np.where(lost > 0, lost / (at_risk * (at_risk - lost)), 0.0), axis=1)
        spread = z * np.sqrt(greenwood) / np.abs(np.log(curve))
        low, high = curve ** np.exp(spread), curve ** np.exp(-spread)
        se = curve * np.sqrt(greenwood)
    low, high = np.where(curve == 1, 1.0, low), np.where(curve == 1, 1.0, high)
    low, high, se = (np.where(curve == 0, np.nan, values) for values in (low, high, se))
    row, column = np.nonzero(lost + censored)
    cells = {"at_risk": at_risk, "lost": lost, "censored": censored, "survival": curve, "se": se, "ci_low": low, "ci_high": high}
    frame = groups.iloc[row].reset_index(drop=True).assign(
        tenure=tenure[column], **{name: values[row, column] for name, values in cells.items()},
        confidence=confidence, method="Kaplan-Meier, log-log limits")
    return Survival(frame=frame, method="Kaplan-Meier, log-log limits", unit=durations.unit, by=by,
                    definition=durations.definition, gap_days=durations.gap_days, warnings=_left_out(durations))


def _left_out(durations: Durations) -> tuple[str, ...]:
    names = ("missing", "missing_customer", "missing_start", "missing_duration", "after_as_of", "continued_spell", "later_spell")
    return tuple(text(f"retention.left_out_{name}", n=number(durations.tally[name]), rows=number(durations.tally["rows"]))
                 for name in names if durations.tally.get(name, 0))


@dataclass(frozen=True, slots=True, eq=False)
class Comparison(Result):
    """Log-rank tests: `statistic`, `df` and `pvalue` for all groups at once; `frame` has a row for each pair.

    Columns: `a`, `b`, `statistic`, `df`, `pvalue`, `pvalue_adj`, `confidence` (missing: a test has no level), `method`.
    """

    between: str = ""
    statistic: float = np.nan
    df: int = 0
    pvalue: float = np.nan
    groups: tuple[str, ...] = ()

    formats: ClassVar[Mapping[str, str]] = {"statistic": "decimal2", "pvalue": "pvalue", "pvalue_adj": "pvalue"}

    def summary(self, language: str = "en") -> str:
        """Return whether the groups differ, and which pairs do after Holm's correction."""
        if self.df == 0:
            return text("retention.compare_nothing", language, groups=number(len(self.groups)))
        apart = self.frame[self.frame["pvalue_adj"] < 0.05]
        head = text("retention.compare_differ" if self.pvalue < 0.05 else "retention.compare_cannot_tell", language,
                    groups=number(len(self.groups)), between=self.between, statistic=number(self.statistic, 2),
                    df=number(self.df), p=_p(self.pvalue))
        return head + " " + text("retention.compare_pairs", language, apart=number(len(apart)), pairs=number(len(self.frame)))


def _p(value: float) -> str:
    shown = pvalue(value)
    return f"p {shown}" if shown.startswith("<") else f"p = {shown}"


def compare(durations: Durations, *, between: str, adjust: str = "holm") -> Comparison:
    """Log-rank test between groups: overall, and pair by pair with Holm's correction.

    Use it to ask whether groups are lost at different speeds over the whole time followed. It is weak where curves cross.

    Parameters
    ----------
    durations : Durations
    between : str
        Column that was counted.
    adjust : {"holm", "BH", "BY", "none"}

    Returns
    -------
    Comparison

    Notes
    -----
    Sum over tenures of observed minus expected losses, with the hypergeometric covariance (Mantel 1966). Equal to R survival
    3.5 `survdiff` to 1e-10. Where nobody was lost, or there is one group, there is nothing to compare: the statistic is 0 on
    0 degrees of freedom, the p value is missing, and a warning says so.
    """
    check.one_of("adjust", adjust, ("holm", "BH", "BY", "none"))
    groups, _, at_risk, lost, _ = durations.arrays([between])
    names = tuple(str(name) for name in groups[between])
    statistic, df, p = _log_rank(at_risk, lost)
    rows = []
    for i, j in itertools.combinations(range(len(names)), 2):
        one = _log_rank(at_risk[[i, j]], lost[[i, j]])
        rows.append({"a": names[i], "b": names[j], "statistic": one[0], "df": one[1], "pvalue": one[2]})
    frame = pd.DataFrame(rows, columns=["a", "b", "statistic", "df", "pvalue"])
    frame = frame.assign(pvalue_adj=adjusted(frame["pvalue"], method=adjust), confidence=np.nan, method="log-rank")
    warnings = () if df else (text("retention.compare_nothing", groups=number(len(names))),)
    return Comparison(frame=frame, method=f"log-rank, pairs adjusted by {adjust}", between=between, statistic=statistic, df=df,
                      pvalue=p, groups=names, warnings=warnings)


def _log_rank(at_risk: NDArray[np.int64], lost: NDArray[np.int64]) -> tuple[float, int, float]:
    """Return statistic, degrees of freedom and p value for `groups x tenures` counts."""
    some = lost.sum(axis=0) > 0
    n, d = at_risk[:, some].astype(float), lost[:, some].astype(float)
    total, losses = n.sum(axis=0), d.sum(axis=0)
    share = n / total
    difference = (d - losses * share).sum(axis=1)
    factor = losses * (total - losses) / np.maximum(total - 1, 1)  # one customer left: no variance
    covariance = np.diag((factor * share).sum(axis=1)) - (factor * share) @ share.T
    # the rows sum to 0, so one group is left out; what is then left is singular only where groups never meet at a loss
    difference, covariance = difference[:-1], covariance[:-1, :-1]
    df = int(np.linalg.matrix_rank(covariance, hermitian=True)) if covariance.size else 0
    if df == 0:
        return 0.0, 0, float("nan")
    statistic = float(difference @ np.linalg.pinv(covariance, hermitian=True) @ difference)
    return statistic, df, float(stats.chi2.sf(statistic, df))
