"""Duration counts -> what a reader of curves and means must know of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from cxlib.methods.survival.risk_table import RiskTable
from cxlib.retention.durations import Durations
from cxlib.retention.units import several
from cxlib.shown.message import Message

_LEFT_OUT = {
    "missing": "retention.left_out_missing",
    "missing_customer": "retention.left_out_missing_customer",
    "missing_start": "retention.left_out_missing_start",
    "missing_duration": "retention.left_out_missing_duration",
    "before_record": "retention.left_out_before_record",
    "reversed_spell": "retention.left_out_reversed_spell",
    "after_as_of": "retention.left_out_after_as_of",
    "continued_spell": "retention.left_out_continued_spell",
    "later_spell": "retention.left_out_later_spell",
    "too_new": "retention.left_out_too_new",
    "before_records": "retention.left_out_before_records",
}


def omissions(durations: Durations) -> tuple[Message, ...]:
    """Return a sentence for each reason for which rows were left out, or customers tell nothing."""
    tally = durations.tally
    found = [*durations.warnings]
    found += [
        Message(key, n=tally[name], rows=tally["rows"])
        for name, key in _LEFT_OUT.items()
        if tally.get(name, 0)
    ]
    if durations.untold:
        shown = {"n": durations.untold, "customers": durations.customers}
        found.append(Message("retention.untold", units=several(durations.unit), **shown))
    return tuple(found)


def late_start(durations: Durations, by: Sequence[str]) -> tuple[Message, ...]:
    """Say where nobody was followed from the start: the curve is then of those who had stayed until
    the first came."""
    if not durations.delayed:
        return ()
    came = durations.frame[durations.frame["entered"] > 0]
    first = came.groupby(list(by))["tenure"].min().max() if by else came["tenure"].min()
    return (Message("retention.late_start", tenure=first),) if first > 0 else ()


def early_zero(table: RiskTable, survival: NDArray[np.float64]) -> tuple[Message, ...]:
    """Say where a curve fell to 0 while customers were still to come under observation."""
    empty = ((survival == 0) & (table.at_risk > 0))[:, 1:] & (survival[:, :-1] == 0)
    if not empty.any():
        return ()
    first = table.tenure[(survival == 0).argmax(axis=1)][empty.any(axis=1)].min()
    return (Message("retention.emptied", tenure=first),)
