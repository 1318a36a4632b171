"""Cohort counts -> whether the log begins in the middle of business, so that its first cohorts are
mostly customers who had come before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import numpy as np
import scipy
from numpy.typing import NDArray

from cxlib import check
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.units import one
from cxlib.shown.message import Message
from cxlib.shown.result import Absent

FEWEST = 6  # finished periods, of which the later half says how many come in one
RARE = 0.001  # the first cohort is larger by chance more rarely than this
TIMES = 2.0  # the later ones at least
STEEP = 1.5  # the mean of the next three at least: no steady decline is
LARGE, LIKELY = 1.25, 0.025  # a further first cohort is large too


@dataclass(frozen=True, slots=True)
class RecordStart:
    """How many first cohorts are probably customers from before, how many customers they have, how
    large later cohorts are on average, and what day the first cohort after them begins."""

    cohorts: int
    customers: int
    usual: float
    since: dt.date


def find_record_start(cohorts: Cohorts) -> RecordStart | None:
    """Return which first cohorts are probably customers from before the record, if any.

    Notes
    -----
    Where a log begins in mid-business, everybody who had come before has the first event on record
    in its first periods: the first cohort is the largest, and sizes fall to the number that really
    comes in a period. Said where the first cohort is at least twice the mean of the later half of
    the finished periods, larger than it by more than chance (one-sided t test with their variance,
    or Poisson's where that is larger, p < 0.001), and 1.5 times the mean of the next three. False
    alarms in 2,000 simulated logs each, of 6 to 24 periods: below 1 % where arrivals are Poisson or
    vary more (coefficient of variation 0.4), steady or growing by 5 % a period; where they fall by
    5 % a period for two years, 7 and 13 %. A launch with a rush looks the same: only the researcher
    knows. Where an acquisition table says when customers came, nothing is asked.
    """
    if cohorts.listed:
        return None
    finished = cohorts.clock.finished(cohorts.periods, cohorts.as_of)
    came = cohorts.groups["cohort"].to_numpy() - cohorts.first
    sizes = np.bincount(came, cohorts.groups["customers"], len(finished))[finished]
    early = count_early(sizes)
    if not early:
        return None
    return RecordStart(
        cohorts=early,
        customers=int(sizes[:early].sum()),
        usual=float(sizes[len(sizes) // 2 :].mean()),
        since=cohorts.clock.start(cohorts.first + early),
    )


def count_early(sizes: NDArray[np.float64]) -> int:
    """Return how many of the first cohorts are too large to be of their period alone; by the rule
    of `find_record_start`."""
    if len(sizes) < FEWEST:
        return 0
    later = sizes[len(sizes) // 2 :]
    if 2 * np.count_nonzero(later) <= len(
        later
    ):  # nobody comes any more: those followed are the first cohorts themselves
        return 0
    usual = later.mean()
    spread = np.sqrt(max(later.var(ddof=1), usual, 1.0) * (1 + 1 / len(later)))
    pvalues = scipy.stats.t.sf((sizes - usual) / spread, len(later) - 1)
    first = sizes[0]
    if pvalues[0] >= RARE or first < max(TIMES * usual, STEEP * sizes[1:4].mean(), sizes.max()):
        return 0
    large = (sizes > LARGE * usual) & (pvalues < LIKELY)
    return int(np.argmin(large[: len(sizes) // 2])) or len(sizes) // 2


def record_warning(cohorts: Cohorts) -> tuple[Message, ...]:
    """Say where the log seems to begin in mid-business, and what to do."""
    found = find_record_start(cohorts)
    if found is None:
        return ()
    return (
        Message(
            "retention.begins_in_mid_business",
            n=found.cohorts,
            customers=found.customers,
            usual=found.usual,
            period=one(cohorts.clock.period),
            since=found.since,
        ),
    )


@check.arguments
def on_record(
    cohorts: Cohorts | Absent | None, *, before_record: dt.date | None = None
) -> Cohorts | Absent | None:
    """Return the cohorts that came on record: without those who had come before it began.

    Use it where a log begins in mid-business: its first cohorts are mostly old customers, with whom
    no later cohort can be compared.

    Parameters
    ----------
    cohorts : Cohorts, or Absent or None
        From `count_cohorts`.
    before_record : datetime.date, optional
        Customers whose first event lies in a period before the one of this day came before the
        record. By default what `find_record_start` finds.

    Returns
    -------
    Cohorts, or Absent or None
        The counts without them; `tally` says how many they are (`before_record`). What is absent
        stays so. The same counts where nobody came before, or nobody later.
    """
    return settle(cohorts, before_record) if isinstance(cohorts, Cohorts) else cohorts


def settle(cohorts: Cohorts, before_record: dt.date | None = None) -> Cohorts:
    """Return counts as `on_record` does."""
    found = find_record_start(cohorts) if before_record is None else None
    since = before_record or (found.since if found else None)
    if since is None:
        return cohorts
    later = cohorts.groups["cohort"].to_numpy() >= cohorts.clock.index(since)
    if later.all() or not later.any():
        return cohorts
    kept = _places(later)
    gone = int(cohorts.groups.loc[~later, "customers"].sum())
    told = record_warning(cohorts) if found else ()
    values = cohorts.values
    if values is not None:
        values = values[values["cohort"] >= cohorts.clock.index(since)]
    return replace(
        cohorts,
        groups=cohorts.groups.iloc[kept].reset_index(drop=True),
        active=cohorts.active[kept],
        values=values,
        tally={**cohorts.tally, "before_record": gone},
        listed=True,  # who came when is known of those who are left
        warnings=(
            *cohorts.warnings,
            *(told or (Message("retention.came_before_record", n=gone, since=since),)),
        ),
    )


def _places(later: NDArray[np.bool_]) -> slice | NDArray[np.bool_]:
    """Return where these rows are; the last ones as a slice, of which no copy is made."""
    first = int(later.argmax())
    return slice(first, None) if later[first:].all() else later
