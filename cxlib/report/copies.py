"""A process that has imported everything -> copies of it: what its users need to start it and ask
it. Loads nothing."""

from __future__ import annotations

import atexit
import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping, Sequence
from importlib import util
from pathlib import Path
from typing import Any

# for libraries that start threads as they are loaded, Arrow's allocator among them
SINGLE = {
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
    "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # a warning of the debugger's to nobody
}


_LONG = 60  # bytes of a folder's path that leave room for names in it


def can_fork() -> bool:
    """Return whether kernels can be copied here: on Linux, unless `CX_FORK=0` says no."""
    return sys.platform == "linux" and os.environ.get("CX_FORK", "1") != "0"


class Copy:
    """A copied process that another one is the parent of; looks like `subprocess.Popen`."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, connection: socket.socket) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._connection = connection
        self._told = b""

    def poll(self) -> int | None:
        """Return the exit status, or None while it runs."""
        while self.returncode is None:
            try:
                told = self._connection.recv(4096, socket.MSG_DONTWAIT)
            except BlockingIOError:
                return None
            except OSError:
                told = b""
            self._told += told
            if not told or self._told.endswith(b"\n"):
                # without a word its parent was killed, and took it along
                self.returncode = json.loads(self._told)["exit"] if self._told else -signal.SIGKILL
                self._connection.close()
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end and return the exit status."""
        end = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if end is not None and time.monotonic() > end:
                raise subprocess.TimeoutExpired("copy", timeout or 0)
            time.sleep(0.01)
        return status

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def ask(
    path: str,
    what: str,
    *,
    argv: Sequence[str] = (),
    cwd: str | os.PathLike[str] | None = None,
    env: Mapping[str, str] | None = None,
    files: tuple[int, int, int] | None = None,
) -> Copy:
    """Ask the process that listens at `path` for a copy.

    Parameters
    ----------
    path : str
        Its socket.
    what : {"kernel", "worker"}
        What the copy is to be.
    argv : sequence of str
        Its arguments.
    cwd, env
        Its folder and environment; by default those of this process.
    files : tuple of int, optional
        Its standard input, output and error; by default none, and those of this process.

    Raises
    ------
    OSError
        If nobody listens.
    """
    request = {
        "what": what,
        "argv": list(argv),
        "cwd": str(cwd or Path.cwd()),
        "env": dict(os.environ if env is None else env),
        "umask": _umask(),
    }
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        connection.connect(path)
        with open(os.devnull) as nothing:
            line = json.dumps(request).encode() + b"\n"
            sent = socket.send_fds(connection, [line], files or (nothing.fileno(), 1, 2))
            connection.sendall(line[sent:])
        answer = b""
        while not answer.endswith(b"\n"):
            more = connection.recv(1)
            if not more:
                raise ConnectionError("the process that kernels are copied from gave no answer")
            answer += more
    except OSError:
        connection.close()
        raise
    return Copy(json.loads(answer)["pid"], connection)


def _umask() -> int:
    found = os.umask(0o077)
    os.umask(found)
    return found


def socket_folder() -> str:
    """Make a folder for sockets, for its owner alone; whoever asked for it removes it."""
    return tempfile.mkdtemp(prefix="cx-", dir=_short_folder())


def _short_folder() -> str:
    """Return where temporary files lie and the path of a socket has room, which has 107 bytes at
    most on Linux, 103 elsewhere."""
    usual = tempfile.gettempdir()
    return "/tmp" if len(os.fsencode(usual)) > _LONG and os.path.isdir("/tmp") else usual


class Parent:
    """The process that copies are made of; it ends with this one."""

    process: subprocess.Popen[bytes] | None = None

    def __init__(self) -> None:
        # known before it is there: a signal between both leaves nothing behind
        self._folder = f"{_short_folder()}/cx-{secrets.token_hex(8)}"
        self.path = f"{self._folder}/socket"
        self.state = state()
        self._ready = False
        self._starting = threading.Lock()

    def begin(self) -> None:
        """Start it; it is ready later (see `started`)."""
        os.mkdir(self._folder, 0o700)
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cxlib.report.zygote", self.path],
            cwd=self._folder,  # an empty one: no file of the user's is taken for a library
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=bare(os.environ) | SINGLE,
            start_new_session=True,  # Ctrl-C reaches the runner alone
        )

    def started(self) -> Parent:
        """Wait until it has imported everything.

        Raises
        ------
        RuntimeError
            If it ended instead.
        """
        with self._starting:
            if not self._ready:
                assert self.process
                assert self.process.stdout
                said = self.process.stdout.readline()
                if said != b"ready\n":
                    raise RuntimeError(
                        "the process that kernels are copied from ended "
                        f"({self.process.wait(timeout=30)})"
                    )
                self._ready = True
        return self

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """End it, and all its copies."""
        if self.process:
            self._end(self.process)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        if not self._ready:  # it is importing, has no copy yet, and would hear nothing else
            process.kill()
        assert process.stdin
        assert process.stdout
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()


def bare(environment: Mapping[str, str]) -> dict[str, str]:
    """Return an environment for a process that runs notebooks: a kernel chooses the backend that
    puts figures into the notebook, and folders of modules stay where they are."""
    found = {name: value for name, value in environment.items() if name != "MPLBACKEND"}
    if path := found.get("PYTHONPATH"):
        found["PYTHONPATH"] = os.pathsep.join(map(os.path.abspath, path.split(os.pathsep)))
    return found


def state() -> tuple[Any, ...]:
    """Return what the copies depend on: the code of cxlib, the installed packages, the path; where
    it changes, a new parent is started."""
    package = Path(__file__).parents[1]
    files = sorted(item for item in package.rglob("*") if item.suffix in {".py", ".toml", ".css"})
    code = tuple((str(item), item.stat().st_mtime_ns, item.stat().st_size) for item in files)
    return code, installed(), os.environ.get("PYTHONPATH")


def installed() -> tuple[str, ...]:
    """Return names and versions of what is installed, as its folders say them."""
    found = util.find_spec("jupyter_client")
    if found is None or found.origin is None:
        return ()
    site = Path(found.origin).parents[1]
    return tuple(sorted(name for name in os.listdir(site) if name.endswith(".dist-info")))


_own: str | None = None  # the socket of this process's own parent
_parents: list[Parent] = []
_one_at_a_time = threading.Lock()


def use(path: str) -> None:
    """Let this process, and its copies, ask the parent that listens at `path`."""
    global _own
    _own = path


def shared() -> Parent:
    """Return this process's parent of copies, which may still be importing; it is started anew
    where it has ended, or code or packages have changed."""
    with _one_at_a_time:
        if not _parents or not _parents[-1].alive or _parents[-1].state != state():
            if not _parents:
                atexit.register(_stop_all)
            _parents.append(Parent())  # copies of the one before live on until this process ends
            _parents[-1].begin()
        return _parents[-1]


def parent_path() -> str:
    """Return the socket of a parent: the one that this process is a copy of, else `shared`.

    Raises
    ------
    RuntimeError
        If it cannot start.
    """
    return _own or shared().started().path


def _stop_all() -> None:
    for parent in _parents:
        parent.stop()
