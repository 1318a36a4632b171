"""Values of waves and other groups -> the order a reader expects."""

from __future__ import annotations

import re
from collections.abc import Iterable
from numbers import Number
from typing import Any

import numpy as np
import pandas as pd


def natural_order(values: Iterable[Any]) -> list[Any]:
    """Return the distinct values in the order a reader expects: numbers by size, times, text with
    its numbers by size.

    >>> natural_order(["2025Q1", "2024Q4", "wave 10", "wave 9"])
    ['2024Q4', '2025Q1', 'wave 9', 'wave 10']
    """

    def key(value: Any) -> tuple:
        if isinstance(value, str):
            pieces = re.split(r"(\d+)", value)
            return 2, tuple(
                (0, int(piece), "") if piece.isdecimal() else (1, 0, piece)
                for piece in pieces
                if piece
            )
        return (
            (0, value) if isinstance(value, Number | np.bool_) else (1, type(value).__name__, value)
        )

    return sorted(dict.fromkeys(value for value in values if not pd.isna(value)), key=key)


def places(values: pd.Series) -> pd.Series:
    """Return the place of each value in natural order, from 0; missing where the value is.

    >>> places(pd.Series(["W10", "W9", "W9"])).tolist()
    [1, 0, 0]
    """
    return values.map({value: place for place, value in enumerate(natural_order(values))})
