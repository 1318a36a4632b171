"""A notebook by `cx run` -> the seconds that it takes and the memory of all its processes, beside
the bare scan of its rows."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

ROOT = Path(__file__).resolve().parents[2]
RUN = "from cxlib.cli import main; main()"
TIMES, GIGABYTES = 3.0, 1.5  # bars: so many scans more than the sample, and memory


@dataclass(frozen=True)
class Rows:
    """A notebook, the parameters that name its rows, each with the part of the folder where they
    lie, what makes a folder of so many, the aggregate that is their bare scan (`{path}` is the
    folder), and further parameters."""

    notebook: str
    parameters: Mapping[str, str]
    make: Callable[[Path, int], None]
    scan: str
    given: tuple[str, ...]


def compare(rows: Rows, sizes: Sequence[int], *, folder: Path | None) -> bool:
    """Print a line for each number of rows; return whether a bar is missed."""
    missed = False
    with tempfile.TemporaryDirectory(dir=folder) as work:
        own, memory = run(rows.notebook, Path(work) / "sample")
        print(f"sample: {own:.1f} s, {memory:.2f} GB", flush=True)
        for n in sizes:
            here = Path(work) / str(n)
            rows.make(here, n)
            bare = min(_scan(rows.scan.format(path=here)) for _ in range(2))
            named = [f"{name}={here / part}" for name, part in rows.parameters.items()]
            seconds, memory = run(rows.notebook, Path(work) / f"out_{n}", *named, *rows.given)
            bound = TIMES * bare + own
            missed |= seconds > bound or memory > GIGABYTES
            print(
                f"{n:>12,} rows: {seconds:.1f} s, {memory:.2f} GB; bare scan {bare:.2f} s, "
                f"bound {bound:.1f} s",
                flush=True,
            )
    return missed


def _scan(query: str) -> float:
    start = time.perf_counter()
    duckdb.sql(query).fetchall()
    return time.perf_counter() - start


def run(notebook: str, out: Path, *given: str) -> tuple[float, float]:
    """Run a notebook; return seconds, and gigabytes of all its processes (proportional set size,
    looked at ten times a second)."""
    names = [part for each in given for part in ("-p", each)]
    command = [sys.executable, "-c", RUN, "run", f"notebooks/{notebook}.ipynb", "--out", str(out)]
    start = time.perf_counter()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [*command, "--force", *names], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    peak = _watch(process)
    if process.wait():
        raise SystemExit(f"cx run ended with {process.returncode}")
    return time.perf_counter() - start, peak()


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
