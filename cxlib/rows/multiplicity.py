"""Rows of a frame, each of which may stand for several of a table -> how many those are."""

from __future__ import annotations

from collections.abc import Collection, Hashable
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from cxlib.errors import SourceError

# column of a frame: how many rows of the table each of its rows stands for; no file has one of
# this name
TIMES = "cx: times"
RAW = "cx: raw "  # before the name of a column that was read: what stands in the file


def refuse_groups(columns: Collection[str]) -> None:
    """Refuse rows that stand for several, where the rows themselves are needed.

    Raises
    ------
    SourceError
        With the next step.
    """
    if TIMES in columns:
        raise SourceError(
            "data are groups, each of which stands for several rows of a large table, and this is "
            "made of the rows themselves; give it the rows, such as those that where keeps"
        )


def times_of(rows: pd.DataFrame) -> pd.Series | None:
    """Return how many rows of the table each row of a frame stands for; None where it is one."""
    return rows[TIMES] if TIMES in rows.columns else None


def each_times(rows: ir.Table) -> Any:
    """Return how many rows of the table each row of a table of an engine stands for: a number."""
    return rows[TIMES] if TIMES in rows.columns else ibis.literal(1, "int64")


def count(rows: pd.Series, times: pd.Series | None = None) -> int:
    """Return how many rows of the table are true.

    Parameters
    ----------
    rows : pandas.Series of bool
    times : pandas.Series of int, optional
        How many rows of the table each stands for, with the same index; None: one each.

    Examples
    --------
    >>> count(pd.Series([True, False, True])), count(pd.Series([True, False]), pd.Series([5, 7]))
    (2, 5)
    """
    return int(rows.sum()) if times is None else int(times[rows.astype(bool)].sum())


def size(rows: pd.Series | pd.DataFrame, times: pd.Series | None = None) -> int:
    """Return of how many rows of the table these are."""
    return len(rows) if times is None else int(times[rows.index].sum())


def size_of(rows: pd.DataFrame) -> int:
    """Return of how many rows of the table a frame is, whose rows may each stand for several."""
    return size(rows, times_of(rows))


def tally(values: pd.Series, times: pd.Series | None = None) -> pd.Series:
    """Return each value that is there, with how many rows of the table have it.

    >>> tally(pd.Series(["a", "b", "a", None]), pd.Series([1, 5, 2, 9])).to_dict()
    {'a': 3, 'b': 5}
    """
    if times is None:
        return values.value_counts()
    return times.groupby(values, observed=True, sort=False).sum()


def cross(rows: pd.Series, columns: pd.Series, times: pd.Series | None = None) -> pd.DataFrame:
    """Return how many rows of the table have each value of one column and each of another."""
    if times is None:
        return pd.crosstab(rows, columns)
    counts = times.groupby([rows.rename("row"), columns.rename("column")], observed=True).sum()
    return counts.unstack(fill_value=0).sort_index().sort_index(axis=1).astype("int64")


def meanings(raw: pd.Series, read: pd.Series) -> dict[Hashable, Any]:
    """Return each raw value with what it was read as; those that are missing stand under None."""
    known = pd.DataFrame({"raw": raw.astype(object), "read": read.astype(object)})
    known = known.drop_duplicates("raw")
    return {
        None if pd.isna(value) else value: None if pd.isna(name) else name
        for value, name in zip(known["raw"], known["read"], strict=True)
    }
