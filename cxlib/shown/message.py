"""A text's key and raw values -> something that is said later, in the reader's language."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from cxlib.inert import set_apart, visible
from cxlib.shown import language as words


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """A sentence whose words are made when it is shown.

    Parameters
    ----------
    key : str
        Name of the text, such as `nps.small_n` (see `language.text`).
    **values
        Raw: numbers, dates, names, lists, enum members, other messages. Never written words.

    Examples
    --------
    >>> print(Message("common.more_rows", n=1200))
    … and 1,200 more rows in the CSV
    """

    key: str
    values: dict[str, Any]

    def __init__(self, key: str, /, **values: Any) -> None:
        object.__setattr__(self, "key", key)
        object.__setattr__(self, "values", values)

    def text(self, language: str = "en") -> str:
        """Return the sentence in a language."""
        return words.text(self.key, language, **self.values)

    def __str__(self) -> str:
        return self.text()

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True, init=False)
class Word:
    """The word for an enum member, filled with `values` that only its result knows."""

    member: Enum
    values: dict[str, Any]

    def __init__(self, member: Enum, /, **values: Any) -> None:
        object.__setattr__(self, "member", member)
        object.__setattr__(self, "values", values)

    def text(self, language: str = "en") -> str:
        """Return the word in a language."""
        return words.word(self.member, language, **self.values)


@dataclass(frozen=True, slots=True)
class Names:
    """Names that together say which row it is, `Tokyo · 2026Q3`; each may be a message. Where they
    are `listed`, the comma of the language stands between them."""

    parts: tuple[Any, ...]
    listed: bool = False

    def text(self, language: str = "en") -> str:
        """Return the names in a language."""
        gap = words.text("common.comma", language) if self.listed else " · "
        return gap.join(set_apart(words.write(part, "", language)) for part in self.parts)

    def __str__(self) -> str:
        return self.text()


@dataclass(frozen=True, slots=True)
class Sentences:
    """Messages that are said one after the other, as one paragraph."""

    parts: tuple[Message | str, ...]

    def text(self, language: str = "en") -> str:
        """Return the sentences in a language, with its gap between them."""
        return words.text("common.gap", language).join(
            filter(None, (said(part, language) for part in self.parts))
        )

    def __iter__(self) -> Iterator[Message | str]:
        return iter(self.parts)

    def __str__(self) -> str:
        return self.text()


def said(words_or_message: Message | Sentences | str | None, language: str) -> str:
    """Return a message in a language; words that are there already (a researcher's own) stay, with
    what hides in them written out."""
    if words_or_message is None:
        return ""
    if isinstance(words_or_message, str):
        return visible(words_or_message)
    return words_or_message.text(language)
