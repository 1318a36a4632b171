"""Respondents and everybody who was asked -> weights by the inverse of the chance to answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.bias.counts import cells as counts
from cxlib.bias.kinds import Method
from cxlib.bias.methods import logit
from cxlib.bias.weights import Scheme, Weights, of_cells
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, WeightError
from cxlib.shown import language as words

_NEVER = 1e-6  # a fitted chance nearer to 0 or 1 comes of a number that parts those who answered


@check.arguments
def propensity_weights(
    respondents: Any,
    frame: Any,
    *,
    columns: Sequence[str],
    numeric: Sequence[str] = (),
    classes: int | None = None,
    weight: str | None = None,
) -> Weights:
    """Weight respondents by one over their chance to answer, as columns of the frame explain it.

    Use it where everybody who was asked is listed with more columns than margins can hold. What
    those columns do not explain stays as it is.

    Parameters
    ----------
    respondents, frame : table
        One row a respondent; one row a person who was asked, respondents among them.
    columns : sequence of str
        Columns of categories, by main effects of a logit. Rows are counted per combination, where
        they lie.
    numeric : sequence of str
        Columns of numbers, each as one slope. Only with these are rows pulled: one for each
        combination of categories and numbers that occurs.
    classes : int, optional
        Number of classes of the chance, of about equal size in the frame; each respondent is
        weighted by one over the rate of answers in the class. Five take nine tenths of the bias
        away (Cochran 1968) and bear a wrong logit better. Without, one over the fitted chance.
    weight : str, optional
        Column of base weights of the respondents, multiplied by the inverse chance; the logit
        itself is of the people asked, each once.

    Returns
    -------
    Weights
        Without targets: `frame` has no rows.

    Raises
    ------
    WeightError
        If in a category nobody or everybody answered, a number parts those who answered from the
        others, a class has no respondents, or a base weight is missing, negative or infinite.
    ColumnError
        If a column is absent, blank somewhere or named twice, or there are more respondents than
        people in the frame.
    ParameterError
        If there are no columns, or `classes` is below 2.
    EmptyDataError
        If there are no rows.
    SourceError
        If a table cannot be read.

    Notes
    -----
    Little (1986, International Statistical Review 54). The logit on cells with counts has the
    estimates of the one on rows: fitted chances equal to statsmodels' GLM on rows to 1e-8.

    Examples
    --------
    >>> asked = pd.DataFrame({"plan": ["a"] * 10 + ["b"] * 10})
    >>> weights = propensity_weights(asked.iloc[[0, 1, 2, 3, 10]], asked, columns=["plan"])
    >>> weights.cells["weight"].round(6).tolist()
    [2.5, 10.0]
    """
    both = [*columns, *numeric]
    if not both or (classes is not None and classes < 2):
        raise ParameterError(
            f"columns={list(columns)}, numeric={list(numeric)}, classes={classes!r}: give at least "
            "one column, and 2 classes or more (5, or None)"
        )
    if len(set(both)) < len(both):
        raise ColumnError(f"columns and numeric are {both}: name each column once")
    here = counts.cells(respondents, margins=columns, numeric=numeric, weight=weight)
    everyone = _joined(here, counts.cells(frame, margins=columns, numeric=numeric), both)
    n, r = everyone["n"].to_numpy(float), everyone["r"].to_numpy(float)
    _refuse_certain(everyone, columns)
    chance = logit.fit(_design(everyone, columns, numeric, n), n, r).p
    if not ((chance > _NEVER) & (chance < 1 - _NEVER)).all():
        raise WeightError(
            f"numeric={list(numeric)}, columns={list(columns)}: together they part those who "
            "answered from those who did not, so no chance can be estimated; leave one out, or "
            "make groups of the numbers"
        )
    if classes is not None:
        chance = _by_class(chance, n, r, classes)
    keys = [*(f"m{i}" for i in range(len(columns))), *(f"x{i}" for i in range(len(numeric)))]
    found = here[keys].merge(everyone.assign(chance=chance), on=keys, how="left")["chance"]
    return of_cells(
        here,
        here["base"].to_numpy(float) / found.to_numpy(float),
        targets={},
        weight=weight,
        method=Method.PROPENSITY,
        scheme=Scheme(),
        residual=0.0,
        cycles=1,
        margins=columns,
        numeric=numeric,
    )


def _joined(here: pd.DataFrame, everyone: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Return the people `n` and the respondents `r` of each cell of the frame."""
    keys = [key for key in here.columns if key[0] in "mx" and key[1:].isdigit()]
    for cells, what in ((here, "respondents"), (everyone, "people in the frame")):
        for key, name in zip(keys, names, strict=True):
            if key[0] == "x" and not np.isfinite(cells[key].to_numpy(float)).all():
                missing = int(cells.loc[~np.isfinite(cells[key].to_numpy(float)), "n"].sum())
                raise ColumnError(
                    f"numeric={name!r}: {missing:,} of {int(cells['n'].sum()):,} {what} have no "
                    "number there; fill it, make groups of it with 'unknown' as one, or drop those "
                    "rows first"
                )
    answered = here[[*keys, "n"]].rename(columns={"n": "r"})
    both = everyone[[*keys, "n"]].merge(answered, on=keys, how="outer")
    both[["n", "r"]] = both[["n", "r"]].fillna(0)
    more = both[both["r"] > both["n"]]
    if len(more):
        where = words.write_list(
            f"{name}={value!r}" for name, value in zip(names, more[keys].iloc[0], strict=True)
        )
        raise ColumnError(
            f"frame: {int(more['r'].iloc[0]):,} respondents have {where}, but "
            f"{int(more['n'].iloc[0]):,} people in the frame; it must hold everybody who was asked"
        )
    if both["n"].sum() == 0:
        raise EmptyDataError("frame has no rows; give a table with one row a person asked")
    return both


