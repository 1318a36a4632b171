"""Respondents, targets and totals of numbers -> calibrated weights that meet all of them."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cxlib import check
from cxlib.bias.counts import cells as counts
from cxlib.bias.kinds import Method
from cxlib.bias.meeting import Met, meet
from cxlib.bias.methods import calibration, raking, reach
from cxlib.bias.methods.feasibility import UnreachedError
from cxlib.bias.targets import as_targets, of_respondents
from cxlib.bias.unmet import of_unreached
from cxlib.bias.weighting import of_size, order_of
from cxlib.bias.weights import Scheme, Weights, of_cells
from cxlib.errors import ParameterError, WeightError
from cxlib.shown import language as words
from cxlib.shown.message import Message

# not Method.RAKING: R's standard errors after calibrate() differ from those after rake()
_METHODS = {
    "linear": Method.LINEAR,
    "raking": Method.RAKING_DISTANCE,
    "logit": Method.LOGIT,
}


@check.arguments
def calibrate(
    data: Any,
    *,
    targets: Mapping[str, Mapping[Any, float] | pd.Series] | None = None,
    totals: Mapping[str, float] | None = None,
    size: float | None = None,
    weight: str | None = None,
    distance: str = "linear",
    bounds: tuple[float, float] | None = None,
    tolerance: float = 1e-10,
) -> Weights:
    """Calibrate base weights so that they meet known totals of categories and of numbers.

    Use it in place of `rake` where the population's total of a number is known too (of tenure,
    spending or last year's score), or where no weight may be changed by more than `bounds`.

    Parameters
    ----------
    data : table
        One row a respondent. They are counted per combination of categories and numbers, so as many
        cells are read as the numbers have values.
    targets : mapping, optional
        Column to category to count (or share) in the population, as `rake` takes it.
    totals : mapping, optional
        Column of numbers to its total in the population.
    size : float, optional
        Number of people that `totals` are of; needed where no counts in `targets` say it.
    weight : str, optional
        Column of base weights. A weight of 0 stays 0.
    distance : {"linear", "raking", "logit"}
        How a weight is changed: factor 1 + x'b (the regression estimator; may become negative,
        but not where totals can be met by negative weights alone), exp(x'b), or between the bounds
        and never at them.
    bounds : (float, float), optional
        Least and largest factor of a base weight, beside what all weights grow by to sum to the
        population; on both sides of 1. `linear` and `raking` are cut off there.
    tolerance : float
        Largest difference between a total reached and the one wanted, as a part of it.

    Returns
    -------
    Weights
        Its `warnings` say how many weights are negative, if any are.

    Raises
    ------
    WeightError
        As `rake`; if a number is missing for somebody; if totals cannot be met (with the range that
        can), or not within the bounds (with the narrowest that can).
    ParameterError
        If `distance`, `bounds`, `size` or `tolerance` is not one that can be.
    ColumnError
        If a column is absent or not numeric, or is in `targets` and in `totals`.
    EmptyDataError
        If there are no rows.
    SourceError
        If `data` cannot be read.

    Notes
    -----
    Deville and Sarndal (1992, JASA 87). Without bounds the scale of the base weights changes
    nothing; R measures bounds from the base weights as they are, which is the same where they sum
    to the population. Equal to R survey 4.1.1 `calibrate` on the California schools to 1e-7 (linear
    and raking) and to the 1e-6 that R's bounded fits bear; to its `rake` where all are categories.

    Examples
    --------
    >>> answers = pd.DataFrame({"country": ["JP"] * 30 + ["KR"] * 10, "tenure": [1.0, 3.0] * 20})
    >>> people = {"country": {"JP": 500, "KR": 500}}
    >>> weights = calibrate(answers, targets=people, totals={"tenure": 2400})
    >>> weights.cells["weight"].round(2).tolist()
    [6.67, 26.67, 40.0, 60.0]
    """
    _check_how(distance, bounds, size, tolerance)
    numbers = {str(name): float(total) for name, total in (totals or {}).items()}
    given = as_targets(targets or {})
    _check_wanted(given.columns, numbers)
    cells = counts.cells(data, margins=given.columns, weight=weight, numeric=list(numbers))
    _refuse_missing(cells, list(numbers))
    given = of_respondents(given, cells)
    orders = {name: order_of(data, name) for name in given.columns}
    met = meet(cells, given, merge=None, orders=orders)
    wanted = _sized(met.targets, numbers, size, float(cells["base"].sum()))
    problem = _problem(cells, wanted, met, numbers, size)
    found = calibration.solve(
        problem.base,
        problem.x,
        problem.totals,
        distance=distance,
        bounds=bounds,
        tolerance=tolerance,
    )
    if not found.residual <= tolerance:
        _refuse(problem, wanted, numbers, bounds, found.residual)
    if (found.g < 0).any() and not reach.can_be_met(problem.base, problem.x, problem.totals):
        _refuse(problem, wanted, numbers, bounds, None)
    by = counts.By(tuple(given.columns), weight, tuple(numbers))
    made = _weights(cells, wanted, met, problem, found, (distance, bounds), by)
    return dataclasses.replace(made, warnings=(*given.notes, *made.warnings))


class _Problem(NamedTuple):
    """What the cells with a base weight must meet: `x` (cells, k) and `totals` (k,); `scheme` is
    the same in parts."""

    base: NDArray
    x: Any
    totals: NDArray
    scheme: Scheme
    size: float
    counting: NDArray
    numbers: NDArray


def _check_how(
    distance: str, bounds: tuple[float, float] | None, size: float | None, tolerance: float
) -> None:
    check.one_of("distance", distance, calibration.DISTANCES)
    if not 0 < tolerance < 0.01:
        raise ParameterError(
            f"tolerance={tolerance!r} must lie between 0 and 0.01; it is a part of a total"
        )
    if size is not None and not 0 < size < math.inf:
        raise ParameterError(f"size={size!r} must be above 0; it is the number of people")
    if bounds is None:
        if distance == "logit":
            raise ParameterError(
                "bounds=None: distance='logit' needs the least and the largest factor, such as "
                "bounds=(0.5, 2)"
            )
        return
    low, high = bounds
    if not (0 <= low < 1 < high) or (distance == "logit" and high == math.inf):
        raise ParameterError(
            f"bounds={bounds!r}: give the least and the largest factor of a weight, from 0 and on "
            "both sides of 1, such as bounds=(0.5, 2)"
        )


def _check_wanted(wanted: Sequence[str], numbers: Mapping[str, float]) -> None:
    if not wanted and not numbers:
        raise WeightError(
            "targets and totals are both empty, so there is nothing to calibrate to; give one of "
            "them, such as targets=cx.bias.margins(frame, columns=[...])"
        )
    both = [name for name in numbers if name in wanted]
    if both:
        raise WeightError(
            f"totals[{both[0]!r}]: the column is in targets too; give it there as categories or "
            "here as a number"
        )
    for name, total in numbers.items():
        if not math.isfinite(total):
            raise WeightError(
                f"totals[{name!r}] is {total}; give the column's sum over the population"
            )


def _refuse_missing(cells: pd.DataFrame, numbers: list[str]) -> None:
    for i, name in enumerate(numbers):
        missing = int(cells.loc[~np.isfinite(cells[f"x{i}"].to_numpy(float)), "n"].sum())
        if missing:
            raise WeightError(
                f"totals[{name!r}]: {missing:,} of {int(cells['n'].sum()):,} respondents have no "
                "number there, so no weight can be given; fill it from the customer file, make "
                "groups of it with 'unknown' as one and give them in targets, or drop those rows "
                "first"
            )


def _sized(
    wanted: dict[str, pd.Series], numbers: Mapping[str, float], size: float | None, base: float
) -> dict[str, pd.Series]:
    """Return targets that sum to the population's size."""
    if not wanted:
        if size is None:
            raise ParameterError(
                f"size=None: totals[{next(iter(numbers))!r}] is of how many people? Give their "
                "number as size, or targets with counts"
            )
        return {}
    first = float(next(iter(wanted.values())).sum())
    shares = abs(first - 1) < 1e-9
    if shares and numbers and size is None:
        raise ParameterError(
            f"size=None: targets are shares, and totals[{next(iter(numbers))!r}] is of how many "
            "people? Give their number as size, or targets with counts"
        )
    if size is not None and not shares and abs(first - size) > 1e-9 * size:
        raise ParameterError(
            f"size={size!r}, but the counts in targets sum to {first:,.10g}; give one of them"
        )
    return of_size(wanted, base if size is None else size)


def _problem(
    cells: pd.DataFrame,
    wanted: dict[str, pd.Series],
    met: Met,
    numbers: Mapping[str, float],
    size: float | None,
) -> _Problem:
    base = cells["base"].to_numpy(float)
    counting = base > 0  # the others have weight 0, and keep it
    people = float(next(iter(wanted.values())).sum()) if wanted else float(size or 0)
    raw = cells.loc[counting, [f"x{i}" for i in range(len(numbers))]].to_numpy(float)
    total = np.array(list(numbers.values()), float)
    # from the mean that is wanted, so that years and incomes lose no digits
    x, sums = raw - total / people, np.zeros(len(total))
    if not wanted:
        x, sums = np.column_stack([np.ones(len(x)), x]), np.append(people, sums)
    scheme = Scheme(
        codes=met.codes,
        targets=tuple(target.to_numpy(float) for target in wanted.values()),
        x=x if numbers else None,
        totals=sums if numbers else None,
    )
    places = np.arange(int(counting.sum()))
    parts = [
        sparse.csr_array((np.ones(len(places)), (places, code)), shape=(len(places), len(target)))
        for code, target in zip(met.codes, wanted.values(), strict=True)
    ]
    design = sparse.csr_array(sparse.hstack([*parts, sparse.csr_array(x)]))
    return _Problem(
        base[counting],
        design,
        np.concatenate([*scheme.targets, sums]),
        scheme,
        people,
        counting,
        raw,
    )


def _weights(
    cells: pd.DataFrame,
    wanted: dict[str, pd.Series],
    met: Met,
    problem: _Problem,
    found: calibration.Solution,
    how: tuple[str, tuple[float, float] | None],
    by: counts.By,
) -> Weights:
    distance, bounds = how
    fitted = np.zeros(len(cells))
    fitted[problem.counting] = problem.base * found.g
    made = of_cells(
        cells,
        fitted,
        targets=wanted,
        weight=by.weight,
        method=_METHODS[distance],
        scheme=dataclasses.replace(problem.scheme, bounds=bounds, distance=distance),
        residual=found.residual,
        cycles=found.steps,
        margins=by.margins,
        numeric=by.numeric,
        categories=met.categories,
        merged=met.merged,
    )
    told = (*met.warnings, *cautions(cells, fitted))
    return dataclasses.replace(
        made, warnings=told, ratio=math.nan if (fitted < 0).any() else made.ratio
    )


def cautions(cells: pd.DataFrame, fitted: NDArray) -> tuple[Message, ...]:
    """Say how many respondents have a weight below 0, or one of 0 that was not 0 before."""
    n, base = cells["n"].to_numpy(int), cells["base"].to_numpy(float)
    negative, nothing = int(n[fitted < 0].sum()), int(n[(fitted == 0) & (base > 0)].sum())
    told = []
    if negative:
        told.append(Message("bias.weights_negative", n=negative, of=int(n.sum())))
    if nothing:
        told.append(Message("bias.weights_zero", n=nothing, of=int(n.sum())))
    return tuple(told)


def _refuse(
    problem: _Problem,
    wanted: dict[str, pd.Series],
    numbers: Mapping[str, float],
    bounds: tuple[float, float] | None,
    missed: float | None,
) -> None:
    """Say why the totals cannot be met, and what can."""
    base = problem.base * problem.size / problem.base.sum()
    if bounds is not None:
        low, high = bounds
        more = reach.narrowest(base, problem.x, problem.totals, low=low, high=high)
        if more is not None:
            a, b = widened(low, high, max(more, 1.0))
            raise WeightError(
                f"bounds={bounds!r}: no weights within them meet the targets and totals; the "
                f"narrowest in the same proportion that can be met are bounds=({a:g}, {b:g}). Give "
                "these or wider ones, merge small categories, or leave a total out"
            )
    if wanted:  # refuses categories that contradict each other
        codes = list(problem.scheme.codes)
        try:
            raking.fit(problem.base, codes, list(wanted.values()), tolerance=1e-9)
        except UnreachedError as error:
            raise of_unreached(error) from None
    _refuse_numbers(problem, base, numbers)
    why = (
        "only weights below 0 meet all of them, and those are no one's"
        if missed is None
        else f"a total is {missed:.1e} off (as a part of it) after the last step"
    )
    raise WeightError(
        f"targets and totals: {why}. They can hardly be met at once: "
        f"{words.write_list([*wanted, *numbers])}; leave one out, or merge small categories"
    )


def widened(low: float, high: float, times: float) -> tuple[float, float]:
    """Return bounds that are wider by so much and a hundredth, in four digits, rounded outward."""
    a, b = max(1 - 1.01 * times * (1 - low), 0.0), 1 + 1.01 * times * (high - 1)
    return math.floor(a * 1e4) / 1e4, b if math.isinf(b) else math.ceil(b * 1e4) / 1e4


def _refuse_numbers(problem: _Problem, base: NDArray, numbers: Mapping[str, float]) -> None:
    """Refuse a total that weights of 0 or more cannot reach while the categories are met."""
    others = problem.x.shape[1] - len(numbers)
    for i, (name, total) in enumerate(numbers.items()):
        found = reach.span(
            base, problem.x[:, :others], problem.totals[:others], problem.numbers[:, i]
        )
        if found is None:
            return
        low, high = found
        if not low < total < high:
            raise WeightError(
                f"totals[{name!r}] is {total:,.10g}, a mean of {total / problem.size:,.6g}; with "
                f"weights above 0 the respondents can have means from {low / problem.size:,.6g} to "
                f"{high / problem.size:,.6g}. Check the total, its unit and the number of people "
                f"({problem.size:,.10g}), or leave it out"
            )
