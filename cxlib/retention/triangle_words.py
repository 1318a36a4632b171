"""Cells of a triangle -> what they say: the definition of retention, and the finding as a title."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxlib.retention.ages import Kind
from cxlib.retention.units import age_words
from cxlib.shown.message import Message, Sentences

_DEFINITION = {
    Kind.ON: "retention.kind_on",
    Kind.ON_OR_AFTER: "retention.kind_on_or_after",
    Kind.ROLLING: "retention.kind_rolling",
    Kind.RETURNED_BY: "retention.kind_returned_by",
    Kind.BRACKET: "retention.kind_bracket",
}
_HEADLINE = {
    Kind.ON: "retention.headline_on",
    Kind.ON_OR_AFTER: "retention.headline_on_or_after",
    Kind.ROLLING: "retention.headline_rolling",
    Kind.RETURNED_BY: "retention.headline_returned_by",
    Kind.BRACKET: "retention.headline_bracket",
}
_HEADLINE_ONE = {
    Kind.ON: "retention.headline_on_one",
    Kind.ON_OR_AFTER: "retention.headline_on_or_after_one",
    Kind.ROLLING: "retention.headline_rolling_one",
    Kind.RETURNED_BY: "retention.headline_returned_by_one",
    Kind.BRACKET: "retention.headline_bracket_one",
}


def definition(kind: Kind, period: str, days: int | None) -> Sentences:
    """Return the definition of retention used, in a sentence or two."""
    said = Message(_DEFINITION[kind], **age_words(period, days, short=True))
    return Sentences((said, Message("retention.own_clock", days=days)) if days else (said,))


def headline(fixed: pd.DataFrame, kind: Kind, period: str, days: int | None) -> Message:
    """Return the rates of one fixed set of cohorts at age 1 and at the last age, as a title."""
    words, later = age_words(period, days), fixed[fixed["age"] > 0]
    if later.empty:
        return Message("retention.average_too_short", period=words["period"])
    first, last = later.iloc[0], later.iloc[-1]
    keys = _HEADLINE if len(later) > 1 else _HEADLINE_ONE
    shown: dict[str, Any] = {
        "period": words["period"],
        "periods": age_words(period, days, short=True)["periods"],  # how long is said once
        "first": first["rate"],
        "last": last["rate"],
        "age": last["age"],
    }
    if kind is Kind.BRACKET:
        shown |= {"first_ages": span(first), "last_ages": span(last)}
    return Message(keys[kind], **shown)


def span(row: Mapping[Any, Any] | pd.Series) -> str:
    """Write the ages of a bracket: 4–6, or 4.

    >>> span({"age": 4, "until": 6}), span({"age": 4})
    ('4–6', '4')
    """
    age, until = int(row["age"]), int(row.get("until", row["age"]))
    return f"{age}–{until}" if until != age else str(age)
