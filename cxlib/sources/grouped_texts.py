"""Rows where they lie, and a column of what people wrote -> the few texts that are shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxlib.rows.engine_names import SPACES
from cxlib.rows.table import missing
from cxlib.sources.grouped_rows import GroupedRows, is_among

_FEW = 10_000  # texts that are all fetched where an engine keeps no order
_WRITTEN = f"[^{''.join(SPACES)}]"


def first_texts(
    rows: GroupedRows,
    text: str,
    *,
    among: Mapping[str, Sequence[Any]],
    ranks: tuple[str, Sequence[Sequence[Any]]],
    beside: Sequence[str],
    most: int,
) -> tuple[pd.DataFrame, int]:
    """Return the first texts, and of how many these are: one query, and another one where they are
    very many and an engine keeps no order.

    Parameters
    ----------
    rows : GroupedRows
    text : str
        Column of what people wrote; empty and blank ones are passed over.
    among : mapping of str to sequence
        Column to its raw values in the rows that are meant.
    ranks : (str, sequence of sequence)
        The column by which texts are ordered, and its raw values from first to last, those of one
        rank together.
    beside : sequence of str
        Columns that are shown with a text.
    most : int

    Notes
    -----
    Texts of one rank come in the order of the rows, where the engine keeps one (DuckDB, so also
    Parquet); on any other in the order in which it gives them, and where they are more than ten
    thousand in that of the texts themselves.
    """
    table = rows.table
    for column, values in among.items():
        table = table.filter(is_among(rows.only(table).key(column), values))
    name, order = ranks
    branches = [(is_among(rows.only(table).key(name), raw), rank) for rank, raw in enumerate(order)]
    if not branches:
        return pd.DataFrame(columns=[*beside, text]), 0
    table = table.mutate(cx_rank=ibis.cases(*branches)).filter(ibis._.cx_rank.notnull())
    table = table.filter(_is_written(table[text]))
    columns = [*beside, text, "cx_rank"]
    table = table.select(columns)
    table = table.mutate(cx_n=table.count().over(ibis.window()))
    own = [*beside, text]
    if rows.table.get_backend().name == "duckdb":
        table = table.mutate(cx_place=ibis.row_number()).order_by("cx_rank", "cx_place")
        found = rows.fetch(table.limit(most).select(*columns, "cx_n"), own)
    else:
        found = rows.fetch(table.limit(_FEW), own)
        if _count(found) > _FEW:
            found = rows.fetch(table.order_by("cx_rank", text).limit(most), own)
    first = found.sort_values("cx_rank", kind="stable").head(most).reset_index(drop=True)
    return first[columns], _count(found)


def _count(found: pd.DataFrame) -> int:
    return int(found["cx_n"].iloc[0]) if len(found) else 0


def _is_written(column: ir.Column) -> ir.BooleanValue:
    if not column.type().is_string():
        return ~missing(column)
    return column.re_search(_WRITTEN).fill_null(False)
