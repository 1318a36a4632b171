"""Rows -> moments of an outcome and a proxy of it: what a regression on the proxy and its error
need."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from cxlib import check
from cxlib.bias.counts.cells import base_weight, refuse_unfit
from cxlib.errors import ColumnError, EmptyDataError
from cxlib.rows import table, weights

POWERS = [(a, b) for a in range(5) for b in range(5) if a + b <= 4]


@dataclass(frozen=True, slots=True)
class Moments:
    """Moments of outcome y and proxy x over the rows that have both.

    Attributes
    ----------
    n, left_out : int
        Rows that have both with a weight above 0, and the others.
    y, x : float
        Weighted means.
    first : dict of (int, int) to float
        For (a, b), a + b at most 4: sum of w (y - mean)^a (x - mean)^b over sum of w.
    second : dict of (int, int) to float
        The same of w^2, over (sum of w)^2.
    """

    n: int
    left_out: int
    y: float
    x: float
    first: dict[tuple[int, int], float]
    second: dict[tuple[int, int], float]


def moments(data: Any, *, outcome: str, proxy: str, weight: str | None = None) -> Moments:
    """Sum the moments, in two passes, so that nothing cancels."""
    rows = table.as_table(data)
    table.numeric(rows, outcome=outcome, proxy=proxy, weight=weight)
    chosen = rows.select(
        w=base_weight(rows, weight), y=_number(rows[outcome]), x=_number(rows[proxy])
    )
    _refuse_weights(chosen, weight)
    _refuse_endless(chosen, y=outcome, x=proxy)
    both = chosen.filter(chosen.y.notnull() & chosen.x.notnull() & (chosen.w > 0))
    means = both.aggregate(
        n=both.count(),
        w=both.w.sum(),
        y=(both.w * both.y).sum() / both.w.sum(),
        x=(both.w * both.x).sum() / both.w.sum(),
    ).execute()
    n, total, y, x = means.iloc[0][["n", "w", "y", "x"]]
    if n < 3:
        raise EmptyDataError(
            f"outcome={outcome!r}, proxy={proxy!r}: {int(n)} rows have both, and at least 3 are "
            "needed; take a proxy that is known of the respondents"
        )
    away = both.mutate(y=both.y - float(y), x=both.x - float(x))
    terms = {(a, b): away.y.pow(a) * away.x.pow(b) for a, b in POWERS}
    sums = away.aggregate(
        **{f"f{a}{b}": (away.w * term).sum() for (a, b), term in terms.items()},
        **{f"s{a}{b}": (away.w * away.w * term).sum() for (a, b), term in terms.items()},
    ).execute()
    first = {(a, b): float(sums[f"f{a}{b}"].iloc[0]) / total for a, b in POWERS}
    second = {(a, b): float(sums[f"s{a}{b}"].iloc[0]) / total**2 for a, b in POWERS}
    everyone = int(chosen.count().execute())
    return Moments(int(n), everyone - int(n), float(y), float(x), first, second)


def mean_of(data: Any, *, proxy: str) -> tuple[int, int, float]:
    """Return how many rows have the proxy, how many do not, and its mean."""
    rows = table.as_table(data)
    check.columns(rows.columns, proxy=proxy)
    table.numeric(rows, proxy=proxy)
    chosen = rows.select(x=_number(rows[proxy]))
    _refuse_endless(chosen, x=proxy)
    found = chosen.aggregate(all=_.count(), n=_.x.count(), mean=_.x.mean()).execute().iloc[0]
    if not found["n"]:
        raise EmptyDataError(
            f"proxy={proxy!r}: nobody in the frame has a number there; name a column that the "
            "respondents and the frame both have"
        )
    return int(found["n"]), int(found["all"] - found["n"]), float(found["mean"])


def _refuse_endless(chosen: ir.Table, **named: str) -> None:
    """Refuse infinite values; `named` says which column of `chosen` is whose."""
    endless = {key: chosen[key].isinf().sum().fill_null(0) for key in named}
    found = chosen.aggregate(**endless).execute().iloc[0]
    for key, name in named.items():
        if found[key] > 0:
            raise ColumnError(
                f"{name!r} has {int(found[key]):,} infinite values; correct them or make them "
                "missing first"
            )


def _refuse_weights(chosen: ir.Table, weight: str | None) -> None:
    found = chosen.aggregate(n=_.count(), unfit=weights.unfit(_.w).sum()).execute().iloc[0]
    refuse_unfit(found["unfit"], int(found["n"]), weight)


def _number(column: ir.Column) -> ir.FloatingColumn:
    number = column.cast("float64")
    return ibis.ifelse(number.isnan(), ibis.null("float64"), number)
