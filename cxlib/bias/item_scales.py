"""Names of items and of the scales they belong to -> the same, checked against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError


def checked_scales(
    items: Sequence[str], scales: Mapping[str, Sequence[str]] | None, reverse: Sequence[str] = ()
) -> dict[str, list[str]]:
    """Return scales and their items, or refuse what does not fit the items.

    Raises
    ------
    ParameterError
        If a scale or `reverse` names what is not among the items, an item belongs to two scales,
        or a scale has a single item.

    Examples
    --------
    >>> checked_scales(["a", "b", "c"], {"service": ["a", "b"]}, ["b"])
    {'service': ['a', 'b']}
    """
    for name, parameter in ((items, "items"), (reverse, "reverse")):
        if isinstance(name, str):
            raise ParameterError(f"{parameter}={name!r} is one text; give a list of columns")
    found: dict[str, list[str]] = {}
    for scale, members in (scales or {}).items():
        if isinstance(members, str) or len(members) < 2:
            raise ParameterError(
                f"scales={scale!r} has {members!r}: a scale needs two items or more; leave it out "
                "of scales (its item stays among items)"
            )
        found[str(scale)] = list(members)
    for parameter, named in (
        *((f"scales={s!r}", m) for s, m in found.items()),
        ("reverse", reverse),
    ):
        for item in named:
            if item not in items:
                raise ParameterError(
                    f"{parameter}: {item!r} is not among items{check.did_you_mean(item, items)}"
                )
    for item, times in Counter(item for members in found.values() for item in members).items():
        if times > 1:
            raise ParameterError(
                f"scales: {item!r} belongs to {times} scales or to one twice; name it in one"
            )
    return found


def ends_to_turn(
    answers: pd.DataFrame, reverse: Sequence[str], scale: tuple[int, int] | None
) -> tuple[int, int] | None:
    """Return the ends that items are turned around on; None where none are turned.

    Raises
    ------
    ParameterError
        If no scale is given and all answers are one number, so that its ends cannot be seen.
    """
    if not reverse:
        return None
    low, high = range_of(answers, scale)
    if low == high:
        raise ParameterError(
            f"reverse={list(reverse)!r}: all {int(answers.notna().to_numpy().sum()):,} answers are "
            f"{low}, so the ends that items are turned around on cannot be seen; give scale, the "
            "lowest and highest answer of the question, such as scale=(1, 5) (item_range in the "
            "notebook)"
        )
    return low, high


def range_of(answers: pd.DataFrame, scale: tuple[int, int] | None) -> tuple[int, int]:
    """Return the scale that was given, or else the lowest and highest answer to any item."""
    if scale is not None:
        return check.scale(scale)
    low, high = float(answers.min(axis=None)), float(answers.max(axis=None))
    return int(low // 1), int(-(-high // 1))
