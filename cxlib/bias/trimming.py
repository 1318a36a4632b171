"""Weights and limits -> weights within them that still meet their targets, or a refusal with the
limits that can be met."""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse

from cxlib import check
from cxlib.bias.calibration import cautions
from cxlib.bias.counts import cells as counts
from cxlib.bias.kinds import Method
from cxlib.bias.methods import calibration, reach
from cxlib.bias.targets import CROSS, GAP
from cxlib.bias.weights import Scheme, Weights, of_cells
from cxlib.errors import ParameterError, WeightError
from cxlib.shown.message import Message

_ROUNDS = 1000
# what is said of the sizes of weights, and of those that were trimmed has to be said anew
_OF_SIZES = {"bias.weights_negative", "bias.weights_zero", "bias.weights_cut"}
_ROUNDING = 1e-9  # part of a limit by which a weight may pass it


@check.arguments
def trim(
    weights: Weights,
    data: Any = None,
    *,
    lower: float | None = None,
    upper: float | None = None,
    rerake: bool = True,
) -> Weights:
    """Trim final weights to limits, and weight again until limits and targets both hold.

    Use it where few respondents would decide: less weight on them costs some bias and saves
    variance.

    Parameters
    ----------
    weights : Weights
        From `rake`, `poststratify`, `calibrate` or `propensity_weights`.
    data : table, optional
        The rows that the weights were made from; needed where base weights differ within a
        combination of categories, because limits are of each respondent's weight.
    lower, upper : float, optional
        Least and largest final weight; without, 0 and no limit. Weights of 0 stay 0.
    rerake : bool
        Whether the targets are met again. If not, what is cut off is shared by the weights within
        the limits, in equal amounts, as R's `trimWeights` does: targets are missed, which is told.

    Returns
    -------
    Weights
        The same ones where all are within the limits.

    Raises
    ------
    WeightError
        If no weights within the limits meet the targets (with the narrowest limits that do), the
        rows are others, or `data` is needed and not given.
    ParameterError
        If neither limit is given, or they are not 0 <= lower < upper.

    Notes
    -----
    Final weight: that of the raking distance from the weights as they are (for weights of
    `calibrate(distance="linear")`, of the linear distance from the base weights), cut off at the
    limits (see `calibrate`); the limits take the place of the bounds there. Without `rerake` equal
    to R survey 4.1.1 `trimWeights(strict=TRUE)` on the California schools to 1e-7.

    Examples
    --------
    >>> from cxlib import bias
    >>> answers = pd.DataFrame({"plan": ["a", "a", "b", "b"], "vip": ["y", "n", "n", "n"]})
    >>> raked = bias.rake(answers, targets={"vip": {"y": 40, "n": 60}})
    >>> trim(raked, upper=30, rerake=False).cells["weight"].round(2).tolist()
    [23.33, 30.0]
    """
    low, high = _limits(lower, upper)
    cells, old = _cells(weights, data)
    counting = cells["base"].to_numpy(float) > 0
    n = cells["n"].to_numpy(float)[counting]
    base = cells["base"].to_numpy(float)[counting]
    now = base * weights.cells["factor"].to_numpy(float)[old[counting]] / n  # of one respondent
    if (now >= low * (1 - _ROUNDING)).all() and (now <= high * (1 + _ROUNDING)).all():
        return weights
    _refuse_mean(n, now, low, high)
    fitted = np.zeros(len(cells))
    if not rerake:
        scheme = Scheme()
        fitted[counting] = n * _cut(n, now, low, high)
    else:
        scheme = _for_cells(weights, old, counting)
        fitted[counting], scheme = _reraked(scheme, n, base, now, low, high)
    made = of_cells(
        cells,
        fitted,
        targets=weights.targets,
        weight=weights.base,
        method=Method.TRIMMED,
        scheme=scheme,
        residual=0.0,
        cycles=weights.cycles,
        margins=weights.margins,
        numeric=weights.numeric,
        split="d" in cells,
        categories={name: _categories(weights, cells, name) for name in weights.targets},
        merged=weights.merged,
    )
    frame = made.frame
    off = (frame["share_after"] - frame["share_target"]).abs()
    missed = float(off.max()) if len(frame) else 0.0
    told = [each for each in weights.warnings if each.key not in _OF_SIZES]
    told += cautions(cells, fitted)
    if not rerake and missed > _ROUNDING:
        told.append(Message("bias.weights_cut", share=missed))
    return dataclasses.replace(made, residual=missed, warnings=tuple(told))


