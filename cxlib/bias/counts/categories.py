"""Rows -> how many of them are in each category: margins, stages of a funnel, scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from cxlib import check
from cxlib.bias.counts.cells import base_weight, refuse_unfit
from cxlib.errors import ColumnError, EmptyDataError
from cxlib.rows import table, weights
from cxlib.rows.engine_names import engine_name, join_names
from cxlib.rows.multiplicity import each_times


def per_category(data: Any, *, columns: Sequence[str]) -> dict[str, pd.Series]:
    """Count rows per category of each column, from one GROUP BY over all of them."""
    together = joint(data, columns=columns)
    return {
        name: together.groupby(f"m{i}", sort=True)["n"].sum().rename_axis(name)
        for i, name in enumerate(columns)
    }


def joint(data: Any, *, columns: Sequence[str], weight: str | None = None) -> pd.DataFrame:
    """Count rows per combination: `m0`, `m1`, … (text; a blank is refused), `n`, and the sums
    `base` of weights and `base2` of their squares (weight 1 without a column)."""
    rows = table.as_groups(data)
    check.columns(rows.columns, columns=columns)
    table.numeric(rows, weight=weight)
    if len(set(columns)) < len(columns):
        raise ColumnError(f"columns={list(columns)}: a column is named twice; name each once")
    keys = [f"m{i}" for i in range(len(columns))]
    base = base_weight(rows, weight)
    cells = rows.select(
        **{key: rows[name] for key, name in zip(keys, columns, strict=True)},
        w=base,
        unfit=weights.unfit(base),
        t=each_times(rows),
    ).aggregate(
        by=keys,
        n=_.t.sum(),
        base=(_.w * _.t).sum(),
        base2=(_.w * _.w * _.t).sum(),
        unfit=_.unfit.ifelse(_.t, 0).sum(),
    )
    found = join_names(cells, keys).execute().astype({"n": "int64"})
    if found["n"].sum() == 0:
        raise EmptyDataError("there are no rows to compare; give a table with one row a person")
    refuse_unfit(found["unfit"].sum(), int(found["n"].sum()), weight)
    for key, name in zip(keys, columns, strict=True):
        blank = found[key].isna()
        if blank.any():
            raise ColumnError(
                f"columns={name!r}: {int(found.loc[blank, 'n'].sum()):,} of "
                f"{int(found['n'].sum()):,} rows have no value there; fill it, make 'unknown' a "
                "category of its own, or drop those rows first"
            )
    return found.sort_values(keys, ignore_index=True)[[*keys, "n", "base", "base2"]]


def stages(data: Any, *, reached: Mapping[str, str], by: Sequence[str] = ()) -> pd.DataFrame:
    """Count invitations, and how many reached each stage, per group: `by0`, `by1`, …, `n`, and one
    column a stage.

    A true/false column counts where it is true, a time where there is one.
    """
    rows = table.as_groups(data)
    check.columns(rows.columns, by=by, **reached)
    keys, times = [f"by{i}" for i in range(len(by))], each_times(rows)
    chosen = rows.select(
        **{key: rows[name] for key, name in zip(keys, by, strict=True)},
        **{stage: has_reached(rows[column]).ifelse(times, 0) for stage, column in reached.items()},
        n=times,
    )
    cells = chosen.aggregate(
        by=keys, n=chosen.n.sum(), **{stage: chosen[stage].sum() for stage in reached}
    )
    found = join_names(cells, keys).fill_null(dict.fromkeys(keys, "–")).execute()
    if found["n"].sum() == 0:
        raise EmptyDataError(
            "invitations has no rows; give a list with one row an invitation, or None"
        )
    return found[[*keys, "n", *reached]].astype(dict.fromkeys(("n", *reached), "int64"))


def has_reached(column: ir.Column) -> ir.BooleanValue:
    """Return where a stage was reached: where its column is true, above 0, or has a time."""
    kind = column.type()
    if kind.is_boolean():
        return column.fill_null(False)
    if kind.is_numeric():
        return column.fill_null(0) > 0
    return engine_name(column).notnull() if kind.is_string() else column.notnull()


def histogram(data: Any, *, score: str, by: str | None = None) -> pd.DataFrame:
    """Count rows per channel and score: `channel`, `score`, `n`; rows without a score are left
    out."""
    rows = table.as_groups(data)
    table.numeric(rows, score=score)
    check.columns(rows.columns, channel=by)
    channel = rows[by] if by is not None else ibis.literal("")
    score_of = rows[score].cast("float64")
    chosen = rows.select(channel=channel, score=score_of, t=each_times(rows))
    chosen = chosen.filter(chosen.score.notnull() & ~chosen.score.isnan())
    cells = chosen.aggregate(by=["channel", "score"], n=chosen.t.sum())
    named = cells.mutate(
        channel=engine_name(cells.channel).fill_null("–" if by is not None else "")
    )
    return (
        named.aggregate(by=["channel", "score"], n=named.n.sum().cast("int64"))
        .execute()
        .sort_values(["channel", "score"], ignore_index=True)
    )
