"""A path such as `shop.duckdb#orders` -> the table of the DuckDB database: its columns, the query
that gives its rows in types that every reader takes, and these rows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxlib.check import did_you_mean
from cxlib.embedded import bounds
from cxlib.errors import EmptyDataError, ParameterError, SourceError
from cxlib.sources.decoding import refuse_absent
from cxlib.sources.table_names import TableName, write_names

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MAIN = "main"  # the schema of names that stand alone
EXACT = 2**53  # whole numbers up to which a float tells all apart
EXACT_DIGITS = 15  # before the point, that a float holds whatever they are
MOST_CELLS = 100_000_000  # that are read into memory
_AS_TEXT = ("ENUM", "UUID", "INTERVAL", "BIT", '"NULL"')
_NESTED = ("STRUCT(", "MAP(", "UNION(")
_WIDE = ("HUGEINT", "UHUGEINT", "UBIGINT")


def read_table_names(table: TableName) -> list[str]:
    """Return the names of a table's columns.

    Raises
    ------
    SourceError
        As `opened`.
    """
    with opened(table) as engine:
        return [name for name, _ in _columns(engine, table, None)]


def read_table(table: TableName) -> pa.Table:
    """Read all rows of a table.

    Raises
    ------
    SourceError
        As `opened`, `rows_of` and `take`.
    """
    import duckdb

    with opened(table) as engine:
        query = rows_of(engine, table)
        try:
            return take(engine, query, table.text)
        except duckdb.Error as error:
            raise _unread(table, error) from None


def take(engine: duckdb.DuckDBPyConnection, query: str, name: str) -> pa.Table:
    """Return all rows of a query.

    Raises
    ------
    SourceError
        If there are more than a hundred million cells.
    """
    rows = engine.sql(query)
    [(n,)] = rows.count("*").fetchall()
    if n * len(rows.columns) > MOST_CELLS:
        raise SourceError(
            f"{name!r} has {n:,} rows of {len(rows.columns):,} columns, which are read into "
            f"memory, and at most {MOST_CELLS:,} cells are; give the columns and rows alone that "
            "are needed: as a view, or written as Parquet"
        )
    return rows.to_arrow_table()


def is_view(table: TableName) -> bool:
    """Return whether a table is a view, whose rows may be others though its database is the same:
    those of the last thirty days, say."""
    with opened(table) as engine:
        place = _place(engine, table, None)
        return any(
            place == f"{_quoted(schema)}.{_quoted(name)}" and kind == "VIEW"
            for schema, name, kind in _there(engine, None)
        )


def rows_of_view(table: TableName) -> list[str]:
    """Return the names of a view's columns, the number of its rows and a sum of their hashes, which
    are the same where the rows are.

    Raises
    ------
    SourceError
        As `opened` and `rows_of`; or if its rows are others at each look.
    """
    with opened(table) as engine:
        rows = f"SELECT count(*), sum(CAST(hash(t) AS HUGEINT)) FROM ({rows_of(engine, table)}) t"
        [(n, total)], again = (_asked(engine, rows, table).fetchall() for _ in range(2))
        if [(n, total)] != again:
            raise SourceError(
                f"{table.text!r} is a view whose rows are others at each look (random(), now(), a "
                "sample), so that nobody could make its figures again; make a table of it: CREATE "
                "TABLE … AS FROM …"
            )
        return [*(name for name, _ in _columns(engine, table, None)), str(n), str(total)]


def opened(table: TableName) -> duckdb.DuckDBPyConnection:
    """Open the database of a table, for reading alone; a view in it reaches no other file.

    Raises
    ------
    SourceError
        If it is absent, or no database, or another process writes to it.
    """
    import duckdb

    file = table.file or Path()
    refuse_absent(file)
    try:
        config: Any = {"enable_external_access": "false", **bounds()}
        engine = duckdb.connect(str(file), read_only=True, config=config)
    except duckdb.Error as error:
        raise not_opened(file, error) from None
    return engine.execute("SET TimeZone = 'UTC'")  # else moments are shown in this machine's zone


def not_opened(file: Path, error: Exception) -> SourceError:
    """Return the refusal of a database that DuckDB does not open."""
    return SourceError(
        f"{file.name!r} cannot be opened as a DuckDB database "
        f"({' '.join(str(error).split())[:200]}); close what else has it open, or copy its table "
        "to Parquet"
    )


def rows_of(
    engine: duckdb.DuckDBPyConnection, table: TableName, *, catalog: str | None = None
) -> str:
    """Return the query that gives a table's rows.

    Whole numbers that 64 bits hold are such; decimals with a fraction are floats; longer whole
    numbers (ids), enumerations, UUIDs, spans of time, bits, lists and structures are text, and so
    are days of which one is infinite or beyond the year 9999; all others are as stored.

    Parameters
    ----------
    engine : duckdb connection
    table : TableName
    catalog : str, optional
        What the database is called in `engine`; None where it is the only one.

    Raises
    ------
    SourceError
        If there is no such table, with the nearest name; or if it has no column.
    """
    place = _place(engine, table, catalog)
    columns = _columns(engine, table, catalog)
    return _query(engine, place, columns)


def plain_query(engine: duckdb.DuckDBPyConnection, rows: str) -> str:
    """Return the query that gives rows as `rows_of` does, of a table's name or a query in
    parentheses."""
    found = engine.execute(f"DESCRIBE FROM {rows}").fetchall()
    return _query(engine, rows, [(str(row[0]), str(row[1])) for row in found])


def _query(engine: duckdb.DuckDBPyConnection, place: str, columns: list[tuple[str, str]]) -> str:
    return f"SELECT {', '.join(_casts(engine, place, columns))} FROM {place}"


def _columns(
    engine: duckdb.DuckDBPyConnection, table: TableName, catalog: str | None
) -> list[tuple[str, str]]:
    rows = _asked(engine, f"DESCRIBE {_place(engine, table, catalog)}", table).fetchall()
    if not rows:
        raise EmptyDataError(f"{table.text!r} has no columns; give a table with rows")
    return [(str(row[0]), str(row[1])) for row in rows]


def _asked(
    engine: duckdb.DuckDBPyConnection, query: str, table: TableName
) -> duckdb.DuckDBPyConnection:
    """Run a query, or say in a sentence why it cannot be run."""
    import duckdb

    try:
        return engine.execute(query)
    except duckdb.Error as error:
        raise _unread(table, error) from None


def _unread(table: TableName, error: Exception) -> SourceError:
    if type(error).__name__ == "PermissionException":
        return SourceError(
            f"{table.text!r} is a view that reads a file outside the database, of which the report "
            "would not know whether it changed; name that file itself, or make a table of it: "
            "CREATE TABLE … AS FROM …"
        )
    return SourceError(  # a view of what is not there any more, or a damaged file
        f"{table.text!r} cannot be read ({' '.join(str(error).split())[:200]}); look at it in "
        "DuckDB, or copy its rows to a table of this database"
    )


def _place(engine: duckdb.DuckDBPyConnection, table: TableName, catalog: str | None) -> str:
    """Return a table's whole name as SQL has it, or refuse one that is not there."""
    *above, name = table.parts
    if above[:-1] and table.file and above[0] != table.file.stem:
        raise ParameterError(
            f"source {table.text!r}: {above[0]!r} is not the database {table.file.stem!r}; write "
            f"{table.where}{write_names(table.parts[1:])}"
        )
    schema = above[-1] if above else MAIN
    there = [(inside, one) for inside, one, _ in _there(engine, catalog)]
    if (schema, name) not in there:
        names = [write_names([one] if inside == MAIN else [inside, one]) for inside, one in there]
        asked = write_names(table.parts[-2:])
        raise SourceError(
            f"{table.text!r}: there is no table {asked} in it{did_you_mean(asked, names)}"
        )
    return ".".join(map(_quoted, (*([catalog] if catalog else []), schema, name)))


