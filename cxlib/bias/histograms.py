"""Scores by channel -> their histogram, how many sit at the two ends, and whether there are two
peaks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.bias import figures, shape_words
from cxlib.bias.kinds import Method
from cxlib.bias.methods import unimodality
from cxlib.bias.methods.bimodality import bimodality
from cxlib.bias.promoters import count_scores
from cxlib.bias.shape_words import ALL, ENOUGH, SURE, far
from cxlib.errors import EmptyDataError
from cxlib.methods import multiplicity, proportions
from cxlib.rows.periods import natural_order
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import PVALUES, limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Shape(Result):
    """The shape of the scores. `frame` has one row for all answers (channel "") and one a channel.

    Columns: `channel`, `n`, `share_low` and `share_high` (at the lowest and the highest score),
    `share_ends` (both) with `ci_low`, `ci_high`, `confidence`; `bimodality` (coefficient, a number
    beside, which a lean alone raises; missing under 4 answers or where all are equal); of the test
    of one peak `statistic` (likelihood ratio), `pvalue`, `pvalue_adj` (Holm over the channels; of
    all answers the p value itself), all missing on a scale of two scores; `off_one_peak` (share of
    answers that the likeliest shape with one peak would place elsewhere); `peak_low` and
    `peak_high` (scores at the two peaks, those far apart where there are such; missing where chance
    explains a second one, and under 30 answers), `method`.

    `histogram` has `channel`, `score`, `n`, `share`, `one_peak` (share in the likeliest shape with
    one peak) and `valley` (fewer answers than that, between two peaks beyond chance), every score
    of the scale in every channel."""

    histogram: pd.DataFrame
    scale: tuple[int, int] = (0, 10)

    columns: ClassVar[Mapping[str, Format]] = {
        "channel": "",
        "n": "integer",
        **dict.fromkeys(("share_low", "share_high", "share_ends"), "percent"),
        **limits("percent"),
        "confidence": "level",
        "bimodality": "decimal2",
        "statistic": "decimal1",
        **PVALUES,
        "off_one_peak": "percent",
        **dict.fromkeys(("peak_low", "peak_high"), "integer"),
        "method": Method,
    }
    shows: ClassVar[Message] = Message("bias.shape_caption")

    @property
    def shown_cells(self) -> Mapping[str, Sequence[Any]]:
        """The row of all answers is called so."""
        return {"channel": [name or Message("bias.all_answers") for name in self.frame["channel"]]}

    def summary(self, language: str = "en") -> str:
        """Say how much lies at the ends, whether there are two peaks, and what that may mean."""
        return shape_words.finding(self.frame, self.histogram, self.scale).text(language)

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw one small histogram a channel, a valley between two peaks in colour; returns the
        first Axes."""
        channels = [channel for channel in self.frame["channel"] if channel != ALL] or [ALL]
        shown = self.histogram[self.histogram["channel"].isin(channels)]
        ax = figures.histograms(
            self.histogram,
            {channel: channel or Message("bias.all_answers") for channel in channels},
            self.scale,
            ax,
            finding=shape_words.title(self.frame, self.scale),
            measured=Message("bias.shape_measured"),
            language=language,
        )
        return self.with_numbers(
            ax,
            shown,
            shown["score"],
            "share",
            across=[each or Message("bias.all_answers") for each in shown["channel"]],
            formats={"share": "percent0"},
            language=language,
        )


@check.arguments
def shape(
    data: Any,
    *,
    score: str | None,
    channel: str | None = None,
    scale: tuple[int, int] = (0, 10),
    confidence: float = 0.95,
    seed: int = unimodality.SEED,
) -> Shape | Absent:
    """Describe the shape of the scores, by channel: how full are the ends, and are there two peaks
    beyond chance?

    Parameters
    ----------
    data : table
        One row an answer.
    score : str or None
        Column of whole scores. None gives an `Absent`.
    channel : str, optional
        Column of channels.
    scale : (int, int)
        Lowest and highest score of the question.
    confidence : float
        Level of the Wilson interval of the share at the ends.
    seed : int
        Of the histograms that the test of one peak draws.

    Returns
    -------
    Shape or Absent
        One row for all answers (channel "") and one a channel: `n`, `share_low`, `share_high`,
        `share_ends` with its limits in [0, 1], `bimodality`, the test of one peak and the scores at
        the two peaks where it rejects. `histogram` has every score of the scale. An `Absent` where
        `score` is None.

    Raises
    ------
    EmptyDataError
        If there is no score.
    ScoreRangeError
        If a score lies outside the scale or is not whole.
    ScaleError
        If the answers contradict the scale.
    ParameterError
        If `scale` is not two whole numbers, or `confidence` does not lie between 0 and 1.
    ColumnError
        If a column is absent, or `score` is not numeric.
    SourceError
        If `data` cannot be read.

    Notes
    -----
    Two peaks are claimed where the likelihood ratio of free against one-peaked probabilities is
    beyond chance at .05 (`methods.unimodality`, with its references; false alarms and power in
    tests/benchmarks/bench_shape.py), Holm over the channels. Answers are taken as independent and
    are not weighted. What the peaks are is read off the likeliest shape with two. Peaks less than
    a third of the scale apart (8 and 10) are no camps: what lies between them is taken together and
    tested for another peak (`methods.unimodality.far_peaks`).

    Bimodality coefficient (G1^2 + 1) / (G2 + 3 (n-1)^2 / ((n-2)(n-3))) (SAS Institute 1990): no
    verdict rests on it, since a lean alone raises it above the 5/9 of a flat distribution; scores
    that fall from 10 are above in nearly all surveys. Hartigan's dip test is not offered: it
    assumes a continuous distribution and rejects every lattice, so it calls a 5-point histogram of
    50, 150, 600, 150, 50 bimodal with p = 0. Two peaks prove nothing by themselves: most customers
    may be content and a few let down, those without strong feelings may be silent (Hu, Pavlou and
    Zhang 2009), or customers may be divided.

    Examples
    --------
    >>> scores = pd.DataFrame({"score": [0] * 20 + [5] * 5 + [10] * 40})
    >>> shape(scores, score="score").frame[["peak_low", "peak_high"]].to_numpy().tolist()
    [[0, 10]]
    """
    if score is None:
        return Absent.of("bias.absent_score", Shape)
    low, high = check.scale(scale)
    counts = count_scores(data, score=score, scale=(low, high), by=channel)
    if counts.empty:
        raise EmptyDataError(f"score={score!r}: no row holds a score, so there is no shape")
    histogram = _histogram(counts, (low, high), by_channel=channel is not None)
    groups = [(str(name), group) for name, group in histogram.groupby("channel", sort=False)]
    tests = [unimodality.unimodality(group["n"], seed=seed) for _, group in groups]
    rows = [
        _row(name, group, found, confidence)
        for (name, group), found in zip(groups, tests, strict=True)
    ]
    frame = _with_peaks(pd.DataFrame(rows), [group for _, group in groups], seed)
    few = [row["channel"] for row in rows if row["n"] < ENOUGH and row["channel"] != ALL]
    return Shape(
        frame=frame,
        method=Method.SHAPE,
        warnings=(Message("bias.shape_few", names=few),) if few else (),
        histogram=_with_valleys(histogram, frame, tests),
        scale=(low, high),
    )


