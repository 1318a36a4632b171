"""A folder in which Spark keeps its tables -> the tables, also of another process.

Spark's own catalog lives in its process and ends with it; the one of Hive that comes along (Derby)
lets a single process in. The folders that it writes are there for all: `<table>/` and
`<schema>.db/<table>/`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from cxlib.errors import SourceError
from cxlib.sources.parquet_folders import HISTORIES

DEFAULT = "default"
KNOWN_TYPES = "cx_plain_types"  # of an engine: its tables that `engine_types` has cast
_OF_A_SCHEMA = ".db"
_OURS = "cx_"  # begins the names of views


def folder_tables(warehouse: str | None) -> list[tuple[tuple[str, str], str]]:
    """Return each table's schema and name, and its folder; none where the warehouse lies on
    another machine.

    Parameters
    ----------
    warehouse : str or None
        Folder, or an address such as `s3a://bucket/warehouse`, whose tables Spark's catalog knows.
    """
    if warehouse is None or is_remote(warehouse):
        return []
    found = []
    for folder in _folders(Path(warehouse)):
        if folder.name.endswith(_OF_A_SCHEMA) and not _is_table(folder):
            schema = folder.name.removesuffix(_OF_A_SCHEMA)
            found += [((schema, table.name), str(table)) for table in _folders(folder)]
        else:
            found.append(((DEFAULT, folder.name), str(folder)))
    return [(names, folder) for names, folder in found if _is_table(Path(folder))]


def folder_of(names: Sequence[str], warehouse: str | None) -> Path | None:
    """Return the folder of a table by its names, of which the last two count; None where there is
    no such folder."""
    wanted = tuple(names[-2:]) if len(names) > 1 else (DEFAULT, *names)
    return next((Path(at) for there, at in folder_tables(warehouse) if there == wanted), None)


def is_remote(warehouse: str) -> bool:
    """Return whether a warehouse is an address (`s3a://bucket/tables`) and no folder."""
    return re.match(r"[A-Za-z][\w+.-]+:", warehouse) is not None


def _folders(folder: Path) -> Iterator[Path]:
    return (each for each in sorted(folder.iterdir()) if each.is_dir() and each.name[0] not in "._")


def _is_table(folder: Path) -> bool:
    """Return whether there are files of Parquet, or partitions, or another format's log: that one
    is refused by name when it is opened."""
    return any(
        each.suffix == ".parquet" or (each.is_dir() and "=" in each.name) or each.name in HISTORIES
        for each in folder.iterdir()
    )


def view_of_folder(engine: Any, folder: str) -> str:
    """Return the name of a temporary view on a folder of Parquet.

    Raises
    ------
    SourceError
        If the folder belongs to a format with a log of its own: read as Parquet, rows that were
        deleted would be counted.
    """
    for log, made_by in HISTORIES.items():
        if (Path(folder) / log).is_dir():
            raise SourceError(
                f"{folder!r} is a table of {made_by}, whose folder also holds rows that were "
                "deleted; give Spark its catalog (spark-defaults.conf) and name the table there, "
                "or write its rows as Parquet"
            )
    where = str(Path(folder).resolve())
    written = re.sub(r"([\\{}\[\]*?])", r"\\\1", where)  # Spark takes a path for a pattern
    return plain_view(engine, where, lambda: engine._session.read.parquet(written))


def plain_view(engine: Any, name: str, rows: Callable[[], Any]) -> str:
    """Return a temporary view of rows, made once for each name; its own needs no quotes."""
    view = _OURS + hashlib.sha256(name.encode()).hexdigest()[:16]
    if not engine._session.catalog.tableExists(view):
        rows().createOrReplaceTempView(view)
    return view


def drop_views(engine: Any) -> None:
    """Forget the views that were made of tables, and with them which files these had, and in what
    types their values fit."""
    vars(engine).pop(KNOWN_TYPES, None)
    catalog = engine._session.catalog
    for table in catalog.listTables():
        if table.isTemporary and table.name.startswith(_OURS):
            catalog.dropTempView(table.name)
