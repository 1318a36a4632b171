"""A source as text -> the path of a file or folder, or the name of a table in a database."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from cxlib.database_addresses import what_to_write
from cxlib.errors import CxError, ParameterError
from cxlib.secrecy import masked
from cxlib.sources.connection_settings import KEYS, read_settings
from cxlib.sources.kinds import SUFFIXES
from cxlib.sources.parquet_folders import is_parquet_folder

DATABASES = (".duckdb", ".ddb")
MOST_PARTS = 3  # catalog, schema, table
_SHOWN = 20  # tables that a refusal lists
_CONNECTION = re.compile(r"([^\W_][\w-]+):(.*)", re.S)  # of one letter, it is a drive of Windows
_ADDRESS = re.compile(r"([A-Za-z][\w+.:-]+?):/")  # Path makes one slash of two
_PART = re.compile(r'"((?:[^"]|"")*)"|([^".]*)', re.S)


@dataclass(frozen=True, slots=True)
class TableName:
    """A table, and where it lies: in a named connection, or in the file of a DuckDB database.

    Attributes
    ----------
    text : str
        As it was given; it may be shown, for a password is never in it.
    connection : str or None
        Name of the connection; None where the table lies in a file.
    file : pathlib.Path or None
        DuckDB database; None where the table lies in a named connection.
    parts : tuple of str
        One to three names without their quotes: catalog, schema, table; the table is last.
    """

    text: str
    connection: str | None
    file: Path | None
    parts: tuple[str, ...]

    @property
    def where(self) -> str:
        """What stands before the table's own names, as it is written: `shop:` or `shop.duckdb#`."""
        return f"{self.connection}:" if self.file is None else f"{self.file.as_posix()}#"


def read_source(source: str | os.PathLike[str]) -> Path | TableName:
    """Return what a source is: a file or folder, or a table.

    Parameters
    ----------
    source : str or path
        - the path of a file or folder; one that exists is always taken as such;
        - `connection:table`, `connection:schema.table` or `connection:catalog.schema.table`, where
          the connection is one of `connections.toml` and its name has two letters or more (`C:` is
          a drive);
        - `file.duckdb#table`, or `file.duckdb#schema.table`.

        Names with blanks, dots or quotes stand in double quotes, in which `""` is one quote, as in
        SQL: `shop:public."Order Lines 注文"`. Capitals count in any name.

    Returns
    -------
    pathlib.Path or TableName
        A path need not exist: who opens it says so.

    Raises
    ------
    ParameterError
        If a table's name is not written like that, with how to write it; if the file of a database
        is not there, or no table of it is named, with those that are in it; or if it is an address,
        with what to write in its place, without a password.

    Examples
    --------
    >>> read_source('shop:public."Order Lines"').parts
    ('public', 'Order Lines')
    >>> read_source("data/sample/orders.parquet").name
    'orders.parquet'
    """
    text = os.fspath(source)
    if found := _existing(text):
        if found.is_file() and is_database(found):
            raise _no_table(text, found)
        return found
    if address := _ADDRESS.match(text):
        raise _no_address(address[1], text)
    if masked(text) != text:
        raise ParameterError(
            f"source {masked(text)!r} holds a password, which is never part of a table's name; put "
            "it into connections.toml as secret://NAME and give the connection's name: NAME:table"
        )
    if database := before_hash(text):
        return _in_file(text, database)
    if named := _CONNECTION.fullmatch(text.strip()):
        parts = split_names(named[2], source=text, before=f"{named[1]}:")
        return TableName(text=text, connection=named[1], file=None, parts=parts)
    return Path(text)


def is_named(source: str | os.PathLike[str]) -> bool:
    """Return whether a source is written like a table of a connection, `warehouse:orders`, and is
    no file that is there.

    >>> is_named("warehouse:orders"), is_named("C:orders"), is_named("data/orders.csv")
    (True, False, False)
    """
    text = os.fspath(source)
    named = _CONNECTION.fullmatch(text.strip()) and not _ADDRESS.match(text)
    return bool(named) and _existing(text) is None


def is_address(source: str | os.PathLike[str]) -> bool:
    """Return whether a source is written like an address, `postgres://…`, which is refused.

    >>> is_address("postgres:/host/shop"), is_address("C:/orders.csv"), is_address("shop:orders")
    (True, False, False)
    """
    return _ADDRESS.match(os.fspath(source)) is not None


