"""Counts on the calendar or on each customer's own clock -> active or not by age, in one shape for
both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
import pandas as pd
import scipy
from numpy.typing import NDArray

from cxlib.retention.cohorts import Cohorts
from cxlib.retention.own_clock import OwnClock


class Kind(StrEnum):
    """When a customer counts as retained at an age."""

    ON = "on"
    ON_OR_AFTER = "on_or_after"
    ROLLING = "rolling"
    RETURNED_BY = "returned_by"
    BRACKET = "bracket"


# need each period since acquisition to have been observed
FROM_THE_START = (Kind.ROLLING, Kind.RETURNED_BY)


@dataclass(frozen=True, slots=True, eq=False)
class Ages:
    """Patterns of activity by age: `cohorts` has a row a cohort (`by`, `cohort`); `member` (cohorts
    x patterns) the customers.

    `active` and `observed` are patterns x ages; `complete` is cohorts x ages: the age is over for
    everyone in the cohort. Column j is age `first[j]`, or the bracket of ages from `first[j]` to
    `last[j]`."""

    cohorts: pd.DataFrame
    member: scipy.sparse.csr_array
    active: NDArray[np.bool_]
    observed: NDArray[np.bool_]
    complete: NDArray[np.bool_]
    first: NDArray[np.int64]
    last: NDArray[np.int64]


def activity_by_age(counts: Cohorts | OwnClock) -> Ages:
    """Shift periods to ages, or take windows as they are."""
    keys = counts.groups[[*counts.by, "cohort"]]
    code = keys.groupby([*counts.by, "cohort"]).ngroup().to_numpy()
    groups = (
        keys.assign(_code=code)
        .drop_duplicates("_code")
        .sort_values("_code", ignore_index=True)
        .drop(columns="_code")
    )
    customers = counts.groups["customers"].to_numpy("int64")
    member = scipy.sparse.csr_array(
        (customers, (code, np.arange(len(code)))), shape=(len(groups), len(code))
    )
    if isinstance(counts, OwnClock):
        passed, age = counts.groups["elapsed"].to_numpy(), np.arange(counts.active.shape[1])
        least = np.full(len(groups), len(age))
        np.minimum.at(least, code, passed)
        return Ages(
            groups, member, counts.active, age < passed[:, None], age < least[:, None], age, age
        )
    age = np.arange(counts.last - int(counts.groups["cohort"].min()) + 1)
    active, observed = _shift(counts, len(age))
    complete = counts.clock.finished(groups["cohort"].to_numpy()[:, None] + age, counts.as_of)
    return Ages(groups, member, active, observed, complete, age, age)


def _shift(counts: Cohorts, ages: int) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the patterns from each customer's cohort on, and which of it was observed."""
    start = counts.groups["cohort"].to_numpy()
    active = np.zeros((len(start), ages), bool)
    observed = np.zeros_like(active)
    for cohort in np.unique(start):
        rows, late = start == cohort, int(cohort) - counts.first
        age = slice(max(-late, 0), min(counts.active.shape[1] - late, ages))
        active[rows, age] = counts.active[rows, age.start + late : age.stop + late]
        observed[rows, age] = True
    return active, observed


def retention_by_age(ages: Ages, kind: Kind) -> Ages:
    """Return the ages with `active` replaced by "retained" under a definition, and what cannot be
    known unobserved."""
    active, observed = ages.active, ages.observed
    if kind is Kind.ON_OR_AFTER:
        active = np.logical_or.accumulate(active[:, ::-1], axis=1)[:, ::-1]
    if kind is Kind.ROLLING:
        active = np.logical_and.accumulate(active, axis=1)
    if kind is Kind.RETURNED_BY:
        active = np.logical_or.accumulate(np.where(ages.first == 0, False, active), axis=1)
    if kind in FROM_THE_START:
        observed = np.logical_and.accumulate(observed, axis=1)
    return replace(ages, active=active, observed=observed)


def into_brackets(ages: Ages, brackets: Sequence[tuple[int, int]], *, own: bool) -> Ages:
    """Return the ages put into brackets: active at least once from the first to the last age
    of each."""
    first, last = np.array(brackets, dtype=np.int64).T
    short = max(0, int(last.max()) + 1 - len(ages.first))
    active, observed, complete = (
        np.pad(each, ((0, 0), (0, short))) for each in (ages.active, ages.observed, ages.complete)
    )
    met = np.stack(
        [active[:, a : b + 1].any(axis=1) for a, b in zip(first, last, strict=True)], axis=1
    )
    return replace(
        ages,
        active=met,
        observed=observed[:, last if own else first],
        complete=complete[:, last],
        first=first,
        last=last,
    )
