"""What all tests share: where things lie."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

ROOT = Path(__file__).resolve().parents[1]

# Before NumPy is loaded. Threads of each of several processes wait for one another on few cores,
# and what a test starts from here runs notebooks of a few lines, which need no stack preloaded; a
# test that wants what users get passes the environment `WHOLE`.
os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
LIGHT = Path(__file__).parent / "report" / "light"
os.environ["PYTHONPATH"] = os.pathsep.join([str(LIGHT), str(ROOT)])
WHOLE = os.environ | {"PYTHONPATH": str(ROOT)}

# Examples take as long as the machine needs; on a CI machine the same ones are tried every time.
# `--hypothesis-profile=deep` tries more.
settings.register_profile("house", deadline=None, max_examples=20, derandomize="CI" in os.environ)
settings.register_profile("deep", settings.get_profile("house"), max_examples=400)
settings.load_profile("house")

ORACLES = Path(__file__).parent / "oracles"
SHARED = ROOT.parent / "shared"


# What takes minutes, much of it waiting for other processes, so that it begins first and nothing
# else waits for its end.
_LONGEST = (
    "tests/lab",
    "tests/report/test_faults.py",
    "tests/browser",
    "tests/cases/test_reports.py",
    "tests/notebooks",
    "tests/report",
)


def _rank(item: pytest.Item) -> int:
    return next((n for n, start in enumerate(_LONGEST) if item.nodeid.startswith(start)), 99)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put what takes longest first, for `--no-loadscope-reorder`."""
    items.sort(key=_rank)


def pytest_collection_finish() -> None:
    """Leave what stands until the end (modules, tests) out of every later garbage collection:
    statsmodels' `multipletests` alone asks for one a call."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """Let what stood until now be taken down in order."""
    gc.unfreeze()


@pytest.fixture(autouse=True)
def no_figure_stays_open() -> Iterator[None]:
    """Close what a test drew: a figure that is never shown stays in memory, and matplotlib warns of
    the twenty-first."""
    yield
    if "matplotlib.pyplot" in sys.modules:
        sys.modules["matplotlib.pyplot"].close("all")


@pytest.fixture(scope="session")
def sample() -> Path:
    """Folder of the sample company."""
    return ROOT / "data" / "sample"


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder with data that may not be copied into the project; the test is skipped where it is
    absent."""
    if not SHARED.is_dir():
        pytest.skip("the folder with data that may not be copied (../shared) is absent")
    return SHARED


def watching(folder: Path, log: Path) -> dict[str, str]:
    """Return an environment in which every opening of a file below `folder` is written to `log`."""
    path = os.pathsep.join([str(Path(__file__).parent / "report" / "watched"), str(ROOT)])
    return os.environ | {"PYTHONPATH": path, "WATCHED": str(folder), "WATCHED_LOG": str(log)}


@pytest.fixture(scope="session")
def sample_reports(tmp_path_factory, worker_id: str) -> Path:
    """`reports/sample.yml`, published once for all processes of pytest-xdist; beside the folder
    lies who opened a file of the sample, `opened.log`."""
    base = tmp_path_factory.getbasetemp()
    shared = (base if worker_id == "master" else base.parent) / "sample"
    with FileLock(f"{shared}.lock"):
        if not shared.is_dir():
            shared.mkdir()
            command = [sys.executable, "-c", "from cxlib.cli import main; main()", "run"]
            ran = subprocess.run(
                [*command, "reports/sample.yml", "--out", str(shared / "published")],
                cwd=ROOT,
                env=watching(ROOT / "data" / "sample", shared / "opened.log"),
                capture_output=True,
                encoding="utf-8",
                check=False,
            )
            assert ran.returncode == 0, ran.stdout + ran.stderr
    return shared / "published"


# no request of the browser's own (updates, accounts, QUIC probes) may be taken for one of a page
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser():
    """Chromium, one a process: Playwright runs once in it."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("there is no chromium on this machine (Debian: apt-get install chromium)")
    sync_api = pytest.importorskip("playwright.sync_api")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()
