"""What all tests share: where things lie."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "agg")

# examples take as long as the machine needs; on a CI machine the same ones are tried every time
settings.register_profile("house", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("house")

ROOT = Path(__file__).resolve().parents[1]
ORACLES = Path(__file__).parent / "oracles"
SHARED = ROOT.parent / "shared"


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
