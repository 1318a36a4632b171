"""A copied kernel is what a stock one is, but for the time it takes."""

import asyncio
import os
from pathlib import Path

import nbformat
import pytest
from jupyter_client.manager import start_new_kernel

from cxlib.report import copies, kernels
from cxlib.report.execute import execute
from cxlib.shown.inline_svg import MIME
from tests.conftest import ROOT
from tests.report.writing import code, write

pytestmark = pytest.mark.skipif(not copies.can_fork(), reason="processes are copied on Linux alone")

PROBES = [
    "import os, sys; (sys.path, os.path.basename(sys.argv[0]), sys.argv[1], os.getcwd())",
    "import signal; [str(signal.getsignal(n)) for n in (1, 2, 13, 15, 17)]",
    "own = ('JPY_PARENT_PID', 'CX_FORK', 'CX_SPILL'); "
    "sorted((k, v) for k, v in os.environ.items() if k not in own)",
    "(os.umask(0o22), oct(os.umask(0o22)))",
    "import locale, time; (locale.setlocale(locale.LC_ALL), time.tzname)",
    "(os.getpid() == os.getpgid(0) == os.getsid(0), sys.stdin.name, sys.stdout.encoding)",
    "import matplotlib; (matplotlib.get_backend(), matplotlib.rcParams['figure.dpi'])",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.title('a title');",
    "fig, ax = plt.subplots(figsize=(3, 2)); ax.bar([1, 2], [3, 1]); fig",
    "plt.get_fignums()",
    "from cxlib.shown import picture, theme; picture(theme.axes(), alt='drawn for a page')",
    "%config InlineBackend.figure_formats",
    "import seaborn as sns; sns.set_theme(); plt.hist([1, 2, 2]);",
    "import pandas as pd; pd.DataFrame({'顧客': [1, 2]})",
    "import threading; sorted(t.name for t in threading.enumerate() if '-' not in t.name)",
    "import logging, warnings; (logging.getLogger().handlers, logging.getLogger().level)",
    "def double(x):\n    return 2 * x\ndouble.__module__, __name__",
    "import subprocess; subprocess.run(['echo', '1'], capture_output=True).stdout",
    "import multiprocessing as mp; mp.get_context('fork').Pool(1).map(abs, [-1])",
    "import asyncio; await asyncio.sleep(0, 'done')",
    "import duckdb; duckdb.sql('select 42').fetchall()",
    "import numpy as np; float(np.linalg.norm(np.ones((200, 200)) @ np.ones((200, 200))))",
    "class Told:\n    def __del__(self): open('told.txt', 'w').write('deleted')\ntold = Told()",
    "import atexit; atexit.register(lambda: open('ended.txt', 'w').write('ended')); None",
    "file = open('open.txt', 'w'); file.write('not closed'); None",
]


@pytest.fixture(autouse=True)
def no_backend(monkeypatch):
    monkeypatch.delenv("MPLBACKEND", raising=False)  # as cx run does


def run(folder, cells, *, fork, monkeypatch):
    monkeypatch.setenv("CX_FORK", str(int(fork)))
    path = write(folder / "probe.ipynb", [code(source) for source in cells])
    notebook, stopped = execute(
        nbformat.read(path, as_version=4),
        {},
        name=path.name,
        folder=folder,
        root=folder,
        timeout=60,
        progress=lambda cell, cells: None,
    )
    assert stopped is None, stopped
    return [[told(each) for each in cell.outputs] for cell in notebook.cells]


def told(output):
    data = dict(output.get("data", {}))
    return data or (output.get("name"), output.get("text"))


def test_every_output_is_that_of_a_stock_kernel(tmp_path, monkeypatch):
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    folder = tmp_path / "顧客 {x}"
    folder.mkdir()
    both = {}
    for fork in (True, False):
        found = run(folder, PROBES, fork=fork, monkeypatch=monkeypatch)
        files = {path.name: path.read_text() for path in sorted(folder.glob("*.txt"))}
        both[fork] = [*zip(PROBES, found, strict=True), files]
        for name in files:
            (folder / name).unlink()
    for ours, stock in zip(both[True], both[False], strict=True):
        assert ours == stock
    assert any(MIME in each for _, each_told in both[True][:-1] for each in each_told)
    assert any("image/png" in each for _, each_told in both[True][:-1] for each in each_told)
    assert both[True][-1] == {"ended.txt": "ended", "open.txt": "not closed", "told.txt": "deleted"}