def _refuse_certain(cells: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse categories in which nobody or everybody answered, all at once."""
    certain = []
    for i, name in enumerate(columns):
        by = cells.groupby(f"m{i}", sort=False)[["n", "r"]].sum()
        for category, (people, answers) in by.iterrows():
            if answers in (0, people):
                who = "nobody" if answers == 0 else "everybody"
                certain.append(f"{name}={category!r} ({who} of {int(people):,})")
    if certain:
        raise WeightError(
            f"columns={list(columns)}: nobody or everybody answered among "
            f"{words.write_list(certain)}, so the logit has no finite chance for them; merge each "
            "with a neighbour in both tables, or leave the column out"
        )


def _design(
    cells: pd.DataFrame, columns: Sequence[str], numeric: Sequence[str], n: NDArray
) -> NDArray:
    """Return the intercept, main effects, and numbers measured from their mean in their spread."""
    parts = [np.ones((len(cells), 1))]
    for i in range(len(columns)):
        parts.append(pd.get_dummies(cells[f"m{i}"], drop_first=True, dtype=float).to_numpy())
    for i in range(len(numeric)):
        x = cells[f"x{i}"].to_numpy(float)
        x = x - n @ x / n.sum()
        parts.append((x / (np.sqrt(n @ x**2 / n.sum()) or 1.0))[:, None])
    return np.column_stack(parts)


def _by_class(chance: NDArray, n: NDArray, r: NDArray, classes: int) -> NDArray:
    """Return the rate of answers in the class of each cell; cells of one chance stay together."""
    _, place = np.unique(chance.round(12), return_inverse=True)
    people = np.bincount(place, weights=n)
    middle = (np.cumsum(people) - people / 2) / people.sum()
    which = np.minimum((middle * classes).astype(int), classes - 1)[place]
    asked = np.bincount(which, weights=n, minlength=classes)
    answered = np.bincount(which, weights=r, minlength=classes)
    empty = np.flatnonzero((asked > 0) & (answered == 0))
    if len(empty):
        raise WeightError(
            f"classes={classes}: nobody answered in class {empty[0] + 1} of the chance to answer, "
            f"{int(asked[empty[0]]):,} people; give fewer classes"
        )
    return answered[which] / asked[which]
