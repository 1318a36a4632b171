"""A table that a study has opened -> what was found out of it, asked once."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import ibis.expr.operations as ops
import ibis.expr.types as ir

_KEPT = "cx_remembered"  # of an engine, with which it goes
_Found = TypeVar("_Found")


def remember(table: ir.Table) -> None:
    """Have what is found out of a table kept, from now on.

    Use it for a table that a reading has just opened, whose rows count as those of one moment.
    Other tables may have other rows at the next question."""
    vars(table.get_backend()).setdefault(_KEPT, {})[table.op()] = {}


def ask_once(table: ir.Table, key: Hashable, ask: Callable[[], _Found]) -> _Found:
    """Return what `ask` finds out of a table; of a remembered one it is asked once a key."""
    kept = _kept(table).get(table.op())
    if kept is None:
        return ask()
    if key not in kept:
        kept[key] = ask()
    return kept[key]


def note(table: ir.Table, key: Hashable) -> None:
    """Note what is so of all rows of a remembered table."""
    kept = _kept(table).get(table.op())
    if kept is not None:
        kept[key] = True


def is_noted(column: ir.Column, key: Hashable) -> bool:
    """Return whether it was noted of a column, by `(key, name)`, also where some of the rows or of
    the columns were chosen since."""
    kept, field = _kept(column), column.op()
    while isinstance(field, ops.Field):
        if kept.get(field.rel, {}).get((key, field.name)):
            return True
        if isinstance(field.rel, ops.Filter):
            field = ops.Field(field.rel.parent, field.name)
        elif isinstance(field.rel, ops.Project):
            field = field.rel.values[field.name]
        else:
            return False
    return False


def _kept(expression: ir.Expr) -> dict[Any, dict[Hashable, Any]]:
    return vars(expression.get_backend()).get(_KEPT, {})
