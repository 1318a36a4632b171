"""Answers and silence -> the range in which the NPS of everyone must lie, whatever the silent ones
think."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Unpack

import pandas as pd

from cxlib import check
from cxlib.bias import range_figures, yardsticks
from cxlib.bias.balance import Representativeness
from cxlib.bias.kinds import Kind, Method
from cxlib.bias.methods import worst_case
from cxlib.bias.promoters import WeightedNps
from cxlib.bias.tipping import Tipping
from cxlib.errors import ParameterError
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_LABELS = {
    Kind.UNWEIGHTED: "bias.label_unweighted",
    Kind.WEIGHTED: "bias.label_weighted",
    Kind.INVITED: "bias.label_invited",
    Kind.POPULATION: "bias.label_population",
}


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Bounds(Result):
    """How wrong the NPS could still be.

    `frame` has one row a question: `kind`, `n`, `nps` (missing for a range), `ci_low`, `ci_high`,
    `confidence`, `method`. Kinds: `unweighted` and `weighted` (sampling error alone), `invited`
    (the NPS had all who were invited answered: certain), `population` (the same for everyone they
    were drawn from, with the sampling error of the invitation). `tipping` is how many times as
    likely promoters would have to be to answer as detractors for the NPS to lie at the threshold
    (below 1: the other way round; missing where no ratio does that)."""

    answered: int
    asked: int
    turning: Tipping

    columns: ClassVar[Mapping[str, Format]] = {
        "kind": Kind,
        "n": "integer",
        **with_limits("nps", "points"),
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.bounds_caption")

    def row(self, kind: Kind | str) -> pd.Series:
        """Return the row of a kind."""
        return self.frame.set_index("kind").loc[kind]

    def summary(self, language: str = "en") -> str:
        """Say the range, and, where it holds the threshold, what would turn the NPS around it."""
        kinds = set(self.frame["kind"])
        row = self.row(Kind.INVITED if Kind.INVITED in kinds else Kind.POPULATION)
        key = "bias.bounds" if Kind.INVITED in kinds else "bias.bounds_listed"
        said = Message(
            key if self.answered < self.asked else "bias.bounds_all",
            answered=self.answered,
            asked=self.asked,
            rate=self.answered / self.asked,
            low=row["ci_low"],
            high=row["ci_high"],
        )
        more = () if self.turning.excluded else self.turning.sentences()
        return Sentences((said, *more)).text(language)

    @property
    def tipping(self) -> float:
        """How unequal answering must have been for the NPS to lie at the threshold."""
        return self.turning.ratio

    @property
    def yardstick(self) -> yardsticks.Yardstick | None:
        """The largest ratio of response rates between known groups; None where it is unknown."""
        return self.turning.yardstick

    def tipping_point(self, language: str = "en") -> str:
        """Say how unequal answering would have to be for the NPS to lie at the threshold, or that
        nothing can bring it there."""
        return Sentences(self.turning.sentences()).text(language)

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw the intervals and the ranges under each other."""
        names = [
            Message("bias.label_drawn_from") if pd.isna(n) else Message(_LABELS[Kind(kind)], n=n)
            for kind, n in zip(self.frame["kind"], self.frame["n"], strict=True)
        ]
        row = self.frame.iloc[2]
        ax = range_figures.ranges(
            self.frame,
            names,
            ax,
            estimate="nps",
            dashed=[False] * len(names),
            finding=Message("bias.bounds_title", low=row["ci_low"], high=row["ci_high"]),
            measured=Message(
                "bias.bounds_measured",
                confidence=self.frame["confidence"].iloc[0],
                answered=self.answered,
                asked=self.asked,
            ),
            language=language,
        )
        return self.with_numbers(ax, self.frame, names, "nps", n=None, language=language)


