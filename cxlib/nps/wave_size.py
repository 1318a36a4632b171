"""The answers of one wave -> how many the next one needs, while opinions stay as far apart as they
are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.nps.design import estimates
from cxlib.nps.method_names import Method
from cxlib.nps.planning import sample_size
from cxlib.nps.score_counts import ScoreCounts
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method

SIZES = (3, 5, 10, 15)  # points


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class NextWave(Result):
    """How many answers the next wave needs.

    `frame`: `points, n_precision, n_comparison, design_effect, confidence, method`; a row a size in
    points, smallest first.

    `n_precision` answers give an interval of +- `points`; `n_comparison` answers in each of two
    waves show a true difference of `points` four times out of five."""

    asked: float = SIZES[1]
    worst: bool = False
    columns: ClassVar[Mapping[str, Format]] = {
        "points": "figure",
        **dict.fromkeys(("n_precision", "n_comparison"), "integer"),
        "design_effect": "decimal2",
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("nps.caption_next_wave")
    row_keys: ClassVar[tuple[str, ...]] = ("points",)

    def summary(self, language: str = "en") -> str:
        """Say both numbers for the size that matters."""
        row = self.frame[self.frame["points"] == self.asked].iloc[0]
        said = {
            "size": row["points"],
            "precision": row["n_precision"],
            "comparison": row["n_comparison"],
            "confidence": row["confidence"],
        }
        if self.worst:
            return Message("nps.next_wave_worst", **said).text(language)
        return Message("nps.next_wave", **said).text(language)


@check.arguments
def next_wave(
    data: ScoreCounts,
    *,
    margin: float | None = None,
    sizes: Sequence[float] = SIZES,
    confidence: float = 0.95,
) -> NextWave | Absent:
    """Answers that the next wave needs, from the shares and the design effect of this one.

    Parameters
    ----------
    data : ScoreCounts
        Of the wave; segments are added up.
    margin : float, optional
        Smallest difference in points that matters; the sentence speaks of it (of 5 points where it
        is None).
    sizes : sequence of float
        Sizes to plan for, in points.
    confidence : float
        Level of the interval, and 1 - level that of the test.

    Returns
    -------
    NextWave or Absent
        One row a size, smallest first: `points`; `n_precision` answers for an interval of +-
        `points`; `n_comparison` answers in each of two waves to show a difference of `points` four
        times out of five; `design_effect` (n / n_eff). An `Absent`, where the answers of the wave
        all come from one of the sample's clusters: its design effect cannot be known.

    Raises
    ------
    ParameterError
        If a size or `margin` is not above 0, or above 200, the most that two NPS can differ by, or
        `confidence` does not lie between 0 and 1.
    WeightError
        If a stratum of the whole sample has a single cluster.

    Notes
    -----
    `sample_size` times the design effect n / n_eff. Where all answers are of one kind, the worst
    case is planned for."""
    row = estimates(data.over(None)).iloc[0]
    if np.isnan(row["se"]):
        return Absent.of("nps.no_plan", NextWave)
    spread = row["se"] ** 2 * row["n_eff"]
    if data.design:  # n_eff compares with an unbiased variance
        spread *= (row["n"] - 1) / row["n"]
    apart = (
        {}
        if spread == 0
        else {
            "promoters": (spread + row["nps"] ** 2 + row["nps"]) / 2,
            "detractors": (spread + row["nps"] ** 2 - row["nps"]) / 2,
        }
    )
    asked = SIZES[1] if margin is None else margin
    effect = float(row["n"] / row["n_eff"])
    rows = [
        {
            "points": size,
            "n_precision": int(
                np.ceil(effect * _exact(half_width=min(size, 100), confidence=confidence, **apart))
            ),
            "n_comparison": int(
                np.ceil(effect * _exact(difference=size, confidence=confidence, **apart))
            ),
        }
        for size in sorted({*sizes, asked})
    ]
    frame = pd.DataFrame(rows).assign(
        design_effect=effect, confidence=confidence, method=Method.DESIGN_EFFECT.value
    )
    return NextWave(frame=frame, method=Method.DESIGN_EFFECT, asked=asked, worst=not apart)


def _exact(**aim: Any) -> float:
    return float(sample_size(**aim).frame["n_exact"].iloc[0])
