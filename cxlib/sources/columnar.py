"""A Parquet file, a folder of such, or a table of a DuckDB database -> a table that the engine
counts where it lies."""

from __future__ import annotations

import functools
import os
import uuid
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import pyarrow as pa

from cxlib.embedded import bound, embedded
from cxlib.rows.table import as_table, known_moments, with_nan
from cxlib.shown.message import Message
from cxlib.sources import database_files, parquet_folders
from cxlib.sources.decoding import refuse_absent
from cxlib.sources.server_tables import open_server_table, read_server_table
from cxlib.sources.table_names import files_of, server_table, table_of
from cxlib.sources.tables import read_parquet


def open_columns(path: Path) -> ir.Table:
    """Return the rows of a file, of a folder of Parquet, or of a table of a database such as
    `shop.duckdb#orders`, in the embedded engine, or of a table of a connection where it lies; none
    is read.

    Raises
    ------
    CxError
        As `as_table`, `parquet_folders.query_of`, `database_files.rows_of` or `open_server_table`.
    """
    if path.is_dir():
        return _view(parquet_folders.query_of(path))
    table = table_of(path)
    if table is None:
        return as_table(path)
    if table.file is None:
        return open_server_table(table)
    refuse_absent(table.file)
    database_files.read_table_names(table)  # where a view reaches no other file
    about = [file.stat() for file in files_of(path)]
    stamp = tuple((it.st_mtime_ns, it.st_ctime_ns, it.st_size, it.st_ino) for it in about)
    catalog = _attached(table.file.resolve(), stamp)
    return _view(database_files.rows_of(embedded().con, table, catalog=catalog))


def _view(query: str) -> ir.Table:
    """Give a query a name in the embedded engine."""
    engine, name = embedded(), f"rows_{uuid.uuid4().hex}"
    engine.raw_sql(f'CREATE VIEW "{name}" AS {query}')
    return known_moments(with_nan(engine.table(name)))


@functools.lru_cache(maxsize=64)
def _attached(file: Path, _stamp: tuple[tuple[int, ...], ...]) -> str:
    """Attach a database for reading alone; return its name in the embedded engine. One that was
    written since, and so has another stamp, is attached anew."""
    catalog = f"file_{uuid.uuid4().hex}"
    try:
        embedded().attach(os.fspath(file), catalog, read_only=True)
    except duckdb.Error as error:
        raise database_files.not_opened(file, error) from None
    return catalog


def open_here(path: Path) -> ir.Table:
    """Return rows as `open_columns` does, in the embedded engine: those of a table of a server are
    read into memory (at most a hundred million cells).

    Use it where rows of several files are joined one by one.
    """
    table = server_table(path)
    return open_columns(path) if table is None else ibis.memtable(read_server_table(table))


def read_columns(path: Path) -> pa.Table:
    """Read all rows of a Parquet file, a folder of such or a table of a database into memory.

    Raises
    ------
    SourceError
        As `tables.read_parquet`, `parquet_folders.query_of`, `database_files.read_table` and
        `read_server_table`.
    """
    if path.is_dir():
        with duckdb.connect() as engine:
            bound(engine)
            engine.execute("SET TimeZone = 'UTC'")
            return database_files.take(engine, parquet_folders.query_of(path), path.name)
    table = table_of(path)
    if table is None:
        return read_parquet(path)
    return database_files.read_table(table) if table.file else read_server_table(table)


def pulled(path: Path, n: int) -> tuple[Message, ...]:
    """Say that the rows of a table of a server were read into memory; nothing of other sources."""
    return (Message("sources.rows_pulled", n=n, file=path.name),) if server_table(path) else ()
