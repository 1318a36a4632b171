"""Curves at some months -> their title, and which months these are, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from cxlib.shown.message import Message, Names

# by who is left: nobody, all, some
_TITLES = {0: "retention.title_nobody_there", 1: "retention.title_nobody_lost"}
_TITLE = "retention.title_still_there"


def group_name(row: Mapping, by: tuple[str, ...]) -> Names:
    """Name the group that a row is of."""
    return Names(tuple(row[name] for name in by), listed=True)


def title(rows: pd.DataFrame, by: tuple[str, ...], *, months: float, unit: Message) -> Message:
    """Return the finding of curves as a title: how many of 100 customers are still there after some
    months; of groups, those that stay longest and shortest.

    Parameters
    ----------
    rows : pandas.DataFrame
        A row a curve: `by`, and `survival` in [0, 1] after these months, missing where nobody was
        followed for so long.
    by : tuple of str
        Columns of groups.
    months : float
        Since a customer came, in `unit`.
    unit : Message
        What so many of the unit are called.
    """
    known = rows.dropna(subset=["survival"]).sort_values("survival")
    told: dict[str, Any] = {"months": months, "unit": unit}
    if known.empty:
        return Message("retention.title_not_followed", **told)
    low, high = known.iloc[0].to_dict(), known.iloc[-1].to_dict()
    if len(known) < 2:
        key = _TITLES.get(low["survival"], _TITLE)
        alone = Message(key, rate=100 * low["survival"], **told)
        name = group_name(low, by)
        return Message("retention.title_of_group", group=name, title=alone) if by else alone
    told |= {"low_group": group_name(low, by), "high_group": group_name(high, by)}
    rates = {"low": 100 * low["survival"], "high": 100 * high["survival"]}
    return Message("retention.spread", **rates, **told)
