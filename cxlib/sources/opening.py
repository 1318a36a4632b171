"""The settings of a connection -> the engine, open and only for reading."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxlib.errors import ParameterError, SourceError
from cxlib.secrecy import MASK, masked, read_secret
from cxlib.sources import connections
from cxlib.sources.asked_once import keep_answers
from cxlib.sources.connection_settings import Settings
from cxlib.sources.engine_errors import guard
from cxlib.sources.spark_folders import is_remote

if TYPE_CHECKING:
    import pyarrow as pa

WAITS = 10  # seconds for a server to answer at all
_WRITTEN = {"TimeZone": "UTC", "DateStyle": "ISO, YMD"}  # moments and days as text: one way for all
_SNAPSHOT = "SELECT pg_current_snapshot()::text"  # PostgreSQL 13 and later


@dataclass(frozen=True, slots=True)
class Opened:
    """A connection that is open.

    Attributes
    ----------
    settings : Settings
    engine : ibis.BaseBackend
    snapshot : str or None
        Of PostgreSQL: that of the transaction in which all is read.
    ours : bool
        Whether it ends with us: a session of Spark may have been there before.
    read : list of str
        Tables of which rows were asked for.
    tables : dict of tuple of str to ibis.Table
        By their names, as they were found.
    """

    settings: Settings
    engine: Any
    snapshot: str | None = None
    ours: bool = True
    read: list[str] = field(default_factory=list)
    tables: dict[tuple[str, ...], Any] = field(default_factory=dict)


def open_engine(settings: Settings) -> Opened:
    """Open a connection for reading alone.

    Parameters
    ----------
    settings : Settings

    Returns
    -------
    Opened

    Raises
    ------
    ParameterError
        If its password cannot be read.
    SourceError
        If the engine cannot be reached, or the extra or the file is not there. A password is never
        repeated.
    """
    return _OPENERS[settings.engine](settings)


def _open_duckdb(settings: Settings) -> Opened:
    file = settings.file or Path()
    if not file.is_file():
        raise SourceError(
            f"connection {settings.name!r} in {settings.told_in.as_posix()}: there is no file "
            f"{masked(file.absolute().as_posix())!r}; write the whole path of a DuckDB database"
        )
    return Opened(settings, connections.connect(f"duckdb://{file.absolute()}"))


def _open_postgres(settings: Settings) -> Opened:
    import ibis

    opened, snapshot = connect_postgres(settings)
    engine = ibis.postgres.from_connection(opened)
    # by these Ibis tells two engines apart, and all of PostgreSQL are one to it without
    engine._con_args = (settings.name, id(opened))
    _close_in_time(engine)
    guard(engine, settings.name)
    keep_answers(engine)
    return Opened(settings, engine, snapshot)


def connect_postgres(settings: Settings, *, reads: bool = True) -> tuple[Any, str | None]:
    """Connect to PostgreSQL; where it only reads, all of it is one transaction, whose snapshot is
    returned too.

    Raises
    ------
    ParameterError, SourceError
        As `open_engine`.
    """
    psycopg = connections.need_extra("psycopg", "postgres")
    password = _password(settings)
    problem, opened, snapshot = "", None, None
    try:
        opened = psycopg.connect(settings.url or "", **_words(settings, password))
        if reads:
            opened.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            opened.read_only = True
        for setting, said in (("statement_timeout", f"{settings.timeout}s"), *_WRITTEN.items()):
            opened.execute("SELECT set_config(%s, %s, false)", [setting, said])
        opened.commit()  # what is set holds for the session; the next query begins the snapshot
        snapshot = take_snapshot(opened) if reads else None
    except psycopg.Error as error:
        problem = _without(" ".join(str(error).split())[:300], password)
        if isinstance(error, psycopg.ProgrammingError):  # it repeats the address
            problem = "its address cannot be read"
    if problem:
        if opened is not None:
            opened.close()
        is_set = password is None and os.environ.get("PGPASSWORD")
        first = ", which is set and comes before ~/.pgpass" if is_set else ""
        raise SourceError(
            f"connection {settings.name!r} in {settings.told_in.as_posix()}: PostgreSQL"
            f"{_at(settings)} cannot be reached ({problem}); check host, port, database and user "
            "there, that it runs and lets you in, and the password: secret://NAME, ~/.pgpass or "
            f"PGPASSWORD{first}"
        )
    return opened, snapshot


def _close_in_time(engine: Any) -> None:
    """Have a cursor closed before its transaction: Ibis does it after, so that of a query that
    failed only the cursor's end is said, and the whole transaction ends with it."""

    def to_pyarrow_batches(
        expr: Any,
        /,
        *,
        params: Any = None,
        limit: Any = None,
        chunk_size: int = 1_000_000,
        **_: Any,
    ) -> pa.RecordBatchReader:
        import pyarrow as pa

        engine._run_pre_execute_hooks(expr)
        schema = expr.as_table().schema()
        query = engine.compile(expr, params=params, limit=limit)
        batches = _batches(engine.con, query, schema.as_struct().to_pyarrow(), chunk_size)
        return pa.RecordBatchReader.from_batches(schema.to_pyarrow(), batches)

    engine.to_pyarrow_batches = to_pyarrow_batches


