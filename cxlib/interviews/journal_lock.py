"""A file that several processes append to -> a descriptor of it that one of them has at a time."""

from __future__ import annotations

import errno
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_WAIT, _STEP = 5.0, 0.005  # seconds
_TAKEN = (errno.EACCES, errno.EAGAIN, errno.EDEADLK)
# some network disks have no locks; a line is written in one piece there all the same
_NO_LOCKS = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL)
_BEYOND = 1 << 40  # Windows forbids others to read what is locked, so no byte of the file is

if sys.platform == "win32":
    import msvcrt

    def _take(fd: int) -> None:
        os.lseek(fd, _BEYOND, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)

    def _leave(fd: int) -> None:
        os.lseek(fd, _BEYOND, os.SEEK_SET)
        msvcrt.locking(fd, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _take(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _leave(fd: int) -> None:
        fcntl.flock(fd, fcntl.LOCK_UN)


@contextmanager
def locked(path: Path, flags: int) -> Iterator[int]:
    """Give a descriptor of the file that lies at a path, alone.

    Parameters
    ----------
    path : Path
    flags : int
        Of `os.open`.

    Raises
    ------
    OSError
        If it cannot be opened, or somebody keeps it for more than five seconds (`TimeoutError`).
    """
    until = time.monotonic() + _WAIT
    while True:
        fd = os.open(path, flags | getattr(os, "O_BINARY", 0), 0o644)
        try:
            has_lock = _lock(fd, until)
            if _is_at(fd, path):
                break
        except BaseException:
            os.close(fd)
            raise
        os.close(fd)  # it was replaced while we waited
    try:
        yield fd
    finally:
        if has_lock:
            _leave(fd)
        os.close(fd)


def _lock(fd: int, until: float) -> bool:
    while True:
        try:
            _take(fd)
            return True
        except OSError as error:
            if error.errno in _NO_LOCKS:
                return False
            if error.errno not in _TAKEN:
                raise
        if time.monotonic() > until:
            raise TimeoutError(errno.ETIMEDOUT, "another program keeps the file locked")
        time.sleep(_STEP)


def _is_at(fd: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(fd), os.stat(path))
    except FileNotFoundError:
        return False


def read(fd: int, start: int, end: int) -> bytes:
    """Return the bytes of a file from one place up to another."""
    os.lseek(fd, start, os.SEEK_SET)
    parts = []
    while start < end and (part := os.read(fd, end - start)):
        parts.append(part)
        start += len(part)
    return b"".join(parts)


def append(fd: int, data: bytes) -> None:
    """Write bytes to the end of a file and onto the disk, all or none.

    Raises
    ------
    OSError
        If the disk has no room for them, say; the file is as it was then.
    """
    before = os.fstat(fd).st_size
    try:
        os.lseek(fd, 0, os.SEEK_END)
        left = memoryview(data)
        while left:
            left = left[os.write(fd, left) :]
        os.fsync(fd)
    except BaseException:
        os.ftruncate(fd, before)
        os.fsync(fd)
        raise
