"""Codes and kinds of code as a codebook has them -> names that are written in the reader's
language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from cxlib.interviews import codebooks
from cxlib.interviews.codebooks import CodeKind
from cxlib.shown import language as words

_COLUMNS = ("theme", "parent", "code", "code_a", "code_b", "kind")


def kind_word(kind: str) -> CodeKind | str:
    """Return a kind of code as it is said in each language; a researcher's own stays as it is.

    >>> words.write(kind_word("goal"), "", "ja"), words.write(kind_word("wish"), "", "ja")
    ('目的', 'wish')
    """
    return CodeKind(kind) if kind in list(CodeKind) else kind


@dataclass(frozen=True, slots=True)
class CodeName:
    """A code that is called by a label of its own in some language."""

    name: str
    labels: Mapping[str, str]

    def named(self, language: str) -> str:
        """Return what the code is called in a language."""
        near = (language, language.partition("-")[0].lower(), "")
        return next((self.labels[tag] for tag in near if tag in self.labels), self.name)

    def __hash__(self) -> int:
        return hash(self.name)


@dataclass(frozen=True, slots=True)
class CodeNames:
    """What the codes and themes of a codebook are called in each language.

    Attributes
    ----------
    labels : mapping of str to mapping of str to str
        Code or theme to language (as a tag, empty where it stands for all others) to label.
    """

    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, book: pd.DataFrame) -> CodeNames:
        """Return the names of a codebook (see `codebooks.read_codebook`)."""
        found: dict[str, dict[str, str]] = {}
        for tag in ("", *codebooks.languages(book)):
            told = codebooks.in_language(book, tag)
            for name, label in zip(told["name"], told["label"], strict=True):
                found.setdefault(name, {})[tag] = label
        known = {name: of for name, of in found.items() if {*of.values()} != {name}}
        return cls({**codebooks.theme_labels(book), **known})

    def column(self, column: str, names: Iterable[str]) -> list[Any]:
        """Return the values of a column as messages and tables take them: a kind as its word, else
        a code by its name; one that has no label is its name alone."""
        if column == "kind":
            return [kind_word(name) for name in names]
        return [
            CodeName(name, self.labels[name]) if name in self.labels else name for name in names
        ]

    def cells(self, frame: pd.DataFrame) -> dict[str, list[Any]]:
        """Return what a table shows in place of codes, themes and kinds; its CSV keeps them."""
        there = [column for column in _COLUMNS if column in frame.columns]
        return {column: self.column(column, frame[column]) for column in there}

    def written(self, column: str, names: Iterable[str], language: str) -> list[str]:
        """Return the values of a column as a figure writes them."""
        return [
            words.write(name, "", language) if isinstance(name, CodeName | CodeKind) else name
            for name in self.column(column, names)
        ]
