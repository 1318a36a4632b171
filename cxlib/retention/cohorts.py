"""What one pass over events leaves behind: customers by cohort and by pattern of active periods, as
counts that add."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import CohortError, EmptyDataError, ParameterError
from cxlib.rows.clock import Clock
from cxlib.shown.message import Message

WORD = 63  # periods in one signed 64-bit bitmap; more periods take more bitmaps
PART = 250_000  # patterns that are looked at at a time
MOST_PERIODS = 1000  # beyond it a date is wrong, or the period too short for the span


@dataclass(frozen=True, slots=True, eq=False)
class Cohorts:
    """Customers counted by acquisition cohort and by the set of periods in which they were active.

    Every definition of retention, and new / retained / resurrected / dormant, follows from these
    counts without going back to the events. `a + b` is the count of the union of two sets of
    *different* customers (shards, countries).

    Attributes
    ----------
    groups : pandas.DataFrame
        One row a distinct pattern: the columns of `by`, `cohort` (period index), `customers`.
    active : ndarray of bool, shape (patterns, periods)
        Column j is the period with index `first + j`; its rows are those of `groups`.
    first : int
        Index of the first observed period, that of the first event (of a customer, where there is
        no acquisition table).
    clock : Clock
    as_of : datetime.date
        Exclusive: the first day for which the events are not complete.
    first_event, last_event : datetime.date
        Local days of the first and the last event before `as_of`, of anyone: also an event without
        a customer says that its day was on record.
    by : tuple of str
    tally : mapping of str to int
        Rows read, and rows (or customers) left out, by reason; `duplicates` where there is a rule
        for them.
    values : pandas.DataFrame or None
        `by`, `cohort`, `period`, `value`: sums of the value column, where there is one.
    as_of_given : bool
        False where `as_of` was taken to be the day after the last event.
    carried : mapping of str to str
        Column of `by` to the researcher's name of it, where that was taken: `by_cohort`, `cohort`.
    warnings : tuple of Message
        What was noticed of the events that can change a number.
    listed : bool
        True where it is known when customers came, so that nobody is taken for new by the first
        event on record.
    """

    groups: pd.DataFrame
    active: NDArray[np.bool_]
    first: int
    clock: Clock
    as_of: dt.date
    first_event: dt.date
    last_event: dt.date
    by: tuple[str, ...] = ()
    tally: Mapping[str, int] = field(default_factory=dict)
    values: pd.DataFrame | None = None
    as_of_given: bool = True
    carried: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Message, ...] = ()
    listed: bool = False

    @property
    def customers(self) -> int:
        """Number of customers counted."""
        return int(self.groups["customers"].sum())

    @property
    def last(self) -> int:
        """Index of the last period, the one that holds the day before `as_of`."""
        return self.clock.index(self.as_of - dt.timedelta(days=1))

    @property
    def periods(self) -> NDArray[np.int64]:
        """Indices of the observed periods, one a column of `active`."""
        return np.arange(self.first, self.first + self.active.shape[1])

    def __add__(self, other: Cohorts) -> Cohorts:
        if not isinstance(other, Cohorts):
            return NotImplemented
        for name in ("clock", "by", "as_of"):
            if getattr(self, name) != getattr(other, name):
                raise CohortError(
                    f"these cohorts cannot be added: {name} is {getattr(self, name)} in one and "
                    f"{getattr(other, name)} in the other; count both with the same {name}"
                )
        if (self.values is None) != (other.values is None):
            raise CohortError(
                "these cohorts cannot be added: one was counted with a value and one without; give "
                "value to both"
            )
        first = min(self.first, other.first)
        stacked = np.vstack([_from(self, first), _from(other, first)])
        groups, active = add_up(
            pd.concat([self.groups, other.groups], ignore_index=True), stacked, self.by
        )
        values = None
        if self.values is not None:
            values = (
                pd.concat([self.values, other.values])
                .groupby([*self.by, "cohort", "period"], as_index=False)["value"]
                .sum()
            )
        tally = {
            name: self.tally.get(name, 0) + other.tally.get(name, 0)
            for name in {**self.tally, **other.tally}
        }
        return replace(
            self,
            groups=groups,
            active=active,
            first=first,
            tally=tally,
            values=values,
            first_event=min(self.first_event, other.first_event),
            last_event=max(self.last_event, other.last_event),
            as_of_given=self.as_of_given and other.as_of_given,
            warnings=(*self.warnings, *other.warnings),
        )


def add_up(
    groups: pd.DataFrame, active: NDArray[np.bool_], by: tuple[str, ...]
) -> tuple[pd.DataFrame, NDArray[np.bool_]]:
    """Add up rows with the same group, cohort and pattern; sorted by group and cohort."""
    groups, packed = _add_up_packed(groups, np.packbits(active, axis=1), by)
    return groups, _unpack(packed, active.shape[1])


def _add_up_packed(
    groups: pd.DataFrame, packed: NDArray[np.uint8], by: tuple[str, ...]
) -> tuple[pd.DataFrame, NDArray[np.uint8]]:
    """As `add_up`, of patterns with eight periods a byte, as `numpy.packbits` has them."""
    code = groups["cohort"].to_numpy()
    if by:
        code = groups.groupby([*by, "cohort"], dropna=False).ngroup().to_numpy()
    padded = np.pad(packed, ((0, 0), (0, -packed.shape[1] % 8)))
    words = np.ascontiguousarray(padded).view(">u8").astype(np.uint64)
    order = np.lexsort([*words.T[::-1], code])
    code, words = code[order], words[order]
    begins = np.ones(len(order), bool)
    begins[1:] = (code[1:] != code[:-1]) | (words[1:] != words[:-1]).any(axis=1)
    place = np.flatnonzero(begins)
    first, customers = order[place], groups["customers"].to_numpy()[order]
    summed = groups[[*by, "cohort", "customers"]].iloc[first].reset_index(drop=True)
    if len(place):
        summed["customers"] = np.add.reduceat(customers, place)
    return summed, packed[first]


def _unpack(packed: NDArray[np.uint8], periods: int) -> NDArray[np.bool_]:
    return np.unpackbits(packed, axis=1, count=periods).view(np.bool_)


def in_parts(counts: Any) -> Iterator[Any]:
    """Return counts by pattern in parts of whole cohorts, since arrays of their ages take more
    memory than they do."""
    if len(counts.groups) <= PART:
        yield counts
        return
    codes = counts.groups.groupby([*counts.by, "cohort"], dropna=False).ngroup().to_numpy()
    order = np.argsort(codes, kind="stable")  # those of windows since each came have no order
    codes = codes[order]
    ends = [*(np.flatnonzero(np.diff(codes)) + 1), len(codes)]
    start = 0
    for end in ends:
        if end - start >= PART or end == len(codes):
            part = order[start:end]
            groups = counts.groups.iloc[part].reset_index(drop=True)
            yield replace(counts, groups=groups, active=counts.active[part])
            start = end


def _from(cohorts: Cohorts, first: int) -> NDArray[np.bool_]:
    return np.pad(cohorts.active, ((0, 0), (cohorts.first - first, 0)))


def from_bitmaps(
    frames: Iterable[pd.DataFrame],
    *,
    days: tuple[dt.date, dt.date],
    by: tuple[str, ...],
    clock: Clock,
    as_of: dt.date | None,
    listed: bool,
    values: pd.DataFrame | None = None,
    duplicates: bool = False,
    carried: Mapping[str, str] | None = None,
    strays: Mapping[str, int] | None = None,
    warnings: tuple[Message, ...] = (),
) -> Cohorts:
    """Turn counts by bitmap into Cohorts: each customer's cohort, and what was left out.

    Parameters
    ----------
    frames : iterable of pandas.DataFrame
        Parts of the counts: `known` (has a customer), `ordered` (has events), `late` (acquired
        after `as_of`), `by`, `bits_0` ... (63 periods each from that of the first event on),
        `customers`, row counts (`rows`; `cx_kept`: no duplicates; `timed`: with a time; `seen`:
        before `as_of`; `counted`: not before acquisition); and `cohort` where `listed`.
    days : tuple of datetime.date
        Local days of the first and the last event, of anyone.
    listed : bool
        True where an acquisition table gave the cohorts; else a customer's cohort is the first
        active period.
    duplicates : bool
        True where there is a rule for duplicates, so that the tally has their number.
    strays : mapping of str to int
        Rows that were left out for their dates, by reason; they are not in `frames`.
    warnings : tuple of Message
        What was noticed of the events.
    """
    ends = as_of or days[1] + dt.timedelta(days=1)
    first, last = clock.index(days[0]), clock.index(ends - dt.timedelta(days=1))
    strays, tally = strays or {}, dict[str, int]()
    parts = []
    for frame in frames:
        for name, n in _tally(frame, listed, duplicates, strays).items():
            tally[name] = tally.get(name, 0) + n
        parts.append(_counted(frame, first, last, by, listed))
    tally |= {name: int(n) for name, n in strays.items()}
    tally["rows"] = tally.get("rows", 0) + sum(strays.values())
    groups = pd.concat([part[0] for part in parts], ignore_index=True)
    if groups.empty:
        raise EmptyDataError(
            "no customer is left: none of the acquisition table was acquired before as_of; check "
            "the columns"
        )
    groups, packed = _add_up_packed(groups, np.concatenate([part[1] for part in parts]), by)
    active = _unpack(packed, last - first + 1)
    if not listed:
        # periods before the first event that has a customer
        nobody = int(active.any(axis=0).argmax())
        first, active = first + nobody, active[:, nobody:]
    return Cohorts(
        groups=groups,
        active=active,
        first=first,
        clock=clock,
        as_of=ends,
        by=by,
        values=values,
        first_event=days[0],
        last_event=days[1],
        tally=tally,
        as_of_given=as_of is not None,
        carried=carried or {},
        warnings=warnings,
        listed=listed,
    )


def _counted(
    frame: pd.DataFrame, first: int, last: int, by: tuple[str, ...], listed: bool
) -> tuple[pd.DataFrame, NDArray[np.uint8]]:
    """Return the customers who count, by cohort, and their patterns with eight periods a byte."""
    known = frame[frame["known"].to_numpy(bool)]
    active = _decode(known.filter(regex=r"^bits_\d+$").to_numpy("int64"), last - first + 1)
    if listed:
        late = known["late"].fillna(True).to_numpy(bool)
        inside = known["cohort"].notna().to_numpy() & ~late & (known["cohort"] <= last).to_numpy()
    else:
        inside = active.any(axis=1)
        known = known.assign(cohort=first + active.argmax(axis=1))
    groups = known.loc[inside, [*by, "cohort", "customers"]]
    groups = groups.astype({"cohort": "int64", "customers": "int64"})
    return groups, np.packbits(active[inside], axis=1)


def count_words(clock: Clock, first: int, last: int) -> int:
    """Return how many bitmaps of 63 periods the events need; refuse a span that no period fits."""
    if last - first + 1 > MOST_PERIODS:
        raise ParameterError(
            f"period={clock.period!r}: from {clock.start(first)} to {clock.start(last)} there are "
            f"{last - first + 1:,} of them, more than {MOST_PERIODS:,}; correct the dates (or "
            "as_of), "
            "or choose a longer period"
        )
    return (last - first) // WORD + 1


def _decode(bits: NDArray[np.int64], periods: int) -> NDArray[np.bool_]:
    active = np.empty((len(bits), periods), bool)
    for slot in range(periods):
        active[:, slot] = (bits[:, slot // WORD] >> (slot % WORD)) & 1
    return active


def _tally(
    frame: pd.DataFrame, listed: bool, duplicates: bool, strays: Mapping[str, int]
) -> Mapping[str, int]:
    nobody, known = frame[~frame["known"]], frame[frame["known"]]
    unlisted = known[known["cohort"].isna() & known["ordered"]] if listed else known.iloc[:0]
    kept = known.drop(unlisted.index)
    counts = {
        "rows": frame["rows"].sum(),
        "missing_customer": nobody["cx_kept"].sum(),
        "missing_time": (known["cx_kept"] - known["timed"]).sum(),
        **dict.fromkeys(strays, 0),
        "after_as_of": (known["timed"] - known["seen"]).sum(),
        "before_acquisition": (kept["seen"] - kept["counted"]).sum(),
        "no_acquisition": unlisted["customers"].sum(),
        "no_acquisition_rows": unlisted["seen"].sum(),
    }
    if duplicates:
        counts["duplicates"] = (frame["rows"] - frame["cx_kept"]).sum()
    return {name: int(n) for name, n in counts.items()}
