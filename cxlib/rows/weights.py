"""Weights as they stand in a file or an engine -> numbers that may weight, or a refusal.

The rule, for all studies: a weight is a number of 0 or more. A weight of 0 keeps its row in the
design (n, strata, clusters) and leaves estimates alone; degrees of freedom count what has a weight
above 0. All as R's survey has it.
Negative and infinite weights are refused; so are missing ones, where the row would be used.
"""

from __future__ import annotations

import sys

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from cxlib.errors import WeightError
from cxlib.rows import names


def read_weights(values: pd.Series, parameter: str) -> pd.Series:
    """Return weights as numbers; text that is a number is read, and what is missing stays missing.

    Whether a row without a weight is used, only the study knows: it counts these with the weights
    that are `unfit`, and refuses them.

    Parameters
    ----------
    values : pandas.Series
        As `sources.read_survey` gives them; its name is the column's.
    parameter : str
        The parameter that names the column.

    Raises
    ------
    WeightError
        If weights are no numbers, negative or infinite.

    Examples
    --------
    >>> read_weights(pd.Series(["1.25", " 0", "２", ""], name="w"), "weight").tolist()
    [1.25, 0.0, 2.0, nan]
    """
    if pd.api.types.is_numeric_dtype(values):
        text, weights = values, values.astype(float)
    else:
        text = names.fold(values).values
        weights = pd.to_numeric(text, errors="coerce").astype(float)
    bad = text.notna() & ~((weights >= 0) & np.isfinite(weights))
    refuse_unfit(
        int(bad.sum()),
        of=int(text.notna().sum()),
        parameter=parameter,
        column=values.name,
        what="no numbers, negative or infinite",
        first=text[bad].iloc[0] if bad.any() else None,
    )
    return weights


def unfit(weight: ir.Column) -> ir.BooleanValue:
    """Return which weights are missing, negative or infinite, where they lie."""
    number = weight.cast("float64")
    # NaN is above all numbers on DuckDB, PostgreSQL and Spark
    fit = (number >= 0) & (number <= sys.float_info.max)
    return ~fit.fill_null(False)


def refuse_unfit(
    n: int,
    *,
    of: int,
    parameter: str,
    column: object,
    what: str = "missing, negative or infinite",
    first: object = None,
) -> None:
    """Refuse weights if `n` of them, greater than 0, are no weights.

    Parameters
    ----------
    n, of : int
        How many of the weights that would be used are unfit.
    parameter : str
        The parameter that names the column.
    column : str
        The column.
    what : str
        In which way they are unfit, in words.
    first : object, optional
        One of them, as an example; None where it is missing or not known.

    Raises
    ------
    WeightError
        With the column, how many, the first, the rule and the next step.
    """
    if not n:
        return
    shown = repr(first) if isinstance(first, str) else str(first)  # no np.float64(…)
    example = f" (first: {shown})" if first is not None and not pd.isna(first) else ""
    raise WeightError(
        f"{parameter}={column!r}: {n:,} of {of:,} weights are {what}{example}; a weight is a "
        "number of 0 or more, such as 1.25: correct them, or leave those rows out and say so"
    )
