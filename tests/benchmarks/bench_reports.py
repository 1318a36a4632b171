"""CPU, wall and memory of `cx run` against stock papermill and nbconvert; whether outputs agree.

    python tests/benchmarks/bench_reports.py [sets of parameters]

Each of the four notebooks is rendered with each of (by default 5) sets of parameters, in a copy of
the project: by `cx run --force --jobs 2`, and by papermill's and nbconvert's API in one process
with stock kernels, one after another. The stock half of the renders comes before ours and the other
half after, so that both meet the same load. CPU seconds are user + system time of all processes
that were waited for. What the cells themselves cost is measured in a process forked from one that
has imported everything (`bench_cells`); the rest is overhead, of ours with the one start of the
process that kernels are copied from. Memory is the peak of what a kernel has for itself
(`Private_*` of `smaps_rollup`), looked at twenty times a second.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench_cells import NOTEBOOKS, ROOT, measure

CONFIDENCE = (0.95, 0.9, 0.99, 0.8, 0.85, 0.98, 0.75, 0.7, 0.6, 0.5)
MARK = "CX_BENCH_OF_REPORTS"
CX = [sys.executable, "-c", "from cxlib.cli import main; main()", "run", "reports/bench.yml"]
STOCK = """
import json, os, sys
import nbformat, papermill
from nbconvert import HTMLExporter
for notebook, parameters, output in json.load(sys.stdin):
    papermill.execute_notebook(
        notebook, output + ".ipynb", parameters=parameters, cwd="notebooks", progress_bar=False,
        kernel_name="python3")
    page, _ = HTMLExporter().from_notebook_node(nbformat.read(output + ".ipynb", as_version=4))
    with open(output + ".html", "w", encoding="utf-8") as file:
        file.write(page)
"""


@dataclass
class Cost:
    """What a part of the renders took; `private` is each kernel's own memory at its peak."""

    cpu: float = 0.0
    wall: float = 0.0
    private: list[float] = field(default_factory=list)

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.cpu + other.cpu, self.wall + other.wall, [*self.private, *other.private])


def run(command: list[str], folder: Path, *, given: str = "") -> Cost:
    """Run a command; return what it and all that it started took."""
    before, begun = _children(), time.monotonic()
    with _sampled() as peaks:
        subprocess.run(
            command,
            cwd=folder,
            env={**_environment(), MARK: "1"},
            input=given,
            capture_output=True,
            text=True,
            check=True,
        )
        wall = time.monotonic() - begun
    return Cost(_children() - before, wall, list(peaks.values()))


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _environment() -> dict[str, str]:
    found = {name: value for name, value in os.environ.items() if name != "MPLBACKEND"}
    return found | {"PYTHONPATH": str(ROOT)}


@contextmanager
def _sampled() -> Iterator[dict[int, float]]:
    """Give the peak of each kernel's private memory in MB, by pid."""
    peaks: dict[int, float] = {}
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(0.05):
            for pid, size in _kernels():
                peaks[pid] = max(peaks.get(pid, 0.0), size)

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield peaks
    finally:
        ended.set()
        thread.join()


def _kernels() -> Iterator[tuple[int, float]]:
    """Give pid and private memory of the kernels: stock ones by their command, ours, which have
    that of the process they are copies of, by their standard input (a worker's is a pipe)."""
    for folder in Path("/proc").iterdir():
        try:
            if not folder.name.isdigit() or MARK.encode() not in (folder / "environ").read_bytes():
                continue
            command = (folder / "cmdline").read_bytes()
            copied = (
                b"cxlib.report.zygote" in command and os.readlink(folder / "fd/0") == "/dev/null"
            )
            if copied or b"ipykernel_launcher" in command:
                lines = (folder / "smaps_rollup").read_text().splitlines()
                kilobytes = sum(int(line.split()[1]) for line in lines if line[:8] == "Private_")
                yield int(folder.name), kilobytes / 1024
        except OSError:
            continue


