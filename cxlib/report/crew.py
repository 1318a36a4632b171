"""Jobs -> the processes that run them, a few at a time, each within its limits.

A process a report: it is a copy of one that has imported everything, or, where there is no such
copy, a new one.
"""

from __future__ import annotations

import contextlib
import os
import queue
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any, cast

from cxlib.report import limits as limiting
from cxlib.report.copies import Copy, ask, bare, can_fork, shared, socket_folder
from cxlib.report.limits import Limits, Memory, write_bytes
from cxlib.report.messages import read_messages, send_message
from cxlib.report.waiting import note_of
from cxlib.shown.message import Message

Progress = Callable[[str, int, int], None]
Note = Callable[[Message], None]
Work = Callable[..., Generator[tuple[dict[str, Any], dict[str, Any]]]]  # as `work`
_LOOK = 0.1  # seconds between looks at memory and time
_GRACE = 10.0  # seconds in which a process whose kernel was ended writes what there is
_TRIES = 2  # a kernel that died is tried once more; an error of the data never


def work(
    jobs: Iterable[dict[str, Any]],
    *,
    workers: int,
    progress: Progress,
    limits: Limits = Limits(),  # noqa: B008  frozen
    note: Note = lambda told: None,
    late: Callable[[], bool] | None = None,
) -> Generator[tuple[dict[str, Any], dict[str, Any]]]:
    """Run jobs; yield each with its result as soon as it is done.

    Parameters
    ----------
    jobs : iterable of dict
        What `cxlib.report.worker` takes; `name` is handed to `progress`.
    workers : int
        How many notebooks run at once.
    progress : callable
        Called in this thread, with the job's name, the number of the cell that starts, and the
        number of cells.
    limits : Limits
        A report over one is ended, and its result says which.
    note : callable
        Told what a reader of the console should know.
    late : callable, optional
        Asked now and then whether the time of the whole run is over; by default it begins here.
        What it raises ends all.
    """
    crew = _Crew(list(jobs), limits)
    try:
        yield from crew.results(workers, progress, note, late or _over_after(limits.whole))
    finally:
        crew.stop()


def _over_after(seconds: float | None) -> Callable[[], bool]:
    end = time.monotonic() + (seconds or float("inf"))
    return lambda: time.monotonic() > end


