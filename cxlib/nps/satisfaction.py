"""Answers to CSAT and CES questions -> the share in the top boxes and the mean, with intervals, by
segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import stats

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.nps import cautions, figures
from cxlib.nps.counts import count_scores
from cxlib.nps.method_names import Method
from cxlib.nps.score_counts import ScoreCounts
from cxlib.shown import theme
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.text import Says
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

METHODS = {
    "wilson": Method.WILSON,
    "clopper_pearson": Method.CLOPPER_PEARSON,
    "jeffreys": Method.JEFFREYS,
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class TopBox(Result):
    """Share of answers in the top boxes, and the mean; one row a segment.

    `frame`: `[*by], n, top, rate, ci_low, ci_high, mean, mean_ci_low, mean_ci_high, box,
    confidence, method`. `rate` with its limits in [0, 1]; `mean` with its limits (t) on the
    question's scale; `box` such as "4-5". `by` are the segment columns as they stand in `frame`."""

    by: tuple[str, ...] = ()
    scale: tuple[int, int] = (1, 5)
    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("n", "top"), "integer"),
        **with_limits("rate", "percent"),
        **dict.fromkeys(("mean", "mean_ci_low", "mean_ci_high"), "decimal2"),
        "box": "",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("nps.caption_top_box")
    intervals: ClassVar[Mapping[str, tuple[str, str]]] = {
        "rate": ("ci_low", "ci_high"),
        "mean": ("mean_ci_low", "mean_ci_high"),
    }

    def summary(self, language: str = "en") -> str:
        """Say the share of the top boxes with interval and n, and the mean; of many segments the
        highest and the lowest."""
        if self.frame.empty:
            return Sentences(self.warnings).text(language)
        if len(self.frame) == 1:
            said = self._values(self.frame.iloc[0])
            if self.by:
                return Message("nps.box_one_of", **said).text(language)
            return Message("nps.box_one", **said).text(language)
        best, worst = self._ends()
        ends = {
            f"{name}_{end}": value
            for end, row in (("best", best), ("worst", worst))
            for name, value in self._values(row).items()
        }
        said = {"k": len(self.frame), **self._values(best), **ends}
        if worst["ci_high"] < best["ci_low"]:
            return Message("nps.box_many", **said).text(language)
        return Message("nps.box_overlap", **said).text(language)

    def title(self, language: str = "en") -> str:
        """Say the share in a few words, as the title of a figure; empty where there is nothing to
        show."""
        if self.frame.empty:
            return ""
        best, worst = (self._values(row) for row in self._ends())
        if len(self.frame) > 1:
            return Message("nps.title_boxes", low_rate=worst["rate"], **best).text(language)
        if self.by:
            return Message("nps.title_box_of", **best).text(language)
        return Message("nps.title_box", **best).text(language)

    @drawing
    def plot(
        self,
        ax: Axes | None = None,
        *,
        finding: Says = "",
        language: str = "en",
        **look: Unpack[Look],
    ) -> Axes:
        """Draw each segment's share with its interval and n."""
        if self.frame.empty:
            return theme.message(ax, self.summary(language))
        row = self.frame.iloc[0]
        ax = figures.shares(
            self.frame,
            self.by,
            ax,
            finding=finding or self.title(language),
            measured=Message(
                "nps.measured_box",
                box=row["box"],
                top=self.scale[1],
                confidence=row["confidence"],
            ),
            language=language,
        )
        shown = figures.largest(self.frame)
        return self.with_numbers(
            ax, shown, figures.names(shown, self.by), "rate", language=language
        )

    def _ends(self) -> list[pd.Series]:
        return [self.frame.loc[self.frame["rate"].agg(end)] for end in ("idxmax", "idxmin")]

    def _values(self, row: pd.Series) -> dict[str, Any]:
        return {
            "name": cautions.name_of(row, self.by),
            "rate": row["rate"],
            "low": 100 * row["ci_low"],
            "high": row["ci_high"],
            "n": row["n"],
            "confidence": row["confidence"],
            "box": row["box"],
            "top": self.scale[1],
            "mean": row["mean"],
        }


