"""The rows of a result -> which each is, in words: `weighted`, `after 6 months`, `'pro'`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import pandas as pd

from cxlib.shown import language as words
from cxlib.shown.message import Message, Names
from cxlib.shown.result import Result
from cxlib.shown.table import in_words

_HOW = ("interval",)  # says how a row was made, not which it is
_SIDES = ("a", "b")


@dataclass(frozen=True, slots=True)
class RowWords:
    """What tells the rows of a result from each other, in words: its own columns by their words and
    headings; a value of the researcher's stays as it is, between the quotation marks of the
    language."""

    found: Result
    language: str
    cells: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, found: Result, language: str = "en") -> RowWords:
        """Return those of a result."""
        cells = {name: found.frame[name].tolist() for name in found.frame}
        return cls(found, language, {**cells, **found.shown_cells})

    def row(self, place: int, names: Sequence[str]) -> str:
        """Say which row it is.

        Parameters
        ----------
        place : int
            Position of the row.
        names : sequence of str
            The columns that tell it from others. Where `a` is one of them, what it is compared with
            is named too.
        """
        how = {name for name in _HOW if self._is_ours(name)}
        there = [name for name in names if name not in how and self.has(name, place)]
        sides = _SIDES if all(map(self._is_ours, _SIDES)) else ()
        said = [each for name in there if name not in sides if (each := self.value(name, place))]
        if sides and "a" in there and "b" in self.cells:
            a, b = (self.value(name, place, bare=True) for name in _SIDES)
            said.append(words.text("common.row_against", self.language, a=a, b=b))
        return Names(tuple(said)).text(self.language)

    def has(self, name: str, place: int) -> bool:
        """Return whether a row has a value in a column."""
        value = self.found.frame[name].iat[place]
        return not pd.isna(value) and value != ""

    def _is_ours(self, name: str) -> bool:
        return name in self.found.columns and name not in self.found.carried

    def value(self, name: str, place: int, *, bare: bool = False) -> str:
        """Say the value of a column, with the column's name where it says nothing alone; `bare`: a
        name stands without quotation marks."""
        told = self.found.said_keys(place)
        if name in told:
            return words.write(told[name], "", self.language)
        own = self._is_ours(name)
        how = self.found.formats.get(name, "") if own else ""
        cell = self.cells[name][place]
        if not isinstance(how, str) and type(cell) is str:
            return in_words(cell, how, self.language, self.found.filled)
        if isinstance(cell, Enum | words.Sayable):
            return words.write(cell, "", self.language)
        if isinstance(cell, str | words.Named):
            return words.write(cell, "" if bare else "quoted", self.language)
        if bare:
            return words.label(cell, self.language)
        if not own:
            heading = self.found.carried.get(name, name)
            return words.text("common.figure_value", self.language, heading=heading, value=cell)
        if isinstance(cell, bool):
            cell = Message("common.yes" if cell else "common.no")
        how = how or ("date" if isinstance(cell, dt.date) else "compact")
        written = words.write(cell, str(how), self.language)
        heading = words.heading(name, self.language, topic=words.topic_of(type(self.found)))
        return words.text("common.figure_value", self.language, heading=heading, value=written)
