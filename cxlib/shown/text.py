"""Messages -> paragraphs and lists for a reader, escaped: customers' words cannot become markup."""

from __future__ import annotations

import html
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cxlib.shown.message import Message, Sentences, said

Says = Message | Sentences | str
# of lists; doubts are flags that stand above the finding
_CLASSES = {"flags": "cx-flags", "doubts": "cx-flags cx-doubts"}


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """Sentences for the reader; `kind` is say, finding, flags, doubts or absent (one line in place
    of a table or a figure); what stands `above` comes
    first. `wrote` has the files that the cell wrote, with their SHA-256: `cx run` takes a change of
    a file that it read for what it is then, the report's own."""

    sentences: tuple[Says, ...]
    kind: str = "say"
    language: str = "en"
    above: Text | None = None
    wrote: Mapping[str, str] = field(default_factory=dict)

    def written(self) -> tuple[str, ...]:
        """Return the sentences in the language, but for empty ones; what is said alike is said
        once."""
        written = (said(sentence, self.language) for sentence in self.sentences)
        return tuple(dict.fromkeys(filter(None, written)))

    def __repr__(self) -> str:
        above = [repr(self.above)] if self.above is not None else []
        return "\n".join([*above, *self.written()])

    def _repr_mimebundle_(
        self, include: Any = None, exclude: Any = None
    ) -> dict[str, str] | tuple[dict[str, str], dict[str, Any]]:
        above = self.above.to_html() if self.above is not None else ""
        shown = {"text/plain": repr(self), "text/html": above + self.to_html()}
        return (shown, {"text/plain": {"wrote": dict(self.wrote)}}) if self.wrote else shown

    def to_html(self) -> str:
        """Return the sentences as a list of flags, or as paragraphs; not what stands above."""
        written = [html.escape(sentence) for sentence in self.written()]
        kind = _CLASSES.get(self.kind, f"cx-{self.kind}")
        if self.kind in _CLASSES and len(written) > 1:
            items = "".join(f"<li>{sentence}</li>" for sentence in written)
            return f'<ul class="{kind}">{items}</ul>'
        inner = "".join(f"<p>{sentence}</p>" for sentence in written)
        return f'<div class="{kind}">{inner}</div>'


def say(*sentences: Says, language: str = "en") -> Text:
    """Show sentences as a paragraph each."""
    return Text(sentences, language=language)


def finding(*sentences: Says, flags: Iterable[Says] = (), language: str = "en") -> Text:
    """Show the finding of a notebook: the sentence a reader takes away, and above it the flags
    that can change it."""
    doubts = tuple(flags)
    above = Text(doubts, kind="doubts", language=language) if doubts else None
    return Text(sentences, kind="finding", language=language, above=above)


def flags(*groups: Iterable[Says], language: str = "en") -> Text:
    """Show every warning of the given groups once, as a list; where there is none, say that."""
    sentences = tuple(sentence for group in groups for sentence in group)
    return Text(sentences or (Message("common.no_warning"),), kind="flags", language=language)
