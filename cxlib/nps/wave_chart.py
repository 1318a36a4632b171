"""NPS by wave -> a chart whose limits follow n, a weighted moving average, and where a change lies,
with its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import ParameterError, WeightError
from cxlib.nps import cautions, verdicts, wave_figures
from cxlib.nps.counts import counts_of
from cxlib.nps.design import estimates, steady_variance
from cxlib.nps.method_names import Method
from cxlib.nps.methods import charts, intervals
from cxlib.shown import language as words
from cxlib.shown import theme
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.text import Says
from cxlib.shown.vocabulary import level_and_method

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LENT = 30  # answers of all waves together, lent to each wave's variance
_NAMED = 3  # waves outside that a title names


class Direction(StrEnum):
    """Where the level went; its words are `nps.direction_<value>`."""

    ROSE = "rose"
    FELL = "fell"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Waves(Result):
    """A chart of waves with limits, and where a change of level lies.

    `frame`: `<wave>, n, nps, centre, limit_low, limit_high, outside, ewma, ewma_low, ewma_high,
    change_weight, confidence, method`; a row a wave.

    Attributes
    ----------
    wave : str
        Column of the wave in `frame`.
    baseline : int
        Waves that centre and limits come from.
    pvalue : float
        Of any single change of level; missing with one wave.
    shift : float
        NPS from the likeliest wave of change on, minus before, in points; missing with one wave.
    """

    wave: str
    baseline: int = 0
    pvalue: float = np.nan
    shift: float = np.nan
    columns: ClassVar[Mapping[str, Format]] = {
        "n": "integer",
        **dict.fromkeys(("nps", "centre", "limit_low", "limit_high"), "points"),
        "outside": "",
        **dict.fromkeys(("ewma", "ewma_low", "ewma_high"), "points"),
        "change_weight": "percent",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("nps.caption_waves")

    @property
    def change(self) -> pd.DataFrame:
        """The fewest waves before which the one change lies with probability `confidence`,
        likeliest first."""
        ordered = self.frame.sort_values("change_weight", ascending=False, kind="stable")
        # by the waves before it
        held = ordered["change_weight"].cumsum() - ordered["change_weight"]
        return ordered[(held < ordered["confidence"]) & (ordered["change_weight"] > 0)]

    def summary(self, language: str = "en") -> str:
        """Say which waves lie outside the limits, and whether and where the level changed."""
        if len(self.frame) < 2:
            return Sentences(self.warnings).text(language)
        return Sentences((self._outside(), self._change())).text(language)

    def _outside(self) -> Message:
        out = self.frame[self.frame["outside"]]
        said = {
            "k": len(self.frame),
            "baseline": self.baseline,
            "centre": self.frame["centre"].iloc[0],
            "n": self.frame["n"].sum(),
        }
        if out.empty:
            return Message("nps.waves_inside", **said)
        names = [
            Message("nps.wave_outside", wave=row[self.wave], nps=row["nps"], n=row["n"])
            for row in out.to_dict("records")
        ]
        return Message("nps.waves_outside", out=len(out), names=names, **said)

    def _change(self) -> Message:
        confidence = self.frame["confidence"].iloc[0]
        if not self.pvalue < 1 - confidence:
            return Message("nps.waves_no_change", p=self.pvalue)
        found = self.change
        said = {
            "names": found.sort_index()[self.wave].tolist(),
            "size": abs(self.shift),
            "p": self.pvalue,
            "direction": self._direction,
            "weight": found["change_weight"].iloc[0],
        }
        if len(found) == 1:
            return Message("nps.waves_change_at", **said)
        return Message("nps.waves_change", level=confidence, wave=found[self.wave].iloc[0], **said)

    @property
    def _direction(self) -> Direction:
        return Direction.ROSE if self.shift > 0 else Direction.FELL

    def title(self, language: str = "en") -> str:
        """Say the finding in a few words, as the title of a figure; empty where there is nothing to
        compare."""
        return self._title.text(language) if len(self.frame) > 1 else ""

    @property
    def _title(self) -> Message:
        out = self.frame.loc[self.frame["outside"], self.wave].tolist()
        if not out and self.pvalue < 1 - self.frame["confidence"].iloc[0]:
            return Message("nps.title_waves_change", direction=self._direction)
        if not out:
            return Message("nps.title_waves_inside", k=len(self.frame))
        if len(out) <= _NAMED:
            return Message("nps.title_waves_outside", names=out)
        return Message("nps.title_waves_many", out=len(out), k=len(self.frame))

    @drawing
    def plot(
        self,
        ax: Axes | None = None,
        *,
        finding: Says = "",
        language: str = "en",
        **look: Unpack[Look],
    ) -> Axes:
        """Draw waves with n, the limits as a band that follows n, and the moving average; waves
        outside in colour."""
        if len(self.frame) < 2:
            return theme.message(ax, self.summary(language))
        ax = wave_figures.waves(
            self.frame,
            self.wave,
            ax,
            finding=finding or self._title,
            measured=Message("nps.measured_waves", baseline=self.baseline),
            language=language,
        )
        return self.with_numbers(
            ax,
            self.frame,
            self.frame[self.wave],
            "nps",
            "limit_low",
            "limit_high",
            ends={},
            language=language,
        )


@check.arguments
def waves(
    data: Any,
    *,
    wave: str | None,
    score: str | None = None,
    order: Sequence[Any] | None = None,
    baseline: int | None = None,
    smoothing: float = 0.2,
    confidence: float = 0.95,
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    scale: tuple[int, int] | None = None,
    promoter: int | None = None,
    detractor: int | None = None,
) -> Waves | Absent:
    """Chart the NPS of waves against limits that follow n, and find a change of level with its
    uncertainty.

    Use it where waves come one after the other: most ups and downs of an NPS are chance, and the
    chart shows which are not.

    Parameters
    ----------
    data : ScoreCounts, or rows in any form that `table.as_table` takes
        Ready counts, or one row an answer.
    wave : str or None
        Column of the wave; put in its order in time. None gives an `Absent` that says what cannot
        be known.
    score : str, optional
        Column of scores, `"score"` where it is None; not needed with ready counts.
    order : sequence, optional
        All waves from the earliest to the latest; needed where the column is neither one of ordered
        categories nor readable as periods (`rows.periods.order_waves`).
    baseline : int, optional
        The first so many waves set centre and limits; by default all waves but the last.
    smoothing : float
        Weight of the newest wave in the moving average, above 0 and at most 1.
    confidence : float
        A change of level is spoken of where its p value is below 1 - confidence; `change` holds
        this much of the weight.
    weight, strata, cluster, scale, promoter, detractor : optional
        As in `count_scores`; refused with ready counts, which have theirs.

    Returns
    -------
    Waves
        One row a wave, scores in points. `outside` marks waves of 5 answers or more beyond the
        limits; `ewma_low` and `ewma_high` are the limits of the moving average around the centre;
        `change_weight`, which sums to 1, is the likelihood weight of a single change of level just
        before the wave (0 for the first).

    Raises
    ------
    ParameterError
        If `baseline` is not a number of waves that there are, `smoothing` is not above 0 and at
        most 1, the order of waves is not known, or `order` does not hold each once; and what
        `count_scores` refuses.
    WeightError
        If a wave's answers all come from a single cluster.

    Notes
    -----
    Centre and variance sigma0^2 of one answer are those of the baseline's answers together (counted
    by effective n under a design); limits are centre -/+ 3 sigma0 / sqrt(n), about 3 false alarms
    in 1,000 waves. The moving average starts at the centre; its variance v = smoothing^2 sigma0^2 /
    n + (1 - smoothing)^2 v before is exact for unequal n. Compared with exact arithmetic (mpmath)
    to 1e-12. Change of level: for each split z = (mean after - mean before) / se, means weighted by
    1 / se^2. Where nothing changed the z form a Gaussian Markov chain with correlations sqrt(I_s (I
    - I_t) / (I_t (I - I_s))), I the information up to a split and in all, so the p value of the
    largest |z| comes from `crossing`, without draws. Weights are exp(z^2 / 2), normalised: the
    profile likelihood of one change (Hinkley 1970, Biometrika 57: 1-17). Variances per answer are
    made steady: to the shares of each wave come 30 answers with the shares of all
    (`design.steady_variance`); with a wave's own variance, waves that look extreme by chance look
    certain too. Size at 5 % by simulation (400 draws a case): at most 8 % in 13 cases of 2 to 24
    waves of 1 to 500 answers, 90/8/2 among them; with own variances 13 to 60 % in seven of them,
    small or lopsided. With a design waves are taken as independent; where they share clusters the
    limits and p value are a guide.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {
    ...         "year": [2023] * 60 + [2024] * 60 + [2025] * 60,
    ...         "score": ([10] * 30 + [8] * 20 + [3] * 10) * 2 + [10] * 10 + [8] * 20 + [3] * 30,
    ...     }
    ... )
    >>> waves(rows, wave="year").frame[["year", "n", "outside"]].to_dict("list")
    {'year': [2023, 2024, 2025], 'n': [60, 60, 60], 'outside': [False, False, True]}
    """
    confidence = check.confidence(confidence)
    if not 0 < smoothing <= 1:
        raise ParameterError(f"smoothing={smoothing!r} must be above 0 and at most 1; 0.2 is usual")
    if wave is None:
        return Absent.of("nps.no_order", Waves)
    counts = counts_of(data, wave, score, weight, strata, cluster, scale, promoter, detractor)
    counts = counts.in_time(wave, order=order, parameter=f"wave={wave!r}")
    found, (column,), carried = counts.name_columns(estimates(counts), Waves.columns)
    if found.empty:
        frame = pd.DataFrame(columns=[column, *Waves.columns])
        why = (cautions.nobody_in([wave]),)
        return Waves(frame=frame, method=Method.CHART, warnings=why, carried=carried, wave=column)
    _refuse_lone(found, wave, column)
    baseline = _baseline(baseline, len(found))
    numbers, p, shift = _chart(found, baseline, smoothing)
    frame = pd.DataFrame({column: found[column], "n": found["n"], "nps": 100 * found["nps"]})
    frame = frame.assign(**numbers, confidence=confidence, method=Method.CHART.value)
    clustered = counts.design.cluster is not None
    return Waves(
        frame=frame[[column, *Waves.columns]],
        method=Method.CHART,
        warnings=(*counts.warnings, *_cautions(frame, column, baseline, design=clustered)),
        carried=carried,
        wave=column,
        baseline=baseline,
        pvalue=p,
        shift=100 * shift,
    )


def _refuse_lone(found: pd.DataFrame, wave: str, column: str) -> None:
    lone = found.loc[found["se"].isna(), column]
    if len(lone):
        raise WeightError(
            f"wave={wave!r}: all answers of {words.label(lone.iloc[0])!r} come from a single "
            "cluster, so their error cannot be known; leave that wave out, or name a finer cluster"
        )


def _chart(
    found: pd.DataFrame, baseline: int, smoothing: float
) -> tuple[dict[str, NDArray], float, float]:
    """Return the columns of the chart in points, the p value of a change, and its size."""
    chart = charts.chart(
        found["nps"],
        known_per_answer(found),
        found["n_eff"],
        baseline=baseline,
        smoothing=smoothing,
    )
    worth = found[["n", "n_eff"]].min(axis=1)
    chart["outside"] &= (worth >= verdicts.FEWEST).to_numpy()
    variance = steady_variance(found, lent=_LENT)
    _, weight, p = charts.change_point(found["nps"], variance)
    shift = charts.shift(found["nps"].to_numpy(), variance, int(weight.argmax()))
    points = {
        name: values if values.dtype == bool else 100 * values for name, values in chart.items()
    }
    return points | {"change_weight": weight}, p, shift


def _baseline(baseline: int | None, k: int) -> int:
    if baseline is None:
        return max(k - 1, 1)
    if not 1 <= baseline <= k:
        raise ParameterError(f"baseline={baseline!r} must be 1 to {k}, the number of waves")
    return int(baseline)


def known_per_answer(found: pd.DataFrame) -> NDArray:
    """Variance of one answer of each row of `design.estimates`; 0 where all answers are of one
    kind."""
    se, n_eff, *counts = (
        found[name].to_numpy(float) for name in ("se", "n_eff", "promoters", "n", "detractors")
    )
    return np.where(se == 0, intervals.variance_of(*counts), se**2 * n_eff)


def _cautions(
    frame: pd.DataFrame, wave: str, baseline: int, *, design: bool
) -> tuple[Message, ...]:
    out = []
    if len(frame) == 1:
        row = frame.iloc[0]
        out.append(Message("nps.waves_one", wave=row[wave], nps=row["nps"], n=row["n"]))
    elif baseline < 3:
        out.append(Message("nps.waves_short", n=baseline))
    if few := int((frame["n"] < verdicts.FEWEST).sum()):
        out.append(Message("nps.waves_few", n=few, limit=verdicts.FEWEST))
    if design:
        out.append(Message("nps.waves_design"))
    return tuple(out)
