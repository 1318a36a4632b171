"""A table on an engine -> the same rows where they lie, in the types that files have."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.operations as ops
import ibis.expr.types as ir

from cxlib.rows.engines import INSTANT
from cxlib.rows.table import known_moments
from cxlib.sources.database_files import EXACT, EXACT_DIGITS, plain_query
from cxlib.sources.spark_folders import KNOWN_TYPES

_WHOLE = (-(2**63), 2**63 - 1)
_FIRST, _LAST = dt.datetime(1, 1, 1), dt.datetime(9999, 12, 31, 23, 59, 59, 999999)
# PostgreSQL's own numbers of its types; what is not here (enumerations, UUIDs, JSON, lists, spans
# of time, addresses, ranges, bytes, structures) is text
_OF_POSTGRES: dict[int, dtypes.DataType] = {
    16: dtypes.boolean,
    20: dtypes.int64,
    21: dtypes.int16,
    23: dtypes.int32,
    25: dtypes.string,
    26: dtypes.int32,  # an object's number, of 32 bits without a sign: cast to 64 below
    700: dtypes.float32,
    701: dtypes.float64,
    1043: dtypes.string,
    1082: dtypes.date,
    1083: dtypes.time,
    1114: dtypes.Timestamp(scale=6),
    1184: dtypes.Timestamp("UTC", scale=6),
}
_NUMERIC = 1700
# names, types and modifiers of the columns that the role may read; of a domain, what it stands for
_COLUMNS = """SELECT a.attname, CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END::bigint,
        CASE t.typtype WHEN 'd' THEN t.typtypmod ELSE a.atttypmod END
    FROM pg_catalog.pg_attribute a JOIN pg_catalog.pg_class c ON c.oid = a.attrelid
        JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
    WHERE n.nspname = %s AND c.relname = %s AND a.attnum > 0 AND NOT a.attisdropped
        AND has_column_privilege(c.oid, a.attnum, 'SELECT')
    ORDER BY a.attnum"""


def with_plain_types(table: ir.Table) -> ir.Table:
    """Return a table's rows in types that files have, where they lie.

    Whole numbers that 64 bits hold are such, and decimals with a fraction floats; longer whole
    numbers (ids), enumerations, UUIDs, JSON, spans of time, bytes, lists and structures are text,
    and so are days and moments of which one is infinite or not of the years 1 to 9999; moments with
    a zone are in UTC. All others are as stored. On PostgreSQL, columns that the role may not read
    are left out.

    Parameters
    ----------
    table : Ibis table
        Of DuckDB, PostgreSQL or Spark, as `named_connections.open_table` returns it.

    Returns
    -------
    Ibis table
        The same columns.

    Notes
    -----
    Where the types alone do not tell (decimals of any length, days), one aggregate query finds out
    what fits, once for a table in a connection. An engine's error passes through.
    """
    engine, place = table.get_backend(), table.op()
    known = engine.__dict__.setdefault(KNOWN_TYPES, {})  # goes with the connection
    key = (place.namespace, place.name)
    if key not in known:
        known[key] = _plain(engine, table)
    return known[key]


def _plain(engine: Any, table: ir.Table) -> ir.Table:
    if engine.name == "duckdb":
        return _on_duckdb(engine, table)
    of = _postgres_types if engine.name == "postgres" else _spark_types
    kinds = of(engine, table)
    place = table.op()
    rows = ops.DatabaseTable(
        place.name, schema=ibis.schema(kinds), source=engine, namespace=place.namespace
    ).to_expr()
    facts = _facts(rows)
    return rows.select(**{name: _cast(rows[name], facts.get(name)) for name in kinds})


def _on_duckdb(engine: Any, table: ir.Table) -> ir.Table:
    """Give the query of a table in plain types a name for this connection alone, which a database
    that is read only has too."""
    query, name = plain_query(engine.con, f"({ibis.to_sql(table)})"), f"rows_{uuid.uuid4().hex}"
    engine.raw_sql(f'CREATE TEMPORARY VIEW "{name}" AS {query}')
    return known_moments(engine.table(name, database=("temp", "main")))


def _postgres_types(engine: Any, table: ir.Table) -> dict[str, dtypes.DataType]:
    place = table.op()
    schema = place.namespace.database
    with engine.con.cursor() as cursor:
        rows = cursor.execute(_COLUMNS, (schema, place.name)).fetchall()
    return {name: _postgres_type(number, modifier) for name, number, modifier in rows}


def _postgres_type(number: int, modifier: int) -> dtypes.DataType:
    if number == _NUMERIC:
        if modifier < 0:
            return dtypes.Decimal()
        digits, scale = (modifier - 4) >> 16, ((modifier - 4) & 0x7FF ^ 0x400) - 0x400
        return dtypes.Decimal(max(digits, digits - scale), max(scale, 0))
    return _OF_POSTGRES.get(number, dtypes.unknown)


def _spark_types(engine: Any, table: ir.Table) -> dict[str, dtypes.DataType]:
    """Return the types of a view of Spark, of which Ibis takes moments in UTC for such without a
    zone."""
    fields = engine._session.table(table.op().name).schema
    moments = {field.name for field in fields if field.dataType.typeName() == "timestamp"}
    return {
        name: INSTANT if name in moments else kind if _is_plain(kind) else dtypes.unknown
        for name, kind in table.schema().items()
    }


def _is_plain(kind: dtypes.DataType) -> bool:
    return (
        kind.is_numeric() or kind.is_boolean() or kind.is_string() or kind.is_date()
    ) or kind.is_timestamp()


@dataclass(frozen=True, slots=True)
class _Span:
    """What the values of a column are: from `low` to `high`, of decimals whether `whole`, and
    whether one is no number (`nan`)."""

    low: Any = None
    high: Any = None
    whole: bool = True
    nan: bool = False


def _facts(rows: ir.Table) -> dict[str, _Span]:
    """Return the span of each column whose type does not tell what fits."""
    asked: dict[str, dict[str, ir.Value]] = {}
    for name, kind in rows.schema().items():
        column = rows[name]
        if kind.is_decimal() and _is_open(kind):
            asked[name] = _of_decimals(column)
        elif kind.is_date() or kind.is_timestamp():
            asked[name] = {"whole": _within(column)}
    if not asked:
        return {}
    wanted = {
        f"{place} {fact}": value
        for place, facts in enumerate(asked.values())
        for fact, value in facts.items()
    }
    found = rows.aggregate(**wanted).to_pyarrow().to_pylist()[0]
    return {
        name: _Span(
            **{fact: value for fact in facts if (value := found[f"{place} {fact}"]) is not None}
        )
        for place, (name, facts) in enumerate(asked.items())
    }


def _is_open(kind: Any) -> bool:
    """Return whether a decimal's type leaves open what holds it."""
    return kind.scale is None or kind.scale == 0 or kind.precision - kind.scale > EXACT_DIGITS


