"""Names and patterns of item columns -> the columns of the survey that they mean."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

from cxlib import check
from cxlib.bias.parameters import Parameters
from cxlib.errors import ColumnError, ParameterError

_WILD = "*?["


def find_items(p: Parameters, columns: Sequence[str]) -> list[str] | None:
    """Return the items of the survey in the order of its columns; None where none are named.

    Without `items`, those in `item_scales` are meant.

    Raises
    ------
    ColumnError
        If a name is no column, or a pattern fits none.
    ParameterError
        If a scale or `reverse` names what is no item.
    """
    named = p.items or [name for names in p.item_scales.values() for name in names]
    if not named:
        return None
    found = set(_expand("items", named, columns))
    apart = [name for name in (p.score, p.customer, p.wave_column) if name in found]
    if apart:
        raise ParameterError(
            f"items: {apart[0]!r} is among them, which is the score, the customer or the wave; "
            "name the columns of statements alone"
        )
    inner_names = [("reverse", p.reverse), *((name, named) for _, name, named in _scales(p))]
    for parameter, inner in inner_names:
        beside = [name for name in _expand(parameter, inner, columns) if name not in found]
        if beside:
            raise ParameterError(
                f"{parameter}: {beside[0]!r} is not among the items; name it in items too"
            )
    return [name for name in columns if name in found]


def find_scales(p: Parameters, columns: Sequence[str]) -> dict[str, list[str]] | None:
    """Return the items of each scale; None where no scales are named."""
    found = {scale: _expand(name, named, columns) for scale, name, named in _scales(p)}
    return found or None


def find_reversed(p: Parameters, columns: Sequence[str]) -> list[str]:
    """Return the items that are worded the other way round."""
    return _expand("reverse", p.reverse, columns)


def _scales(p: Parameters) -> list[tuple[str, str, list[str]]]:
    """Return each scale, what it is called in a refusal, and its items as they were named."""
    return [(scale, f"item_scales.{scale}", named) for scale, named in p.item_scales.items()]


def _expand(parameter: str, named: Sequence[str], columns: Sequence[str]) -> list[str]:
    found: list[str] = []
    for name in named:
        if name in columns or not any(sign in name for sign in _WILD):
            check.columns(list(columns), **{parameter: name})
            fits = [name]
        else:
            fits = [column for column in columns if fnmatchcase(column, name)]
        if not fits:
            raise ColumnError(
                f"{parameter}={name!r}: no column of the survey fits; it has "
                f"{', '.join(map(repr, columns[:8]))}{', …' if len(columns) > 8 else ''}"
            )
        found += [each for each in fits if each not in found]
    return found
