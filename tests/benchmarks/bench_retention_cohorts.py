"""Fifty million events of a million customers to retention by every definition, beside the bare
scan and the usual ways.

    python tests/benchmarks/bench_retention_cohorts.py [events]

Each way runs twice, each time in a process of its own, on the same generated Parquet (24 months,
microseconds, Zstandard); the better time counts, without imports and the start of the engine, and
the larger peak. Polars has an environment made for it. Bars: monthly, all definitions, in UTC and
in Asia/Tokyo, without a value and without a rule for duplicates, in at most 4 times the bare
two-column DuckDB scan of the file and under 400 MB at peak; ends with 1 otherwise, or where two
ways count differently. With a value, and with duplicates by content, the figures are information.
Spark is run where the extra is there; its peak is without Java's."""

from __future__ import annotations

import importlib.util
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb

EVENTS, CUSTOMERS, TIMES, MEGABYTES = 50_000_000, 1_000_000, 4.0, 400
KINDS = ("on", "on_or_after", "rolling", "returned_by")

# a customer comes in one of 24 months and stays a number of months that halves every six; in one
# month of four nothing happens
MAKE = """
COPY (
  WITH drawn AS (SELECT i, CAST(hash(i, 1) % {customers} AS BIGINT) AS customer_id, (hash(i, 2) % 1000003) / 1000003.0 AS u,
                        (hash(i, 3) % 10000) / 100.0 AS amount FROM range({events}) AS t(i)),
       lives AS (SELECT *, hash(customer_id, 4) % 24 AS came,
                        1 + floor(-8.66 * ln(1 - (hash(customer_id, 5) % 1000003) / 1000003.0)) AS months FROM drawn),
       placed AS (SELECT *, came + floor(u * least(months, 24 - came)) AS month FROM lives)
  SELECT customer_id, TIMESTAMP '2024-01-01' + to_microseconds(CAST(
           2631600000000 * (CASE WHEN hash(customer_id, month, 6) % 4 = 0 THEN came ELSE month END
                            + hash(i, 7) % 1000000007 / 1000000008.0) AS BIGINT)) AS ts, amount
  FROM placed ORDER BY ts)
TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""  # noqa: E501

SELF_JOIN = """
WITH came AS (SELECT customer_id, date_trunc('month', min(ts)) AS cohort FROM '{path}' GROUP BY ALL)
SELECT count(*), CAST(sum(n) AS BIGINT) FROM (
  SELECT cohort, date_trunc('month', ts) AS month, count(DISTINCT customer_id) AS n
  FROM '{path}' JOIN came USING (customer_id) GROUP BY ALL)
"""

POLARS = """
import json, resource, sys, time
import polars as pl
start = time.perf_counter()
active = (pl.scan_parquet(sys.argv[1]).select("customer_id", pl.col("ts").dt.truncate("1mo").alias("month")).unique())
cells = (active.join(active.group_by("customer_id").agg(pl.col("month").min().alias("cohort")), on="customer_id")
         .group_by("cohort", "month").len().collect(engine="streaming"))