def table_of(path: Path) -> TableName | None:
    """Return the table that a path names; None for a file.

    A connection to a DuckDB database is its file.

    Raises
    ------
    ParameterError
        If what stands behind the `#` or the connection is no table's name, a database is named
        without one, or there is no such connection.
    """
    source = read_source(path)
    if isinstance(source, Path):
        return None
    if source.connection is None:
        return source
    settings = read_settings(source.connection)
    if settings.engine != "duckdb":
        return source
    return TableName(text=source.text, connection=None, file=settings.file, parts=source.parts)


def server_table(path: Path) -> TableName | None:
    """Return the table of a connection to a server that a path names: one that lies in no file of
    this machine; else None.

    Raises
    ------
    ParameterError
        As `table_of`.
    """
    table = table_of(path)
    return table if table is not None and table.file is None else None


def passwords_of(paths: Iterable[Path]) -> list[str]:
    """Return the passwords of the connections through which tables are read, each as it is written:
    `secret://NAME`. Connections that cannot be read are refused elsewhere."""
    found = []
    for path in paths:
        with suppress(CxError):
            table = server_table(path)
            password = (
                read_settings(table.connection).password if table and table.connection else None
            )
            found += [password] if password else []
    return found


def file_of(path: Path) -> Path:
    """Return the file that holds what a path names: of a table its database, else the path."""
    table = table_of(path)
    return path if table is None or table.file is None else table.file


def files_of(path: Path) -> list[Path]:
    """Return the files that hold what a path names: of a table its database, and the log beside it
    of what was written since and is read with it; none of a table of a server."""
    if server_table(path) is not None:
        return []
    file = file_of(path)
    real = file.resolve()  # a link has no log beside it
    log = real.with_name(f"{real.name}.wal")
    return [file, log] if file != path and log.is_file() else [file]


def is_columnar(path: Path) -> bool:
    """Return whether a path names a Parquet file, a folder of such or a table of a database: one
    row of names, and types."""
    if path.is_dir():
        return is_parquet_folder(path)
    return path.suffix.lower() == ".parquet" or table_of(path) is not None


def kind_of(path: Path) -> str:
    """Return what a source of columns is, as a refusal says it."""
    if path.is_dir():
        return "a folder of Parquet"
    return "Parquet" if table_of(path) is None else "a table of a database"


def _existing(text: str) -> Path | None:
    path = Path(text)
    try:
        return path if text and path.exists() else None
    except (OSError, ValueError):  # too long, or a zero byte within
        return None


def is_database(path: Path) -> bool:
    """Return whether a file is a DuckDB database: by its name, or by its first bytes where the name
    does not say what it is."""
    if path.suffix.lower() in (*DATABASES, *SUFFIXES):
        return path.suffix.lower() in DATABASES
    try:
        with path.open("rb") as file:
            return file.read(12)[8:] == b"DUCK"
    except OSError:
        return False


def _no_table(text: str, file: Path) -> ParameterError:
    tables = [write_names(parts) for parts in _tables_in(file)]
    if not tables:
        there = "give a table of it"
    elif len(tables) == 1:
        there = f"the only one in it is {tables[0]}"
    else:
        more = f" and {len(tables) - _SHOWN} more" if len(tables) > _SHOWN else ""
        there = f"in it are {', '.join(tables[:_SHOWN])}{more}"
    example = f"{text}#{tables[0] if tables else 'table'}"
    return ParameterError(
        f"source {text!r} is a database, and no table of it is named; {there}: write {example}"
    )


def _tables_in(file: Path) -> list[tuple[str, ...]]:
    """Return the tables and views of a database, those of its main schema by their name alone;
    none where it cannot be opened."""
    import duckdb

    try:
        with duckdb.connect(str(file), read_only=True) as opened:
            rows = opened.execute(
                "SELECT table_schema, table_name FROM information_schema.tables "
                "WHERE table_catalog = current_catalog() ORDER BY ALL"
            ).fetchall()
    except duckdb.Error:
        return []
    return [(table,) if schema == "main" else (schema, table) for schema, table in rows]


