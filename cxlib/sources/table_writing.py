"""A table that is to be written, and its columns -> the table, made in one transaction and never in
place of another."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cxlib.errors import SourceError
from cxlib.sources.connection_settings import Settings, read_settings
from cxlib.sources.connections import need_extra
from cxlib.sources.named_connections import end
from cxlib.sources.opening import connect_postgres
from cxlib.sources.table_names import TableName

if TYPE_CHECKING:
    import pyarrow as pa

_KINDS = {"int64": "bigint", "double": "double precision"}  # of all others the text is written


def write_table(name: TableName, rows: pa.Table) -> None:
    """Make a table of these rows, whole or not at all.

    Parameters
    ----------
    name : TableName
        From `target_of`. A DuckDB database is made where there is none; a schema is not.
    rows : pyarrow.Table
        Columns of text, 64-bit whole numbers or floats.

    Raises
    ------
    SourceError
        If there is such a table or view already, which is left as it is; if the role may not make
        one, or the engine cannot be reached.
    """
    _write(name, rows, last="COMMIT")


def refuse_unmakable(name: TableName) -> None:
    """Refuse a table that `write_table` could not make, before anything is computed for it: it is
    made without rows, and taken back.

    Raises
    ------
    SourceError
        As `write_table`.
    """
    if name.file is None or name.file.is_file():
        import pyarrow as pa

        _write(name, pa.table({"weight": pa.array([], pa.float64())}), last="ROLLBACK")


def _write(name: TableName, rows: pa.Table, *, last: str) -> None:
    if name.file is not None:
        _write_duckdb(name, name.file, rows, last=last)
    else:
        _write_postgres(name, read_settings(name.connection or ""), rows, last=last)


def _write_duckdb(name: TableName, file: Path, rows: pa.Table, *, last: str) -> None:
    import duckdb

    end()  # what this process reads of the file itself
    columns = ", ".join(f"{_quoted(column)} {kind}" for column, kind in _columns(rows))
    table = ".".join(map(_quoted, name.parts))
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with duckdb.connect(str(file)) as engine:
            engine.execute(f"BEGIN; CREATE TABLE {table} ({columns})")
            engine.register("cx_rows", rows)
            engine.execute(f"INSERT INTO {table} FROM cx_rows")
            engine.execute(last)
    except (duckdb.Error, RuntimeError) as error:
        raise _not_made(name, str(error), there="already exists" in str(error)) from None


def _write_postgres(name: TableName, settings: Settings, rows: pa.Table, *, last: str) -> None:
    psycopg, sql = (need_extra(module, "postgres") for module in ("psycopg", "psycopg.sql"))
    connection, _ = connect_postgres(settings, reads=False)
    table = sql.Identifier(*name.parts)
    columns = [
        sql.SQL("{} {}").format(sql.Identifier(column), sql.SQL(kind))
        for column, kind in _columns(rows)
    ]
    make = sql.SQL("CREATE TABLE {} ({})").format(table, sql.SQL(", ").join(columns))
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(make)
            with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(table)) as copy:
                for batch in rows.to_batches(max_chunksize=100_000):
                    for row in batch.to_pylist():
                        copy.write_row(list(row.values()))
            cursor.execute(last)
    except psycopg.Error as error:
        there = isinstance(error, psycopg.errors.DuplicateTable)
        raise _not_made(name, str(error), there=there) from None


def _columns(rows: pa.Table) -> list[tuple[str, str]]:
    return [(field.name, _KINDS.get(str(field.type), "text")) for field in rows.schema]


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _not_made(name: TableName, said: str, *, there: bool) -> SourceError:
    first = " ".join(said.split())[:200]
    if there:
        return SourceError(
            f"{name.text!r} is there already and is left as it is; name a table that is not, or "
            "drop it first"
        )
    return SourceError(
        f"{name.text!r} cannot be made ({first}); its schema must be there, and the connection's "
        "role needs the right to make tables in it (GRANT CREATE ON SCHEMA …)"
    )
