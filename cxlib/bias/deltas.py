"""A weighted figure and a shift of the silent ones -> the figure of everyone who was asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Unpack

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.bias import range_figures
from cxlib.bias.kinds import Method
from cxlib.bias.means import Mean
from cxlib.bias.promoters import WeightedNps
from cxlib.errors import ParameterError
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method, limits, with_limits

if TYPE_CHECKING:
    from matplotlib.axes import Axes

SHIFTS = (-50, -20, -10, 0, 10, 20, 50)  # points


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Delta(Result):
    """The figure of everyone asked, were the silent ones different by so much: assumptions.

    `frame` has one row a shift: `shift` (silent ones minus respondents), `n` (asked), `nps` in
    points or `mean`, `ci_low`, `ci_high`, `confidence`, `method`. `turning` is the shift at which
    the NPS of all is `threshold` (missing where none that is possible does that)."""

    answered: int
    plain: float
    threshold: float
    turning: float

    columns: ClassVar[Mapping[str, Format]] = {
        "shift": "change",
        "n": "integer",
        "nps": "points",
        **with_limits("mean", "decimal2"),
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("bias.delta_caption")
    row_keys: ClassVar[tuple[str, ...]] = ("shift",)

    @property
    def estimate(self) -> str:
        """The column with the estimate: `nps` or `mean`."""
        return "nps" if "nps" in self.frame else "mean"

    @property
    def formats(self) -> Mapping[str, Format]:
        """How its columns are written: an NPS in points."""
        if self.estimate == "mean":
            return {**self.columns, "shift": "decimal2"}
        return {**self.columns, **limits("points")}

    def summary(self, language: str = "en") -> str:
        """Say the figure at the smallest and largest shift, and which shift turns the NPS."""
        first, last = (self.frame.loc[at()] for at in _ends(self.frame))
        points = self.estimate == "nps"
        said: tuple[Message, ...] = (
            self._assumed("bias.delta_nps" if points else "bias.delta_mean", first),
        )
        if last["shift"] > first["shift"]:
            other = "bias.delta_nps_other" if points else "bias.delta_mean_other"
            said += (self._assumed(other, last),)
        return Sentences(said + ((self._turn(),) if points else ())).text(language)

    def _assumed(self, key: str, row: pd.Series) -> Message:
        return Message(
            key,
            silent=int(row["n"]) - self.answered,
            asked=int(row["n"]),
            plain=self.plain,
            shift=_than(row["shift"], self.estimate),
            at=row[self.estimate],
            level=row["confidence"],
            low=row["ci_low"],
            high=row["ci_high"],
        )

    def _turn(self) -> Message:
        if np.isnan(self.turning):
            return Message("bias.delta_no_turn", line=self.threshold)
        key = "bias.delta_turn_lower" if self.turning < 0 else "bias.delta_turn_higher"
        return Message(key, line=self.threshold, by=abs(self.turning), at=self.plain + self.turning)

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw the figure at each shift with its interval."""
        points = self.estimate == "nps"
        row = Message("bias.delta_row") if points else Message("bias.delta_row_mean")
        ax = range_figures.ranges(
            self.frame,
            [Message(row.key, shift=shift) for shift in self.frame["shift"]],
            ax,
            estimate=self.estimate,
            dashed=[True] * len(self.frame),
            finding=Message("bias.delta_title"),
            measured=Message(
                "bias.delta_measured",
                answered=self.answered,
                asked=self.frame["n"].iloc[0],
                level=self.frame["confidence"].iloc[0],
            ),
            language=language,
        )
        return self.with_numbers(
            ax,
            self.frame,
            [Message(row.key, shift=shift) for shift in self.frame["shift"]],
            self.estimate,
            language=language,
        )


