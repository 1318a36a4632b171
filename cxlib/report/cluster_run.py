"""Jobs as JSON -> a Dask scheduler, and what became of each: a report comes back as files, all else
as JSON."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import queue
import shutil
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from cxlib.report.cluster_task import ALIVE, BEAT, LATE, environment, failure, make_report
from cxlib.report.crew import Note, Progress, error_of, too_late
from cxlib.report.limits import Limits
from cxlib.report.waiting import note_of
from cxlib.shown.message import Message

_LOOK = 0.2  # seconds between looks at what the workers say
_NO_WORKER = 60.0  # seconds after which no other one is waited for
_ENDS = 15.0  # seconds in which a report whose time is over writes what there is
_STOPS = 10.0  # seconds in which reports that nobody wants any more are stopped
_CANCELS = 2.0  # seconds for the scheduler to hear of it
_ARRIVES = 30.0  # seconds for files to be seen here, on a file server that is slow
_LEFT_ALONE = (
    f"No Dask worker was left for {_NO_WORKER:g} seconds before the report was made; start some, "
    "and run again"
)

Told = tuple[dict[str, Any], dict[str, Any]]


def within(seconds: float, call: Callable[[], Any]) -> Any:
    """Return what a call returns; Dask's own may wait for ever for a scheduler that is halted.

    Raises
    ------
    TimeoutError
        If it takes longer. What else it raises is raised here.
    """
    found: Future[Any] = Future()

    def ask() -> None:
        try:
            found.set_result(call())
        except Exception as error:  # noqa: BLE001  it is raised where somebody waits
            found.set_exception(error)

    threading.Thread(target=ask, daemon=True).start()
    return found.result(seconds)


@dataclass(slots=True, eq=False)
class Order:
    """A job, and what its workers have said of it so far."""

    job: dict[str, Any]
    place: Path
    future: Future[str] | None = None
    number: int = 0  # of the try that is read
    read: int = 0  # bytes of what it says
    ended: bool = False  # that try

    @property
    def begun(self) -> bool:
        """Whether a worker has it."""
        return self.number > 0

    def news(self) -> Iterator[dict[str, Any]]:
        """Give what was said since; the first of a try is its worker."""
        while True:
            said = self.place / f"{max(self.number, 1)}.jsonl"
            with contextlib.suppress(OSError):
                content = said.read_bytes()[self.read :]
                whole = content[: content.rfind(b"\n") + 1]
                if whole and not self.number:
                    self.number = 1
                self.read += len(whole)
                for message in map(json.loads, whole.splitlines()):
                    self.ended = self.ended or "end" in message
                    yield message
            if not self.number or not (self.place / f"{self.number + 1}.jsonl").is_file():
                return
            self.number, self.read, self.ended = self.number + 1, 0, False


class Run:
    """The jobs of one run while they are on a cluster."""

    def __init__(
        self, client: Any, address: str, jobs: Sequence[dict[str, Any]], limits: Limits
    ) -> None:
        self._client = client
        self._executor = client.get_executor(pure=False)
        self._address = address
        self._limits = limits
        self._stage = Path(jobs[0]["folder"]).parent / ".dask"
        self._waiting = [Order(job, self._stage / str(n)) for n, job in enumerate(jobs)]
        self._open: list[Order] = []
        self._done: queue.SimpleQueue[tuple[Order, Future[str]]] = queue.SimpleQueue()
        self._stopped = threading.Event()
        self._seen = time.monotonic()  # when there was a worker
        self._environment = environment()

    def results(self, workers: int, progress: Progress, note: Note) -> Iterator[Told]:
        """Yield each job with what became of it; `workers` are sent at once."""
        for order in self._waiting:
            order.place.mkdir(parents=True)
        (self._stage / ALIVE).touch()
        for each in (self._beat, self._look_for_workers):
            threading.Thread(target=each, daemon=True).start()
        end = time.monotonic() + (self._limits.whole or float("inf"))
        late = False
        while self._open or self._waiting:
            while self._waiting and len(self._open) < workers:
                self._submit(self._waiting.pop(0))
            with contextlib.suppress(queue.Empty):
                order, future = self._done.get(timeout=_LOOK)
                if order in self._open:
                    self._tell(order, progress, note)
                    self._open.remove(order)
                    yield order.job, self._result(order, future, note)
            for order in self._open:
                self._tell(order, progress, note)
            if time.monotonic() > end:
                if not late:
                    late, end = True, time.monotonic() + _ENDS
                    (self._stage / LATE).touch()
                told = error_of("time", too_late(self._limits), seconds=0.0)
                yield from self._given_up(told, all_of_them=time.monotonic() > end)
            if time.monotonic() - self._seen > _NO_WORKER:
                yield from self._given_up(failure(_LEFT_ALONE, seconds=0.0), all_of_them=True)

    def _beat(self) -> None:
        while not self._stopped.wait(BEAT):
            with contextlib.suppress(OSError):
                os.utime(self._stage / ALIVE)

    def _look_for_workers(self) -> None:
        while not self._stopped.wait(BEAT):
            with contextlib.suppress(Exception):
                if self._client.nthreads():
                    self._seen = time.monotonic()

    def _submit(self, order: Order) -> None:
        self._open.append(order)
        sent = {
            "job": order.job,
            "limits": asdict(self._limits),
            "place": str(order.place),
            "environment": self._environment,
        }
        try:
            order.future = self._executor.submit(make_report, json.dumps(sent, default=str))
        except Exception as error:  # noqa: BLE001  the connection was lost
            order.future = Future()
            order.future.set_exception(error)
        order.future.add_done_callback(lambda future: self._done.put((order, future)))

    def _tell(self, order: Order, progress: Progress, note: Note) -> None:
        for message in order.news():
            if "cell" in message:
                progress(order.job["name"], message["cell"], message["cells"])
            elif "asking" in message:
                note(note_of(order.job["name"], message))
            elif "worker" in message and order.number > 1:
                note(Message("cli.dask_again", name=order.job["name"], worker=message["worker"]))

    def _result(self, order: Order, future: Future[str], note: Note) -> dict[str, Any]:
        try:
            answer = json.loads(future.result())
        except CancelledError:
            return failure(self._cancelled())
        except Exception as error:  # noqa: BLE001  whatever Dask raises, one report has no result
            said = f"{type(error).__name__}: {error}".splitlines()[0]
            return failure(f"Dask gave the report up ({said})")
        for key, values in answer.get("notes", ()):
            note(Message(key, **values))
        told: dict[str, Any] = answer["told"]
        if "folder" in answer and "refused" not in told:
            return self._fetched(order, answer) or told
        return told

    def _fetched(self, order: Order, answer: dict[str, Any]) -> dict[str, Any]:
        """Move the report to where the job wants it; return what stopped that."""
        folder, end = Path(answer["folder"]), time.monotonic() + _ARRIVES
        while missing := [
            name for name, size in answer["files"].items() if _size(folder / name) != size
        ]:
            if time.monotonic() > end:
                return failure(
                    f"{missing[0]} of the report was written on the Dask worker and is not to be "
                    "seen here; see whether both have the same folder",
                )
            time.sleep(_LOOK)
        shutil.rmtree(order.job["folder"], ignore_errors=True)
        os.replace(folder, order.job["folder"])
        return {}

    def _cancelled(self) -> str:
        if self._client.status == "running":
            return "Somebody cancelled the report at the Dask scheduler; run it again"
        return (
            f"The Dask scheduler at {self._address} was lost before the report was made; see what "
            "it says, and run again"
        )

    def _given_up(self, told: dict[str, Any], *, all_of_them: bool) -> Iterator[Told]:
        """Give up the reports that no worker has begun, or all."""
        for order in [*self._open, *self._waiting]:
            if all_of_them or not order.begun:
                for listed in (self._open, self._waiting):
                    if order in listed:
                        listed.remove(order)
                if order.future:
                    with contextlib.suppress(Exception):
                        within(_CANCELS, order.future.cancel)
                yield order.job, copy.deepcopy(told)

    def stop(self) -> None:
        """Have the workers stop what they are doing, and wait for it for a while."""
        (self._stage / ALIVE).unlink(missing_ok=True)
        self._stopped.set()
        with contextlib.suppress(Exception):
            within(_CANCELS, lambda: self._executor.shutdown(wait=False))
        end = time.monotonic() + _STOPS
        while time.monotonic() < end and any(map(_runs, self._open)):
            time.sleep(_LOOK)


def _runs(order: Order) -> bool:
    for _ in order.news():
        pass
    return order.begun and not order.ended


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None
