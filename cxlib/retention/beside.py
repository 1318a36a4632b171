"""The columns of an event log beside the named ones -> what they tell against counting all rows."""

from __future__ import annotations

from pathlib import Path

from cxlib.retention.counts.cancellations import find_cancellations, number_columns
from cxlib.retention.counts.copies import find_copies
from cxlib.retention.counts.currencies import refuse_currencies
from cxlib.retention.counts.sums import find_sums
from cxlib.retention.counts.undone import find_blanks, find_undone
from cxlib.retention.parameters import Parameters
from cxlib.rows.conditions import Condition
from cxlib.shown.message import Message
from cxlib.sources.events import open_rows
from cxlib.sources.headers import read_header

MANY = 0.05  # a larger share of rows without an amount can change the headline


def look_beside(
    p: Parameters, path: Path, *, where: Condition | None, totals: bool
) -> tuple[tuple[Message, ...], tuple[Message, ...]]:
    """Refuse amounts of several currencies, and say what was cancelled, sums others, or repeats
    another row, where another column of the file tells; and beside these that few amounts are
    missing. `totals` says whether ids of customers are words for a sum.

    Raises
    ------
    CxError
        As `refuse_currencies`.
    """
    others = sorted(read_header(path, sheet=p.sheet).others - {p.customer, p.time, p.value})
    flags: list[Message] = []
    numbers = number_columns(others)
    rows = open_rows(path, zone=p.zone, sheet=p.sheet, where=where)
    if p.value is not None:
        refuse_currencies(rows, value=str(p.value))
    for name in numbers:
        flags += find_cancellations(rows, number=name)
    used = [name for name in (p.customer, p.time, p.value) if name is not None]
    if p.duplicates is None:
        flags += find_copies(rows, used=used)
    flags += find_sums(rows, ids=[*([p.customer] if totals else []), *numbers])
    flags += find_undone(rows, used=used)
    blanks = find_blanks(rows, value=str(p.value)) if p.value in rows.columns else ()
    many = any(each.values["n"] > MANY * each.values["rows"] for each in blanks)
    return ((*flags, *blanks), ()) if many else (tuple(flags), blanks)
