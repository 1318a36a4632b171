"""Frames of estimates -> what a reader sees: tables with their CSV, sentences, and pictures with
their words."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar

import pandas as pd

from cxlib import language as words
from cxlib import theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FORMATS = {
    "points": lambda value: words.points(value),
    "change": lambda value: words.points(value, sign=True),
    "percent": lambda value: words.percent(value),
    "level": lambda value: words.level(value),
    "pvalue": lambda value: words.pvalue(value),
    "integer": lambda value: words.number(value),
    "decimal1": lambda value: words.number(value, 1),
    "decimal2": lambda value: words.number(value, 2),
    "decimal3": lambda value: words.number(value, 3),
    "date": lambda value: f"{value:%Y-%m-%d}",
    "figure": lambda value: (
        f"{value:.6g}".replace("-", "−") if value % 1 > 0 else words.number(value)
    ),
}
# JupyterLab's sheet puts every cell to the right; a report's page drops the style
_TEXT = 'class="txt" style="text-align:left"'
_FORMULA_STARTS = (
    "=",
    "+",
    "-",
    "@",
    "＝",
    "＋",
    "－",
    "＠",
    "\t",
    "\r",
    "\n",
)  # OWASP, CSV injection


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What a study's function returns: estimates as data, and the words and figure that say them.

    Attributes
    ----------
    frame : pandas.DataFrame
        Tidy, one row an estimate, full precision.
    method : str
        Name of the method, as the literature calls it.
    warnings : tuple of str
        Problems in the data that left an answer possible, as sentences a reader understands.
    """

    frame: pd.DataFrame
    method: str
    warnings: tuple[str, ...] = ()

    # column -> name in FORMATS; a study adds its own columns
    formats: ClassVar[Mapping[str, str]] = {}

    def summary(self, language: str = "en") -> str:
        """Return the result as one plain sentence with n and interval."""
        raise TypeError(f"{type(self).__name__} has no sentence of its own; read its .frame")

    def plot(self, ax: Axes | None = None) -> Axes:
        """Draw the result on `ax` (a new figure where it is None) and return the Axes."""
        raise TypeError(f"{type(self).__name__} has no figure of its own; read its .frame")

    def table(
        self,
        columns: Iterable[str] | None = None,
        *,
        without: Iterable[str] = (),
        caption: str = "",
        language: str = "en",
    ) -> Table:
        """Return the frame (or some of its columns) as a table for the reader; the CSV behind it is
        not rounded."""
        frame = (self.frame if columns is None else self.frame[list(columns)]).drop(
            columns=list(without)
        )
        return Table(
            frame,
            caption=caption,
            formats=self.formats,
            language=language,
            empty=" ".join(self.warnings),
        )

    def _repr_html_(self) -> str:
        return self.table().to_html()