def _no_address(scheme: str, text: str) -> ParameterError:
    step = what_to_write(text) or (
        f"rows are read from files and from connections to {', '.join(KEYS)}: write them to a file"
    )
    return ParameterError(
        f"source {scheme}://… is an address, which may hold a password and would be stored in the "
        f"published notebook; {step}"
    )


def before_hash(text: str) -> tuple[Path, str] | None:
    """Return the database that stands before a `#`, and what stands behind it."""
    for found in re.finditer("#", text):
        path = _existing(text[: found.start()])
        if path and path.is_file() and is_database(path):
            return path, text[found.end() :]
    missing = re.match(rf"(.+?(?:{'|'.join(map(re.escape, DATABASES))}))#(.*)", text, re.S | re.I)
    return (Path(missing[1]), missing[2]) if missing else None


def _in_file(text: str, database: tuple[Path, str]) -> TableName:
    file, names = database
    if not file.is_file():
        raise ParameterError(
            f"source {text!r}: there is no file {file.as_posix()!r}; give the path of a DuckDB "
            "database before '#'"
        )
    if not names.strip():
        raise _no_table(text.rpartition("#")[0], file)
    parts = split_names(names, source=text, before=f"{file.as_posix()}#")
    return TableName(text=text, connection=None, file=file, parts=parts)


def split_names(names: str, *, source: str, before: str) -> tuple[str, ...]:
    """Return the names between the dots of a table's name, without their quotes.

    Parameters
    ----------
    names : str
        As in SQL: `public."Order Lines"`.
    source, before : str
        What was given in all, and what of it stands before the names: for the refusal.

    Raises
    ------
    ParameterError
        If a name is empty, its quotes do not close, it has blanks without quotes, or there are more
        than three; with what to write.

    Examples
    --------
    >>> split_names('"a.b"."5"" screens"', source="", before="shop:")
    ('a.b', '5" screens')
    """
    parts, at, rest = [], 0, names.strip()
    while True:
        found = _PART.match(rest, at)
        quoted, plain = (found[1], found[2]) if found else (None, "")
        at = found.end() if found else at
        part = plain if quoted is None else quoted.replace('""', '"')
        if rest[at : at + 1] not in ("", "."):
            raise _bad_quotes(rest, source, before)
        if not part:
            raise _empty(source, before)
        if quoted is None and any(map(str.isspace, part)):
            raise _unquoted(rest, source, before)
        parts.append(part)
        if at >= len(rest):
            break
        at += 1
    if len(parts) > MOST_PARTS:
        raise ParameterError(
            f"source {source!r} names {len(parts)} parts, and a table has at most {MOST_PARTS} "
            "(catalog, schema, table); put a name that has dots in it into double quotes: "
            f"{before}{write_names(['.'.join(parts)])}"
        )
    return tuple(parts)


def _bad_quotes(names: str, source: str, before: str) -> ParameterError:
    pieces = [piece.strip('"') for piece in names.split(".")]
    return ParameterError(
        f"source {source!r}: a double quote opens and closes a whole name, and here one does not; "
        f"write {before}{write_names([piece for piece in pieces if piece] or ['table'])}, and two "
        "double quotes for one within a name"
    )


def _empty(source: str, before: str) -> ParameterError:
    return ParameterError(
        f"source {source!r}: a name of a table is empty; write {before}table or "
        f"{before}schema.table, without a dot at the end"
    )


def _unquoted(names: str, source: str, before: str) -> ParameterError:
    pieces = [piece.strip().strip('"') for piece in names.split(".")]
    return ParameterError(
        f"source {source!r}: a name with blanks stands in double quotes; write "
        f"{before}{write_names([piece for piece in pieces if piece])}, and on a command line all "
        "of it in single quotes, which keep the double ones"
    )


def write_names(parts: list[str] | tuple[str, ...]) -> str:
    """Write names as `split_names` reads them: quoted where they must be.

    >>> write_names(["public", "Order Lines"])
    'public."Order Lines"'
    """
    return ".".join(map(_written, parts))


def _written(part: str) -> str:
    plain = part and not re.search(r'[\s".]', part) and not any(map(str.isspace, part))
    return part if plain else '"' + part.replace('"', '""') + '"'
