"""Rows -> sums per cell of the weights, domain, stratum and cluster: what weighted totals, means
and ratios and their errors need."""

from __future__ import annotations

from collections.abc import Sequence
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

PAIR, BOTH, BETWEEN = "__pair", "__both", "\ue000"


def sums(
    data: Any,
    *,
    outcome: str,
    over: str | None = None,
    by: str | None = None,
    margins: Sequence[str] = (),
    numeric: Sequence[str] = (),
    weight: str | None = None,
    split: bool = False,
    cluster: str | None = None,
    strata: str | None = None,
    population: str | None = None,
) -> pd.DataFrame:
    """Sum what weighted totals, means and ratios and their variances need, per cell of the weights,
    domain, stratum and cluster.

    `over` names the denominator of a ratio; without it, it is 1 where there is an outcome. With
    `split`, base weights and denominators are told apart too. `population` names the column with
    the number of sampling units in the row's stratum.

    Returns
    -------
    pandas.DataFrame
        One row a group: `m0`, …, `x0`, …, `d`, `over`, `domain`, `stratum`, `cluster` where they
        are asked for, `population`; `n`, `counting` (rows of a weight above 0), `base`, `base2`
        (sums of base weights, of their squares) over all rows; `answered`, `r_d`, `r_d2` (the same)
        over rows with an outcome (and a denominator), and over these, with denominator a and the
        outcome y measured from `shift` x a (their ratio, so that nothing cancels), plain sums `a`,
        `y`, `yy` of rows of a weight above 0, and `da`, `dy`, `d2a`, `d2y`, `d2aa`, `d2ay`, `d2yy`;
        `shift`.
    """
    rows = table.as_groups(data)
    check.columns(
        rows.columns, margins=margins, numeric=numeric, cluster=cluster, strata=strata, by=by
    )
    table.numeric(rows, outcome=outcome, weight=weight, population=population)
    table.numeric(rows, denominator=over, **{f"numeric={name!r}": name for name in numeric})
    given = {"domain": by, "stratum": strata, "cluster": cluster}
    named = {f"m{i}": rows[m] for i, m in enumerate(margins)}
    named |= {} if by is None else {"domain": rows[by]}
    beside = {f"x{i}": rows[name].cast("float64") for i, name in enumerate(numeric)}
    beside |= {k: rows[v] for k, v in given.items() if v is not None and k != "domain"}
    chosen = rows.select(
        **named,
        **beside,
        d=base_weight(rows, weight),
        y=_number(rows[outcome]),
        over=ibis.literal(1.0) if over is None else _number(rows[over]),
        size=_number(rows[population]) if population is not None else ibis.null("float64"),
        t=each_times(rows),
    )
    shift = _usable_ratio(chosen, outcome, over, weight, population)
    answered = chosen.y.notnull() & chosen.over.notnull()
    chosen = chosen.mutate(r=answered, over=answered.ifelse(chosen.over, 0.0))
    chosen = chosen.mutate(y=chosen.r.ifelse(chosen.y - shift * chosen.over, 0.0))
    keys = [*beside, *(["d", "over"] if split else [])]
    cells = chosen.aggregate(by=[*named, *keys], **_sums(chosen))
    frame = join_names(
        cells, list(named), beside=keys, population="max", population_least="min"
    ).execute()
    _refuse_groups(frame, strata, cluster, population)
    frame = frame.sort_values([*named, *keys] or ["n"], ignore_index=True)
    return frame.assign(shift=shift)


def _sums(chosen: ir.Table) -> dict[str, ir.Scalar]:
    y, a, r, t, there = chosen.y, chosen.over, chosen.r, chosen.t, chosen.d > 0
    d, dd, one = chosen.d * t, chosen.d * chosen.d * t, there.ifelse(t, 0)
    return {
        "n": t.sum(),
        "counting": one.sum(),
        "base": d.sum(),
        "base2": dd.sum(),
        "answered": r.ifelse(t, 0).sum(),
        "r_d": r.ifelse(d, 0.0).sum(),
        "r_d2": r.ifelse(dd, 0.0).sum(),
        "a": (one * a).sum(),
        "y": (one * y).sum(),
        "yy": (one * y * y).sum(),
        "da": (d * a).sum(),
        "dy": (d * y).sum(),
        "d2a": (dd * a).sum(),
        "d2y": (dd * y).sum(),
        "d2aa": (dd * a * a).sum(),
        "d2ay": (dd * a * y).sum(),
        "d2yy": (dd * y * y).sum(),
        "population": chosen["size"].max(),
        "population_least": chosen["size"].min(),
    }


