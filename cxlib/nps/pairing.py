"""Segments -> which is compared with which, as positions, and how a reader names the two."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cxlib.shown.message import Message, Names


class Side(StrEnum):
    """A side of a comparison that is no value of the researcher's column."""

    THE_REST = "the_rest"


def pairs(
    cells: pd.DataFrame, between: str, *, reference: Any = None, against: str = "each"
) -> tuple[NDArray, NDArray]:
    """Return the positions of a and of b among the cells; with `against="rest"` both are the
    segment's own.

    Parameters
    ----------
    cells : pandas.DataFrame
        `[*within, between], n, …`, as `ScoreCounts.categories` returns them; pairs stay within the
        columns before `between`.
    reference : value of `between`, optional
        Is a of every pair.
    against : {"each", "previous", "rest"}

    Examples
    --------
    >>> cells = pd.DataFrame({"wave": ["Q1", "Q1", "Q2", "Q2"], "shop": ["a", "b", "a", "b"]})
    >>> [side.tolist() for side in pairs(cells, "shop")]
    [[0, 2], [1, 3]]
    """
    within = list(cells.columns[: cells.columns.get_loc(between)])
    groups = (
        cells.groupby(within, sort=False, observed=True).indices.values()
        if within
        else [np.arange(len(cells))]
    )
    found = [(np.empty(0, int), np.empty(0, int))]
    for at in groups:
        if reference is not None:
            here = cells[between].to_numpy()[at] == reference
            found.append((np.repeat(at[here], (~here).sum()), np.tile(at[~here], here.sum())))
        elif against == "previous":
            found.append((at[:-1], at[1:]))
        elif against == "rest":
            found.append((at, at) if len(at) > 1 else (at[:0], at[:0]))
        else:
            i, j = np.triu_indices(len(at), 1)
            found.append((at[i], at[j]))
    i, j = (np.concatenate(side) for side in zip(*found, strict=True))
    return i, j


def with_rests(cells: pd.DataFrame, within: Sequence[str]) -> sparse.csr_array:
    """Return which cells make up each side: first each cell alone, then for each cell the others of
    its group.

    Examples
    --------
    >>> with_rests(pd.DataFrame({"shop": ["a", "b", "c"]}), ()).toarray()[
    ...     3
    ... ].tolist()  # the rest of "a"
    [0.0, 1.0, 1.0]
    """
    k = len(cells)
    group = (
        cells.groupby(list(within), sort=False, observed=True).ngroup().to_numpy()
        if within
        else np.zeros(k, int)
    )
    rest = (group[:, None] == group[None, :]) & ~np.eye(k, dtype=bool)
    return sparse.vstack([sparse.eye_array(k), sparse.csr_array(rest.astype(float))]).tocsr()


def no_pairs(columns: Sequence[str]) -> pd.DataFrame:
    """Return a frame of pairs without a row: what comes before `n_a`, and verdict, reason and
    method, is text."""
    texts = {*columns[: list(columns).index("n_a")], "verdict", "reason", "method"}
    return pd.DataFrame(
        {name: pd.Series(dtype=object if name in texts else float) for name in columns}
    )


def say_clearest(
    frame: pd.DataFrame,
    row: pd.Series,
    *,
    keys: Sequence[str],
    said: Mapping[str, Any],
) -> Message:
    """Return the sentence about the clearest of tested pairs, and how many are certain.

    Parameters
    ----------
    frame : pandas.DataFrame
        Tested pairs: `a, b, n_a, n_b, pvalue_adj, confidence`, and columns within which they stay.
    row : pandas.Series
        The clearest of them.
    keys : four texts
        Of many pairs with some certain, or none; of one pair that is certain, or not.
    said : mapping of str to object
        What the sentence says besides.
    """
    sure = int((frame["pvalue_adj"] < 1 - row["confidence"]).sum())
    some, none, one_sure, one_unsure = keys
    many, one = (some, one_sure) if sure else (none, one_unsure)
    return Message(
        many if len(frame) > 1 else one,
        **name_sides(row),
        sure=sure,
        pairs=len(frame),
        n_a=row["n_a"],
        n_b=row["n_b"],
        p=row["pvalue_adj"],
        **said,
    )


def name_sides(row: pd.Series) -> dict[str, Any]:
    """Return the names of both sides of a pair; the columns within which it stays come before
    `a`."""
    within = row.iloc[: row.index.get_loc("a")]
    if within.empty:
        return {"a": row["a"], "b": row["b"]}
    group = Names(tuple(within))
    return {
        "a": Message("nps.side_within", group=group, name=row["a"]),
        "b": Message("nps.side_within", group=group, name=row["b"]),
    }
