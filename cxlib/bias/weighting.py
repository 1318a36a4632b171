"""Respondents and known totals -> raking weights that meet every total, or why none can: as a
refusal (`rake`), or beside the base weights (`weigh`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.bias import merging
from cxlib.bias.counts import categories
from cxlib.bias.counts import cells as counts
from cxlib.bias.kinds import Method
from cxlib.bias.meeting import Met, meet
from cxlib.bias.methods import raking
from cxlib.bias.methods.feasibility import UnreachedError
from cxlib.bias.targets import Targets, as_targets, of_respondents
from cxlib.bias.unmet import UnmetError, of_unreached
from cxlib.bias.weights import Scheme, Weights, of_cells
from cxlib.errors import ParameterError
from cxlib.rows import names
from cxlib.shown.message import Message
from cxlib.shown.result import Absent


@check.arguments
def margins(frame: Any, *, columns: Sequence[str]) -> dict[str, pd.Series]:
    """Count a population by each of some columns: the targets of `rake`.

    Parameters
    ----------
    frame : table
        One row a member of the population.
    columns : sequence of str
        Columns with categories.

    Returns
    -------
    dict of str to pandas.Series
        Column to its categories' counts; empty where no column is named.

    Raises
    ------
    ColumnError
        If a column is absent, blank somewhere or named twice.
    EmptyDataError
        If there are no rows.
    SourceError
        If `frame` cannot be read.

    Examples
    --------
    >>> population = pd.DataFrame({"country": ["JP", "JP", "KR", "US"]})
    >>> margins(population, columns=["country"])["country"].to_dict()
    {'JP': 2, 'KR': 1, 'US': 1}
    """
    return categories.per_category(frame, columns=columns) if columns else {}


@check.arguments
def rake(
    data: Any,
    *,
    targets: Mapping[Any, Any],
    weight: str | None = None,
    merge: Mapping[str, Mapping[Any, Any]] | Literal["auto"] | None = None,
    tolerance: float = 1e-10,
) -> Weights:
    """Rake base weights so that every margin meets its known totals.

    Use it when the population's totals are known for each column but not for their combinations. It
    mends only what the margins explain: people who stay silent for another reason stay missing.

    Parameters
    ----------
    data : table
        One row a respondent.
    targets : mapping
        Column to category to count, share or percent in the population; see `margins` and
        `read_targets`. A tuple of columns to tuples of categories gives targets of their
        combinations. Without any, the base weights stay.
    weight : str, optional
        Column of base weights, such as the inverse chance of being invited. A weight of 0 keeps its
        row in the design and leaves all shares alone.
    merge : mapping or "auto", optional
        Column to category to the one it is merged with, in the data and in the targets:
        `{"plan": {"pro": "plus"}}`. "auto" merges every category with fewer than 5 respondents
        with its neighbour in order or size (see `merging.propose`), and says which.
    tolerance : float
        Largest difference between a share reached and its target.

    Returns
    -------
    Weights
        Converged: every margin's residual, measured after the last step, is within `tolerance`.

    Raises
    ------
    WeightError
        If a base weight is missing, negative or infinite or all are 0, a target has no respondents
        (all such categories are named, with the `merge` that mends it), respondents have no target,
        totals differ, a margin is blank for somebody, the targets contradict each other on the
        respondents' combinations, or the tolerance is not reached.
    ParameterError
        If `tolerance` does not lie between 0 and 0.01, or `merge` names what is not there.
    ColumnError
        If a column is absent, or `weight` is not numeric.
    EmptyDataError
        If there are no rows.
    SourceError
        If `data` cannot be read.

    Notes
    -----
    Final weight d_i exp(x_i'b), by iterative proportional fitting (Deming and Stephan 1940) on
    cells, so the cost after one GROUP BY does not depend on the number of rows; where that is slow,
    Newton's method on the dual (Deville, Sarndal and Sautory 1993) goes on from there. Shares are
    taken of the sum of base weights. Equal to R survey 4.1.1 `rake` (epsilon 1e-12) on the
    California schools to 1e-7.

    Examples
    --------
    >>> answers = pd.DataFrame({"country": ["JP"] * 30 + ["KR"] * 10})
    >>> weights = rake(answers, targets={"country": {"JP": 500, "KR": 500}})
    >>> weights.cells["factor"].round(2).tolist(), round(weights.n_eff, 1)
    ([16.67, 50.0], 30.0)
    """
    if not 0 < tolerance < 0.01:
        raise ParameterError(
            f"tolerance={tolerance!r} must lie between 0 and 0.01; it is a difference of shares"
        )
    wanted, merges = as_targets(targets), merging.as_merge(merge)
    cells = counts.cells(data, margins=wanted.columns, weight=weight)
    wanted = of_respondents(wanted, cells)
    orders = {name: order_of(data, name) for name in wanted.columns}
    met = meet(cells, wanted, merge=merges, orders=orders)
    return _fit(cells, wanted, met, weight=weight, tolerance=tolerance)


@check.arguments
def weigh(
    data: Any,
    *,
    targets: Mapping[Any, Any],
    weight: str | None = None,
    merge: Mapping[str, Mapping[Any, Any]] | Literal["auto"] | None = None,
    tolerance: float = 1e-10,
) -> Weights | Absent:
    """Rake, and where the respondents cannot meet the targets keep the base weights and say why.

    Use it in a report, which goes on without the weights; `rake` refuses.

    Parameters
    ----------
    data : table or None
        One row a respondent. None gives an `Absent`.
    targets, weight, merge, tolerance
        As in `rake`.

    Returns
    -------
    Weights or Absent
        `unmet` says why there are no targets in them, and `warnings` that they are not weighted;
        else as `rake`.

    Raises
    ------
    WeightError, ParameterError, ColumnError, EmptyDataError, SourceError
        As `rake`, but for reasons that lie in who answered.

    Examples
    --------
    >>> answers = pd.DataFrame({"plan": ["basic"] * 30})
    >>> weights = weigh(answers, targets={"plan": {"basic": 0.9, "pro": 0.1}})
    >>> print(weights.unmet)
    These targets cannot be met, as nobody among the respondents is 'pro' (plan, 10.0 % wanted) \
(n = 30), and no weight can speak for them. Merge each with a neighbour by \
merge={'plan': {'pro': 'basic'}} or merge='auto', or leave its column out.
    """
    if data is None:
        return Absent.of("bias.absent_margins", Weights)
    try:
        return rake(data, targets=targets, weight=weight, merge=merge, tolerance=tolerance)
    except UnmetError as error:
        cells = counts.cells(data, margins=(), weight=weight)
        return of_cells(
            cells,
            cells["base"].to_numpy(float),
            targets={},
            weight=weight,
            method=Method.BASE_WEIGHTS,
            scheme=Scheme(),
            residual=0.0,
            cycles=0,
            warnings=(Message("bias.not_weighted", why=error.message),),
            unmet=error.message,
        )


def _fit(
    cells: pd.DataFrame, wanted: Targets, met: Met, *, weight: str | None, tolerance: float
) -> Weights:
    base = cells["base"].to_numpy(float)
    counting = base > 0  # the others have weight 0, and keep it
    targets = of_size(met.targets, base.sum())
    fitted = np.zeros(len(cells))
    try:
        fitted[counting], residual, cycles = raking.fit(
            base[counting], list(met.codes), list(targets.values()), tolerance=tolerance
        )
    except UnreachedError as error:
        raise of_unreached(error) from None
    return of_cells(
        cells,
        fitted,
        targets=targets,
        weight=weight,
        method=Method.RAKING if targets else Method.BASE_WEIGHTS,
        scheme=Scheme(
            codes=met.codes, targets=tuple(each.to_numpy(float) for each in targets.values())
        ),
        residual=residual,
        cycles=cycles,
        margins=wanted.columns,
        categories=met.categories,
        warnings=(*wanted.notes, *met.warnings),
        merged=met.merged,
    )


def of_size(targets: Mapping[str, pd.Series], base: float) -> dict[str, pd.Series]:
    """Give shares a size of `base` (a sum of base weights), and all margins one and the same."""
    if not targets:
        return {}
    first = float(next(iter(targets.values())).sum())
    total = base if abs(first - 1) < 1e-9 else first
    return {name: target * (total / target.sum()) for name, target in targets.items()}


def order_of(data: Any, name: str) -> list[str] | None:
    """Return the categories of an ordered column, in their order."""
    if not isinstance(data, pd.DataFrame) or name not in data.columns:
        return None
    kind = data[name].dtype
    if not (isinstance(kind, pd.CategoricalDtype) and kind.ordered):
        return None
    return [str(names.name(each)) for each in kind.categories]
