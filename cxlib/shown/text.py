"""Messages -> paragraphs and lists for a reader, escaped: customers' words cannot become markup."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from cxlib.shown.message import Message, Sentences, said

Says = Message | Sentences | str


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """Sentences for the reader; `kind` is say, finding or flags."""

    sentences: tuple[Says, ...]
    kind: str = "say"
    language: str = "en"

    def written(self) -> tuple[str, ...]:
        """Return the sentences in the language; what is said alike is said once."""
        return tuple(dict.fromkeys(said(sentence, self.language) for sentence in self.sentences))

    def __repr__(self) -> str:
        return "\n".join(self.written())

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        written = [html.escape(sentence) for sentence in self.written()]
        if self.kind == "flags" and len(written) > 1:
            items = "".join(f"<li>{sentence}</li>" for sentence in written)
            return {"text/plain": repr(self), "text/html": f'<ul class="cx-flags">{items}</ul>'}
        inner = "".join(f"<p>{sentence}</p>" for sentence in written)
        return {
            "text/plain": repr(self),
            "text/html": f'<div class="cx-{self.kind}">{inner}</div>',
        }


def say(*sentences: Says, language: str = "en") -> Text:
    """Show sentences as a paragraph each."""
    return Text(sentences, language=language)


def finding(*sentences: Says, language: str = "en") -> Text:
    """Show the finding of a notebook: the sentence a reader takes away."""
    return Text(sentences, kind="finding", language=language)


def flags(*groups: Iterable[Says], language: str = "en") -> Text:
    """Show every warning of the given groups once, as a list; where there is none, say that."""
    sentences = tuple(sentence for group in groups for sentence in group)
    return Text(sentences or (Message("common.no_warning"),), kind="flags", language=language)
