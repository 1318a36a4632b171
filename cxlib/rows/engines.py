"""Columns and tables that are the same on every engine: which are tested, bits, seconds, ids,
labels, small tables, duplicates."""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from typing import Any

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.types as ir
import pyarrow as pa

from cxlib import check
from cxlib.errors import ParameterError, SourceError
from cxlib.rows.engine_names import engine_name
from cxlib.rows.remembered import is_noted
from cxlib.shown.language import NOT_KNOWN

ENGINES = ("duckdb", "postgres", "pyspark")  # those that pass tests/engines
_NOT_ALLOWED = ("42501", "25006")  # of PostgreSQL: insufficient privilege, read-only transaction
# zero-width spaces and joiners, marks of direction, soft hyphens and byte order marks
_UNSEEN = "[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]"
_FOLDABLE = "[^!-~]|[.]0+$"  # anything but printable ASCII without blanks
INSTANT = dtypes.Timestamp(timezone="UTC")
SUM = "sum"  # the rule for duplicates by which rows of one order are its lines
MOST_TEXT = 16_000_000  # letters of rows from another place that PostgreSQL holds in its settings
FOLDED = "folded"  # noted of a column of ids that are as `identifier` returns them, or blank
COPIES = "cx_copies"  # rows that one row stands for, where a rule for duplicates was given


def refuse_untested(table: ir.Table) -> ir.Table:
    """Return a table as it is; refuse, by name, one that lies on an engine without conformance
    tests."""
    engine = table.get_backend().name
    if engine not in ENGINES:
        raise SourceError(
            f"engine {engine!r} has not passed the conformance tests (those that have: "
            f"{', '.join(ENGINES)}); "
            "copy the events to Parquet, or add it to tests/engines"
        )
    return table


@ibis.udf.agg.builtin(name="bit_or")
def bit_or(bits: int) -> int:  # type: ignore[empty-body]  # the engine has it
    """Return the bits that any row has: all three engines have it, but Ibis has no expression of it
    for Spark."""


def bit(place: ir.Value) -> ir.Value:
    """Return the 64-bit number with one bit set, 0 to 62.

    A literal 1 has 32 bits on PostgreSQL and Spark, where 1 << 40 is silently another number; so it
    is cast. The place is cast because PostgreSQL shifts by 32-bit numbers alone."""
    return ibis.literal(1, "int8").cast("int64") << place.cast("int32")


@ibis.udf.scalar.builtin(name="timezone", signature=((dtypes.string, INSTANT), dtypes.timestamp))
def wall_time(zone: str, moment: ir.Value) -> ir.Value:
    """Return what clocks in a zone show at a moment; PostgreSQL's function (DuckDB's takes ten
    times as long as a join)."""


@ibis.udf.scalar.builtin(name="timezone", signature=((dtypes.string, dtypes.timestamp), INSTANT))
def _instant(zone: str, wall: Any) -> Any:
    """The function of DuckDB and PostgreSQL: the instant at which clocks in `zone` show `wall`."""


@ibis.udf.scalar.builtin(signature=((dtypes.timestamp, dtypes.string), dtypes.timestamp))
def to_utc_timestamp(wall: Any, zone: str) -> Any:
    """Spark's function for it; of an hour that clocks show twice, it takes the first."""


@ibis.udf.scalar.builtin(signature=((dtypes.timestamp, dtypes.string), dtypes.timestamp))
def from_utc_timestamp(moment: Any, zone: str) -> Any:
    """Spark's function: what clocks in a zone show at a moment in UTC."""


def instant_of(zone: str, wall: Any, table: ir.Table) -> ir.Value:
    """Return the instant at which clocks in a zone show a time, of a table's rows; the later one
    where they show it twice."""
    if table.get_backend().name != "pyspark":
        return _instant(zone, wall)
    first = to_utc_timestamp(wall, zone)
    later = [first + ibis.interval(minutes=minutes) for minutes in (60, 30)]  # Lord Howe has half
    shown = [(from_utc_timestamp(moment, zone) == wall, moment) for moment in later]
    return (wall if zone == "UTC" else ibis.cases(*shown, else_=first)).cast(INSTANT)


def wall_of(zone: str, moment: ir.Column) -> ir.Value:
    """Return what clocks in a zone show at the moments of a column; the zone may be an offset, as
    files have it: +09:00."""
    engine = moment.get_backend().name
    wall: Any = moment.cast("timestamp") if engine != "postgres" else wall_time("UTC", moment)
    if east := re.fullmatch(r"(?:UTC)?([+-])(\d\d):?(\d\d)", zone):
        minutes = int(east[2]) * 60 + int(east[3])
        return wall + ibis.interval(minutes=-minutes if east[1] == "-" else minutes)
    if zone in ("UTC", "Etc/UTC"):
        return wall
    if engine == "pyspark":
        return from_utc_timestamp(wall, zone)
    return wall_time(zone, moment.cast(INSTANT))


