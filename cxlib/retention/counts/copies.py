"""Rows of an event log, with all their columns -> how many repeat another row."""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir

from cxlib.retention.counts.cancellations import number_columns
from cxlib.shown.message import Message

FEW = 5  # repeated rows that are not worth a word
SHARE = 0.05  # of the rows, which is
MOST = 5_000_000  # rows that are compared whole: of more, that alone would take a minute


def find_copies(rows: ir.Table, *, used: Sequence[str]) -> tuple[Message, ...]:
    """Say how many rows are equal to another one in every column of the file.

    Equal rows are weak evidence where nothing tells events apart: two coffees of one day. So it is
    said only where a column beside the used ones has another value in each row that differs (an id
    of the event), or has the name of such a column; and of logs of at most `MOST` rows.

    Parameters
    ----------
    rows : ibis Table
        All columns of the file.
    used : sequence of str
        Columns of the customer, the time and the amount.
    """
    others = [name for name in rows.columns if name not in used]
    if not others or rows.count().to_pyarrow().as_py() > MOST or _has_id(rows, others):
        return ()
    once = rows.group_by(list(rows.columns)).aggregate(cx_n=rows.count())
    found = once.aggregate(
        all=once.cx_n.sum(), once=once.count(),
        **{f"ids {i}": once[name].nunique() for i, name in enumerate(others)},
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    n = (found["all"] or 0) - found["once"]
    if n <= 0 or (n <= FEW and n <= SHARE * found["all"]):
        return ()
    ids = [name for i, name in enumerate(others) if found[f"ids {i}"] == found["once"]]
    said = {"n": n, "rows": found["all"]}
    if ids:
        return (Message("retention.copies_of_an_id", column=ids[0], **said),)
    named = number_columns(others)
    if named and n > SHARE * found["all"]:
        return (Message("retention.copies", column=named[0], **said),)
    return ()


def _has_id(rows: ir.Table, others: Sequence[str]) -> bool:
    """Return whether a column named for numbers of orders has another one in each row: then none
    repeats another, and rows need not be compared whole."""
    named = number_columns(others)
    if not named:
        return False
    distinct = {f"ids {i}": rows[name].nunique() for i, name in enumerate(named)}
    [found] = rows.aggregate(all=rows.count(), **distinct).to_pyarrow().to_pylist()
    return found.pop("all") in found.values()
