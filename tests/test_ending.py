"""A run that is interrupted ends in order, wherever the signal comes. What it leaves is in
`report/test_faults.py`."""

import signal
import subprocess
import sys

import pytest


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="there are no alarms")
def test_a_signal_ends_it_at_last_whatever_it_waits_for():
    program = (
        "import atexit, os, signal, threading\nfrom cxlib import ending\n"
        "ending.ENDS_WITHIN = 1\nlock = threading.Lock()\nlock.acquire()\n"
        "atexit.register(lock.acquire)\n"
        "with ending.in_order():\n    os.kill(os.getpid(), signal.SIGTERM)"
    )
    done = subprocess.run([sys.executable, "-c", program], timeout=60, check=False)
    assert done.returncode == 128 + signal.SIGTERM


def test_what_goes_on_after_a_signal_is_not_ended():
    program = (
        "import os, signal, time\nfrom cxlib import ending\nending.ENDS_WITHIN = 1\n"
        "try:\n    with ending.in_order():\n        os.kill(os.getpid(), signal.SIGTERM)\n"
        "except BaseException:\n    time.sleep(2)"
    )
    assert subprocess.run([sys.executable, "-c", program], timeout=60, check=False).returncode == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_within_a_finalizer_ends_it_too(number):
    program = (
        "import os, time\nfrom cxlib import ending\n"
        f"class Last:\n    def __del__(self):\n        os.kill(os.getpid(), {int(number)})\n"
        "        time.sleep(0.01)\n"
        "import typer\ntry:\n    with ending.in_order():\n        last = Last()\n        del last\n"
        "        time.sleep(60)\nexcept typer.Exit as end:\n    os._exit(end.exit_code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], timeout=60, capture_output=True, text=True, check=False
    )
    assert done.returncode == 128 + number
    assert "Exception ignored" not in done.stderr


def test_what_another_finalizer_raises_is_still_told():
    program = (
        "from cxlib import ending\nclass Last:\n    def __del__(self):\n        1 / 0\n"
        "with ending.in_order():\n    last = Last()\n    del last"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], timeout=60, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    assert "ZeroDivisionError" in done.stderr
