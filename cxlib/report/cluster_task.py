"""What a Dask worker is sent, as JSON -> a report in a folder that all machines share, and what
became of it, as JSON.

The worker starts processes of its own for it, as `cx` does on one machine: a notebook that takes
all memory, or kills its kernel, leaves the worker as it is.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cxlib.report import crew, provenance
from cxlib.report.copies import installed
from cxlib.report.limits import Limits
from cxlib.report.refusals import Kind
from cxlib.shown.message import Message

ALIVE = "alive"  # the run touches it as long as somebody waits for its reports
LATE = "late"  # is there once the time of the whole run is over
BEAT = 2.0  # seconds between touches
_PATIENCE = 120.0  # seconds without one, after which nobody waits any more
_LOOK = 0.5  # seconds between looks at both
_TRIES = 2  # workers that a report is given to, where the first one dies


class _Gone(Exception):
    """Nobody waits for the report any more."""


class _Spent(Exception):
    """As many workers as may have tried it."""


def environment() -> dict[str, Any]:
    """Return what reports are made with here: the code of cxlib, versions, packages."""
    return {
        "suite": provenance.suite(),
        "versions": provenance.versions(),
        "installed": list(installed()),
    }


def greet(asked: str) -> str:
    """Say whether reports can be made here.

    Parameters
    ----------
    asked : str
        JSON: `environment` of the run, `folder` with a file for each of its words, and `paths` that
        must be there.

    Returns
    -------
    str
        JSON: what is `wrong`, in words that follow "the worker", and `other` packages than there.
    """
    question = json.loads(asked)
    here = environment()
    wrong = _unlike(question["environment"], here) or _unseen(
        Path(question["folder"]), question["word"], question["paths"]
    )
    there = question["environment"]
    other = {name.partition("-")[0] for name in {*here["installed"]} ^ {*there["installed"]}}
    if here["versions"]["python"] != there["versions"]["python"]:
        other.add("Python")
    return json.dumps({"wrong": wrong, "other": sorted(other, key=str.casefold)})


def _unlike(there: Mapping[str, Any], here: Mapping[str, Any]) -> str:
    """Say what of this machine would make another report; empty where nothing would."""
    again = "; install the same on all machines, and start the workers again"
    for name, version in there["versions"].items():
        own = here["versions"].get(name)
        if own != version and not (name == "python" and _minor(own) == _minor(version)):
            return f"has {name} {own or '(absent)'}, and this machine {version}{again}"
    if there["suite"] != here["suite"]:
        return f"has another cxlib {here['versions']['cxlib']}: its code is not the same{again}"
    return ""


def _minor(version: str) -> list[str]:
    return version.split(".")[:2]


def _unseen(folder: Path, word: str, paths: list[str]) -> str:
    """Say what of the run is not to be seen, or written, from here."""
    share = "put it where all machines see it under the same path"
    try:
        seen = (folder / word).is_file()
        if seen:
            own = folder / f"{word}-{os.getpid()}-{time.monotonic_ns()}"
            own.touch()
            own.unlink()
    except OSError as error:
        return f"cannot write to {folder.parent.as_posix()!r} ({error.strerror}), as --out needs"
    if not seen:
        return f"does not see {folder.parent.as_posix()!r}, as --out needs; {share}"
    gone = [path for path in paths if not Path(path).is_file()]
    return f"does not see {gone[0]!r}; {share}" if gone else ""


def make_report(order: str) -> str:
    """Make a report.

    Parameters
    ----------
    order : str
        JSON: the `job` as `cxlib.report.worker` takes it, its `limits`, its `place` (a folder where
        each try gets one of its own: a worker that was given up may still write), and the
        `environment` of the run.

    Returns
    -------
    str
        JSON: what is `told`, as `cxlib.report.worker` tells it, and of a try its `folder`, its
        `files` with their sizes, and `notes`.
    """
    return json.dumps(_made(json.loads(order)), default=str)


def _made(order: Mapping[str, Any]) -> dict[str, Any]:
    worker = _worker()
    if wrong := _unlike(order["environment"], environment()):
        return _refused(f"the Dask worker {worker} {wrong}")
    place = Path(order["place"])
    try:
        with _Attempt(place, worker) as attempt:
            return attempt.made(order)
    except _Spent:
        before = ", then ".join(_workers_before(place))
        message = (
            f"{_TRIES} Dask workers ended while they ran the notebook ({before}); see what they "
            "say, or give a --memory-limit"
        )
        return {"told": failure(message, tries=_TRIES)}
    except _Gone:
        said = f"The run that asked for the report was not heard of for {_PATIENCE:g} seconds"
        return {"told": failure(said)}
    except OSError as error:
        if (place.parent / ALIVE).exists():
            said = f"The Dask worker {worker} cannot write the report ({error})"
            return {"told": failure(said)}
        return _refused(
            f"the Dask worker {worker} does not see {place.parent.as_posix()!r}; put --out where "
            "all machines see it under the same path"
        )


def failure(message: str, **more: Any) -> dict[str, Any]:
    """Return what is told of a report that the cluster did not make."""
    told = crew.error_of("dead", message, **more)
    told["error"]["kind"] = Kind.CLUSTER
    return told


def _refused(message: str) -> dict[str, Any]:
    return {"told": {"refused": message, "kind": Kind.CLUSTER}}


def _worker() -> str:
    from distributed import get_worker

    return str(get_worker().address)


def _workers_before(place: Path) -> list[str]:
    found = []
    for number in range(1, _TRIES + 1):
        first, _, _ = (place / f"{number}.jsonl").read_text(encoding="utf-8").partition("\n")
        found.append(json.loads(first)["worker"] if first else "?")
    return found


class _Attempt:
    """One try at a report: a folder for its files, and a file in which it says how it goes."""

    def __init__(self, place: Path, worker: str) -> None:
        for number in range(1, _TRIES + 1):
            self.number = number
            self._said = place / f"{number}.jsonl"
            with contextlib.suppress(FileExistsError), open(self._said, "x", encoding="utf-8"):
                break
        else:
            raise _Spent
        self._folder = place / str(self.number)
        self._folder.mkdir()
        self._worker = worker
        self._alive = place.parent / ALIVE
        self._late = place.parent / LATE
        self._is_late = False
        self._looked = 0.0
        self._beat: tuple[float, float] = (0.0, time.monotonic())  # the last one, and when
        self._notes: list[list[Any]] = []
        self.say({"worker": worker})

    def __enter__(self) -> _Attempt:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError):  # the run is over, and its folder gone
            self.say({"end": True})

    def say(self, message: Mapping[str, Any]) -> None:
        with open(self._said, "a", encoding="utf-8") as file:
            file.write(json.dumps(message) + "\n")

    def made(self, order: Mapping[str, Any]) -> dict[str, Any]:
        self._over()  # a run may have ended while the task waited
        job = {**order["job"], "folder": str(self._folder)}
        working = crew.work(
            [job],
            workers=1,
            progress=self._cell,
            limits=Limits(**order["limits"]),
            note=self._note,
            late=self._over,
        )
        with contextlib.closing(working):
            [(_, told)] = working
        told["tries"] = told.get("tries", 1) + self.number - 1
        files = {
            path.relative_to(self._folder).as_posix(): path.stat().st_size
            for path in self._folder.rglob("*")
            if path.is_file()
        }
        if "secret://" in told.get("refused", ""):  # it may be known where the run began
            told["refused"] += f" (so says the Dask worker {self._worker})"
        folder = str(self._folder)
        return {"told": told, "folder": folder, "files": files, "notes": self._notes}

    def _cell(self, name: str, cell: int, cells: int) -> None:
        with contextlib.suppress(OSError):
            self.say({"cell": cell, "cells": cells})

    def _note(self, told: Message) -> None:
        if told.key == "cli.asking":  # said as it goes on, and not at the end
            with contextlib.suppress(OSError):
                self.say({"asking": told.values["source"], "seconds": told.values["seconds"]})
            return
        self._notes.append([told.key, told.values])

    def _over(self) -> bool:
        """Return whether the whole run's time is over.

        Raises
        ------
        _Gone
            If nobody waits any more.
        """
        now = time.monotonic()
        if now - self._looked >= _LOOK:
            self._looked = now
            try:
                touched = self._alive.stat().st_mtime
            except FileNotFoundError:
                raise _Gone from None
            except OSError:  # a file server that is away for a while
                touched = self._beat[0]
            if touched != self._beat[0]:
                self._beat = (touched, now)
            elif now - self._beat[1] > _PATIENCE:
                raise _Gone
            with contextlib.suppress(OSError):
                self._is_late = self._is_late or self._late.exists()
        return self._is_late
