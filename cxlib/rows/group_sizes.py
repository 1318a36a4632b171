"""Rows in any form -> how many there are of each group, by the names that `conditions.choose` asks
for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import pandas as pd

from cxlib.rows.engine_names import engine_name
from cxlib.rows.multiplicity import TIMES
from cxlib.rows.table import as_groups

Group = tuple[str | None, ...]


class SizeUnit(StrEnum):
    """What is counted; its words take the number, `n`."""

    ANSWERS = "answers"
    ANSWERS_OF_WAVE = "answers_of_wave"
    CUSTOMERS = "customers"
    INTERVIEWS = "interviews"


@dataclass(frozen=True, slots=True)
class GroupSizes:
    """How large each group is.

    Attributes
    ----------
    n : mapping
        A group's names, one a column in the order that was asked for, to its size; None stands for
        a missing name.
    unit : SizeUnit
        What is counted.
    """

    n: Mapping[Group, int]
    unit: SizeUnit


def count_groups(
    rows: Any, *, by: Sequence[str], unit: SizeUnit, distinct: str | None = None
) -> GroupSizes:
    """Count the rows of each combination of groups that occurs; one query.

    Parameters
    ----------
    rows : pandas.DataFrame or Ibis table
        Each may stand for several: see `multiplicity.times_of`.
    by : sequence of str
        Columns of groups.
    unit : SizeUnit
        What a row is.
    distinct : str, optional
        A column of names that are counted in place of rows, each once in a group.

    Examples
    --------
    >>> rows = pd.DataFrame({"city": ["Tokyo", " Ｔｏｋｙｏ", "tokyo", None]})
    >>> count_groups(rows, by=["city"], unit=SizeUnit.ANSWERS).n
    {('Tokyo',): 2, ('tokyo',): 1, (None,): 1}
    """
    wanted = list(dict.fromkeys([*by, *([distinct] if distinct else [])]))
    times = [TIMES] if TIMES in rows.columns else []
    table = as_groups(rows[[*wanted, *times]] if isinstance(rows, pd.DataFrame) else rows)
    # names are made of the few distinct values, not of each row
    n_rows = table[TIMES].sum().cast("int64") if times else table.count()
    cells = table.group_by(wanted).aggregate(cx_rows=n_rows)
    named: dict[str, Any] = {f"group_{i}": engine_name(cells[name]) for i, name in enumerate(by)}
    size = cells.cx_rows if distinct is None else engine_name(cells[distinct])
    counted = cells.select(**named, size=size)
    n = counted.size.sum() if distinct is None else counted.size.nunique()
    found = counted.group_by(list(named)).aggregate(n=n).order_by(list(named))
    lists = found.to_pyarrow().to_pydict()
    groups = zip(*(lists[name] for name in named), strict=True)
    return GroupSizes(dict(zip(groups, lists["n"], strict=True)), unit)
