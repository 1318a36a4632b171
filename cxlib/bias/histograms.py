"""Scores by channel -> their histogram, how many sit at the two ends, and both readings of a J."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.bias import figures
from cxlib.bias.kinds import Method
from cxlib.bias.methods.bimodality import FLAT, bimodality
from cxlib.bias.promoters import count_scores
from cxlib.errors import EmptyDataError
from cxlib.methods import proportions
from cxlib.rows.periods import natural_order
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ENOUGH = 30  # answers, for a channel to be named in the title
ALL = ""  # the group of all channels together


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Shape(Result):
    """The shape of the scores. `frame` has one row for all answers (channel "") and one a channel.

    Columns: `channel`, `n`, `share_low` and `share_high` (at the lowest and the highest score),
    `share_ends` (both) with `ci_low`, `ci_high`, `confidence`; `bimodality` (coefficient; missing
    under 4 answers or where all are equal), `method`. `histogram` has `channel`, `score`, `n`,
    `share`, every score of the scale in every channel."""

    histogram: pd.DataFrame
    scale: tuple[int, int] = (0, 10)

    columns: ClassVar[Mapping[str, Format]] = {
        "channel": "",
        "n": "integer",
        **dict.fromkeys(("share_low", "share_high", "share_ends"), "percent"),
        **limits("percent"),
        "confidence": "level",
        "bimodality": "decimal2",
        "method": Method,
    }
    shows: ClassVar[Message] = Message("bias.shape_caption")

    def summary(self, language: str = "en") -> str:
        """Say how much lies at the ends, and both readings where the shape has two camps."""
        row = self.frame.iloc[0]
        ends = Message(
            "bias.shape",
            n=row["n"],
            low=self.scale[0],
            high=self.scale[1],
            ends=row["share_ends"],
            lowest=row["share_low"],
            highest=row["share_high"],
        )
        if np.isnan(row["bimodality"]):
            return Sentences((ends, Message("bias.shape_unknown"))).text(language)
        two = row["bimodality"] > FLAT
        coefficient = Message("bias.shape_coefficient", bimodality=row["bimodality"])
        camps = Message("bias.shape_two_camps" if two else "bias.shape_one_camp")
        return Sentences((ends, coefficient, camps)).text(language)

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw one small histogram a channel, the scores at the ends in colour; returns the first
        Axes."""
        channels = [channel for channel in self.frame["channel"] if channel != ALL] or [ALL]
        names = {channel: channel or Message("bias.all_answers") for channel in channels}
        enough = self.frame[self.frame["channel"].isin(channels) & (self.frame["n"] >= ENOUGH)]
        several = len(enough) > 1
        most = enough.sort_values("share_ends", kind="stable") if several else self.frame.head(1)
        top = most.iloc[-1]
        low, high = self.scale
        return figures.histograms(
            self.histogram,
            names,
            self.scale,
            ax,
            finding=Message(
                "bias.shape_title" if several else "bias.shape_title_all",
                channel=top["channel"],
                ends=top["share_ends"],
                low=low,
                high=high,
            ),
            measured=Message("bias.shape_measured"),
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
) -> Shape | Absent:
    """Describe the shape of the scores, by channel: are the ends full and the middle empty?

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

    Returns
    -------
    Shape or Absent
        One row for all answers (channel "") and one a channel: `n`, `share_low`, `share_high`,
        `share_ends` with its limits in [0, 1], `bimodality`. `histogram` has every score of the
        scale. An `Absent` where `score` is None.

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
    Bimodality coefficient (G1^2 + 1) / (G2 + 3 (n-1)^2 / ((n-2)(n-3))), with 5/9 for a flat
    distribution (SAS Institute 1990); a strong skew alone raises it too. Hartigan's dip test is not
    given: it assumes a continuous distribution and rejects every lattice, so it calls a 5-point
    histogram of 50, 150, 600, 150, 50 bimodal with p = 0. A J-shape proves nothing by itself:
    customers may be divided, or those without strong feelings may be silent (Hu, Pavlou and Zhang
    2009)."""
    if score is None:
        return Absent.of("bias.absent_score", Shape)
    low, high = check.scale(scale)
    counts = count_scores(data, score=score, scale=(low, high), by=channel)
    if counts.empty:
        raise EmptyDataError(f"score={score!r}: no row holds a score, so there is no shape")
    histogram = _histogram(counts, (low, high), by_channel=channel is not None)
    rows = [
        _row(str(name), group["score"].to_numpy(), group["n"].to_numpy(), confidence)
        for name, group in histogram.groupby("channel", sort=False)
    ]
    few = [row["channel"] for row in rows if row["n"] < ENOUGH and row["channel"] != ALL]
    return Shape(
        frame=pd.DataFrame(rows),
        method=Method.SHAPE,
        warnings=(Message("bias.shape_few", names=few),) if few else (),
        histogram=histogram,
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


def _row(name: str, score: np.ndarray, n: np.ndarray, confidence: float) -> dict[str, Any]:
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
        "method": Method.SHAPE.value,
    }