@dataclass(frozen=True, slots=True, eq=False)
class Absent(Result):
    """What stands in place of a result that cannot be had from what was given: it says what cannot
    be known, and how to get it.

    `frame` has no rows. `key` names the sentence among the texts; `<key>_short` is the line in
    place of a table or a figure. Arguments that the missing result would have taken are accepted
    and change nothing, so that a notebook needs no `if`.

    Examples
    --------
    >>> Absent.of("retention.no_value").table()
    Not shown: no column with amounts was named.
    """

    key: str = ""

    @classmethod
    def of(cls, key: str) -> Absent:
        """Return the result that says the sentence `key`."""
        return cls(pd.DataFrame({"confidence": [], "method": []}), "none", key=key)

    def summary(self, language: str = "en", **_: Any) -> str:
        """Say what cannot be known, and how to get it."""
        return words.text(self.key, language)

    def findings(self, language: str = "en") -> tuple[str, ...]:
        """Return the summary, as the sentences of a finding."""
        return (self.summary(language),)

    def title(self, language: str = "en") -> str:
        """Return one line in place of a figure's title."""
        return words.text(f"{self.key}_short", language)

    def table(self, columns: Any = None, *, language: str = "en", **_: Any) -> Text:
        """Return one line in place of a table; the whole sentence is the summary."""
        return say(words.text(f"{self.key}_short", language))

    def plot(self, ax: Axes | None = None, *, language: str = "en", **_: Any) -> Axes:
        """Return Axes with one line in place of a figure; the whole sentence is the summary."""
        return theme.message(ax, words.text(f"{self.key}_short", language))

    def _repr_html_(self) -> str:
        return say(self.summary())._repr_mimebundle_()["text/html"]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """A frame as a reader sees it: headings in words, rounded figures, and the exact figures as CSV
    behind it.

    Parameters
    ----------
    frame : pandas.DataFrame
        The data; never changed. Its index is not shown.
    caption : str
        What the table shows, in words (also its name for a screen reader).
    formats : mapping of str to str
        Column to a name in `FORMATS`; whole numbers and floats have a default.
    empty : str
        What stands in place of a table without rows: why there is nothing to show.
    most : int, optional
        How many rows are shown; the CSV always has all of them, and a line says how many more these
        are.
    """

    frame: pd.DataFrame
    caption: str = ""
    formats: Mapping[str, str] = field(default_factory=dict)
    language: str = "en"
    empty: str = ""
    most: int | None = None

    def written(self) -> pd.DataFrame:
        """Return the rows that are shown, as strings."""
        frame = self.frame.head(self.most) if self.most is not None else self.frame
        shown = pd.DataFrame(
            {
                position: _written(
                    frame.iloc[:, position], self.formats.get(str(name)), self.language
                )
                for position, name in enumerate(frame.columns)
            },
            dtype=object,
        )
        shown.columns = [
            words.heading(str(name), self.language) for name in self.frame.columns
        ]  # two may read alike
        return shown

    def _more(self) -> str:
        hidden = len(self.frame) - self.most if self.most is not None else 0
        return (
            words.text("common.more_rows", self.language, n=words.number(hidden))
            if hidden > 0
            else ""
        )

    def to_csv(self) -> str:
        """Return the exact values as CSV in which no cell can be taken for a formula by a
        spreadsheet."""
        buffer = io.StringIO()
        # RFC 4180's line end; with a bare line feed, a carriage return in a comment would not be
        # quoted and begin a new row
        inert_frame(self.frame).to_csv(buffer, index=False, lineterminator="\r\n")
        return buffer.getvalue()

    def to_html(self) -> str:
        """Return an escaped HTML table; text is left-aligned and figures right-aligned (by class
        `num`)."""
        shown = self.written()
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
        caption = f"<caption>{html.escape(self.caption)}</caption>\n" if self.caption else ""
        more = self._more()
        foot = (
            f'\n<tfoot><tr><td {_TEXT} colspan="{len(marks)}">{html.escape(more)}</td></tr></tfoot>'
            if more
            else ""
        )
        return f'<table class="cx">\n{caption}<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody>{foot}\n</table>'  # noqa: E501

    def __repr__(self) -> str:
        if self.frame.empty and self.empty:
            return self.empty
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
            body = self.written().to_string(index=False, max_rows=60)
        return "\n".join(part for part in (self.caption, body, self._more()) if part)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if self.frame.empty and self.empty:
            return Text((self.empty,))._repr_mimebundle_()
        return {"text/plain": repr(self), "text/html": self.to_html(), "text/csv": self.to_csv()}


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """Sentences for the reader, escaped: customers' words cannot become markup."""

    sentences: tuple[str, ...]
    kind: str = "say"

    def __repr__(self) -> str:
        return "\n".join(self.sentences)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if self.kind == "flags" and len(self.sentences) > 1:
            items = "".join(f"<li>{html.escape(sentence)}</li>" for sentence in self.sentences)
            return {"text/plain": repr(self), "text/html": f'<ul class="cx-flags">{items}</ul>'}
        inner = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in self.sentences)
        return {"text/plain": repr(self), "text/html": f'<div class="cx-{self.kind}">{inner}</div>'}


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """A figure as PNG together with the words that stand for it where it cannot be seen."""

    png: bytes
    alt: str
    width: int

    def __repr__(self) -> str:
        return self.alt

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> tuple[dict[str, str], dict[str, Any]]:
        data = {"text/plain": self.alt, "image/png": base64.b64encode(self.png).decode("ascii")}
        return data, {"image/png": {"alt": self.alt, "width": self.width}}


