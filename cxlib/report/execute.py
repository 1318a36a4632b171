"""A notebook and its parameters -> the executed notebook, or what stopped it. Papermill runs it."""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from cxlib import errors
from cxlib.report.outputs import shows_result

_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*((?:\\u[0-9a-f]{4})+)")


@dataclass(frozen=True, slots=True)
class Stopped:
    """What stopped a notebook.

    Attributes
    ----------
    message, details : str
        In a sentence, and as Python tells it.
    refused : bool
        Whether cxlib refused the data or the parameters before a result was shown.
    cell, cells : int or None
        The number of the cell in which it happened, and of code cells, where it is known.
    heading : str
        What that cell stands under.
    """

    message: str
    details: str = ""
    refused: bool = False
    cell: int | None = None
    cells: int | None = None
    heading: str = ""


def execute(
    notebook: Path,
    output: Path,
    values: Mapping[str, Any],
    *,
    root: Path,
    timeout: float,
    progress: Callable[[int, int], None],
) -> Stopped | None:
    """Run a notebook in its own folder and write it to `output`, also where it fails.

    Parameters
    ----------
    notebook, output : Path
        The notebook, and where the executed one goes.
    values : mapping
        Parameters to inject, as JSON.
    root : Path
        The project; its path is taken out of error messages.
    timeout : float
        Seconds that one cell may take.
    progress : callable
        Called with the number of the cell that starts and the number of code cells.

    Returns
    -------
    Stopped or None
        None if every cell ran.
    """
    source = nbformat.read(notebook, as_version=4)
    cells = sum(map(_runs, source.cells)) + bool(values)
    started: list[int] = []

    def cell_starts(cell: NotebookNode, cell_index: int) -> None:
        if _runs(cell):
            started.append(cell_index)
            progress(len(started), cells)

    run = functools.partial(
        _papermill, notebook, output, values, source=source, timeout=timeout, starts=cell_starts
    )
    stopped = _attempt(run, started, timeout)
    done = _tidy(nbformat.read(output, as_version=4), name=notebook.name, root=root)
    nbformat.write(done, output)
    if stopped is None:
        return None
    if started:
        heading = _heading(done, started[-1])
        stopped = replace(stopped, cell=len(started), cells=cells, heading=heading)
    return replace(
        stopped,
        message=_private(stopped.message, root),
        details=_private(stopped.details, root),
        refused=stopped.refused and not shows_result(done),
    )


def _runs(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def _attempt(run: Callable[[], None], started: list[int], timeout: float) -> Stopped | None:
    for last in (False, True):
        try:
            run()
        except PapermillExecutionError as error:
            return _raised(error)
        except CellTimeoutError:
            return Stopped(
                f"A cell took longer than {timeout:g} seconds; give --timeout, or make the cell "
                "faster"
            )
        except DeadKernelError:
            return Stopped(
                "The kernel died, most likely because memory ran out; use fewer rows at a time"
            )
        except RuntimeError as error:  # no kernel: two of them may have picked one port
            if last or started:
                return Stopped(f"The kernel did not start: {error}")
        else:
            return None
    return None


def _raised(error: PapermillExecutionError) -> Stopped:
    """Return what a cell raised; of a refusal the message says it all."""
    details = strip_ansi("\n".join(error.traceback))
    if isinstance(getattr(errors, error.ename, None), type):
        message = strip_ansi(error.evalue)
        return Stopped(message, "" if details == message else details, refused=True)
    return Stopped(strip_ansi(f"{error.ename}: {error.evalue}"), details)


def _papermill(
    notebook: Path,
    output: Path,
    values: Mapping[str, Any],
    *,
    source: NotebookNode,
    timeout: float,
    starts: Callable[..., None],
) -> None:
    kernel = source.metadata.get("kernelspec", {})
    papermill.execute_notebook(
        _literal(notebook),
        _literal(output),
        parameters=dict(values),
        cwd=str(notebook.parent),
        progress_bar=False,
        kernel_name=kernel.get("name", "python3"),
        language=source.metadata.get("language_info", {}).get("name")
        or kernel.get("language", "python"),
        execution_timeout=timeout,
        on_cell_start=starts,
    )


def _literal(path: Path) -> str:
    # papermill formats paths with the parameters
    return str(path).replace("{", "{{").replace("}", "}}")


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
    notebook.metadata.get("papermill", {}).update(input_path=name, output_path="run.ipynb")
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
