"""Rows -> how many promoters, passives and detractors came at each time, or after how many
reminders."""

from __future__ import annotations

from typing import Any

import ibis
import pandas as pd
from ibis import _

from cxlib import check
from cxlib.bias.counts.sums import promoter_sign
from cxlib.rows.multiplicity import each_times


def by_arrival(
    data: Any, *, score: str, arrival: str, promoter: int, detractor: int
) -> pd.DataFrame:
    """Count answers with a score by a column: `arrival` (as it is), `promoters`, `passives`,
    `detractors`; a row without an arrival is one of its own."""
    signed = promoter_sign(data, score=score, promoter=promoter, detractor=detractor, name="__sign")
    check.columns([name for name in signed.columns if name != "__sign"], arrived=arrival)
    times = each_times(signed)
    chosen = signed.select(arrival=signed[arrival], sign=signed["__sign"], t=times)
    counted = chosen.filter(chosen.sign.notnull()).aggregate(
        by=["arrival"],
        **{
            name: ibis.ifelse(_.sign == sign, _.t, 0).sum().cast("int64")
            for name, sign in (("promoters", 100), ("passives", 0), ("detractors", -100))
        },
    )
    return counted.execute()
