"""Random schedules of coding and faults in a real JupyterLab; `CX_SCHEDULES=200` runs as many, and
`tests/benchmarks/bench_coder_schedules.py` prints the seed of each that fails."""

from __future__ import annotations

import os

import pytest

from tests.lab.schedules import run_schedules, write_points

pytestmark = pytest.mark.browser
SCHEDULES = int(os.environ.get("CX_SCHEDULES", "2"))


def test_the_file_is_what_was_meant(notebook, line):
    book = notebook(write=write_points)
    book.open()
    assert run_schedules(book, line, range(1, SCHEDULES + 1)) == []
