"""A query of very many groups -> what memory the embedded DuckDB takes for it, on how many threads,
and that it is given back."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import duckdb
import ibis.expr.types as ir
import pyarrow as pa

ROOM = 0.6  # of the limit of memory, where parts of an answer lie beside the query
LEAST = 500e6  # bytes, below which no limit is lowered
_FREE = 0.1  # an engine that holds more of its limit has tables of its own in memory
_BYTES = {"bytes": 1, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30, "TiB": 2**40}


@contextmanager
def give_memory_back(table: ir.Table) -> Iterator[None]:
    """Have the embedded DuckDB return memory to the system while and after a large query runs; by
    itself it keeps its peak.

    Its allocator hands pages back when blocks of a size in all are let go, and when the limit of
    memory is set, also to what it was (within 0.05 GB): after 50 million events it then holds 140
    (cohorts) to 540 MB (revenue) less."""
    duck, setting = _settable(table), "allocator_bulk_deallocation_flush_threshold"
    if duck is None:
        yield
        return
    [(usual, limit)] = duck.execute(
        f"SELECT current_setting('{setting}'), current_setting('memory_limit')"
    ).fetchall()
    size, unit = limit.split()  # cut to one decimal: with half of one more it is the same again
    duck.execute(f"SET {setting} = '16MB'")
    try:
        yield
    finally:
        duck.execute(f"SET {setting} = '{usual}'")
        duck.execute(f"SET memory_limit = '{float(size) + 0.05:.2f} {unit}'")
        _trim()


def _settable(table: ir.Table) -> Any:
    """Return the connection of the embedded DuckDB whose settings may be changed; None of other
    engines, and where somebody locked them."""
    engine = table.get_backend()
    if engine.name != "duckdb":
        return None
    [(locked,)] = engine.con.execute("SELECT current_setting('lock_configuration')").fetchall()
    return None if locked else engine.con


def _trim() -> None:
    """Return to the system what Arrow and the C library hold of freed memory: of the parts of
    a large answer it is as much as what was made of them."""
    pa.default_memory_pool().release_unused()
    if sys.platform == "linux":
        library = ctypes.CDLL(None)
        if hasattr(library, "malloc_trim"):  # of glibc alone
            library.malloc_trim(0)


@contextmanager
def leave_room(table: ir.Table) -> Iterator[None]:
    """As `give_memory_back`, and have the embedded DuckDB write to disk what is beyond 60 % of its
    limit: the parts of the answer, and what is made of them, lie beside it.

    Use it for queries that group and sort alone, which do with less memory: of 50 million events
    they take no more processor time, but wait longer for the disk."""
    with give_memory_back(table):
        _lower_limit(_settable(table))
        yield


def _lower_limit(connection: Any) -> None:
    """Lower the limit until `give_memory_back` sets it again, where nothing else needs it."""
    if connection is None:
        return
    [(limit, taken)] = connection.execute(
        "SELECT current_setting('memory_limit'), "
        "(SELECT sum(memory_usage_bytes) FROM duckdb_memory())"
    ).fetchall()
    size, unit = limit.split()
    whole = float(size) * _BYTES[unit]
    less = max(ROOM * whole, LEAST)
    if taken > _FREE * whole or less >= whole:
        return
    with suppress(duckdb.OutOfMemoryException):
        connection.execute(f"SET memory_limit = '{less / 2**20:.0f}MiB'")


@contextmanager
def on_one_thread(table: ir.Table) -> Iterator[None]:
    """Have the embedded DuckDB run a query of very many groups on one thread: each further one
    holds most of the groups too, so that two take twice the memory, and hardly half the time."""
    duck = _settable(table)
    if duck is None:
        yield
        return
    [(usual,)] = duck.execute("SELECT current_setting('threads')").fetchall()
    duck.execute("SET threads = 1")
    try:
        yield
    finally:
        duck.execute(f"SET threads = {usual}")
