"""Names -> lists as a sentence has them: in quotation marks, and the first few of many."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cxlib.shown.message import Message

_FEW = 3  # of several that tie


def in_quotes(names: Iterable[str]) -> list[Message]:
    """Return names that are written with quotation marks."""
    return [Message("interviews.quoted", name=name) for name in names]


def first_few(items: Sequence[Message]) -> list[Message]:
    """Return the first three, and how many more there are."""
    more = len(items) - _FEW
    return [*items[:_FEW], Message("common.more", n=more)] if more > 0 else list(items)
