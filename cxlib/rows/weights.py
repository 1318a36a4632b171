"""Weights as they stand in a file or an engine -> numbers that may weight, or a refusal.

The rule, for all studies: a weight is 0, or a number that can be squared (1e-100 to 1e100). One of
0 keeps its row in the design (n, strata, clusters) and leaves estimates alone; degrees of freedom
count what has a weight above 0. All as R's survey has it.
Others are refused, negative ones too; so are missing ones, where the row would be used.
"""

from __future__ import annotations

import math
from typing import Any

import ibis.expr.types as ir
import pandas as pd

from cxlib.errors import WeightError
from cxlib.rows import names
from cxlib.rows.thousands import is_grouped, may_be_thousands
from cxlib.shown.message import Message

# answers worth a third of their number; one answer with a fifth, and three times its own part
_WORTH, _SHARE, _TIMES = 1 / 3, 0.2, 3
# weights that can be squared and summed; sums of others would be infinite, or nothing
LEAST, MOST = 1e-100, 1e100
OUTSIDE = f"negative or infinite (or not between {LEAST:g} and {MOST:g})"


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
        If weights are no numbers, negative, infinite or of a size that cannot be squared, or
        written with what may be marks of thousands.

    Examples
    --------
    >>> read_weights(pd.Series(["1.25", " 0", "２", ""], name="w"), "weight").tolist()
    [1.25, 0.0, 2.0, nan]
    """
    if pd.api.types.is_numeric_dtype(values):
        text, weights = values, values.astype(float)
    else:
        text = names.fold(values).values
        _refuse_thousands(text, parameter, values.name)
        weights = pd.to_numeric(text, errors="coerce").astype(float)
    bad = text.notna() & ~((weights == 0) | ((weights >= LEAST) & (weights <= MOST)))
    refuse_unfit(
        int(bad.sum()),
        of=int(text.notna().sum()),
        parameter=parameter,
        column=values.name,
        what=f"no numbers, {OUTSIDE}",
        first=text[bad].iloc[0] if bad.any() else None,
    )
    return weights


def _refuse_thousands(text: pd.Series, parameter: str, column: object) -> None:
    given = text.dropna()
    grouped = given[given.map(is_grouped)]
    others = given[~given.map(is_grouped)].astype(str)
    points = grouped.str.contains(".", regex=False).all()
    if grouped.empty or (points and not may_be_thousands(given.map(str), comma=True)):
        return
    if others.map(lambda cell: cell.isascii() and cell.isdigit()).all():
        first = grouped.iloc[0]
        plain = "".join(filter(str.isdigit, first))
        raise WeightError(
            f"{parameter}={column!r}: in {len(grouped):,} of {len(given):,} weights, such as "
            f"{first!r}, a mark may stand between thousands or before decimals; write numbers "
            f"without marks of thousands ({plain}), and decimals alike in all rows (1.2860)"
        )


def find_heavy_weights(
    values: pd.Series, *, wave: str | None = None, times: pd.Series | None = None
) -> tuple[Message, ...]:
    """Say that few answers hold most of the weight: the answers are worth less than a third of as
    many of equal weight (Kish), or one of them has more than a fifth of all.

    Parameters
    ----------
    values : pandas.Series
        From `read_weights`, of the answers with a score.
    wave : str, optional
        Whose answers they are; all where it is None.
    times : pandas.Series of int, optional
        How many answers each stands for; None: one each.

    Examples
    --------
    >>> [str(said)[:24] for said in find_heavy_weights(pd.Series([1.0] * 9 + [90.0], name="w"))]
    ["The weights 'w' let few "]
    >>> find_heavy_weights(pd.Series([1.0, 2.0, 3.0], name="w"))
    ()
    """
    counting = values[values > 0]
    n = pd.Series(1, counting.index) if times is None else times[counting.index]
    sums = {"total": (n * counting).sum(), "squares": (n * counting**2).sum()}
    how: Any = {"most": counting.max(), "column": values.name, "wave": wave}
    return judge_weights(n=int(n.sum()), **sums, **how)


def judge_weights(
    *, n: int, total: float, squares: float, most: float, column: object, wave: str | None
) -> tuple[Message, ...]:
    """As `find_heavy_weights`, from the number of weights above 0, their sum, the sum of their
    squares and the largest."""
    if n < 2:
        return ()
    worth, share = float((total / math.sqrt(squares)) ** 2), float(most / total)
    if worth >= _WORTH * n and not share > max(_SHARE, _TIMES / n):
        return ()
    said = {"column": column, "n": n, "worth": worth, "share": share}
    if wave is None:
        return (Message("common.heavy_weights", **said),)
    return (Message("common.heavy_weights_in", wave=wave, **said),)


def unfit(weight: ir.Column) -> ir.BooleanValue:
    """Return which weights are missing or no weights, where they lie."""
    number = weight.cast("float64")
    # NaN is above all numbers on DuckDB, PostgreSQL and Spark
    fit = (number == 0) | ((number >= LEAST) & (number <= MOST))
    return ~fit.fill_null(False)


def refuse_unfit(
    n: int,
    *,
    of: int,
    parameter: str,
    column: object,
    what: str = f"missing, {OUTSIDE}",
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
    example = f" (first: {_shown(first)})" if first is not None and not pd.isna(first) else ""
    raise WeightError(
        f"{parameter}={column!r}: {n:,} of {of:,} weights are {what}{example}; a weight is a "
        "number of 0 or more, such as 1.25: correct them, or leave those rows out and say so"
    )


def _shown(weight: object) -> str:
    """Write a weight, as text or number, alike."""
    number = float(pd.to_numeric(str(weight), errors="coerce"))
    return repr(str(weight)) if math.isnan(number) else f"{number:.15g}"
