"""Aggregates that are asked twice of rows that stay the same -> asked once."""

from __future__ import annotations

from typing import Any

FEW = 1000  # rows of an answer that is kept
_KEPT = "cx_answers"  # of an engine, with which they go


def keep_answers(engine: Any) -> None:
    """Have small answers kept, for an engine whose rows stay as they are: a transaction of
    PostgreSQL that sees one moment. Several cells of a notebook ask for the same span of times."""
    ask = engine.to_pyarrow

    def to_pyarrow(expr: Any, /, *, params: Any = None, limit: Any = None, **_: Any) -> Any:
        if params:
            return ask(expr, params=params, limit=limit)
        rows = expr.as_table()
        kept = vars(engine).setdefault(_KEPT, {})
        query = (engine.compile(rows, limit=limit), rows.schema())
        found = kept[query] if query in kept else ask(rows, limit=limit)
        if found.num_rows <= FEW:
            kept[query] = found
        return expr.__pyarrow_result__(found)

    engine.to_pyarrow = to_pyarrow


def forget_answers(engine: Any) -> None:
    """Ask anew, where another moment begins."""
    vars(engine).pop(_KEPT, None)
