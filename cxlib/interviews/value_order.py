"""The values that units were given -> the same in an order that a level of measurement may use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from cxlib.errors import ColumnError, ParameterError

ORDERED = ("ordinal", "interval", "ratio")


def ordered(units: pd.DataFrame, level: str, order: Sequence[Any] | None) -> pd.DataFrame:
    """Return the table with its columns from low to high; as numbers for interval and ratio.

    Parameters
    ----------
    units : pandas.DataFrame, units x values
    level : str
        Nominal and the levels of sets leave the table as it is.
    order : sequence, optional
        All values from low to high.

    Raises
    ------
    ColumnError
        If the values are text and no order was given, or the order lacks one of them.
    ParameterError
        If an order is given for a level that has none, or names a value twice.
    """
    if level not in ORDERED:
        if order is not None:
            raise ParameterError(
                f"order={list(order)!r} has no use at level={level!r}; give level='ordinal', or "
                "order=None"
            )
        return units
    if order is None and isinstance(units.columns.dtype, pd.CategoricalDtype):
        order = list(units.columns.categories) if units.columns.ordered else None
    if order is not None:
        return _as_given(units, level, list(order))
    numbers = _numbers(units, level)
    found = units.iloc[:, np.argsort(numbers, kind="stable")].set_axis(np.sort(numbers), axis=1)
    if found.columns.is_unique:
        return found
    return found.T.groupby(level=0).sum().T  # 1 and "1.0" are one value


def _as_given(units: pd.DataFrame, level: str, order: list[Any]) -> pd.DataFrame:
    twice = [value for place, value in enumerate(order) if value in order[:place]]
    if twice:
        raise ParameterError(f"order={order!r} names {twice[0]!r} twice; name each value once")
    if level == "ratio":
        raise ParameterError(
            f"order={order!r} gives ranks, and ranks have no zero, so level='ratio' cannot be "
            "used; use level='ordinal'"
        )
    absent = [value for value in units.columns if value not in order]
    if absent:
        raise ColumnError(
            f"order={order!r} lacks {absent[0]!r}, which is among the values; name all values from "
            "low to high"
        )
    there = [value for value in order if value in units.columns]
    found = units[there]
    return found.set_axis([order.index(value) + 1 for value in there], axis=1)


def _numbers(units: pd.DataFrame, level: str) -> np.ndarray:
    """The values as numbers, or a refusal: text stands in the order of the alphabet alone."""
    values = pd.Series(list(units.columns), dtype=object)
    if isinstance(units.columns, pd.DatetimeIndex) and level != "ratio":
        return units.columns.to_numpy().astype("datetime64[us]").astype(float)
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(float)
    if not np.isfinite(numbers).all():
        odd = values[~np.isfinite(numbers)].iloc[0]
        ranks = "" if level == "ratio" else "order=[…] with all values from low to high, or "
        raise ColumnError(
            f"level={level!r} needs numbers, but one value is {odd!r}, and text has no order but "
            f"the alphabet's; give {ranks}level='nominal'"
        )
    return numbers