def _batches(connection: Any, query: str, kind: Any, size: int) -> Iterator[pa.RecordBatch]:
    import pyarrow as pa

    with connection.transaction(), connection.cursor(name=f"cx_{uuid.uuid4().hex}") as cursor:
        cursor.execute(query)
        while rows := cursor.fetchmany(size):
            yield pa.RecordBatch.from_struct_array(pa.array(rows, type=kind))


def take_snapshot(connection: Any) -> str:
    """Return which rows a connection of PostgreSQL sees; its transaction begins with that."""
    [snapshot] = connection.execute(_SNAPSHOT).fetchone()
    return str(snapshot)


def _words(settings: Settings, password: str | None) -> dict[str, Any]:
    given = {
        "host": settings.host,
        "port": settings.port,
        "dbname": settings.database,
        "user": settings.user,
        "password": password,
    }
    waits = {} if "connect_timeout" in (settings.url or "") else {"connect_timeout": WAITS}
    known = {key: value for key, value in given.items() if value is not None}
    return {"application_name": "cxlib", **waits, **known}


def _password(settings: Settings) -> str | None:
    if settings.password is None:
        return None
    try:
        return read_secret(settings.password)
    except ParameterError as error:
        raise ParameterError(
            f"{settings.told_in.as_posix()}, connection {settings.name!r}, password: {error}"
        ) from None


def _without(message: str, password: str | None) -> str:
    for secret in filter(None, (password, os.environ.get("PGPASSWORD"))):
        message = message.replace(secret, MASK)
    return masked(message)


def _at(settings: Settings) -> str:
    if settings.url:
        return f" at {masked(settings.url)}"
    port = f":{settings.port}" if settings.port else ""
    return f" at {settings.host}{port}" if settings.host else ""


def _open_spark(settings: Settings) -> Opened:
    sessions = connections.need_extra("pyspark.sql", "spark").SparkSession
    said = f"connection {settings.name!r} in {settings.told_in.as_posix()}"
    if (folder := settings.warehouse) and not (is_remote(folder) or Path(folder).is_dir()):
        raise SourceError(
            f"{said}: there is no folder {Path(folder).absolute().as_posix()!r}; write the whole "
            "path of the folder in which Spark keeps its tables"
        )
    before = sessions.getActiveSession() or sessions._instantiatedSession  # that of any thread
    if before is not None and before.sparkContext.master != settings.master:
        raise SourceError(
            f"{said}: this process has Spark at {before.sparkContext.master!r} open already, and "
            f"only one can be, and not {settings.master!r} beside it; restart the kernel, or give "
            "the connections the same master"
        )
    where = {"spark_sql_warehouse_dir": folder} if folder else {}
    try:
        engine = connections.start_spark(settings.master, **where)
    except SourceError as error:
        raise SourceError(f"{said}: {error}") from None
    guard(engine, settings.name)
    return Opened(settings, engine, ours=before is None)


_OPENERS: dict[str, Callable[[Settings], Opened]] = {
    "duckdb": _open_duckdb,
    "postgres": _open_postgres,
    "spark": _open_spark,
}
