"""The parent of copies starts anew where what it loaded has changed, and leaves nobody behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cxlib.report import copies
from tests.conftest import ROOT

pytestmark = pytest.mark.skipif(not copies.can_fork(), reason="processes are copied on Linux alone")


def running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] not in "ZX"
    except OSError:
        return False


def wait_until(true, seconds=20.0):
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.fixture(scope="module")
def path():
    return copies.shared().started().path


def worker(path, **options):
    (take, told), (says, give) = os.pipe(), os.pipe()
    copy = copies.ask(path, "worker", files=(take, give, 2), **options)
    os.close(take)
    os.close(give)
    return copy, told, says


def test_a_copy_ends_with_its_input_and_its_status_is_told(path):
    copy, told, says = worker(path)
    assert copy.poll() is None
    os.close(told)
    assert copy.wait(timeout=20) == 0
    os.close(says)


def test_how_a_copy_was_killed_is_told(path):
    copy, told, says = worker(path)
    copy.terminate()
    assert copy.wait(timeout=20) == -signal.SIGTERM
    copy.kill()  # it has ended: nothing happens
    for end in (told, says):
        os.close(end)


def test_a_copy_that_nobody_waits_for_is_killed(path):
    copy, told, says = worker(path)
    copy._connection.close()
    wait_until(lambda: not running(copy.pid))
    for end in (told, says):
        os.close(end)


def test_what_is_no_request_harms_nobody(path):
    import socket

    for content in (b"", b"{", b"\n", b"[]\n", b'{"what": "worker"}\n'):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(path)
            connection.sendall(content)
    copy, told, says = worker(path)
    os.close(told)
    assert copy.wait(timeout=20) == 0
    os.close(says)


class FakeParent:
    def __init__(self):
        self.alive = False
        self.state = copies.state()

    def begin(self):
        self.alive = True

    def stop(self):
        self.alive = False


def test_a_parent_starts_anew_where_it_ended_or_the_code_or_the_packages_change(monkeypatch):
    monkeypatch.setattr(copies, "Parent", FakeParent)
    monkeypatch.setattr(copies, "_parents", [])
    before = copies.shared()
    assert copies.shared() is before
    with monkeypatch.context() as patched:
        patched.setattr(copies, "installed", lambda: ("another",))
        after = copies.shared()
        assert after is not before
        assert before.alive  # its copies live on
    again = copies.shared()
    assert again is not after
    again.stop()
    assert copies.shared().alive


def test_the_state_is_that_of_code_packages_and_path(monkeypatch):
    before = copies.state()
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    assert copies.state() != before
    monkeypatch.undo()
    assert copies.state() == before
    assert any(name.startswith("pandas-") for name in copies.installed())


def test_a_parent_that_cannot_start_says_how_it_ended(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    monkeypatch.setattr(copies.sys, "executable", "/bin/false")
    parent = copies.Parent()
    parent.begin()
    with pytest.raises(RuntimeError, match=r"ended \(1\)"):
        parent.started()
    parent.stop()


def test_what_is_stopped_while_it_starts_leaves_no_folder(monkeypatch):
    def stopped(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr(copies, "_parents", [])
    monkeypatch.setattr(copies.subprocess, "Popen", stopped)
    with pytest.raises(KeyboardInterrupt):
        copies.shared()
    [parent] = copies._parents
    assert Path(parent.path).parent.is_dir()
    copies._stop_all()
    assert not Path(parent.path).parent.exists()


def test_nothing_is_left_where_the_process_that_started_it_is_killed():
    program = (
        "import os, time\nfrom cxlib.report import copies\n"
        "parent = copies.shared().started()\n"
        "(take, told), (says, give) = os.pipe(), os.pipe()\n"
        "copy = copies.ask(parent.path, 'worker', files=(take, give, 2))\n"
        "print(parent.process.pid, copy.pid, parent.path, flush=True)\ntime.sleep(600)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        parent, copy, _ = process.stdout.readline().split()
        assert running(parent)
        assert running(copy)
        process.kill()
    wait_until(lambda: not running(parent) and not running(copy))


def test_modules_are_not_taken_from_the_folder_it_is_started_in(tmp_path, monkeypatch):
    (tmp_path / "pandas.py").write_text("raise ImportError('a file of the user')")
    monkeypatch.chdir(tmp_path)
    parent = copies.Parent()
    parent.begin()
    assert parent.started().alive
    parent.stop()
    assert not Path(parent.path).parent.exists()


@pytest.mark.parametrize("after", [0.0, 0.3])
def test_a_parent_whose_runner_went_before_it_was_ready_ends_without_a_word(after, tmp_path):
    folder = tmp_path / "gone"
    folder.mkdir()
    process = subprocess.Popen(
        [sys.executable, "-m", "cxlib.report.zygote", f"{folder}/socket"],
        cwd=folder,
        env=copies.bare(os.environ) | copies.SINGLE | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(after)
    folder.rmdir()
    assert process.communicate(timeout=60) == (b"", b"")
    assert process.returncode == 0