def say(*sentences: str) -> Text:
    """Show sentences as a paragraph each; what several results say alike is said once."""
    return Text(tuple(dict.fromkeys(sentences)))


def finding(*sentences: str) -> Text:
    """Show the finding of a notebook: the sentence a reader takes away."""
    return Text(tuple(sentences), kind="finding")


def summaries(*results: Result, language: str = "en") -> list[str]:
    """Return the sentences of some results, what is known before what is absent."""
    return [
        each.summary(language)
        for each in sorted(results, key=lambda each: isinstance(each, Absent))
    ]


def flags(*groups: Iterable[str], language: str = "en") -> Text:
    """Show every warning of the given groups once, as a list; where there is none, say that."""
    sentences = tuple(dict.fromkeys(sentence for group in groups for sentence in group))
    return Text(sentences or (words.text("common.no_warning", language),), kind="flags")


def picture(ax: Axes, alt: str | None = None) -> Picture | Text:
    """Show the figure of `ax` with words for those who cannot see it, and close it; of
    `theme.message`, its words alone.

    Parameters
    ----------
    ax : matplotlib.axes.Axes
        Any Axes of the figure.
    alt : str, optional
        The words; by default the figure's titles and axis labels.
    """
    import matplotlib.pyplot as plt  # a study that draws has loaded it already

    figure = ax.figure
    if ax.get_gid() == theme.MESSAGE:
        plt.close(figure)
        return say(alt or _words_of(figure.axes))
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=144, bbox_inches="tight", metadata={"Software": None})
    width = round(figure.get_size_inches()[0] * 100)
    plt.close(figure)
    return Picture(buffer.getvalue(), alt or _words_of(figure.axes), width)


def _words_of(axes: Iterable[Axes]) -> str:
    parts: list[str] = []
    for ax in axes:
        parts += [ax.get_title(loc=loc) for loc in ("left", "center", "right")]
        parts += [note.get_text() for note in ax.texts if note.get_gid() == "subtitle"]
        parts += [
            f"{name}: {label}"
            for name, label in (("x", ax.get_xlabel()), ("y", ax.get_ylabel()))
            if label
        ]
    return (
        ". ".join(
            dict.fromkeys(" ".join(part.split()).rstrip(".") for part in parts if part.strip())
        )
        + "."
    )


def inert(value: Any) -> Any:
    """Return text that a spreadsheet will not run: a leading apostrophe where it starts like a
    formula.

    >>> inert('=HYPERLINK("x")'), inert("fine"), inert(-3)
    ('\\'=HYPERLINK("x")', 'fine', -3)
    """
    dangerous = isinstance(value, str) and (
        value.startswith(_FORMULA_STARTS) or value.lstrip().startswith(_FORMULA_STARTS)
    )
    return "'" + value if dangerous else value


def inert_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a copy whose column names and text cells are inert."""
    safe = frame.copy()
    for position, kind in enumerate(frame.dtypes):
        if not pd.api.types.is_numeric_dtype(kind) and not pd.api.types.is_datetime64_any_dtype(
            kind
        ):
            safe.isetitem(position, frame.iloc[:, position].astype(object).map(inert))
    safe.columns = [inert(name) for name in frame.columns]
    return safe


def _written(values: pd.Series, name: str | None, language: str) -> list[str]:
    if name is None:
        if pd.api.types.is_bool_dtype(values):
            return [
                "–"
                if pd.isna(value)
                else words.text("common.yes" if value else "common.no", language)
                for value in values
            ]
        if pd.api.types.is_integer_dtype(values):
            name = "integer"
        elif pd.api.types.is_float_dtype(values):
            name = "decimal3"
        elif pd.api.types.is_datetime64_any_dtype(values):
            name = "date"
    write = FORMATS.get(name or "", str)
    return ["–" if pd.isna(value) else write(value) for value in values]
