"""A survey, a customer file and an invitation list -> their people, joined by the customer's id."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxlib.rows import names, table
from cxlib.rows.engine_names import engine_name, read_names
from cxlib.rows.headcounts import MOST_ROWS
from cxlib.rows.multiplicity import TIMES

_SOME = 10_000


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


def join_repeats(rows: ir.Table, *, keys: Sequence[str], named: Sequence[str] = ()) -> ir.Table:
    """Make one row of those with the same keys: true where one of them is, the last time and the
    largest value, and the different names of the columns `named` side by side. Rows without a first
    key stay."""
    apart = ibis.ifelse(rows[keys[0]].isnull(), ibis.row_number(), ibis.literal(-1))
    values: dict[str, ir.Value] = {}
    for name in (each for each in rows.columns if each not in keys):
        column: Any = rows[name]
        if name in named:
            values[name] = engine_name(column).collect(distinct=True).sort().join(" + ")
        else:
            values[name] = column.any() if column.type().is_boolean() else column.max()
    grouped = rows.mutate(__apart=apart).group_by([*keys, "__apart"]).aggregate(**values)
    return grouped.select(*rows.columns)


def add_columns(rows: ir.Table, frame: ir.Table, *, key: str, columns: Sequence[str]) -> ir.Table:
    """Add columns of the customer file to the rows, joined by `key`."""
    return rows.left_join(frame.select(key, *columns), key).select(*rows.columns, *columns)


def where(rows: ir.Table, *, column: str, value: Any) -> ir.Table:
    """Keep the rows whose category is `value`."""
    return rows.filter(engine_name(rows[column]) == names.name(value))


def blanks(rows: ir.Table, *, column: str) -> int:
    """Count the rows without a category."""
    return size(rows.filter(engine_name(rows[column]).isnull()))


def without_blanks(rows: ir.Table, *, column: str) -> ir.Table:
    """Keep the rows with a category."""
    return rows.filter(engine_name(rows[column]).notnull())


def fill(rows: ir.Table, *, column: str, value: str) -> ir.Table:
    """Write a category where there is none."""
    return rows.mutate(**{column: engine_name(rows[column]).fill_null(value)})


def start(rows: ir.Table) -> pd.DataFrame:
    """Return the first rows: more than a table of numbers of people has."""
    return rows.limit(MOST_ROWS + 1).execute()


def distinct_names(rows: ir.Table, *, column: str) -> list[str]:
    """Return the distinct names in a column, in order."""
    found = rows.select(name=engine_name(rows[column])).distinct().execute()["name"].dropna()
    return sorted(found)


def rename(rows: ir.Table, *, column: str, names: Mapping[str, str]) -> ir.Table:
    """Write names of a column as others."""
    found: Any = engine_name(rows[column])
    return rows.mutate(**{column: found.substitute(dict(names))})


def take(rows: ir.Table, *, columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns as a frame: all rows are pulled."""
    return rows.select(*columns).execute()


def some(rows: ir.Table, *, column: str) -> pd.Series:
    """Return the first values of a column: so many as tell how they are written."""
    return take(rows.filter(rows[column].notnull()).limit(_SOME), columns=[column])[column]


def any_true(rows: ir.Table, *, column: str) -> bool:
    """Return whether a column of true and false is true somewhere."""
    return bool(rows.aggregate(found=rows[column].any()).execute()["found"].iloc[0])


def persons(rows: ir.Table, *, keys: Sequence[str]) -> int:
    """Count the rows that `join_repeats` makes of these."""
    there = rows.filter(rows[keys[0]].notnull())
    alone = size(rows.filter(rows[keys[0]].isnull()))
    return alone + int(there.select(*keys).distinct().count().execute())


def repeats(rows: ir.Table, *, column: str) -> int:
    """Count the rows that repeat a value which an earlier one has."""
    found = rows.aggregate(n=rows[column].count(), distinct=rows[column].nunique())
    n, distinct = found.execute().iloc[0]
    return int(n - distinct)


def first_repeat(rows: ir.Table, *, column: str) -> Any:
    """Return the value of the first row that repeats one: all values are pulled."""
    values = take(rows, columns=[column])[column].dropna()
    return values[values.duplicated()].iloc[0]


def size(rows: ir.Table) -> int:
    """Count the rows, or those that they stand for."""
    if TIMES not in rows.columns:
        return int(rows.count().execute())
    return int(rows[TIMES].sum().fill_null(0).execute())


def spellings(rows: ir.Table, *, columns: Sequence[str]) -> dict[str, names.Folded]:
    """Return how the names in some columns are spelt."""
    return read_names(rows, [name for name in columns if name in rows.columns])
