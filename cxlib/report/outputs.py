"""Outputs of an executed notebook -> what cxlib marked in them: what was read, figures, results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from cxlib.report.downloads import inert_csv

_TABLE = "text/csv"


def outputs(notebook: NotebookNode) -> Iterator[NotebookNode]:
    """Give the outputs of all cells, in order."""
    for cell in notebook.cells:
        yield from cell.get("outputs", ())


def subject(notebook: NotebookNode) -> str | None:
    """Return what exactly was looked at, as the table of what was read says it; None where there is
    no such table."""
    return _read(notebook).get("subject")


def tables(notebook: NotebookNode) -> Mapping[str, Any]:
    """Return what was read of tables of servers, by parameter, as the table of what was read says
    it."""
    found = _read(notebook).get("tables")
    return found if isinstance(found, Mapping) else {}


def _read(notebook: NotebookNode) -> Mapping[str, Any]:
    """Return the mark of the last table of what was read."""
    marked = [_mark(output) for output in outputs(notebook)]
    return next((mark for mark in reversed(marked) if mark.get("read")), {})


def figures(notebook: NotebookNode) -> str:
    """Return the last output that `cx.ledger` marked, as CSV; empty where there is none."""
    marked = [output.data[_TABLE] for output in outputs(notebook) if _mark(output).get("ledger")]
    return inert_csv(marked[-1]) if marked else ""


def keys(notebook: NotebookNode) -> list[Mapping[str, Any]]:
    """Return the marks of the figures that `cx.ledger` puts first, of the last ledger."""
    marked = [mark for output in outputs(notebook) if (mark := _mark(output)).get("ledger")]
    return list(marked[-1].get("keys", ())) if marked else []


def take_wrote(notebook: NotebookNode) -> dict[Path, str]:
    """Take out the marks that say which files a notebook wrote, and return these with the SHA-256
    of what was written: the paths are of this machine, and no reader's."""
    found: dict[Path, str] = {}
    for output in outputs(notebook):
        mark = output.get("metadata", {}).get("text/plain", {}).pop("wrote", None)
        if isinstance(mark, Mapping):
            found |= {Path(str(path)): str(digest) for path, digest in mark.items()}
    return found


def shows_result(notebook: NotebookNode) -> bool:
    """Return whether a reader has seen a finding, a picture or a table of a result; the table of
    what was read is none."""
    return any(_is_result(output) for output in outputs(notebook))


def _is_result(output: NotebookNode) -> bool:
    data = output.get("data", {})
    if _TABLE in data and not _mark(output).get("read"):
        return True
    return "cx-finding" in data.get("text/html", "") or any(
        kind.startswith("image/") for kind in data
    )


def _mark(output: NotebookNode) -> Mapping[str, Any]:
    return output.get("metadata", {}).get(_TABLE, {})