@ibis.udf.scalar.builtin(signature=((INSTANT,), dtypes.int64))
def epoch_us(moment: Any) -> Any:
    """DuckDB's function: microseconds since 1970."""


@ibis.udf.scalar.builtin(signature=((INSTANT,), dtypes.boolean))
def isfinite(moment: Any) -> Any:
    """DuckDB's function: whether a moment is none of the two infinite ones."""


@ibis.udf.scalar.builtin(signature=((dtypes.int64,), dtypes.timestamp))
def make_timestamp(microseconds: Any) -> Any:
    """DuckDB's function: the moment so many microseconds after 1970."""


def utc_wall(moment: Any) -> Any:
    """Return what clocks in UTC show at a moment; a date is its midnight, one without a zone stays.

    DuckDB's cast asks the calendar for each row, which takes twenty times as long as arithmetic."""
    kind = moment.type()
    if not kind.is_timestamp() or not kind.timezone or moment.get_backend().name != "duckdb":
        return moment.cast("timestamp")
    wall = make_timestamp(epoch_us(moment))
    return ibis.ifelse(isfinite(moment), wall, moment.cast("timestamp"))


def seconds(moment: ir.Value, table: ir.Table) -> ir.Value:
    """Return the seconds since 1970, with or without the fraction: whole ones, of Spark, which
    rounds up those before 1970."""
    return (
        moment.truncate("s") if table.get_backend().name == "pyspark" else moment
    ).epoch_seconds()


def copy_to_engine(small: ir.Table, table: ir.Table) -> ir.Table:
    """Return a small table on the engine of another, to be joined with it.

    Raises
    ------
    SourceError
        As `place_rows`.
    """
    if small.get_backend() is table.get_backend():
        return small
    return place_rows(small.to_pyarrow(), table)


def place_rows(rows: pa.Table, table: ir.Table) -> ir.Table:
    """Return rows in memory as a table on the engine of another.

    Spark makes the text NaN of a missing text, and takes none in chunks. PostgreSQL needs the right
    to make temporary tables; where a transaction only reads, and so can make none, the rows lie in
    settings of that transaction alone, which end with it.

    Raises
    ------
    SourceError
        If PostgreSQL makes no temporary table, or the rows are more than its settings shall hold,
        with the next step.
    """
    engine = table.get_backend()
    if engine.name == "postgres" and engine.con.read_only:
        return _in_settings(engine, rows)
    copied = ibis.memtable(rows.combine_chunks())
    if engine.name == "postgres":
        try:
            # makes the table now, where a refusal can be told from others
            engine.execute(copied.limit(0))
        except Exception as error:
            if getattr(error, "sqlstate", None) not in _NOT_ALLOWED:
                raise
            raise SourceError(
                f"PostgreSQL makes no temporary table ({' '.join(str(error).split())}), and a "
                "table from another "
                "place needs one to be joined with the events; have GRANT TEMPORARY ON DATABASE "
                "given to this "
                "role, or give a table of the same connection: connection.table(name)"
            ) from None
    return copied


def _in_settings(engine: Any, rows: pa.Table) -> ir.Table:
    """Return rows as a list a column, each a setting of PostgreSQL's transaction."""
    kinds = {
        name: dtypes.float64 if kind.is_decimal() else kind.copy(nullable=True)
        for name, kind in ibis.memtable(rows.slice(0, 0)).schema().items()
    }
    texts = {
        name: (rows[name] if kind.is_string() else rows[name].cast(pa.string())).to_pylist()
        for name, kind in kinds.items()
    }
    size = sum(len(text or "") for column in texts.values() for text in column)
    if size > MOST_TEXT:
        raise SourceError(
            f"{rows.num_rows:,} rows of {', '.join(map(repr, kinds))} from another place have "
            f"{size:,} letters, and at most {MOST_TEXT:,} are taken to PostgreSQL, to be joined "
            "with its table; give a table of the same connection in place of the file, or count "
            "fewer customers with only"
        )
    lists = []
    for place, (name, column) in enumerate(texts.items()):
        setting = f"cx.rows_{uuid.uuid4().hex}_{place}"
        query = "SELECT set_config(%s, (%s::text[])::text, true)"
        engine.raw_sql(query, params=(setting, column)).close()
        kind = engine.compiler.type_mapper.to_string(kinds[name])
        lists.append(f"current_setting('{setting}')::{kind}[]")
    names = ", ".join('"' + name.replace('"', '""') + '"' for name in kinds)
    query = f"SELECT * FROM unnest({', '.join(lists)}) AS t({names})"
    return engine.sql(query, schema=ibis.schema(kinds))


