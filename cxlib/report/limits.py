"""What a report may take of time and memory -> who is over it, by how much, and who says so."""

from __future__ import annotations

import contextlib
import os
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cxlib.errors import ParameterError

CELL = 600.0
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_CGROUPS = Path("/sys/fs/cgroup")
# what limits swap, by what limits memory: alone in version 2, together with memory in 1
_SWAP = {
    "memory.max": ("memory.swap.max", "0"),
    "memory.limit_in_bytes": ("memory.memsw.limit_in_bytes", ""),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be taken.

    Attributes
    ----------
    cell : float
        Seconds that one cell, or the check of one report, may take.
    whole : float or None
        Seconds that the whole run may take.
    memory : int or None
        Bytes that the processes of one report may have resident.
    """

    cell: float = CELL
    whole: float | None = None
    memory: int | None = None


def parse_bytes(text: str) -> int:
    """Return a size such as `2G`, `500 MB` or `1073741824` in bytes; a K is 1,024.

    Raises
    ------
    ParameterError
        If it is none.

    Examples
    --------
    >>> parse_bytes("2G"), parse_bytes("1.5 MiB")
    (2147483648, 1572864)
    """
    found = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?\s*", text, re.I)
    size = float(found[1]) * _UNITS[found[2].lower()] if found else 0.0
    if not 1 << 20 <= size < 1 << 60:
        raise ParameterError(
            f"memory limit {text[:40]!r} is no size of 1 MB or more; write it like 2G"
        )
    return int(size)


def write_bytes(size: float) -> str:
    """Return a size as people read it.

    >>> write_bytes(2147483648)
    '2.0 GB'
    """
    for unit in ("bytes", "kB", "MB"):
        if size < 1024:
            return f"{size:.0f} {unit}"
        size /= 1024
    return f"{size:.1f} GB"


class Memory:
    """The memory of the processes of one report: a control group where the system gives one, else
    their resident memory, which whoever holds this must look at.

    `watch` them as they start, ask `over` now and then, and `close` at the end.
    """

    def __init__(self, most: int, *, groups: Path = _CGROUPS) -> None:
        self.most = most
        self.seen = 0  # bytes at most
        self._pids: set[int] = set()
        self._group = _group(most, groups)

    @property
    def grouped(self) -> bool:
        """Whether the kernel of the system keeps the limit."""
        return self._group is not None

    def watch(self, pid: int) -> None:
        """Count a process, and what it starts, from now on."""
        self._pids.add(pid)
        if self._group:
            try:
                (self._group / "cgroup.procs").write_text(str(pid))
            except OSError:  # it has ended, or may not be moved: it is looked at instead
                self._leave()

    def over(self) -> bool:
        """Return whether the processes have taken more than they may."""
        if self._group:
            return _killed(self._group)
        self.seen = max(self.seen, resident(self._pids))
        return self.seen > self.most

    def close(self) -> None:
        """Give the control group back."""
        self._leave()

    def _leave(self) -> None:
        group, self._group = self._group, None
        for _ in range(50 if group else 0):  # processes that were just killed are still in it
            with contextlib.suppress(OSError):
                group.rmdir()  # type: ignore[union-attr]
                return
            time.sleep(0.02)


def resident(pids: Iterable[int]) -> int:
    """Return the bytes that processes and all that they started have of their own in memory; what
    they share, with files or with the process that they are copies of, does not count."""
    import psutil  # only where there is a limit

    found: dict[int, int] = {}
    for pid in pids:
        with contextlib.suppress(psutil.Error):
            parent = psutil.Process(pid)
            for process in (parent, *parent.children(recursive=True)):
                with contextlib.suppress(psutil.Error):
                    found[process.pid] = process.memory_full_info().uss
    return sum(found.values())


def _group(most: int, groups: Path) -> Path | None:
    """Make a control group (version 2, else 1) with the limit, within that of this process."""
    for line in _lines(Path("/proc/self/cgroup")):
        _, controllers, path = line.split(":", 2)
        if not controllers:  # version 2: the controller must be on for the children
            base, key = groups / path.lstrip("/"), "memory.max"
            if "memory" not in " ".join(_lines(base / "cgroup.subtree_control")).split():
                continue
        elif "memory" in controllers.split(","):
            base, key = groups / "memory" / path.lstrip("/"), "memory.limit_in_bytes"
        else:
            continue
        group = base / f"cx-{os.getpid()}-{time.monotonic_ns()}"
        try:
            group.mkdir()
        except OSError:
            continue
        try:
            (group / key).write_text(str(most))
        except OSError:
            group.rmdir()
            continue
        swap, none = _SWAP[key]
        with contextlib.suppress(OSError):  # else it swaps before it is stopped
            (group / swap).write_text(none or str(most))
        return group
    return None


def _killed(group: Path) -> bool:
    """Return whether the system has killed a process of the group for its memory."""
    told = [*_lines(group / "memory.events"), *_lines(group / "memory.oom_control")]
    return any(line.split()[0] == "oom_kill" and int(line.split()[1]) for line in told if line)


def kills_of_the_system(groups: Path = _CGROUPS) -> int:
    """Return how many processes of this control group the system has killed for lack of memory; of
    the machine where that is not told. Kills in a group within it, whose own limit was met, are
    none of the machine's."""
    told = []
    for line in _lines(Path("/proc/self/cgroup")):
        _, controllers, path = line.split(":", 2)
        if not controllers:
            told += _lines(groups / path.lstrip("/") / "memory.events.local")
        elif "memory" in controllers.split(","):
            told += _lines(groups / "memory" / path.lstrip("/") / "memory.oom_control")
    for line in (*told, *_lines(Path("/proc/vmstat"))):
        name, _, number = line.partition(" ")
        if name == "oom_kill":
            return int(number)
    return 0


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return []
