"""A column of text that is compared as numbers or days -> a refusal that says which values stand in
the way, and how they are mended."""

from __future__ import annotations

import re
from collections import Counter

import ibis.expr.types as ir

from cxlib.comparisons import Compare, Operator
from cxlib.errors import ColumnError

_MANY, _SHOWN, _MOST = 20_000, 3, 0.5
_PLAIN = re.compile(r"[-+]?(?:0|[1-9]\d*)(?:\.\d+)?")
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:[,. '\u00a0\u202f]\d{3})+(?:[.,]\d{1,2})?")
_COMMA = re.compile(r"[-+]?\d+,\d+")
_DAY = re.compile(r"\d{1,2}([./-])\d{1,2}\1(?:\d{4}|\d{2})(?:[ T].*)?")


def refuse_text(column: ir.Column, term: Compare, said: str) -> ColumnError:
    """Return the refusal of a comparison that text cannot answer.

    Parameters
    ----------
    column : text column
        From `comparing.read_columns`.
    term : Compare
        With a number, or with an operator that asks for an order.
    said : str
        Parameter and condition.
    """
    start, value = f"{said}: column {term.column!r} holds text", term.value
    found = column.name("text").as_table().distinct().limit(_MANY).execute()["text"].dropna()
    texts = sorted(found)
    ordered = term.operator not in (Operator.EQUAL, Operator.UNEQUAL)
    number = not isinstance(value, bool | str) or bool(_PLAIN.fullmatch(str(value)))
    if not ordered and str(value) in texts:
        return ColumnError(f"{start}, not {value!r}; write it in single quotes, '{value}'")
    zeros = [each for each in texts if each.isdigit() and each.lstrip("0") == str(value)]
    if not ordered and zeros:
        return ColumnError(f"{start}, not {value!r}; write it as it stands there, '{zeros[0]}'")
    if number and (why := _no_numbers(texts)):
        return ColumnError(f"{start}: {why}, and numbers without quotes in the condition")
    if ordered and _share(texts, _DAY) > _MOST:
        return ColumnError(
            f"{start}: its days are written like {texts[0]!r}, which have no order; write them as "
            f"2026-01-31 in the file, and the condition's as '2026-01-31'"
        )
    if ordered:
        return ColumnError(
            f"{start}, which has no order to compare by with {term.operator}; list the values that "
            f"are meant with {term.column} in ('{value}', …)"
        )
    words = str(value).lower() if isinstance(value, bool) else value
    return ColumnError(f"{start}, not {value!r}; write it in single quotes, '{words}'")


def _share(texts: list[str], pattern: re.Pattern[str]) -> float:
    return sum(bool(pattern.fullmatch(each)) for each in texts) / max(len(texts), 1)


def _no_numbers(texts: list[str]) -> str:
    """Return which texts among numbers are none, and how they are mended; empty where most are
    no numbers."""
    kinds = {each: _mended(each) for each in texts}
    read = sum(mended != "" for mended in kinds.values())
    other = {each: mended for each, mended in kinds.items() if mended != each}
    if not other or read <= _MOST * len(texts):
        return ""
    some = [*_of_each_kind(other)][:_SHOWN]
    steps = [
        f"{other[each]} for {each!r}" if other[each] else f"nothing for {each!r}" for each in some
    ]
    return (
        f"{len(other):,} of its {len(texts):,} different values are no plain numbers; write "
        f"{', '.join(steps)} in the file"
    )


def _of_each_kind(other: dict[str, str]) -> list[str]:
    """Return first one that is mended and one that is not, then the others."""
    seen: Counter[bool] = Counter()
    rank = {}
    for each, mended in other.items():
        seen[bool(mended)] += 1
        rank[each] = seen[bool(mended)]
    return sorted(other, key=lambda each: rank[each])


def _mended(text: str) -> str:
    """Return a number as it is read; empty where the text is none."""
    if _PLAIN.fullmatch(text):
        return text
    if _GROUPED.fullmatch(text):
        whole, rest = text, ""
        if decimals := re.search(r"[.,](\d{1,2})$", text):
            whole, rest = text[: decimals.start()], f".{decimals[1]}"
        return re.sub(r"[^\d+-]", "", whole) + rest
    return text.replace(",", ".") if _COMMA.fullmatch(text) else ""
