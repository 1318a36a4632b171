"""Cohort counts -> the contract with the data: what was read, what was left out, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from cxlib.language import number, text
from cxlib.result import Result
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.durations import Durations

_LEFT_OUT = (
    "duplicates",
    "missing_customer",
    "missing_time",
    "after_as_of",
    "before_acquisition",
    "no_acquisition_rows",
)


@dataclass(frozen=True, slots=True, eq=False)
class Contract(Result):
    """The data contract: `frame` has `what`, `n`, `confidence`, `method`; one row a count."""

    cohorts: Cohorts | None = None
    durations: Durations | None = None

    def summary(self, language: str = "en") -> str:
        """Return how many events and customers are counted, over which days, and the last finished
        period."""
        counted = self.cohorts
        if counted is None:
            return text(
                "retention.contract_durations",
                language,
                rows=number(self.durations.tally["rows"]),
                customers=number(self.durations.customers),
            )
        rows = counted.tally["rows"]
        said = text(
            "retention.contract_summary",
            language,
            rows=number(rows),
            kept=number(rows - sum(counted.tally.get(name, 0) for name in _LEFT_OUT)),
            customers=number(counted.customers),
            first=f"{counted.first_event:%Y-%m-%d}",
            last=f"{counted.last_event:%Y-%m-%d}",
            through=f"{counted.as_of - dt.timedelta(days=1):%Y-%m-%d}",
            zone=counted.clock.zone,
        )
        return f"{said} {self.last_finished(language)}"

    def last_finished(self, language: str = "en") -> str:
        """Return which period is the last finished one."""
        counted = self.cohorts
        finished = counted.periods[counted.clock.finished(counted.periods, counted.as_of)]
        if not len(finished):
            return text("retention.no_finished_period", language)
        return text(
            "retention.last_finished",
            language,
            period=text(f"retention.{counted.clock.period}", language),
            name=counted.clock.name(finished[-1]),
        )


def contract_of_durations(durations: Durations, *, language: str = "en") -> Contract:
    """Account for every row of data that are times and outcomes."""
    counts = {**durations.tally, "customers": durations.customers, "untold": durations.untold}
    frame = pd.DataFrame(
        {
            "what": [text(f"retention.contract_{name}", language) for name in counts],
            "n": list(counts.values()),
            "confidence": np.nan,
            "method": "count",
        }
    )
    return Contract(frame=frame, method="count", durations=durations)


def contract(
    cohorts: Cohorts, *, contradicted: int = 0, too_late: int = 0, language: str = "en"
) -> Contract:
    """Account for every event that was read: counted, or left out and why.

    `warnings` say how many events the file of customers left out, and of how many customers it says
    two things (`contradicted`). `too_late`: customers in it who were acquired on or after `as_of`.
    """
    silent = int(cohorts.groups.loc[~cohorts.active.any(axis=1), "customers"].sum())
    left_out = {name: cohorts.tally[name] for name in _LEFT_OUT if name in cohorts.tally}
    counts = {
        "rows": cohorts.tally["rows"],
        **left_out,
        "customers": cohorts.customers,
        "silent": silent,
        "no_acquisition": cohorts.tally["no_acquisition"],
        **({"too_late": too_late} if too_late else {}),
    }
    frame = pd.DataFrame(
        {
            "what": [text(f"retention.contract_{name}", language) for name in counts],
            "n": list(counts.values()),
            "confidence": np.nan,
            "method": "count",
        }
    )
    return Contract(
        frame=frame,
        method="count",
        cohorts=cohorts,
        warnings=tuple(_doubts(cohorts.tally, contradicted, language)),
    )


def _doubts(tally: Mapping[str, int], contradicted: int, language: str) -> list[str]:
    """Return what a reader of the cohorts must know of the file of customers."""
    said, rows = [], number(tally["rows"])
    if early := tally.get("before_acquisition"):
        said.append(
            text("retention.events_before_acquisition", language, n=number(early), rows=rows)
        )
    if unknown := tally["no_acquisition"]:
        said.append(
            text(
                "retention.customers_without_acquisition",
                language,
                n=number(unknown),
                events=number(tally.get("no_acquisition_rows", 0)),
                rows=rows,
            )
        )
    if contradicted:
        said.append(text("retention.customers_contradicted", language, n=number(contradicted)))
    return said
