"""Jobs -> the workers of a Dask cluster that run them; the reports come back as files."""

from __future__ import annotations

import contextlib
import json
import logging
import secrets
import shutil
import tempfile
import time
import warnings
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

from cxlib.errors import CxError
from cxlib.report.cluster_run import Run, Told, within
from cxlib.report.cluster_task import environment, greet
from cxlib.report.crew import Note, Progress
from cxlib.report.limits import Limits
from cxlib.shown.message import Message

_REACHED = 5.0  # seconds for a scheduler to answer
_CLOSES = 3.0  # seconds to say goodbye
_THERE = 4.0  # seconds in which one that has just started gets its first worker
_ANSWERED = 20.0  # seconds for workers to say what they have


@contextlib.contextmanager
def connected(address: str, *, out: Path, paths: Sequence[Path]) -> Iterator[Cluster]:
    """Connect to a Dask cluster whose workers can make reports.

    Parameters
    ----------
    address : str
        Of its scheduler, as `tcp://scheduler:8786`.
    out : Path
        Folder of the published reports.
    paths : sequence of Path
        Files that the workers must see.

    Raises
    ------
    CxError
        If Dask is absent, nobody answers, there is no worker, or one has another cxlib, Python or
        library whose figures a report shows, or does not see the folder or a file.
    """
    client = _connect(address)
    try:
        cluster = Cluster(client, address)
        cluster.check(out.absolute(), paths)
        yield cluster
    finally:
        with contextlib.suppress(Exception):
            within(_CLOSES, lambda: client.close(timeout=2))


def _connect(address: str) -> Any:
    try:
        from distributed import Client
    except ImportError:
        raise CxError(
            f"--dask {address}: Dask is not installed here; install it with "
            "pip install 'cxlib[dask]'"
        ) from None

    class Connected(Client):
        """One that, where nobody answered, does not wait for an answer again at its end."""

        def __del__(self) -> None:
            pass

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it says is said here
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # other versions are refused below
            # where it is halted, Dask's own limit of time does not hold
            return within(
                _REACHED + 2,
                lambda: Connected(address, timeout=_REACHED, set_as_default=False),
            )
    except Exception as error:  # noqa: BLE001  of many libraries, one for each kind of address
        why = f"{error}".splitlines()[0] if f"{error}" else "it took too long"
        raise CxError(
            f"--dask {address}: no Dask scheduler answers there ({why}); start one, or give the "
            "address that it printed, as tcp://scheduler:8786"
        ) from None


class Cluster:
    """Dask workers that can make reports.

    Attributes
    ----------
    notes : list of Message
        How many there are, each thread making one report at a time, and what is odd about them.
    """

    def __init__(self, client: Any, address: str) -> None:
        self.address = address
        self.notes: list[Message] = []
        self._client = client

    def check(self, out: Path, paths: Sequence[Path]) -> None:
        """Refuse a cluster without workers, or with one that cannot make these reports."""
        end = time.monotonic() + _THERE
        while not (threads := self._threads()):
            if time.monotonic() > end:
                raise CxError(
                    f"--dask {self.address}: the scheduler has no workers; start some with dask "
                    f"worker {self.address} (an adaptive cluster needs one at least)"
                )
            time.sleep(0.2)
        self.notes.append(
            Message(
                "cli.dask_workers",
                n=len(threads),
                threads=sum(threads.values()),
                address=self.address,
            )
        )
        with _probe(out) as (folder, word):
            asked = {
                "environment": environment(),
                "folder": str(folder),
                "word": word,
                "paths": [str(path) for path in paths],
            }
            sent = json.dumps(asked)
            # at once, whatever they are doing
            answers: dict[str, Any] = {}
            with contextlib.suppress(Exception):
                answers = within(
                    _ANSWERED, lambda: self._client.run(greet, sent, on_error="return")
                )
        self._judge(answers)

    def _threads(self) -> dict[str, int]:
        with contextlib.suppress(Exception):
            return dict(within(_THERE, self._client.nthreads))
        return {}

    def _judge(self, answers: dict[str, Any]) -> None:
        if not answers:
            raise CxError(
                f"--dask {self.address}: a worker did not answer in {_ANSWERED:g} seconds; see "
                "what its workers say, and start them again"
            )
        problems, other = {}, {}
        for worker, answer in answers.items():
            if not isinstance(answer, str):
                said = f"{type(answer).__name__}: {answer}".splitlines()[0]
                problems[worker] = (
                    f"has no cxlib that can make reports ({said}); install the same on all machines"
                )
            elif (told := json.loads(answer))["wrong"]:
                problems[worker] = told["wrong"]
            elif told["other"]:
                other[worker] = told["other"]
        if problems:
            worker, problem = next(iter(problems.items()))
            more = f" ({len(problems)} of {len(answers)} workers)" if problems else ""
            raise CxError(f"--dask {self.address}: the worker {worker} {problem}{more}")
        if other:
            worker, packages = next(iter(other.items()))
            self.notes.append(Message("cli.dask_packages", worker=worker, packages=packages))

    def work(
        self,
        jobs: Sequence[dict[str, Any]],
        *,
        workers: int,
        progress: Progress,
        limits: Limits,
        note: Note,
    ) -> Generator[Told]:
        """Run jobs on the cluster; yield each with its result as soon as it is done.

        It does what `crew.work` does; `workers` of 0 is as many at once as the cluster takes.
        """
        run = Run(self._client, self.address, jobs, limits)
        try:
            yield from run.results(workers or len(jobs), progress, note)
        finally:
            run.stop()


@contextlib.contextmanager
def _probe(out: Path) -> Iterator[tuple[Path, str]]:
    """Give a folder that lies where the reports will, and the name of a file in it."""
    there = next(folder for folder in (out, *out.parents) if folder.is_dir())
    word = secrets.token_hex(8)
    try:
        folder = Path(tempfile.mkdtemp(prefix=".cx-", dir=there))
        (folder / word).touch()
    except OSError as error:
        raise CxError(
            f"--out {out.as_posix()!r}: reports cannot be written there ({error}); make room, or "
            "give a folder where you may write"
        ) from None
    try:
        yield folder, word
    finally:
        shutil.rmtree(folder, ignore_errors=True)
