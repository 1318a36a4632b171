"""What the lists know of the respondents besides the margins -> columns of the answers: when each
answer came, after how many reminders, and the proxy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from cxlib import check
from cxlib.bias.counts import people
from cxlib.bias.parameters import Parameters
from cxlib.errors import ColumnError
from cxlib.rows import names

if TYPE_CHECKING:
    import ibis.expr.types as ir


def with_lists(
    p: Parameters, respondents: pd.DataFrame, reference: ir.Table | None
) -> pd.DataFrame:
    """Add the columns that only the people to compare with have, by the customer's id.

    Raises
    ------
    ColumnError
        If a column is in none of the files.
    """
    there = [] if reference is None else list(reference.columns)
    wanted = []
    for parameter in ("reminders", "answered_at", "proxy"):
        name = getattr(p, parameter)
        if name is None or name in respondents.columns:
            continue
        if name not in there:
            known = [*respondents.columns, *there]
            raise ColumnError(
                f"{parameter}={name!r}: neither the answers nor the people to compare with have "
                f"such a column{check.did_you_mean(name, known)}"
            )
        wanted.append(name)
    if not wanted or reference is None or p.customer is None:
        return respondents
    found = people.take(reference, columns=[p.customer, *wanted])
    found[p.customer] = names.fold(found[p.customer]).values
    found = found.dropna(subset=[p.customer]).drop_duplicates(p.customer, keep=False)
    keyed = respondents.assign(**{p.customer: names.fold(respondents[p.customer]).values})
    return keyed.merge(found, on=p.customer, how="left")
