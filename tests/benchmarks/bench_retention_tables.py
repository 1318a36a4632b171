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
from pathlib import Path

import duckdb

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.measured_runs import Rows, compare

SIZES = (500_000, 5_000_000)
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


def main() -> int:
    """Print a line for each number of orders; return 1 where a bar is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("orders", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    rows = Rows("04_retention", {"orders": ""}, make, SCAN, ALONE)
    return int(compare(rows, chosen.orders, folder=chosen.folder))


if __name__ == "__main__":
    sys.exit(main())
