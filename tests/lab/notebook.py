"""A notebook in a page with JupyterLab, driven as a person drives it."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from cxlib.interviews.journal import read_journal
from tests.lab.server import LabServer
from tests.lab.study import NAME

SCRIPT = (Path(__file__).parent / "desk.js").read_text(encoding="utf-8")
SOON = 20.0  # seconds that anything may take


def until(what: Callable[[], Any], *, within: float = SOON, said: str = "") -> Any:
    """Return what a function gives as soon as it is true."""
    end = time.monotonic() + within
    while not (found := what()):
        assert time.monotonic() < end, said or f"{what} was not true within {within} s"
        time.sleep(0.01)
    return found


class Notebook:
    """The notebook `coding.ipynb` of a folder below the server's root.

    Parameters
    ----------
    page : playwright.sync_api.Page
    server : LabServer
    folder : Path
    port : int, optional
        Where the server is reached, if not at its own port.
    """

    def __init__(
        self, page: Any, server: LabServer, folder: Path, *, port: int | None = None
    ) -> None:
        self.page, self.server, self.folder = page, server, folder
        self.port = port or server.port
        self.path = folder.relative_to(server.root) / NAME
        self.coder_folder = "codings"

    @property
    def journal_path(self) -> Path:
        return self.folder / self.coder_folder / "Aki.jsonl"

    @property
    def pid(self) -> int:
        """The kernel's process, as the first cell wrote it."""
        return int((self.folder / "pid").read_text())

    def load(self) -> None:
        """Load JupyterLab in the page, unless it is there."""
        if not self.page.evaluate("() => Boolean(globalThis.jupyterapp && globalThis.desk)"):
            url = f"http://127.0.0.1:{self.port}/lab/workspaces/w{id(self.page)}"
            self.page.goto(f"{url}?token={self.server.token}&reset")
            self._loaded()

    def _loaded(self) -> None:
        self.page.wait_for_function(
            "() => globalThis.jupyterapp?.restored.then(() => true)", timeout=60_000
        )
        self.page.evaluate(f"() => {{ {SCRIPT} }}")

    def open(self) -> None:
        """Open the notebook, alone, with its kernel idle."""
        self.load()
        self.page.evaluate("(path) => desk.open(path)", self.path.as_posix())

    def reload(self) -> None:
        """Reload the page, and open the notebook again where JupyterLab does not."""
        self.page.reload()
        self._loaded()
        self.page.evaluate("(path) => desk.open(path)", self.path.as_posix())

    def run(self, *cells: int) -> None:
        """Run cells and wait for their numbers; where JupyterLab loses the first request, ask
        again."""
        for cell in cells or (1, 2):
            self.page.evaluate(
                "(i) => { desk.panel.content.widgets[i].model.clearExecution(); }", cell
            )
            for attempt in range(8):  # one just killed is asked in vain until the server sees it
                if attempt == 4:  # nor does JupyterLab always hear that it is there again
                    self.reconnect()
                self.page.evaluate("(i) => desk.run(i)", cell)
                if self.page.evaluate("(i) => desk.ran(i)", cell):
                    break
            else:
                raise AssertionError(f"cell {cell} was asked to run and did not")

    def start(self, *cells: int) -> Notebook:
        """Open the notebook, run its cells, and wait for the widget."""
        self.open()
        self.run(*cells)
        self.usable()
        return self

    def usable(self, view: int = 0) -> None:
        self.page.wait_for_function("(i) => desk.isUsable(i)", arg=view, timeout=20_000)

    def focus(self, view: int = 0) -> None:
        self.page.evaluate("(i) => desk.focus(i)", view)

    def reconnect(self) -> None:
        """Reconnect, as the kernel's menu does: by itself JupyterLab tries again after up to half
        a minute."""
        self.page.evaluate("() => jupyterapp.commands.execute('kernelmenu:reconnect-to-kernel')")
        self.page.evaluate("() => desk.ready()")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    def drag(self, phrase: str, *, view: int = 0) -> None:
        """Mark words with the mouse."""
        self.focus(view)
        place = self.page.evaluate("([i, words]) => desk.place(i, words)", [view, phrase])
        assert place, f"{phrase!r} is not on the screen"
        mouse = self.page.mouse
        mouse.move(*place["from"])
        mouse.down()
        mouse.move(*place["to"], steps=4)
        mouse.up()

    def status(self, view: int = 0) -> str:
        return self.page.evaluate("(i) => desk.text(i, '.cx-saved') ?? ''", view)

    def saved(self, view: int = 0) -> None:
        """Wait until the widget says that all is saved."""
        self.page.wait_for_function(
            "(i) => desk.root(i)?.querySelector('.cx-saved')?.dataset.kind === 'saved'",
            arg=view,
            timeout=30_000,
        )

    def kind(self, view: int = 0) -> str:
        """What the status line says: saved, saving, waiting, unsaved or held."""
        return self.page.evaluate(
            "(i) => desk.root(i).querySelector('.cx-saved').dataset.kind ?? 'saved'", view
        )

    def lines(self) -> list[dict[str, Any]]:
        """Return the operations in the coder's file."""
        if not self.journal_path.is_file():
            return []
        lines = self.journal_path.read_text(encoding="utf-8").splitlines()
        return [op for line in lines if "op" in (op := json.loads(line))]

    def codings(self) -> list[tuple[str, str]]:
        """Return words and code of each coding in the file."""
        frame = read_journal(self.journal_path).to_frame()
        texts = {
            path.name: path.read_text(encoding="utf-8")
            for path in (self.folder / "talks").iterdir()
        }
        return [
            (texts[row.document][row.start : row.end], row.code)
            for row in frame.itertuples(index=False)
        ]

    def coded(self, n: int) -> list[tuple[str, str]]:
        """Wait for a number of codings in the file, and return them."""
        until(lambda: self.journal_path.is_file() and len(self.codings()) == n)
        return self.codings()

    def save(self) -> dict[str, Any]:
        """Save the notebook, and return it as it lies on the disk."""
        self.page.evaluate("() => desk.panel.context.save()")
        return json.loads((self.folder / NAME).read_text(encoding="utf-8"))

    def is_alive(self) -> bool:
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True
