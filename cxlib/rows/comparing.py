"""Columns of an engine and comparisons -> an expression that is true, false or null."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from cxlib.comparisons import (
    Among,
    Between,
    Compare,
    Comparison,
    Every,
    Like,
    Missing,
    Named,
    Not,
    OneOf,
    Operator,
    Some,
    Term,
    comparisons,
)
from cxlib.errors import ColumnError
from cxlib.rows import names
from cxlib.rows.engine_names import engine_name
from cxlib.rows.engines import place_rows
from cxlib.rows.unordered_texts import refuse_text

_MANY = 100_000  # texts of another engine that are brought here
_WHOLE, _DECIMAL = r"-?(0|[1-9]\d{0,17})", r"-?(0|[1-9]\d*)([.]\d+)?"
_DAY = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_WALL = rf"{_DAY}([T ]\d{{1,2}}:\d{{2}}(:\d{{2}}([.]\d+)?)?)?"
_INSTANT = rf"{_WALL} ?(Z|UTC|[+-](0\d|1[0-4])(:?[0-5]\d)?)"
_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2})?)?")
Columns: TypeAlias = Mapping[str | Comparison, ir.Column]


def read_columns(table: ir.Table, term: Term) -> dict[str | Comparison, ir.Column]:
    """Return columns with what is missing as null, and text that is plain numbers, days or times
    throughout as these; a query of the distinct texts says which.

    Where names are asked for, whether a row has one stands under the comparison that asks.
    """
    parts = list(comparisons(term))
    named: dict[str | Comparison, ir.Column] = {
        part: _is_named(table, part) for part in parts if isinstance(part, Named | Among)
    }
    wanted = dict.fromkeys(part.column for part in parts if part not in named)
    columns = {name: _with_nulls(table[name]) for name in wanted}
    texts = {name: column for name, column in columns.items() if column.type().is_string()}
    for name, column in texts.items():
        kind = _kind_of(_here(table.select(text=table[name]).distinct()))
        columns[name] = column if kind is None else _cast(column, kind)
    return named | columns


def _is_named(table: ir.Table, part: Named | Among) -> ir.BooleanColumn:
    name = engine_name(table[part.column])
    if isinstance(part, Among):
        rows = pa.table({"name": pa.array(sorted(part.names), pa.string())})
        return name.isin(place_rows(rows, table).name)
    return name == bound_name(part.value, table[part.column].type())


def bound_name(value: Any, kind: Any) -> str:
    """Return the name that a value has in a column: `True` however yes is written in one of yes and
    no."""
    name = names.name(value) or ""
    return name.capitalize() if kind.is_boolean() else name


def _here(distinct: ir.Table) -> ir.Table:
    """Return the texts of another engine in the embedded one, where they are not very many: the
    others cannot try whether a text is a day."""
    if distinct.get_backend().name == "duckdb":
        return distinct
    some = distinct.limit(_MANY + 1).to_pyarrow()
    return distinct if some.num_rows > _MANY else ibis.memtable(some)


def _kind_of(distinct: ir.Table) -> str | None:
    """Return what all texts are: whole numbers, decimals, days and times, or instants."""
    patterns = {"whole": _WHOLE, "decimal": _DECIMAL, "wall": _WALL, "instant": _INSTANT}
    column = _with_nulls(distinct.text)
    facts = {"filled": column.count()}
    for kind, pattern in patterns.items():
        fits = column.re_search(f"^(?:{pattern})$")
        if kind in ("wall", "instant") and distinct.get_backend().name == "duckdb":
            fits = fits & column.replace("/", "-").try_cast(_type_of(kind)).notnull()
        elif kind == "decimal":
            fits = fits & (column.re_replace(r"\D", "").length() <= 15)
        facts[kind] = fits.fill_null(False).sum()
    counted = distinct.aggregate(**facts).execute().iloc[0]
    filled = counted["filled"]
    return next((kind for kind in patterns if filled and counted[kind] == filled), None)


def _type_of(kind: str) -> str:
    return {
        "whole": "int64",
        "decimal": "float64",
        "wall": "timestamp",
        "instant": "timestamp('UTC')",
    }[kind]


def _cast(column: ir.StringColumn, kind: str) -> ir.Column:
    dashed = column.replace("/", "-") if kind in ("wall", "instant") else column
    return dashed.cast(_type_of(kind))


def _with_nulls(column: ir.Column) -> ir.Column:
    kind = column.type()
    if kind.is_string():
        return engine_name(column)
    if kind.is_floating():
        return column.isnan().ifelse(ibis.null(kind), column)
    if kind.is_decimal():
        return column.cast("float64")
    return column.cast("string") if kind.is_uuid() else column


def as_expression(term: Term, columns: Columns, *, said: str, zone: ZoneInfo) -> ir.BooleanValue:
    """Return a condition on columns as an expression; null where a missing value leaves it unknown.

    Parameters
    ----------
    term : Term
    columns : mapping of str to column
        From `read_columns`.
    said : str
        Parameter and condition, for refusals.
    zone : ZoneInfo
        Where its days and times are meant, for instants.

    Raises
    ------
    ColumnError
        If a column holds another kind of value than it is compared with.
    """
    if isinstance(term, Not):
        return ~as_expression(term.term, columns, said=said, zone=zone)
    if isinstance(term, Every | Some):
        parts = [as_expression(part, columns, said=said, zone=zone) for part in term.terms]
        return ibis.and_(*parts) if isinstance(term, Every) else ibis.or_(*parts)
    if isinstance(term, Named | Among):
        return columns[term]
    column = columns[term.column]
    if isinstance(term, Missing):
        return column.isnull()
    if isinstance(term, Like):
        if not column.type().is_string():
            kind = str(column.type()).removeprefix("!")
            raise ColumnError(
                f"{said}: column {term.column!r} holds {kind}, and like is for text; name a span, "
                f"such as {term.column} between … and …"
            )
        return column.like(term.pattern)
    if isinstance(term, OneOf):
        return _one_of(column, term, said, zone)
    if isinstance(term, Between):
        ends = ((Operator.AT_LEAST, term.low), (Operator.AT_MOST, term.high))
        return ibis.and_(
            *(
                _compare(column, Compare(term.column, operator, end), said, zone)
                for operator, end in ends
            )
        )
    return _compare(column, term, said, zone)


def _compare(column: ir.Column, term: Compare, said: str, zone: ZoneInfo) -> ir.BooleanValue:
    kind, value = column.type(), term.value
    if kind.is_boolean():
        if not isinstance(value, bool):
            raise _unfit(said, term.column, "it holds true and false, not", value)
        return _operate(column, term.operator, value)
    if kind.is_numeric():
        if isinstance(value, bool | str):
            raise _unfit(said, term.column, "it holds numbers, not", value)
        return _operate(column, term.operator, value)
    if kind.is_date() or kind.is_timestamp():
        return _compare_moment(column, term, said, zone)
    if not kind.is_string():
        raise _unfit(said, term.column, "there is no comparing with", column)
    if not isinstance(value, str) or term.operator not in (Operator.EQUAL, Operator.UNEQUAL):
        raise refuse_text(column, term, said)
    return _operate(column, term.operator, names.name(value) or "")


def _one_of(column: ir.Column, term: OneOf, said: str, zone: ZoneInfo) -> ir.BooleanValue:
    each = [
        _compare(column, Compare(term.column, Operator.EQUAL, value), said, zone)
        for value in term.values
    ]
    if column.type().is_string():
        return column.isin([names.name(value) or "" for value in term.values])
    if column.type().is_numeric():
        return column.isin(list(term.values))
    return ibis.or_(*each)


def _operate(column: ir.Column, operator: Operator, value: Any) -> ir.BooleanValue:
    return {
        Operator.EQUAL: column.__eq__,
        Operator.UNEQUAL: column.__ne__,
        Operator.BELOW: column.__lt__,
        Operator.AT_MOST: column.__le__,
        Operator.ABOVE: column.__gt__,
        Operator.AT_LEAST: column.__ge__,
    }[operator](value)


def _unfit(said: str, column: str, rule: str, value: Any) -> ColumnError:
    """Return the refusal of a comparison of two kinds, with how it is written."""
    start = f"{said}: column {column!r}: {rule}"
    if isinstance(value, ir.Column):
        kind = str(value.type()).removeprefix("!")
        return ColumnError(f"{start} {kind}; compare another column")
    if isinstance(value, str) and re.fullmatch(_DECIMAL, value):
        return ColumnError(f"{start} text; write it without quotes, {value}")
    meant = "= true or = false" if "true" in rule else "a number without quotes"
    return ColumnError(f"{start} {value!r}; write {meant}")


def _compare_moment(column: ir.Column, term: Compare, said: str, zone: ZoneInfo) -> ir.BooleanValue:
    """Compare days or times with a day, which is all of it, or with a time."""
    written, days = term.value, column.type().is_date()
    try:
        fits = isinstance(written, str) and _WRITTEN.fullmatch(written)
        moment = dt.datetime.fromisoformat(str(written)) if fits else None
    except ValueError:
        moment = None
    whole_day = moment is not None and len(str(written)) == len("2026-01-31")
    if moment is None or (days and not whole_day):
        raise ColumnError(
            f"{said}: column {term.column!r} holds "
            f"{'days' if days else 'times'}, not {written!r}; write '2026-01-31'"
            + ("" if days else " or '2026-01-31 09:30'")
        )
    after = moment + dt.timedelta(days=1) if whole_day else moment
    low, high = (_literal(column, each, zone) for each in (moment, after))
    if not whole_day or days:
        return _operate(column, term.operator, low)
    return {
        Operator.EQUAL: (column >= low) & (column < high),
        Operator.UNEQUAL: (column < low) | (column >= high),
        Operator.BELOW: column < low,
        Operator.AT_MOST: column < high,
        Operator.ABOVE: column >= high,
        Operator.AT_LEAST: column >= low,
    }[term.operator]


def _literal(column: ir.Column, moment: dt.datetime, zone: ZoneInfo) -> ir.Scalar:
    kind = column.type()
    if kind.is_date():
        return ibis.literal(moment.date())
    if kind.timezone is None:
        return ibis.literal(moment)
    instant = moment.replace(tzinfo=zone).astimezone(dt.UTC)
    return ibis.literal(instant, type="timestamp('UTC')")
