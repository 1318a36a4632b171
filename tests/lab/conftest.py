"""One JupyterLab a session, a page of it for all tests, and a folder for each."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.conftest import WHOLE
from tests.lab.notebook import Notebook
from tests.lab.proxy import Proxy
from tests.lab.server import LabServer
from tests.lab.study import write_study

# what JupyterLab and the browser say of themselves
_NOT_OURS = ("favicon", "WebSocket", "net::ERR", "the server responded with a status of", "Kernel")
_NOT_OURS += ("restore the debugger state",)  # JupyterLab, where the kernel is restarted meanwhile


@pytest.fixture(scope="session")
def server(tmp_path_factory) -> Iterator[LabServer]:
    pytest.importorskip("jupyterlab")
    pytest.importorskip("anywidget")
    server = LabServer(tmp_path_factory.mktemp("lab"), WHOLE)
    yield server
    server.close()


@pytest.fixture(scope="session")
def line(server) -> Iterator[Proxy]:
    """What lies between the page and the server."""
    proxy = Proxy(server.port)
    yield proxy
    proxy.close()


@pytest.fixture(scope="session")
def lab_page(browser, line) -> Iterator[Any]:
    page = new_page(browser)
    yield page
    page.close()


def new_page(browser: Any, **context: Any) -> Any:
    """Return a page that collects in `problems` what goes wrong in it."""
    page = browser.new_page(viewport={"width": 1400, "height": 900}, **context)
    page.problems = []
    page.on(
        "console",
        lambda message: message.type == "error" and page.problems.append(message.text),
    )
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    return page


_NUMBERS = itertools.count()  # of the folders of one server


@pytest.fixture
def notebook(lab_page, server, line) -> Iterator[Callable[..., Notebook]]:
    """Make a notebook in a folder of its own: `notebook(*cells, times=…)`."""
    made: list[Notebook] = []

    def make(*cells: str, write: Any = write_study, **study: Any) -> Notebook:
        folder = server.root / f"study{next(_NUMBERS)}"
        write(folder, *cells, **study)
        made.append(Notebook(lab_page, server, folder, port=line.port))
        return made[-1]

    lab_page.problems.clear()
    yield make
    server.end_sessions()
    ours = [text for text in lab_page.problems if not any(word in text for word in _NOT_OURS)]
    assert ours == []
