"""CPU seconds of each notebook's own cells in a process forked from one that imported everything.

    python tests/benchmarks/bench_cells.py [runs] [notebook …]

One parent is preloaded and forks a child for each run; the child runs the code cells through
IPython with the inline backend, as a kernel does, in the notebook's folder. What is printed is
user + system time of the child, the smallest of the runs. `CXLIB_BASE=DIR` names a second tree of
cxlib (a git worktree of an earlier commit) that is measured alternately with this one; then the
last column is the ratio.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = ("01_interviews", "02_bias", "03_nps", "04_retention")
CHILD = """
import importlib, json, os, pkgutil, resource, sys
root, names = sys.argv[1], sys.argv[2:]
sys.path.insert(0, root)
import ipykernel.ipkernel, ipykernel.kernelapp, matplotlib_inline.backend_inline
from IPython.core.interactiveshell import InteractiveShell
import cxlib
try:
    from cxlib.report.preload import preload
    preload()
except ImportError:  # a tree from before there was one: the same imports, none of the warmth
    import docx, ibis.backends.duckdb, matplotlib.pyplot, pyarrow.dataset, seaborn, statsmodels.api
    for module in pkgutil.walk_packages(cxlib.__path__, "cxlib."):
        if not module.name.startswith(("cxlib.report", "cxlib.cli", "cxlib.sample")):
            importlib.import_module(module.name)

def run(name):
    os.chdir(f"{root}/notebooks")
    with open(f"{name}.ipynb", encoding="utf-8") as file:
        cells = [c for c in json.load(file)["cells"] if c["cell_type"] == "code"]
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    shell = InteractiveShell.instance()
    begun = resource.getrusage(resource.RUSAGE_SELF)
    for cell in cells:
        done = shell.run_cell("".join(cell["source"]), store_history=False)
        if not done.success:
            os._exit(1)
    ended = resource.getrusage(resource.RUSAGE_SELF)
    return ended.ru_utime + ended.ru_stime - begun.ru_utime - begun.ru_stime

for name in names:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writer, json.dumps(run(name)).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as told:
        print(name, told.read() or "nan", flush=True)
    os.waitpid(child, 0)
"""


def measure(tree: Path, names: tuple[str, ...]) -> dict[str, float]:
    environment = os.environ | {
        "MPLBACKEND": "module://matplotlib_inline.backend_inline",
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONPATH": str(tree),
    }
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(tree), *names],
        env=environment,
        cwd=tree,
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.split()[0]: float(line.split()[1]) for line in done.stdout.splitlines()}


def main(runs: int = 3, *names: str) -> None:
    trees = [ROOT, *([Path(os.environ["CXLIB_BASE"])] if "CXLIB_BASE" in os.environ else [])]
    chosen = names or NOTEBOOKS
    found = {tree: {name: [] for name in chosen} for tree in trees}
    for _ in range(runs):
        for tree in trees:
            for name, seconds in measure(tree, chosen).items():
                found[tree][name].append(seconds)
    print(f"{'notebook':16} {'CPU-s':>7}" + (f"{'base':>8} {'ratio':>6}" if trees[1:] else ""))
    for name in chosen:
        best = [min(found[tree][name]) for tree in trees]
        ratio = f"{best[1]:8.2f} {best[0] / best[1]:6.2f}" if trees[1:] else ""
        print(f"{name:16} {best[0]:7.2f}{ratio}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if sys.argv[1:] else 3, *sys.argv[2:])
