"""A notebook and its parameters -> the executed notebook, or what stopped it. Papermill runs it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import nbformat
import papermill
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.filters import strip_ansi
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from cxlib import errors

_ESCAPED = re.compile(r"(?<!\\)(?:\\\\)*((?:\\u[0-9a-f]{4})+)")


def execute(
    notebook: Path,
    output: Path,
    values: Mapping[str, Any],
    *,
    root: Path,
    timeout: float,
    progress: Callable[[int, int], None],
) -> dict[str, Any] | None:
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
    dict or None
        None if every cell ran; else `message`, `details`, and where it is known `cell`, `cells` and
        `heading`.
    """
    source = nbformat.read(notebook, as_version=4)
    cells = sum(map(_runs, source.cells)) + bool(values)
    started: list[int] = []

    def cell_starts(cell: NotebookNode, cell_index: int) -> None:
        if _runs(cell):
            started.append(cell_index)
            progress(len(started), cells)

    failure: dict[str, Any] | None = None
    for attempt in (1, 2):
        try:
            _papermill(
                notebook, output, values, source=source, timeout=timeout, on_cell_start=cell_starts
            )
        except PapermillExecutionError as error:
            said = (
                error.evalue if hasattr(errors, error.ename) else f"{error.ename}: {error.evalue}"
            )
            failure = _failed(said, "\n".join(error.traceback))
        except CellTimeoutError:
            failure = _failed(
                f"A cell took longer than {timeout:g} seconds; give --timeout, or make the cell "
                "faster"
            )
        except DeadKernelError:
            failure = _failed(
                "The kernel died, most likely because memory ran out; use fewer rows at a time"
            )
        except (
            RuntimeError
        ) as error:  # the kernel did not start: two kernels may have picked one port
            if attempt == 1 and not started:
                continue
            failure = _failed(f"The kernel did not start: {error}")
        break
    tidy = _tidy(nbformat.read(output, as_version=4), name=notebook.name, root=root)
    nbformat.write(tidy, output)
    if failure and started:
        failure |= {"cell": len(started), "cells": cells, "heading": _heading(tidy, started[-1])}
    return failure and {
        key: _private(value, root) if isinstance(value, str) else value
        for key, value in failure.items()
    }


def _runs(cell: NotebookNode) -> bool:
    return cell.cell_type == "code" and bool(cell.source.strip())


def _papermill(
    notebook: Path,
    output: Path,
    values: Mapping[str, Any],
    *,
    source: NotebookNode,
    timeout: float,
    on_cell_start: Callable[..., None],
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
        on_cell_start=on_cell_start,
    )


def _literal(path: Path) -> str:
    return (
        str(path).replace("{", "{{").replace("}", "}}")
    )  # papermill formats paths with the parameters


def _failed(message: str, details: str = "") -> dict[str, Any]:
    return {"message": strip_ansi(message), "details": strip_ansi(details)}


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
