"""Categories with few respondents or none -> the neighbour each is merged with, so that weights can
be made."""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import pandas as pd

from cxlib import check
from cxlib.bias.targets import GAP, Target
from cxlib.errors import ParameterError
from cxlib.rows import names
from cxlib.shown.message import Message

FEWEST = (
    5  # respondents of a category, below which it is tiny: its few answers count for all others
)

Merge = Mapping[str, Mapping[str, str]]  # column to category to the one it is merged with
_NUMBERS = re.compile(r"\d+(?:[.,]\d+)?")
_BELOW = re.compile(
    r"^[<≤]|under|below|less|younger|up to|unter|bis|moins|menos|未満|以下|まで|미만|이하|까지"
)
_SCALES: tuple[tuple[str, ...], ...] = (
    tuple(month.casefold() for month in calendar.month_name[1:]),
    tuple(month.casefold() for month in calendar.month_abbr[1:]),
    tuple(day.casefold() for day in calendar.day_name),
    tuple(day.casefold() for day in calendar.day_abbr),
    ("xxs", "xs", "s", "m", "l", "xl", "xxl"),
    ("micro", "small", "medium", "large", "enterprise"),
    ("very low", "low", "medium", "high", "very high"),
    ("小", "中", "大"),
    ("低", "中", "高"),
    ("낮음", "보통", "높음"),
    ("月", "火", "水", "木", "金", "土", "日"),
    ("월", "화", "수", "목", "금", "토", "일"),
)


@dataclass(frozen=True, slots=True)
class Few:
    """A category with few respondents, or none.

    Attributes
    ----------
    margin, category : str
    n : int
        Respondents who are in it and count (with a base weight above 0).
    wanted : float
        Its share of the target.
    """

    margin: str
    category: str
    n: int
    wanted: float


def find_few(target: Target, n: pd.Series) -> list[Few]:
    """Return the categories that have a target and fewer than `FEWEST` respondents.

    Parameters
    ----------
    target : Target
    n : pandas.Series
        Category to respondents; what is not there has none.
    """
    totals = target.totals[target.totals > 0]
    here = n.reindex(totals.index, fill_value=0)
    return [
        Few(target.name, str(category), int(here[category]), float(totals[category] / totals.sum()))
        for category in totals.index
        if here[category] < FEWEST
    ]


# who is in such a category is near nobody in particular
_UNKNOWN = re.compile(
    r"unknown|other|others|missing|n/?a|none|not stated|no answer|-|–|不明|その他|無回答|未回答"
    r"|기타|무응답|모름|미상",
    re.IGNORECASE,
)


def _is_unknown(name: str) -> bool:
    return _UNKNOWN.fullmatch(name.strip()) is not None


def propose(
    target: Target, n: pd.Series, *, order: Sequence[str] | None = None, empty_only: bool = False
) -> dict[str, str]:
    """Propose with which category each empty or tiny one is merged.

    The rule: again and again the group with the fewest respondents, while these are fewer than
    `FEWEST`, is merged with its neighbour in order (the smaller of the two), where the categories
    have an order: `order`, numbers and ranges in their names, months, days, sizes; else with the
    smallest other group that has respondents. The last group stays, and so do categories such as
    `unknown` and `other`, which are near no other.

    Parameters
    ----------
    target : Target
    n : pandas.Series
        Category to respondents.
    order : sequence of str, optional
        The categories in their order, as ordered categories have it.
    empty_only : bool
        Merge categories without any respondent alone.

    Returns
    -------
    dict of str to str
        Category to the one it is merged with; chains are resolved.

    Examples
    --------
    >>> ages = pd.Series({"18-34": 40.0, "35-54": 40.0, "55-64": 10.0, "65+": 10.0})
    >>> propose(Target(("age",), ages, "share"), pd.Series({"18-34": 9, "35-54": 9, "55-64": 2}))
    {'55-64': '35-54', '65+': '35-54'}
    """
    totals = target.totals[target.totals > 0]
    places = _places(target, list(map(str, totals.index)), order)
    groups = {
        (name := str(each)): _Group(
            name, [name], int(n.get(each, 0)), float(total), places[name][0], *[places[name][1]] * 2
        )
        for each, total in totals.items()
    }
    own = {name: (group.n, group.total) for name, group in groups.items()}
    least = 1 if empty_only else FEWEST
    while len(groups) > 1:
        known = [each for each in groups.values() if not _is_unknown(each.name)]
        if len(known) < 2:
            break
        first = min(known, key=lambda group: (group.n, group.total))
        if first.n >= least:
            break
        other = _neighbour(first, [each for each in known if each is not first])
        both = first.joined(other)
        both.name = max(first.name, other.name, key=lambda name: own[name])
        del groups[first.name], groups[other.name]
        groups[both.name] = both
    into = {one: group.name for group in groups.values() for one in group.held}
    return {one: into[one] for one in own if into[one] != one}


