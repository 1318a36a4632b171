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
from pathlib import Path
from typing import Any, TextIO

import nbformat

from cxlib.errors import CxError
from cxlib.report.execute import execute
from cxlib.report.export import export


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


def _work(job: dict[str, Any], tell: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    folder = Path(job["folder"])
    try:
        failure = execute(
            Path(job["notebook"]),
            folder / "run.ipynb",
            job["values"],
            root=Path(job["root"]),
            timeout=job["timeout"],
            progress=lambda cell, cells: tell({"cell": cell, "cells": cells}),
        )
        if failure:
            return {"error": failure}
        page = export(
            nbformat.read(folder / "run.ipynb", as_version=4),
            name=job["name"],
            header=job["header"],
            language=job["language"],
        )
        (folder / "report.html").write_text(page.html, encoding="utf-8")
        if page.figures:
            (folder / "figures.csv").write_text(page.figures, encoding="utf-8", newline="\n")
    except CxError as error:
        return {"error": {"message": str(error), "details": ""}}
    except Exception as error:  # noqa: BLE001  one report must not take the others with it
        return {
            "error": {
                "message": f"{type(error).__name__}: {error}",
                "details": traceback.format_exc(),
            }
        }
    return {
        "title": page.title,
        "headline": page.headline,
        "tables": page.tables,
        "pictures": page.pictures,
        "silenced": page.silenced,
    }


if __name__ == "__main__":
    main()
