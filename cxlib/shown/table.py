"""A frame -> the table a reader sees: headings in words, rounded figures, the exact ones as CSV."""

from __future__ import annotations

import html
import io
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, overload

import pandas as pd

from cxlib import check
from cxlib.inert import inert, visible
from cxlib.shown import language as words
from cxlib.shown.message import Message, Sentences, said
from cxlib.shown.saving import whole
from cxlib.shown.text import Text

# a way to write (see `language.write`), the enum of a column of its values (`What | LeftOut` where
# each is of one of them), or, of a column in which values of several enums stand one after the
# other ("tango, holm"), these enums
Kind = type[StrEnum] | UnionType
Format = str | Kind | tuple[Kind, ...]
Headings = Literal["names", "words"]
# JupyterLab's sheet puts every cell to the right; a report's page drops the style
_TEXT = 'class="txt" style="text-align:left"'
# of the line that says how to have the rest; a page, which has the CSV below, says that there
_MORE = _TEXT.replace('"txt"', '"txt cx-more"')


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Table:
    """A frame as a reader sees it.

    Parameters
    ----------
    frame : pandas.DataFrame
        The data; never changed. Its index is not shown.
    columns : mapping of str to Format
        The columns that cxlib made, and how each is written; an empty format goes by the type.
        Only these have headings in words: any other column is the researcher's and keeps its name.
    topic : str
        Where the headings lie: the study.
    carried : mapping of str to str
        Column of the frame to the researcher's own name for it, where that was taken (`by_n`: `n`).
    filled : mapping of str to object
        What words of enum columns are filled with, where a member does not know it itself.
    caption : Message or str
        What the table shows (also its name for a screen reader); a str is the researcher's own.
    language : str
        Language of headings, words and figures.
    empty : Message, Sentences or str
        What stands in place of a table without rows: why there is nothing to show.
    most : int, optional
        How many rows are shown; the CSV always has all, and a line says how many more these are.
    cells : mapping of str to sequence
        Column to what is shown in place of its values, one a row: messages, enum members, names
        (a reason with its number). The CSV keeps the values.
    """

    frame: pd.DataFrame
    columns: Mapping[str, Format] = field(default_factory=dict)
    topic: str = "common"
    carried: Mapping[str, str] = field(default_factory=dict)
    filled: Mapping[str, Any] = field(default_factory=dict)
    caption: Message | str = ""
    language: str = "en"
    empty: Message | Sentences | str = ""
    most: int | None = None
    cells: Mapping[str, Sequence[Any]] = field(default_factory=dict)

    def written(self) -> pd.DataFrame:
        """Return the rows that are shown, as strings."""
        frame = self.frame.head(self.most) if self.most is not None else self.frame
        shown = pd.DataFrame(
            {
                position: self._written(frame.iloc[:, position], self.columns.get(str(name), ""))
                for position, name in enumerate(frame.columns)
            },
            dtype=object,
        )
        for name in [name for name in self.cells if name in frame.columns]:
            cells = self.cells[name][: len(frame)]
            shown[frame.columns.get_loc(name)] = [
                words.write(cell, "", self.language) for cell in cells
            ]
        shown.columns = pd.Index([self._heading(str(name)) for name in self.frame.columns])
        return shown

    def _written(self, values: pd.Series, how: Format) -> list[str]:
        if isinstance(how, str):
            return _written(values, how, self.language)
        return [
            words.MISSING
            if pd.isna(value)
            else str(value) and in_words(str(value), how, self.language, self.filled)
            for value in values
        ]

    def _heading(self, name: str) -> str:
        if name in self.columns and name not in self.carried:
            return words.heading(name, self.language, topic=self.topic)
        return visible(self.carried.get(name, name))

    def _more(self) -> str:
        hidden = len(self.frame) - self.most if self.most is not None else 0
        return words.text("common.more_rows_here", self.language, n=hidden) if hidden > 0 else ""

    @overload
    def to_csv(self, path: None = None, *, headings: Headings = "names") -> str: ...
    @overload
    def to_csv(self, path: str | os.PathLike[str], *, headings: Headings = "names") -> Path: ...
    def to_csv(
        self, path: str | os.PathLike[str] | None = None, *, headings: Headings = "names"
    ) -> str | Path:
        """Return the exact values as CSV in which a spreadsheet takes no cell for a formula, or
        save them.

        Parameters
        ----------
        path : path, optional
            File to write, with the mark by which Excel reads UTF-8; one that is there is replaced,
            whole or not at all. None: the CSV is returned, as pandas does.
        headings : {"names", "words"}
            `"names"`: columns and values as in the frame, the same in every language and version;
            a researcher's column has its own name, unless the table has one of that name itself.
            `"words"`: for a reader, headings, verdicts, methods, yes and no as the table says
            them in its language. Figures and days are the same.

        Returns
        -------
        str or Path
            The CSV; with a `path`, where it lies.

        Raises
        ------
        ParameterError
            If `headings` is something else, or the folder is not there.

        Examples
        --------
        >>> found = Table(
        ...     frame=pd.DataFrame({"plan": ["pro"], "se": [0.125]}),
        ...     columns={"se": "decimal1"},
        ...     language="ja",
        ... )
        >>> found.to_csv().split(), found.to_csv(headings="words").split()
        (['plan,se', 'pro,0.125'], ['plan,標準誤差', 'pro,0.125'])
        """
        check.one_of("headings", headings, get_args(Headings))
        buffer = io.StringIO()
        # RFC 4180's line end; with a bare line feed, a carriage return in a comment would not be
        # quoted and begin a new row
        inert_frame(self._in_words() if headings == "words" else self._in_names()).to_csv(
            buffer, index=False, lineterminator="\r\n"
        )
        if path is None:
            return buffer.getvalue()
        with whole(Path(path)) as part:
            part.write_text(buffer.getvalue(), encoding="utf-8-sig", newline="")
        return Path(path)

    def _in_names(self) -> pd.DataFrame:
        taken = {str(name) for name in self.frame.columns}
        own = {name: as_is for name, as_is in self.carried.items() if as_is not in taken}
        return self.frame.rename(columns=own)

    def _in_words(self) -> pd.DataFrame:
        spoken = self.frame.copy()
        for place, name in enumerate(map(str, self.frame.columns)):
            spoken.isetitem(place, self._said(self.frame.iloc[:, place], name))
        spoken.columns = pd.Index(self._headings())
        return spoken

    def _said(self, values: pd.Series, name: str) -> pd.Series:
        """Return a column with its statistical words in the language, and its figures as they are;
        what is missing stays empty."""
        how, yes_or_no = self.columns.get(name, ""), pd.api.types.is_bool_dtype(values)
        if pd.api.types.is_numeric_dtype(values) and not yes_or_no:
            return values
        if name in self.cells:
            written = [words.write(cell, "", self.language) for cell in self.cells[name]]
        elif not isinstance(how, str) or (name in self.columns and yes_or_no):
            written = self._written(values, how)
        else:
            return _with_words(values, self.language)
        told = [None if word == words.MISSING else word for word in written]
        return pd.Series(told, index=values.index, dtype=object)

    def _headings(self) -> list[str]:
        """Return the headings in words; with their names in the frame where two would be one."""
        names = [str(name) for name in self.frame.columns]
        found = [self._heading(name) for name in names]
        for mine in (False, True):  # a researcher's carried column first, so that ours may stay
            found = [
                self._with_name(word, name)
                if found.count(word) > 1 and name in (self.columns if mine else self.carried)
                else word
                for name, word in zip(names, found, strict=True)
            ]
        return found

    def _with_name(self, word: str, name: str) -> str:
        if name in self.carried:
            return visible(name)
        return words.text("common.heading_with_name", self.language, word=word, column=name)

    def to_html(self) -> str:
        """Return an escaped HTML table; text stands left and figures right (class `num`)."""
        return self._html(self.written())

    def _html(self, shown: pd.DataFrame) -> str:
        numeric = [
            pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_bool_dtype(kind)
            for kind in self.frame.dtypes
        ]
        marks = ['class="num"' if flag else _TEXT for flag in numeric]
        head = "".join(
            f'<th scope="col" {m}>{html.escape(h)}</th>'
            for h, m in zip(shown.columns, marks, strict=True)
        )
        body = "\n".join(
            "<tr>"
            + "".join(f"<td {m}>{html.escape(v)}</td>" for v, m in zip(row, marks, strict=True))
            + "</tr>"
            for row in shown.itertuples(index=False, name=None)
        )
        caption, more = said(self.caption, self.language), self._more()
        top = f"<caption>{html.escape(caption)}</caption>\n" if caption else ""
        foot = (
            f'\n<tfoot><tr><td {_MORE} colspan="{len(marks)}">{html.escape(more)}</td></tr></tfoot>'
            if more
            else ""
        )
        head = f"<thead><tr>{head}</tr></thead>"
        return f'<table class="cx">\n{top}{head}\n<tbody>\n{body}\n</tbody>{foot}\n</table>'

    def __repr__(self) -> str:
        if self.frame.empty and self.empty:
            return said(self.empty, self.language)
        return self._plain(self.written())

    def _plain(self, shown: pd.DataFrame) -> str:
        with pd.option_context(
            "display.unicode.east_asian_width",
            True,
            "display.max_colwidth",
            80,
            "display.width",
            160,
            "display.max_columns",
            None,
        ):
            body = shown.to_string(index=False, max_rows=60)
        parts = (said(self.caption, self.language), body, self._more())
        return "\n".join(part for part in parts if part)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> Any:
        if self.frame.empty and self.empty:
            return Text((self.empty,), kind="absent", language=self.language)._repr_mimebundle_()
        shown = self.written()
        forms = {"text/plain": self._plain(shown), "text/html": self._html(shown)}
        return forms | {"text/csv": self.to_csv()}


