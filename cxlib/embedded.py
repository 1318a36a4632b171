"""DuckDB in this process -> the same with bounds: how much memory it may take, and where it puts
what has no room there."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import tempfile
from typing import Any

MEMORY = "1GB"  # that DuckDB may take beside what Python has; LIMIT gives another
LIMIT = "CX_DUCKDB_MEMORY"
FOLDER = "CX_SPILL"  # a folder for what has no room, which somebody else removes
_USUAL = ".tmp"  # the end of DuckDB's own folder: in the working folder, or beside a database


def embedded() -> Any:
    """Return the engine in this process that counts files and frames, within bounds."""
    import ibis

    engine = ibis.get_backend()
    if engine.name == "duckdb":
        bound(engine.con)
    return engine


def bound(connection: Any) -> None:
    """Bound a connection of DuckDB, once. One whose settings are locked, or may reach no file, or
    whose folder the researcher chose, stays as it is.

    Notes
    -----
    What has no room in memory goes to a folder among the system's temporary files, which goes with
    the process. DuckDB's own choice is 80 % of the machine's memory, and `.tmp` in the working
    folder.
    """
    asked = ("temp_directory", "lock_configuration", "enable_external_access")
    told = ", ".join(f"current_setting('{name}')" for name in asked)
    [(folder, locked, free)] = connection.execute(f"SELECT {told}").fetchall()
    if locked or not free or not folder.endswith(_USUAL):
        return
    for name, value in bounds().items():
        quoted = value.replace("'", "''")
        connection.execute(f"SET {name} = '{quoted}'")


def bounds() -> dict[str, str]:
    """Return the settings, for a connection that takes them as it is opened alone."""
    return {"temp_directory": _folder(), "memory_limit": os.environ.get(LIMIT, MEMORY)}


@functools.cache
def _folder() -> str:
    given = os.environ.get(FOLDER)
    if given:
        return given
    made = tempfile.mkdtemp(prefix="cx-duckdb-")
    atexit.register(_remove, made, os.getpid())
    return made


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # not a copy of that process
        shutil.rmtree(folder, ignore_errors=True)
