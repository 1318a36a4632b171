"""A table that is too long for memory -> its rows part by part, in any order or sorted."""

from __future__ import annotations

from collections.abc import Iterator

import ibis.expr.types as ir
import pyarrow as pa
import pyarrow.compute as pc

ROWS = 200_000  # of a part, or a few more: what is made of a part takes ten times its memory


def parts_of(rows: ir.Table) -> Iterator[pa.Table]:
    """Return rows in parts, of the embedded DuckDB as they come; of other engines, and where there
    are none, in one."""
    engine = rows.get_backend()
    if engine.name != "duckdb":
        yield rows.to_pyarrow()
        return
    empty = rows.limit(0).to_pyarrow()  # has tables of memory registered
    # Ibis 12 has no batches of DuckDB 2
    reader = engine.con.sql(engine.compile(rows)).to_arrow_reader(ROWS)
    held: list[pa.RecordBatch] = []
    given = False
    for batch in reader:
        held.append(batch)
        if sum(each.num_rows for each in held) >= ROWS:
            yield pa.Table.from_batches(held)
            held, given = [], True
    if held or not given:
        yield pa.Table.from_batches(held) if held else empty


def sorted_parts(rows: ir.Table, key: str, *further: str) -> Iterator[pa.Table]:
    """Return rows in the order of `key`, then of `further` columns; rows with one key are in one
    part.

    The embedded DuckDB sorts, and writes to disk what its memory does not hold. The rows of other
    engines are sorted here, since each has an order of texts of its own.
    """
    order = [key, *further]
    if rows.get_backend().name != "duckdb":
        yield from (
            part.sort_by([(name, "ascending") for name in order]) for part in parts_of(rows)
        )
        return
    rest: pa.Table | None = None
    for part in parts_of(rows.order_by(order)):
        there = part if rest is None else pa.concat_tables([rest, part])
        whole = there.num_rows - _last(there[key])
        rest = there.slice(whole)
        if whole:
            yield there.slice(0, whole)
    if rest is not None:
        yield rest


def begins(key: pa.ChunkedArray) -> pa.Array:
    """Return whether each of the sorted keys is another than the one before."""
    if not len(key):
        return pa.array([], pa.bool_())
    other = pc.not_equal(key.slice(1), key.slice(0, len(key) - 1))
    return pa.concat_arrays([pa.array([True]), *other.chunks])


def _last(key: pa.ChunkedArray) -> int:
    """Return how many rows at the end have the last key."""
    return pc.sum(pc.equal(key, key[-1])).as_py() if len(key) else 0
