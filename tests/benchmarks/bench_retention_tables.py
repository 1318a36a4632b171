"""`cx run` of the retention notebook on orders in Parquet, beside the bare scan of their columns.

    python tests/benchmarks/bench_retention_tables.py [orders …] [--folder FOLDER]

For each number of orders (by default 500,000 and 5,000,000) Parquet files are generated: ten orders
a customer over three years, amounts in cents, and no other file. The notebook runs whole, by
`cx run`, and so does the notebook on the sample company; the bare scan is one aggregate by customer
over the same columns in the same engine. Printed are wall times and the largest sum of the memory
of all processes of a run. Bars: at most three times the scan plus the time of the sample, and
1.5 GB; ends with 1 otherwise."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.measured_runs import run

SIZES, TIMES, GIGABYTES = (500_000, 5_000_000), 3.0, 1.5
CHUNK = 5_000_000
MAKE = """
COPY (
  SELECT i AS order_id, 'C' || CAST(i % {people} AS VARCHAR) AS customer_id,
         TIMESTAMPTZ '2023-01-01 00:00:00+00'
           + to_seconds(CAST(86400 * 1000 * sqrt((hash(i + 11) % 1000003) / 1000003.0) AS BIGINT))
           AS ordered_at,
         CAST(5 + hash(i + 13) % 9500 / 100.0 AS DOUBLE) AS amount
  FROM range({low}, {high}) AS t(i)
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""
SCAN = """
SELECT count(*), max(n), max(total) FROM (
  SELECT customer_id, count(*) AS n, min(ordered_at), max(ordered_at), sum(amount) AS total
  FROM read_parquet('{path}/*.parquet') GROUP BY customer_id)
"""
ALONE = ("customers=None", "subscriptions=None", "segment=None", "as_of=2025-09-27")


def make(folder: Path, orders: int) -> None:
    """Write the orders in files of at most five million."""
    folder.mkdir(parents=True)
    for low in range(0, orders, CHUNK):
        path, high = folder / f"part-{low // CHUNK:03}.parquet", min(low + CHUNK, orders)
        duckdb.sql(MAKE.format(low=low, high=high, people=max(orders // 10, 1), path=path))


def scan(folder: Path) -> float:
    """Return the seconds of one aggregate over the columns that the study reads; the better of
    two."""
    best = float("inf")
    for _ in range(2):
        start = time.perf_counter()
        duckdb.sql(SCAN.format(path=folder)).fetchall()
        best = min(best, time.perf_counter() - start)
    return best


def main() -> int:
    """Print a line for each number of orders; return 1 where a bar is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("orders", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--folder", type=Path)
    chosen, missed = parser.parse_args(), False
    with tempfile.TemporaryDirectory(dir=chosen.folder) as work:
        own, memory = run("04_retention", Path(work) / "sample")
        print(f"sample: {own:.1f} s, {memory:.2f} GB", flush=True)
        for orders in chosen.orders:
            folder = Path(work) / f"orders_{orders}"
            make(folder, orders)
            bare = scan(folder)
            out = Path(work) / f"out_{orders}"
            seconds, memory = run("04_retention", out, f"orders={folder}", *ALONE)
            bound = TIMES * bare + own
            missed |= seconds > bound or memory > GIGABYTES
            print(
                f"{orders:>12,} orders: {seconds:.1f} s, {memory:.2f} GB; bare scan {bare:.2f} s,"
                f" bound {bound:.1f} s",
                flush=True,
            )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