def identifier(column: ir.Column) -> ir.Column:
    """Return customer ids by the rule of names: white space, width and marks that no eye sees are
    folded, `90017.0` is `90017`, and blank text is a missing id. Case tells ids apart.

    An id is asked first whether it has anything to fold: that is ten times as fast. Where it was
    noted (`FOLDED`) that no id of a column has, none is looked at."""
    if not column.type().is_string():
        return column
    if is_noted(column, FOLDED):
        return column.nullif("")
    name = engine_name(column.re_replace(_UNSEEN, ""))
    # Spark writes what a pattern found in another way, so nothing is put back
    whole = name.re_search("^[0-9]+[.]0+$")
    folded = ibis.ifelse(whole, name.re_replace("[.]0+$", ""), name)
    return ibis.ifelse(column.re_search(_FOLDABLE), folded, column.nullif(""))


def match_ids(left: ir.Table, right: ir.Table) -> tuple[ir.Table, ir.Table]:
    """Return two tables whose customer ids can be joined: as text where one file has numbers and
    the other text."""
    if left.cx_customer.type().is_string() == right.cx_customer.type().is_string():
        return left, right
    return tuple(table.mutate(cx_customer=_as_text(table.cx_customer)) for table in (left, right))


def _as_text(ids: ir.Column) -> ir.Column:
    """Write whole numbers without a fraction, also where a missing one among them made all of them
    decimal: 1000, not 1000.0."""
    if not ids.type().is_floating():
        return ids.cast("string")
    return ibis.ifelse(ids == ids.floor(), ids.cast("int64").cast("string"), ids.cast("string"))


def label(column: ir.Column) -> ir.Value:
    """Return a grouping column as names, by the one rule, with a name for what is missing."""
    return engine_name(column).fill_null(NOT_KNOWN)


def drop_duplicates(
    table: ir.Table, rule: str | None, *, used: Sequence[str], time: str
) -> ir.Table:
    """Return the columns that are used, each event once, with the number of rows it stands for.

    Parameters
    ----------
    rule : {None, "exact", "sum"} or str
        As `duplicates` of `count_cohorts`.
    used : sequence of str
        Columns that the counts use.

    Raises
    ------
    ColumnError
        If there is no such column.
    ParameterError
        If rows of one id differ in a column that is used: they are no repeats of one another.
    """
    if rule in (None, SUM):
        return table
    used = list(dict.fromkeys(used))
    if rule == "exact":
        return table.group_by(used).aggregate(**{COPIES: table.count()})
    refuse_unequal(table, rule, used=used)
    rows = table.select(**{name: table[name] for name in used}, cx_event=table[rule])
    order = [
        rows[time],
        *(rows[name] for name in used if name != time),
    ]  # all columns, so that every engine keeps the same row
    rows = rows.mutate(
        cx_place=ibis.row_number().over(group_by="cx_event", order_by=order),
        **{COPIES: rows.count().over(group_by="cx_event")},
    )
    alone = rows.cx_event.isnull()
    rows = rows.mutate(**{COPIES: ibis.ifelse(alone, 1, rows[COPIES])})
    return rows.filter(alone | (rows.cx_place == 0)).drop("cx_event", "cx_place")


def refuse_unequal(table: ir.Table, rule: str | None, *, used: Sequence[str]) -> None:
    """Refuse rows of one event's id that differ in a column that is used; `rule` as in
    `drop_duplicates`.

    Raises
    ------
    ColumnError, ParameterError
        As `drop_duplicates`.
    """
    if rule in (None, SUM, "exact"):
        return
    check.columns(table.columns, duplicates=rule)
    rows = table.filter(table[rule].notnull())
    differ = [_differ(rows[name], rows.count()) for name in dict.fromkeys(used) if name != rule]
    if not differ:
        return
    events = rows.group_by(cx_event=rows[rule]).aggregate(cx_differ=ibis.or_(*differ))
    unequal = events.filter(events.cx_differ)
    found = (
        unequal.aggregate(n=unequal.count(), first=unequal.cx_event.cast("string").min())
        .to_pyarrow()
        .to_pylist()[0]
    )
    if found["n"]:
        raise ParameterError(
            f"duplicates={rule!r}: the rows of {found['n']:,} "
            f"{'ids differ' if found['n'] > 1 else 'id differ'} (first: {found['first']!r}) in "
            f"{', '.join(map(repr, used))}, so they do not repeat each other; give "
            "duplicates='sum' if they are lines of one order: every row then counts and amounts "
            "are added, or duplicates='exact' if rows that are equal in all of these columns alone "
            "came twice"
        )


def _differ(column: ir.Column, rows: ir.IntegerScalar) -> ir.BooleanValue:
    """Return, within a group, whether there are two values, or some beside missing ones."""
    known = column.count()
    return ((column.min() != column.max()) | ((known > 0) & (known < rows))).fill_null(False)
