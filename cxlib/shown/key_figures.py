"""Names of figures -> which rows of the ledger a reader sees first, and what each is called."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from cxlib import check, texts
from cxlib.errors import ParameterError
from cxlib.shown import language as words
from cxlib.shown.figure_rows import Figure, key_columns
from cxlib.shown.message import Message, said
from cxlib.shown.result import Absent, Result

MOST = 5  # that are seen at a glance
_WAYS = ("first", "last", "largest")

Choice = str | Mapping[str, Any]
Key = str | tuple[str, Choice]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A figure that is asked for, and its result; `at` or `way` say which of its rows."""

    name: str
    column: str
    found: Result
    at: Mapping[str, Any]
    way: str = ""

    @property
    def figure(self) -> str:
        """Its name in the ledger."""
        return f"{self.name}.{self.column}"


def mark_keys(
    keys: Sequence[Key],
    named: Mapping[str, Result],
    rows: Sequence[Figure],
    *,
    wave: str | None = None,
    language: str = "en",
) -> list[dict[str, Any]]:
    """Return what the page shows first of a ledger, one mark a key; none where the row `repeats`
    another one.

    Parameters
    ----------
    keys : sequence of str or (str, mapping or str)
        Names of figures, as `changes.difference`; with a mapping, the row that has its values;
        with `"first"` the first row; with `"last"` the last finished one; with `"largest"` the
        one with the largest value.
    named : mapping of str to Result
        The results by their names in the ledger.
    rows : sequence of Figure
        The rows of the ledger.
    wave : str, optional
        The wave that is looked at: of several rows with a wave, those of it.
    language : str
        Language of the labels.

    Returns
    -------
    list of dict
        `row` (position in the ledger, None where there is none), `label` (in words), `of` (what
        tells the row from its neighbours), `id` (the same in another run of the report, where the
        two may be compared), `why` (in words, where no row can be shown), and `n` (on how many it
        rests, where the result says it in words).

    Raises
    ------
    ParameterError
        If there are more than `MOST` keys, or one names no figure or no way to choose a row.
    ColumnError
        If a key's result has no column of its mapping.
    """
    if len(keys) > MOST:
        raise ParameterError(f"key={len(keys)} figures: a reader takes in {MOST}; name the first")
    asked = [_wanted(key, named) for key in keys]
    marks = [(each.found, _mark(each, rows, wave, language)) for each in asked]
    return [
        mark
        for found, mark in marks
        if mark["row"] is None or not found.repeats(rows[mark["row"]].place)
    ]


def _wanted(key: Key, named: Mapping[str, Result]) -> Wanted:
    figure, choice = (key, {}) if isinstance(key, str) else key
    name, _, column = figure.partition(".")
    if name not in named:
        near = check.did_you_mean(name, named)
        raise ParameterError(f"key={figure!r}: no result of this ledger is named {name!r}{near}")
    found = named[name]
    kind = found.instead_of if isinstance(found, Absent) else found
    owned = [*kind.columns] or [*found.frame]
    is_known = column in owned or (isinstance(found, Absent) and not kind.columns and column)
    if not is_known:
        near = check.did_you_mean(column, owned)
        raise ParameterError(f"key={figure!r}: {name!r} has no column {column!r}{near}")
    at = choice if isinstance(choice, Mapping) else {}
    way = choice if isinstance(choice, str) else ""
    if way:
        check.one_of("key", way, _WAYS)
    if at and not isinstance(found, Absent):
        check.columns([*found.frame.columns], key=[*at])
    return Wanted(name=name, column=column, found=found, at=at, way=way)


def _mark(
    wanted: Wanted, rows: Sequence[Figure], wave: str | None, language: str
) -> dict[str, Any]:
    places = [
        number
        for number, row in enumerate(rows)
        if row.figure == wanted.figure and _is_at(wanted, row.place)
    ]
    own = places
    if wave is not None and not wanted.way:
        own = [number for number in places if rows[number].wave in (wave, None)]
    place, why = _one(wanted, rows, own, language)
    row = None if place is None else rows[place]
    return {
        "row": place,
        "label": _label(wanted, row, language),
        "of": "" if row is None else _of(wanted, row, language),
        "id": _id(wanted, row, varied=len(places) > len(own)),
        "why": why,
    } | _size(wanted, row, language)


