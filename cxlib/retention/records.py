"""What the files of a retention study hold: data alone, opened and checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

import pandas as pd

from cxlib.retention.durations import Durations
from cxlib.shown.message import Message
from cxlib.shown.reading import Reading
from cxlib.shown.result import Result
from cxlib.shown.table import Format

if TYPE_CHECKING:
    import ibis.expr.types as ir


class File(StrEnum):
    """A file of the study."""

    ORDERS = "orders"
    CUSTOMERS = "customers"
    SUBSCRIPTIONS = "subscriptions"
    DURATIONS = "durations"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Files(Result):
    """How many rows each file has: `what`, `n`. What became of them is in the `contract`."""

    columns: ClassVar[Mapping[str, Format]] = {"what": File, "n": "integer"}

    def caption(self) -> Message:
        """Return what its table shows."""
        return Message("retention.files_caption")


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Records(Reading):
    """The opened and checked files of a retention study.

    Attributes
    ----------
    events : ibis Table or None
        None where the data are durations.
    events_alone : ibis Table or None
        The events where nothing else says who was lost; None where subscriptions do.
    lives : ibis Table or None
        Where another event begins a customer's life than the returning: each customer's first such
        event, and the events after it.
    told_apart_by : str or None
        Column of amounts, where duplicates are rows that are equal in all columns: two amounts at
        one time are none.
    customers : pandas.DataFrame or None
        One row a customer, as in the file; names of groups are cleaned.
    subscriptions : pandas.DataFrame or None
        One row a spell, as in the file.
    started, ended : str
        Its columns of the first day and of the end.
    renewal_days : int
        A spell that begins so many days after one before, at most, goes on from it.
    followed : Durations or None
        Times and outcomes as the file has them, where there are no events.
    as_of : datetime.date or None
        Exclusive: the first day for which the events are not complete.
    until : datetime.date or None
        What the counts take for `as_of`: as it was given; where a condition leaves events out, the
        end of the whole log, which goes on where the activity that counts has stopped.
    listed : int or None
        Customers with an acquisition date, where there is a file of customers.
    contradicted : int
        Customers of whom that file says two dates or groups.
    """

    events: ir.Table | None = None
    events_alone: ir.Table | None = None
    lives: ir.Table | None = None
    told_apart_by: str | None = None
    customers: pd.DataFrame | None = None
    subscriptions: pd.DataFrame | None = None
    started: str = "started_on"
    ended: str = "ended_on"
    renewal_days: int = 1
    followed: Durations | None = None
    as_of: dt.date | None = None
    until: dt.date | None = None
    listed: int | None = None
    contradicted: int = 0
