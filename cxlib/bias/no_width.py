"""Estimates whose standard error is 0 -> why their intervals have no width."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.bias.methods import linearised
from cxlib.bias.methods.constraints import Constraints
from cxlib.shown.message import Message

_OF_SPREAD, _OF_VALUE = 1e-8, 1e-12  # below these parts of it, an error is what rounding left


_ALIKE = Message("bias.why_alike")
_CENSUS = Message("bias.why_census")
_FIXED = Message("bias.why_fixed")
_UNITS = Message("bias.why_units")


def told(
    groups: pd.DataFrame,
    constraints: Constraints,
    names: Sequence[str | None],
    inside: NDArray,
    found: Sequence[linearised.Estimate],
    *,
    total: bool,
) -> tuple[Message, ...]:
    """Say of which domains the interval has no width, and why.

    Parameters
    ----------
    groups, constraints, total
        As `linearised.estimate` takes them.
    names : sequence of str or None
        The domains; [None] where it is one of all rows.
    inside : bool array, shape (domains, groups)
    found : sequence of linearised.Estimate
    """
    said: dict[str, tuple[Message, list[str | None]]] = {}
    for name, part, each in zip(names, inside, found, strict=True):
        if is_none(groups[part], each, total=total):
            why = _why(groups, constraints, part, each, total=total)
            said.setdefault(why.key, (why, []))[1].append(name)
    return tuple(
        Message("bias.no_width", why=why)
        if of == [None]
        else Message("bias.no_width_groups", names=of, why=why)
        for why, of in said.values()
    )


def is_none(part: pd.DataFrame, found: linearised.Estimate, *, total: bool = False) -> bool:
    """Return whether an error is 0, or what rounding left of 0."""
    yy, ay, aa = (float(part[name].sum()) for name in ("d2yy", "d2ay", "d2aa"))
    shift = float(part["shift"].iloc[0]) if total else 0.0  # a total is of y itself
    unit = float(part["factor"] @ part["da"]) if total else 1.0
    size = float(np.sqrt(max(yy + 2 * shift * ay + shift**2 * aa, 0.0) / aa)) * abs(unit)
    return found.se <= _OF_SPREAD * size + _OF_VALUE * abs(found.value)


def _why(
    groups: pd.DataFrame,
    constraints: Constraints,
    inside: NDArray,
    found: linearised.Estimate,
    *,
    total: bool,
) -> Message:
    part = groups[inside]
    yy, ay, aa = (float(part[name].sum()) for name in ("d2yy", "d2ay", "d2aa"))
    if yy - ay**2 / aa <= _OF_VALUE * yy:
        return _ALIKE
    if linearised.populations(groups) is not None:
        endless = groups.assign(population=np.nan)
        if not is_none(
            part, linearised.estimate(endless, constraints, inside=inside, total=total), total=total
        ):
            return _CENSUS
    if not constraints.empty:
        free = linearised.estimate(
            groups.assign(population=np.nan), Constraints(), inside=inside, total=total
        )
        if not is_none(part, free, total=total):
            return _FIXED
    return _UNITS