@check.arguments
def bounds(
    nps: WeightedNps | Absent,
    *,
    invited: int | None = None,
    population: int | None = None,
    threshold: float = 0.0,
    yardstick: Representativeness | Absent | None = None,
    confidence: float = 0.95,
) -> Bounds | Absent:
    """Bound the NPS of everyone by what the silent ones could be at most: all promoters, or all
    detractors.

    Use it beside every weighted NPS: weighting mends only what its margins explain, these bounds
    assume nothing.

    Parameters
    ----------
    nps : WeightedNps
        From `estimate_nps`; an `Absent` gives another.
    invited : int, optional
        How many were asked. Without it, everyone in `population` is taken as asked.
    population : int, optional
        How many people the invited were drawn from at random (a number of people, not the column of
        sampling units that `estimate_nps` takes); unknown, and taken as very many, where it is
        None.
    threshold : float
        The line that decides something, in points: what would turn the NPS around it is said where
        the bounds hold it.
    yardstick : Representativeness, optional
        From `representativeness`: how much known groups differed in answering is said beside the
        tipping point, so that a reader knows whether its number is large; `verdict` goes by it. An
        `Absent` says nothing.
    confidence : float
        Level at which the range for the population covers the truth, at least.

    Returns
    -------
    Bounds or Absent
        One row a question, `kind` `unweighted`, `weighted`, `invited` (or `population` where
        `invited` is None), and `population` for those the invited were drawn from: `n`, `nps`
        (missing for a range), `ci_low`, `ci_high` in points. An `Absent` where there is no NPS, or
        neither number is known.

    Raises
    ------
    ParameterError
        If there are more answers than invitations, more invitations than people, `threshold` does
        not lie between -100 and 100, or `confidence` not between 0 and 1.

    Notes
    -----
    Manski's (1989) worst case, NPS f -/+ 100 (1 - f) with f the share that answered, unweighted.
    For the population each end is moved outwards by z standard errors of the mean of 100, 0, -100
    over the invited, silence counted as the worst (best) case; this covers the whole range, not
    only the truth, at `confidence` (Horowitz and Manski 2000). It takes the invited as a simple
    random sample, so it is left out, with a warning, where base weights, clusters or strata say
    that they are not. Tipping point: see `methods.tipping_points`; it is that of the weighted
    answers, so it counts what the margins do not explain."""
    if isinstance(nps, Absent):
        return Absent.of("bias.absent_range", Bounds)
    asked = population if invited is None else invited
    if asked is None:
        return Absent.of("bias.absent_bounds", Bounds)
    check.confidence(confidence)
    _refuse_threshold(threshold)
    up, down = nps.promoters, nps.detractors
    n = up + nps.passives + down
    _refuse_too_few(n, asked, population)
    low, high = worst_case.manski(
        100 * (up - down) / n, answered=n, asked=asked, lowest=-100, highest=100
    )
    said = ["kind", "n", "nps", "ci_low", "ci_high", "confidence", "method"]
    kind = Kind.POPULATION if invited is None else Kind.INVITED
    rows = [
        nps.frame[said].astype({"n": "Int64"}),
        _range(kind, asked, low, high, 1.0, Method.MANSKI),
    ]
    if invited is not None and nps.equal_chances:
        rows.append(_range_of_all(nps, (low, high), asked, population, confidence))
    alone = invited is not None and not nps.equal_chances
    frame = pd.concat(rows, ignore_index=True)
    return Bounds(
        frame=frame,
        method=Method.MANSKI,
        warnings=(Message("bias.bounds_invited_only"),) if alone else (),
        answered=n,
        asked=asked,
        turning=_turning(nps, frame, threshold, yardsticks.largest_ratio(yardstick)),
    )


def _refuse_threshold(threshold: float) -> None:
    if not -100 < threshold < 100:
        raise ParameterError(
            f"threshold={threshold!r} must lie between -100 and 100: an NPS in points, such as 0 "
            "or 30"
        )


def _turning(
    nps: WeightedNps, frame: pd.DataFrame, threshold: float, yardstick: yardsticks.Yardstick | None
) -> Tipping:
    # what is possible for those who were asked: the range beyond them has chance in it
    weighted, ranges = nps.row(Kind.WEIGHTED), frame[frame["nps"].isna()].head(1)
    return Tipping(
        line=float(threshold),
        nps=float(weighted["nps"]),
        low=float(weighted["ci_low"]),
        high=float(weighted["ci_high"]),
        confidence=float(weighted["confidence"]),
        shares=nps.shares,
        ends=[(low, high) for low, high in zip(ranges["ci_low"], ranges["ci_high"], strict=True)],
        n=int(weighted["n"]),
        margins=nps.margins,
        base=nps.base,
        yardstick=yardstick,
    )


def _refuse_too_few(n: int, asked: int, population: int | None) -> None:
    if asked < n:
        raise ParameterError(
            f"invited={asked:,} is less than the {n:,} answers; count each person once, and only "
            "answers that belong to these invitations"
        )
    if population is not None and population < asked:
        raise ParameterError(
            f"population={population:,} is less than the {asked:,} who were invited; give everyone "
            "they were drawn from"
        )


def _range_of_all(
    nps: WeightedNps,
    ends: tuple[float, float],
    asked: int,
    population: int | None,
    confidence: float,
) -> pd.DataFrame:
    """Move the ends outwards by the sampling error of the invitation, the silent ones all
    detractors, or all promoters."""
    silent = asked - (nps.promoters + nps.passives + nps.detractors)
    below, above = (
        worst_case.sampling_error(
            nps.promoters + more_up,
            nps.detractors + more_down,
            asked=asked,
            people=population,
            confidence=confidence,
        )
        for more_up, more_down in ((0, silent), (silent, 0))
    )
    low, high = max(ends[0] - below, -100.0), min(ends[1] + above, 100.0)
    return _range(Kind.POPULATION, population, low, high, confidence, Method.MANSKI_SAMPLED)


def _range(
    kind: Kind, n: int | None, low: float, high: float, confidence: float, method: Method
) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "kind": [kind.value],
            "n": pd.array([n], dtype="Int64"),
            "nps": [float("nan")],
            "ci_low": [low],
            "ci_high": [high],
            "confidence": [confidence],
            "method": [method.value],
        }
    )
