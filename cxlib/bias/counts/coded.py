"""Columns of categories and numbers -> the cells they make, in NumPy: each distinct value is looked
at once.

A GROUP BY over text hashes every text of every row; a pandas frame lies in memory already, so its
columns are coded once and cells are counted by their codes. A GROUP BY's raw groups are named and
added up the same way. A frame that holds anything besides text, whole numbers and true or false,
such as dates and decimals, is left to the engine: see `read`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.rows import names
from cxlib.rows.multiplicity import TIMES

# a table of all combinations may have so many places more than there are rows
_ROOM = 8


class Key(NamedTuple):
    """A column that tells cells apart: the place of each row's value among the `values`, which are
    in order; -1 where it has none."""

    codes: NDArray
    values: pd.Index

    @classmethod
    def of_names(cls, codes: NDArray, distinct: Sequence[Any]) -> Key:
        """Name the distinct values, each once, by `names.name`; codes of -1 have no value."""
        named = [names.name(value) for value in distinct]
        known = sorted({name for name in named if name is not None})
        places = {name: place for place, name in enumerate(known)}
        ranks = [-1 if name is None else places[name] for name in named]
        lookup = np.array([*ranks, -1], dtype=np.int32)
        return cls(lookup[codes], pd.Index(known, dtype="str"))

    @classmethod
    def of_numbers(cls, values: NDArray) -> Key:
        """Tell numbers apart as they stand; those that are missing are one."""
        codes, distinct = pd.factorize(values, sort=True, use_na_sentinel=False)
        return cls(codes, pd.Index(distinct))

    def column(self, rows: NDArray) -> pd.Series:
        """Return the values of some rows: names as categories, numbers as they are."""
        if self.values.dtype == "float64":
            return pd.Series(self.values.to_numpy()[self.codes[rows]])
        return pd.Series(pd.Categorical.from_codes(self.codes[rows], self.values))


def read(
    data: Any, *, margins: Sequence[str], numbers: Sequence[str]
) -> tuple[list[Key], list[NDArray]] | None:
    """Code margins and read numbers of a pandas frame; None where the engine must.

    It must where the data are no frame, each row stands for several, a column is absent or no such
    column, or margins hold anything besides text, whole numbers and true or false.
    """
    if not isinstance(data, pd.DataFrame) or data.columns.nlevels > 1 or data.empty:
        return None
    columns = data.columns.map(str)
    absent = {*margins, *numbers} - set(data.columns)
    if columns.has_duplicates or {"", TIMES} & set(columns) or absent:
        return None  # the engine's table refuses these by name
    if not all(_has_kind(data[name].dtype, "iuf") for name in numbers):
        return None
    keys = []
    for name in margins:
        found = _key(data[name])
        if found is None:
            return None
        keys.append(found)
    return keys, [data[name].to_numpy(float) for name in numbers]


def _has_kind(kind: Any, kinds: str) -> bool:
    return isinstance(kind, np.dtype) and kind.kind in kinds


def _key(values: pd.Series) -> Key | None:
    kind = values.dtype
    if isinstance(kind, pd.CategoricalDtype):
        codes, categories = values.cat.codes.to_numpy(), kind.categories
        if categories.inferred_type not in ("string", "empty"):
            return None
        there = np.isin(np.arange(len(categories)), codes)
        return Key.of_names(codes, categories.where(there, None).tolist())
    if not (isinstance(kind, pd.StringDtype) or _has_kind(kind, "biuO")):
        return None
    codes, distinct = _factorize_objects(values) if _has_kind(kind, "O") else pd.factorize(values)
    if _has_kind(kind, "O") and distinct.inferred_type not in ("string", "empty"):
        return None  # no text equals anything but text, so what is not text is among the distinct
    return Key.of_names(codes, distinct.tolist())


def _factorize_objects(values: pd.Series) -> tuple[NDArray, pd.Index]:
    """Factorize objects; those that stand in many rows, as readers of files make them, are told
    apart by where they lie in memory, in a fifth of the time that their texts take."""
    objects = values.to_numpy()
    if len(objects) < 10_000 or len(set(map(id, objects[:1_000]))) > 500:
        return pd.factorize(values)
    which, places = pd.factorize(np.asarray(_Addresses(objects)))
    some = np.empty(len(places), dtype=np.int64)
    some[which] = np.arange(len(objects))
    codes, distinct = pd.factorize(pd.Series(objects[some], dtype=object))
    return codes[which], distinct


class _Addresses:
    """An array of objects, read as the addresses that it is made of (NumPy will not `view` it)."""

    def __init__(self, objects: NDArray) -> None:
        self.objects = objects
        address = np.dtype(np.intp).str
        self.__array_interface__ = objects.__array_interface__ | {
            "typestr": address,
            "descr": [("", address)],
        }


def place(keys: Sequence[Key], rows: int) -> tuple[NDArray, NDArray]:
    """Return the cell of each row, and of each cell one of its rows; cells are in the order of the
    keys' values. Every code must be 0 or more."""
    most = math.prod(len(each.values) for each in keys)
    joint: NDArray[np.integer] = np.zeros(
        rows, dtype=np.int32 if most < np.iinfo(np.int32).max else np.int64
    )
    size = 1
    for each in keys:
        if size * len(each.values) > np.iinfo(np.int64).max // 2:
            joint, size = _dense(joint, size)
        joint = joint * len(each.values) + each.codes.astype(joint.dtype, copy=False)
        size *= len(each.values)
    joint, cells = _dense(joint, size)
    first = np.empty(cells, dtype=np.int64)
    first[joint] = np.arange(rows)
    return joint, first


def _dense(joint: NDArray, size: int) -> tuple[NDArray, int]:
    """Number the combinations that occur, in order."""
    if size > _ROOM * len(joint) + 1024:
        found, dense = np.unique(joint, return_inverse=True)
        return dense.astype(np.int64), len(found)
    there = np.zeros(size, dtype=bool)
    there[joint] = True
    return (np.cumsum(there) - 1)[joint], int(there.sum())


def sum_weights(cell: NDArray, weight: NDArray | None) -> pd.DataFrame:
    """Sum the rows of each cell: `n`, `base`, `base2`, `base_min`, `base_max` of their weights (1
    where there is none)."""
    n = np.bincount(cell)
    if weight is None:
        ones = np.ones(len(n))
        sums = {"base": n * ones, "base2": n * ones, "base_min": ones, "base_max": ones}
        return pd.DataFrame({"n": n, **sums})
    low, high = np.full(len(n), np.inf), np.zeros(len(n))
    counting = weight > 0
    np.minimum.at(low, cell[counting], weight[counting])
    np.maximum.at(high, cell, weight)
    low[np.isinf(low)] = np.nan  # all weights are 0
    base, base2 = np.bincount(cell, weight), np.bincount(cell, weight * weight)
    return pd.DataFrame({"n": n, "base": base, "base2": base2, "base_min": low, "base_max": high})


def add_up(cell: NDArray, sums: pd.DataFrame) -> pd.DataFrame:
    """Add up such sums of groups that are one cell."""
    if len(sums) == cell.max() + 1:
        return sums.set_axis(cell).sort_index(ignore_index=True)
    groups = sums.groupby(cell)
    return groups.sum().assign(base_min=groups["base_min"].min(), base_max=groups["base_max"].max())
