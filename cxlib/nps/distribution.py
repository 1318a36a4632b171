"""Counts -> the shape behind an NPS: shares by score and by kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import pandas as pd

from cxlib import language as words
from cxlib.nps import figures, intervals
from cxlib.nps.counts import WEIGHT, ScoreCounts
from cxlib.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, eq=False)
class Distribution(Result):
    """How many answered which score, and how far opinions are apart.

    `frame`: `score, n, share, kind, confidence, method`; `n` people, `share` in [0, 1], weighted
    where answers are."""

    counts: ScoreCounts | None = None
    formats: ClassVar[dict[str, str]] = {"share": "percent", "score": "integer"}

    def summary(self, language: str = "en") -> str:
        """Say the shares of promoters, passives and detractors, and how far opinions are apart."""
        return words.text(
            "nps.histogram",
            language,
            n=words.number(self.frame["n"].sum()),
            apart=words.number(100 * self.polarisation),
            **self._shares(),
        )

    @property
    def polarisation(self) -> float:
        """Variance of one answer scored +1, 0, -1: 0 where all are of one kind, 1 where half
        promote and half detract."""
        share = self.frame.groupby("kind")["share"].sum()
        return float(
            intervals.variance_of(share.get("promoters", 0), 1, share.get("detractors", 0))
        )

    def plot(self, ax: Axes | None = None, *, finding: str = "", language: str = "en") -> Axes:
        """Draw the histogram in the colours of detractors, passives and promoters."""
        counts = self.counts
        return figures.histogram(
            self.frame,
            ax,
            finding=finding or words.text("nps.title_histogram", language, **self._shares()),
            measured=words.text(
                "nps.measured_counts", language, n=words.number(self.frame["n"].sum())
            ),
            promoter=counts.promoter,
            detractor=counts.detractor,
            scale=counts.scale,
        )

    def _shares(self) -> dict[str, str]:
        shares = self.frame.groupby("kind")["share"].sum()
        return {
            kind: words.percent(shares.get(kind, 0.0), 0)
            for kind in ("promoters", "passives", "detractors")
        }


def distribution(counts: ScoreCounts) -> Distribution:
    """Count answers by score, with every score of the scale, also those nobody gave.

    Use it before any NPS: very different customers can have the same NPS.

    Parameters
    ----------
    counts : ScoreCounts
        Of any segments; they are added up.

    Returns
    -------
    Distribution
    """
    by_score = (
        counts.frame.groupby("score")[["n", *([WEIGHT] if counts.design else [])]]
        .sum()
        .reindex(range(counts.scale[0], counts.scale[1] + 1), fill_value=0)
    )
    score, n, weight = (
        by_score.index.to_numpy(),
        by_score["n"].to_numpy(),
        by_score.iloc[:, -1].to_numpy(),
    )
    kind = np.where(
        score >= counts.promoter,
        "promoters",
        np.where(score <= counts.detractor, "detractors", "passives"),
    )
    frame = pd.DataFrame(
        {
            "score": score,
            "n": n,
            "share": weight / weight.sum(),
            "kind": kind,
            "confidence": np.nan,
            "method": "count",
        }
    )
    return Distribution(frame, "count", counts=counts)