def _size(wanted: Wanted, row: Figure | None, language: str) -> dict[str, str]:
    """Return on how many the figure rests, where its result says it in words."""
    told = "" if row is None else said(wanted.found.said_size(row.place), language)
    return {"n": told} if told else {}


def _is_at(wanted: Wanted, place: int) -> bool:
    line = wanted.found.frame.iloc[place]
    return all(line[name] == value for name, value in wanted.at.items())


def _one(
    wanted: Wanted, rows: Sequence[Figure], places: list[int], language: str
) -> tuple[int | None, str]:
    """Return the one row that is meant, else why there is none."""
    frame = wanted.found.frame
    if wanted.way == "last" and "complete" in frame:
        places = [number for number in places if frame["complete"].iloc[rows[number].place]]
    if wanted.way == "largest" and places:
        top = max(rows[number].value for number in places)
        places = [number for number in places if rows[number].value == top]
    if wanted.way in ("first", "last") and places:
        return (min if wanted.way == "first" else max)(places), ""
    if len(places) > 1:
        return None, Message("common.key_several", n=len(places)).text(language)
    if places:
        return places[0], ""
    told = next((row.text for row in rows if row.figure == wanted.name and row.why), "")
    return None, told or Message("common.key_none").text(language)


def _label(wanted: Wanted, row: Figure | None, language: str) -> str:
    """Return what a study calls the figure where it is a key figure, else what the ledger does."""
    kind = wanted.found.instead_of if isinstance(wanted.found, Absent) else type(wanted.found)
    topic = words.topic_of(kind)
    key = "_".join(["key", wanted.name, wanted.column, *map(str, wanted.at.values())])
    if key in texts.load(language, topic):
        return words.text(f"{topic}.{key}", language)
    if row is not None:
        return row.text
    try:
        return words.heading(wanted.column, language, topic=topic)
    except KeyError:
        return wanted.column


def _of(wanted: Wanted, row: Figure, language: str) -> str:
    """Return which row it is: its groups, its period, the waves that it compares."""
    found, line = wanted.found, wanted.found.frame.iloc[row.place]
    told = found.said_keys(row.place)
    parts = []
    if {"a", "b"} <= {*line.index}:
        parts.append(f"{words.label(line['a'], language)} → {words.label(line['b'], language)}")
    elif row.wave:
        parts.append(row.wave)
    for name in key_columns(found):
        if name in told:
            parts.append(words.write(told[name], "", language))
            continue
        a_kind = isinstance(found.formats.get(name), type)  # its raw value is no word
        if name in ("a", "b", *wanted.at) or a_kind or pd.isna(line[name]):
            continue
        how = found.formats.get(name) or ("date" if isinstance(line[name], dt.date) else "")
        value = words.write(line[name], how if isinstance(how, str) else "", language)
        if isinstance(line[name], str):
            parts.append(value)
        else:
            parts.append(f"{_heading(found, name, language)} {value}")
    return " · ".join(part for part in dict.fromkeys(parts) if part)


def _heading(found: Result, name: str, language: str) -> str:
    try:
        return words.heading(name, language, topic=words.topic_of(type(found)))
    except KeyError:
        return found.carried.get(name, name)


def _id(wanted: Wanted, row: Figure | None, *, varied: bool) -> str:
    """Name the figure so that the same of another run has the same name: the newest of a row of
    waves or periods goes on from the newest before; any other row is that row alone."""
    moves = wanted.way == "last" or varied
    at = [f"{name}={value}" for name, value in wanted.at.items()]
    segment = [] if moves or row is None else [row.segment]
    return " ".join(filter(None, [wanted.figure, wanted.way, *at, *segment]))
