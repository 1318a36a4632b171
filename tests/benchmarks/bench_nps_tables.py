"""`cx run` of the NPS notebook on answers in Parquet, beside the bare scan of the same columns.

    python tests/benchmarks/bench_nps_tables.py [answers …] [--respondent] [--keep FOLDER]

For each number of answers (by default 500,000 and 5,000,000) a Parquet file is generated: 8 waves,
200 segments, continuous weights, 12 strata, 300 clusters, one answer in fifty missing, an id and a
comment. The notebook runs whole, by `cx run`, and so does the notebook on the sample company; the
bare scan is one aggregate over the same columns in the same engine. Printed are wall times, the
largest sum of the memory of all processes of a run (proportional set size, looked at ten times a
second), and how many queries the kernel sent. Bars: at most three times the scan plus the time of
the sample, and 1.5 GB; ends with 1 otherwise."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
SIZES, TIMES, GIGABYTES = (500_000, 5_000_000), 3.0, 1.5
CHUNK = 5_000_000
MAKE = """
COPY (
  SELECT i AS answer_id,
         CASE WHEN hash(i + 1000000007) % 50 = 0 THEN NULL
              ELSE CAST(least(10, floor(11.9 * sqrt((hash(i + 2000000007) % 100003) / 100003.0))) AS BIGINT)
         END AS score,
         '202' || CAST(4 + w // 4 AS VARCHAR) || 'Q' || CAST(1 + w % 4 AS VARCHAR) AS wave,
         'shop ' || CAST(hash(i + 4000000007) % 200 AS VARCHAR) AS segment,
         exp(((hash(i + 5000000007) % 100003) / 100003.0 - 0.5) * 2) AS weight,
         'region ' || CAST(c % 12 AS VARCHAR) AS stratum, 'store ' || CAST(c AS VARCHAR) AS cluster,
         'C' || CAST(hash(i + 7000000007) % {people} AS VARCHAR) AS customer,
         CASE WHEN hash(i + 8000000007) % 10 = 0 THEN 'words of ' || CAST(i AS VARCHAR) END AS comment
  FROM (SELECT i, hash(i + 3000000007) % 8 AS w, hash(i + 6000000007) % 300 AS c FROM range({low}, {high}) AS t(i))
) TO '{path}' (FORMAT parquet, COMPRESSION zstd)
"""  # noqa: E501
SCAN = """
SELECT count(*), count(DISTINCT score), sum(weight), min(wave), min(segment), min(stratum),
       min(cluster), max(score), max(wave), max(segment), max(stratum), max(cluster)
FROM read_parquet('{path}/*.parquet')
"""
COLUMNS = "columns={{weight: weight, strata: stratum, cluster: cluster, comment: comment{more}}}"
RUN = "from cxlib.cli import main; main()"


def make(folder: Path, answers: int) -> None:
    """Write the answers in files of at most five million."""
    folder.mkdir(parents=True)
    for low in range(0, answers, CHUNK):
        high = min(low + CHUNK, answers)
        path, people = folder / f"part-{low // CHUNK:03}.parquet", max(answers // 3, 1)
        duckdb.sql(MAKE.format(low=low, high=high, people=people, path=path))


def scan(folder: Path) -> float:
    """Return the seconds of one aggregate over the columns that the study reads; the better of
    two."""
    best = float("inf")
    for _ in range(2):
        start = time.perf_counter()
        duckdb.sql(SCAN.format(path=folder)).fetchall()
        best = min(best, time.perf_counter() - start)
    return best


def run(out: Path, *given: str) -> tuple[float, float, int]:
    """Run the notebook; return seconds, gigabytes of all its processes, and queries."""
    log = out / "queries.txt"
    out.mkdir(parents=True, exist_ok=True)
    names = [part for each in given for part in ("-p", each)]
    command = [sys.executable, "-c", RUN, "run", "notebooks/03_nps.ipynb", "--out", str(out)]
    start = time.perf_counter()
    environment = {**os.environ, "CX_BENCH_QUERIES": str(log), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen([*command, "--force", *names], cwd=ROOT, env=environment)
    peak = _watch(process)
    if process.wait():
        raise SystemExit(f"cx run ended with {process.returncode}")
    return time.perf_counter() - start, peak(), 0


def _watch(process: subprocess.Popen):
    most = [0.0]

    def look() -> None:
        while process.poll() is None:
            most[0] = max(most[0], sum(map(_memory, _family(process.pid))))
            time.sleep(0.1)

    thread = threading.Thread(target=look)
    thread.start()

    def peak() -> float:
        thread.join()
        return most[0] / 2**20

    return peak


def _family(pid: int) -> list[int]:
    """Return a process and all below it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting += parents.get(found[-1], [])
    return found


def _memory(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return sum(float(line.split()[1]) for line in lines if line.startswith("Pss:"))


def main() -> int:
    """Print a line for each number of answers; return 1 where a bar is missed."""
    parser = argparse.ArgumentParser()
    parser.add_argument("answers", nargs="*", type=int, default=list(SIZES))
    parser.add_argument("--respondent", action="store_true")
    parser.add_argument("--folder", type=Path)
    chosen, missed = parser.parse_args(), False
    more = ", respondent: customer" if chosen.respondent else ""
    with tempfile.TemporaryDirectory(dir=chosen.folder) as work:
        own, memory, _ = run(Path(work) / "sample")
        print(f"sample: {own:.1f} s, {memory:.2f} GB", flush=True)
        for answers in chosen.answers:
            folder = Path(work) / f"answers_{answers}"
            make(folder, answers)
            bare = scan(folder)
            given = ("wave_column=wave", "segment=segment", COLUMNS.format(more=more))
            seconds, memory, _ = run(Path(work) / f"out_{answers}", f"survey={folder}", *given)
            bound = TIMES * bare + own
            missed |= seconds > bound or memory > GIGABYTES
            print(
                f"{answers:>12,} answers: {seconds:.1f} s, {memory:.2f} GB; bare scan {bare:.2f} s,"
                f" bound {bound:.1f} s",
                flush=True,
            )
    return int(missed)


if __name__ == "__main__":
    sys.exit(main())
