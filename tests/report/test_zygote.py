"""What copies are made of has neither a thread nor a socket, and refuses to serve with one."""

import os
import subprocess
import sys

import pytest

from cxlib.report import copies
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(not copies.can_fork(), reason="processes are copied on Linux alone")

BEFORE = (
    "import cxlib.report.zygote as zygote\nfrom cxlib.report.preload import preload\npreload()\n"
)


def python(program):
    environment = {**copies.bare(os.environ), **copies.SINGLE, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, "-c", BEFORE + program], env=environment, capture_output=True, text=True
    )


def test_no_thread_connection_or_file_is_there_before_the_fork():
    told = python(
        "import os\nzygote.refuse_threads()\n"
        "files = [os.readlink(f'/proc/self/fd/{n}') for n in os.listdir('/proc/self/fd') "
        "if os.path.exists(f'/proc/self/fd/{n}')]\n"
        "print([f for f in files if 'socket' in f or '.ttf' in f or '.csv' in f])\n"
        "import duckdb, sys, matplotlib\n"
        "print('duckdb' in sys.modules, matplotlib.get_backend(auto_select=False))"
    )
    assert told.stdout == "[]\nTrue None\n", told.stderr


def test_a_stack_that_started_a_thread_is_not_copied():
    told = python(
        "import threading, time\n"
        "threading.Thread(target=time.sleep, args=(9,), daemon=True).start()\n"
        "zygote.refuse_threads()"
    )
    assert "Threads: 2 threads run" in told.stderr
    assert told.returncode == 1
