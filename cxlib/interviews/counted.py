"""Spans and the units that count -> which of the spans count."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray


def is_counted(codings: pd.DataFrame, units: pd.DataFrame) -> NDArray:
    """Return which codings have a code and stand, with one code point or more, on a unit.

    Parameters
    ----------
    codings : pandas.DataFrame
        `document, start, end, code`.
    units : pandas.DataFrame
        `document, start, end`, without those of speakers who are left out.

    Returns
    -------
    ndarray of bool, shape (codings,)

    >>> codings = pd.DataFrame({"document": "a", "start": [0, 5], "end": [3, 9], "code": "late"})
    >>> is_counted(codings, pd.DataFrame({"document": ["a"], "start": [8], "end": [20]})).tolist()
    [False, True]
    """
    found = np.zeros(len(codings), bool)
    places = {name: rows.sort_values("start") for name, rows in units.groupby("document")}
    for name, rows in codings.groupby("document").indices.items():
        if name not in places:
            continue
        starts, ends = (places[name][side].to_numpy(np.int64) for side in ("start", "end"))
        furthest = np.maximum.accumulate(ends)  # of the units that begin before
        spans = codings.iloc[rows]
        last = np.searchsorted(starts, spans["end"].to_numpy(np.int64), side="left") - 1
        behind = furthest[np.maximum(last, 0)] > spans["start"].to_numpy(np.int64)
        found[rows] = (last >= 0) & behind
    return found & codings["code"].ne("").to_numpy(bool)
