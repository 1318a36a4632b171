"""Rows -> each respondent's answers to the items, as numbers, and the rows that are kept of them.

What careless answering and styles of answering look like has no smaller sufficient statistic, so
that here rows are pulled: 8 bytes an answer, 40 MB for 100,000 respondents and 50 items.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError, ScoreRangeError
from cxlib.rows.multiplicity import refuse_groups
from cxlib.rows.table import as_table


def as_frame(
    data: Any, *, columns: Sequence[str] | None = None, parameter: str = "items"
) -> pd.DataFrame:
    """Return the rows (with some columns) as a pandas frame, in their order; a frame keeps its
    index."""
    if isinstance(data, pd.DataFrame):
        frame = data.rename(columns=str)
        twice = frame.columns[frame.columns.duplicated()]
        if len(twice):
            raise ColumnError(f"data: two columns are named {twice[0]!r}; rename one of them")
    else:
        rows = as_table(data)
        check.columns(rows.columns, **{parameter: columns})
        return (rows if columns is None else rows.select(*dict.fromkeys(columns))).execute()
    refuse_groups(frame.columns)
    check.columns(list(frame.columns), **{parameter: columns})
    return frame if columns is None else frame[list(dict.fromkeys(columns))]


def item_answers(
    data: Any, *, items: Sequence[str], scale: tuple[int, int] | None = None
) -> pd.DataFrame:
    """Return the answers to the items, one row a respondent, as float64.

    Parameters
    ----------
    data : table
    items : sequence of str
        Columns of numbers, or of text that is numbers in any width (`"４"`).
    scale : (int, int), optional
        Lowest and highest answer; others are refused.

    Raises
    ------
    ColumnError
        If an item is absent, named twice, or holds what is no number.
    ScoreRangeError
        If an answer lies outside the scale.
    EmptyDataError
        If there are fewer than two rows with an answer.
    """
    twice = [item for item in dict.fromkeys(items) if list(items).count(item) > 1]
    if twice:
        raise ColumnError(f"items={twice[0]!r} is named twice; name each item once")
    pulled = as_frame(data, columns=items)
    found = pd.DataFrame({item: as_numbers(pulled[item], item) for item in items})
    n = int(found.notna().any(axis=1).sum())
    if n < 2:
        raise EmptyDataError(
            f"items: {n} of {len(found)} rows have an answer to one of {list(items)[:6]}; at least "
            "2 are needed"
        )
    if scale is not None:
        _refuse_off_scale(found, check.scale(scale))
    return found


def as_numbers(values: pd.Series, name: str, *, parameter: str = "items") -> pd.Series:
    """Return a column as float64, blanks missing; refuse what is no finite number."""
    if pd.api.types.is_datetime64_any_dtype(values) or pd.api.types.is_timedelta64_dtype(values):
        raise ColumnError(
            f"{parameter}={name!r} holds times ({values.dtype}); give a column of numbers"
        )
    codes, distinct = pd.factorize(values.astype(object), use_na_sentinel=True)
    numbers = [_number(each) for each in distinct]
    wrong = [each for each, number in zip(distinct, numbers, strict=True) if number is None]
    if wrong:
        raise ColumnError(
            f"{parameter}={name!r} has {len(wrong)} different answers that are no finite number "
            f"(first: {wrong[0]!r}); turn its words into numbers first, the same for every item, "
            "and make codes of no answer missing"
        )
    looked_up = np.array([*numbers, np.nan], dtype=float)
    return pd.Series(looked_up[codes], index=values.index, name=name)


def _number(value: Any) -> float | None:
    if isinstance(value, str):
        text = unicodedata.normalize("NFKC", value).strip()
        if not text:
            return float("nan")
        value = text if text[-1].isdigit() or text[-1] == "." else "no number"
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if np.isfinite(number) else None


def _refuse_off_scale(answers: pd.DataFrame, scale: tuple[int, int]) -> None:
    low, high = scale
    for item, column in answers.items():
        off = column[(column < low) | (column > high)]
        if len(off):
            raise ScoreRangeError(
                f"items={item!r}: {len(off):,} answers lie outside scale={scale} (first: "
                f"{off.iloc[0]:g}); make codes of no answer missing, or give the scale that was "
                "asked with"
            )


def reversed_answers(
    answers: pd.DataFrame, *, reverse: Sequence[str], scale: tuple[int, int] | None
) -> pd.DataFrame:
    """Return the answers with those to some items turned around: low + high - answer."""
    if not reverse:
        return answers
    low, high = check.scale(scale)
    turned = {item: low + high - answers[item] for item in reverse}
    return answers.assign(**turned)


def fingerprint(answers: pd.DataFrame) -> tuple[int, int]:
    """Return a number of rows and a hash of the answers in their order: foreign rows have
    another."""
    values: NDArray = np.ascontiguousarray(answers.to_numpy(float) + 0.0)
    hashed = pd.util.hash_array(np.where(np.isnan(values), np.inf, values).ravel())
    order = np.arange(1, len(hashed) + 1, dtype=np.uint64)
    return len(answers), int((hashed * order).sum(dtype=np.uint64))