@dataclass(slots=True)
class _Group:
    """Categories that are merged; `low` and `high` are the ends of those that have a place."""

    name: str
    held: list[str]
    n: int
    total: float
    part: Any
    low: float | None
    high: float | None

    def joined(self, other: _Group) -> _Group:
        ends = [each for each in (self.low, other.low, self.high, other.high) if each is not None]
        low, high = (min(ends), max(ends)) if ends else (None, None)
        held = self.held + other.held
        return _Group(
            self.name, held, self.n + other.n, self.total + other.total, self.part, low, high
        )


def _neighbour(first: _Group, others: list[_Group]) -> _Group:
    """Return the group next to one in order, else the smallest other; one with respondents where
    there is one."""
    others = [each for each in others if each.part == first.part] or others
    if first.low is not None and first.high is not None:
        low, high = first.low, first.high
        below = [each for each in others if each.high is not None and each.high < low]
        above = [each for each in others if each.low is not None and each.low > high]
        beside = [max(below, key=lambda each: each.high or 0.0)] if below else []
        beside += [min(above, key=lambda each: each.low or 0.0)] if above else []
        others = beside or others
    some = [each for each in others if each.n] or others
    return min(some, key=lambda each: (each.n, each.total, each.name))


def _places(
    target: Target, categories: Sequence[str], order: Sequence[str] | None
) -> dict[str, tuple[Any, float | None]]:
    """Return where each category stands in the order; of a crossed margin, among those that differ
    in the last column alone."""
    if len(target.columns) == 1:
        return {each: (None, place) for each, place in positions(categories, order).items()}
    parts = {each: each.split(GAP) for each in categories}
    last = positions(list(dict.fromkeys(part[-1] for part in parts.values())), order)
    return {each: (tuple(part[:-1]), last[part[-1]]) for each, part in parts.items()}


def positions(
    categories: Sequence[str], order: Sequence[str] | None = None
) -> dict[str, float | None]:
    """Return the place of each category in order; None where it has none.

    >>> positions(["55+", "18〜34", "<18", "n/a"])
    {'55+': 55.0, '18〜34': 18.0, '<18': 17.5, 'n/a': None}
    """
    if order is not None and set(categories) <= set(order):
        return {each: float(list(order).index(each)) for each in categories}
    plain = {each: unicodedata.normalize("NFKC", each).casefold().strip() for each in categories}
    for scale in _SCALES:
        if len(categories) > 1 and set(plain.values()) <= set(scale):
            return {each: float(scale.index(plain[each])) for each in categories}
    read = {each: _number(text) for each, text in plain.items()}
    found = [place for place in read.values() if place is not None]
    if len(found) < 2 or 2 * len(found) < len(categories) or len(set(found)) < len(found):
        return dict.fromkeys(categories)
    return read


def _number(text: str) -> float | None:
    numbers = [float(each.replace(",", "")) for each in _NUMBERS.findall(text)]
    if not numbers:
        return None
    alone = len(numbers) == 1 and _BELOW.search(text) is not None
    return numbers[0] - 0.5 if alone else numbers[0]