def _histogram(counts: pd.DataFrame, scale: tuple[int, int], *, by_channel: bool) -> pd.DataFrame:
    """Return every score of the scale, for all answers and for every channel, with its share."""
    together = counts.groupby("score", as_index=False)["n"].sum().assign(channel=ALL)
    channels = natural_order(counts["channel"]) if by_channel else []
    everything = pd.concat([together, counts]) if by_channel else together
    grid = pd.MultiIndex.from_product(
        [[ALL, *channels], range(scale[0], scale[1] + 1)], names=["channel", "score"]
    )
    filled = (
        everything.set_index(["channel", "score"])["n"].reindex(grid, fill_value=0).reset_index()
    )
    filled["share"] = filled["n"] / filled.groupby("channel")["n"].transform("sum")
    return filled


def _row(
    name: str, group: pd.DataFrame, found: unimodality.Unimodality, confidence: float
) -> dict[str, Any]:
    score, n, share = (group[column].to_numpy() for column in ("score", "n", "share"))
    total, first, last = int(n.sum()), int(n[0]), int(n[-1])
    low, high = proportions.wilson(first + last, total, confidence=check.confidence(confidence))
    return {
        "channel": name,
        "n": total,
        "share_low": first / total,
        "share_high": last / total,
        "share_ends": (first + last) / total,
        "ci_low": float(low),
        "ci_high": float(high),
        "confidence": confidence,
        "bimodality": bimodality(score, n),
        "statistic": found.statistic if len(n) > 2 else np.nan,
        "pvalue": found.pvalue,
        "off_one_peak": float(np.abs(share - found.fitted).sum() / 2),
        "method": Method.SHAPE.value,
    }


def _with_peaks(frame: pd.DataFrame, groups: list[pd.DataFrame], seed: int) -> pd.DataFrame:
    """Adjust the p values of the channels for one another, and name the peaks beyond chance."""
    one_of_all = frame["channel"] == ALL
    adjusted = frame["pvalue"].where(one_of_all, np.nan).to_numpy(float, copy=True)
    adjusted[~one_of_all] = multiplicity.adjust_pvalues(frame.loc[~one_of_all, "pvalue"])
    frame.insert(frame.columns.get_loc("pvalue") + 1, "pvalue_adj", adjusted)
    peaks = []
    # what is tested again, without near peaks, is held to the level that the adjustment leaves
    levels = SURE * frame["pvalue"] / adjusted
    for pvalue, level, group in zip(adjusted, levels, groups, strict=True):
        told = pvalue < SURE and group["n"].sum() >= ENOUGH
        at = _peaks(group["n"].to_numpy(), level, seed) if told else ()
        peaks.append([int(group["score"].iloc[place]) for place in at] or [pd.NA, pd.NA])
    for number, name in enumerate(("peak_low", "peak_high")):
        values = pd.array([pair[number] for pair in peaks], dtype="Int64")
        frame.insert(frame.columns.get_loc("method"), name, values)
    return frame


def _peaks(n: np.ndarray, level: float, seed: int) -> tuple[int, ...]:
    """Return the positions of two peaks far apart, or those of two near ones."""
    found = unimodality.far_peaks(n, far(len(n)), level=level, seed=seed)
    return found or unimodality.two_peaks(n)[1:]


def _with_valleys(
    histogram: pd.DataFrame, frame: pd.DataFrame, tests: list[unimodality.Unimodality]
) -> pd.DataFrame:
    """Add the likeliest shape with one peak, and where fewer answered between two peaks."""
    peaks = frame.set_index("channel").loc[histogram["channel"], ["peak_low", "peak_high"]]
    low, high = (peaks[name].fillna(0).to_numpy(int) for name in peaks)  # 0 and 0: nothing between
    fitted = np.concatenate([found.fitted for found in tests])
    between = (histogram["score"] > low) & (histogram["score"] < high)
    return histogram.assign(one_peak=fitted, valley=between & (histogram["share"] < fitted))
