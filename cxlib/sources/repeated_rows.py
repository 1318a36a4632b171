"""A survey's rows -> a warning where some are the same in all columns, more than chance allows."""

from __future__ import annotations

import pandas as pd

from cxlib.shown.message import Message

FEWEST = 12  # values; more than a scale has, so that a column of scores is no id


def warn_of_identical(frame: pd.DataFrame) -> tuple[Message, ...]:
    """Return a warning where rows are equal to another in all columns, an id among them.

    An id is a column, beside at least one other, with no missing value, of twelve values at least,
    that differs from row to row once the repeated ones are put aside; in a table of two columns it
    is no date. So answers that are equal by chance are no repeats.

    Examples
    --------
    >>> ids = [*range(20), 3, 4]
    >>> [each.values["n"] for each in warn_of_identical(pd.DataFrame({"id": ids, "score": 9}))]
    [2]
    >>> warn_of_identical(pd.DataFrame({"score": [9, 9, 10] * 20, "wave": "2026Q1"}))
    ()
    """
    repeated = frame.duplicated()
    n, columns = int(repeated.sum()), len(frame.columns)
    if not n or columns < 2:
        return ()
    once = frame[~repeated]
    if len(once) < FEWEST:
        return ()
    for name in frame.columns:
        values = once[name]
        if values.notna().all() and values.is_unique and (columns > 2 or not is_date(values)):
            return (Message("sources.rows_identical", n=n, columns=columns, column=name),)
    return ()


def is_date(values: pd.Series) -> bool:
    """Return whether a column has days or moments, most of them where they are text."""
    if pd.api.types.is_datetime64_any_dtype(values):
        return True
    text = values.astype(str)
    return bool(text.str.contains(r"^\d{1,4}[-/.年]\d{1,2}[-/.月]\d{1,4}").mean() > 0.5)