def as_merge(given: Any) -> Merge | Literal["auto"] | None:
    """Read the parameter `merge`: names folded, and chains resolved (pro to plus to basic).

    Raises
    ------
    ParameterError
        If it is neither "auto" nor a mapping of column to category to category, or goes in a
        circle.
    """
    if given is None or given == "auto":
        return given
    rule = "give merge='auto', or a mapping such as {'plan': {'pro': 'plus'}}: pro into plus"
    if not isinstance(given, Mapping):
        raise ParameterError(f"merge={given!r} is no way to merge categories; {rule}")
    read = {}
    for column, pairs in given.items():
        if not isinstance(pairs, Mapping):
            raise ParameterError(f"merge[{column!r}]={pairs!r} is no mapping of categories; {rule}")
        read[str(column)] = _chains(str(column), pairs, rule)
    return read


def _chains(column: str, pairs: Mapping[Any, Any], rule: str) -> dict[str, str]:
    steps: dict[str, str] = {}
    for one, other in pairs.items():
        old, new = names.name(one), names.name(other)
        if old is None or new is None:
            raise ParameterError(f"merge[{column!r}]: {one!r} into {other!r} names none; {rule}")
        if steps.get(old, new) != new:
            raise ParameterError(
                f"merge[{column!r}]: {old!r} is there twice, spelt differently; name it once"
            )
        if old != new:
            steps[old] = new
    found = {}
    for old in steps:
        new, seen = steps[old], [old]
        while new in steps:
            seen.append(new)
            new = steps[new]
            if new in seen:
                raise ParameterError(
                    f"merge[{column!r}] goes in a circle ({' into '.join([*seen, new])}); name the "
                    "category that stays"
                )
        found[old] = new
    return found


def refuse_unknown(merge: Merge, there: Mapping[str, Sequence[str]]) -> None:
    """Refuse columns of `merge` that have no target, and categories that nobody knows.

    Parameters
    ----------
    merge : mapping
    there : mapping of str to sequence of str
        Margin to the categories of the respondents and of the target.

    Raises
    ------
    ParameterError
        With the nearest that there is.
    """
    for column, pairs in merge.items():
        if column not in there:
            raise ParameterError(
                f"merge={column!r}: no such column has targets{check.did_you_mean(column, there)}"
            )
        for old in pairs:
            if old not in there[column]:
                raise ParameterError(
                    f"merge[{column!r}]: there is no category {old!r}"
                    f"{check.did_you_mean(old, there[column])}"
                )


def as_written(merges: Merge) -> str:
    """Write merges as `merge` takes them, in Python and in YAML alike."""
    return repr({column: dict(pairs) for column, pairs in merges.items() if pairs})


def merged(target: Target, merge: Merge) -> tuple[pd.Series, dict[str, str]]:
    """Add up the totals of categories that are merged.

    Returns
    -------
    tuple of (pandas.Series, dict of str to str)
        Group to total, a group called by all that it holds ("plus + pro"); and category to group
        for every category that is named, also where only respondents have it (see `group_of`).
    """
    into = {each: group_of(target, each, merge) for each in map(str, target.totals.index)}
    held: dict[str, list[str]] = {}
    for category, group in into.items():
        held.setdefault(group, []).append(category)
    called = {}
    for group, categories in held.items():
        first = [group] if group in categories else []
        rest = [each for each in categories if each != group]
        named = group if not first else " + ".join([*first, *rest])
        called[group] = named
    totals = target.totals.groupby(
        [called[into[str(each)]] for each in target.totals.index], sort=False
    )
    return totals.sum().rename(target.name), called


def group_of(target: Target, category: str, merge: Merge) -> str:
    """Return the category that one is merged with, or itself; of a crossed margin, by the merges of
    its columns and of itself."""
    if len(target.columns) > 1:
        parts = zip(target.columns, category.split(GAP), strict=True)
        category = GAP.join(merge.get(column, {}).get(part, part) for column, part in parts)
    return merge.get(target.name, {}).get(category, category)


def told(target: Target, n: pd.Series, merge: Merge) -> Message | None:
    """Say which categories were merged, and how many respondents each has; None where none was."""
    pairs = {
        each: group
        for each in dict.fromkeys([*map(str, target.totals.index), *map(str, n.index)])
        if (group := group_of(target, each, merge)) != each
    }
    if not pairs:
        return None
    said = [
        Message("bias.merged_into", category=each, n=int(n.get(each, 0)), other=group)
        for each, group in pairs.items()
    ]
    return Message("bias.merged", margin=target.name, names=said)
