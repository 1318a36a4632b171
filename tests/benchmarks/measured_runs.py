"""A notebook by `cx run` -> the seconds that it takes, and the memory of all its processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
RUN = "from cxlib.cli import main; main()"


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