def _of_decimals(column: Any) -> dict[str, ir.Value]:
    kind, asked, known = column.type(), dict[str, ir.Value](), None
    if column.get_backend().name == "postgres":  # where NaN is the greatest number
        nan = ibis.literal("NaN").cast(kind)
        asked["nan"], known = (column == nan).any(), column != nan
    ends = {"low": column.min(where=known), "high": column.max(where=known)}
    asked |= {name: end.cast("string") for name, end in ends.items()}
    if kind.scale != 0:
        asked["whole"] = (column == column.floor()).all(where=known)
    return asked


def _within(column: Any) -> ir.Value:
    """Return whether the calendar holds all of a column's days or moments."""
    kind = column.type()
    ends: tuple[Any, ...] = (_FIRST, _LAST)
    if kind.is_date():
        ends = (_FIRST.date(), _LAST.date())
    elif kind.timezone:
        ends = tuple(end.replace(tzinfo=dt.UTC) for end in ends)
    first, last = (ibis.literal(end, type=kind.copy(nullable=True)) for end in ends)
    return (column.min() >= first) & (column.max() <= last)


def _cast(column: Any, span: _Span | None) -> ir.Value:
    kind = column.type()
    if kind.is_decimal():
        fitting = _fitting(kind, span)
        text = column.cast("string").re_replace("[.]0+$", "") if fitting == "string" else None
        return column.cast(fitting) if text is None else text
    if span is not None and not span.whole:
        return column.cast("string")
    if kind.is_integer():
        return column.cast("int64")  # sums and products of 32 bits overflow
    if kind.is_floating():
        return column.cast("float64")  # PostgreSQL adds those of 32 bits up with 32
    return column.cast("string") if kind.is_unknown() else column


def _fitting(kind: Any, span: _Span | None) -> str:
    """Return the type that holds a column of decimals."""
    if span is None or span.low is None:
        whole = kind.scale in (None, 0) and not (span and span.nan)
        return "int64" if whole else "float64"
    low, high = Decimal(span.low), Decimal(span.high)
    if not span.whole or not (low.is_finite() and high.is_finite()):
        return "float64"
    if max(-low, high) < EXACT and (span.nan or kind.scale):
        return "float64"
    fits = not span.nan and _WHOLE[0] <= low and high <= _WHOLE[1]
    return "int64" if fits else "string"
