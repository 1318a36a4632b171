"""The process that runs notebooks: one job a line on standard input, one message a line on standard
output.

It ends with the process that started it (standard input closes then), and takes its kernel along.
"""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, TextIO

import nbformat

from cxlib.errors import CxError
from cxlib.report.about import header
from cxlib.report.execute import execute
from cxlib.report.export import export
from cxlib.report.looks import with_looks
from cxlib.report.outputs import subject

Tell = Callable[[dict[str, Any]], None]


def main() -> None:
    """Work until standard input closes."""
    channel = os.fdopen(
        os.dup(1), "w", encoding="utf-8"
    )  # what libraries print goes to standard error
    os.dup2(2, 1)
    jobs: queue.Queue[str] = queue.Queue()
    threading.Thread(target=_listen, args=(sys.stdin, jobs), daemon=True).start()

    def tell(message: dict[str, Any]) -> None:
        channel.write(json.dumps(message) + "\n")
        channel.flush()

    while True:
        job = json.loads(jobs.get())
        begun = time.monotonic()
        told = _work(job, tell)
        tell({"done": {**told, "seconds": round(time.monotonic() - begun, 1)}})


def _listen(stream: TextIO, jobs: queue.Queue[str]) -> None:
    for line in stream:
        jobs.put(line)
    os._exit(0)  # also in the middle of a cell: nobody is left who could publish it


def _work(job: dict[str, Any], tell: Tell) -> dict[str, Any]:
    """Return what the manifest gets: of a report its title and headline, of another `error`, or
    `refused`."""
    try:
        return _made(job, tell)
    except CxError as error:
        return {"error": {"message": str(error), "details": ""}}
    except Exception as error:  # noqa: BLE001  one report must not take the others with it
        return {
            "error": {
                "message": f"{type(error).__name__}: {error}",
                "details": traceback.format_exc(),
            }
        }


def _made(job: dict[str, Any], tell: Tell) -> dict[str, Any]:
    folder = Path(job["folder"])
    stopped = execute(
        Path(job["notebook"]),
        folder / "run.ipynb",
        job["values"],
        root=Path(job["root"]),
        timeout=job["timeout"],
        progress=lambda cell, cells: tell({"cell": cell, "cells": cells}),
    )
    if stopped and stopped.refused:
        return {"refused": stopped.message}
    notebook = nbformat.read(folder / "run.ipynb", as_version=4)
    found = with_looks(job["manifest"], subject=subject(notebook), earlier=job["looks"])
    if stopped:
        error = asdict(stopped)
        del error["refused"]
        return {**found, "error": error}
    language = job["language"]
    about = header(job["manifest"] | found, meanings=job["meanings"], language=language)
    page = export(notebook, name=job["name"], header=about, language=language)
    (folder / "report.html").write_text(page.html, encoding="utf-8")
    if page.figures:
        (folder / "figures.csv").write_text(page.figures, encoding="utf-8", newline="\n")
    return {**found, **page.told}


if __name__ == "__main__":
    main()
