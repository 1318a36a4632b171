"""Names of waves -> their order in time, or that it is not known; values of groups -> the order a
reader expects.

An order in time is claimed only where every name is read as a period under one pattern, where the
values are times or numbers, where a column has ordered categories, or where the order is given.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.comparisons import without
from cxlib.errors import ParameterError
from cxlib.rows.names import name
from cxlib.rows.period_labels import readings
from cxlib.rows.period_rounds import (
    comes_round,
    counts_on,
    in_layouts,
    is_dated,
    is_part_of_a_year,
    ranks_of,
    wraps,
)
from cxlib.rows.period_ways import Pattern, Reading, Way
from cxlib.shown.message import Message

_MOST_GROUPS = 2_000  # more names than that are no waves


class Why(StrEnum):
    """Why the order of waves is not known."""

    UNREAD = "unread"
    NO_YEAR = "no_year"
    AMBIGUOUS = "ambiguous"
    FISCAL = "fiscal"
    PART = "part"


@dataclass(frozen=True, slots=True, kw_only=True)
class Waves:
    """Waves in their order in time, where it is known.

    Attributes
    ----------
    values : tuple
        The distinct values; in their order in time where `known`, else as a reader expects them.
    known : bool
    pattern : Pattern or None
        What they were read as; None where there is one wave at most, or the order is not known.
    why : Why or None
        Why it is not known.
    unread : tuple
        The values that could not be read as the others were.
    same : tuple of tuple
        Values that name one and the same period; the first of each stands for it.
    two_digits : bool
        Whether a year was written with two digits.
    read : tuple
        The order that the labels have, where the one that was given is another.
    """

    values: tuple[Any, ...]
    known: bool = True
    pattern: Pattern | None = None
    why: Why | None = None
    unread: tuple[Any, ...] = ()
    same: tuple[tuple[Any, ...], ...] = ()
    two_digits: bool = False
    read: tuple[Any, ...] = ()

    @property
    def spellings(self) -> dict[Any, Any]:
        """Value to the one that stands for the same period, where it is another."""
        return {other: first for first, *others in self.same for other in others}

    def notes(self, column: str) -> tuple[Message, ...]:
        """Return which order was taken, and why; and which values were taken for one period."""
        if not self.known or self.pattern is None:
            return ()
        ends = {"column": column, "first": self.values[0], "last": self.values[-1]}
        said = [Message("common.waves_order", pattern=self.pattern, **ends)]
        if self.two_digits:
            said.append(Message("common.waves_two_digits", column=column))
        if self.same:
            names = [Message("common.waves_same", names=list(each)) for each in self.same]
            said.append(Message("common.waves_joined", column=column, names=names))
        return tuple(said)

    def warnings(self, column: str) -> tuple[Message, ...]:
        """Return that the order is not known, which values stand in the way, and what to do; or
        that the order given is not the one that the labels have."""
        if self.read:
            ends = {"first": self.values[0], "last": self.values[-1]}
            said = {
                "column": column,
                **ends,
                "first_read": self.read[0],
                "last_read": self.read[-1],
            }
            return (Message("common.waves_contradicted", **said),)
        if self.known:
            return ()
        said = {"column": column, "names": list(self.unread)}
        if self.why is Why.UNREAD and len(self.unread) < len(self.values):
            return (Message("common.waves_apart", condition=without(column, self.unread), **said),)
        return (Message(_WHY[self.why or Why.UNREAD], **said),)

    def refuse_unknown(self, *, column: str, parameter: str) -> None:
        """Refuse to go on where the order is not known, or values name one period twice.

        Raises
        ------
        ParameterError
            With the values that stand in the way, and how to give the order.
        """
        shown = ", ".join(repr(value) for value in self.unread[:5])
        more = " …" if len(self.unread) > 5 else ""
        if not self.known:
            raise ParameterError(
                f"{parameter}: the order of {column!r} in time is not known, since {shown}{more} "
                f"{_REASONS[self.why or Why.UNREAD]}; give it with order=[...], all values from "
                "the earliest to the latest, or make the column one of ordered categories"
            )
        if self.same:
            raise ParameterError(
                f"{parameter}: {' and '.join(map(repr, self.same[0]))} in {column!r} name the same "
                "period; give them one name"
            )


_WHY = {
    Why.UNREAD: "common.waves_unread",
    Why.NO_YEAR: "common.waves_no_year",
    Why.AMBIGUOUS: "common.waves_ambiguous",
    Why.FISCAL: "common.waves_fiscal",
    Why.PART: "common.waves_part",
}
_REASONS = {
    Why.UNREAD: "cannot be read as a period like the others",
    Why.NO_YEAR: "may come round again: they have no year",
    Why.AMBIGUOUS: "can be read in two ways, which give two orders",
    Why.FISCAL: "are months of a fiscal year whose first month is not known",
    Why.PART: "look like parts of a year and may come round again",
}


def order_waves(
    labels: Iterable[Any],
    *,
    order: Sequence[Any] | None = None,
    parameter: str = "order",
    column: str | None = None,
) -> Waves:
    """Put waves in their order in time, or say why it is not known.

    Parameters
    ----------
    labels : iterable
        The waves of the rows; missing ones are passed over. A pandas column of ordered categories
        has its order.
    order : sequence, optional
        All waves from the earliest to the latest; nothing is read from the labels then.
    parameter : str
        What the researcher knows `order` as.
    column : str, optional
        Name of the column: the numbers of a `quarter` or a `month` come round again.

    Returns
    -------
    Waves

    Raises
    ------
    ParameterError
        If `order` does not hold every wave once.

    Examples
    --------
    >>> order_waves(["Q1 2026", "Q4 2025"]).values
    ('Q4 2025', 'Q1 2026')
    >>> waves = order_waves(["Q1", "Q4"])
    >>> waves.known, waves.why.value, waves.unread
    (False, 'no_year', ('Q1', 'Q4'))
    """
    distinct = labels.drop_duplicates() if isinstance(labels, pd.Series) else labels
    values = list(dict.fromkeys(value for value in distinct if not pd.isna(value)))
    if order is not None:
        return _as_given(_given(values, order, parameter), order_waves(values, column=column))
    kind = getattr(labels, "dtype", None)
    if isinstance(kind, pd.CategoricalDtype) and kind.ordered:
        there = set(values)
        ordered = tuple(value for value in kind.categories if value in there)
        return Waves(values=ordered, pattern=Pattern.CATEGORIES if len(ordered) > 1 else None)
    if len(values) < 2:
        return Waves(values=tuple(values))
    if _are_times(values):
        return Waves(values=tuple(sorted(values)), pattern=Pattern.DATE)
    if any(isinstance(value, bool | np.bool_) for value in values):
        return _unknown(values, Why.UNREAD, values)
    if all(isinstance(value, Number) for value in values) and not _are_periods(values):
        return Waves(values=tuple(sorted(values)), pattern=Pattern.NUMBER)
    if column is not None and is_part_of_a_year(values, column):
        return _unknown(values, Why.PART, _by_numbers(values))
    return _read(values)


def _as_given(given: tuple[Any, ...], read: Waves) -> Waves:
    """Return the order that was given, and the one that the labels have where it is another."""
    same = tuple(dict.fromkeys(read.spellings.get(value, value) for value in given))
    apart = read.known and same != read.values
    return Waves(values=given, pattern=Pattern.GIVEN, read=read.values if apart else ())


def _are_periods(values: list[Any]) -> bool:
    """Say whether numbers may stand for something else than their size: 122025, 2025.1."""
    whole = all(value == int(value) for value in values if np.isfinite(value))
    return whole or all(1900 <= value < 2200 for value in values)


def _given(values: list[Any], order: Sequence[Any], parameter: str) -> tuple[Any, ...]:
    """Return the values in the order that was given; refuse one that does not hold each once."""
    by_name = {name(value): value for value in values}
    given = [name(value) for value in ([order] if isinstance(order, str) else order)]
    twice = [value for place, value in enumerate(given) if value in given[:place]]
    unknown = [value for value in given if value not in by_name]
    missing = [value for value in by_name if value not in given]
    problems = [
        *(f"{value!r} stands there twice" for value in dict.fromkeys(twice)),
        *(
            f"{value!r} is no wave{check.did_you_mean(str(value), map(str, missing or by_name))}"
            for value in unknown
        ),
        *(
            [f"{', '.join(map(repr, missing))} {'is' if len(missing) == 1 else 'are'} missing"]
            if missing
            else []
        ),
    ]
    if problems:
        raise ParameterError(
            f"{parameter}={order!r}: {', '.join(problems)}; write every wave once, from "
            "the earliest to the latest"
        )
    return tuple(by_name[value] for value in given)


def _are_times(values: list[Any]) -> bool:
    kinds = {type(value) for value in values}
    fit = len(kinds) == 1 and issubclass(kinds.pop(), dt.date | pd.Period | np.datetime64)
    if fit and isinstance(values[0], dt.datetime):
        return len({value.tzinfo is None for value in values}) == 1
    return fit and not (isinstance(values[0], pd.Period) and len({v.freq for v in values}) > 1)


def _unknown(values: list[Any], why: Why, unread: Sequence[Any]) -> Waves:
    return Waves(values=tuple(_by_numbers(values)), known=False, why=why, unread=tuple(unread))


def _read(values: list[Any]) -> Waves:
    """Read labels as periods: all under one way, and all ways that fit agree on the order."""
    read = {value: readings(name(value) or "") for value in values}
    common = set.intersection(*(set(each) for each in read.values()))
    if not common:
        return _unknown(values, Why.UNREAD, _apart(values, read))
    if any(way.pattern is None for way in common) and not counts_on(values, read, common):
        return _unknown(values, Why.NO_YEAR, _by_numbers(values))
    common = {way for way in common if way.pattern is not None}
    if not common:
        return _unknown(values, Why.NO_YEAR, _by_numbers(values))
    if wraps(values, read, common):
        return _unknown(values, Why.FISCAL, _by_numbers(values))
    ranks = {ranks_of([read[value][way].key for value in values]) for way in common}
    if len(ranks) > 1 or comes_round(values, read, common) or in_layouts(read, common):
        return _unknown(values, Why.AMBIGUOUS, _by_numbers(values))
    best = min(common, key=lambda way: (list(Pattern).index(way.pattern or Pattern.NUMBER), way))
    return _ordered(values, {value: read[value][best] for value in values}, best)


def _ordered(values: list[Any], read: Mapping[Any, Reading], way: Way) -> Waves:
    """Put values in the order of their keys; of those with one key the first stands for all."""
    periods: dict[Any, list[Any]] = {}
    for value in sorted(_by_numbers(values), key=lambda value: read[value].key):
        periods.setdefault(read[value].key, []).append(value)
    return Waves(
        values=tuple(same[0] for same in periods.values()),
        pattern=way.pattern,
        same=tuple(tuple(same) for same in periods.values() if len(same) > 1),
        two_digits=any(reading.two_digits for reading in read.values()),
    )


def _apart(values: list[Any], read: Mapping[Any, Mapping[Way, Reading]]) -> list[Any]:
    """Return the values that are not read as most are; all of them where there is no such way."""
    fits: dict[Way, int] = {}
    for each in read.values():
        for way in each:
            fits[way] = fits.get(way, 0) + 1
    best = max(fits, key=lambda way: (way.pattern is not None, fits[way]), default=None)
    dated = {value for value, ways in read.items() if any(is_dated(way) for way in ways)}
    if best is not None and is_dated(best) and dated == {v for v in values if best in read[v]}:
        few = fits[best] < 2  # a single period says nothing of the others
    else:
        few = best is None or fits[best] * 2 <= len(values)
    if few:
        return _by_numbers(values)
    return [value for value in _by_numbers(values) if best not in read[value]]


def come_after(
    waves: Sequence[Any], others: Sequence[Any], *, order: Sequence[Any] | None = None
) -> list[Any]:
    """Return which of `others` come after the last of `waves`; all where that is not known.

    >>> come_after(["2025Q3", "2025Q4"], ["2025Q2", "2026Q1"])
    ['2026Q1']
    """
    found = order_waves([*waves, *others], order=order)
    if not found.known or not waves:
        return list(others)
    place = {wave: number for number, wave in enumerate(found.values)}
    last = max(place[found.spellings.get(wave, wave)] for wave in waves)
    return [each for each in found.values if each in others and place[each] > last]


def natural_order(values: Iterable[Any]) -> list[Any]:
    """Return the distinct values in the order a reader expects: ordered categories and periods in
    theirs, numbers by size, times, text with its numbers by size.

    It shows groups and claims nothing: what speaks of time asks `order_waves`.

    >>> natural_order(["2025Q1", "2024Q4"]), natural_order(["Q1 2026", "Q4 2025"])
    (['2024Q4', '2025Q1'], ['Q4 2025', 'Q1 2026'])
    >>> natural_order(["wave 10", "wave 9", "b"])
    ['b', 'wave 9', 'wave 10']
    """
    kind = getattr(values, "dtype", None)
    if isinstance(values, pd.Series):
        values = values.drop_duplicates()  # of as many rows as counts have, few are distinct
    there = list(dict.fromkeys(value for value in values if not pd.isna(value)))
    if isinstance(kind, pd.CategoricalDtype) and kind.ordered:
        return [value for value in kind.categories if value in set(there)]
    if 1 < len(there) <= _MOST_GROUPS and _may_be_periods(there):
        waves = order_waves(there)
        if waves.known:
            others = {first: [first, *rest] for first, *rest in waves.same}
            return [each for value in waves.values for each in others.get(value, [value])]
    return _by_numbers(there)


def _may_be_periods(values: Sequence[Any]) -> bool:
    """Say whether the first values are read in one way, which costs less than to read them all."""
    if not all(isinstance(value, str) for value in values):
        return False
    return bool(set.intersection(*(set(readings(name(value) or "")) for value in values[:3])))


def _by_numbers(values: Iterable[Any]) -> list[Any]:
    def key(value: Any) -> tuple:
        if isinstance(value, str):
            pieces = filter(None, re.split(r"(\d+)", value))
            return 2, tuple(map(_size, pieces)), value
        if isinstance(value, Number | np.bool_):
            return 0, value
        zone = getattr(value, "tzinfo", None) is not None
        return 1, type(value).__name__, zone, value

    return sorted(dict.fromkeys(values), key=key)


def _size(piece: str) -> tuple[int, int, str]:
    """Put digits before words, and by their number, however many they are."""
    digits = piece.lstrip("0") if piece.isdecimal() else ""
    return (0, len(digits), digits) if piece.isdecimal() else (1, 0, piece)


def places(values: pd.Series) -> pd.Series:
    """Return the place of each value in natural order, from 0; missing where the value is.

    >>> places(pd.Series(["W10", "W9", "W9"])).tolist()
    [1, 0, 0]
    """
    return values.map({value: place for place, value in enumerate(natural_order(values))})
