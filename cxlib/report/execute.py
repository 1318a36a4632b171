"""A notebook and its parameters -> the executed one, and what stopped it. Papermill runs it."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any

import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from papermill.engines import NBClientEngine, papermill_engines
from papermill.exceptions import PapermillExecutionError

from cxlib import errors
from cxlib.report import kernels
from cxlib.report.outputs import shows_result
from cxlib.report.refusals import Kind, kind_of

_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*((?:\\u[0-9a-f]{4})+)")
_ENGINE = "cxlib"
_END = "cx-end"


class Cause(StrEnum):
    """Why a report was not made; the exit status goes by it."""

    ERROR = "error"
    TIME = "time"
    MEMORY = "memory"
    DEAD = "dead"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class Stopped:
    """What stopped a notebook.

    Attributes
    ----------
    message, details : str
        In a sentence, and as Python tells it.
    cause : Cause
        Of which kind it is.
    refused : bool
        Whether cxlib refused the data or the parameters before a result was shown.
    cell, cells : int or None
        The number of the cell in which it happened, and of code cells, where it is known.
    heading : str
        What that cell stands under.
    kind : Kind
        Of what kind it is, for a reader of another language.
    """

    message: str
    details: str = ""
    cause: Cause = Cause.ERROR
    refused: bool = False
    cell: int | None = None
    cells: int | None = None
    heading: str = ""
    kind: Kind = Kind.NOTEBOOK


class _Engine(NBClientEngine):
    """Papermill's own, which also keeps the notebook where a kernel died or time ran out."""

    ran: NotebookNode | None = None

    @classmethod
    def execute_managed_notebook(cls, nb_man: Any, kernel_name: str, **kwargs: Any) -> Any:
        cls.ran = nb_man.nb
        return super().execute_managed_notebook(nb_man, kernel_name, **kwargs)


papermill_engines.register(_ENGINE, _Engine)


def execute(
    notebook: NotebookNode,
    values: Mapping[str, Any],
    *,
    name: str,
    folder: Path,
    root: Path,
    timeout: float,
    progress: Callable[[int, int], None],
    kernel: Callable[[int], None] = lambda pid: None,
) -> tuple[NotebookNode, Stopped | None]:
    """Run a notebook and return it as far as it came; nothing is written.

    Parameters
    ----------
    notebook : NotebookNode
        As it was read; it is not changed.
    values : mapping
        Parameters to inject, as JSON.
    name : str
        Of its file.
    folder : Path
        Where it runs.
    root : Path
        The project; its path is taken out of error messages.
    timeout : float
        Seconds that one cell may take.
    progress : callable
        Called with the number of the cell that starts and the number of code cells.
    kernel : callable
        Called with the pid of the kernel before the first cell.

    Returns
    -------
    tuple of (NotebookNode, Stopped or None)
        None if every cell ran, to a last one that is put behind them all.
    """
    run = _Run(notebook, timeout, progress, kernel)
    stopped = run.attempt(values, folder)
    done = _tidy(_Engine.ran or run.notebook, name=name, root=root)
    ended = done.cells.pop() if _is_end(done.cells[-1]) else None
    if stopped is None and (run.exited or not _whole(done, ended)):
        stopped = _ended_early()
    if stopped is None:
        return done, None
    if run.started:
        heading = _heading(done, run.started[-1])
        cell, cells = len(run.started), run.cells
        stopped = replace(stopped, cell=cell, cells=cells, heading=heading)
    return done, replace(
        stopped,
        message=_private(stopped.message, root),
        details=_private(stopped.details, root),
        refused=stopped.refused and not shows_result(done),
    )


def _whole(notebook: NotebookNode, end: NotebookNode | None) -> bool:
    """Return whether the mark behind the last cell was reached, each cell ran, and none left by
    SystemExit, which papermill takes for success."""
    cells = [cell for cell in notebook.cells if _runs(cell)]
    return end is not None and all(
        cell.execution_count is not None
        and not any(output.get("ename") == "SystemExit" for output in cell.outputs)
        for cell in [*cells, end]
    )


def _ended_early() -> Stopped:
    return Stopped(
        "The notebook ended before its last cell (exit(), SystemExit, or a cell that was skipped): "
        "a report is made of a whole one. Take that out, or raise an error that says what is wrong"
    )