def units_minus_strata(
    data: Any, *, weight: str | None, cluster: str | None, strata: str | None
) -> int:
    """Count the sampling units (clusters, else rows) of a weight above 0, minus their strata."""
    rows = table.as_groups(data)
    check.columns(rows.columns, cluster=cluster, strata=strata)
    table.numeric(rows, weight=weight)
    keys = {k: rows[v] for k, v in (("h", strata), ("c", cluster)) if v is not None}
    there = rows.select(**keys, d=base_weight(rows, weight), t=each_times(rows)).filter(_.d > 0)
    found = there.aggregate(by=list(keys), n=_.t.sum()).execute()
    units = len(found) if cluster is not None else int(found["n"].sum())
    return units - (1 if strata is None else found["h"].nunique(dropna=False))


def _usable_ratio(
    chosen: ir.Table, outcome: str, over: str | None, weight: str | None, population: str | None
) -> float:
    """Return the plain ratio of outcome and denominator; refuse weights, outcomes, denominators and
    population sizes that cannot be."""
    both = chosen.y.notnull() & chosen.over.notnull()
    found = (
        chosen.aggregate(
            n=_.t.sum().fill_null(0),
            answered=both.ifelse(chosen.t, 0).sum(),
            y=(chosen.y * chosen.t).sum(where=both),
            over=(chosen.over * chosen.t).sum(where=both),
            unfit=weights.unfit(_.d).ifelse(_.t, 0).sum(),
            endless=_.y.isinf().ifelse(_.t, 0).sum(),
            endless_over=_.over.isinf().ifelse(_.t, 0).sum(),
            sized=(_["size"] > 0).ifelse(_.t, 0).sum(),
        )
        .execute()
        .iloc[0]
    )
    n = int(found["n"])
    refuse_unfit(found["unfit"], n, weight)
    if not found["answered"]:
        beside = "" if over is None else f" and in denominator={over!r}"
        raise EmptyDataError(
            f"outcome={outcome!r}: none of the {n:,} rows has a number there{beside}, so it has no "
            "mean"
        )
    for parameter, name, endless in (
        ("outcome", outcome, found["endless"]),
        ("denominator", over, found["endless_over"]),
    ):
        if endless:
            raise ColumnError(
                f"{parameter}={name!r} has {int(endless):,} infinite values; correct them or make "
                "them missing first"
            )
    if population is not None and not found["sized"] == n:
        raise ColumnError(
            f"population={population!r} is missing, zero or negative somewhere; give the number of "
            "clusters (or rows) in the population on every row"
        )
    return float(found["y"] / found["over"]) if found["over"] else 0.0


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
    rows = table.as_groups(data)
    table.numeric(rows, score=score)
    value = _number(rows[score])
    sign = ibis.cases(
        (value.isnull(), ibis.null("float64")),
        (value >= promoter, 100.0),
        (value <= detractor, -100.0),
        else_=0.0,
    )
    return rows.mutate(**{name: sign})


def pairs(data: Any, *, row: str, column: str) -> ir.Table:
    """Add the column `PAIR`, the names of two categories with `BETWEEN` between them, and `BOTH`, 1
    where both have a name."""
    rows = table.as_groups(data)
    check.columns(rows.columns, row=row, column=column)
    pair: Any = engine_name(rows[row]) + BETWEEN + engine_name(rows[column])
    both = pair.isnull().ifelse(ibis.null("float64"), 1.0)
    return rows.mutate(**{PAIR: pair, BOTH: both})


def _number(column: ir.Column) -> ir.FloatingColumn:
    """Return numbers whose missing ones are null, also those that are NaN."""
    number = column.cast("float64")
    return ibis.ifelse(number.isnan(), ibis.null("float64"), number)
