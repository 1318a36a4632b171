"""The process that kernels are forked from has loaded everything, and holds nothing that a fork
would break."""

import json
import os
import subprocess
import sys

import pytest

from cxlib.report import preload
from tests.conftest import ROOT

CAPPED = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
LOOK = """
import json, os, sys, threading
import matplotlib, numpy as np  # what is looked at below
looks = lambda: {
    "tasks": len(os.listdir("/proc/self/task")), "threads": threading.active_count(),
    "files": sorted(os.readlink(f"/proc/self/fd/{n}") for n in os.listdir("/proc/self/fd")
                    if os.path.exists(f"/proc/self/fd/{n}")),
    "environment": dict(os.environ), "params": repr(sorted(matplotlib.rcParams.items())),
    "state": str(np.random.get_state()[1][:9]),
}
before = looks()
from cxlib.report.preload import preload
preload()
after = looks()
from matplotlib import _pylab_helpers
print(json.dumps([before, after, len(_pylab_helpers.Gcf.figs)]))
"""
NOTEBOOKS = """
import json, os, sys
from IPython.core.interactiveshell import InteractiveShell
from cxlib.report.preload import preload
import ipykernel.ipkernel, ipykernel.kernelapp
preload()
names, told, sys.stdout = sys.argv[1:], os.dup(1), sys.stderr
os.dup2(2, 1)
for name in names:  # each in a copy of its own, as a kernel is
    if pid := os.fork():
        assert os.waitpid(pid, 0)[1] == 0, name
        continue
    shell, had = InteractiveShell.instance(), set(sys.modules)
    with open(name, encoding="utf-8") as file:
        cells = [cell for cell in json.load(file)["cells"] if cell["cell_type"] == "code"]
    assert all(shell.run_cell("".join(cell["source"])).success for cell in cells), name
    found = {"name": name, "more": sorted(set(sys.modules) - had)}
    os.write(told, json.dumps(found).encode() + b"\\n")
    os._exit(0)
"""


def lines(script, *arguments, **environment):
    done = subprocess.run(
        [sys.executable, "-c", script, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT / "notebooks",
        env=os.environ | CAPPED | {"PYTHONPATH": str(ROOT)} | environment,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]


def run(script, **environment):
    [told] = lines(script, **environment)
    return told


@pytest.mark.skipif(not os.path.isdir("/proc/self/task"), reason="needs Linux's /proc")
@pytest.mark.parametrize("backend", ["module://matplotlib_inline.backend_inline", "agg"])
def test_nothing_is_held_that_a_fork_would_break(backend):
    before, after, figures = run(LOOK, MPLBACKEND=backend)
    assert after["tasks"] == after["threads"] == 1
    assert figures == 0
    assert {name: after[name] for name in after if name != "tasks"} == {
        name: before[name] for name in before if name != "tasks"
    }


NAMES = sorted(path.name for path in ROOT.glob("notebooks/0*.ipynb"))


@pytest.fixture(scope="module")
def loaded():
    """What each notebook loads that was not there, by its name."""
    told = lines(NOTEBOOKS, *NAMES, MPLBACKEND="module://matplotlib_inline.backend_inline")
    return {each["name"]: each["more"] for each in told}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a process cannot be copied here")
@pytest.mark.notebook
@pytest.mark.parametrize("name", NAMES)
def test_a_notebook_loads_no_more_module(loaded, name):
    assert loaded[name] == []


PAGES = """
import json, os, sys, threading
from cxlib.report.preload import preload_pages
preload_pages()
print(json.dumps(["lark" in sys.modules, "ipykernel" in sys.modules, threading.active_count()]))
"""


def test_what_makes_pages_is_loaded_without_threads():
    assert run(PAGES) == [False, False, 1]


def test_what_is_loaded_is_no_work_for_garbage_collection():
    script = "import gc, json\nfrom cxlib.report.preload import preload\npreload()\n"
    script += "print(json.dumps([gc.get_freeze_count(), len(gc.get_objects())]))"
    frozen, seen = run(script)
    assert frozen > 100 * seen


def test_no_module_is_named_twice():
    assert len(set(preload.MODULES)) == len(preload.MODULES)
