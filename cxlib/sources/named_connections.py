"""A table's name -> the table, in a connection opened once for reading alone, and its facts."""

from __future__ import annotations

import atexit
import datetime as dt
import os
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxlib import check
from cxlib.errors import ParameterError, SourceError
from cxlib.sources.asked_once import forget_answers
from cxlib.sources.catalogs import (
    catalog_name,
    default_schemas,
    find_place,
    is_restricted,
    list_places,
    shortest,
    table_at,
)
from cxlib.sources.connection_settings import Settings, read_settings
from cxlib.sources.engine_errors import refuse_engine_errors
from cxlib.sources.opening import Opened, open_engine, take_snapshot
from cxlib.sources.parquet_folders import read_folder_schema
from cxlib.sources.spark_folders import drop_views, folder_of
from cxlib.sources.table_names import TableName, read_source

if TYPE_CHECKING:
    import ibis


@dataclass(frozen=True, slots=True)
class TableFacts:
    """What is known of a table at the moment when it is read, for provenance.

    Attributes
    ----------
    connection : str or None
        Name of the connection; None where the table lies in a file.
    engine, version : str
        `duckdb`, `postgres` or `spark`, and which one.
    table : tuple of str
        Catalog, schema and table, as the engine spells them.
    columns : tuple of (str, str)
        Names and types, types as Ibis writes them.
    rows : int
    newest : datetime.datetime, datetime.date or None
        The latest value of the column of times that was named, where it has moments or days.
    restricted : bool
        Whether PostgreSQL shows this role some of the rows alone (row-level security of the table
        itself; of what a view looks at, it is not known).
    snapshot : str or None
        Of PostgreSQL, what `pg_current_snapshot()` says; the others have none.
    bytes : int or None
        Size of a DuckDB file, with its log.
    modified : datetime.datetime or None
        When a DuckDB file, or its log, was last written (UTC).
    """

    connection: str | None
    engine: str
    version: str
    table: tuple[str, ...]
    columns: tuple[tuple[str, str], ...]
    rows: int
    newest: dt.datetime | dt.date | None
    restricted: bool
    snapshot: str | None
    bytes: int | None
    modified: dt.datetime | None


@dataclass(frozen=True, slots=True)
class ConnectionFacts:
    """What `cx connect test` shows of a connection.

    Attributes
    ----------
    name, engine, version : str
    tables : tuple of str
        Those that may be read, each as it is written behind `name:`.
    held_back : bool
        Whether the engine itself refuses to write; on Spark it is only us who never write.
    """

    name: str
    engine: str
    version: str
    tables: tuple[str, ...]
    held_back: bool


_lock = threading.RLock()
_open: dict[tuple[int, Settings], Opened] = {}  # a forked process opens its own


def open_table(name: TableName | str) -> ibis.Table:
    """Return a table where it lies; its connection is opened once in a process, and read only.

    Use it in a study's `read`; what is counted of the table is counted by the engine. All tables of
    one connection to PostgreSQL are seen as they were when the first of them was opened, until
    `end`.

    Parameters
    ----------
    name : TableName or str
        Such as `warehouse:public."Order Lines"` or `shop.duckdb#orders` (see `read_source`).

    Returns
    -------
    ibis.Table

    Raises
    ------
    ParameterError
        If it is no table's name, there is no such connection, or its settings are refused.
    SourceError
        If the engine cannot be reached or does not let us in; if there is no such table, with the
        nearest; or if the role may not read it. A password is never repeated.

    Notes
    -----
    - DuckDB opens its file for reading alone.
    - PostgreSQL: one transaction, REPEATABLE READ and READ ONLY, with a limit of time for each
      query (15 min, or `timeout`). So no temporary table can be made in it.
    - Spark: tables are the folders of Parquet in `warehouse`, `<table>/` and
      `<schema>.db/<table>/` as Spark writes them, and what a catalog of its own configuration
      knows. It has no snapshot; the files are those of the first look. A session that this process
      already has is used.
    """
    table = read_source(name) if isinstance(name, str) else name
    if isinstance(table, Path):
        raise ParameterError(
            f"source {table.as_posix()!r} is a file, or the table of no connection; give "
            "connection:table or shop.duckdb#table, and read files with read_survey or read_events"
        )
    with _lock, refuse_engine_errors(table):
        opened = _connection(table)
        opened.read.append(table.text)
        return _table(opened, table)