@check.arguments
def delta(
    found: WeightedNps | Mean | Absent,
    *,
    invited: int | None = None,
    population: int | None = None,
    shifts: Sequence[float] | None = None,
    scale: tuple[float, float] | None = None,
    threshold: float = 0.0,
) -> Delta | Absent:
    """Ask what the figure of everyone would be, were the silent ones different by so much.

    Use it with people who know the silent ones: whether a shift is likely is theirs to say.

    Parameters
    ----------
    found : WeightedNps or Mean
        From `estimate_nps` or `estimate_mean`; the weighted figure is the base. An `Absent` gives
        another.
    invited, population : int, optional
        How many were asked, as in `bounds`. Neither gives an `Absent`.
    shifts : sequence of float, optional
        Figure of the silent ones minus that of the respondents: points of NPS (by default 0 and 10,
        20, 50 either way), or units of the mean, which must be named.
    scale : (float, float), optional
        Lowest and highest answer that a mean can be; an NPS lies within -100 and 100.
    threshold : float
        The NPS whose shift is looked for, in points.

    Returns
    -------
    Delta or Absent
        One row a shift: `n` (asked), `nps` or `mean`, limits. An `Absent` where everybody answered.

    Raises
    ------
    ParameterError
        If more answered than were asked, shifts are missing (for a mean), not finite or named
        twice, the scale does not run upwards, or `threshold` is not between -100 and 100.

    Notes
    -----
    f m + (1 - f) clip(m + d), with f the share that answered and m the weighted figure. It only
    grows with m, so the limits of m give those of the result; they know of chance alone. The
    respondents' share of f is that of people, not of weights. The threshold t is met at d = (t - m)
    / (1 - f).

    Examples
    --------
    >>> from cxlib import bias
    >>> rows = pd.DataFrame({"score": [10] * 6 + [0] * 4})
    >>> nps = bias.estimate_nps(rows, score="score", weights=bias.rake(rows, targets={}))
    >>> delta(nps, invited=40, shifts=[-20, 0]).frame["nps"].round(6).tolist()
    [5.0, 20.0]
    """
    if isinstance(found, Absent):
        return Absent.of("bias.absent_range", Delta)
    asked = population if invited is None else invited
    if asked is None:
        return Absent.of("bias.absent_bounds", Delta)
    estimate = "nps" if isinstance(found, WeightedNps) else "mean"
    low, high = _scale(scale, estimate)
    chosen = _usable_shifts(shifts, estimate)
    base = found.frame.iloc[-1]
    n, f = int(base["n"]), int(base["n"]) / asked
    if f > 1 or asked < 1:
        raise ParameterError(
            f"invited={asked:,} is less than the {n:,} answers; count each person once, and only "
            "answers that belong to these invitations"
        )
    if n == asked:
        return Absent.of("bias.absent_silent", Delta)
    if not -100 < threshold < 100:
        raise ParameterError(f"threshold={threshold!r} must lie between -100 and 100, in points")
    columns = {
        name: [f * base[name] + (1 - f) * min(max(base[name] + d, low), high) for d in chosen]
        for name in (estimate, "ci_low", "ci_high")
    }
    frame = pd.DataFrame({"shift": [float(d) for d in chosen], "n": asked, **columns})
    return Delta(
        frame=frame.assign(confidence=base["confidence"], method=Method.DELTA.value),
        method=Method.DELTA,
        answered=n,
        plain=float(base[estimate]),
        threshold=float(threshold),
        turning=_turning(float(base[estimate]), f, threshold, estimate),
    )


def _than(shift: float, estimate: str) -> Message:
    if shift == 0:
        return Message("bias.delta_by_none")
    if estimate == "mean":
        key = "bias.delta_by_lower_mean" if shift < 0 else "bias.delta_by_higher_mean"
    else:
        key = "bias.delta_by_lower" if shift < 0 else "bias.delta_by_higher"
    return Message(key, by=abs(shift))


def _ends(frame: pd.DataFrame) -> tuple[Any, Any]:
    return frame["shift"].idxmin, frame["shift"].idxmax


def _scale(scale: tuple[float, float] | None, estimate: str) -> tuple[float, float]:
    if estimate == "nps":
        return -100.0, 100.0
    if scale is None:
        return -np.inf, np.inf
    if not scale[0] < scale[1]:
        raise ParameterError(f"scale={scale!r} must be (lowest, highest) answer, such as (1, 5)")
    return scale


def _usable_shifts(shifts: Sequence[float] | None, estimate: str) -> Sequence[float]:
    if shifts is None and estimate == "mean":
        raise ParameterError(
            "shifts=None: how far the silent ones' mean may differ depends on its scale; give "
            "shifts, such as (-0.5, 0, 0.5)"
        )
    chosen = SHIFTS if shifts is None else shifts
    if not len(chosen) or len(set(chosen)) < len(chosen) or not np.isfinite(chosen).all():
        raise ParameterError(f"shifts={list(chosen)!r} must be different finite numbers")
    return chosen


def _turning(mean: float, f: float, threshold: float, estimate: str) -> float:
    """Return the shift that brings the NPS to the threshold, missing where none that is possible
    does."""
    if estimate == "mean" or f == 1:
        return float("nan")
    shift = (threshold - mean) / (1 - f)
    return shift if -100 <= mean + shift <= 100 else float("nan")
