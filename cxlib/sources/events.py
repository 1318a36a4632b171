"""An event log -> an Ibis table of who, when and how much, checked by one query and otherwise left
where it lies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Never

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, SourceError
from cxlib.rows.conditions import Condition, Kept, parse_condition
from cxlib.rows.event_times import read_times
from cxlib.rows.table import literal
from cxlib.shown.message import Message
from cxlib.sources import kinds, tables
from cxlib.sources.amounts import WHOLE, amount_facts, read_amounts
from cxlib.sources.columnar import open_columns
from cxlib.sources.layouts import collapsed
from cxlib.sources.table_names import is_columnar


def read_events(
    path: str | Path,
    *,
    customer: str,
    time: str,
    zone: str = "UTC",
    value: str | None = None,
    duplicates: str | None = None,
    dates: str | None = None,
    sheet: str | int | None = None,
    where: Condition | str | None = None,
) -> ir.Table:
    """Open an event log (orders, logins, spells of a subscription); no row is pulled.

    Parameters
    ----------
    path : str or Path
        CSV or Parquet, read where it lies; or what else `read_survey` reads (other encodings,
        Excel, JSON lines, SPSS, Stata), held in memory. One header row, one row an event.
    customer : str
        Column with the customer's id.
    time : str
        Column with the event's date or time, of one kind and one pattern throughout: dates, time
        stamps, text (`2026-07-01`, `2026-07-01T09:30:00+09:00`, `13.01.2024 09:30`,
        `1/15/2026 9:05 AM`, `2026年7月1日`, `Jul 1, 2026`), seconds, milliseconds or microseconds
        since 1970, 20260701, or Excel's days.
    zone : str
        Where times without a zone were written, such as `Asia/Tokyo`.
    value : str, optional
        Column with a number (amount, quantity); a decimal comma and marks between thousands are
        read where all values agree.
    duplicates : str, optional
        Column with an event's own id, by which a study tells rows that came twice.
    dates : {None, "day first", "month first", "year first"}
        How to read 03/04/2024 and 03/04/24, where no value of the column tells.
    sheet : str or int, optional
        Of a workbook, as `read_survey` takes it.
    where : Condition or str, optional
        A condition on the rows, by any columns of the log (see `conditions.parse_condition`); the
        engine filters by it, and days in it are meant in `zone`.

    Returns
    -------
    ibis.expr.types.Table
        These columns under their own names:

        - `customer`: type as stored; of a CSV, int64 if every id is a plain number without
          leading zeros, else text;
        - `time`: **date** where the log has dates without a time, which no zone ever shifts;
          otherwise an instant, **timestamp('UTC')**. Convert an instant to the zone of the report
          before a period is cut from it; do not convert a date;
        - `value`: int64 or float64 (a NaN is a null);
        - `duplicates`: as stored, text without blanks around it.

        Rows without a customer, time or value stay in, as nulls: the study counts them.

    Raises
    ------
    SourceError
        If the file is absent, no table, or cannot be read as what it is named.
    EmptyDataError
        If there are no rows, or no row has a time.
    ColumnError
        If a column is absent or there twice, a time is no date or time stamp, dates and time stamps
        are mixed, or a value is no finite number.
    ParameterError
        If `zone` is unknown or one column is named twice.

    Notes
    -----
    One aggregate query reads the columns once, to check them and to choose the types; the CSV
    itself is read again by each query on the table. Columns of a CSV are read as text first: a
    reader that guesses would turn the id "007" into 7. Time stamps that carry a zone or offset are
    instants whatever `zone` says. A wall time that a change of clocks skips or repeats is resolved
    as DuckDB (ICU) does it."""
    log = open_event_log(
        path, customer=customer, time=time, zone=zone, value=value, duplicates=duplicates,
        dates=dates, sheet=sheet, where=where,
    )  # fmt: skip
    return log.table


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class EventLog:
    """An opened event log.

    Attributes
    ----------
    table : Ibis table
        As `read_events` returns it.
    rows : int
        How many it has, from the query that checked them.
    notes, warnings : tuple of Message
        How it was read, and what can change a number.
    """

    table: ir.Table
    rows: int
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()


def open_event_log(
    path: str | Path,
    *,
    customer: str,
    time: str,
    zone: str = "UTC",
    value: str | None = None,
    duplicates: str | None = None,
    dates: str | None = None,
    sheet: str | int | None = None,
    where: Condition | str | None = None,
) -> EventLog:
    """Open an event log as `read_events`, and say how it was read.

    Raises
    ------
    CxError
        As `read_events`.
    """
    columns = {"customer": customer, "time": time, "value": value, "duplicates": duplicates}
    _check_parameters(zone, **columns)
    path = Path(path)
    asked = parse_condition(where) if isinstance(where, str) else where
    given: dict[str, Any] = {**columns, "zone": zone, "dates": dates, "where": asked}
    lazy = None if sheet is not None else _opened(path, _named(asked, **columns).values())
    if lazy is not None:
        try:
            _refuse_repeated(path, lazy, **columns)
            text = not is_columnar(path)
            commas = _has_commas(path)
            typed, n, notes = _typed(lazy, path.name, text=text, commas=commas, **given)
            return EventLog(table=typed, rows=n, notes=notes)
        except duckdb.Error as error:  # its cells or its letters are none that DuckDB reads
            if is_columnar(path):
                raise SourceError(
                    f"{path.name!r} cannot be read ({' '.join(str(error).split())[:200]}); write "
                    "it again as Parquet"
                ) from None
    raw = tables.read_rows(path, sheet=sheet)
    table = _laid_out(raw, path.name, **_named(asked, **columns))
    typed, n, notes = _typed(table, path.name, text=True, **given)
    left_out = (Message("sources.rows_left_out", n=raw.left_out),) if raw.left_out else ()
    notes = (*raw.notes, *left_out, *notes)
    return EventLog(table=typed, rows=n, notes=notes, warnings=raw.warnings)


def _has_commas(path: Path) -> bool:
    """Return whether a text file has no semicolons between its columns."""
    if path.suffix.lower() not in kinds.TEXTS or not path.is_file():
        return True
    with path.open("rb") as file:
        return b";" not in file.readline(kinds.START)


def _named(where: Condition | None, **columns: str | None) -> dict[str, str | None]:
    """Return the columns that are wanted, with those that a condition names."""
    there = set(columns.values())
    asked = () if where is None else where.columns
    return {**columns, **{f"where {name}": name for name in asked if name not in there}}


def choose_events(
    path: str | Path, where: Condition, *, zone: str = "UTC", sheet: str | int | None = None
) -> Kept:
    """Return the rows of an event log that meet a condition, as they stand in the file, and what
    there is to say about it; see `read_events`."""
    path = Path(path)
    table = None if sheet is not None else _opened(path, where.columns)
    if table is None:
        table = _laid_out(tables.read_rows(path, sheet=sheet), path.name, **_named(where))
    return where.apply(table, file=path.name, zone=zone)


def open_rows(
    path: str | Path,
    *,
    zone: str = "UTC",
    sheet: str | int | None = None,
    where: Condition | str | None = None,
) -> ir.Table:
    """Open an event log with all its columns as they stand in the file, text where it has no types,
    to look at what lies beside the columns of `read_events`."""
    path = Path(path)
    table = None if sheet is not None else _opened(path, ())
    if table is not None:
        try:  # the cells and letters of some files are none that DuckDB reads
            table.count().to_pyarrow()
        except duckdb.Error:
            table = None
    if table is None:
        raw = tables.read_rows(path, sheet=sheet)
        header = [collapsed(cell) for cell in raw.rows[0]]
        once = [name for name in header if name and header.count(name) == 1]
        table = _laid_out(raw, path.name, **dict(zip(once, once, strict=True)))
    asked = parse_condition(where) if isinstance(where, str) else where
    return table if asked is None else asked.filter(table, zone=zone)


def _opened(path: Path, wanted: Iterable[str | None]) -> ir.Table | None:
    """Return the table of a file that DuckDB reads where it lies, all columns of a text as text, so
    that no id becomes a number before it was looked at; None where another reader is needed."""
    suffix = path.suffix.lower()
    if is_columnar(path) or not path.is_file():
        return open_columns(path)
    if suffix not in kinds.TEXTS:
        return None
    with path.open("rb") as file:
        start = file.read(kinds.START)
    if not start or b"\0" in start:  # UTF-16
        return None
    try:
        table = ibis.read_csv(literal(path), all_varchar=True, header=True, skip=0)
    except duckdb.Error:
        return None
    return table if {name for name in wanted if name} <= set(table.columns) else None


def _laid_out(raw: tables.RawTable, file: str, **wanted: str | None) -> ir.Table:
    """Return the columns that are wanted, as text, of a table that is held in memory."""
    header, *rows = [[collapsed(cell) for cell in raw.rows[0]], *raw.rows[1:]]
    asked = {key: name for key, name in wanted.items() if key.startswith("where ")}
    check.columns(header, **{key: name for key, name in wanted.items() if key not in asked})
    check.columns(header, where=[name for name in asked.values() if name is not None])
    columns = {}
    for parameter, name in wanted.items():
        if name is None:
            continue
        if header.count(name) > 1:
            _refuse_twice(parameter, name, file)
        place = header.index(name)
        columns[name] = pa.array(_texts([row[place] for row in rows]), pa.string())
    return ibis.memtable(pa.table(columns))


def _texts(cells: list[Any]) -> list[str | None]:
    """Write cells as text: whole numbers without a fraction, and dates alone where no cell of the
    column has a time."""
    clocks = [cell.time() for cell in cells if isinstance(cell, dt.datetime)]
    days = bool(clocks) and not any(clock.replace(tzinfo=None) != dt.time() for clock in clocks)

    def text(cell: Any) -> str | None:
        if cell is None or cell == "":
            return None
        if isinstance(cell, dt.datetime) and days:
            return cell.date().isoformat()
        if isinstance(cell, dt.date):
            return cell.isoformat()
        whole = isinstance(cell, float) and cell.is_integer() and abs(cell) < 2**53
        return str(int(cell)) if whole else str(cell)

    return [text(cell) for cell in cells]


def _refuse_repeated(path: Path, table: ir.Table, **wanted: str | None) -> None:
    """Refuse a header that stands over two columns of a CSV: DuckDB would take the first and call
    the other `<name>_1`."""
    for parameter, name in wanted.items():
        if not is_columnar(path) and f"{name}_1" in table.columns:
            first = (
                ibis.read_csv(literal(path), all_varchar=True, header=False, skip=0)
                .limit(1)
                .to_pyarrow()
                .to_pylist()[0]
            )
            if list(first.values()).count(name) > 1:
                _refuse_twice(parameter, str(name), path.name)


def _refuse_twice(parameter: str, name: str, file: str) -> Never:
    raise ColumnError(
        f"{parameter}={name!r}: {file!r} has more than one column of this name; give each its own"
    )


def _check_parameters(zone: str, **columns: str | None) -> None:
    check.zone(zone)
    named = {parameter: name for parameter, name in columns.items() if name is not None}
    if len(set(named.values())) < len(named):
        given = ", ".join(f"{parameter}={name!r}" for parameter, name in named.items())
        raise ParameterError(f"{given} must be different columns")


def _typed(
    table: ir.Table,
    file: str,
    *,
    customer: str,
    time: str,
    zone: str,
    value: str | None,
    duplicates: str | None,
    dates: str | None,
    where: Condition | None,
    text: bool,
    commas: bool = True,
) -> tuple[ir.Table, int, tuple[Message, ...]]:
    """Return the columns that are wanted with their types, how many rows there are, and how they
    were read."""
    names = [name for name in (customer, time, value, duplicates) if name is not None]
    table = (table if where is None else where.filter(table, zone=zone)).select(*names)
    texts = [name for name in names if table[name].type().is_string()]
    apart = [name for name in texts if name not in (customer, time)]
    table = table.mutate(**{name: table[name].strip().nullif("") for name in apart})
    if text:
        table = table.mutate(**{customer: table[customer].nullif("")})
    wanted = _wanted(table, customer, value)
    times = read_times(table, time, zone=zone, dates=dates, further=wanted)
    table, facts, notes = times.table, times.facts, times.notes
    if facts["rows"] == 0 or facts["cx_n"] == 0:
        raise EmptyDataError(
            f"{file!r} has {facts['rows']:,} rows, and time={time!r} is filled in "
            f"{facts['cx_n']:,} of "
            "them; give a log with at least one event"
        )
    changed: dict[str, Any] = {}
    if text and facts["ids"] == 0:
        changed[customer] = table[customer].cast("int64")
    if value is not None:
        if commas:  # a file with commas between columns has points before decimals
            facts = {**facts, "thousands": 0}
        amounts = read_amounts(table, value, parameter="value", facts=facts)
        changed[value] = amounts.column
        notes += amounts.notes
    return table.mutate(**changed).select(*names), int(facts["rows"]), notes


def _wanted(table: ir.Table, customer: str, value: str | None) -> dict[str, Any]:
    """Return what decides the types, counted in the pass over the times; what is refused is none of
    it, or has the first in order of text as example."""
    wanted: dict[str, Any] = {"rows": table.count()}
    if table[customer].type().is_string():
        wanted["ids"] = (~table[customer].re_search(f"^(?:{WHOLE})$")).fill_null(False).sum()
    if value is not None:
        wanted |= amount_facts(table[value])
    return wanted
