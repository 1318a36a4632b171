"""A corpus without codings, or of one coder -> what stands in place of a result, and what comes
next."""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Concatenate, ParamSpec, TypeVar

from cxlib.interviews.corpus import Corpus
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.text import Text, say

_FIRST = "agreement"  # the one that says that a second coder is missing

P = ParamSpec("P")
R = TypeVar("R", bound=Result)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Uncoded(Absent):
    """What stands in place of a result about codings where there are none, or where it takes a
    second coder: one sentence, and a line in place of a table or figure. Of what takes a second
    coder the first says so, and the others (`quiet`) nothing. Before coding, `sheets_for` are those
    who get a sheet, and `given` says that sheets were given, with nothing in them."""

    alone: bool = False
    quiet: bool = False
    sheets_for: tuple[str, ...] = ()
    given: bool = False

    def summary(self, language: str = "en") -> str:  # type: ignore[override]
        """Say what cannot be known, and how to get it; nothing where that was said."""
        return "" if self.quiet else self.rule.text(language)

    def why_no_figure(self, language: str) -> str:
        """Return the reason for the ledger: none before coding, when no figure is missing yet."""
        return self.summary(language) if self.alone else ""

    @property
    def _short(self) -> Message | Sentences:  # type: ignore[override]
        return Sentences(()) if self.alone else super(Uncoded, self)._short

    @property
    def rule(self) -> Message:
        """Say the sentence in place of where a code counts."""
        if self.alone:
            return Message(self.key)
        if self.given:
            return Message("interviews.not_coded_given")
        if self.sheets_for:
            return Message("interviews.not_coded_sheets", coders=self.sheets_for)
        return Message(self.key)

    def way(self) -> Message | Sentences:
        """Say the line in place of how it was measured."""
        return self._short

    def caution(self, language: str = "en") -> str:
        """Say the same as the summary: it is shown once."""
        return self.summary(language)

    def first(self, rows: int, *, language: str = "en") -> Text:
        """Return the line in place of a table."""
        return say(self._short, language=language)

    def crosstab(self, *, language: str = "en") -> Text:
        """Return the line in place of a table."""
        return say(self._short, language=language)

    def passages(self, *, language: str = "en") -> Text:
        """Return the line in place of quotes."""
        return say(self._short, language=language)


def needs_codings(
    instead_of: type[R],
) -> Callable[[Callable[Concatenate[Corpus, P], R]], Callable[Concatenate[Corpus, P], R | Uncoded]]:
    """Make a study's function answer what comes next where nothing is coded yet."""
    return _needs(instead_of, least=1)


def needs_coders(
    instead_of: type[R],
) -> Callable[[Callable[Concatenate[Corpus, P], R]], Callable[Concatenate[Corpus, P], R | Uncoded]]:
    """As `needs_codings`, for a function that needs two coders."""
    return _needs(instead_of, least=2)


def _needs(instead_of: type[R], *, least: int) -> Any:
    def wrap(function: Callable[..., R]) -> Callable[..., R | Uncoded]:
        @functools.wraps(function)
        def _answer(corpus: Corpus, *positional: Any, **named: Any) -> R | Uncoded:
            if corpus.codings.empty:
                absent = Uncoded.of("interviews.not_coded", instead_of)
                given = any(name.startswith("codings") for name in corpus.inputs)
                return replace(absent, sheets_for=corpus.sheets_for, given=given)
            if len(corpus.coders) < least:
                first = function.__name__ == _FIRST and named.get("by", "code") == "code"
                absent = Uncoded.of("interviews.one_coder", instead_of)
                return replace(absent, alone=True, quiet=not first)
            return function(corpus, *positional, **named)

        return _answer

    return wrap
