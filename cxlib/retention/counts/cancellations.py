"""Numbers of invoices or orders -> whether some are written as cancellations."""

from __future__ import annotations

import re
from collections.abc import Iterable

import ibis.expr.types as ir

from cxlib.comparisons import as_name
from cxlib.shown.message import Message

# what products and people call such a column, beside "no", "nr", "id" or "number"
_NAMED = re.compile(
    r"invoice|order|receipt|bill|rechnung|bestell|auftrag|beleg|facture|commande|factura|pedido"
    r"|請求|注文|伝票|受注|송장|주문|청구|영수"
)
_MOST = 0.5  # where more of the numbers have the letter, it is how they are written


def number_columns(columns: Iterable[str]) -> list[str]:
    """Return which columns are named as one of numbers of invoices or orders.

    >>> number_columns(["InvoiceNo", "InvoiceDate", "amount", "注文番号"])
    ['InvoiceNo', '注文番号']
    """
    numbers = re.compile(r"s?(no|nr|num|id)|#|番号|번호|$")
    return [
        name
        for name in columns
        if (found := _NAMED.search(name.casefold())) is not None
        and numbers.match(re.sub(r"[\W_]+", "", name.casefold()[found.end() :]))
    ]


def find_cancellations(events: ir.Table, *, number: str) -> tuple[Message, ...]:
    """Say how many events have a number that begins with a letter, beside numbers of digits alone:
    so shops mark invoices that were cancelled (`C700115`).

    Parameters
    ----------
    events : ibis Table
        One row an event.
    number : str
        Column with the number of the invoice or order.
    """
    if not events[number].type().is_string():
        return ()
    text = events[number].strip()
    marked = text.re_search(r"^[A-Za-z]{1,2}-?[0-9]+$")
    found = events.aggregate(
        n=marked.sum(),
        plain=text.re_search(r"^[0-9]+([.]0)?$").sum(),
        first=text.min(where=marked),
        letters=text.re_extract(r"^([A-Za-z]+)", 1).nunique(where=marked),
    )
    counts = found.to_pyarrow().to_pylist()[0]
    n, plain = counts["n"] or 0, counts["plain"] or 0
    if not n or n > _MOST * (n + plain) or counts["letters"] != 1:
        return ()
    letter = re.match("[A-Za-z]+", counts["first"])
    start = letter.group() if letter else ""
    condition = f"{as_name(number)} not like '{start}%'"
    said = {"n": n, "events": n + plain, "column": number, "start": start, "condition": condition}
    return (Message("retention.cancelled", **said),)
