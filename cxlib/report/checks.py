"""Planned reports -> those that are ready, checked in a process of its own, with limits.

A file that never ends, or takes all memory to open, ends that process and no other."""

from __future__ import annotations

import contextlib
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from cxlib.report.checking import Ready, unknown_defaults
from cxlib.report.limits import Limits, Memory, write_bytes
from cxlib.report.messages import read_messages, send_message
from cxlib.report.parameters import Checked
from cxlib.report.plan import Planned, planned_from
from cxlib.report.refusals import Kind, kind_of_stop

_Ask = Callable[[dict[str, Any]], dict[str, Any]]
_LOOK = 0.05  # seconds between looks at memory and time


@dataclass(frozen=True, slots=True)
class Refused:
    """A planned report that cannot be run; `cause` is value, time or memory."""

    planned: Planned
    message: str
    cause: str = "value"
    kind: Kind = Kind.PARAMETER


@dataclass(frozen=True, slots=True)
class TooFew:
    """A value that gets no report of its own, and why, in the language of the others."""

    name: str
    message: str
    language: str = "en"


@dataclass(slots=True)
class Checks:
    """What became of planned reports before anything runs; `entries` has the names of all reports
    that an entry with `for_each` stands for."""

    ready: list[Ready] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    left_out: list[TooFew] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    entries: dict[str, list[str]] = field(default_factory=dict)


def check_all(
    planned: Sequence[Planned],
    *,
    limits: Limits = Limits(),  # noqa: B008  frozen
    keep: Callable[[str], bool] = lambda name: True,
) -> Checks:
    """Check reports in another process, which has the limits of a report.

    Parameters
    ----------
    planned : sequence of Planned
        Reports; one with `for_each` becomes a report a value of its column.
    limits : Limits
        `cell` is the time for one report.
    keep : callable
        Whether a report of this name is to be made here; the others are not checked.
    """
    found = Checks()
    with _checker(limits) as ask:
        # all that needs no rows first
        told = [
            (one, ask({"check": asdict(one)})) for one in planned if one.for_each or keep(one.name)
        ]
        for one, answer in told:
            if one.for_each and "ready" in answer:
                answer = _expand(one, ask, found, keep)
            if answer:
                _sort(one, answer, found)
    if not found.refused:
        found.problems += unknown_defaults([one for one, _ in told], found.ready)
    return found


def _expand(
    planned: Planned, ask: _Ask, found: Checks, keep: Callable[[str], bool]
) -> dict[str, Any]:
    """Check the reports that one stands for; return the answer where there are none."""
    answer = ask({"expand": asdict(planned)})
    if "refused" in answer:
        return answer
    names = [each["name"] for each in (*answer["reports"], *answer["left_out"])]
    found.entries[planned.name] = names
    found.left_out += [TooFew(**each) for each in answer["left_out"] if keep(each["name"])]
    taken = {other.planned.name.casefold() for other in found.ready}
    for one in map(planned_from, answer["reports"]):
        if one.name.casefold() in taken:
            found.refused.append(
                Refused(
                    one,
                    f"name={one.name!r} is there twice; give each report its own name",
                    kind=Kind.COMMAND,
                )
            )
        elif keep(one.name):
            _sort(one, ask({"check": asdict(one)}), found)
    return {}


def _sort(planned: Planned, told: dict[str, Any], found: Checks) -> None:
    if "ready" in told:
        found.ready.append(_ready(planned, told["ready"]))
    else:
        kind = kind_of_stop({"kind": Kind.FILE, **told})
        found.refused.append(Refused(planned, told["refused"], told.get("cause", "value"), kind))


def _ready(planned: Planned, told: dict[str, Any]) -> Ready:
    checked = told["checked"]
    paths = {
        kind: {name: Path(path) for name, path in checked[kind].items()}
        for kind in ("inputs", "outputs")
    }
    return Ready(
        planned,
        Checked(**{**checked, **paths}),
        tuple(told["known"]),
        told["counts_looks"],
        told["key"],
    )


@contextlib.contextmanager
def _checker(limits: Limits) -> Iterator[_Ask]:
    child = _Child(limits)
    try:
        yield child.ask
    finally:
        child.close()


class _Child:
    """The process that checks; it is started again where it was ended."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
        self._memory: Memory | None = None

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        process = self._started()
        send_message(cast("IO[str]", process.stdin), request)
        end = time.monotonic() + self._limits.cell
        while True:
            with contextlib.suppress(queue.Empty):
                answer = self._answers.get(timeout=_LOOK)
                return answer or self._ended(process)
            if self._memory and self._memory.over():
                return self._stopped(
                    "memory",
                    "the check of its files took more memory than the limit of "
                    f"{write_bytes(self._memory.most)}; give a larger --memory-limit, or a "
                    "smaller file",
                )
            if time.monotonic() > end:
                return self._stopped(
                    "time",
                    f"the check of its files took longer than {self._limits.cell:g} seconds; see "
                    "whether they can be read, or give a larger --timeout",
                )

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "cxlib.report.checker"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                encoding="utf-8",
                start_new_session=True,  # Ctrl-C reaches `cx` alone
            )
            self._answers = queue.SimpleQueue()
            threading.Thread(
                target=_listen, args=(self._process, self._answers), daemon=True
            ).start()
            if self._limits.memory:
                self._memory = Memory(self._limits.memory)
                self._memory.watch(self._process.pid)
        return self._process

    def _ended(self, process: subprocess.Popen[str]) -> dict[str, Any]:
        status = process.wait()
        self._log.seek(0)
        said = self._log.read()[-2000:].strip()
        if self._memory and self._memory.over():
            cause = "memory"
            how = f"took more memory than the limit of {write_bytes(self._memory.most)}"
        else:
            cause, how = "value", f"ended with status {status}: {said}"
        return self._stopped(cause, f"the process that checks its files {how}")

    def _stopped(self, cause: str, message: str) -> dict[str, Any]:
        self.close()
        return {"refused": message, "cause": cause}

    def close(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with contextlib.suppress(OSError):
                    cast("IO[str]", stream).close()
            self._log.close()
        memory, self._memory = self._memory, None
        if memory:
            memory.close()


def _listen(
    process: subprocess.Popen[str], answers: queue.SimpleQueue[dict[str, Any] | None]
) -> None:
    with contextlib.suppress(ValueError, OSError):  # closed meanwhile
        for message in read_messages(cast("IO[str]", process.stdout)):
            answers.put(message)
    answers.put(None)
