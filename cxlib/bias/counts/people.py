"""A survey, a customer file and an invitation list -> their people, joined by the customer's id."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from cxlib.rows import names, table
from cxlib.rows.engine_names import engine_name, read_names


def as_names(data: Any, *, columns: Sequence[str]) -> ir.Table:
    """Write ids as names, so that those of two files can be joined whatever their types."""
    rows = table.as_table(data)
    return rows.mutate(
        **{name: engine_name(rows[name]) for name in columns if name in rows.columns}
    )


def mark_answered(
    invitations: Any, came: pd.DataFrame, *, keys: Sequence[str], name: str
) -> ir.Table:
    """Add the true/false column `name` to the invitations: whether its `keys` are among the rows of
    `came`."""
    rows = as_names(invitations, columns=keys)
    some = as_names(came, columns=keys).select(*keys).distinct().mutate(**{name: True})
    both = rows.left_join(some, list(keys))
    return both.select(
        *[column for column in rows.columns if column != name],
        **{name: both[name].fill_null(False)},
    )


def add_columns(rows: ir.Table, frame: ir.Table, *, key: str, columns: Sequence[str]) -> ir.Table:
    """Add columns of the customer file to the rows, joined by `key`."""
    return rows.left_join(frame.select(key, *columns), key).select(*rows.columns, *columns)


def where(rows: ir.Table, *, column: str, value: Any) -> ir.Table:
    """Keep the rows whose category is `value`."""
    return rows.filter(engine_name(rows[column]) == names.name(value))


def take(rows: ir.Table, *, columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns as a frame: all rows are pulled."""
    return rows.select(*columns).execute()


def size(rows: ir.Table) -> int:
    """Count the rows."""
    return int(rows.count().execute())


def spellings(rows: ir.Table, *, columns: Sequence[str]) -> dict[str, names.Folded]:
    """Return how the names in some columns are spelt."""
    return read_names(rows, [name for name in columns if name in rows.columns])
