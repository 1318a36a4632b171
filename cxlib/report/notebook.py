"""A notebook's file -> its cells, what its parameters cell sets, and the model that it names.

Read as JSON: nbformat, which checks it against a schema, takes longer to load than all the rest.
"""

from __future__ import annotations

import ast
import importlib
import io
import json
import tokenize
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cxlib.errors import ParameterError, SourceError
from cxlib.parameters import StudyParameters

_KINDS = ("code", "markdown", "raw")


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell without its outputs; `kind` is code, markdown or raw."""

    kind: str
    source: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Notebook:
    """What a notebook's file says before it is run; `model` is `module:Class` of its parameters,
    `kernel` the name of the kernel that it wants."""

    cells: tuple[Cell, ...] = ()
    model: str | None = None
    kernel: str = ""


def read_notebook(path: Path) -> Notebook:
    """Return the notebook.

    Raises
    ------
    SourceError
        If there is no such file, or it is not a notebook.
    """
    if not path.is_file():
        raise SourceError(
            f"there is no notebook {path.as_posix()!r}; give the path of an .ipynb file"
        )
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        cells = tuple(_cell(cell) for cell in content["cells"])
        model = content.get("metadata", {}).get("cxlib", {}).get("parameters")
        kernel = content.get("metadata", {}).get("kernelspec", {}).get("name", "")
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError) as error:
        raise SourceError(
            f"{path.as_posix()!r} is not a notebook ({type(error).__name__}); open it in "
            "JupyterLab and save it again"
        ) from None
    return Notebook(cells, model, kernel if isinstance(kernel, str) else "")


def _cell(content: Mapping[str, Any]) -> Cell:
    kind, source = content["cell_type"], content["source"]
    if kind not in _KINDS:
        raise ValueError(kind)
    tags = content.get("metadata", {}).get("tags", ())
    return Cell(kind, source if isinstance(source, str) else "".join(source), tuple(tags))


def load_model(notebook: Notebook) -> type[StudyParameters] | None:
    """Return the parameter model that a notebook names (`cxlib.nps:Parameters`), or None.

    Raises
    ------
    SourceError
        If what it names cannot be loaded, or is no model of parameters.
    """
    if not notebook.model:
        return None
    module, _, attribute = notebook.model.partition(":")
    try:
        model = getattr(importlib.import_module(module), attribute)
    except (ImportError, AttributeError, ValueError) as error:
        raise SourceError(
            f"the notebook's metadata names the parameters {notebook.model!r}, which cannot be "
            f'loaded ({error}); write "cxlib": {{"parameters": "module:Class"}}'
        ) from None
    if not (isinstance(model, type) and issubclass(model, StudyParameters)):
        raise SourceError(
            f"the notebook's metadata names the parameters {notebook.model!r}, which is no model "
            "of parameters; derive it from cxlib.parameters.StudyParameters"
        )
    return model


def defaults(notebook: Notebook) -> dict[str, Any]:
    """Return what the notebook's `parameters` cell sets; empty where it has none.

    Read with `ast`: papermill's own reading overlooks `top_n: int | None = 5`.

    Raises
    ------
    ParameterError
        If the cell is not Python, or a value is not a plain one (a number, a text, a list, ...).
    """
    found = {}
    for name, value in _assignments(_parameters_cell(notebook)):
        try:
            found[name] = ast.literal_eval(value)
        except ValueError:
            raise ParameterError(
                f"parameter {name} is set to {ast.unparse(value)} in the notebook's parameters "
                "cell; write a plain value there (a number, a text, a list, None)"
            ) from None
    return found


def comments(notebook: Notebook) -> dict[str, str]:
    """Return what the notebook's `parameters` cell says of each name after its value."""
    said: dict[str, str] = {}
    name = ""
    for token in tokenize.generate_tokens(io.StringIO(_parameters_cell(notebook)).readline):
        if token.type == tokenize.NAME and token.start[1] == 0:
            name = token.string
        elif token.type == tokenize.COMMENT and name and token.start[1]:
            said[name] = token.string.lstrip("# ")
    return said


def _parameters_cell(notebook: Notebook) -> str:
    found = (cell for cell in notebook.cells if cell.kind == "code" and "parameters" in cell.tags)
    return next((cell.source for cell in found), "")


def _assignments(source: str) -> list[tuple[str, ast.expr]]:
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise ParameterError(
            f"the notebook's parameters cell is not plain Python (line {error.lineno}: "
            f"{error.msg}); write one `name = value` a line"
        ) from None
    found = []
    for line in body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            found.append((line.targets[0].id, line.value))
        elif (
            isinstance(line, ast.AnnAssign)
            and isinstance(line.target, ast.Name)
            and line.value is not None
        ):
            found.append((line.target.id, line.value))
    return found
