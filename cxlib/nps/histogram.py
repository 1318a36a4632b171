"""Counts -> the shape behind an NPS: shares by score and by kind."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.nps import figures
from cxlib.nps.method_names import Method
from cxlib.nps.methods import intervals
from cxlib.nps.score_counts import WEIGHT, ScoreCounts
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format
from cxlib.shown.text import Says
from cxlib.shown.vocabulary import level_and_method

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Kind(StrEnum):
    """What an answer makes of a customer; its words are `nps.kind_<value>`."""

    PROMOTERS = "promoters"
    PASSIVES = "passives"
    DETRACTORS = "detractors"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Kinds(Result):
    """Promoters, passives and detractors, one row a kind: `kind, answers, n, share, confidence,
    method`; `answers` of that kind, of `n` people; `share` in [0, 1], weighted where answers
    are."""

    columns: ClassVar[Mapping[str, Format]] = {
        "kind": Kind,
        **dict.fromkeys(("answers", "n"), "integer"),
        "share": "percent",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("nps.caption_kinds")
    row_keys: ClassVar[tuple[str, ...]] = ("kind",)

    def said_keys(self, place: int) -> Mapping[str, Message]:
        """Say beside a share how many answers it is."""
        return {"kind": Message("nps.answers_of_kind", n=self.frame["answers"].iloc[place])}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Distribution(Result):
    """How many answered which score, and how far opinions are apart.

    `frame`: `score, n, share, kind, confidence, method`; `n` people, `share` in [0, 1], weighted
    where answers are."""

    counts: ScoreCounts
    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("score", "n"), "integer"),
        "share": "percent",
        "kind": Kind,
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("nps.caption_distribution")
    rests_on: ClassVar[str | None] = ""  # n of a row is of one score
    row_keys: ClassVar[tuple[str, ...]] = ("score",)

    def summary(self, language: str = "en") -> str:
        """Say the shares of promoters, passives and detractors, and how far opinions are apart."""
        n, apart = self.frame["n"].sum(), 100 * self.polarisation
        return Message("nps.histogram", n=n, apart=apart, **self._shares()).text(language)

    def kinds(self) -> Kinds:
        """Return how many answers, and which share of them, are of promoters, passives and
        detractors."""
        answers = self.frame.groupby("kind")["n"].sum().reindex(list(Kind), fill_value=0)
        frame = pd.DataFrame(
            {
                "kind": [kind.value for kind in Kind],
                "answers": answers.to_numpy(),
                "n": answers.sum(),
                "share": list(self._shares().values()),
                "confidence": np.nan,
                "method": Method.COUNT.value,
            }
        )
        return Kinds(frame=frame, method=Method.COUNT)

    @property
    def polarisation(self) -> float:
        """Variance of one answer scored +1, 0, -1: 0 where all are of one kind, 1 where half
        promote and half detract."""
        shares = self._shares()
        return float(intervals.variance_of(shares[Kind.PROMOTERS], 1, shares[Kind.DETRACTORS]))

    @drawing
    def plot(
        self,
        ax: Axes | None = None,
        *,
        finding: Says = "",
        language: str = "en",
        **look: Unpack[Look],
    ) -> Axes:
        """Draw the histogram in the colours of detractors, passives and promoters."""
        ax = figures.histogram(
            self.frame,
            ax,
            finding=finding or Message("nps.title_histogram", **self._shares()),
            measured=Message("nps.measured_counts", n=self.frame["n"].sum()),
            names={kind.value: kind for kind in Kind},
            promoter=self.counts.promoter,
            detractor=self.counts.detractor,
            scale=self.counts.scale,
            language=language,
        )
        return self.with_numbers(
            ax, self.frame, self.frame["score"], "share", "n", n=None, language=language
        )

    def _shares(self) -> dict[str, Any]:
        shares = self.frame.groupby("kind")["share"].sum()
        return {kind.value: float(shares.get(kind.value, 0.0)) for kind in Kind}


@check.arguments
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
        One row a score of the scale: `score`, `n` (people), `share` in [0, 1] (weighted where
        answers are), `kind` (promoters, passives, detractors); `confidence` is missing, since
        nothing is estimated.
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
        Kind.PROMOTERS.value,
        np.where(score <= counts.detractor, Kind.DETRACTORS.value, Kind.PASSIVES.value),
    )
    frame = pd.DataFrame(
        {
            "score": score,
            "n": n,
            "share": weight / weight.sum(),
            "kind": kind,
            "confidence": np.nan,
            "method": Method.COUNT.value,
        }
    )
    return Distribution(frame=frame, method=Method.COUNT, counts=counts)
