"""A notebook as JupyterLab saves it -> as git may take it: of its outputs only those that were
stored on purpose.

git calls this file as a filter (`.gitattributes`), with any Python and nothing else installed.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from typing import Any

_TEXTS = ("text/html", "text/plain")  # pictures and exact figures differ by machine
# "english": of which English text a cell of prose is the translation (tests/notebooks/languages.py)
_OF_CELL = ("tags", "slideshow", "english")
_INJECTED = "injected-parameters"  # papermill's own cell, with what one run was given


def clean(text: str | bytes) -> str:
    """Return a notebook without papermill's cell, pictures and what programs note in it, and
    without any output unless all are those that `stamp` saw, beside the same code.

    Raises
    ------
    ValueError
        If it is no notebook.
    """
    notebook = read(text)
    if _fingerprint(notebook) != notebook["metadata"].get("cxlib", {}).get("outputs"):
        for cell in code_cells(notebook):
            cell.update(outputs=[], execution_count=None)
    return write(notebook)


def stamp(text: str | bytes) -> str:
    """Return a notebook whose outputs `clean` will keep; for the sample's alone.

    Raises
    ------
    ValueError
        If it is no notebook.
    """
    notebook = read(text)
    fingerprint = _fingerprint(notebook)
    notebook["metadata"].setdefault("cxlib", {})["outputs"] = fingerprint
    return write(notebook)


def read(text: str | bytes) -> dict[str, Any]:
    """Return a notebook with what is part of it alone, numbered as one run would.

    Raises
    ------
    ValueError
        If it is no notebook.
    """
    try:
        return _plain(json.loads(text))
    except (AttributeError, KeyError, TypeError, RecursionError) as error:
        raise ValueError(f"this is no notebook ({type(error).__name__})") from None


def write(notebook: dict[str, Any]) -> str:
    """Return a notebook's file, as nbformat writes it."""
    return json.dumps(notebook, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def code_cells(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the cells of code."""
    return (cell for cell in notebook["cells"] if cell["cell_type"] == "code")


def _plain(notebook: dict[str, Any]) -> dict[str, Any]:
    cells = [
        {
            **cell,
            "metadata": {
                name: cell["metadata"][name] for name in _OF_CELL if name in cell["metadata"]
            },
        }
        for cell in notebook["cells"]
        if _INJECTED not in cell["metadata"].get("tags", ())
    ]
    found = notebook["metadata"]
    metadata = {name: found[name] for name in ("cxlib", "kernelspec") if name in found}
    if "language_info" in found:
        metadata["language_info"] = {"name": found["language_info"].get("name", "python")}
    plain = {**notebook, "cells": cells, "metadata": metadata}
    for number, cell in enumerate(code_cells(plain), start=1):
        outputs = [_output(output, number) for output in cell.get("outputs", ())]
        cell.update(outputs=outputs, execution_count=number)
    return plain


def _output(output: dict[str, Any], number: int) -> dict[str, Any]:
    kept = dict(output)
    if "data" in kept:
        kept["data"] = {kind: kept["data"][kind] for kind in _TEXTS if kind in kept["data"]}
    if "metadata" in kept:
        kept["metadata"] = {}
    if "execution_count" in kept:
        kept["execution_count"] = number
    return kept


def _fingerprint(notebook: dict[str, Any]) -> str:
    """Return the hash of the code and its outputs."""
    content = [["".join(cell["source"]), cell["outputs"]] for cell in code_cells(notebook)]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def main() -> None:
    """Clean standard input; what is no notebook ends with status 1."""
    try:
        cleaned = clean(sys.stdin.buffer.read())
    except ValueError as error:
        print(f"cleaning: {error}; open it in JupyterLab and save it again", file=sys.stderr)
        sys.exit(1)
    sys.stdout.buffer.write(cleaned.encode("utf-8", "surrogatepass"))


if __name__ == "__main__":
    main()