def test_a_study_gives_the_same_outputs_figures_included(tmp_path, monkeypatch):
    notebook = nbformat.read(ROOT / "notebooks" / "00_start_here.ipynb", as_version=4)
    found = {}
    for fork in ("1", "0"):
        monkeypatch.setenv("CX_FORK", fork)
        done, stopped = execute(
            notebook,
            {},
            name="x.ipynb",
            folder=ROOT / "notebooks",
            root=ROOT,
            timeout=120,
            progress=lambda cell, cells: None,
        )
        assert stopped is None
        found[fork] = [[told(each) for each in cell.get("outputs", ())] for cell in done.cells]
    assert found["1"] == found["0"]


def test_random_numbers_are_new_in_each_kernel(tmp_path, monkeypatch):
    source = "import random, numpy as np, os; [random.random(), np.random.rand(), os.urandom(4)]"
    drawn = [
        run(tmp_path, [source], fork=True, monkeypatch=monkeypatch)[0][0]["text/plain"]
        for _ in range(3)
    ]
    parts = [text.strip("[]").split(", ") for text in drawn]
    assert all(len(set(values)) == 3 for values in zip(*parts, strict=True))


def test_the_environment_is_the_askers_not_the_parents(tmp_path, monkeypatch):
    source = "import os; [os.environ.get(name) for name in ('CX_ONE', 'CX_TWO')]"
    monkeypatch.setenv("CX_ONE", "顧客 1")
    copies.shared().started()
    monkeypatch.delenv("CX_ONE")
    monkeypatch.setenv("CX_TWO", "2")
    [[found]] = run(tmp_path, [source], fork=True, monkeypatch=monkeypatch)
    assert found == {"text/plain": "[None, '2']"}


def test_the_kernelspec_starts_a_copy_for_jupyterlab_and_nbval():
    manager, client = start_new_kernel(kernel_name="cxlib")
    try:
        assert isinstance(manager.provisioner, kernels.ForkedProvisioner)
        reply = client.execute_interactive("import os, sys; 'pandas' in sys.modules", timeout=60)
        assert reply["content"]["status"] == "ok"
        pid = manager.provisioner.pid
        assert Path(f"/proc/{pid}").exists()
        manager.restart_kernel()
        client.wait_for_ready(timeout=60)
        assert manager.provisioner.pid != pid
        assert not running(pid)
        client.execute("print('begun', flush=True)\nwhile True: pass")
        while client.get_iopub_msg(timeout=60)["content"].get("text") != "begun\n":
            pass
        manager.interrupt_kernel()
        assert client.get_shell_msg(timeout=60)["content"]["ename"] == "KeyboardInterrupt"
    finally:
        client.stop_channels()
        manager.shutdown_kernel()
    assert not running(manager.provisioner.pid if manager.provisioner else pid)


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] not in "ZX"
    except OSError:
        return False


@pytest.mark.parametrize(
    ("cmd", "forked"),
    [
        (["{python}", "-m", "ipykernel_launcher", "-f", "x.json"], True),
        (["{python}", "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "x"], True),
        (["/usr/bin/python3", "-m", "ipykernel_launcher", "-f", "x.json"], False),
        (["{python}", "-m", "other_kernel", "-f", "x.json"], False),
        (["R", "--slave", "-e", "IRkernel::main()"], False),
    ],
)
def test_only_the_stock_kernel_of_this_environment_is_copied(cmd, forked):
    import sys

    found = kernels._arguments([word.format(python=sys.executable) for word in cmd])
    assert (found is not None) is forked
    if forked:
        assert found[0] == "-f"


def test_where_no_copy_is_to_be_had_the_stock_kernel_is_started_and_says_so(
    tmp_path, monkeypatch, caplog
):
    def fail():
        raise RuntimeError("the process that kernels are copied from ended (1)")

    monkeypatch.setattr(kernels, "parent_path", fail)
    with caplog.at_level("WARNING"):
        [[found]] = run(tmp_path, ["1 + 1"], fork=True, monkeypatch=monkeypatch)
    assert found == {"text/plain": "2"}


def test_kernels_talk_over_files_that_are_gone_afterwards(tmp_path, monkeypatch):
    seen = []
    made = kernels.ForkedKernelManager.__init__

    def init(self, **kwargs):
        made(self, **kwargs)
        seen.append((self.transport, Path(self.ip).parent))

    monkeypatch.setattr(kernels.ForkedKernelManager, "__init__", init)
    run(tmp_path, ["1"], fork=True, monkeypatch=monkeypatch)
    [(transport, folder)] = seen
    assert transport == "ipc"
    assert not folder.exists()
    assert asyncio.iscoroutinefunction(kernels.ForkedProvisioner.launch_kernel)
    assert os.name == "posix"
