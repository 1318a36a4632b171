"""What a study's function returns: estimates as data, and the words and figure that say them."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self, Unpack

import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.shown import language as words
from cxlib.shown import theme
from cxlib.shown.behind import Behind, attach
from cxlib.shown.drawing import Look, drawing
from cxlib.shown.message import Message, Sentences
from cxlib.shown.table import Format, Headings, Table
from cxlib.shown.text import Text, say
from cxlib.shown.workbook import to_excel

if TYPE_CHECKING:
    from matplotlib.axes import Axes


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Result:
    """Estimates as data, and the words and figure that say them.

    Attributes
    ----------
    frame : pandas.DataFrame
        Tidy, one row an estimate, full precision.
    method : str
        Name of the method, as in the column `method`.
    warnings : tuple of Message
        Problems in the data that left an answer possible, as sentences a reader understands.
    carried : mapping of str to str
        Column of the frame to the researcher's own name, where the result has a column of that
        name itself: `by_cohort` to `cohort`.
    """

    frame: pd.DataFrame
    method: str
    warnings: tuple[Message, ...] = ()
    carried: Mapping[str, str] = field(default_factory=dict)

    # the columns that the result owns, each with how it is written; any other is the researcher's
    columns: ClassVar[Mapping[str, Format]] = {}
    # what its table shows, where that is the same for every result of its kind
    shows: ClassVar[Message | str] = ""
    # estimates, each with the ends of its interval; by default that before `ci_low` and `ci_high`
    intervals: ClassVar[Mapping[str, tuple[str, str]]] = {}
    # the column that says on how many a row's figures rest: by default n, size or at_risk
    rests_on: ClassVar[str | None] = None
    # columns of numbers that say which row it is, as texts and dates do
    row_keys: ClassVar[tuple[str, ...]] = ()

    def summary(self, language: str = "en") -> str:
        """Return the result as one plain sentence with n and interval."""
        raise TypeError(f"{type(self).__name__} has no sentence of its own; read its .frame")

    @drawing
    def plot(self, ax: Axes | None = None, *, language: str = "en", **look: Unpack[Look]) -> Axes:
        """Draw the result on `ax` (a new figure where it is None) and return the Axes; `look` is
        that of `shown.drawing.Look`."""
        raise TypeError(f"{type(self).__name__} has no figure of its own; read its .frame")

    def with_numbers(
        self,
        ax: Axes,
        rows: pd.DataFrame,
        labels: Iterable[Any],
        *values: str,
        language: str,
        **about: Any,
    ) -> Axes:
        """Attach the numbers that Axes show, and return the Axes.

        Parameters
        ----------
        ax : matplotlib.axes.Axes
            Where the result is drawn.
        rows : pandas.DataFrame
            A row for each thing that is drawn, with columns of the result.
        labels : iterable
            What each row is called.
        *values : str
            Columns that are drawn; the ends of their intervals come along.
        language : str
            Language of the figure.
        **about
            `n`, `across`, `formats`, `ends` of `Behind`, where they are not as usual.
        """
        usual = {values[0]: ("ci_low", "ci_high")} if "ci_low" in rows else {}
        ends = self.intervals or usual
        found = {
            "n": next((name for name in self._sizes if name in rows), None),
            "ends": {name: ends[name] for name in values if name in ends},
        }
        numbers = Behind(
            frame=rows,
            labels=list(labels),
            values=values,
            topic=words.topic_of(type(self)),
            filled=self.filled,
            language=language,
            **{**found, **about, "formats": {**self.formats, **about.get("formats", {})}},
        )
        attach(theme.figure_of(ax), numbers)
        return ax

    @property
    def _sizes(self) -> tuple[str, ...]:
        return ("n", "size", "at_risk") if self.rests_on is None else (self.rests_on,)

    @property
    def filled(self) -> Mapping[str, Any]:
        """What the words of its enum columns are filled with, where only the result knows it."""
        return {}

    @property
    def shown_cells(self) -> Mapping[str, Sequence[Any]]:
        """What its table shows in place of a column's values, one a row (see `Table`)."""
        return {}

    @property
    def formats(self) -> Mapping[str, Format]:
        """How its columns are written."""
        return self.columns

    @property
    def units(self) -> Mapping[str, str]:
        """What its columns are counted in, where the way they are written does not say it (see
        `shown.figure_words`)."""
        return {}

    def caption(self) -> Message | str:
        """Return what its table shows, where the result knows."""
        return self.shows

    def row_caption(self, place: int) -> Message | str:
        """Return what a row is about, where it is about something else than the others."""
        return self.caption()

    def said_size(self, place: int) -> Message | str:
        """Say on how many what a row rests, where a bare n does not say of what; else empty."""
        return ""

    def repeats(self, place: int) -> bool:
        """Whether a row is the same as one before it, by what was asked for and not by chance, so
        that it is no key figure beside that one."""
        return False

    def said_keys(self, place: int) -> Mapping[str, Any]:
        """Return, of the columns that say which row it is, those that are said in other words than
        by heading and value: {"tenure": after 6 months}."""
        return {}

    def table(
        self,
        columns: Iterable[str] | None = None,
        *,
        without: Iterable[str] = (),
        caption: Message | str = "",
        language: str = "en",
    ) -> Table:
        """Return the frame, or some of its columns, as a table; the CSV behind it is not rounded.

        Parameters
        ----------
        columns : iterable of str, optional
            Columns of `frame`, in this order; all of them where it is None.
        without : iterable of str
            Columns to leave out.
        caption : Message or str
            What the table shows; by default what the result itself says of it.
        language : str
            Language of headings, words and figures.

        Raises
        ------
        ColumnError
            If the frame has no such column.
        ParameterError
            If there are no texts in that language.
        """
        words.locale_of(language)
        wanted = list(self.frame.columns if columns is None else columns)
        left_out = list(without)
        check.columns(list(self.frame.columns), columns=wanted, without=left_out)
        frame = self.frame[wanted]
        return Table(
            frame=frame.drop(columns=left_out),
            columns=self.formats,
            topic=words.topic_of(type(self)),
            carried=self.carried,
            filled=self.filled,
            caption=caption or self.caption(),
            language=language,
            empty=Sentences(self.warnings) if self.warnings else "",
            cells=self.shown_cells,
        )

    def to_excel(self, path: str | os.PathLike[str], *, language: str = "en") -> Path:
        """Save the words, the figures with their formats, and the notes as an Excel workbook (see
        `shown.workbook.to_excel`); return where it lies."""
        return to_excel(path, self, language=language)

    def to_csv(
        self, path: str | os.PathLike[str], *, headings: Headings = "names", language: str = "en"
    ) -> Path:
        """Save the frame as CSV in which a spreadsheet takes no cell for a formula; return where
        it lies.

        Parameters
        ----------
        path : path
            A file that is there is replaced, whole or not at all.
        headings : {"names", "words"}
            Columns and values as in the frame, or headings and statistical words in a language
            (see `Table.to_csv`).
        language : str
            Of the words.

        Raises
        ------
        ParameterError
            If `headings` is something else, there are no texts in that language, or the folder is
            not there.
        """
        # a table of its own may show fewer columns, or names of codes in the language
        every, whole = list(self.frame.columns), Result.table(self, language=language)
        found = self.table(every, language=language) if headings == "words" else whole
        return found.to_csv(path, headings=headings)

    def _repr_html_(self) -> str:
        return self.table().to_html()


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Absent(Result):
    """What stands in place of a result that cannot be had: what cannot be known, and how to get it.

    `frame` has no rows. `key` names the sentence among the texts, `<key>_short` the line in place
    of a table or a figure; `values` fill the sentence. It takes what the missing result would take,
    and refuses what that would refuse, so that a notebook needs no `if` and hides no misspelling.

    Examples
    --------
    >>> Absent.of("retention.no_value", Result).table()
    Not shown: no column with amounts was named.
    """

    key: str
    instead_of: type[Result]
    by: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of(
        cls, key: str, instead_of: type[Result], *, by: Sequence[str] = (), **values: Any
    ) -> Self:
        """Return the result that says the sentence `key`, filled with raw `values`, where an
        `instead_of` would stand, with the researcher's columns `by` among its own."""
        none = pd.DataFrame({"confidence": [], "method": []})
        return cls(
            frame=none,
            method="none",
            key=key,
            instead_of=instead_of,
            by=tuple(by),
            values=values,
        )

    @property
    def why(self) -> Message:
        """The sentence, for one that quotes it."""
        return Message(self.key, **self.values)

    def summary(self, language: str = "en", **given: Any) -> str:
        """Say what cannot be known, and how to get it."""
        self._refuse_unknown("summary", given)
        return self.why.text(language)

    def why_no_figure(self, language: str) -> str:
        """Return what stands in the ledger in place of a figure."""
        return self.summary(language)

    def findings(self, language: str = "en") -> tuple[str, ...]:
        """Return the summary, as the sentences of a finding."""
        return (self.summary(language),)

    def title(self, language: str = "en") -> str:
        """Return one line in place of a figure's title."""
        return self._short.text(language)

    def table(  # type: ignore[override]  # one line in place of a table
        self,
        columns: Iterable[str] | None = None,
        *,
        without: Iterable[str] = (),
        caption: Message | str = "",
        language: str = "en",
        **given: Any,
    ) -> Text:
        """Return one line in place of a table; the whole sentence is the summary."""
        self._refuse_unknown("table", given)
        if self.instead_of.columns:
            known = [*self.by, *self.instead_of.columns]
            check.columns(known, columns=list(columns or ()), without=list(without))
        return Text((self._short,), kind="absent", language=language)

    def plot(self, ax: Axes | None = None, *, language: str = "en", **given: Any) -> Axes:
        """Return Axes with one line in place of a figure; the whole sentence is the summary."""
        self._refuse_unknown("plot", given)
        with theme.look():
            return theme.message(ax, self._short.text(language))

    def to_csv(
        self, path: str | os.PathLike[str], *, headings: Headings = "names", language: str = "en"
    ) -> Path:
        """Save the summary as the only cell, so that no older file is taken for what is absent."""
        heading = words.text("common.notes", language) if headings == "words" else "notes"
        told = pd.DataFrame({heading: [self.summary(language)]})
        return Table(frame=told).to_csv(path, headings=headings)

    @property
    def _short(self) -> Message:
        return Message(f"{self.key}_short")

    def _refuse_unknown(self, method: str, given: Mapping[str, Any]) -> None:
        known = inspect.signature(getattr(self.instead_of, method)).parameters
        for name in given:
            if name not in known:
                where = f"{self.instead_of.__name__}.{method}"
                near = check.did_you_mean(name, [each for each in known if each != "self"])
                raise ParameterError(f"{where} has no parameter {name!r}{near}")

    def _repr_html_(self) -> str:
        return say(self.summary()).to_html()


def summaries(*results: Result, language: str = "en") -> list[str]:
    """Return the sentences of some results, what is known before what is absent."""
    ordered = sorted(results, key=lambda each: isinstance(each, Absent))
    return [each.summary(language) for each in ordered]
