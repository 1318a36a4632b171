"""Totals as people write them (counts, shares, percent) -> one count or share a category of each
margin, and what was decided."""

from __future__ import annotations

import difflib
import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

import pandas as pd

from cxlib.errors import WeightError
from cxlib.rows import names
from cxlib.shown import language as words
from cxlib.shown.message import Message

GAP = " · "  # between the categories of a crossed margin
CROSS = " × "  # between its columns
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?", re.IGNORECASE)
_GROUPED = re.compile(r"\d{1,3}(?:[, '\u00a0\u202f]\d{3})+")
_COMMA = re.compile(r"0?,\d+|\d+,\d{1,2}|\d{4,},\d+")  # no thousands
_MOST_OFF = 0.01  # of the whole, by which the sum of rounded shares may miss it
_NEAR = 0.1  # of the whole, within which a sum that is not the whole is a slip
_EXACT = 1e-9


class Unit(StrEnum):
    """What the numbers of a margin are."""

    COUNT = "count"
    SHARE = "share"
    PERCENT = "percent"
    OF_100 = "of_100"  # percent without a sign, or counts of 100


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """What is wanted of one margin.

    Attributes
    ----------
    columns : tuple of str
        Its column; several where their combinations have targets.
    totals : pandas.Series
        Category to count or share, by name; the categories of a combination joined by `GAP`. All
        margins' totals are shares (of sum 1), or all are counts.
    unit : Unit
        What the numbers were.
    """

    columns: tuple[str, ...]
    totals: pd.Series
    unit: Unit

    @property
    def name(self) -> str:
        """The column's name, or those of the combination."""
        return CROSS.join(self.columns)


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What is wanted of all margins, and what was decided about the numbers."""

    margins: tuple[Target, ...] = ()
    notes: tuple[Message, ...] = ()

    @property
    def columns(self) -> list[str]:
        """The columns that have targets, each once."""
        return list(dict.fromkeys(column for each in self.margins for column in each.columns))

    def as_mapping(self) -> dict[Any, pd.Series]:
        """Return what `rake` takes: a column, or a tuple of columns, to its totals."""
        return {
            each.columns[0] if len(each.columns) == 1 else each.columns: each.totals
            for each in self.margins
        }


def as_targets(given: Any) -> Targets:
    """Read targets as `rake` takes them.

    Parameters
    ----------
    given : mapping
        Column (or tuple of columns) to category (or tuple of categories) to count, share or percent
        (`"60 %"`, or numbers that sum to 100 beside other shares or counts).

    Raises
    ------
    WeightError
        If it is no such mapping, two keys are one category, a number is none, or a margin's shares
        do not sum to the whole, or the margins' counts to one total.

    Examples
    --------
    >>> found = as_targets(
    ...     {"plan": {"basic": "60 %", "pro": "40 %"}, "vip": {True: 0.1, False: 0.9}}
    ... )
    >>> [each.totals.tolist() for each in found.margins]
    [[0.6, 0.4], [0.1, 0.9]]
    """
    if isinstance(given, pd.DataFrame) or not isinstance(given, Mapping):
        raise WeightError(
            f"targets is a {type(given).__name__}; give a mapping of column to category to count, "
            "which cx.bias.margins(frame, columns=[...]) makes of a population and "
            "cx.bias.read_targets(table, columns=[...]) of a table of counts"
        )
    found, notes, seen = [], [], set[str]()
    for key, target in given.items():
        columns = tuple(map(str, key)) if isinstance(key, tuple) else (str(key),)
        made, said = _target(columns, target)
        if made.name in seen:
            raise WeightError(f"targets: {made.name!r} is there twice; give each column one target")
        seen.add(made.name)
        found.append(made)
        notes += said
    units, more = _one_unit(found)
    return Targets(tuple(units), (*notes, *more))


def one_target(
    columns: tuple[str, ...], pairs: Sequence[tuple[Any, Any]], labels: Sequence[Any]
) -> Targets:
    """Read the numbers of one margin, whose categories are named `labels`, by the rules of
    `as_targets`."""
    made, notes = _read(columns, pairs, labels)
    units, _ = _one_unit([made])
    return Targets(tuple(units), tuple(notes))


def _target(columns: tuple[str, ...], given: Any) -> tuple[Target, list[Message]]:
    name = CROSS.join(columns)
    pairs = _pairs(name, given)
    labels = [_label(name, key, len(columns)) for key, _ in pairs]
    _refuse_collisions(name, labels, [key for key, _ in pairs])
    return _read(columns, pairs, labels)


def _read(
    columns: tuple[str, ...], pairs: Sequence[tuple[Any, Any]], labels: Sequence[Any]
) -> tuple[Target, list[Message]]:
    name = CROSS.join(columns)
    read = [_number(name, key, value) for key, value in pairs]
    values = pd.Series([value for value, _ in read], index=labels, dtype=float).rename(name)
    bad = [
        f"{key!r} is {value}"
        for (key, _), value in zip(pairs, values, strict=True)
        if not 0 <= value < math.inf
    ]
    if values.empty or bad:
        which = bad[0] if bad else "there is no category"
        raise WeightError(
            f"targets[{name!r}]: {which}; each category needs a count or share of 0 or more"
        )
    if not values.sum() > 0:
        raise WeightError(
            f"targets[{name!r}]: the totals are all 0; each margin needs a positive total"
        )
    marked = {percent for _, percent in read}
    if marked == {True, False}:
        raise WeightError(
            f"targets[{name!r}]: some numbers have a percent sign and others have none; write all "
            "of them alike"
        )
    return _in_unit(columns, values, percent=marked == {True})


def _pairs(name: str, given: Any) -> list[tuple[Any, Any]]:
    """Return categories and numbers, also of a Series that has a category twice."""
    if isinstance(given, pd.DataFrame):
        raise WeightError(
            f"targets[{name!r}] is a DataFrame; give one of its columns, as in "
            f"frame.set_index({name!r})['count'], or read the whole table with "
            "cx.bias.read_targets(frame, columns=[...])"
        )
    if isinstance(given, pd.Series):
        return list(zip(given.index, given.tolist(), strict=True))
    if not isinstance(given, Mapping):
        raise WeightError(
            f"targets[{name!r}]={given!r}: give a mapping of category to count or share, such as "
            f"{{{name!r}: {{'a': 0.6, 'b': 0.4}}}}"
        )
    for key, value in given.items():
        if isinstance(value, Mapping | pd.Series | pd.DataFrame):
            raise WeightError(
                f"targets[{name!r}][{key!r}] is a mapping again; for targets within each category "
                f"give counts of the combinations, keyed by ({name!r}, the other column) and "
                f"({key!r}, its category), or a table with a column for each (see "
                "cx.bias.read_targets)"
            )
        if isinstance(value, Sequence) and not isinstance(value, str):
            raise WeightError(
                f"targets[{name!r}][{key!r}]={value!r}: give one count or share a category"
            )
    return list(given.items())


def _label(name: str, key: Any, columns: int) -> str:
    parts = key if isinstance(key, tuple) else (key,)
    if isinstance(key, str) and columns > 1:
        parts = tuple(key.split(GAP))
    spelt = [names.name(part) for part in parts]
    if len(spelt) != columns or None in spelt:
        raise WeightError(
            f"targets[{name!r}]: {key!r} is the name of no category"
            + (f"; give one of each of the {columns} columns" if columns > 1 else "")
            + "; for those of whom it is not known make 'unknown' a category of its own, in the "
            "data and in the targets"
        )
    return GAP.join(map(str, spelt))


def _refuse_collisions(name: str, labels: Sequence[str], keys: Sequence[Any]) -> None:
    spellings = defaultdict(list)
    for label, key in zip(labels, keys, strict=True):
        spellings[label].append(key)
    for label, twice in spellings.items():
        if len(twice) > 1:
            raise WeightError(
                f"targets[{name!r}]: {label!r} is there twice, spelt differently in white space, "
                f"width or type ({' and '.join(map(repr, twice))}), or repeated; give each "
                "category one target"
            )


def _number(name: str, key: Any, value: Any) -> tuple[float, bool]:
    """Return a number, and whether it has a percent sign."""
    if isinstance(value, bool) or value is None:
        text = ""
    elif isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
    else:
        try:
            return float(value), False
        except (TypeError, ValueError):
            text = ""
    percent = text.endswith("%")
    text = text.rstrip("% ").strip()
    if _GROUPED.fullmatch(text):
        text = re.sub(r"\D", "", text)
    elif _COMMA.fullmatch(text):
        text = text.replace(",", ".")
    if not _NUMBER.fullmatch(text):
        raise WeightError(
            f"targets[{name!r}][{key!r}]={value!r} is no number; give a count (600), a share "
            "(0.6) or percent ('60 %')"
        )
    return float(text), percent


def _in_unit(
    columns: tuple[str, ...], values: pd.Series, *, percent: bool
) -> tuple[Target, list[Message]]:
    """Tell shares and percent from counts by their sum; those that do not sum are refused."""
    name, total = str(values.name), math.fsum(values)
    whole = bool((values % 1 == 0).all())
    if percent:
        unit, of = Unit.PERCENT, 100.0
    elif (not whole and _is_near(total, 100)) or abs(total - 100) <= 100 * _EXACT:
        unit, of = Unit.OF_100, 100.0
    elif _is_near(total, 1) or (not whole and total < 2):
        unit, of = Unit.SHARE, 1.0
    else:
        return Target(columns, values, Unit.COUNT), []
    off = abs(total - of) / of
    if off > _EXACT and not _is_rounding(values, total, of):
        sign = " %" if unit is Unit.PERCENT else ""
        raise WeightError(
            f"targets[{name!r}]: the shares sum to {total:.10g}{sign}, not to {of:g}{sign}; "
            "correct them, or add the category that is missing; if they are no shares, give counts"
        )
    told = [] if off <= _EXACT else [Message("bias.targets_rounded", margin=name, total=total)]
    return Target(columns, values / total, unit), told  # of sum 1


def _is_near(total: float, whole: float) -> bool:
    return abs(total - whole) <= _NEAR * whole


def _is_rounding(values: pd.Series, total: float, whole: float) -> bool:
    """Return whether shares miss the whole by what rounding each of them explains."""
    digits = max(len(f"{value:.12g}".partition(".")[2]) for value in values)
    most = 0.5 * 10.0**-digits * int((values > 0).sum())
    return abs(total - whole) < most * (1 - 1e-6) and abs(total - whole) <= whole * (
        _MOST_OFF + _EXACT
    )


def _one_unit(found: Sequence[Target]) -> tuple[list[Target], list[Message]]:
    """Make counts of the shares where some margins have counts; refuse counts of two totals."""
    counts = {each.name: float(each.totals.sum()) for each in found if each.unit is Unit.COUNT}
    if not counts:
        of = 100.0 if all(each.unit is Unit.OF_100 for each in found) else 1.0
        return [replace(each, totals=each.totals * of) for each in found], []
    total, shares = max(counts.values()), [each.name for each in found if each.name not in counts]
    if total - min(counts.values()) > _EXACT * total or (shares and _is_near(total, 100)):
        said = words.write_list(f"{each.name} {_sum_of(each)}" for each in found)
        raise WeightError(
            f"targets: the margins sum to different totals ({said}), so they cannot all be met; "
            "give counts of one population, or divide each margin by its sum"
        )
    told = [Message("bias.targets_mixed", names=shares, total=total)] if shares else []
    return [
        each if each.unit is Unit.COUNT else replace(each, totals=each.totals * total)
        for each in found
    ], told


def _sum_of(target: Target) -> str:
    of = 100 if target.unit in (Unit.PERCENT, Unit.OF_100) else 1
    return f"{of * target.totals.sum():,.10g}{' %' if target.unit is Unit.PERCENT else ''}"


def of_respondents(targets: Targets, cells: pd.DataFrame) -> Targets:
    """Read counts whose population would be smaller than its respondents as shares, and say so;
    refuse those that look like percent with a slip.

    Parameters
    ----------
    targets : Targets
    cells : pandas.DataFrame
        As `counts.cells.cells` gives them; respondents with a base weight above 0 count.

    Raises
    ------
    WeightError
        If the numbers nearly sum to 100, and are fewer than the respondents.
    """
    n = int(cells.loc[cells["base"] > 0, "n"].sum())
    total = float(targets.margins[0].totals.sum()) if targets.margins else math.inf
    if _is_near(total, 1) or total >= n:
        return targets
    for each in targets.margins:
        if each.unit is Unit.COUNT and _is_near(total, 100):
            raise WeightError(
                f"targets[{each.name!r}]: the numbers sum to {total:g}, which is neither 100 % nor "
                f"a population, as there are {n:,} respondents; correct them, or divide each by "
                "their sum"
            )
    names = [each.name for each in targets.margins]
    told = Message("bias.targets_below_n", names=names, total=total, n=n)
    shares = tuple(replace(each, totals=each.totals / total) for each in targets.margins)
    return Targets(shares, (*targets.notes, told))


def nearest_spelling(wanted: Iterable[str], there: Iterable[str]) -> dict[str, str]:
    """Return categories that nobody has, each with one that has no target and is nearly the same:
    by capital letters, spaces or signs, or nearly.

    >>> nearest_spelling(["pro", "basic", "JP"], ["Pro", "basic", "KR"])
    {'pro': 'Pro'}
    """
    wanted, there = list(wanted), list(there)
    free = [each for each in there if each not in set(wanted)]
    plain = {_plain(each): each for each in free}
    found = {}
    for each in set(wanted) - set(there):
        if _plain(each) in plain:
            found[each] = plain[_plain(each)]
        elif len(_plain(each)) > 3 and not re.search(r"\d", each):
            near = [
                one
                for one in free
                if not re.search(r"\d", one) and _distance_is_small(_plain(each), _plain(one))
            ]
            if len(near) == 1:
                found[each] = near[0]
    return {each: found[each] for each in wanted if each in found}


def _plain(name: str) -> str:
    """Return a category's name without what spellings differ by."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = re.sub(r"[‐‑‒–—―〜～~−ー]", "-", text) if re.search(r"\d", text) else text
    return re.sub(r"[\s_.,'’()]+", "", text)


def _distance_is_small(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one, other).ratio() >= 0.8
