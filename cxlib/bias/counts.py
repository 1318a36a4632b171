"""Rows -> counts and sums: the one file of this study that reads rows, each function by one GROUP
BY."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from cxlib import check, table
from cxlib.errors import ColumnError, EmptyDataError, WeightError

CELL_SUMS = ("n", "base", "base2", "base_min", "base_max")


def category(column: ir.Column) -> ir.StringColumn:
    """Return a column as category names, so that 1, 1.0 and "1" in two files are the same; blank is
    missing."""
    if column.type().is_floating():
        whole = (column == column.floor()) & (column.abs() < 2**53)
        column = ibis.ifelse(
            whole,
            column.cast("int64").cast("string"),
            ibis.ifelse(column.isnan(), ibis.null("string"), column.cast("string")),
        )
    return column.cast("string").strip().nullif("")


def cells(data: Any, *, margins: Sequence[str], weight: str | None = None) -> pd.DataFrame:
    """Count respondents per combination of margin categories.

    Returns
    -------
    pandas.DataFrame
        One row a combination that occurs: the margins as text, `n`, `base` (sum of base weights),
        `base2` (sum of their squares), `base_min`, `base_max`; sorted.

    Raises
    ------
    ColumnError, EmptyDataError, WeightError
        If a column is absent, there are no rows, a margin is blank somewhere, or a base weight is
        not positive.
    """
    rows = table.as_table(data)
    check.columns(rows.columns, margins=margins)
    table.numeric(rows, weight=weight)
    _reserved(margins, (*CELL_SUMS, "factor", "weight"), "margins")
    base = _weight(rows, weight)
    counted = (
        rows.select(
            **{f"m{i}": category(rows[name]) for i, name in enumerate(margins)},
            w=base,
            bad=_bad(base),
        )
        .aggregate(
            by=[f"m{i}" for i in range(len(margins))],
            n=_.count(),
            base=_.w.sum(),
            base2=(_.w * _.w).sum(),
            base_min=_.w.min(),
            base_max=_.w.max(),
            bad=_.bad.sum(),
        )
        .execute()
    )
    counted = counted[counted["n"] > 0]
    if counted.empty:
        raise EmptyDataError("data has no rows; give a table with one row a respondent")
    _refuse_bad(counted["bad"].sum(), counted["n"].sum(), weight)
    for i, name in enumerate(margins):
        refuse_blank(counted.loc[counted[f"m{i}"].isna(), "n"].sum(), counted["n"].sum(), name)
    counted = counted.rename(columns={f"m{i}": name for i, name in enumerate(margins)})
    return counted.sort_values(list(margins) or ["n"], ignore_index=True)[[*margins, *CELL_SUMS]]


def refuse_blank(blank: float, n: float, margin: str) -> None:
    """Refuse a margin with missing categories."""
    if blank:
        raise WeightError(
            f"margins={margin!r}: {int(blank):,} of {int(n):,} respondents have no value there, so "
            "no weight can be given; "
            "fill it from the customer file, make 'unknown' a category of its own with its own "
            "target, or drop those rows first"
        )


def sums(
    data: Any,
    *,
    outcome: str,
    margins: Sequence[str] = (),
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    fpc: str | None = None,
) -> pd.DataFrame:
    """Sum what a weighted mean and its variance need, per margin cell, stratum and cluster.

    Returns
    -------
    pandas.DataFrame
        One row a group: `margin_0`, …, `stratum`, `cluster` where they are given, `fpc`; `n`, `d`,
        `d2` over all rows; `answered`, `a_d`, `a_d2`, and with the outcome y measured from `shift`
        (its mean, so that nothing cancels) `dy`, `d2y`, `d2yy` over the rows that have an outcome;
        `shift`.
    """
    rows = table.as_table(data)
    check.columns(rows.columns, outcome=outcome, margins=margins, cluster=cluster, strata=strata)
    table.numeric(rows, outcome=outcome, weight=weight, fpc=fpc)
    y = rows[outcome].cast("float64")
    y = ibis.ifelse(y.isnan(), ibis.null("float64"), y)
    keys = {f"margin_{i}": category(rows[name]) for i, name in enumerate(margins)}
    keys |= {
        key: rows[name]
        for key, name in (("stratum", strata), ("cluster", cluster))
        if name is not None
    }
    size = rows[fpc].cast("float64") if fpc is not None else ibis.null("float64")
    size = ibis.ifelse(size.isnan(), ibis.null("float64"), size)
    chosen = rows.select(**keys, d=_weight(rows, weight), y=y, size=size)
    shift = _usable_mean(chosen, outcome, weight, fpc)
    chosen = chosen.mutate(y=chosen.y - shift, a=chosen.y.notnull().cast("float64"))
    grouped = chosen.aggregate(
        by=list(keys),
        n=chosen.count(),
        d=chosen.d.sum(),
        d2=(chosen.d * chosen.d).sum(),
        answered=chosen.a.sum(),
        a_d=(chosen.d * chosen.a).sum(),
        a_d2=(chosen.d * chosen.d * chosen.a).sum(),
        dy=(chosen.d * chosen.y).sum(),
        d2y=(chosen.d * chosen.d * chosen.y).sum(),
        d2yy=(chosen.d * chosen.d * chosen.y * chosen.y).sum(),
        fpc=chosen.size.max(),
        fpc_least=chosen.size.min(),
    )
    frame = grouped.execute()
    _refuse_groups(frame, strata, cluster, fpc)
    frame[["dy", "d2y", "d2yy"]] = frame[["dy", "d2y", "d2yy"]].fillna(0.0)
    return frame.sort_values(list(keys) or ["n"], ignore_index=True).assign(shift=shift)


def _usable_mean(chosen: ir.Table, outcome: str, weight: str | None, fpc: str | None) -> float:
    """Return the plain mean of the outcome; refuse weights, outcomes and population sizes that
    cannot be."""
    n, answered, mean, bad, endless, sized = (
        chosen.aggregate(
            n=_.count(),
            a=_.y.count(),
            s=_.y.mean(),
            b=_bad(chosen.d).sum(),
            e=_.y.isinf().sum(),
            f=(chosen.size > 0).sum(),
        )
        .execute()
        .iloc[0]
    )
    _refuse_bad(bad, n, weight)
    if not answered:
        raise EmptyDataError(
            f"outcome={outcome!r}: none of the {int(n):,} rows has a number there, so it has no "
            "mean"
        )
    if endless:
        raise ColumnError(
            f"outcome={outcome!r} has {int(endless):,} infinite values; correct them or make them "
            "missing first"
        )
    if fpc is not None and not sized == n:
        raise ColumnError(
            f"fpc={fpc!r} is missing, zero or negative somewhere; give the number of clusters (or "
            "rows) in the "
            "population on every row"
        )
    return float(mean)


def _refuse_groups(
    frame: pd.DataFrame, strata: str | None, cluster: str | None, fpc: str | None
) -> None:
    for key, parameter, name in (("stratum", "strata", strata), ("cluster", "cluster", cluster)):
        if name is not None and frame[key].isna().any():
            raise ColumnError(
                f"{parameter}={name!r}: {int(frame.loc[frame[key].isna(), 'n'].sum()):,} rows have "
                "no value there; "
                "fill it or drop those rows first"
            )
    if fpc is not None and (frame["fpc"] != frame["fpc_least"]).any():
        raise ColumnError(
            f"fpc={fpc!r} differs between rows of one stratum and cluster; give each row the "
            "number of clusters "
            "(or rows) that its stratum has in the population"
        )


def per_category(data: Any, *, columns: Sequence[str]) -> dict[str, pd.Series]:
    """Count rows per category of each column, from one GROUP BY over all of them."""
    together = joint(data, columns=columns)
    return {
        name: together.groupby(f"m{i}", sort=True)["n"].sum().rename_axis(name)
        for i, name in enumerate(columns)
    }


def joint(data: Any, *, columns: Sequence[str]) -> pd.DataFrame:
    """Count rows per combination: `m0`, `m1`, … (text; a blank is refused) and `n`."""
    rows = table.as_table(data)
    check.columns(rows.columns, columns=columns)
    if len(set(columns)) < len(columns):
        raise ColumnError(f"columns={list(columns)}: a column is named twice; name each once")
    counted = (
        rows.select(**{f"m{i}": category(rows[name]) for i, name in enumerate(columns)})
        .aggregate(by=[f"m{i}" for i in range(len(columns))], n=_.count())
        .execute()
    )
    if counted["n"].sum() == 0:
        raise EmptyDataError("there are no rows to compare; give a table with one row a person")
    for i, name in enumerate(columns):
        blank = counted[f"m{i}"].isna()
        if blank.any():
            raise ColumnError(
                f"columns={name!r}: {int(counted.loc[blank, 'n'].sum()):,} of "
                f"{int(counted['n'].sum()):,} rows "
                "have no value there; fill it, make 'unknown' a category of its own, or drop those "
                "rows first"
            )
    return counted.sort_values([f"m{i}" for i in range(len(columns))], ignore_index=True)


def stages(data: Any, *, reached: Mapping[str, str], by: Sequence[str] = ()) -> pd.DataFrame:
    """Count invitations, and how many reached each stage, per group: `by` columns, `invited`, one
    column a stage.

    A true/false column counts where it is true, a time where there is one.
    """
    rows = table.as_table(data)
    _reserved(
        by,
        (
            "stage",
            "n",
            "invited",
            "reached",
            "rate",
            "ci_low",
            "ci_high",
            "confidence",
            "method",
            *reached,
        ),
        "by",
    )
    check.columns(rows.columns, by=by, **reached)
    chosen = rows.select(
        **{f"b{i}": category(rows[name]).fill_null("–") for i, name in enumerate(by)},
        **{stage: _reached(rows[column]) for stage, column in reached.items()},
    )
    counted = chosen.aggregate(
        by=[f"b{i}" for i in range(len(by))],
        invited=chosen.count(),
        **{stage: chosen[stage].sum() for stage in reached},
    ).execute()
    counted = counted.rename(columns={f"b{i}": name for i, name in enumerate(by)})
    if counted["invited"].sum() == 0:
        raise EmptyDataError(
            "invitations has no rows; give a list with one row an invitation, or None"
        )
    return counted[[*by, "invited", *reached]].astype(dict.fromkeys(("invited", *reached), "int64"))


def histogram(data: Any, *, score: str, by: str | None = None) -> pd.DataFrame:
    """Count rows per channel and score: `group`, `score`, `n`; rows without a score are left
    out."""
    rows = table.as_table(data)
    table.numeric(rows, score=score)
    check.columns(rows.columns, channel=by)
    group = category(rows[by]).fill_null("–") if by is not None else ibis.literal("")
    chosen = rows.select(group=group, score=rows[score].cast("float64"))
    chosen = chosen.filter(chosen.score.notnull() & ~chosen.score.isnan())
    return (
        chosen.aggregate(by=["group", "score"], n=chosen.count())
        .execute()
        .sort_values(["group", "score"], ignore_index=True)
    )


def promoter_sign(data: Any, *, score: str, promoter: int, detractor: int, name: str) -> ir.Table:
    """Add the column `name`: 100 for a promoter, 0 for a passive, -100 for a detractor, missing
    without a score."""
    rows = table.as_table(data)
    table.numeric(rows, score=score)
    value = rows[score].cast("float64")
    known = value.notnull() & ~value.isnan()
    sign = ibis.cases(
        (~known, ibis.null("float64")),
        (value >= promoter, 100.0),
        (value <= detractor, -100.0),
        else_=0.0,
    )
    return rows.mutate(**{name: sign})


def joined_weight(
    data: Any, factors: pd.DataFrame, *, margins: Sequence[str], weight: str | None, name: str
) -> ir.Table:
    """Join a small table of cell factors to the rows, in their engine, and add the column `name`:
    base weight x factor."""
    rows = table.as_table(data)
    check.columns(rows.columns, margins=margins)
    if name in rows.columns:
        raise ColumnError(
            f"name={name!r}: the data have such a column already; give the weight another name"
        )
    table.numeric(rows, weight=weight)
    base = _weight(rows, weight)
    if not margins:
        return rows.mutate(**{name: base * float(factors["factor"].iloc[0])})
    keys = {f"__m{i}": category(rows[column]) for i, column in enumerate(margins)}
    small = ibis.memtable(
        factors.rename(columns={m: f"__m{i}" for i, m in enumerate(margins)})[
            [*keys, "factor"]
        ].rename(columns={"factor": "__factor"})
    )
    keyed = rows.mutate(**keys, __base=base)
    both = keyed.left_join(small, list(keys))
    return both.mutate(**{name: both["__base"] * both["__factor"]}).select(*rows.columns, name)


def answered(invitations: Any, came: pd.DataFrame, *, keys: Sequence[str], name: str) -> ir.Table:
    """Add the true/false column `name` to the invitations: whether its `keys` are among the rows of
    `came`."""
    rows = as_text(invitations, columns=keys)
    some = as_text(came, columns=keys).select(*keys).distinct().mutate(**{name: True})
    joined = rows.left_join(some, list(keys))
    return joined.select(
        *[column for column in rows.columns if column != name],
        **{name: joined[name].fill_null(False)},
    )


def as_text(data: Any, *, columns: Sequence[str]) -> ir.Table:
    """Write ids as text, so that those of two files can be joined whatever their types."""
    rows = table.as_table(data)
    return rows.mutate(**{name: category(rows[name]) for name in columns if name in rows.columns})


def with_columns(rows: ir.Table, frame: ir.Table, *, key: str, columns: Sequence[str]) -> ir.Table:
    """Add columns of the customer file to the rows, joined by `key`."""
    return rows.left_join(frame.select(key, *columns), key).select(*rows.columns, *columns)


def where(rows: ir.Table, *, column: str, value: Any) -> ir.Table:
    """Keep the rows whose category is `value`."""
    return rows.filter(category(rows[column]) == str(value))


def taken(rows: ir.Table, *, columns: Sequence[str]) -> pd.DataFrame:
    """Return some columns as a frame: all rows are pulled."""
    return rows.select(*columns).execute()


def size(rows: ir.Table) -> int:
    """Count the rows."""
    return int(rows.count().execute())


def _bad(weight: ir.FloatingColumn) -> ir.BooleanColumn:
    return (weight.isnull() | weight.isnan() | weight.isinf() | (weight <= 0)).fill_null(True)


def _refuse_bad(bad: float, n: float, weight: str | None) -> None:
    if n and bad:
        raise WeightError(
            f"weight={weight!r}: {int(bad):,} of {int(n):,} weights are missing, zero, negative or "
            "infinite; every respondent needs a positive number: fill or drop those rows first"
        )


def _weight(rows: ir.Table, weight: str | None) -> ir.FloatingColumn:
    return ibis.literal(1.0) if weight is None else rows[weight].cast("float64")


def _reached(column: ir.Column) -> ir.Column:
    kind = column.type()
    if kind.is_boolean():
        return column.fill_null(False).cast("int64")
    if kind.is_numeric():
        return (column.fill_null(0) > 0).cast("int64")
    return (category(column).notnull() if kind.is_string() else column.notnull()).cast("int64")


def _reserved(columns: Sequence[str], names: Sequence[str], parameter: str) -> None:
    used = [name for name in columns if name in names]
    if used:
        raise ColumnError(
            f"{parameter}={used[0]!r}: this name is used for the counts' own columns; rename the "
            "column first"
        )
