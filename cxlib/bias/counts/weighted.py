"""Rows and weights -> counts and sums per margin cell, and weights joined to the rows again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd
from ibis import _

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError, WeightError
from cxlib.rows import table, weights
from cxlib.rows.engine_names import engine_name, join_names

CELL_SUMS = ("n", "base", "base2", "base_min", "base_max")


def cells(data: Any, *, margins: Sequence[str], weight: str | None = None) -> pd.DataFrame:
    """Count respondents per combination of margin categories.

    Returns
    -------
    pandas.DataFrame
        One row a combination that occurs: the margins' categories as text in `m0`, `m1`, …, then
        `n`, `base` (sum of base weights), `base2` (sum of their squares), `base_min` and `base_max`
        (of those above 0); sorted.

    Raises
    ------
    ColumnError, EmptyDataError, WeightError
        If a column is absent, there are no rows, a margin is blank somewhere, or a base weight is
        missing, negative or infinite.
    """
    rows = table.as_table(data)
    check.columns(rows.columns, margins=margins)
    table.numeric(rows, weight=weight)
    keys = [f"m{i}" for i in range(len(margins))]
    base = _weight(rows, weight)
    raw = rows.select(
        **{key: rows[name] for key, name in zip(keys, margins, strict=True)},
        w=base,
        unfit=weights.unfit(base),
    ).aggregate(
        by=keys,
        n=_.count(),
        base=_.w.sum(),
        base2=(_.w * _.w).sum(),
        base_min=_.w.min(where=_.w > 0),
        base_max=_.w.max(),
        unfit=_.unfit.sum(),
    )
    found = join_names(raw, keys, base_min="min", base_max="max").execute()
    found = found[found["n"] > 0]
    if found.empty:
        raise EmptyDataError("data has no rows; give a table with one row a respondent")
    n = int(found["n"].sum())
    _refuse_unfit(found["unfit"].sum(), n, weight)
    for key, name in zip(keys, margins, strict=True):
        _refuse_blank(found.loc[found[key].isna(), "n"].sum(), n, name)
    if not found["base"].sum() > 0:
        raise WeightError(f"weight={weight!r}: all weights are 0; give some of them more")
    return found.sort_values(keys or ["n"], ignore_index=True)[[*keys, *CELL_SUMS]]


def _refuse_blank(blank: float, n: float, margin: str) -> None:
    if blank:
        raise WeightError(
            f"margins={margin!r}: {int(blank):,} of {int(n):,} respondents have no value there, so "
            "no weight can be given; fill it from the customer file, make 'unknown' a category of "
            "its own with its own target, or drop those rows first"
        )


def sums(
    data: Any,
    *,
    outcome: str,
    margins: Sequence[str] = (),
    weight: str | None = None,
    cluster: str | None = None,
    strata: str | None = None,
    population: str | None = None,
) -> pd.DataFrame:
    """Sum what a weighted mean and its variance need, per margin cell, stratum and cluster.

    `population` names the column with the number of sampling units in the row's stratum.

    Returns
    -------
    pandas.DataFrame
        One row a group: `m0`, …, `stratum`, `cluster` where they are given, `population`; `n`,
        `counting` (rows of a weight above 0), `d`, `d2` over all rows; `answered`, `a_d`, `a_d2`,
        and with the outcome y measured from `shift` (its mean, so that nothing cancels) `dy`,
        `d2y`, `d2yy` over the rows that have an outcome; `shift`.
    """
    rows = table.as_table(data)
    check.columns(rows.columns, outcome=outcome, margins=margins, cluster=cluster, strata=strata)
    table.numeric(rows, outcome=outcome, weight=weight, population=population)
    keys: dict[str, ir.Column] = {f"m{i}": rows[m] for i, m in enumerate(margins)}
    named = list(keys)
    keys |= {
        key: rows[name]
        for key, name in (("stratum", strata), ("cluster", cluster))
        if name is not None
    }
    chosen = rows.select(
        **keys,
        d=_weight(rows, weight),
        y=_number(rows[outcome]),
        size=_number(rows[population]) if population is not None else ibis.null("float64"),
    )
    shift = _usable_mean(chosen, outcome, weight, population)
    chosen = chosen.mutate(y=chosen.y - shift, a=chosen.y.notnull().cast("float64"))
    cells = chosen.aggregate(by=list(keys), **_sums(chosen))
    beside = [key for key in keys if key not in named]
    frame = join_names(
        cells, named, beside=beside, population="max", population_least="min"
    ).execute()
    _refuse_groups(frame, strata, cluster, population)
    frame[["dy", "d2y", "d2yy"]] = frame[["dy", "d2y", "d2yy"]].fillna(0.0)
    return frame.sort_values(list(keys) or ["n"], ignore_index=True).assign(shift=shift)


def _sums(chosen: ir.Table) -> dict[str, ir.Scalar]:
    d, y, a = chosen.d, chosen.y, chosen.a
    return {
        "n": chosen.count(),
        "counting": (d > 0).sum(),
        "d": d.sum(),
        "d2": (d * d).sum(),
        "answered": a.sum(),
        "a_d": (d * a).sum(),
        "a_d2": (d * d * a).sum(),
        "dy": (d * y).sum(),
        "d2y": (d * d * y).sum(),
        "d2yy": (d * d * y * y).sum(),
        "population": chosen["size"].max(),
        "population_least": chosen["size"].min(),
    }


def _usable_mean(
    chosen: ir.Table, outcome: str, weight: str | None, population: str | None
) -> float:
    """Return the plain mean of the outcome; refuse weights, outcomes and population sizes that
    cannot be."""
    found = (
        chosen.aggregate(
            n=_.count(),
            answered=_.y.count(),
            mean=_.y.mean(),
            unfit=weights.unfit(_.d).sum(),
            endless=_.y.isinf().sum(),
            sized=(_["size"] > 0).sum(),
        )
        .execute()
        .iloc[0]
    )
    n = int(found["n"])
    _refuse_unfit(found["unfit"], n, weight)
    if not found["answered"]:
        raise EmptyDataError(
            f"outcome={outcome!r}: none of the {n:,} rows has a number there, so it has no mean"
        )
    if found["endless"]:
        raise ColumnError(
            f"outcome={outcome!r} has {int(found['endless']):,} infinite values; correct them or "
            "make them missing first"
        )
    if population is not None and not found["sized"] == n:
        raise ColumnError(
            f"population={population!r} is missing, zero or negative somewhere; give the number of "
            "clusters (or rows) in the population on every row"
        )
    return float(found["mean"])


def _refuse_groups(
    frame: pd.DataFrame, strata: str | None, cluster: str | None, population: str | None
) -> None:
    for key, parameter, name in (("stratum", "strata", strata), ("cluster", "cluster", cluster)):
        if name is not None and frame[key].isna().any():
            raise ColumnError(
                f"{parameter}={name!r}: {int(frame.loc[frame[key].isna(), 'n'].sum()):,} rows have "
                "no value there; fill it or drop those rows first"
            )
    if population is not None and (frame["population"] != frame["population_least"]).any():
        raise ColumnError(
            f"population={population!r} differs between rows of one stratum and cluster; give each "
            "row the number of clusters (or rows) that its stratum has in the population"
        )


def promoter_sign(data: Any, *, score: str, promoter: int, detractor: int, name: str) -> ir.Table:
    """Add the column `name`: 100 for a promoter, 0 for a passive, -100 for a detractor, missing
    without a score."""
    rows = table.as_table(data)
    table.numeric(rows, score=score)
    value = _number(rows[score])
    sign = ibis.cases(
        (value.isnull(), ibis.null("float64")),
        (value >= promoter, 100.0),
        (value <= detractor, -100.0),
        else_=0.0,
    )
    return rows.mutate(**{name: sign})


def join_weight(
    data: Any, factors: pd.DataFrame, *, margins: Sequence[str], weight: str | None, name: str
) -> ir.Table:
    """Join cell factors to the rows, in their engine, and add the column `name`: base weight x
    factor.

    `factors` is a small table: the margins' categories first, in the order of `margins`, and
    `factor`.
    """
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
    keys = {f"__m{i}": engine_name(rows[column]) for i, column in enumerate(margins)}
    small = factors[[*factors.columns[: len(margins)], "factor"]].set_axis(
        [*keys, "__factor"], axis="columns"
    )
    both = rows.mutate(**keys, __base=base).left_join(ibis.memtable(small), list(keys))
    return both.mutate(**{name: both["__base"] * both["__factor"]}).select(*rows.columns, name)


def _refuse_unfit(unfit: float, n: int, weight: str | None) -> None:
    weights.refuse_unfit(int(unfit), of=n, parameter="weight", column=weight)


def _weight(rows: ir.Table, weight: str | None) -> ir.FloatingColumn:
    return ibis.literal(1.0) if weight is None else rows[weight].cast("float64")


def _number(column: ir.Column) -> ir.FloatingColumn:
    """Return numbers whose missing ones are null, also those that are NaN."""
    number = column.cast("float64")
    return ibis.ifelse(number.isnan(), ibis.null("float64"), number)
