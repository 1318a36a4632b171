"""What can go wrong under a widget, done to a notebook."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.lab.notebook import Notebook, until


def restart(book: Notebook) -> None:
    """Restart the kernel, as the menu does, and wait until it is there."""
    book.page.evaluate("() => desk.panel.sessionContext.session.kernel.restart()")
    book.page.evaluate("() => desk.ready()")


def kill(book: Notebook) -> None:
    """End the kernel as the system does where memory is short."""
    os.kill(book.pid, signal.SIGKILL)
    until(lambda: not book.is_alive() or _is_dead(book.pid))


def _is_dead(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return not stat.is_file() or stat.read_text().rsplit(")", 1)[1].split()[0] == "Z"


def fill_disk(book: Notebook) -> None:
    """Let the kernel write no byte more into the coder's file."""
    size = book.journal_path.stat().st_size
    _, hard = resource.prlimit(book.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(book.pid, resource.RLIMIT_FSIZE, (size, hard))


def empty_disk(book: Notebook) -> None:
    _, hard = resource.prlimit(book.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(book.pid, resource.RLIMIT_FSIZE, (hard, hard))


@contextlib.contextmanager
def read_only(path: Path) -> Iterator[bool]:
    """Let nobody write a file; False where that cannot be done (root without its attributes)."""
    path.chmod(0o444)
    told = True
    if os.access(path, os.W_OK):
        told = bool(shutil.which("chattr")) and not _chattr("+i", path)
    yield told
    if os.geteuid() == 0 and told:
        _chattr("-i", path)
    path.chmod(0o644)


def _chattr(flag: str, path: Path) -> int:
    return subprocess.run(["chattr", flag, path], capture_output=True, check=False).returncode
