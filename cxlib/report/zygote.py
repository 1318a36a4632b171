"""A process that has imported everything -> copies of it that are ready at once: kernels, and the
workers that run notebooks.

Started as `python -m cxlib.report.zygote SOCKET`. It listens on that socket, and ends with the
process that started it (standard input closes then), taking its copies along. A request is one line
of JSON with three open files (the copy's standard input, output and error); the answer is a line
with the copy's pid, and at its end a line with its exit status. Where the asker goes away, its copy
is killed. Linux alone: elsewhere a process that has loaded libraries cannot be copied safely.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import functools
import gc
import importlib
import json
import os
import random
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from importlib import util
from pathlib import Path
from typing import Any

from ipykernel.kernelapp import IPKernelApp

from cxlib.report import copies as own
from cxlib.report.preload import preload, preload_pages

_PATIENCE = 5.0  # seconds for a request to arrive whole
_LAUNCHER = str(getattr(util.find_spec("ipykernel_launcher"), "origin", ""))
_DEATH_SIGNAL = 1  # PR_SET_PDEATHSIG of prctl(2)
_WORKER = "cxlib.report.worker"
# what a kernel loads as it starts
_KERNELS = (
    "ipykernel.debugger",
    "ipykernel.ipkernel",
    "ipykernel.kernelapp",
    "jupyter_client.localinterfaces",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "psutil",
)
_INLINE = "module://matplotlib_inline.backend_inline"
_MOST = 4 << 20  # bytes of a request: an environment may be large


class Threads(RuntimeError):
    """Something in the preloaded stack has started a thread: copies would lack it, and may hang."""


def main() -> None:
    """Serve until standard input closes; in a copy, be what was asked for."""
    if not sys.flags.safe_path:
        del sys.path[0]  # the folder it was started in
    preload_pages()
    preload()
    for name in (_WORKER, *_KERNELS):
        importlib.import_module(name)
    # reads which backends are installed
    importlib.import_module("matplotlib.backends").backend_registry.list_all()
    _settings()
    path = sys.argv[1]
    own.use(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        listener.bind(path)
    except FileNotFoundError:  # its folder went with the process that started this one
        _leave(0)
    listener.listen(64)
    gc.collect()
    gc.freeze()  # copies then share the pages of what was loaded
    refuse_threads()
    print("ready", flush=True)
    task = _serve(listener)
    _leave(_status(task) if task else 0)


def refuse_threads() -> None:
    """Raise where more than one thread runs, of Python or of a library.

    Raises
    ------
    Threads
        With their number.
    """
    running = len(os.listdir("/proc/self/task"))
    if running > 1 or threading.active_count() > 1:
        raise Threads(
            f"{running} threads run in the process that kernels are copied from; a module that "
            "starts one must not be preloaded"
        )


def _serve(listener: socket.socket) -> Callable[[], Any] | None:
    """Answer requests; returns in a copy, with what it is to do, and at the end None."""
    woken, waker = socket.socketpair()
    for end in (woken, waker):
        end.setblocking(False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(waker.fileno(), warn_on_full_buffer=False)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the runner
    ready = selectors.DefaultSelector()
    for source in (listener, woken, 0):
        ready.register(source, selectors.EVENT_READ)
    copies: dict[int, socket.socket] = {}
    while True:
        for key, _ in ready.select():
            if key.fileobj == 0:
                signal.set_wakeup_fd(-1)  # its socket is closed before the last copy has ended
                _kill_all(copies)
                return None
            if key.fileobj is woken:
                woken.recv(4096)
                _reap(copies, ready)
            elif key.fileobj is listener:
                connection, _ = listener.accept()
                task = _copy(connection, copies, ready)
                if task is not None:
                    for other in (listener, woken, waker, connection, *copies.values()):
                        other.close()
                    ready.close()
                    return task
            else:  # the asker is gone
                _abandon(key.data, copies)


def _copy(
    connection: socket.socket, copies: dict[int, socket.socket], ready: selectors.BaseSelector
) -> Callable[[], Any] | None:
    """Fork, and register the copy; return its task in the copy, None in the parent."""
    try:
        request, files = _request(connection)
    except (OSError, ValueError):
        connection.close()
        return None
    pid = os.fork()
    if pid == 0:
        signal.set_wakeup_fd(-1)
        return lambda: _become(request, files)
    for file in files:
        os.close(file)
    connection.sendall(json.dumps({"pid": pid}).encode() + b"\n")
    copies[pid] = connection
    ready.register(connection, selectors.EVENT_READ, data=pid)
    return None


def _request(connection: socket.socket) -> tuple[dict[str, Any], list[int]]:
    connection.settimeout(_PATIENCE)
    content, files, _, _ = socket.recv_fds(connection, 1 << 16, 3)
    while not content.endswith(b"\n"):
        more = connection.recv(1 << 16)
        if not more or len(content) > _MOST:
            raise ValueError("a request broke off")
        content += more
    if len(files) != 3:
        raise ValueError("a request without three files")
    return json.loads(content), list(files)


def _reap(copies: dict[int, socket.socket], ready: selectors.BaseSelector) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        connection = copies.pop(pid, None)
        if connection is not None:
            ready.unregister(connection)
            told = {"exit": os.waitstatus_to_exitcode(status)}
            with contextlib.suppress(OSError):  # nobody waits for it any more
                connection.sendall(json.dumps(told).encode() + b"\n")
            connection.close()


def _abandon(pid: int, copies: dict[int, socket.socket]) -> None:
    connection = copies[pid]
    try:
        gone = not connection.recv(1, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return
    except OSError:
        gone = True
    if gone:
        _kill(pid)


def _kill_all(copies: dict[int, socket.socket]) -> None:
    for pid in copies:
        _kill(pid)


def _kill(pid: int) -> None:
    for kill in (os.killpg, os.kill):  # a copy that has not got its own group yet, alone
        try:
            kill(pid, signal.SIGKILL)
        except OSError:
            continue


def _become(request: dict[str, Any], files: list[int]) -> None:
    """Take the asker's folder, environment and files, be as new as a fresh process, and work."""
    os.setsid()
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    for number, file in enumerate(files):
        os.dup2(file, number)
        if file > 2:
            os.close(file)
    os.environ.clear()
    os.environ.update(request["env"], JPY_PARENT_PID=str(os.getppid()))
    _end_with_parent()
    os.umask(request["umask"])
    os.chdir(request["cwd"])
    time.tzset()
    random.seed()
    if "numpy" in sys.modules:  # its state is global and was copied
        sys.modules["numpy"].random.seed()
    if request["what"] == "kernel":
        _be_kernel(request["argv"])
    else:
        sys.modules[_WORKER].main()


