"""A wave that is still coming in, against the one before it -> what may be said now, however often
one looks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.methods import proportions
from cxlib.nps import cautions, figures, wave_figures
from cxlib.nps.comparison_words import TITLES
from cxlib.nps.counts import counts_of
from cxlib.nps.design import estimates, linearise
from cxlib.nps.method_names import Method
from cxlib.nps.methods import intervals, sequential
from cxlib.nps.score_counts import as_columns
from cxlib.nps.verdicts import Verdict, is_move
from cxlib.shown import theme
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.text import Says
from cxlib.shown.vocabulary import PAIR, level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST = 20  # answers on each side before anything is said (see monitor's Notes)
_SENTENCES = {
    Verdict.UP: "nps.monitor_up",
    Verdict.DOWN: "nps.monitor_down",
    Verdict.CANNOT_TELL: "nps.monitor_cannot_tell",
    Verdict.TOO_FEW_YET: "nps.monitor_too_few_yet",
    Verdict.DO_NOT_COMPARE: "nps.monitor_do_not_compare",
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Monitor(Result):
    """Each wave against the one before it, b minus a, in points.

    `frame`: `[*by], a, b, n_a, n_b, difference, se, ci_low, ci_high, pvalue, naive_low, naive_high,
    naive_pvalue, naive_false_alarm, looks, verdict, confidence, method`.

    `ci_low`, `ci_high` and `pvalue` hold at every look; the `naive_` columns are what a test made
    for a single look says. `naive_false_alarm` is the probability that `looks` such tests, equally
    spaced while b came in, claim a change at least once where nothing changed. `verdict` is up,
    down, cannot_tell, too_few_yet, or (a side is a single cluster) do_not_compare."""

    by: tuple[str, ...] = ()
    columns: ClassVar[Mapping[str, Format]] = {
        **PAIR,
        **with_limits("difference", "change", se="points"),
        "pvalue": "pvalue",
        **dict.fromkeys(("naive_low", "naive_high"), "change"),
        "naive_pvalue": "pvalue",
        "naive_false_alarm": "percent",
        "looks": "integer",
        "verdict": Verdict,
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("nps.caption_monitor")

    def summary(self, language: str = "en") -> str:
        """Say what may be said of the newest wave now, and what a naive test would have claimed."""
        newest = self.newest
        if newest.empty:
            return Sentences(self.warnings).text(language)
        if len(newest) > 1:
            return self._of_groups(newest).text(language)
        row = newest.iloc[0]
        said = Message(_SENTENCES[Verdict(row["verdict"])], limit=FEWEST, **_values(row))
        return Sentences((said, *self._naive(newest))).text(language)

    @property
    def newest(self) -> pd.DataFrame:
        """The row of the newest wave; of each group where there is `by`."""
        return (
            self.frame.groupby(list(self.by), sort=False).tail(1) if self.by else self.frame.tail(1)
        )

    def _of_groups(self, newest: pd.DataFrame) -> Message:
        sure = newest[is_move(newest["verdict"])]
        said = {"sure": len(sure), "k": len(newest), "naive": Sentences(self._naive(newest))}
        if sure.empty:
            return Message("nps.monitor_groups_none", **said)
        names = [
            Message(
                "nps.monitor_group",
                name=cautions.name_of(row, self.by),
                difference=row["difference"],
            )
            for _, row in sure.iterrows()
        ]
        return Message("nps.monitor_groups", names=names, **said)

    def _naive(self, newest: pd.DataFrame) -> tuple[Message, ...]:
        if newest["naive_false_alarm"].isna().all():
            return ()
        row = newest.loc[newest["naive_false_alarm"].idxmax()]
        claims = int((newest["naive_pvalue"] < 1 - newest["confidence"]).sum())
        rate = (
            Message(
                "nps.monitor_looks",
                looks=row["looks"],
                rate=row["naive_false_alarm"],
                confidence=row["confidence"],
            )
            if row["looks"] > 1
            else Message("nps.monitor_look")
        )
        if len(newest) > 1:
            return Message("nps.monitor_claims", n=claims), rate
        if row["verdict"] == Verdict.TOO_FEW_YET and not claims:
            return ()
        if claims:
            return Message("nps.monitor_claim", naive_p=row["naive_pvalue"]), rate
        return Message("nps.monitor_no_claim", naive_p=row["naive_pvalue"]), rate

    @drawing
    def plot(
        self,
        ax: Axes | None = None,
        *,
        finding: Says = "",
        language: str = "en",
        **look: Unpack[Look],
    ) -> Axes:
        """Draw each change (of several groups the newest) with the interval that holds at every
        look; claims in colour."""
        if self.frame.empty:
            return theme.message(ax, self.summary(language))
        shown = (self.newest if len(self.newest) > 1 else self.frame).tail(figures.MOST)
        ax = wave_figures.monitor(
            shown,
            ax,
            finding=finding or self.title(language),
            measured=Message("nps.measured_monitor", confidence=self.frame["confidence"].iloc[0]),
            language=language,
        )
        return self.with_numbers(
            ax, shown, figures.pair_labels(shown, language), "difference", language=language
        )

    def title(self, language: str = "en") -> str:
        """Say the finding in a few words, as the title of a figure; empty where there is nothing to
        compare."""
        newest = self.newest
        if len(newest) == 1:
            row = newest.iloc[0]
            return Message(TITLES[Verdict(row["verdict"])], **_values(row)).text(language)
        sure = int(is_move(newest["verdict"]).sum())
        if sure:
            return Message("nps.title_monitor", sure=sure, k=len(newest)).text(language)
        return Message("nps.title_monitor_none", k=len(newest)).text(language)


@check.arguments
def monitor(
    data: Any,
    *,
    between: str | None,
    score: str | None = None,
    order: Sequence[Any] | None = None,
    by: str | Sequence[str] | None = (),
    looks: int = 1,
    planned: int | None = None,
    confidence: float = 0.95,
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    scale: tuple[int, int] | None = None,
    promoter: int | None = None,
    detractor: int | None = None,
) -> Monitor | Absent:
    """Test each wave against the one before it, safely under looking again and again while the
    newer one comes in.

    Use it for a report that runs every week on a wave that is not finished: a usual 95 % test,
    looked at weekly, sooner or later claims a change where nothing changed. Once a wave is finished
    and was looked at once, `compare` sees more.

    Parameters
    ----------
    data : ScoreCounts, or rows in any form that `table.as_table` takes
        Ready counts, or one row an answer.
    between : str or None
        Column of the wave; put in its order in time. None gives an `Absent` that says what cannot
        be known.
    score : str, optional
        Column of scores, `"score"` where it is None; not needed with ready counts.
    order : sequence, optional
        All waves from the earliest to the latest; needed where the column is neither one of ordered
        categories nor readable as periods (`rows.periods.order_waves`).
    by : str or sequence of str
        Watch within each value of these columns only; they come first in the frame.
    looks : int
        How often the newer wave has been looked at, this time included. Only the `naive_` columns
        depend on it.
    planned : int, optional
        Answers that the newest wave is planned to get; by default as many as the wave before it
        got. The interval is narrowest there, and holds in any case.
    confidence : float
        Level of the intervals, over all looks together; verdicts use 1 - confidence.
    weight, strata, cluster, scale, promoter, detractor : optional
        As in `count_scores`; refused with ready counts, which have theirs.

    Returns
    -------
    Monitor
        One row a wave but the first, in each group of `by`.

    Raises
    ------
    ParameterError
        If `looks` or `planned` is less than 1, the order of waves is not known, or `order` does not
        hold each wave once; and what `count_scores` refuses.

    Notes
    -----
    Robbins' normal mixture (1970, Annals of Mathematical Statistics 41: 1397-1409): the interval is
    difference -/+ se sqrt(2 (1 + 1/t) log(sqrt(1 + t) / alpha)), and p = min(1, sqrt(1 + t)
    exp(-z^2 t / (2 (1 + t)))), with information 1/se^2 as the clock: t is information over that of
    the planned wave, times the t = -W(-alpha^2 / e) - 1 (Lambert's W, lower branch) at which the
    interval is narrowest. The increments of a growing wave against a finished one are independent
    on that clock. It costs 1.55 times the width of a naive 95 % interval at the planned number,
    more elsewhere. Asymptotic: variances are those of the counts +3/4, +3/2, +3/4 (under a design
    the linearised ones times the same ratio), never 0, and nothing is said below 20 answers on a
    side. Half-widths compared with exact arithmetic to 1e-12. False alarms by simulation (52 looks
    at 1, 3, 10 or 40 new answers; eight shapes of answers; 20 to 100,000 answers before; planned
    right or too small): at most 4.9 %. A shape of two kinds only, 90/0/10, had up to 7.8 % against
    a huge wave where 100 answers were planned. `tests/benchmarks/bench_nps_monitor.py` prints some
    of them beside the naive rate. `naive_false_alarm` is exact for normal estimates (`crossing`);
    it is lower than for a wave against a fixed number (14 % at 5 looks), for the wave before is the
    same at every look. The share of its variance in the difference is rounded to 0.01. From 100
    looks on it is that of 100. With a design the standard error takes account of clusters that
    waves share; looks at the same clusters are not independent increments: a guide only. Simulated
    (60 runs, 8 looks, 20 clusters before): false alarms in 2 % where waves share clusters, but 12 %
    where new clusters come in a few at a time, whose variance is hardly known at first (naive
    tests: 38 %).

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {
    ...         "wave": ["2026Q1"] * 100 + ["2026Q2"] * 60,
    ...         "score": [10] * 60 + [3] * 40 + [10] * 12 + [3] * 48,
    ...     }
    ... )
    >>> monitor(rows, between="wave").frame[["a", "b", "difference", "verdict"]].to_dict("records")
    [{'a': '2026Q1', 'b': '2026Q2', 'difference': -80.0, 'verdict': 'down'}]
    """
    confidence = check.confidence(confidence)
    for parameter, value in (("looks", looks), ("planned", planned)):
        if value is not None and value < 1:
            raise ParameterError(f"{parameter}={value!r} must be 1 or more")
    if between is None:
        return Absent.of("nps.no_order", Monitor, by=as_columns(by))
    counts = counts_of(
        data, (*as_columns(by), between), score, weight, strata, cluster, scale, promoter, detractor
    )
    counts = counts.in_time(between, order=order, parameter=f"between={between!r}")
    found, (*within, column), carried = counts.name_columns(estimates(counts), Monitor.columns)
    at = _successive(found, within)
    if not len(at):
        why = (
            cautions.nobody_in(counts.by)
            if found.empty
            else cautions.one_value(between, found[column].iloc[0])
        )
        frame = pd.DataFrame(columns=[*within, *Monitor.columns])
        warnings: tuple[Message, ...] = (why,)
    else:
        shared = linearise(counts).domains.covariance(at, at + 1) if counts.design else 0.0 * at
        sides = found.iloc[at], found.iloc[at + 1]
        newest = ~np.isin(at + 1, at)
        watched = _watched(sides, newest, shared, planned, looks, confidence)
        ends = {"a": sides[0][column].to_numpy(), "b": sides[1][column].to_numpy()}
        groups = sides[0][within].reset_index(drop=True)
        frame = groups.assign(**ends, **watched)[[*within, *Monitor.columns]]
        clustered = counts.design.cluster is not None
        warnings = (*counts.warnings, *_cautions(frame, within, design=clustered))
    return Monitor(
        frame=frame,
        method=Method.MIXTURE,
        warnings=warnings,
        carried={name: carried[name] for name in within if name in carried},
        by=tuple(within),
    )


def _successive(found: pd.DataFrame, within: Sequence[str]) -> NDArray:
    """Return the positions of the rows that are followed by another of their group."""
    groups = (
        found.groupby(list(within), sort=False).ngroup().to_numpy()
        if within
        else np.zeros(len(found))
    )
    return np.flatnonzero(groups[1:] == groups[:-1])


def _watched(
    sides: tuple[pd.DataFrame, pd.DataFrame],
    newest: NDArray,
    shared: NDArray,
    planned: int | None,
    looks: int,
    confidence: float,
) -> dict[str, Any]:
    """Return the numbers of each pair; `newest` says which of them has the last wave of its
    group."""
    alpha = 1 - confidence
    (n_a, v_a), (n_b, v_b) = ((side["n"].to_numpy(float), _variance(side)) for side in sides)
    goal = np.where(newest & (planned is not None), float(planned or 1), n_a)
    difference = sides[1]["nps"].to_numpy() - sides[0]["nps"].to_numpy()
    variance = v_a + v_b - 2 * shared
    se = np.sqrt(np.where(variance > 0, variance, np.nan))
    t = sequential.clock(v_a, v_b, n_b, goal, alpha=alpha)
    half = sequential.mixture_half_width(se, t, alpha)
    p = sequential.mixture_pvalue(difference / se, t)
    naive = proportions.z_value(confidence) * se
    fewest = np.min([side[["n", "n_eff"]].min(axis=1).to_numpy() for side in sides], axis=0)
    return {
        "n_a": sides[0]["n"].to_numpy(),
        "n_b": sides[1]["n"].to_numpy(),
        "difference": 100 * difference,
        "se": 100 * se,
        "ci_low": 100 * (difference - half),
        "ci_high": 100 * (difference + half),
        "pvalue": p,
        "naive_low": 100 * (difference - naive),
        "naive_high": 100 * (difference + naive),
        "naive_pvalue": intervals.two_sided(difference / se),
        "naive_false_alarm": sequential.false_alarms(v_a / (v_a + v_b), looks, confidence),
        "looks": int(looks),
        "verdict": np.select(
            [np.isnan(se), ~(fewest >= FEWEST), (p < alpha) & (difference > 0), p < alpha],
            [each.value for each in _VERDICTS],
            Verdict.CANNOT_TELL.value,
        ),
        "confidence": confidence,
        "method": Method.MIXTURE.value,
    }


_VERDICTS = (Verdict.DO_NOT_COMPARE, Verdict.TOO_FEW_YET, Verdict.UP, Verdict.DOWN)


def _variance(side: pd.DataFrame) -> NDArray:
    """Variance of one side: that of `never_zero`, times what a design makes of the plain one."""
    a, n, c, se, n_eff = (
        side[name].to_numpy(float) for name in ("promoters", "n", "detractors", "se", "n_eff")
    )
    plain, adjusted = intervals.variance_of(a, n, c) / n, sequential.never_zero(a, n, c)
    return adjusted * np.where(se == 0, n / n_eff, se**2 / np.where(plain > 0, plain, 1.0))


def _values(row: pd.Series) -> dict[str, Any]:
    return {
        "a": row["a"],
        "b": row["b"],
        "n_a": row["n_a"],
        "n_b": row["n_b"],
        "difference": row["difference"],
        "size": abs(row["difference"]),
        "low": row["ci_low"],
        "high": row["ci_high"],
        "p": row["pvalue"],
    }


def _cautions(frame: pd.DataFrame, within: Sequence[str], *, design: bool) -> tuple[Message, ...]:
    out = []
    few = int((frame["verdict"] == Verdict.TOO_FEW_YET).sum())
    if few:
        out.append(Message("nps.monitor_few", n=few, limit=FEWEST))
    unknown = int(frame["se"].isna().sum())
    if unknown:
        out.append(Message("nps.no_variance", n=unknown))
    groups = len(frame.drop_duplicates(list(within))) if within else 1
    if groups > 1:
        confidence = frame["confidence"].iloc[0]
        out.append(Message("nps.monitor_family", k=groups, confidence=confidence))
    newest = frame.iloc[-1]
    open_yet = newest["verdict"] == Verdict.CANNOT_TELL and newest["looks"] > 1
    if not within and open_yet and newest["naive_pvalue"] < 1 - newest["confidence"]:
        out.append(Message("nps.monitor_peek", looks=newest["looks"], **_values(newest)))
    if design:
        out.append(Message("nps.monitor_design"))
    return tuple(out)
