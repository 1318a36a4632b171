"""Respondents, a frame and a proxy of both -> between what the proxy lies in each, and how many of
the frame lie where the respondents do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
from ibis import _

from cxlib.bias.counts.cells import base_weight
from cxlib.rows import table


@dataclass(frozen=True, slots=True)
class Ends:
    """Of a number: how many have it, its mean, its standard deviation (divisor n), its lowest and
    its highest value."""

    n: int
    mean: float
    sd: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class ProxyEnds:
    """The proxy of the `respondents` that have it and an outcome, and of the `frame`; `outcome` of
    the same respondents; how many of the frame are `within` the respondents' values."""

    respondents: Ends
    frame: Ends
    outcome: Ends
    within: int


def proxy_ends(
    respondents: Any, frame: Any, *, outcome: str, proxy: str, weight: str | None
) -> ProxyEnds:
    """Find where the proxy lies; columns and weights have been looked at before."""
    rows, people = table.as_table(respondents), table.as_table(frame)
    chosen = rows.select(
        w=base_weight(rows, weight), y=_number(rows[outcome]), x=_number(rows[proxy])
    )
    both = chosen.filter(chosen.y.notnull() & chosen.x.notnull() & (chosen.w > 0))
    here, answers = _ends(both, "x"), _ends(both, "y")
    everyone = people.select(x=_number(people[proxy]))
    slack = 1e-6 * (here.high - here.low)  # one number, written by two tools
    inside = everyone.x.between(here.low - slack, here.high + slack)
    within = everyone.filter(inside).count().execute()
    return ProxyEnds(here, _ends(everyone, "x"), answers, int(within))


def _ends(rows: ir.Table, name: str) -> Ends:
    found = rows.aggregate(
        n=_[name].count(),
        mean=_[name].mean(),
        sd=_[name].std(how="pop"),
        low=_[name].min(),
        high=_[name].max(),
    )
    row = found.execute().iloc[0]
    return Ends(int(row["n"]), *(float(row[each]) for each in ("mean", "sd", "low", "high")))


def _number(column: ir.Column) -> ir.FloatingColumn:
    number = column.cast("float64")
    return ibis.ifelse(number.isnan(), ibis.null("float64"), number)
