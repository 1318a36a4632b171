"""Who applied which code -> how many coders left a unit without it and gave it: alone, and as sets;
by code, theme or kind."""

from __future__ import annotations

import itertools

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.interviews import counts
from cxlib.interviews.methods import krippendorff


def groups(grid: counts.Grid, codebook: pd.DataFrame, by: str) -> tuple[list[str], NDArray]:
    """Return the names of the codes, themes or kinds, and who applied which: (units, coders,
    names)."""
    if by == "code":
        return list(grid.codes), grid.applied
    names = [name for name in dict.fromkeys(codebook[by]) if name]
    if not names:
        return [], grid.applied[:, :, :0]
    of_name = [np.flatnonzero(codebook[by].to_numpy() == name) for name in names]
    return names, np.stack([grid.applied[:, :, group].any(axis=2) for group in of_name], axis=2)


def presence(applied: NDArray, opened: NDArray) -> pd.DataFrame:
    """How many coders left each unit without the code, and gave it; from (units, coders) twice."""
    present = applied.sum(axis=1)
    return pd.DataFrame({0: opened.sum(axis=1) - present, 1: present})


def share_present(units: pd.DataFrame) -> float:
    """Share of "present" among the decisions on units that two coders read."""
    shared = units[units.sum(axis=1) >= 2].sum()
    return shared[1] / shared.sum() if shared.sum() else np.nan


def set_counts(applied: NDArray, opened: NDArray) -> pd.DataFrame:
    """How many coders gave each unit each set of codes; columns are frozensets of positions of
    codes."""
    which, members = _sets(applied, opened)
    table = np.zeros((len(opened), len(members)), np.int16)
    np.add.at(table, (np.nonzero(opened)[0], which), 1)
    return pd.DataFrame(
        table,
        columns=pd.Index(
            [frozenset(np.flatnonzero(row).tolist()) for row in members],
            dtype=object,
            tupleize_cols=False,
        ),
    )


def alpha_of_sets(applied: NDArray, opened: NDArray) -> float:
    """Return Krippendorff's alpha of the codes of a unit as one set (MASI), without an interval.

    It equals `krippendorff_alpha` of `set_counts`, whose table of units and sets it does not make:
    with many units and codes that is as large as all else together.
    """
    shared = opened.sum(axis=1) >= 2
    applied, opened = applied[shared], opened[shared]
    which, members = _sets(applied, opened)
    given = np.full(opened.shape, -1)
    given[opened] = which
    coders, differ = opened.sum(axis=1), 0.0
    for a, b in itertools.combinations(range(opened.shape[1]), 2):
        both = opened[:, a] & opened[:, b]
        apart = 1 - krippendorff.masi(members[given[both, a]], members[given[both, b]])
        differ += float((2 * apart / (coders[both] - 1)).sum())
    n = len(which)
    times = np.bincount(which, minlength=len(members)).astype(float)
    by_chance = n**2 - krippendorff.alike_by_chance(members, times)
    return 1 - (n - 1) * differ / by_chance if by_chance else np.nan


def _sets(applied: NDArray, opened: NDArray) -> tuple[NDArray, NDArray]:
    """Return the number of the set of each unit and coder who read it, and the codes in each set:
    (sets, codes)."""
    packed = np.packbits(applied, axis=2)[opened]
    size = packed.shape[1]
    joined = packed.tobytes()
    rows = [joined[at : at + size] for at in range(0, len(joined), size)] if size else []
    which, sets = pd.factorize(np.array(rows or [b""] * len(packed), dtype=object), sort=True)
    found = np.frombuffer(b"".join(sets), np.uint8).reshape(len(sets), size)
    return which, np.unpackbits(found, axis=1, count=applied.shape[2]).astype(bool)
