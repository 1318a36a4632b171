"""A table of several labels a unit -> how many coders gave each unit each set of labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.interviews import counts

_SIGNS = ("|", "｜", ";", "；", ",", "，", "、", "/", "／", "\n")


@check.arguments
def count_sets(
    data: Any,
    *,
    unit: str,
    coder: str,
    value: str,
    separator: str | None = None,
    empty: str | None = None,
) -> pd.DataFrame:
    """Count how many coders gave each unit each set of labels, from a table of several labels.

    Parameters
    ----------
    data : anything `cxlib.rows.table.as_table` takes
        One row a label; or, with `separator`, one row a coder and unit, its labels in one cell.
        Rows without a value are missing: the coder did not code the unit.
    unit, coder, value : str
        Columns.
    separator : str, optional
        What stands between the labels of one cell, such as "|".
    empty : str, optional
        The value that says a coder read the unit and gave no label, such as "none"; "" for an empty
        text. Without it nobody gives no label.

    Returns
    -------
    pandas.DataFrame, units x sets
        For `krippendorff_alpha` at the levels "masi" and "jaccard"; the columns are frozensets of
        labels, blanks around a label taken off. The rows are pulled: one a label, unit and coder.

    Raises
    ------
    ColumnError
        If a column is absent, a label has no unit or coder, a cell was given twice, a coder gave a
        unit both labels and `empty`, or a label is made of others.
    ParameterError
        If `separator` is empty.
    EmptyDataError
        If there is no label.
    SourceError
        If `data` cannot be read.

    Examples
    --------
    >>> rows = [(1, "Kim", "price|wait"), (1, "Mori", "price"), (2, "Kim", "-"), (2, "Mori", "-")]
    >>> data = pd.DataFrame(rows, columns=["unit", "coder", "labels"])
    >>> units = count_sets(
    ...     data, unit="unit", coder="coder", value="labels", separator="|", empty="-"
    ... )
    >>> [sorted(labels) for labels in units.columns], units.to_numpy().tolist()
    ([[], ['price'], ['price', 'wait']], [[0, 1, 1], [2, 0, 0]])
    """
    if separator == "":
        raise ParameterError(
            "separator='' stands between no labels; give the sign between them, such as '|', or "
            "None where each label has a row"
        )
    labels = _labels(data, unit=unit, coder=coder, value=value, separator=separator, empty=empty)
    sets = labels.groupby(["unit", "coder"], sort=True)["label"].agg(
        lambda given: frozenset(label for label in given if label is not None)
    )
    names = sorted(set(sets), key=lambda labels: (len(labels), sorted(labels)))
    place = {labels: position for position, labels in enumerate(names)}
    units = sets.index.get_level_values("unit")
    which, known = pd.factorize(units, sort=True)
    table = np.zeros((len(known), len(names)), int)
    np.add.at(table, (which, sets.map(place).to_numpy(int)), 1)
    return pd.DataFrame(
        table,
        index=pd.Index(known, name=unit),
        columns=pd.Index(names, dtype=object, tupleize_cols=False),
    )


def _labels(
    data: Any, *, unit: str, coder: str, value: str, separator: str | None, empty: str | None
) -> pd.DataFrame:
    """One row a label: `unit, coder, label`, None where it was said that there is none."""
    rows = counts.rows_with_value(data, unit=unit, coder=coder, value=value)
    rows["label"] = rows["label"].astype(str)
    none = rows["label"].str.strip() == (None if empty is None else empty.strip())
    rows = rows[none | (rows["label"].str.strip() != "")]
    if rows.empty:
        raise EmptyDataError(f"value={value!r} holds no label at all; name the column with labels")
    nameless = rows[["unit", "coder"]].isna().any(axis=1)
    if nameless.any():
        raise ColumnError(
            f"unit={unit!r}, coder={coder!r}: {int(nameless.sum()):,} labels have no unit or no "
            "coder; name both, or take these rows out"
        )
    if separator is not None:
        _refuse_twice(rows, rows.duplicated(["unit", "coder"]), coder, "has two cells for")
        rows = rows.assign(
            label=[
                [given] if is_none else given.split(separator)
                for given, is_none in zip(rows["label"], none[rows.index], strict=True)
            ]
        ).explode("label")
    nothing, label = none[rows.index].to_numpy(), rows["label"].str.strip()
    rows = rows.assign(label=label.astype(object).where(~nothing, None))
    rows = rows[nothing | (label != "").to_numpy()]
    _refuse_joined(rows["label"].dropna(), value, separator)
    said = rows.groupby(["unit", "coder"])["label"].agg(["size", "count"]).reset_index()
    both = (said["count"] > 0) & (said["count"] < said["size"])
    _refuse_twice(said, both, coder, f"gave both labels and {empty!r} to")
    return rows


def _refuse_joined(labels: pd.Series, value: str, separator: str | None) -> None:
    """Refuse a label that is several others with a sign between them."""
    known = set(labels)
    for label in dict.fromkeys(labels):
        for sign in _SIGNS:
            parts = [part.strip() for part in label.split(sign)]
            if len(parts) > 1 and set(parts) <= known:
                n = int((labels == label).sum())
                step = (
                    f"give separator={sign!r} and one cell a coder and unit"
                    if separator is None
                    else f"write {separator!r} between the labels of every cell"
                )
                raise ColumnError(
                    f"value={value!r}: {label!r} ({n:,} row(s)) is made of the labels "
                    f"{', '.join(map(repr, parts))}, and would count as one of its own; {step}"
                )


def _refuse_twice(rows: pd.DataFrame, wrong: pd.Series, coder: str, what: str) -> None:
    if wrong.any():
        first = rows[wrong].iloc[0]
        raise ColumnError(
            f"coder={coder!r}: {first['coder']!r} {what} unit {first['unit']!r}; keep one"
        )