def _there(engine: duckdb.DuckDBPyConnection, catalog: str | None) -> list[tuple[str, str, str]]:
    """Return schema, name and kind of each table and view."""
    found = engine.execute(
        "SELECT table_schema, table_name, table_type FROM information_schema.tables "
        "WHERE table_catalog = coalesce(?, current_catalog()) ORDER BY ALL",
        [catalog],
    )
    return [(str(schema), str(name), str(kind)) for schema, name, kind in found.fetchall()]


def _casts(
    engine: duckdb.DuckDBPyConnection, place: str, columns: list[tuple[str, str]]
) -> Iterator[str]:
    """Give each column as the query has it."""
    fits = _fitting(engine, place, columns)
    for name, kind in columns:
        column = _quoted(name)
        if not fits.get(name, True) and _has_fraction(kind):
            yield f"regexp_replace(CAST({column} AS VARCHAR), '[.]0+$', '') AS {column}"
        elif not fits.get(name, True) or _is_text(kind):
            yield f"CAST({column} AS VARCHAR) AS {column}"
        elif _has_fraction(kind):
            yield f"CAST({column} AS DOUBLE) AS {column}"
        elif kind.startswith("DECIMAL(") or kind in _WIDE:
            yield f"CAST({column} AS BIGINT) AS {column}"
        else:
            yield column


def _has_fraction(kind: str) -> bool:
    return kind.startswith("DECIMAL(") and not kind.endswith(",0)")


def _is_long(kind: str) -> bool:
    """Return whether decimals may have more digits before the point than a float tells apart."""
    digits, scale = (int(part) for part in kind.removeprefix("DECIMAL(")[:-1].split(","))
    return digits - scale > EXACT_DIGITS


def _is_text(kind: str) -> bool:
    return kind.endswith("]") or kind.startswith((*_AS_TEXT, *_NESTED))


def _fitting(
    engine: duckdb.DuckDBPyConnection, place: str, columns: list[tuple[str, str]]
) -> dict[str, bool]:
    """Return of each column of long numbers or of days whether 64 bits and the calendar hold all
    its values: `infinity` they do not; nor does a float whole numbers from 2^53 on."""
    asked = {}
    for name, kind in columns:
        column = _quoted(name)
        if kind in _WIDE or (kind.startswith("DECIMAL(") and kind.endswith(",0)")):
            asked[name] = f"bool_and({column} IS NULL OR TRY_CAST({column} AS BIGINT) IS NOT NULL)"
        elif _has_fraction(kind) and _is_long(kind):
            asked[name] = (
                f"NOT (max(abs({column})) >= {EXACT} AND bool_and({column} = trunc({column})))"
            )
        elif kind == "DATE" or (kind.startswith("TIMESTAMP") and not kind.endswith("]")):
            within = f"isfinite({column}) AND year({column}) BETWEEN 1 AND 9999"
            asked[name] = f"bool_and({column} IS NULL OR ({within}))"
    if not asked:
        return {}
    [found] = engine.execute(f"SELECT {', '.join(asked.values())} FROM {place}").fetchall()
    return {name: value is not False for name, value in zip(asked, found, strict=True)}


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