def _categories(weights: Weights, cells: pd.DataFrame, name: str) -> pd.Series:
    """Return the category of each cell in a target, which may be of several columns or merged."""
    columns = [name] if name in weights.margins else name.split(CROSS)
    label, *more = (cells[f"m{weights.margins.index(column)}"] for column in columns)
    for each in more:
        label = label.astype(str) + GAP + each.astype(str)
    return label.astype(str).replace(dict(weights.merged.get(name, {})))


def _limits(lower: float | None, upper: float | None) -> tuple[float, float]:
    low, high = lower if lower is not None else 0.0, upper if upper is not None else math.inf
    if (lower is None and upper is None) or not 0 <= low < high:
        raise ParameterError(
            f"lower={lower!r}, upper={upper!r}: give the least or the largest final weight or "
            "both, 0 <= lower < upper"
        )
    return low, high


def _cells(weights: Weights, data: Any) -> tuple[pd.DataFrame, NDArray]:
    """Return cells in each of which base weights are equal, and the place of each among those of
    the weights."""
    known = weights.cells
    keys = list(known.columns[: known.columns.get_loc("n")])
    made = [f"m{i}" for i in range(len(weights.margins))]
    made += [f"x{i}" for i in range(len(weights.numeric))]
    spelt = known.rename(columns=dict(zip(keys, [*made, *["d"] * weights.split], strict=True)))
    if data is not None:
        weights.check(data)
    if weights.split or not _differ(weights):
        mean = (spelt["base"] / spelt["n"]).to_numpy(float)
        above = np.where(mean > 0, mean, np.nan)
        cells = spelt[[*made, *["d"] * weights.split, "n", "base"]].assign(
            base2=spelt["base"] * mean, base_min=above, base_max=mean
        )
        return cells, np.arange(len(cells))
    if data is None:
        raise WeightError(
            f"data=None: base weights in {weights.base!r} differ within a combination of "
            "categories, and limits are of each respondent's weight; give the rows too, as in "
            "cx.bias.trim(weights, data, upper=…)"
        )
    cells = counts.cells(
        data, margins=weights.margins, weight=weights.base, numeric=weights.numeric, split=True
    )
    if not made:
        return cells, np.zeros(len(cells), int)
    places = pd.MultiIndex.from_frame(spelt[made])
    return cells, places.get_indexer(pd.MultiIndex.from_frame(cells[made]))


def _differ(weights: Weights) -> bool:
    """Return whether base weights differ within a cell: their squares are in the design effect."""
    cells = weights.cells
    total = float((cells["factor"] * cells["base"]).sum())
    squares = weights.deff * total**2 / weights.n
    within = float((cells["factor"] * cells["base"]).pow(2) @ (1 / cells["n"]))
    return squares > (1 + 1e-10) * within


def _refuse_mean(n: NDArray, now: NDArray, low: float, high: float) -> None:
    mean = float(n @ now / n.sum())
    if not low < mean < high:
        raise WeightError(
            f"lower={low:g}, upper={high:g}: the weights must sum to {n @ now:,.10g} over "
            f"{int(n.sum()):,} respondents, {mean:,.6g} each in the mean; give limits on both "
            "sides of that"
        )


