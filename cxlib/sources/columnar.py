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

from cxlib.rows.table import as_table, known_moments
from cxlib.sources import database_files, parquet_folders
from cxlib.sources.decoding import refuse_absent
from cxlib.sources.table_names import files_of, table_of


def open_columns(path: Path) -> ir.Table:
    """Return the rows of a file, of a folder of Parquet, or of a table of a database such as
    `shop.duckdb#orders`, in the embedded engine; none is read.

    Raises
    ------
    CxError
        As `as_table`, `parquet_folders.query_of` or `database_files.rows_of`.
    """
    if path.is_dir():
        return _view(parquet_folders.query_of(path))
    table = table_of(path)
    if table is None or table.file is None:
        return as_table(path)
    refuse_absent(table.file)
    database_files.read_table_names(table)  # where a view reaches no other file
    about = [file.stat() for file in files_of(path)]
    stamp = tuple((it.st_mtime_ns, it.st_ctime_ns, it.st_size, it.st_ino) for it in about)
    catalog = _attached(table.file.resolve(), stamp)
    return _view(database_files.rows_of(ibis.get_backend().con, table, catalog=catalog))


def _view(query: str) -> ir.Table:
    """Give a query a name in the embedded engine."""
    engine, name = ibis.get_backend(), f"rows_{uuid.uuid4().hex}"
    engine.raw_sql(f'CREATE VIEW "{name}" AS {query}')
    return known_moments(engine.table(name))


@functools.lru_cache(maxsize=64)
def _attached(file: Path, _stamp: tuple[tuple[int, ...], ...]) -> str:
    """Attach a database for reading alone; return its name in the embedded engine. One that was
    written since, and so has another stamp, is attached anew."""
    catalog = f"file_{uuid.uuid4().hex}"
    try:
        ibis.get_backend().attach(os.fspath(file), catalog, read_only=True)
    except duckdb.Error as error:
        raise database_files.not_opened(file, error) from None
    return catalog
