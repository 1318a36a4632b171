"""Counts -> the contract with the data: what was read, what was left out, and why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.retention.absence import without_counts
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.durations import Durations
from cxlib.retention.method_names import Method
from cxlib.retention.records import Records
from cxlib.retention.units import one
from cxlib.shown.message import Message, Sentences
from cxlib.shown.reading import ReadTable
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import level_and_method


class What(StrEnum):
    """What a row of the contract counts."""

    ROWS = "rows"
    DUPLICATES = "duplicates"
    MISSING_CUSTOMER = "missing_customer"
    MISSING_TIME = "missing_time"
    IN_FUTURE = "in_future"
    FAR_AWAY = "far_away"
    AFTER_AS_OF = "after_as_of"
    BEFORE_ACQUISITION = "before_acquisition"
    NO_ACQUISITION_ROWS = "no_acquisition_rows"
    CUSTOMERS = "customers"
    SILENT = "silent"
    NO_ACQUISITION = "no_acquisition"
    TOO_LATE = "too_late"
    MISSING_DURATION = "missing_duration"
    UNTOLD = "untold"


_LEFT_OUT = (
    What.DUPLICATES,
    What.MISSING_CUSTOMER,
    What.MISSING_TIME,
    What.IN_FUTURE,
    What.FAR_AWAY,
    What.AFTER_AS_OF,
    What.BEFORE_ACQUISITION,
    What.NO_ACQUISITION_ROWS,
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Contract(Result):
    """The data contract: `frame` has `what`, `n`, `confidence`, `method`; one row a count."""

    counts: Cohorts | Durations
    tables: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)  # as `Reading` has them

    columns: ClassVar[Mapping[str, Format]] = {
        "what": What,
        "n": "integer",
        **level_and_method(Method),
    }

    def caption(self) -> Message:
        """Return what its table shows."""
        return Message("retention.contract_caption")

    def summary(self, language: str = "en") -> str:
        """Return how many events and customers are counted, over which days, and the last finished
        period."""
        counts = self.counts
        if isinstance(counts, Durations):
            return Message(
                "retention.contract_durations",
                rows=counts.tally["rows"],
                customers=counts.customers,
            ).text(language)
        rows = counts.tally["rows"]
        gone = sum(counts.tally.get(name, 0) for name in _LEFT_OUT)
        about = {
            "rows": rows,
            "customers": counts.customers,
            "first": counts.first_event,
            "last": counts.last_event,
            "through": counts.as_of - dt.timedelta(days=1),
            "zone": counts.clock.zone,
        }
        if gone or rows < 2:
            said = Message("retention.contract_summary", kept=rows - gone, **about)
        else:
            said = Message("retention.contract_summary_all", **about)
        return Sentences((said, _last_finished(counts))).text(language)

    def last_finished(self, language: str = "en") -> str:
        """Return which period is the last finished one."""
        return (
            "" if isinstance(self.counts, Durations) else _last_finished(self.counts).text(language)
        )

    def table(
        self,
        columns: Iterable[str] | None = ("what", "n"),
        *,
        without: Iterable[str] = (),
        caption: Message | str = "",
        language: str = "en",
    ) -> ReadTable:
        """Return what was read as a table, which `cx run` knows as that."""
        # slots make another class of this one, so that super() does not find it
        shown = Result.table(self, columns, without=without, caption=caption, language=language)
        return ReadTable(
            frame=shown.frame,
            columns=shown.columns,
            topic=shown.topic,
            caption=shown.caption,
            language=language,
            tables=self.tables,
        )


@check.arguments
def contract(
    cohorts: Cohorts | Absent | None,
    durations: Durations | None = None,
    *,
    records: Records | None = None,
) -> Contract | Absent:
    """Account for every row that was read: counted, or left out and why.

    Parameters
    ----------
    cohorts : Cohorts
        The counts of the events.
    durations : Durations, optional
        Accounted for where there are no events.
    records : Records, optional
        What was read, for what the file of customers says beside the counts: customers acquired on
        or after `as_of`, and those of whom it says two things.

    Returns
    -------
    Contract or Absent
        One row a count: `what`, `n`; `confidence` is missing. `warnings` say how many events the
        file of customers left out, and of how many customers it says two things. Absent where there
        are neither events nor durations.
    """
    tables: Mapping[str, Mapping[str, Any]] = {} if records is None else records.tables
    if cohorts is None or isinstance(cohorts, Absent):
        if durations is None:
            return without_counts(cohorts, Contract)
        followed: dict[str, int] = {
            What.CUSTOMERS: durations.customers,
            What.UNTOLD: durations.untold,
        }
        return _contract(durations, {**durations.tally, **followed}, tables)
    silent = cohorts.groups.loc[~cohorts.active.any(axis=1), "customers"].sum()
    late = records.listed - cohorts.customers if records and records.listed is not None else 0
    counts: dict[str, int] = {
        What.ROWS: cohorts.tally["rows"],
        **{name: cohorts.tally[name] for name in _LEFT_OUT if name in cohorts.tally},
        What.CUSTOMERS: cohorts.customers,
        What.SILENT: int(silent),
        What.NO_ACQUISITION: cohorts.tally["no_acquisition"],
        **({What.TOO_LATE: late} if late else {}),
    }
    doubts = _doubts(cohorts.tally, records.contradicted if records else 0)
    return _contract(cohorts, counts, tables, tuple(doubts))


def _contract(
    counts: Cohorts | Durations,
    tally: Mapping[str, int],
    tables: Mapping[str, Mapping[str, Any]],
    warnings: tuple[Message, ...] = (),
) -> Contract:
    frame = pd.DataFrame(
        {
            "what": [What(name).value for name in tally],
            "n": list(tally.values()),
            "confidence": np.nan,
            "method": Method.COUNT.value,
        }
    )
    return Contract(
        frame=frame,
        method=Method.COUNT.value,
        warnings=warnings,
        counts=counts,
        tables=tables,
    )


def _last_finished(cohorts: Cohorts) -> Message:
    finished = cohorts.periods[cohorts.clock.finished(cohorts.periods, cohorts.as_of)]
    if not len(finished):
        return Message("retention.no_finished_period")
    return Message(
        "retention.last_finished",
        period=one(cohorts.clock.period),
        name=cohorts.clock.name(finished[-1]),
    )


def _doubts(tally: Mapping[str, int], contradicted: int) -> Iterator[Message]:
    """Return what a reader of the cohorts must know of the file of customers."""
    if early := tally.get("before_acquisition"):
        yield Message("retention.events_before_acquisition", n=early, rows=tally["rows"])
    if unknown := tally["no_acquisition"]:
        yield Message(
            "retention.customers_without_acquisition",
            n=unknown,
            events=tally.get("no_acquisition_rows", 0),
            rows=tally["rows"],
        )
    if contradicted:
        yield Message("retention.customers_contradicted", n=contradicted)
