"""Counts -> NPS with its score interval, by segment, and what to be careful about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import inference, theme
from cxlib import language as words
from cxlib.errors import ParameterError
from cxlib.nps import figures, intervals
from cxlib.nps.counts import ScoreCounts, count_scores
from cxlib.result import Result

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEW_ANSWERS, FEW_OF_A_KIND = 30, 5


@dataclass(frozen=True, slots=True, eq=False)
class Scores(Result):
    """NPS by segment: `[*by], n, promoters, passives, detractors, nps, se, ci_low, ci_high, confidence, method`."""

    by: tuple[str, ...] = ()
    formats: ClassVar[dict[str, str]] = dict.fromkeys(("nps", "se", "ci_low", "ci_high"), "points") | {"confidence": "level"}

    def row(self, **where: Any) -> pd.Series:
        """Return the one row of a segment; the only row where there is one."""
        frame = self.frame
        for column, value in where.items():
            frame = frame[frame[column] == value]
        return frame.iloc[-1]

    def summary(self, language: str = "en", **where: Any) -> str:
        """Say the NPS of one segment (the last row by default) with interval and n."""
        if self.frame.empty:
            return " ".join(self.warnings)
        row = self.row(**where)
        name = " · ".join(words.label(row[column]) for column in self.by)
        return words.text("nps.level_of" if name else "nps.level", language, name=name, **_said(row))

    def plot(self, ax: Axes | None = None, *, finding: str = "", language: str = "en", joined: bool = False) -> Axes:
        """Draw each segment's NPS with its interval and n; `joined` connects them in time."""
        if self.frame.empty:
            return theme.message(ax, " ".join(self.warnings))
        return figures.levels(self.frame, self.by, ax, finding=finding, joined=joined,
                              measured=words.text("nps.measured_level", language,
                                                  confidence=words.level(self.frame["confidence"].iloc[0])))


def score(data: Any, *, score: str | None = None, by: str | Sequence[str] | None = (), confidence: float = 0.95,
          **counting: Any) -> Scores:
    """Net promoter score with Tango's score interval, by segment.

    Use it instead of a bare NPS: the interval is never outside -100 to 100, never of width 0, and holds from n = 1 on.

    Parameters
    ----------
    data : ScoreCounts, or rows in any form that `table.as_table` takes
        Ready counts, or one row an answer.
    score : str, optional
        Column of scores, `"score"` where it is None; not needed with ready counts.
    by : str or sequence of str
        Columns whose values tell segments apart.
    confidence : float
        Level of the interval.
    **counting
        `scale`, `promoter`, `detractor` of `count_scores`; refused with ready counts, which have theirs.

    Returns
    -------
    Scores
        One row a segment in natural order: counts of people; `nps`, `se`, `ci_low`, `ci_high` in points (-100 to 100).

    Raises
    ------
    CxError
        What `count_scores` refuses.

    Notes
    -----
    NPS is the difference of the two discordant cells of a paired table, so the paired literature applies: score limits of
    Tango (1998, Statistics in Medicine 17: 891-908). `se` is the plain sqrt((p + q - (p - q)^2) / n), which is 0 where all
    answers are of one kind; the interval is not made from it. Compared with exact arithmetic (mpmath) to 1e-9 on [-1, 1].

    Examples
    --------
    >>> import pandas as pd
    >>> result = score(pd.DataFrame({"score": [10] * 40 + [8] * 100 + [2] * 20}), score="score")
    >>> result.summary()
    'The NPS is 12.5 (95 % interval 3.1 to 21.8, n = 160).'
    """
    counts = counted(data, score, by, counting)
    z = inference.z_value(confidence)
    frame = counts.categories()
    a, n, c = (frame[name].to_numpy(float) for name in ("promoters", "n", "detractors"))
    low, high = intervals.score_limits(a, n, c, z=z)
    frame = frame.assign(nps=100 * intervals.nps_of(a, n, c), se=100 * np.sqrt(intervals.variance_of(a, n, c) / n),
                         ci_low=100 * low, ci_high=100 * high, confidence=float(confidence), method="score (Tango)")
    return Scores(frame, "score (Tango)", _cautions(frame, counts.by), by=counts.by)


def counted(data: Any, score: str | None, by: str | Sequence[str] | None, counting: dict[str, Any]) -> ScoreCounts:
    """Return ready counts over `by`, or count the rows."""
    if isinstance(data, ScoreCounts):
        if counting:
            raise ParameterError(f"{', '.join(counting)}: ready counts were made with theirs; pass it to count_scores")
        return data.over(by)
    return count_scores(data, score=score or "score", by=by, **counting)


def _cautions(frame: pd.DataFrame, by: tuple[str, ...]) -> tuple[str, ...]:
    """Say which segments are small, or have few promoters or detractors."""
    if frame.empty:
        return (words.text("nps.nobody_in", columns=words.joined(map(repr, by))),)
    name = frame[list(by)].map(words.label).agg(" · ".join, axis=1) if by else pd.Series(words.text("nps.all"), index=frame.index)
    small = frame["n"] < FEW_ANSWERS
    rare = ~small & (frame[["promoters", "detractors"]].min(axis=1) < FEW_OF_A_KIND)
    out = []
    if small.any():
        out.append(words.text("nps.small_n", limit=FEW_ANSWERS, names=_listed(name[small])))
    if rare.any():
        out.append(words.text("nps.few_of_a_kind", limit=FEW_OF_A_KIND, names=_listed(name[rare])))
    return tuple(out)


def _listed(names: pd.Series, most: int = 6) -> str:
    rest = len(names) - most
    shown = list(names[:most]) + ([words.text("nps.more", n=rest)] if rest > 0 else [])
    return words.joined(shown)


def _said(row: pd.Series) -> dict[str, str]:
    return {"nps": words.points(row["nps"]), "low": words.points(row["ci_low"]), "high": words.points(row["ci_high"]),
            "n": words.number(row["n"]), "confidence": words.level(row["confidence"])}
