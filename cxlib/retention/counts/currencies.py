"""Columns beside an amount -> a refusal where they say that amounts are of several currencies."""

from __future__ import annotations

from collections.abc import Iterable

import ibis.expr.types as ir

from cxlib.comparisons import as_name, as_text
from cxlib.errors import ParameterError
from cxlib.rows.engine_names import engine_name

# parts of the names that products and people give to such a column
_NAMED = (
    *("currency", "iso_4217", "iso4217", "währung", "waehrung", "devise", "moneda", "divisa"),
    *("valuta", "通貨", "货币", "貨幣", "통화", "화폐"),
)
_MOST = 6  # currencies that are named in the refusal


def currency_columns(columns: Iterable[str]) -> list[str]:
    """Return which columns are named as one of currencies.

    >>> currency_columns(["Currency Code", "amount", "通貨", "concurrency"])
    ['Currency Code', '通貨']
    """
    return [
        name
        for name in columns
        if any(part in _words(name) for part in _NAMED) and "concurrency" not in _words(name)
    ]


def refuse_currencies(table: ir.Table, *, value: str) -> None:
    """Refuse amounts of several currencies: their sum is no amount.

    Parameters
    ----------
    table : ibis Table
        One row an event, with the columns beside the amount.
    value : str
        Column of the amounts.

    Raises
    ------
    ParameterError
        With the currencies, and the conditions by which one of them is counted.
    """
    for name in currency_columns(table.columns):
        if name == value or not (table[name].type().is_string()):
            continue
        names = table.select(cx_name=engine_name(table[name]).upper())
        known = names.filter(names.cx_name.notnull()).group_by("cx_name")
        found = known.aggregate(n=lambda each: each.count()).order_by("cx_name").limit(_MOST + 1)
        counts = {row["cx_name"]: row["n"] for row in found.to_pyarrow().to_pylist()}
        if len(counts) > 1:
            said = ", ".join(f"{key} {n:,}" for key, n in list(counts.items())[:_MOST])
            first = max(counts, key=lambda key: counts[key])
            raise ParameterError(
                f"value={value!r}: column {name!r} has more than one currency (events: {said}), "
                "and amounts of several currencies cannot be added; count one at a time with "
                f"where: {as_name(name)} = {as_text(first)}, or convert them first, or give "
                "value=None"
            )


def _words(name: str) -> str:
    return name.casefold().replace(" ", "_")
