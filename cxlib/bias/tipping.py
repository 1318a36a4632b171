"""Weighted shares and a line -> the sentences on how unequal answering would have to be to turn the
NPS around that line."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from cxlib.bias.methods import tipping_points
from cxlib.bias.yardsticks import Yardstick
from cxlib.shown.message import Message


class Camp(StrEnum):
    """Those who give one of the kinds of answer, or either of two."""

    PROMOTERS = "promoters"
    PROMOTERS_PASSIVES = "promoters_passives"
    PASSIVES_DETRACTORS = "passives_detractors"
    DETRACTORS = "detractors"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tipping:
    """What is said of the line.

    Attributes
    ----------
    line : float
        In points.
    nps, low, high : float
        Weighted NPS with its interval.
    shares : (float, float, float)
        Promoters, passives and detractors among the answers, after weighting.
    ends : sequence of (float, float)
        Ranges in which the NPS of those who were asked must lie.
    margins, base
        What the weights rest on.
    """

    line: float
    nps: float
    low: float
    high: float
    confidence: float
    shares: tuple[float, float, float]
    ends: Sequence[tuple[float, float]]
    n: int
    margins: tuple[str, ...] = ()
    base: str | None = None
    yardstick: Yardstick | None = None

    @property
    def ratio(self) -> float:
        """Above 1 where the NPS lies above the line; missing where nothing can turn it."""
        promoters, passives, detractors = self.shares
        return tipping_points.ratio(promoters, passives, detractors, line=self.line)

    @property
    def excluded(self) -> bool:
        """Whether every range lies on that side of the line where the weighted NPS is."""
        above = self.nps > self.line
        return all(low > self.line if above else high < self.line for low, high in self.ends)

    def sentences(self) -> tuple[Message, ...]:
        """Say the shares, what would turn the NPS, what chance does, and the yardstick."""
        if self.excluded:
            side = (
                "bias.tipping_surely_above" if self.nps > self.line else "bias.tipping_surely_below"
            )
            return (Message(side, line=self.line),)
        if math.isnan(self.ratio):
            return (Message("bias.tipping_none"),)
        # rounded down, so that what is said to hold below it does
        times = math.floor(100 * max(self.ratio, 1 / self.ratio) * (1 + 1e-12)) / 100
        if times < 1.01:
            return (Message("bias.tipping_at_line", line=self.line, nps=self.nps),)
        said: tuple[Message, ...] = (self._shares(), self._turning(times))
        if self.low <= self.line <= self.high:
            said += (self._chance(),)
        return said + ((self.yardstick.said,) if self.yardstick else ())

    def _shares(self) -> Message:
        kinds = ("promoters", "passives", "detractors")
        values = dict(zip(kinds, self.shares, strict=True)) | {"n": self.n}
        if self.margins:
            return Message("bias.tipping_shares_weighted", margins=self.margins, **values)
        if self.base is not None:
            return Message("bias.tipping_shares_base", base=self.base, **values)
        return Message("bias.tipping_shares", **values)

    def _turning(self, times: float) -> Message:
        up = Camp.PROMOTERS_PASSIVES if self.line < 0 else Camp.PROMOTERS
        down = Camp.PASSIVES_DETRACTORS if self.line > 0 else Camp.DETRACTORS
        if self.ratio > 1:
            return Message("bias.tipping_above", line=self.line, times=times, more=up, less=down)
        return Message("bias.tipping_below", line=self.line, times=times, more=down, less=up)

    def _chance(self) -> Message:
        return Message(
            "bias.tipping_chance",
            line=self.line,
            low=self.low,
            high=self.high,
            level=self.confidence,
        )
