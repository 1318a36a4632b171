"""A column of dates on any engine -> the table with that column as dates or instants, and how it
was read."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

from cxlib.embedded import embedded
from cxlib.errors import ColumnError
from cxlib.rows.date_columns import DateColumn, read_date_column
from cxlib.rows.engines import instant_of, place_rows
from cxlib.shown.message import Message

MOST_VALUES = 250_000  # different texts or numbers of another engine that are read here


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EventTimes:
    """Events whose times have been read.

    Attributes
    ----------
    table : Ibis table
        The events, with dates, or with instants where they have a time of day.
    facts : dict of str to value
        What was aggregated: `cx_n` (rows with a time), and `further` of `read_times`.
    notes : tuple of Message
        How the times were read.
    """

    table: ir.Table
    facts: Mapping[str, Any]
    notes: tuple[Message, ...] = ()


def read_times(
    table: ir.Table,
    name: str,
    *,
    zone: str,
    dates: str | None = None,
    further: Mapping[str, ir.Value] | None = None,
) -> EventTimes:
    """Read the times of events where they lie.

    Parameters
    ----------
    name : str
        Column of dates or moments, of text, or of numbers.
    zone : str
        Where times without a zone were written.
    dates : {None, "day first", "month first", "year first"}
        As `read_date_column` takes it.
    further : dict of str to aggregate
        What else is found out of the table.

    Raises
    ------
    CxError
        As `read_dates`; also if text or numbers of another engine than DuckDB have more than
        250,000 different values.

    Notes
    -----
    PostgreSQL and Spark read few ways of writing a date, and PostgreSQL ends the query at the first
    that is none. So their texts and numbers, each different one once, are read here by the rules of
    files, and what they mean is joined with the rows there.
    """
    kind, further = table[name].type(), further or {}
    wanted: dict[str, Any] = {"parameter": "time", "dates": dates, "one_kind": True}
    typed = kind.is_date() or kind.is_timestamp()
    if table.get_backend().name != "duckdb" and not typed:
        return _by_values(table, name, zone, wanted, further)
    when = read_date_column(table, name, further=further, **wanted)
    read = table.mutate(**{name: _time(when, zone, table)})
    return EventTimes(table=read, facts=_together(when.groups), notes=when.notes)


def _by_values(
    table: ir.Table,
    name: str,
    zone: str,
    wanted: Mapping[str, Any],
    further: Mapping[str, ir.Value],
) -> EventTimes:
    values = _values(table, name)
    here = ibis.memtable(values)
    try:
        when = read_date_column(here, name, **wanted)
    except ColumnError:  # which counts values, where it must count rows
        read_date_column(_each_row(values, name), name, **wanted)
        raise
    time = _time(when, zone, here)
    meant = here.select(cx_text=here[name], cx_time=time, cx_n=here.cx_n).to_pyarrow()
    meant = meant.filter(pc.is_valid(meant["cx_time"]))
    found = table.aggregate(**further).to_pyarrow().to_pylist()[0] if further else {}
    facts = {"ids": -1, **found, "cx_n": pc.sum(meant["cx_n"]).as_py() or 0}
    placed = place_rows(meant.select(["cx_text", "cx_time"]), table)
    joined = table.left_join(placed, table[name] == placed.cx_text)
    read = joined.select(
        **{each: joined[each if each != name else "cx_time"] for each in table.columns}
    )
    return EventTimes(table=read, facts=facts, notes=when.notes)


def _values(table: ir.Table, name: str) -> pa.Table:
    """Return the different values of a column, and how many rows have each."""
    groups = table.group_by(cx_value=table[name]).aggregate(cx_n=table.count())
    found = groups.limit(MOST_VALUES + 1).to_pyarrow()
    if found.num_rows > MOST_VALUES:
        raise ColumnError(
            f"time={name!r} holds {str(table[name].type()).removeprefix('!')} with more than "
            f"{MOST_VALUES:,} different values, and dates are read of fewer where they lie; give a "
            "column of dates or timestamps, such as of a view that casts it, or copy the table to "
            "Parquet"
        )
    return found.rename_columns([name, "cx_n"])


def _each_row(values: pa.Table, name: str) -> ir.Table:
    """Return values as often as there are rows, for a refusal that counts them."""
    engine, place = embedded(), f"rows_{uuid.uuid4().hex}"
    engine.con.register(place, values)
    quoted = '"' + name.replace('"', '""') + '"'
    engine.raw_sql(
        f'CREATE TEMPORARY VIEW "{place}_each" AS SELECT {quoted} FROM "{place}", range(cx_n)'
    )
    return engine.table(f"{place}_each", database=("temp", "main"))


def _time(when: DateColumn, zone: str, table: ir.Table) -> Any:
    """Return dates as dates, and moments as instants; a log has one or the other."""
    kinds = list(when.kinds)
    if not kinds:
        return when.wall  # nothing is there
    if kinds == ["date"]:
        return when.wall.cast("date")
    if kinds == ["instant"]:
        return when.instant
    return instant_of(zone, when.wall.cast("timestamp"), table)


def _together(groups: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Add up what was counted by shape; of examples, the first in order of text."""
    names = [name for name in groups[0] if name != "cx_shape"] if groups else ["rows", "cx_n"]
    found: dict[str, Any] = {}
    for name in names:
        values = [group[name] for group in groups if group[name] is not None]
        found[name] = min(values, default="") if "example" in name else sum(values)
    return {"ids": -1, **found}
