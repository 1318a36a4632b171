"""Cohort counts -> who came, stayed, came back and fell silent, period by period."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Unpack

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.retention import figures
from cxlib.retention.absence import without_counts
from cxlib.retention.cohorts import Cohorts, in_parts
from cxlib.retention.method_names import Method
from cxlib.retention.units import one, said_period
from cxlib.rows.clock import period_name
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class Movement(StrEnum):
    """Where the active customers of a period come from, and where those of the one before went."""

    RETAINED = "retained"
    RESURRECTED = "resurrected"
    NEW = "new"
    DORMANT = "dormant"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Movements(Result):
    """Customers by period: `period, active, acquired, new, retained, resurrected, dormant,
    complete, confidence, method`."""

    period: str = "month"

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("period", "active", "acquired", "new"), ""),
        **dict.fromkeys(("retained", "resurrected", "dormant", "complete"), ""),
        **level_and_method(Method),
    }

    def caption(self) -> Message:
        """Return what its table shows."""
        return Message("retention.movements_caption")

    def said_keys(self, place: int) -> Mapping[str, Message]:
        """Say the period of a row by its name."""
        return said_period(self.frame["period"].iloc[place], self.period)

    def summary(self, language: str = "en") -> str:
        """Return the last finished period in words."""
        return self._finding().text(language)

    def _finding(self) -> Message:
        finished = self.frame[self.frame["complete"]]
        if finished.empty:
            return Message("retention.no_finished_period")
        row = finished.iloc[-1]
        return Message(
            "retention.movements_summary",
            name=period_name(row["period"], self.period),
            period=one(self.period),
            active=row["active"],
            **{movement.value: row[movement] for movement in Movement},
        )

    def _title(self) -> Message:
        finished = self.frame[self.frame["complete"]]
        if finished.empty:
            return Message("retention.title_no_finished_period")
        row = finished.iloc[-1]
        name = period_name(row["period"], self.period)
        return Message("retention.title_movements", name=name, active=row["active"], new=row["new"])

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw active customers by where they came from, and below zero those who fell silent;
        finished periods."""
        shown = self.frame[self.frame["complete"]]
        stacked = [Movement.RETAINED, Movement.RESURRECTED, Movement.NEW]
        ax = figures.movements(
            shown,
            above=stacked,
            below=Movement.DORMANT,
            period=self.period,
            finding=self._title(),
            measured=Message("retention.movements_measured", period=one(self.period)),
            ax=ax,
            language=language,
        )
        return self.with_numbers(
            ax,
            shown,
            [period_name(each, self.period) for each in shown["period"]],
            *stacked,
            Movement.DORMANT,
            language=language,
        )


@check.arguments
def movements(cohorts: Cohorts | Absent | None) -> Movements | Absent:
    """Account for active customers period by period.

    Use it to see whether a steady number of active customers is loyalty or a leaking bucket that is
    refilled.

    Parameters
    ----------
    cohorts : Cohorts, or Absent or None
        From `count_cohorts`.

    Returns
    -------
    Movements or Absent
        `active` = `new` (active for the first time) + `retained` (active in the period before too)
        + `resurrected` (active earlier, not in the period before). `dormant`: active in the period
        before, not in this one, so that the active of the period before = `retained` + `dormant`.
        `acquired`: customers whose cohort this period is. Counts of an unfinished period are those
        so far and `complete` is False. They are counts, not estimates: `confidence` is missing.

    Notes
    -----
    Equal to the accounting of CDNOW by an independent pure Python count.
    """
    if cohorts is None or isinstance(cohorts, Absent):
        return without_counts(cohorts, Movements)
    found = [_moved(part) for part in in_parts(cohorts)]
    moved = {name: np.sum([each[name] for each in found], axis=0) for name in found[0]}
    frame = pd.DataFrame(
        {
            "period": cohorts.clock.starts(cohorts.periods),
            **moved,
            "complete": cohorts.clock.finished(cohorts.periods, cohorts.as_of),
            "confidence": np.nan,
            "method": Method.COUNT.value,
        }
    )
    return Movements(frame=frame, method=Method.COUNT, period=cohorts.clock.period)


def _moved(cohorts: Cohorts) -> dict[str, NDArray[np.int64]]:
    """Return how many customers made each movement, by period."""
    active, customers = cohorts.active, cohorts.groups["customers"].to_numpy()
    before = np.zeros_like(active)
    before[:, 1:] = active[:, :-1]
    ever = np.zeros_like(active)
    ever[:, 1:] = np.logical_or.accumulate(active, axis=1)[:, :-1]
    cells = {
        "active": active,
        "acquired": cohorts.groups["cohort"].to_numpy()[:, None] == cohorts.periods[None, :],
        "new": active & ~ever,
        "retained": active & before,
        "resurrected": active & ever & ~before,
        "dormant": before & ~active,
    }
    return {name: customers @ cell.astype(np.int64) for name, cell in cells.items()}
