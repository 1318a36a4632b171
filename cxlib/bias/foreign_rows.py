"""Cells of some rows beside those that weights were made from -> a refusal where the rows are
others."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import WeightError

_CLOSE = 1e-9  # of a sum of base weights: what the order of adding may change


def match(
    found: pd.DataFrame, made: pd.DataFrame, *, keys: Sequence[str], weight: str | None
) -> NDArray:
    """Return the place among the cells of weights of each cell of some rows; refuse other rows.

    Weights of every kind here are a factor per cell, made of the cells' counts and sums of base
    weights alone; rows that agree in both would get the same weights if they were made anew.

    Parameters
    ----------
    found, made : pandas.DataFrame
        One row a cell: `keys`, `n` and `base`; of the rows at hand, and of those that the weights
        were made from.
    keys : sequence of str
        Columns that tell cells apart.
    weight : str or None
        Column of the base weights, for the words.

    Returns
    -------
    int array, shape (cells,)
        Of each cell in `found`, its row in `made`.

    Raises
    ------
    WeightError
        With the first cell that differs and what it has on either side.

    Examples
    --------
    >>> made = pd.DataFrame({"plan": ["basic", "pro"], "n": [377, 20], "base": [377.0, 20.0]})
    >>> match(made.iloc[::-1], made, keys=["plan"], weight=None)
    array([1, 0])
    """
    keys = list(keys)
    both = _beside(found, made, keys)
    other = both["n_found"] != both["n_made"]
    if other.any():
        first = both[other].iloc[0]
        cell = f"of {_cell(first[keys])}" if keys else "rows"
        said = f"{first['n_found']:,.0f} {cell} here, {first['n_made']:,.0f} among"
    else:
        other = ~np.isclose(both["base_found"], both["base_made"], rtol=_CLOSE, atol=0)
        if not other.any():
            return both.sort_values("place_found")["place_made"].to_numpy(int)
        first = both[other].iloc[0]
        said = (
            f"the base weights {weight!r} of {_cell(first[keys]) or 'all rows'} sum to "
            f"{first['base_found']:,.12g} here, to {first['base_made']:,.12g} among"
        )
    raise WeightError(
        f"weights: these are other rows: {said} the rows the weights were made from; make the "
        "weights from these rows, with cx.bias.rake or what else made them, or give the rows they "
        "were made from"
    )


def _beside(found: pd.DataFrame, made: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Put the cells of both sides side by side: `n`, `base` and `place` with the suffixes `_found`
    and `_made`."""
    sums = ["n", "base", "place"]
    here, there = (
        frame[[*keys, "n", "base"]]
        .assign(place=np.arange(len(frame)))
        .set_axis([*keys, *(f"{name}_{side}" for name in sums)], axis="columns")
        .reset_index(drop=True)
        for frame, side in ((found, "found"), (made, "made"))
    )
    # the same cells in the same order, as they are nearly always, need no search; without keys
    # there is one cell
    if all(here[key].equals(there[key]) for key in keys):
        both = here.join(there.drop(columns=keys), how="outer")
    else:
        both = here.merge(there, how="outer", on=keys)
    counts = [f"{name}_{side}" for name in sums[:2] for side in ("found", "made")]
    return both.fillna(dict.fromkeys(counts, 0.0))


def _cell(keys: pd.Series) -> str:
    """Name a cell: by its categories, and by its numbers with the names of their columns."""
    return " · ".join(
        value if isinstance(value, str) else f"{name} {value:.12g}" for name, value in keys.items()
    )
