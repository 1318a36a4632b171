"""Objects <-> lines of JSON between two processes."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import threading
from collections.abc import Iterator
from typing import IO, Any


def send_message(stream: IO[str], message: dict[str, Any]) -> None:
    """Write a message; where nobody is left to read it, nothing happens: that is told elsewhere."""
    with contextlib.suppress(BrokenPipeError):
        stream.write(json.dumps(message, default=str) + "\n")
        stream.flush()


def read_messages(stream: IO[str]) -> Iterator[dict[str, Any]]:
    """Give the messages of a stream until it ends; a line that was torn off is none."""
    for line in stream:
        if not line.endswith("\n"):
            return
        yield json.loads(line)


def own_channel() -> IO[str]:
    """Return standard output for messages alone; what libraries print goes to standard error from
    now on."""
    channel = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    return channel


def requests(stream: IO[str]) -> Iterator[dict[str, Any]]:
    """Give the messages of a stream; where it ends, this process ends too, also in the middle of
    its work: nobody is left who waits for it."""
    received: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def listen() -> None:
        for message in read_messages(stream):
            received.put(message)
        os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        yield received.get()
