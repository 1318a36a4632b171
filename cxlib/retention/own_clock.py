"""What one pass over events leaves behind on each customer's own clock: customers by pattern of
active windows, which add."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import CohortError
from cxlib.retention.cohorts import add_up
from cxlib.rows.clock import Clock
from cxlib.shown.message import Message


@dataclass(frozen=True, slots=True, eq=False)
class OwnClock:
    """Customers counted by cohort and by the windows, of some days each since they came, in which
    they were active.

    `a + b` is the count of the union of two sets of *different* customers.

    Attributes
    ----------
    groups : pandas.DataFrame
        One row a distinct pattern: the columns of `by`, `cohort` (period index of the day they
        came), `elapsed` (windows that had passed in full before `as_of`), `customers`.
    active : ndarray of bool, shape (patterns, windows)
        Column k is window k; window 0 begins when the customer came. Its rows are those of
        `groups`.
    days : int
        Length of a window.
    clock : Clock
        Cuts the cohorts, not the windows.
    as_of, first_event, last_event, by, tally, as_of_given, carried, warnings
        As in `Cohorts`.
    """

    groups: pd.DataFrame
    active: NDArray[np.bool_]
    days: int
    clock: Clock
    as_of: dt.date
    first_event: dt.date
    last_event: dt.date
    by: tuple[str, ...] = ()
    tally: Mapping[str, int] = field(default_factory=dict)
    as_of_given: bool = True
    carried: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Message, ...] = ()

    @property
    def customers(self) -> int:
        """Number of customers counted."""
        return int(self.groups["customers"].sum())

    def __add__(self, other: OwnClock) -> OwnClock:
        if not isinstance(other, OwnClock):
            return NotImplemented
        for name in ("clock", "by", "as_of", "days"):
            if getattr(self, name) != getattr(other, name):
                raise CohortError(
                    f"these counts cannot be added: {name} is {getattr(self, name)} in one and "
                    f"{getattr(other, name)} in the other; count both with the same {name}"
                )
        windows = max(self.active.shape[1], other.active.shape[1])
        stacked = np.vstack(
            [
                np.pad(each.active, ((0, 0), (0, windows - each.active.shape[1])))
                for each in (self, other)
            ]
        )
        groups, active = by_pattern(
            pd.concat([self.groups, other.groups], ignore_index=True), stacked, self.by
        )
        return replace(
            self,
            groups=groups,
            active=active,
            tally={
                name: self.tally.get(name, 0) + other.tally.get(name, 0)
                for name in {**self.tally, **other.tally}
            },
            warnings=(*self.warnings, *other.warnings),
            first_event=min(self.first_event, other.first_event),
            last_event=max(self.last_event, other.last_event),
            as_of_given=self.as_of_given and other.as_of_given,
        )


def by_pattern(
    groups: pd.DataFrame, active: NDArray[np.bool_], by: tuple[str, ...]
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Add up rows with the same group, cohort, windows passed and pattern."""
    summed, active = add_up(groups, active, (*by, "elapsed"))
    return summed[[*by, "cohort", "elapsed", "customers"]], active
