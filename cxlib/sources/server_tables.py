"""A table of a connection to a server -> its rows, with the types that files have, where they lie
or in memory; and what provenance says of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxlib.errors import EmptyDataError, ParameterError, SourceError
from cxlib.sources import named_connections
from cxlib.sources.database_files import MOST_CELLS
from cxlib.sources.engine_errors import refuse_engine_errors
from cxlib.sources.engine_types import with_plain_types
from cxlib.sources.table_names import TableName, server_table, table_of

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa


def open_server_table(name: TableName) -> ir.Table:
    """Return a table where it lies, with the types that files have; none of its rows is moved.

    Raises
    ------
    ParameterError, SourceError
        As `named_connections.open_table`.
    EmptyDataError
        If it has no columns.
    """
    table = named_connections.open_table(name)
    if not table.columns:
        raise EmptyDataError(f"{name.text!r} has no columns; give a table with rows")
    with refuse_engine_errors(name):
        return with_plain_types(table)


def read_server_table(name: TableName) -> pa.Table:
    """Read all rows of a table into memory.

    Raises
    ------
    SourceError
        As `open_server_table`; or if there are more than a hundred million cells.
    """
    rows = open_server_table(name)
    with refuse_engine_errors(name):
        n = int(rows.count().to_pyarrow().as_py())
        if n * len(rows.columns) > MOST_CELLS:
            raise SourceError(
                f"{name.text!r} has {n:,} rows of {len(rows.columns):,} columns, which are read "
                f"into memory, and at most {MOST_CELLS:,} cells are; give a view of the columns "
                "and rows that are needed"
            )
        return rows.to_pyarrow()


def begin_reading(*paths: Path | None) -> None:
    """Begin anew with the connections of what a study reads now (see `named_connections.anew`).

    Raises
    ------
    ParameterError
        If tables lie on two engines.
    """
    given = [path for path in paths if path is not None]
    _refuse_two_engines(given)
    tables = (server_table(path) for path in given)
    named_connections.anew(table for table in tables if table is not None)


def _refuse_two_engines(paths: Iterable[Path]) -> None:
    tables = [table for path in paths if (table := table_of(path)) is not None]
    first = {table.connection: table.text for table in reversed(tables)}
    if len(first) > 1:
        one, other = list(first.values())[:2][::-1]
        raise ParameterError(
            f"sources {one!r} and {other!r} lie on two engines, which no query reaches at once; "
            "give tables of one connection, or files in place of the others"
        )


def facts_of(
    inputs: Mapping[str, Path], *, newest: Mapping[str, str | None] | None = None
) -> dict[str, dict[str, Any]]:
    """Return what provenance says of the tables of servers among what was read.

    Parameters
    ----------
    inputs : mapping of str to Path
        Parameter to what was read for it.
    newest : mapping of str to str, optional
        Parameter to the column of times, whose latest value is told.

    Returns
    -------
    dict
        Parameter to `connection, engine, version, table, columns, rows, newest, restricted,
        snapshot`, as JSON has them; nothing for files, which have a hash.
    """
    found = {}
    for parameter, path in inputs.items():
        if (name := server_table(path)) is not None:
            column = (newest or {}).get(parameter)
            told = named_connections.facts(name, newest=column, plain=with_plain_types)
            latest = None if told.newest is None else [column, told.newest.isoformat()]
            found[parameter] = {
                "connection": told.connection,
                "engine": told.engine,
                "version": told.version,
                "table": list(told.table),
                "columns": [list(each) for each in told.columns],
                "rows": told.rows,
                "newest": latest,
                "restricted": told.restricted,
                "snapshot": told.snapshot,
            }
    return found
