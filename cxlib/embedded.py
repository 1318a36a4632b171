"""DuckDB in this process -> the same with bounds: how much memory it may take, and where it puts
what has no room there."""

from __future__ import annotations

import atexit
import contextvars
import functools
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil

MEMORY = "1GB"  # that DuckDB may take beside what Python has; LIMIT gives another
LIMIT = "CX_DUCKDB_MEMORY"
FOLDER = "CX_SPILL"  # a folder for what has no room, which somebody else removes
LEFT = 86_400  # seconds, after which a folder of a process that is gone is removed
_NAME = "cx-duckdb-"
_USUAL = ".tmp"  # the end of DuckDB's own folder: in the working folder, or beside a database


def embedded() -> Any:
    """Return the engine in this process that counts files and frames, within bounds."""
    import ibis

    engine = ibis.get_backend()
    if engine.name == "duckdb":
        bound(engine.con)
        stoppable(engine)
    return engine


def stoppable(engine: Any) -> None:
    """Have Ctrl-C, and the stop button of a notebook, end a query: DuckDB does not hear them while
    it makes rows for Arrow, so the main thread waits for another one that asks."""
    for name in ("to_pyarrow", "execute", "raw_sql"):
        if name not in vars(engine):
            setattr(engine, name, _waited_for(getattr(engine, name), engine.con))


def _waited_for(ask: Callable[..., Any], connection: Any) -> Callable[..., Any]:
    @functools.wraps(ask)
    def asked(*given: Any, **named: Any) -> Any:
        if threading.current_thread() is not threading.main_thread():
            return ask(*given, **named)
        with ThreadPoolExecutor(1) as other:
            found = other.submit(contextvars.copy_context().run, ask, *given, **named)
            try:
                return found.result()
            except KeyboardInterrupt:
                connection.interrupt()
                raise

    return asked


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
    if locked:
        return
    if FOLDER in os.environ:  # a report: DuckDB's own bar would be an output of it
        connection.execute("SET enable_progress_bar = false")
    if not free or not folder.endswith(_USUAL):
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
    _sweep()
    made = tempfile.mkdtemp(prefix=f"{_NAME}{os.getpid()}-")
    atexit.register(_remove, made, os.getpid())
    return made


def _sweep() -> None:
    """Remove what processes left that were killed. A process of another container may not be seen
    from here, so a folder in which something was made of late stays."""
    for folder in Path(tempfile.gettempdir()).glob(f"{_NAME}*-*"):
        owner = folder.name.removeprefix(_NAME).split("-")[0]
        with suppress(OSError):
            is_old = time.time() - folder.stat().st_mtime > LEFT
            if is_old and owner.isdigit() and not psutil.pid_exists(int(owner)):
                shutil.rmtree(folder, ignore_errors=True)


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # not a copy of that process
        shutil.rmtree(folder, ignore_errors=True)
