"""A long query of a notebook that runs -> what is told of it while it lasts."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from cxlib.asking import asked
from cxlib.shown.message import Message

SILENT = 5.0  # seconds of a query of which nothing is told
_LOOK = 1.0  # seconds between two looks


@contextlib.contextmanager
def telling(folder: str | None, tell: Callable[[dict[str, Any]], None]) -> Iterator[None]:
    """Tell of each query that takes long, and again when it has taken twice as long:
    `{"asking": source, "seconds": n}`; and of its end, with an empty source.

    Parameters
    ----------
    folder : str or None
        Where the folders of kernels lie; nothing is told where that is not known.
    tell : callable
        Called in another thread.
    """
    if folder is None:
        yield
        return
    over, place = threading.Event(), Path(folder)

    def look() -> None:
        least = SILENT
        while not over.wait(_LOOK):
            source, seconds = asked(place) or ("", 0.0)
            if least > SILENT and seconds < least / 2:  # what was told of has ended
                least = SILENT
                tell({"asking": "", "seconds": 0})
            if seconds >= least:
                least = 2 * seconds
                tell({"asking": source, "seconds": int(seconds)})

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def note_of(name: str, told: Mapping[str, Any]) -> Message:
    """Return what a report's console is told of a query: `cli.asking`, without a source at its
    end."""
    return Message("cli.asking", name=name, source=told["asking"], seconds=told["seconds"])
