"""A JupyterLab, a line to it and a page, for what runs without pytest."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright

from tests.conftest import ARGUMENTS, WHOLE
from tests.lab.notebook import Notebook
from tests.lab.proxy import Proxy
from tests.lab.server import LabServer


@dataclass(frozen=True)
class Bench:
    """What a benchmark works with."""

    server: LabServer
    line: Proxy
    page: Any

    def notebook(self, folder: Path) -> Notebook:
        return Notebook(self.page, self.server, folder, port=self.line.port)


@contextlib.contextmanager
def bench() -> Iterator[Bench | None]:
    """Open it; None, said aloud, where there is no Chromium."""
    chromium = shutil.which("chromium")
    if chromium is None:
        print("there is no chromium on this machine: nothing was measured")
        yield None
        return
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        server = LabServer(Path(folder), WHOLE)
        stack.callback(server.close)
        line = Proxy(server.port)
        stack.callback(line.close)
        playwright = stack.enter_context(sync_playwright())
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        stack.callback(browser.close)
        yield Bench(server, line, browser.new_page(viewport={"width": 1400, "height": 900}))