@check.arguments
def top_box(
    data: Any,
    *,
    score: str | None = None,
    by: str | Sequence[str] | None = (),
    box: int = 2,
    scale: tuple[int, int] = (1, 5),
    method: Literal["wilson", "clopper_pearson", "jeffreys"] = "wilson",
    confidence: float = 0.95,
) -> TopBox:
    """Share of answers among the highest `box` of the scale, and the mean: CSAT and CES with
    intervals, by segment.

    Use it for questions of satisfaction (1 to 5) and effort (1 to 7), and always say the box: "4-5
    of 5".

    Parameters
    ----------
    data : ScoreCounts, or rows in any form that `table.as_table` takes
        Ready counts, or one row an answer.
    score : str, optional
        Column of answers, `"score"` where it is None; not needed with ready counts.
    by : str or sequence of str
        Columns whose values tell segments apart.
    box : int
        How many of the highest answers count as top.
    scale : (int, int)
        Lowest and highest answer of the question; of ready counts it must be theirs.
    method : {"wilson", "clopper_pearson", "jeffreys"}
        Of the interval of the share. Clopper-Pearson never covers less than `confidence`, and is
        wider.
    confidence : float
        Level of the intervals.

    Returns
    -------
    TopBox
        One row a segment: `n`, `top` (answers in the box), `rate` with its limits in [0, 1], `mean`
        with its limits on the scale, `box` (such as "4-5").

    Raises
    ------
    ParameterError
        If `box` leaves no answer below the top, `scale` is not that of ready counts, or they carry
        weights or clusters.
    CxError
        What `count_scores` refuses.

    Notes
    -----
    `statsmodels.stats.proportion.proportion_confint`; Jeffreys limits end at 0 and 1 where nobody
    and everybody is in the box (Brown, Cai and DasGupta 2001). The mean has Student's t limits, cut
    to the scale. Compared with R 4.2.2 (`prop.test`, `binom.test`, `qbeta`, `t.test`) to 1e-12.

    Examples
    --------
    >>> top_box(pd.DataFrame({"csat": [5] * 30 + [4] * 9 + [2] * 61}), score="csat").summary()
    '39 % answered 4-5 of 5 (95 % interval 30 to 49 %, n = 100); the mean is 3.1.'
    """
    confidence = check.confidence(confidence)
    check.one_of("method", method, METHODS)
    scale = check.scale(scale)
    steps = scale[1] - scale[0]
    if box not in range(1, steps + 1):
        raise ParameterError(
            f"box={box!r} must be a whole number from 1 to {steps}: how many of the answers "
            f"{scale[0]} to "
            f"{scale[1]} count as top"
        )
    counts = _boxed(data, score, by, scale, scale[1] - int(box) + 1)
    segments, by_score = counts.by_score()
    frame, names, carried = counts.name_columns(segments, TopBox.columns)
    frame = frame.rename(columns={"promoters": "top"}).drop(columns=["passives", "detractors"])
    used = METHODS[method]
    if frame.empty:
        return TopBox(
            frame=frame.reindex(columns=[*names, *TopBox.columns]),
            method=used,
            warnings=(cautions.nobody_in(counts.by), *cautions.of_counts(counts)),
            carried=carried,
            by=names,
            scale=scale,
        )
    low, high = _limits(frame["top"].to_numpy(), frame["n"].to_numpy(), method, 1 - confidence)
    frame = frame.assign(
        rate=frame["top"] / frame["n"],
        ci_low=low,
        ci_high=high,
        **_means(by_score, scale, confidence),
        box=str(scale[1]) if box == 1 else f"{counts.promoter}-{scale[1]}",
        confidence=confidence,
        method=used.value,
    )
    return TopBox(
        frame=frame[[*names, *TopBox.columns]],
        method=used,
        warnings=_doubts(frame, counts, names),
        carried=carried,
        by=names,
        scale=scale,
    )


def _boxed(
    data: Any,
    score: str | None,
    by: str | Sequence[str] | None,
    scale: tuple[int, int],
    lowest: int,
) -> ScoreCounts:
    """Count answers with the top box in the place of promoters."""
    if not isinstance(data, ScoreCounts):
        return count_scores(
            data, score=score or "score", by=by, scale=scale, promoter=lowest, detractor=lowest - 1
        )
    if data.scale != scale:
        raise ParameterError(
            f"scale={scale!r}: the ready counts run from {data.scale[0]} to {data.scale[1]}; "
            f"pass scale={data.scale!r}"
        )
    if data.design:
        raise ParameterError(
            f"design={data.design}: shares of the top boxes count every answer once; count without "
            "weight, "
            "strata and cluster"
        )
    return replace(data.over(by), promoter=lowest, detractor=lowest - 1)


def _limits(top: NDArray, n: NDArray, method: str, alpha: float) -> tuple[NDArray, NDArray]:
    from statsmodels.stats.proportion import proportion_confint

    low, high = proportion_confint(
        top, n, alpha=alpha, method="beta" if method == "clopper_pearson" else method
    )
    return np.where(top == 0, 0.0, low), np.where(top == n, 1.0, high)


def _means(by_score: NDArray, scale: tuple[int, int], confidence: float) -> dict[str, NDArray]:
    """Mean and its limits of each segment; limits are missing where all its answers are equal."""
    score, n = np.arange(scale[0], scale[1] + 1), by_score.sum(axis=1)
    mean = by_score @ score / n
    with np.errstate(invalid="ignore", divide="ignore"):
        variance = (by_score * (score - mean[:, None]) ** 2).sum(axis=1) / (n - 1)
        reach = stats.t.ppf(0.5 + confidence / 2, n - 1) * np.sqrt(variance / n)
    reach[(by_score > 0).sum(axis=1) < 2] = np.nan
    return {
        "mean": mean,
        "mean_ci_low": np.maximum(mean - reach, scale[0]),
        "mean_ci_high": np.minimum(mean + reach, scale[1]),
    }


def _doubts(frame: pd.DataFrame, counts: ScoreCounts, names: Sequence[str]) -> tuple[Message, ...]:
    out = list(cautions.of_counts(counts))
    unknown = frame["mean_ci_low"].isna()
    if unknown.any():
        named = list(cautions.names(frame[unknown], names))
        out.append(Message("nps.box_mean", names=named))
    return tuple(out)