class _Crew:
    """The stations at which reports are made, and what they tell."""

    def __init__(self, jobs: list[dict[str, Any]], limits: Limits) -> None:
        self._jobs = jobs
        self._limits = limits
        self._waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._events: queue.SimpleQueue[tuple[str, Any]] = queue.SimpleQueue()
        self._stations: list[_Station] = []

    def results(
        self, workers: int, progress: Progress, note: Note, late: Callable[[], bool]
    ) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        self._start(min(workers, len(self._jobs)))
        left = len(self._jobs)
        while left:
            with contextlib.suppress(queue.Empty):
                kind, told = self._events.get(timeout=_LOOK)
                if kind == "cell":
                    progress(*told)
                elif kind == "note":
                    note(told)
                else:
                    left -= 1
                    yield told
            for station in self._stations:
                station.look()
            if late():
                left -= len(unstarted := list(self._unstarted()))
                yield from unstarted
                for station in self._stations:
                    station.end("time", too_late(self._limits))

    def _start(self, number: int) -> None:
        for job in self._jobs:
            self._waiting.put(job)
        threads = max(1, (os.cpu_count() or 1) // max(1, number))
        for _ in range(number):
            station = _Station(self._limits, threads, self._events)
            self._stations.append(station)
            station.begin(self._waiting)

    def _unstarted(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        with contextlib.suppress(queue.Empty):
            while True:
                told = error_of("time", too_late(self._limits), seconds=0.0)
                yield self._waiting.get_nowait(), told

    def stop(self) -> None:
        """End all processes."""
        with contextlib.suppress(queue.Empty):
            while True:
                self._waiting.get_nowait()
        for station in self._stations:
            station.stop()
        for station in self._stations:
            station.join()


@dataclass
class _Station:
    """A place where one report is made at a time."""

    limits: Limits
    threads: int
    events: queue.SimpleQueue[tuple[str, Any]]
    _process: _Process | None = None
    _kernel: int | None = None
    _memory: Memory | None = None
    _ended: dict[str, Any] | None = None  # why, where this side ended it
    _last: float = float("inf")  # when a process that does not end is killed
    _stopped: bool = False
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self, waiting: queue.SimpleQueue[dict[str, Any]]) -> None:
        """Make the reports that wait, in a thread."""
        self._thread = threading.Thread(target=self.serve, args=(waiting,), daemon=True)
        self._thread.start()

    def join(self) -> None:
        """Wait until what was stopped is put away; one that is only starting has nothing yet."""
        with self._lock:
            running = self._process is not None
        if running and self._thread:
            self._thread.join(_GRACE)

    def serve(self, waiting: queue.SimpleQueue[dict[str, Any]]) -> None:
        """Make the reports that wait, one after the other."""
        while True:
            try:
                job = waiting.get_nowait()
            except queue.Empty:
                return
            try:
                told = self._run(job)
            except Exception as error:  # noqa: BLE001  somebody waits for a result
                told = error_of("error", f"The report could not be started: {error}")
            self.events.put(("done", (job, told)))

    def _run(self, job: dict[str, Any]) -> dict[str, Any]:
        for number in range(1, _TRIES + 1):
            told = self._once(job)
            died = told.get("error", {}).get("cause") == "dead"
            if number == _TRIES or not died or self._ended or self._stopped:
                return {**told, "tries": number}
            shutil.rmtree(job["folder"], ignore_errors=True)
            Path(job["folder"]).mkdir()
        raise AssertionError

    def _once(self, job: dict[str, Any]) -> dict[str, Any]:
        kills = limiting.kills_of_the_system()
        process = self._start()
        with self._lock:
            self._kernel, self._ended, self._last = None, None, float("inf")
            self._process = process
            self._memory = Memory(self.limits.memory) if self.limits.memory else None
            if self._memory:
                self._memory.watch(process.pid)
            if self._stopped:
                process.kill()
        sockets = socket_folder()
        try:
            told = self._listen(process, {**job, "sockets": sockets})
        finally:
            process.close()
            _kill_group(self._kernel)
            if self._memory:
                self._blame(self._memory)
                self._memory.close()
            shutil.rmtree(sockets, ignore_errors=True)
            with self._lock:
                self._process = self._memory = None
        return self._explained(told, kills)

    def _listen(self, process: _Process, job: dict[str, Any]) -> dict[str, Any]:
        send_message(process.told, job)
        for message in read_messages(process.says):
            if "done" in message:
                return message["done"]
            if "kernel" in message:
                with self._lock:
                    self._kernel = message["kernel"]
                    if self._memory:
                        self._memory.watch(message["kernel"])
            elif "asking" in message:
                self.events.put(("note", note_of(job["name"], message)))
            else:
                self.events.put(("cell", (job["name"], message["cell"], message["cells"])))
        status = process.wait()
        how = f"was killed by signal {-status}" if status < 0 else f"ended with status {status}"
        return error_of("dead", f"The process that ran the notebook {how}", process.log())

    def _start(self) -> _Process:
        environment = bare(os.environ)
        environment.setdefault("OMP_NUM_THREADS", str(self.threads))
        if can_fork():
            try:
                return _Process.copied(shared().started().path, environment)
            except (OSError, RuntimeError) as error:
                if self._stopped:
                    raise
                note = Message("cli.stock_kernels", problem=str(error))
                self.events.put(("note", note))
        return _Process.new({**environment, "CX_FORK": "0"})

    def look(self) -> None:
        """End the report if it is over its memory, or its process if it does not end."""
        with self._lock:
            memory, running = self._memory, self._process is not None
        if not running:
            return
        if memory and memory.over():
            self.end(*self._reason(memory))
        if time.monotonic() > self._last:
            self._kill()

    def _reason(self, memory: Memory) -> tuple[str, str]:
        seen = f" ({write_bytes(memory.seen)} when it was stopped)" if memory.seen else ""
        return "memory", (
            f"The report took more memory than its limit of {write_bytes(memory.most)}{seen}; give "
            "a larger --memory-limit, or fewer rows or columns"
        )

    def _blame(self, memory: Memory) -> None:
        if not self._ended and memory.grouped and memory.over():
            cause, message = self._reason(memory)
            self._ended = {"cause": cause, "message": message}

    def end(self, cause: str, message: str) -> None:
        """End the report that is being made, by its kernel; its process then writes what it has."""
        with self._lock:
            if self._process is None or self._ended:
                return
            self._ended = {"cause": cause, "message": message}
            self._last = time.monotonic() + _GRACE
            if not _kill_group(self._kernel):
                self._process.kill()

    def stop(self) -> None:
        """End the process at once, and start no other."""
        self._stopped = True
        self._kill()

    def _kill(self) -> None:
        with self._lock:
            if self._process is not None:
                self._process.kill()
                _kill_group(self._kernel)

    def _explained(self, told: dict[str, Any], kills: int) -> dict[str, Any]:
        """Return the result with the true cause of its end."""
        error = told.get("error")
        if self._ended and (error or self._ended["cause"] == "memory"):
            # also where the notebook went on without a process that the system had ended
            return {**told, "error": {"details": "", **(error or {}), **self._ended}}
        if error and error["cause"] == "dead" and limiting.kills_of_the_system() > kills:
            message = (
                "The memory of this machine ran out, and its system ended the kernel; give a "
                "--memory-limit, fewer --jobs, or fewer rows"
            )
            return {**told, "error": {**error, "cause": "memory", "message": message}}
        return told


def too_late(limits: Limits) -> str:
    """Say that the whole run took longer than its limit."""
    return (
        f"The time limit of {limits.whole:g} seconds for the whole run was over before this report "
        "was made; give a larger --time-limit"
    )


def error_of(cause: str, message: str, details: str = "", **more: Any) -> dict[str, Any]:
    """Return what is told of a report that something stopped."""
    return {"error": {"cause": cause, "message": message, "details": details}, **more}


def _kill_group(pid: int | None) -> bool:
    """End a process and what it started; return whether it is ended, by this or before."""
    if pid is None:
        return False
    try:
        os.killpg(pid, 9)
    except (OSError, AttributeError) as error:
        return isinstance(error, ProcessLookupError)
    return True


class _Process:
    """A process that takes jobs and tells how they go; what it says besides is kept."""

    def __init__(
        self, process: Copy | subprocess.Popen[str], told: IO[str], says: IO[str], log: IO[str]
    ) -> None:
        self.pid = process.pid
        self.told = told
        self.says = says
        self._log = log
        self._process = process

    @classmethod
    def copied(cls, path: str, environment: dict[str, str]) -> _Process:
        """Ask for a copy of the process that listens at `path`."""
        log = _log()
        (take, told), (says, give) = os.pipe(), os.pipe()
        try:
            copy = ask(path, "worker", env=environment, files=(take, give, log.fileno()))
        except OSError:
            for end in (told, says):
                os.close(end)
            log.close()
            raise
        finally:
            os.close(take)
            os.close(give)
        return cls(copy, open(told, "w", encoding="utf-8"), open(says, encoding="utf-8"), log)

    @classmethod
    def new(cls, environment: dict[str, str]) -> _Process:
        """Start a process of its own."""
        log = _log()
        process = subprocess.Popen(
            [sys.executable, "-P", "-m", "cxlib.report.worker"],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C reaches `cx` alone, which then closes standard input
        )
        told, says = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        return cls(process, told, says, log)

    def wait(self) -> int:
        """Wait for its end and return its status."""
        return self._process.wait()

    def log(self) -> str:
        """Return the end of what it said besides messages."""
        self._log.seek(0)
        return self._log.read()[-4000:]

    def kill(self) -> None:
        """End it now."""
        self._process.kill()

    def close(self) -> None:
        """Let it end, which it does when nobody can tell it more."""
        with contextlib.suppress(OSError):
            self.told.close()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self.kill()
            self._process.wait()
        for stream in (self.says, self._log):
            stream.close()


def _log() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")