class _Run:
    """One execution, and what it told on the way."""

    def __init__(
        self,
        notebook: NotebookNode,
        timeout: float,
        progress: Callable[[int, int], None],
        kernel: Callable[[int], None],
    ) -> None:
        self.notebook = deepcopy(notebook)
        self.notebook.cells.append(new_code_cell("1", metadata={"tags": [_END]}))
        self.cells = sum(map(_runs, notebook.cells))
        self.started: list[int] = []
        self.exited = False
        self._timeout = timeout
        self._progress = progress
        self._kernel = kernel

    def attempt(self, values: Mapping[str, Any], folder: Path) -> Stopped | None:
        """Let papermill run it; return what stopped it."""
        self.cells += bool(values)
        _Engine.ran = None
        before = len(kernels.launched)
        try:
            self._papermill(values, folder)
        except PapermillExecutionError as error:
            return _raised(error)
        except CellTimeoutError:
            return Stopped(
                f"A cell took longer than {self._timeout:g} seconds; give --timeout, or make the "
                "cell faster",
                cause=Cause.TIME,
            )
        except DeadKernelError:
            return _ended_early() if self.exited else _died(before)
        except RuntimeError as error:
            if self.started:
                raise
            return Stopped(f"The kernel did not start: {error}", cause=Cause.DEAD)
        return None

    def _papermill(self, values: Mapping[str, Any], folder: Path) -> None:
        kernel = self.notebook.metadata.get("kernelspec", {})
        language = self.notebook.metadata.get("language_info", {}).get("name") or kernel.get(
            "language", "python"
        )
        own = {"kernel_manager_class": kernels.ForkedKernelManager} if language == "python" else {}
        papermill.execute_notebook(
            self.notebook,
            None,
            parameters=dict(values),
            cwd=str(folder),
            progress_bar=False,
            engine_name=_ENGINE,
            kernel_name=kernel.get("name", "python3"),
            language=language,
            request_save_on_cell_execute=False,
            execution_timeout=self._timeout,
            on_notebook_start=self._kernel_runs,
            on_cell_start=self._cell_starts,
            on_cell_executed=self._cell_ends,
            **own,
        )

    def _kernel_runs(self, **_: Any) -> None:
        if kernels.launched:
            self._kernel(kernels.launched[-1].pid)

    def _cell_starts(self, cell: NotebookNode, cell_index: int) -> None:
        if _runs(cell) and not _is_end(cell):
            self.started.append(cell_index)
            self._progress(len(self.started), self.cells)

    def _cell_ends(self, execute_reply: Mapping[str, Any], **_: Any) -> None:
        payload = execute_reply["content"].get("payload", ())
        self.exited = self.exited or any(told.get("source") == "ask_exit" for told in payload)


def _runs(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def _is_end(cell: NotebookNode) -> bool:
    return _END in cell.metadata.get("tags", ())


def _raised(error: PapermillExecutionError) -> Stopped:
    """Return what a cell raised; of a refusal the message says it all."""
    if error.ename == "SystemExit":
        return _ended_early()
    details = strip_ansi("\n".join(error.traceback))
    if isinstance(getattr(errors, error.ename, None), type):
        message = strip_ansi(error.evalue)
        kind = kind_of(error.ename)
        return Stopped(message, "" if details == message else details, refused=True, kind=kind)
    return Stopped(strip_ansi(f"{error.ename}: {error.evalue}"), details)


def _died(before: int) -> Stopped:
    """Say how the kernel ended, as its parent was told; nothing is guessed."""
    status = kernels.launched[-1].poll() if len(kernels.launched) > before else None
    if status is None:
        how = "stopped answering"
    elif status < 0:
        how = f"was killed by {signal.Signals(-status).name}"
    else:
        how = f"ended by itself with exit status {status}"
    return Stopped(f"The kernel {how}", cause=Cause.DEAD)


def _heading(notebook: NotebookNode, index: int) -> str:
    # papermill puts its own notes before the cell that failed; they are gone here, so the index
    # holds
    for cell in reversed(notebook.cells[: index + 1]):
        found = (
            re.findall(r"^#+\s+(.+)$", cell.source, re.M) if cell.cell_type == "markdown" else ()
        )
        if found:
            return found[-1]
    return ""


def _tidy(notebook: NotebookNode, *, name: str, root: Path) -> NotebookNode:
    """Take out papermill's notes and the paths of this machine; write parameters as people do, not
    as \\uXXXX."""
    notebook.cells = [
        cell
        for cell in notebook.cells
        if "papermill-error-cell-tag" not in cell.metadata.get("tags", ())
    ]
    about = {"input_path": name, "output_path": "run.ipynb"}
    notebook.metadata.setdefault("papermill", NotebookNode()).update(about)
    for cell in notebook.cells:
        if "injected-parameters" in cell.metadata.get("tags", ()):
            cell.source = _ESCAPED.sub(_unescaped, cell.source)
        for output in cell.get("outputs", ()):
            if output.get("name") == "stderr":
                output.text = _private(output.text, root)
            elif output.output_type == "error":
                output.update(
                    evalue=_private(output.evalue, root),
                    traceback=[_private(line, root) for line in output.traceback],
                )
    return notebook


def _unescaped(found: re.Match[str]) -> str:
    letters = json.loads(f'"{found[1]}"')
    return found[0].removesuffix(found[1]) + letters if letters.isprintable() else found[0]


def _private(words: str, root: Path) -> str:
    words = words.replace(f"{root}{os.sep}", "").replace(str(root), ".")
    home = str(Path.home())
    return words.replace(home, "~") if len(home) > 1 else words