def _cut(n: NDArray, weight: NDArray, low: float, high: float) -> NDArray:
    """Cut weights off and share the rest among those within, again while any is outside."""
    for _ in range(_ROUNDS):
        outside = (weight < low * (1 - 1e-12)) | (weight > high * (1 + 1e-12))
        if not outside.any():
            return weight
        cut = np.clip(weight, low, high)
        if outside.all():
            break
        rest = float(n @ (weight - cut)) / float(n[~outside].sum())
        weight = cut + np.where(outside, 0.0, rest)
    raise WeightError(
        f"lower={low:g}, upper={high:g}: what is cut off cannot be shared among the weights within "
        "the limits; give wider ones, or leave rerake=True"
    )


def _for_cells(weights: Weights, old: NDArray, counting: NDArray) -> Scheme:
    """Return the scheme of the weights for other cells, each a part of one of theirs."""
    scheme = weights.scheme
    place = np.cumsum(weights.cells["base"].to_numpy(float) > 0) - 1  # among those that count
    part = place[old[counting]]
    return dataclasses.replace(
        scheme,
        codes=tuple(code[part] for code in scheme.codes),
        x=None if scheme.x is None else scheme.x[part],
        bounds=None,
    )


def _reraked(
    scheme: Scheme, n: NDArray, base: NDArray, now: NDArray, low: float, high: float
) -> tuple[NDArray, Scheme]:
    """Return the cells' totals within the limits, and the scheme with its bounds."""
    x, totals = _design(scheme, n, now)
    mean = float(n @ now / n.sum())
    distance = "linear" if scheme.distance == "linear" else "raking"
    start = base if distance == "linear" else n * now
    unit = start / n * float(n @ now) / start.sum()  # of one respondent, scaled
    found = calibration.solve(start, x, totals, distance=distance, bounds=(low / unit, high / unit))
    if not found.residual <= _ROUNDING:
        _refuse_limits(
            reach.narrowest(n * mean, x, totals, low=low / mean, high=high / mean), mean, low, high
        )
    if not scheme.targets and scheme.x is None:
        return start * found.g, scheme
    each = base / n * float(n @ now) / base.sum()
    return start * found.g, dataclasses.replace(
        scheme, bounds=(low / each, high / each), distance=distance
    )


def _design(scheme: Scheme, n: NDArray, now: NDArray) -> tuple[Any, NDArray]:
    """Return what the weights meet; nothing but their sum where they meet no targets."""
    if not scheme.targets and scheme.x is None:
        return np.ones((len(n), 1)), np.array([n @ now])
    places = np.arange(len(n))
    parts = [
        sparse.csr_array((np.ones(len(n)), (places, code)), shape=(len(n), len(target)))
        for code, target in zip(scheme.codes, scheme.targets, strict=True)
    ]
    totals = list(scheme.targets)
    if scheme.x is not None and scheme.totals is not None:
        parts.append(sparse.csr_array(scheme.x))
        totals.append(scheme.totals)
    return sparse.csr_array(sparse.hstack(parts)), np.concatenate(totals)


def _refuse_limits(more: float | None, mean: float, low: float, high: float) -> None:
    said = f"lower={low:g}, upper={high:g}: no weights within them meet the targets"
    if more is None:
        raise WeightError(
            f"{said}, and with this lower limit alone no upper one is large enough; lower it, or "
            "merge small categories"
        )
    times = 1.01 * max(more, 1.0)
    least = max(mean - times * (mean - low), 0.0)
    most = mean + times * (high - mean)
    digits = 10.0 ** (math.floor(math.log10(mean)) - 4)
    a = math.floor(least / digits) * digits
    b = most if math.isinf(most) else math.ceil(most / digits) * digits
    raise WeightError(
        f"{said}; the narrowest in the same proportion that can be met are about lower={a:.10g}, "
        f"upper={b:.10g}. Give these or wider ones, merge small categories, or give rerake=False, "
        "which misses the targets"
    )
