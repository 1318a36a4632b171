"""A query that runs -> a file that says of what rows, so that who waits can be told."""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

from cxlib.embedded import FOLDER

FILE = "asking"  # beside the folder of `embedded.FOLDER`


@contextlib.contextmanager
def asking(source: str) -> Iterator[None]:
    """Say while a query runs that rows of `source` are counted, where somebody listens."""
    folder = os.environ.get(FOLDER)
    if not folder:
        yield
        return
    file = Path(folder).with_name(FILE)
    with contextlib.suppress(OSError):
        file.write_text(json.dumps({"source": source, "since": time.time()}), encoding="utf-8")
    try:
        yield
    finally:
        with contextlib.suppress(OSError):
            file.unlink(missing_ok=True)


def asked(folder: Path) -> tuple[str, float] | None:
    """Return of which source rows are counted by a kernel whose folder lies in this one, and for
    how many seconds; None where no query runs."""
    for file in folder.glob(f"*/{FILE}"):
        with contextlib.suppress(OSError, ValueError):  # it has just ended, or is being written
            told = json.loads(file.read_text(encoding="utf-8"))
            return str(told["source"]), max(0.0, time.time() - told["since"])
    return None
