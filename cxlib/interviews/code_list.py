"""A corpus -> its codebook as it is used: where each code is, which nobody used, which nobody
defined; and a first codebook file from what was coded."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pandas as pd
import yaml

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.interviews import codebooks
from cxlib.interviews.code_names import CodeNames, kind_word
from cxlib.interviews.codebooks import TEXTS, in_language
from cxlib.interviews.corpus import Corpus
from cxlib.interviews.counted import is_counted
from cxlib.interviews.methods import Method
from cxlib.interviews.naming import in_quotes
from cxlib.interviews.shortening import shorten
from cxlib.shown.message import Message
from cxlib.shown.result import Result
from cxlib.shown.table import Format, Table
from cxlib.shown.vocabulary import level_and_method

_EXAMPLE = (20, 200)  # columns of text


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Codebook(Result):
    """The codebook, each code below what it stands under, and how it was used.

    Attributes
    ----------
    frame : pandas.DataFrame
        `theme, parent, code, kind, spans` (that anybody marked and that count)`, interviews,
        coders` (who used it there)`, definition, example, when_not, confidence` (missing: these
        are counts)`, method`.
    book : pandas.DataFrame
        The codebook in the order of `frame`, with its words in all languages.
    quotes : mapping of str to str
        A quote of each code that was used: of its spans one of middle length.
    """

    book: pd.DataFrame
    quotes: Mapping[str, str]

    columns: ClassVar[Mapping[str, Format]] = {
        **dict.fromkeys(("theme", "parent", "code", "kind"), ""),
        **dict.fromkeys(("spans", "interviews", "coders"), "integer"),
        **dict.fromkeys(("definition", "example", "when_not"), ""),
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("interviews.codebook_caption")

    def summary(self, language: str = "en") -> str:
        """Say how many codes there are, and how many were used and are defined."""
        codes = self.frame[~self._headings()]
        return Message(
            "interviews.codebook",
            n=len(codes),
            used=int((codes["spans"] > 0).sum()),
            defined=int((codes["definition"] != "").sum()),
        ).text(language)

    @property
    def shown_cells(self) -> Mapping[str, Sequence[Any]]:
        """Kinds in words, and the spans of each code, of one that stands above others with how many
        are below it."""
        own = dict(zip(self.book["name"], self.frame["spans"], strict=True))
        below = dict.fromkeys(own, 0)
        above = dict(zip(self.book["name"], self.book["parent"], strict=True))
        for code, n in own.items():
            over = above[code]
            while over in below:
                below[over] += n
                over = above[over]
        parents = set(above.values())
        return {
            "kind": [kind_word(kind) for kind in self.frame["kind"]],
            "spans": [
                Message("interviews.spans_below", n=n, below=below[code])
                if code in parents
                else Message("interviews.spans_own", n=n)
                for code, n in own.items()
            ],
        }

    def _headings(self) -> pd.Series:
        used = self.frame.loc[self.frame["spans"] > 0, "code"]
        return codebooks.headings(self.book, used=set(used))

    def table(
        self,
        columns: Iterable[str] | None = None,
        *,
        without: Iterable[str] = (),
        caption: Message | str = "",
        language: str = "en",
    ) -> Table:
        """Return the codebook as a table, in the words that it has in the language."""
        told = in_language(self.book, language)
        called = CodeNames.of(self.book)
        names = {
            name: called.written(name, self.frame[name], language)
            for name in ("theme", "parent", "code")
        }
        texts = {name: told[name].to_numpy() for name in TEXTS if name != "label"}
        own = replace(self, frame=self.frame.assign(**names, **texts))
        return Result.table(own, columns, without=without, caption=caption, language=language)

    def to_yaml(self, path: str | Path) -> Path:
        """Write a codebook to be filled in: the codes used most first, each with what is known of
        it and, where it has no example, a quote.

        Parameters
        ----------
        path : str or Path
            Where it is written; nothing that is there is overwritten.

        Returns
        -------
        Path
            What was written.

        Raises
        ------
        ParameterError
            If there is something at `path`, or no folder for it.
        """
        path = Path(path)
        order = np.argsort(-self.frame["spans"].to_numpy(), kind="stable")
        codes = [
            _entry(row, self.book, self.quotes) for row in self.book.iloc[order].to_dict("records")
        ]
        words = yaml.safe_dump({"codes": codes}, allow_unicode=True, sort_keys=False, width=100)
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(words)
        except FileExistsError:
            raise ParameterError(
                f"path={path.as_posix()!r} is there already, and what was written in it stays; "
                "give another name"
            ) from None
        except FileNotFoundError:
            raise ParameterError(
                f"path={path.as_posix()!r}: there is no folder {path.parent.as_posix()!r}; make it "
                "first, or give another path"
            ) from None
        return path


def _entry(row: Mapping[str, Any], book: pd.DataFrame, quotes: Mapping[str, str]) -> dict[str, str]:
    """Return a code as the file has it; what its parent says already is not said again."""
    above = book.loc[book["name"] == row["parent"], "theme"]
    said = (
        above.iloc[0] if len(above) else row["name"] if row["name"] in set(book["parent"]) else ""
    )
    theme = {"theme": row["theme"]} if row["theme"] != said else {}
    given = {name: row[name] for name in ("parent", "kind") if row[name]}
    languages = {
        str(name): words
        for name, words in row.items()
        if words and name not in codebooks.FIELDS and name != "label"
    }
    label = {"label": row["label"]} if row.get("label") else {}
    return {
        "name": row["name"],
        **label,
        **theme,
        **given,
        "definition": row["definition"],
        "example": row["example"] or quotes.get(row["name"], ""),
        "when_not": row["when_not"],
        **languages,
    }


@check.arguments
def codebook(corpus: Corpus) -> Codebook:
    """Show the codebook, and how each code was used.

    Use it before anything is counted: a code without a definition is another one to each coder, and
    one that nobody uses is one too many or was overlooked.

    Parameters
    ----------
    corpus : Corpus
        From `read` or `read_corpus`.

    Returns
    -------
    Codebook
        One row a code, each below what it stands under: `spans` that any coder marked, without
        those on units that are left out, as those of interviewers; `interviews` in which they lie,
        `coders` who used it there. `to_yaml` writes a first codebook of
        it. Warnings name the codes that nobody used and those without a definition; a code that
        only holds others together is neither.
    """
    book = _in_tree(corpus.codebook)
    marked = set(corpus.codings["code"])
    spans = corpus.codings[is_counted(corpus.codings, corpus.units)]
    by_code = spans.groupby("code")
    used = by_code.agg(
        spans=("start", "size"), interviews=("document", "nunique"), coders=("coder", "nunique")
    )
    frame = book[[name for name in codebooks.FIELDS if name != "name"]].assign(code=book["name"])
    found = used.reindex(book["name"]).fillna(0).astype(int)
    frame = frame.assign(**{name: found[name].to_numpy() for name in found.columns})
    frame = frame.assign(confidence=np.nan, method=Method.COUNT.value)
    codes = frame[~codebooks.headings(book, used=marked)]
    return Codebook(
        frame=frame[list(Codebook.columns)],
        method=Method.COUNT,
        warnings=tuple(_warnings(codes, marked, CodeNames.of(book))),
        book=book,
        quotes=_quotes(spans, corpus.documents),
    )


def _in_tree(book: pd.DataFrame) -> pd.DataFrame:
    """Return the codebook with all its columns, each code after what it stands under."""
    whole = book.reindex(
        columns=list(dict.fromkeys([*codebooks.FIELDS, *book.columns])), fill_value=""
    )
    under: dict[str, list[int]] = {}
    for row, parent in enumerate(whole["parent"]):
        under.setdefault(parent, []).append(row)
    order, waiting = list[int](), under.get("", [])[::-1]
    while waiting:
        order.append(waiting.pop())
        waiting += under.get(whole["name"].iloc[order[-1]], [])[::-1]
    return whole.iloc[order].reset_index(drop=True)


def _warnings(codes: pd.DataFrame, marked: Collection[str], names: CodeNames) -> Iterable[Message]:
    idle = codes.loc[codes["spans"] == 0, "code"]
    unused, uncounted = idle[~idle.isin(marked)], idle[idle.isin(marked)]
    if len(unused):
        said = in_quotes(names.column("code", unused))
        yield Message("interviews.warn_codes_unused", n=len(unused), codes=said)
    if len(uncounted):
        said = in_quotes(names.column("code", uncounted))
        yield Message("interviews.warn_codes_uncounted", n=len(uncounted), codes=said)
    bare = codes.loc[codes["definition"] == "", "code"]
    if len(bare):
        said = in_quotes(names.column("code", bare))
        yield Message("interviews.warn_codes_undefined", n=len(bare), codes=said)


def _quotes(spans: pd.DataFrame, documents: pd.DataFrame) -> dict[str, str]:
    """Return what was said in a span of middle length of each code, on one line."""
    texts = documents.set_index("document")["text"]
    low, high = _EXAMPLE
    found = {}
    for code, rows in spans.groupby("code", sort=False):
        length = (rows["end"] - rows["start"]).to_numpy(np.int64)
        row = rows.iloc[np.argsort(length, kind="stable")[(len(rows) - 1) // 2]]
        words = " ".join(texts[row["document"]][int(row["start"]) : int(row["end"])].split())
        found[str(code)] = shorten(words, low=low, high=high)
    return found
