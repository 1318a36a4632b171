"""Jobs -> the processes that run them, a few at a time. Each process is used for many notebooks:
imports cost most."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import IO, Any, cast

Progress = Callable[[str, int, int], None]


def work(
    jobs: Iterable[dict[str, Any]], *, workers: int, progress: Progress
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Run jobs in `workers` processes; yield each job with its result as soon as it is done.

    Parameters
    ----------
    jobs : iterable of dict
        What `cxlib.report.worker` takes; `name` is handed to `progress`.
    workers : int
        How many notebooks run at once.
    progress : callable
        Called with the job's name, the number of the cell that starts, and the number of cells.
    """
    waiting: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[dict[str, Any], dict[str, Any]]] = queue.SimpleQueue()
    jobs = list(jobs)
    for job in jobs:
        waiting.put(job)
    crew = [
        _Worker(threads=max(1, (os.cpu_count() or 1) // workers))
        for _ in range(min(workers, len(jobs)))
    ]
    try:
        for worker in crew:
            threading.Thread(
                target=_serve, args=(worker, waiting, done, progress), daemon=True
            ).start()
        for _ in jobs:
            yield done.get()
    finally:
        for worker in crew:
            worker.stop()


def _serve(
    worker: _Worker,
    waiting: queue.SimpleQueue[dict[str, Any]],
    done: queue.SimpleQueue[tuple[dict[str, Any], dict[str, Any]]],
    progress: Progress,
) -> None:
    while True:
        try:
            job = waiting.get_nowait()
        except queue.Empty:
            return
        done.put((job, worker.run(job, progress)))


class _Worker:
    """One process; it is started again where it died."""

    def __init__(self, *, threads: int) -> None:
        # without MPLBACKEND a kernel chooses the backend that puts figures into the notebook
        self._environment = {key: value for key, value in os.environ.items() if key != "MPLBACKEND"}
        self._environment.setdefault("OMP_NUM_THREADS", str(threads))
        self._log = tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace")  # noqa: SIM115  what it says besides messages
        self._process: subprocess.Popen[str] | None = None

    def run(self, job: dict[str, Any], progress: Progress) -> dict[str, Any]:
        process = self._started()
        told, says = cast("IO[str]", process.stdin), cast("IO[str]", process.stdout)
        with contextlib.suppress(BrokenPipeError):  # where it died, its end is told below
            told.write(json.dumps(job) + "\n")
            told.flush()
            for line in says:
                message = json.loads(line)
                if "done" in message:
                    return message["done"]
                progress(job["name"], message["cell"], message["cells"])
        code = process.wait()
        self._close()
        self._log.seek(0)
        return {
            "error": {
                "message": f"The process that ran the notebook ended ({code}), most likely because "
                "memory ran out",
                "details": self._log.read()[-4000:],
            }
        }

    def _started(self) -> subprocess.Popen[str]:
        if self._process is not None and self._process.poll() is not None:
            self._close()
        if self._process is None:
            self._log.truncate(0)
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "cxlib.report.worker"],
                env=self._environment,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=self._log,
                encoding="utf-8",
                start_new_session=True,
            )  # Ctrl-C reaches `cx` alone, which then closes standard input
        return self._process

    def stop(self) -> None:
        self._close()
        self._log.close()

    def _close(self) -> None:
        """Let the process end, which it does when nobody can tell it more."""
        process, self._process = self._process, None
        if process is None:
            return
        with contextlib.suppress(BrokenPipeError):
            cast("IO[str]", process.stdin).close()
        process.wait(timeout=30)
        cast("IO[str]", process.stdout).close()
