"""Duration counts -> a row for each group and whole tenure: who was at risk, and who was lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlib.errors import CohortError, ColumnError, EmptyDataError, ParameterError
from cxlib.retention.durations import Durations
from cxlib.shown.language import label
from cxlib.shown.message import Message

MOST_LEVELS = 120  # of one term; fitting grows with its square, and nobody reads so many
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def person_periods(durations: Durations, by: Sequence[str]) -> pd.DataFrame:
    """Return `by`, `age`, `at_risk`, `lost`: a row for each group and each whole tenure at which
    somebody was at risk.

    The first age is 1, or 0 where somebody was lost at 0.
    """
    if durations.weighted:
        raise ParameterError(
            "data has weights, which this model does not know; count without weight"
        )
    table = durations.risk_table(by)
    if (table.tenure % 1 != 0).any():
        raise CohortError(
            "tenure is not in whole periods; round it up to the period in which it ended before "
            "counting"
        )
    age = np.arange(0 if table.lost[:, table.tenure == 0].any() else 1, int(table.tenure.max()) + 1)
    if not len(age) or not table.lost.any():
        raise EmptyDataError(
            "nobody was lost, so there is no hazard to model; follow the customers for longer"
        )
    place = np.searchsorted(table.tenure, age)  # at risk at an age: as at the next tenure on record
    if durations.delayed:
        raise ParameterError(
            "data has customers who came under observation later (entry), which this model does "
            "not know yet; use retention.cox(entry=...)"
        )
    at_risk = table.at_risk[:, place]
    lost = np.where(table.tenure[place] == age, table.lost[:, place], 0)
    row, column = np.nonzero(at_risk)
    return (
        durations.groups(by)
        .iloc[row]
        .reset_index(drop=True)
        .assign(age=age[column], at_risk=at_risk[row, column], lost=lost[row, column])
    )


def calendar_periods(cohort: pd.Series, age: pd.Series, unit: str) -> pd.Series:
    """Return the first day of the calendar period that lies `age` periods after that of the
    cohort."""
    if unit not in ("day", "week", *_MONTHS):
        raise ParameterError(
            f"data has tenures in {unit!r}, so calendar periods cannot be named; count with "
            "unit='month' or another"
        )
    try:
        start = pd.to_datetime(cohort).to_numpy().astype("datetime64[D]")
    except (ValueError, TypeError):
        raise ColumnError(
            f"cohort={cohort.name!r}: its values ({label(cohort.iloc[0])}, ...) are not the first "
            "days of periods; "
            "write them like 2026-01-01"
        ) from None
    if unit in _MONTHS:
        moved = start.astype("datetime64[M]") + _MONTHS[unit] * age.to_numpy()
    else:
        moved = start + (7 if unit == "week" else 1) * age.to_numpy()
    return pd.Series(moved.astype("datetime64[s]"), cohort.index)


def leave_out(
    cells: pd.DataFrame, factors: Sequence[str]
) -> tuple[pd.DataFrame, dict[str, list[Any]]]:
    """Leave out levels that nobody or everybody was lost in; their likelihood is 1 whatever the
    rest.

    Returns
    -------
    cells : pandas.DataFrame
    left_out : dict
        Factor to its levels that were left out.

    Raises
    ------
    EmptyDataError
        If nothing is left.
    """
    found: dict[str, list[Any]] = {}
    changed = True
    while changed and len(cells):
        changed = False
        for name in factors:
            sums = cells.groupby(name)[["at_risk", "lost"]].sum()
            out = sums.index[(sums["lost"] == 0) | (sums["lost"] == sums["at_risk"])]
            if len(out):
                found.setdefault(str(name), []).extend(out)
                cells, changed = cells[~cells[name].isin(out)], True
    if cells.empty:
        raise EmptyDataError(
            f"terms={[str(name) for name in factors]}: each level lost nobody or everybody, so "
            "there is nothing to fit; use fewer or wider levels"
        )
    return cells.reset_index(drop=True), found


def say_left_out(left_out: Mapping[Any, Sequence[Any]]) -> tuple[Message, ...]:
    """Return a sentence for each term of which levels were left out; at most five are named."""
    return tuple(
        Message("retention.hazard_left_out", term=name, n=len(levels), levels=list(levels[:5]))
        for name, levels in left_out.items()
    )