def _table(opened: Opened, name: TableName) -> ibis.Table:
    """Return a table, which is looked for once."""
    if name.parts not in opened.tables:
        place = find_place(opened.engine, name, opened.settings.warehouse)
        opened.tables[name.parts] = table_at(opened.engine, place)
    return opened.tables[name.parts]


def column_names(name: TableName) -> list[str]:
    """Return the names of the columns of a table, of which no row is read.

    Raises
    ------
    ParameterError, SourceError
        As `open_table`.
    """
    with _lock, refuse_engine_errors(name):
        if folder := folder_of(name.parts, _settings(name).warehouse):
            return list(read_folder_schema(folder).names)  # Spark takes seconds to start
        return list(_table(_connection(name), name).columns)


def facts(
    name: TableName,
    *,
    newest: str | None = None,
    plain: Callable[[ibis.Table], ibis.Table] = lambda table: table,
) -> TableFacts:
    """Return what provenance says of a table; it is counted for that.

    Parameters
    ----------
    name : TableName
    newest : str, optional
        Column of times, whose latest value is told.
    plain : callable, optional
        Makes of a table its rows in the types that files have, in which moments are told.

    Returns
    -------
    TableFacts

    Raises
    ------
    ParameterError, SourceError
        As `open_table`; also if the transaction has ended in which the table was read.
    """
    with _lock, refuse_engine_errors(name):
        opened = _connection(name)
        engine, settings = opened.engine, opened.settings
        place = find_place(engine, name, settings.warehouse)
        table = table_at(engine, place)
        size, modified = _file_state(settings.file)
        rows, latest = _counted(plain(table), newest)
        return TableFacts(
            connection=name.connection,
            engine=settings.engine,
            version=_version(engine),
            table=(catalog_name(engine), place.schema, place.table),
            columns=tuple((column, str(kind)) for column, kind in table.schema().items()),
            rows=rows,
            newest=latest,
            restricted=is_restricted(engine, place),
            snapshot=_same_snapshot(opened),
            bytes=size,
            modified=modified,
        )


def _counted(table: ibis.Table, newest: str | None) -> tuple[int, Any]:
    """Return the number of rows, and the latest moment or day of a column that has such."""
    wanted: dict[str, Any] = {"rows": table.count()}
    if newest in table.columns and table[newest].type().is_temporal():
        wanted["newest"] = table[newest].max()
    [found] = table.aggregate(**wanted).to_pyarrow().to_pylist()
    latest = found.get("newest")
    return int(found["rows"]), latest if isinstance(latest, dt.date) else None


def look(name: str, *, schema: str | None = None) -> ConnectionFacts:
    """Return what a connection is and which of its tables may be read.

    Parameters
    ----------
    name : str
        Of `connections.toml`.
    schema : str, optional
        Whose tables alone are looked for.

    Returns
    -------
    ConnectionFacts

    Raises
    ------
    ParameterError, SourceError
        As `open_table`; also if there is no table in such a schema.
    """
    with _lock:
        opened = _open_once(read_settings(name))
        engine = opened.engine
        schemas = default_schemas(engine)
        places = list_places(engine, opened.settings.warehouse)
        places = [place for place in places if place.readable]
        if schema is not None:
            known = sorted({place.schema for place in places})
            check.one_of("schema", schema, known)
            places = [place for place in places if place.schema == schema]
        return ConnectionFacts(
            name=name,
            engine=opened.settings.engine,
            version=_version(engine),
            tables=tuple(shortest(place, schemas) for place in places),
            held_back=engine.name != "pyspark",
        )


