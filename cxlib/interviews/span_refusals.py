"""Quotes whose place cannot be known -> one refusal with the quote, what stands at its offsets,
and what to do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

import pandas as pd

from cxlib.errors import SourceError
from cxlib.inert import visible
from cxlib.interviews.quote_places import Place

_LONGEST = 60  # characters of a text that are shown
_AROUND = 15  # on each side of a place
_FEW = 5  # rows or places that are named


class Fault(Enum):
    """Why nobody knows where a span stands."""

    NOWHERE = "nowhere"
    SEVERAL = "several"
    FAR = "far"
    TWO_WAYS = "two ways"


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A span whose place cannot be known: `row` counts from 0; `places` are all where its quote
    stands, `nearest` is the place that is most like it; `given` says whether it has offsets."""

    row: int
    fault: Fault
    document: str
    quote: str = ""
    places: Sequence[Place] = ()
    given: bool = True
    nearest: Place | None = None


def refuse(
    doubts: Sequence[Doubt], rows: pd.DataFrame, texts: Mapping[str, str], source: str
) -> None:
    """Refuse spans whose place cannot be known.

    Raises
    ------
    SourceError
        About the first row; all rows of its kind are named.
    """
    if not doubts:
        return
    first = min(doubts, key=lambda doubt: doubt.row)
    alike = [doubt for doubt in doubts if (doubt.fault, doubt.given) == (first.fault, first.given)]
    others = len(doubts) - len(alike)
    numbers = [str(rows.index[doubt.row]) for doubt in sorted(alike, key=lambda doubt: doubt.row)]
    more = f" ({len(alike)} such rows: {_some(numbers)})" if len(alike) > 1 else ""
    rest = f"; {others} more row(s) cannot be placed for other reasons" if others else ""
    said = _said(first, rows.iloc[first.row], texts[first.document])
    raise SourceError(f"codings={source!r}, row {numbers[0]}: {said}{more}{rest}")


def _said(doubt: Doubt, row: pd.Series, text: str) -> str:
    name, start, end = doubt.document, int(row["start"]), int(row["end"])
    if doubt.fault is Fault.TWO_WAYS:
        return (
            f"start={start} has no quote, and the quotes of other rows of {name!r} show that its "
            "offsets are not counted in one way; add the words of this span in the column quote"
        )
    quote = f"quote={in_brief(doubt.quote)} "
    there = (
        f"is not what stands at {start}:{end} of {name!r}, {in_brief(text[start:end])}, and "
        if doubt.given
        else ""
    )
    if doubt.fault is Fault.NOWHERE:
        near = doubt.nearest
        nearest = (
            f" (nearest: {in_brief(text[slice(*near)])} at {near[0]}:{near[1]})" if near else ""
        )
        how = (
            "correct the quote, or leave it empty where the offsets are right"
            if doubt.given
            else "write it as the text has it, or give start and end"
        )
        return f"{quote}{there}stands nowhere in {name!r}{nearest}; {how}"
    places = _some([_in_context(text, place) for place in doubt.places])
    if doubt.fault is Fault.FAR:
        return (
            f"{quote}{there}stands elsewhere, at {places}, too far away to be sure of so few "
            "words; correct start and end, or leave the quote empty where they are right"
        )
    n = len(doubt.places)
    how = "correct start and end" if doubt.given else "give start and end of one of them"
    return f"{quote}{there}stands in {n} places of {name!r}: {places}; {how}, or a longer quote"


def _in_context(text: str, place: Place) -> str:
    start, end = place
    around = text[max(start - _AROUND, 0) : start], text[start:end], text[end : end + _AROUND]
    return f"{start}:{end} {in_brief('…' + ''.join(around) + '…')}"


def in_brief(words: str) -> str:
    """Return words that fit into a sentence, with nothing hidden in them.

    >>> in_brief("four days late")
    '‘four days late’'
    """
    shown = visible(words, keep="")
    if len(shown) > _LONGEST:
        half = _LONGEST // 2
        shown = f"{shown[:half]} … {shown[-half:]}"
    return f"‘{shown}’"


def _some(items: Sequence[str]) -> str:
    more = len(items) - _FEW
    return ", ".join(items[:_FEW]) + (f" and {more} more" if more > 0 else "")