def inert_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose column names and text cells are inert."""
    safe = frame.copy()
    for position, kind in enumerate(frame.dtypes):
        if not (pd.api.types.is_numeric_dtype(kind) or pd.api.types.is_datetime64_any_dtype(kind)):
            safe.isetitem(position, frame.iloc[:, position].astype(object).map(inert))
    safe.columns = pd.Index([inert(name) for name in frame.columns])
    return safe


def _written(values: pd.Series, how: str, language: str) -> list[str]:
    if not how and pd.api.types.is_bool_dtype(values):
        return [
            words.MISSING
            if pd.isna(value)
            else words.text("common.yes" if value else "common.no", language)
            for value in values
        ]
    how = how or _by_type(values)
    return [
        words.MISSING
        if not isinstance(value, list) and pd.isna(value)
        else words.write(value, how, language)
        for value in values
    ]


def _with_words(values: pd.Series, language: str) -> pd.Series:
    """Return names with those that are ours in words: the rest of the groups, a group of nobody
    knows what."""
    ours = [
        isinstance(value, StrEnum) or (isinstance(value, str) and value == words.NOT_KNOWN)
        for value in values
    ]
    if not any(ours):
        return values
    said = [
        words.write(value, "", language) if mine else value
        for value, mine in zip(values, ours, strict=True)
    ]
    return pd.Series(said, index=values.index, dtype=object)


def _by_type(values: pd.Series) -> str:
    if pd.api.types.is_integer_dtype(values):
        return "integer"
    if pd.api.types.is_float_dtype(values):
        return "decimal3"
    return "date" if pd.api.types.is_datetime64_any_dtype(values) else ""


def in_words(
    value: str, how: Kind | tuple[Kind, ...], language: str, filled: Mapping[str, Any]
) -> str:
    """Return the word for a value of an enum, or of several enums one after the other."""
    kinds = how if isinstance(how, tuple) else (how,)
    parts = value.split(", ") if len(kinds) > 1 else [value]
    written = [
        words.word(_member(part, kind), language, **filled)
        for kind, part in zip(kinds, parts, strict=False)
    ]
    return ", ".join(written)


def _member(value: str, kind: Kind) -> StrEnum:
    enums = get_args(kind) or (kind,)
    return next(enum for enum in enums if value in list(enum))(value)
