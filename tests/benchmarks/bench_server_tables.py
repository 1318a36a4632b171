"""`cx run` of the NPS and retention notebooks on tables of PostgreSQL and Spark, beside what the
engine itself needs to group the same rows.

    python tests/benchmarks/bench_server_tables.py [rows …] [--engine postgres|spark] [--folder F]

For each number of rows (by default 500,000 and 5,000,000) the tables of bench_nps_tables and
bench_retention_tables are loaded into a throw-away PostgreSQL and a folder of Spark (`local[2]`).
Printed are wall times, the largest sum of the memory of all processes of a run (Spark is one of
them, PostgreSQL's server is not), and the time of the engine's own aggregate. There is no bar: the
engine's own time is the larger part."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks import bench_nps_tables, bench_retention_tables
from tests.benchmarks.measured_runs import run
from tests.engines.conftest import throw_away_postgres

Load, Ask = Callable[[Path, str], None], Callable[[str, str], object]
NPS = ("wave_column=wave", "segment=segment", bench_nps_tables.COLUMNS.format(more=""))
ANSWERS = """
SELECT score, wave, segment, stratum, cluster, count(*), sum(weight)
FROM {table} GROUP BY score, wave, segment, stratum, cluster
"""
ORDERS = """
SELECT customer_id, count(*), min(ordered_at), max(ordered_at), sum(amount)
FROM {table} GROUP BY customer_id
"""
STUDIES = {
    "03_nps": ("survey", "answers", bench_nps_tables.make, NPS, ANSWERS),
    "04_retention": (
        "orders", "orders", bench_retention_tables.make, bench_retention_tables.ALONE, ORDERS,
    ),
}  # fmt: skip


@contextmanager
def postgres(folder: Path, told: Path) -> Iterator[tuple[Load, Ask]]:
    """Start a server; give what loads a folder of Parquet into a table, and what asks it."""
    import psycopg

    with throw_away_postgres() as url, psycopg.connect(url, autocommit=True) as owner:
        host = url.partition("host=")[2]
        told.write_text(
            f'[there]\nengine = "postgres"\nhost = "{host}"\ndatabase = "postgres"\n'
            'user = "researcher"\n'
        )

        def load(rows: Path, table: str) -> None:
            kinds = {"VARCHAR": "text", "DOUBLE": "double precision", "BIGINT": "bigint"}
            source = duckdb.read_parquet(f"{rows}/*.parquet")
            columns = ", ".join(
                f"{name} {kinds.get(str(kind), 'timestamptz')}"
                for name, kind in zip(source.columns, source.types, strict=True)
            )
            owner.execute(f"DROP TABLE IF EXISTS {table}; CREATE TABLE {table} ({columns})")
            source.write_csv(str(folder / "rows.csv"), header=False)
            with (
                open(folder / "rows.csv", "rb") as file,
                owner.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv)") as copy,
            ):
                while part := file.read(1 << 20):
                    copy.write(part)
            (folder / "rows.csv").unlink()
            owner.execute(f"ANALYZE {table}")

        yield load, lambda query, table: owner.execute(query.format(table=table)).rowcount


@contextmanager
def spark(folder: Path, told: Path) -> Iterator[tuple[Load, Ask]]:
    """Give what puts a folder of Parquet among Spark's tables, and what asks Spark for it."""
    from cxlib.sources.connections import start_spark

    warehouse = folder / "warehouse"
    warehouse.mkdir()
    told.write_text(f'[there]\nengine = "spark"\nmaster = "local[2]"\nwarehouse = "{warehouse}"\n')

    def load(rows: Path, table: str) -> None:
        (warehouse / table).unlink(missing_ok=True)
        (warehouse / table).symlink_to(rows)

    def ask(query: str, table: str) -> object:
        rows = f"parquet.`{warehouse}/{table}`"
        return engine._session.sql(query.format(table=rows)).toArrow().num_rows

    engine = start_spark("local[2]")
    try:
        yield load, ask
    finally:
        engine.disconnect()


def main() -> int:
    """Print a line for each engine, study and number of rows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("rows", nargs="*", type=int, default=[500_000, 5_000_000])
    parser.add_argument("--engine", choices=("postgres", "spark"))
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    for name, opened in (("postgres", postgres), ("spark", spark)):
        if chosen.engine in (None, name):
            with tempfile.TemporaryDirectory(dir=chosen.folder) as work:
                _compare(name, opened, Path(work), chosen.rows)
    return 0


def _compare(name: str, opened: Callable[..., Any], work: Path, sizes: list[int]) -> None:
    told = work / "connections.toml"
    os.environ["CX_CONNECTIONS"] = str(told)
    with opened(work, told) as (load, ask):
        for notebook, (parameter, table, make, given, query) in STUDIES.items():
            for n in sizes:
                make(rows := work / f"{table}_{n}", n)
                load(rows, table)
                start = time.perf_counter()
                ask(query, table)
                own = time.perf_counter() - start
                out = work / f"out_{notebook}_{n}"
                seconds, memory = run(notebook, out, f"{parameter}=there:{table}", *given)
                print(
                    f"{name} {notebook} {n:>11,} rows: {seconds:.1f} s, {memory:.2f} GB; the "
                    f"engine's own GROUP BY {own:.1f} s",
                    flush=True,
                )


if __name__ == "__main__":
    sys.exit(main())
