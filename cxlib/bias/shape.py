"""Scores by channel -> their histogram, how many sit at the two ends, and both readings of a J."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib import check, inference, scales
from cxlib import language as words
from cxlib.bias import figures
from cxlib.bias.promoters import scores
from cxlib.errors import EmptyDataError
from cxlib.result import Absent, Result
from cxlib.table import natural_order

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FLAT = 5 / 9  # the bimodality coefficient of a flat distribution (SAS Institute 1990)
ENOUGH = 30  # answers, for a channel to be named in the title
ALL = ""  # the group of all channels together


@dataclass(frozen=True, slots=True, eq=False)
class Shape(Result):
    """The shape of the scores. `frame` has one row for all answers (channel "") and one a channel.

    Columns: `channel`, `n`, `share_low` and `share_high` (at the lowest and the highest score),
    `share_ends` (both) with `ci_low`, `ci_high`, `confidence`; `bimodality` (coefficient; missing
    under 4 answers or where all are equal), `method`. `histogram` has `channel`, `score`, `n`,
    `share`, every score of the scale in every channel."""

    histogram: pd.DataFrame | None = None
    scale: tuple[int, int] = (0, 10)

    formats: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("share_low", "share_high", "share_ends", "ci_low", "ci_high"), "percent"
    ) | {"confidence": "level", "bimodality": "decimal2"}

    def summary(self, language: str = "en") -> str:
        """Say how much lies at the ends, and both readings where the shape has two camps."""
        row = self.frame.iloc[0]
        said = words.text(
            "bias.shape",
            language,
            n=words.number(row["n"]),
            low=self.scale[0],
            high=self.scale[1],
            ends=words.percent(row["share_ends"]),
            lowest=words.percent(row["share_low"]),
            highest=words.percent(row["share_high"]),
        )
        if np.isnan(row["bimodality"]):
            return f"{said} {words.text('bias.shape_unknown', language)}"
        two = row["bimodality"] > FLAT
        said = f"{said} {words.text('bias.shape_coefficient', language, bimodality=words.number(row['bimodality'], 2))}"  # noqa: E501
        return f"{said} {words.text('bias.shape_two_camps' if two else 'bias.shape_one_camp', language)}"  # noqa: E501

    def plot(self, ax: Axes | None = None, *, language: str = "en") -> Axes:
        """Draw one small histogram a channel, the scores at the ends in colour; returns the first
        Axes."""
        channels = [channel for channel in self.frame["channel"] if channel != ALL] or [ALL]
        names = {
            channel: channel or words.text("bias.all_answers", language) for channel in channels
        }
        enough = self.frame[self.frame["channel"].isin(channels) & (self.frame["n"] >= ENOUGH)]
        several = len(enough) > 1
        top = (
            enough.sort_values("share_ends", kind="stable").iloc[-1]
            if several
            else self.frame.iloc[0]
        )
        finding = words.text(
            "bias.shape_title" if several else "bias.shape_title_all",
            language,
            channel=names.get(top["channel"], ""),
            ends=words.percent(top["share_ends"], 0),
            low=self.scale[0],
            high=self.scale[1],
        )
        return figures.histograms(
            self.histogram,
            names,
            self.scale,
            ax,
            finding=finding,
            measured=words.text("bias.shape_measured", language),
        )


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
    Shape

    Raises
    ------
    EmptyDataError
        If there is no score.

    Notes
    -----
    Bimodality coefficient (G1^2 + 1) / (G2 + 3 (n-1)^2 / ((n-2)(n-3))), with 5/9 for a flat
    distribution (SAS Institute 1990); a strong skew alone raises it too. Hartigan's dip test is not
    given: it assumes a continuous distribution and rejects every lattice, so it calls a 5-point
    histogram of 50, 150, 600, 150, 50 bimodal with p = 0. A J-shape proves nothing by itself:
    customers may be divided, or those without strong feelings may be silent (Hu, Pavlou and Zhang
    2009)."""
    if score is None:
        return Absent.of("bias.absent_score")
    low, high = scales.checked_scale(scale)
    counted = scores(data, score=score, scale=(low, high), by=channel).rename(
        columns={"group": "channel"}
    )
    if counted.empty:
        raise EmptyDataError(f"score={score!r}: no row holds a score, so there is no shape")
    together = counted.groupby("score", as_index=False)["n"].sum().assign(channel=ALL)
    channels = natural_order(counted["channel"]) if channel is not None else []
    everything = pd.concat([together, counted]) if channel is not None else together
    grid = pd.MultiIndex.from_product(
        [[ALL, *channels], range(low, high + 1)], names=["channel", "score"]
    )
    filled = (
        everything.set_index(["channel", "score"])["n"].reindex(grid, fill_value=0).reset_index()
    )
    filled["share"] = filled["n"] / filled.groupby("channel")["n"].transform("sum")
    rows = [
        _row(name, group["score"].to_numpy(), group["n"].to_numpy(), confidence)
        for name, group in filled.groupby("channel", sort=False)
    ]
    few = [row["channel"] for row in rows if row["n"] < ENOUGH and row["channel"] != ALL]
    warnings = [words.text("bias.shape_few", names=words.joined(few))] if few else []
    return Shape(
        pd.DataFrame(rows),
        "bimodality coefficient",
        tuple(warnings),
        histogram=filled,
        scale=(low, high),
    )


def bimodality(score: ArrayLike, n: ArrayLike) -> float:
    """Bimodality coefficient of a histogram; missing under 4 answers or where all are equal.

    Examples
    --------
    >>> round(bimodality([1, 2, 3, 4, 5], [180, 60, 70, 190, 500]), 6)
    0.815641
    """
    x, k = np.asarray(score, float), np.asarray(n, float)
    total = k.sum()
    if total < 4:
        return float("nan")
    centred = x - k @ x / total
    m2, m3, m4 = (float(k @ centred**power) / total for power in (2, 3, 4))
    if m2 == 0:
        return float("nan")
    skewness = m3 / m2**1.5 * np.sqrt(total * (total - 1)) / (total - 2)
    kurtosis = (total - 1) / ((total - 2) * (total - 3)) * ((total + 1) * (m4 / m2**2 - 3) + 6)
    return float(
        (skewness**2 + 1) / (kurtosis + 3 * (total - 1) ** 2 / ((total - 2) * (total - 3)))
    )


def _row(name: str, score: np.ndarray, n: np.ndarray, confidence: float) -> dict[str, Any]:
    total, first, last = int(n.sum()), int(n[0]), int(n[-1])
    low, high = inference.wilson(first + last, total, confidence=check.confidence(confidence))
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
        "method": "Wilson; bimodality coefficient",
    }
