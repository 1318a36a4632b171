"""Names -> lists as a sentence has them: in quotation marks, and the first few of many; and what is
left of a name that two people write differently."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence

from cxlib.interviews.code_names import CodeName
from cxlib.interviews.codebooks import CodeKind
from cxlib.shown.message import Message

NAMED = 3  # of several that tie
_MOST = 10  # in a sentence; tables have all


def in_quotes(names: Iterable[str | CodeName | CodeKind]) -> list[Message]:
    """Return names that are written with quotation marks; of very many the first ten, and how many
    more there are."""
    quoted = [Message("interviews.quoted", name=name) for name in names]
    more = len(quoted) - _MOST
    return [*quoted[:_MOST], Message("common.more", n=more)] if more > 0 else quoted


def first_few(items: Sequence[Message]) -> list[Message]:
    """Return the first three, and how many more there are."""
    more = len(items) - NAMED
    return [*items[:NAMED], Message("common.more", n=more)] if more > 0 else list(items)


def bare(name: str) -> str:
    """Return what is left of a name without what two people write differently: capital letters,
    width, white space and punctuation within.

    >>> bare("Late  delivery"), bare("Ｌate-delivery."), bare("price +"), bare("price -")
    ('latedelivery', 'latedelivery', 'price+', 'price-')
    """
    text = unicodedata.normalize("NFKC", name).casefold().strip()
    end = text[-1:] if text[-1:] in ("-", "−") else ""  # a sign at the end is a name's own
    kept = "".join(char for char in text if unicodedata.category(char)[0] not in "PZC")
    return kept + end if kept else text