def _be_kernel(argv: list[str]) -> None:
    sys.argv = [_LAUNCHER, *argv]
    os.environ.setdefault("PYDEVD_USE_FRAME_EVAL", "NO")  # as ipykernel says when it loads it
    _choose_look()
    _choose_backend()
    IPKernelApp.launch_instance(argv=[*argv, f"--IPKernelApp.parent_handle={os.getppid()}"])


def _choose_look() -> None:
    """Read the settings of figures that hold where the notebook lies."""
    matplotlib = sys.modules["matplotlib"]
    if matplotlib.matplotlib_fname() != _settings():
        matplotlib.rcParams.update(
            {name: value for name, value in matplotlib.rc_params().items() if name != "backend"}
        )


@functools.cache
def _settings() -> str:
    """Return the file of settings that the parent has read; it asks before it is copied."""
    return str(sys.modules["matplotlib"].matplotlib_fname())


def _choose_backend() -> None:
    """Let the kernel choose what draws its figures, as if matplotlib had not been loaded: else they
    are dropped without a word."""
    os.environ.setdefault("MPLBACKEND", _INLINE)
    if "matplotlib" in sys.modules:
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]
    # it hooks itself into the shell as it is imported
    package, _, name = _INLINE.removeprefix("module://").rpartition(".")
    sys.modules.pop(f"{package}.{name}", None)
    vars(sys.modules.get(package, sys)).pop(name, None)


def _end_with_parent() -> None:
    parent = os.getppid()
    ctypes.CDLL(None).prctl(_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:  # it ended in between
        os._exit(1)


def _status(task: Callable[[], Any]) -> int:
    try:
        task()
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:  # noqa: BLE001  as Python itself ends a program
        sys.excepthook(*sys.exc_info())
        return 1
    return 0


def _leave(status: int) -> None:
    """End as Python does, but for taking the shared modules apart, which costs most of it."""
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue
    os._exit(status)


if __name__ == "__main__":
    Path(sys.argv[1]).unlink(missing_ok=True)
    main()
