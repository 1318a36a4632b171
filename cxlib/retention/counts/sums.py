"""Rows of an event log -> how many sum up others, as their ids say."""

from __future__ import annotations

import re
from collections.abc import Sequence

import ibis.expr.types as ir

from cxlib.comparisons import as_name, without
from cxlib.shown.message import Message
from cxlib.sources.totals import TOTAL_OF

MOST = 5  # ids that the condition names one by one


def find_sums(rows: ir.Table, *, ids: Sequence[str]) -> tuple[Message, ...]:
    """Say how many rows have a word for a total in a column of ids: "Subtotal", "合計", "K1 Total".

    Parameters
    ----------
    rows : ibis Table
        All columns of the file.
    ids : sequence of str
        Columns of customers and of numbers of orders.
    """
    found = []
    for name in ids:
        if name not in rows.columns or not rows[name].type().is_string():
            continue
        text = rows.group_by(cx=rows[name]).aggregate(n=rows.count())
        text = text.mutate(cx=text.cx.strip())
        named = text.filter(text.cx.lower().re_search(TOTAL_OF))
        counts = named.group_by("cx").aggregate(n=named.n.sum()).order_by("cx")
        words = {row["cx"]: int(row["n"]) for row in counts.to_pyarrow().to_pylist()}
        if words:
            said = {"n": sum(words.values()), "column": name, "word": next(iter(words))}
            found.append(Message("retention.sums", condition=_condition(name, words), **said))
    return tuple(found)


def _condition(column: str, words: dict[str, int]) -> str:
    """Return the condition that leaves the rows out, and keeps those without an id."""
    quoted, name = [word.replace("'", "''") for word in words], as_name(column)
    if len(words) > MOST:
        tails = {re.sub(r"^.*(?=\s)", "", word) for word in quoted}
        heads = {re.sub(r"(?<=\s).*$", "", word) for word in quoted}
        if len(tails) <= len(heads):
            told = [f"{name} like '%{tail}'" for tail in sorted(tails)]
        else:
            told = [f"{name} like '{head}%'" for head in sorted(heads)]
        return f"{name} is null or not ({' or '.join(told)})"
    return f"{name} is null or {without(column, words)}"