def anew(names: Iterable[TableName]) -> None:
    """Begin anew with the connections of what is read now: it is read as it is now, and what was
    read before through one of them is asked no more.

    A transaction in which only headers were looked at ends and another begins. One in which rows
    were read is closed with its connection, so that no page has rows of two moments: asking a table
    of it again is refused.

    Parameters
    ----------
    names : iterable of TableName

    Raises
    ------
    ParameterError, SourceError
        As `open_table`.
    """
    with _lock:
        for name in {each.connection: each for each in names if each.connection}.values():
            with refuse_engine_errors(name):
                _begin_again(read_settings(str(name.connection)))


def _begin_again(settings: Settings) -> None:
    key = (os.getpid(), settings)
    opened = _open.get(key)
    if opened is None:
        return
    opened.tables.clear()
    forget_answers(opened.engine)
    if settings.engine == "spark":
        drop_views(opened.engine)
    elif opened.read or _lost(opened):
        _close(_open.pop(key))
    elif settings.engine == "postgres":
        opened.engine.con.rollback()
        _open[key] = replace(opened, snapshot=take_snapshot(opened.engine.con))


def end() -> None:
    """Close every connection that this process opened: at the end of a run, or of a kernel.

    A transaction is rolled back; Spark stops unless its session was there before. What was opened
    before may not be asked any more, and the next `open_table` opens anew."""
    with _lock:
        for key in [key for key in _open if key[0] == os.getpid()]:
            _close(_open.pop(key))


def _close(opened: Opened) -> None:
    with suppress(Exception):  # the server may be gone
        if opened.settings.engine == "postgres":
            opened.engine.con.close()  # which rolls back
        elif opened.ours:
            opened.engine.disconnect()


def _connection(name: TableName) -> Opened:
    return _open_once(_settings(name))


def _settings(name: TableName) -> Settings:
    if name.file is not None:
        file = name.file.resolve()
        return Settings(name=name.file.as_posix(), engine="duckdb", told_in=file, file=file)
    if name.connection is None:
        raise ParameterError(f"source {name.text!r} names neither a connection nor a file")
    return read_settings(name.connection)


def _open_once(settings: Settings) -> Opened:
    key = (os.getpid(), settings)
    if key in _open and (lost := _lost(_open[key])):
        _close(_open.pop(key))
        raise SourceError(
            f"connection {settings.name!r}: {lost}, so that its rows may be others than before; "
            "run the notebook again from its first cell"
        )
    if key not in _open:
        if not _open:
            atexit.register(end)
        _open[key] = open_engine(settings)
    return _open[key]


def _lost(opened: Opened) -> str:
    """Return why rows that are read now are not those of before; nothing where they are."""
    if opened.settings.engine != "postgres":
        return ""
    connection = opened.engine.con
    if connection.closed:
        return "the server ended it"
    status = connection.info.transaction_status.name
    return "" if status in ("INTRANS", "ACTIVE") else "its transaction has ended"


def _same_snapshot(opened: Opened) -> str | None:
    if opened.snapshot is None:
        return None
    now = take_snapshot(opened.engine.con)
    if now != opened.snapshot:
        raise SourceError(
            f"connection {opened.settings.name!r}: its rows are now those of another moment "
            f"({now}) than when it was opened ({opened.snapshot}); run the notebook again from its "
            "first cell"
        )
    return now


def _version(engine: Any) -> str:
    return engine._session.version if engine.name == "pyspark" else str(engine.version)


def _file_state(file: Path | None) -> tuple[int | None, dt.datetime | None]:
    if file is None:
        return None, None
    log = file.with_name(file.name + ".wal")  # rows that are not yet in the file itself
    states = [path.stat() for path in (file, log) if path.is_file()]
    newest = max(state.st_mtime for state in states)
    return sum(state.st_size for state in states), dt.datetime.fromtimestamp(newest, dt.UTC)
