"""The numbers that a figure shows -> words for those who cannot see it, and a small table."""

from __future__ import annotations

import html
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from cxlib.shown import language as words
from cxlib.shown.table import Format, Table

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_SAID = 12  # rows that the words name; of more, also the lowest and the highest
_ROWS = 40  # of the table
_LABEL = "item"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Behind:
    """The numbers that a figure shows.

    Parameters
    ----------
    frame : pandas.DataFrame
        A row for each thing that is drawn, in its order.
    labels : sequence
        What each row is called in the figure: a name, a message, a member of an enum.
    values : tuple of str
        Columns that are drawn.
    ends : mapping of str to (str, str)
        Column to those with the ends of its interval.
    n : str, optional
        Column that says on how many a row's figures rest.
    across : sequence, optional
        What the columns of a heat map are called, a name a row; the table is then as wide.
    formats, topic, filled
        As of a `Table`.
    """

    frame: pd.DataFrame
    labels: Sequence[Any]
    values: tuple[str, ...]
    ends: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    n: str | None = None
    across: Sequence[Any] | None = None
    formats: Mapping[str, Format] = field(default_factory=dict)
    topic: str = "common"
    filled: Mapping[str, Any] = field(default_factory=dict)
    language: str = "en"

    def alt(self) -> str:
        """Return the numbers in words: the first rows, then the lowest and the highest, and how
        many more there are."""
        shown = self._written()
        drawn = [*self.values, *(end for pair in self.ends.values() for end in pair)]
        known = np.flatnonzero(self.frame[drawn].notna().any(axis=1))
        many = _SAID if len(known) > _SAID + 2 else len(known)  # of two more, both are said
        said = [self._row(int(place), shown) for place in known[:many]]
        more = known[many:]
        if len(more):
            of_rest = self.frame[self.values[0]].iloc[more].astype(float)
            ends = (
                [
                    self._row(int(more[place]), shown)
                    for place in (of_rest.argmin(), of_rest.argmax())
                ]
                if of_rest.notna().any()
                else ["", ""]
            )
            said.append(
                self._text("common.figure_more", n=len(more), lowest=ends[0], highest=ends[1])
                if all(ends)
                else self._text("common.figure_more_unknown", n=len(more))
            )
        return words.text("common.figure_gap", self.language).join(said)

    def table(self) -> Table:
        """Return the numbers as a table, as wide as the heat map where the figure is one."""
        if self.across is not None:
            return self._wide()
        columns = [self.n] if self.n else []
        for name in self.values:
            columns += [name, *self.ends.get(name, ())]
        frame = self.frame[columns].reset_index(drop=True)
        frame.insert(0, _LABEL, self._labels(), allow_duplicates=True)
        return self._table(frame, {**self.formats, _LABEL: ""})

    def fold(self) -> Fold:
        """Return the table under a fold."""
        return Fold(self.table(), words.text("common.figure_numbers", self.language))

    def _labels(self) -> list[str]:
        return [words.write(label, "", self.language) for label in self.labels]

    def _wide(self) -> Table:
        down, across = (
            self._labels(),
            [words.write(a, "", self.language) for a in self.across or ()],
        )
        names = list(dict.fromkeys(across))
        places = {name: str(place) for place, name in enumerate(names)}
        value = self.frame[self.values[0]].to_numpy()
        cells: dict[str, dict[str, Any]] = {label: {} for label in down}
        for label, name, each in zip(down, across, value, strict=True):
            cells[label][places[name]] = each
        frame = pd.DataFrame.from_dict(cells, orient="index", columns=list(places.values()))
        frame = frame.reset_index(names=_LABEL)
        how = self.formats.get(self.values[0], "")
        formats = {_LABEL: "", **dict.fromkeys(places.values(), how)}
        return self._table(frame, formats, carried={spot: name for name, spot in places.items()})

    def _table(
        self, frame: pd.DataFrame, formats: Mapping[str, Format], carried: Any = None
    ) -> Table:
        return Table(
            frame=frame,
            columns=formats,
            topic=self.topic,
            carried=carried or {},
            filled=self.filled,
            language=self.language,
            most=_ROWS,
        )

    def _written(self) -> pd.DataFrame:
        """Return every drawn column as strings, under its own name."""
        names = list(
            dict.fromkeys([*self.values, *(e for pair in self.ends.values() for e in pair)])
        )
        found = Table(
            frame=self.frame[names],
            columns=self.formats,
            topic=self.topic,
            filled=self.filled,
            language=self.language,
        ).written()
        return found.set_axis(names, axis=1)

    def _row(self, place: int, shown: pd.DataFrame) -> str:
        """Return one row in words."""
        said = []
        for name in self.values:
            value = shown[name].iloc[place]
            low, high = (shown[end].iloc[place] for end in self.ends.get(name, (name, name)))
            if name in self.ends and low != words.MISSING and value == words.MISSING:
                value = self._text("common.figure_range", low=low, high=high)
            elif name in self.ends and low != words.MISSING:
                value = self._text("common.figure_interval", value=value, low=low, high=high)
            if len(self.values) > 1:
                heading = self.table()._heading(name)
                value = self._text("common.figure_value", heading=heading, value=value)
            said.append(value)
        values = words.text("common.comma", self.language).join(said)
        label = words.write(self.labels[place], "", self.language)
        if self.across is not None:
            column = words.write(self.across[place], "", self.language)
            label = self._text("common.figure_cell", row=label, column=column)
        if not self.n or pd.isna(n := self.frame[self.n].iloc[place]):
            return self._text("common.figure_row", label=label, values=values)
        return self._text("common.figure_row_n", label=label, values=values, n=n)

    def _text(self, key: str, **values: Any) -> str:
        return words.text(key, self.language, **values)


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """A small table that is shown on demand."""

    table: Table
    heading: str

    def __repr__(self) -> str:
        return f"{self.heading}\n{self.table!r}"

    def to_html(self) -> str:
        """Return the table within `details`."""
        heading = html.escape(self.heading)
        summary = f"<summary>{heading}</summary>"
        return f'<details class="cx-behind">{summary}{self.table.to_html()}</details>'

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        data = {"text/plain": repr(self), "text/html": self.to_html()}
        rows, most = len(self.table.frame), self.table.most
        if most is not None and rows > most:  # a page offers them all
            data["text/csv"] = self.table.to_csv()
        return data


_SHOWN: WeakKeyDictionary[Figure, list[Behind]] = WeakKeyDictionary()


def attach(figure: Figure, numbers: Behind) -> None:
    """Say which numbers a figure shows; one that shows several results has those of each."""
    _SHOWN.setdefault(figure, []).append(numbers)


def behind(figure: Figure) -> tuple[Behind, ...]:
    """Return the numbers that a figure shows, as far as they were attached."""
    return tuple(_SHOWN.get(figure, ()))


def thin(frame: pd.DataFrame, by: Sequence[Hashable] = (), *, most: int = 13) -> pd.DataFrame:
    """Return of each curve at most so many rows, evenly from its first to its last.

    >>> thin(pd.DataFrame({"tenure": range(100)}), most=4)["tenure"].tolist()
    [0, 33, 66, 99]
    """
    groups = [group for _, group in frame.groupby(list(by), sort=False)] if by else [frame]
    kept = [
        group.iloc[np.unique(np.linspace(0, len(group) - 1, most).round().astype(int))]
        if len(group) > most
        else group
        for group in groups
    ]
    return pd.concat(kept) if kept else frame
