"""A line between a page and a server that can be cut and mended."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import Any


class Proxy:
    """A TCP proxy on a free port; cut, it aborts what is open and refuses what is new."""

    def __init__(self, target: int) -> None:
        self._target, self._is_cut, self._open = target, False, set[asyncio.StreamWriter]()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._server = self._do(asyncio.start_server(self._take, "127.0.0.1", 0))
        self.port: int = self._server.sockets[0].getsockname()[1]

    def _do(self, what: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(what, self._loop).result(10)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._is_cut:
            writer.transport.abort()
            return
        there, back = await asyncio.open_connection("127.0.0.1", self._target)
        both = {writer, back}
        self._open |= both
        await asyncio.gather(_pass(reader, back), _pass(there, writer))
        self._open -= both

    async def _set(self, is_cut: bool) -> None:
        self._is_cut = is_cut
        for writer in list(self._open) if is_cut else ():
            writer.transport.abort()

    def cut(self) -> None:
        self._do(self._set(True))

    def mend(self) -> None:
        self._do(self._set(False))

    def close(self) -> None:
        self.cut()
        self._server.close()
        self._do(asyncio.sleep(0.05))  # what was aborted says so to its readers
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError, RuntimeError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    writer.transport.abort() if writer.is_closing() else writer.close()