print(json.dumps({"seconds": time.perf_counter() - start, "cells": len(cells), "active": int(cells["len"].sum()),
                  "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))
"""  # noqa: E501


def ours(path: str, **more: str) -> dict[str, float]:
    """Count once and make every triangle; the cells of "on" are compared with the other ways'."""
    import ibis

    from cxlib import retention

    data = more.pop("data", path)
    ibis.memtable({"started": [True]}).execute()
    start = time.perf_counter()
    cohorts = retention.count_cohorts(
        data, customer="customer_id", time="ts", period="month", **more
    )
    counted = time.perf_counter() - start
    import statsmodels.stats.proportion  # noqa: F401  the triangles load it, and imports are not timed

    start = time.perf_counter()
    frames = {kind: retention.triangle(cohorts, kind=kind).frame for kind in KINDS}
    on = frames["on"]
    return {
        "seconds": counted + time.perf_counter() - start,
        "cells": int((on["retained"] > 0).sum()),
        "active": int(on["retained"].sum()),
    }


def spark(path: str) -> dict[str, float]:
    """The same counts on a local Spark, its start not timed."""
    from cxlib import sources

    return ours(path, data=sources.connect("spark").read_parquet(path))


def scan(path: str) -> dict[str, float]:
    """Read the two columns and nothing else."""
    start = time.perf_counter()
    duckdb.sql(f"SELECT count(*), sum(customer_id), max(ts) FROM '{path}'").fetchall()
    return {"seconds": time.perf_counter() - start}


def self_join(path: str) -> dict[str, float]:
    start = time.perf_counter()
    [(cells, active)] = duckdb.sql(SELF_JOIN.format(path=path)).fetchall()
    return {"seconds": time.perf_counter() - start, "cells": cells, "active": active}


def in_pandas(path: str) -> dict[str, float]:
    import pandas as pd

    start = time.perf_counter()
    rows = pd.read_parquet(path, columns=["customer_id", "ts"])
    rows["month"] = rows.pop("ts").to_numpy().astype("datetime64[M]").astype("int32")
    active = rows.drop_duplicates()
    cohort = active.groupby("customer_id")["month"].transform("min")
    cells = active.groupby([cohort, "month"]).size()
    return {"seconds": time.perf_counter() - start, "cells": len(cells), "active": int(cells.sum())}


WAYS = {
    "bare scan of two columns": scan,
    "ours, UTC, all definitions": ours,
    "ours, Asia/Tokyo, all definitions": lambda path: ours(path, zone="Asia/Tokyo"),
    "ours, with a value": lambda path: ours(path, value="amount"),
    "ours, duplicates told by content": lambda path: ours(path, duplicates="exact"),
    "SQL: self-join and count(distinct)": self_join,
    "pandas: drop_duplicates and groupby": in_pandas,
    "ours on Spark, local": spark,
}


def twice(way: Callable[..., dict[str, float]], *arguments: Any) -> dict[str, float]:
    runs = [way(*arguments) for _ in range(2)]
    return runs[0] | {
        "seconds": min(run["seconds"] for run in runs),
        "peak": max(run["peak"] for run in runs),
    }


def alone(name: str, path: Path) -> dict[str, float]:
    run = subprocess.run(
        [sys.executable, __file__, "--only", name, str(path)],
        check=True,
        capture_output=True,
        text=True,
    )
    return json.loads(run.stdout.splitlines()[-1])


def with_polars(folder: Path) -> Path:
    uv, python = Path(sys.executable).with_name("uv"), folder / "polars" / "bin" / "python"
    subprocess.run(
        [uv, "venv", "--quiet", "--python", sys.executable, folder / "polars"], check=True
    )
    subprocess.run(
        [uv, "pip", "install", "--quiet", "--compile-bytecode", "--python", python, "polars"],
        check=True,
    )
    return python


def polars(python: Path, path: Path) -> dict[str, float]:
    run = subprocess.run(
        [python, "-c", POLARS, str(path)], check=True, capture_output=True, text=True
    )
    return json.loads(run.stdout)


def main(events: int) -> int:
    failed = []
    with tempfile.TemporaryDirectory() as temporary:
        path = Path(temporary) / "events.parquet"
        make = MAKE.format(events=events, customers=max(events // 50, 1), path=path)
        # in a process of its own: a child's peak memory is never told as less than its parent's at
        # the fork
        quiet = "import duckdb, sys; duckdb.execute('SET enable_progress_bar = false').execute(sys.argv[1])"  # noqa: E501
        subprocess.run([sys.executable, "-c", quiet, make], check=True)
        print(
            f"{events:,} events of {max(events // 50, 1):,} customers, "
            f"{path.stat().st_size / 1e6:.0f} MB of Parquet"
        )
        print(f"{'way':<40}{'seconds':>9}{'x scan':>8}{'peak MB':>9}{'cells':>7}{'active':>12}")
        found: dict[str, dict[str, float]] = {}
        for name in [*WAYS, "polars: lazy and streaming"]:
            if name == "ours on Spark, local" and importlib.util.find_spec("pyspark") is None:
                print(f"{name:<40}  not run: pyspark is not there (make test-engines adds it)")
                continue
            if name.startswith("polars"):
                found[name] = twice(polars, with_polars(Path(temporary)), path)
            else:
                found[name] = twice(alone, name, path)
            row, bare = found[name], found["bare scan of two columns"]["seconds"]
            counted = f"{row['cells']:>7,}{row['active']:>12,}" if "cells" in row else ""
            print(
                f"{name:<40}{row['seconds']:>9.1f}{row['seconds'] / bare:>8.1f}{row['peak']:>9.0f}{counted}",  # noqa: E501
                flush=True,
            )
    for name in ("ours, UTC, all definitions", "ours, Asia/Tokyo, all definitions"):
        if found[name]["seconds"] > TIMES * bare or found[name]["peak"] > MEGABYTES:
            failed.append(f"{name}: over {TIMES:g} times the scan, or over {MEGABYTES} MB")
    wanted = (
        found["ours, UTC, all definitions"]["cells"],
        found["ours, UTC, all definitions"]["active"],
    )
    failed += [
        f"{name}: counts differ"
        for name, row in found.items()
        if "cells" in row and "Tokyo" not in name and (row["cells"], row["active"]) != wanted
    ]
    for line in failed:
        print("FAILED:", line)
    return int(bool(failed))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--only"]:
        answer = WAYS[sys.argv[2]](sys.argv[3])
        print(
            json.dumps(answer | {"peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024})
        )
        sys.exit(0)
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS))