def project(folder: Path, sets: int) -> list[tuple[str, dict[str, Any], str]]:
    """Copy the notebooks, write a suite; return notebook, parameters and name of each report."""
    shutil.copytree(ROOT / "notebooks", folder / "notebooks")
    (folder / "data").symlink_to(ROOT / "data")
    (folder / "reports").mkdir()
    (folder / "stock").mkdir()
    reports = [
        (f"notebooks/{name}.ipynb", {"confidence": confidence}, f"{name}-{confidence}")
        for confidence in CONFIDENCE[:sets]
        for name in NOTEBOOKS
    ]
    entries = [
        {"name": name, "notebook": notebook, "parameters": parameters}
        for notebook, parameters, name in reports
    ]
    (folder / "reports" / "bench.yml").write_text(json.dumps({"reports": entries}))
    return reports


def stock(folder: Path, reports: list[tuple[str, dict[str, Any], str]]) -> Cost:
    """Render reports as papermill and nbconvert do."""
    given = [(notebook, parameters, f"stock/{name}") for notebook, parameters, name in reports]
    return run([sys.executable, "-c", STOCK], folder, given=json.dumps(given))


def differing(folder: Path, name: str) -> list[str]:
    """Return the cells whose outputs are not those of the stock kernel."""
    [ours] = (folder / "reports" / "published" / name).glob("*/run.ipynb")
    both = [_outputs(path) for path in (ours, folder / "stock" / f"{name}.ipynb")]
    if len(both[0]) != len(both[1]):
        return [f"{name}: {len(both[0])} cells against {len(both[1])}"]
    return [
        f"{name}, cell {number}: {source[:60]!r}"
        for number, ((source, one), (_, other)) in enumerate(zip(*both, strict=True), start=1)
        if one != other
    ]


def _outputs(path: Path) -> list[tuple[str, list[Any]]]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return [
        ("".join(cell["source"]), [_told(output) for output in cell["outputs"]])
        for cell in cells
        if cell["cell_type"] == "code"
        and "injected-parameters" not in cell["metadata"].get("tags", ())
        for cell in [{**cell, "outputs": [o for o in cell["outputs"] if o.get("name") != "stderr"]}]
    ]


def _told(output: dict[str, Any]) -> dict[str, Any]:
    kept = {"output_type", "data", "text", "name"}
    told = {key: value for key, value in output.items() if key in kept}
    return json.loads(json.dumps(told), object_hook=_joined)


def _joined(content: dict[str, Any]) -> dict[str, Any]:
    """Write texts that are lists of lines as one."""
    return {
        key: "".join(value)
        if isinstance(value, list) and all(isinstance(line, str) for line in value)
        else value
        for key, value in content.items()
    }


def main(sets: int = 5) -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        reports = project(folder, sets)
        half = len(reports) // 2
        theirs = stock(folder, reports[:half])
        ours = run([*CX, "--force", "--jobs", "2"], folder)
        theirs += stock(folder, reports[half:])
        again = run(CX, folder)
        wrong = [cell for _, _, report in reports for cell in differing(folder, report)]
    cells = sum(measure(ROOT, NOTEBOOKS).values()) * sets
    number = len(reports)
    print(f"{number} renders; their cells alone: {cells / number:.2f} CPU-s each\n")
    print(f"{'':34} {'ours':>8} {'stock':>8} {'ratio':>7}  wanted")
    rows = [
        ("CPU-s a render", ours.cpu / number, theirs.cpu / number, ""),
        (
            "CPU-s a render outside its cells",
            (ours.cpu - cells) / number,
            (theirs.cpu - cells) / number,
            "0.60 at most",
        ),
        ("wall, s", ours.wall, theirs.wall, "ratio 0.25 at most"),
        ("private MB a kernel, largest", max(ours.private), max(theirs.private), "100 at most"),
        (
            "private MB a kernel, median",
            statistics.median(ours.private),
            statistics.median(theirs.private),
            "",
        ),
    ]
    for title, mine, other, wanted in rows:
        print(f"{title:34} {mine:8.2f} {other:8.2f} {mine / other:7.2f}  {wanted}")
    print(f"{'unchanged again: wall, s':34} {again.wall:8.2f} {'':16}  1.00 at most")
    print(f"cells with other outputs than the stock kernel's: {len(wrong)}")
    for cell in wrong:
        print(f"  {cell}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if sys.argv[1:] else 5))
