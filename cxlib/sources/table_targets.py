"""What is to be written, as text -> the table that it names, which need not be there."""

from __future__ import annotations

from pathlib import Path

from cxlib.errors import ParameterError
from cxlib.sources.connection_settings import read_settings
from cxlib.sources.table_names import TableName, before_hash, is_named, read_source, split_names


def target_of(path: Path) -> TableName | None:
    """Return the table to write that a path names; None for a file.

    Of a table in a DuckDB database neither the table nor the file need be there.

    Raises
    ------
    ParameterError
        If it is no table's name, there is no such connection, or tables cannot be written there.
    """
    found = before_hash(path.as_posix())
    if found is not None:
        file, names = found
        parts = split_names(names, source=path.as_posix(), before=f"{file.as_posix()}#")
        return TableName(text=path.as_posix(), connection=None, file=file, parts=parts)
    if not is_named(path):
        return None
    table = read_source(path)
    if not isinstance(table, TableName) or table.connection is None:
        return None
    settings = read_settings(table.connection)
    if settings.engine == "spark":
        raise ParameterError(
            f"{table.text!r}: tables of Spark are read and never written; give a file (.csv, "
            ".parquet), a table of PostgreSQL, or one of DuckDB: weights.duckdb#weights"
        )
    if settings.engine == "duckdb":
        return TableName(text=table.text, connection=None, file=settings.file, parts=table.parts)
    return table
