"""A notebook and the values given for it -> parameters that were checked before a kernel starts."""

from __future__ import annotations

import ast
import io
import os
import re
import tokenize
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any

import nbformat
from nbformat import NotebookNode
from pydantic import BaseModel, SecretStr
from pydantic.fields import FieldInfo

from cxlib import check
from cxlib.errors import CxError, ParameterError, SourceError
from cxlib.report.reading import as_field, is_path, laid_over, parts, plain


@dataclass(frozen=True, slots=True)
class Checked:
    """Parameters that may be put into a notebook.

    Attributes
    ----------
    given : dict
        What is injected: only the names that were given, as JSON; paths are relative to the
        notebook's folder.
    values : dict
        All parameters, as they will be in the notebook; paths as in `given`.
    inputs : dict of str to Path
        The files and folders that parameters name, absolute.
    meanings : dict of str to str
        What each parameter means, in words.
    subject : str, optional
        What exactly is looked at, as the model says it.
    """

    given: dict[str, Any]
    values: dict[str, Any]
    inputs: dict[str, Path]
    meanings: dict[str, str]
    subject: str | None = None


def read_notebook(path: Path) -> NotebookNode:
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
        notebook = nbformat.read(path, as_version=4)
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        raise SourceError(
            f"{path.as_posix()!r} is not a notebook ({type(error).__name__}); open it in "
            "JupyterLab and save it "
            "again"
        ) from None
    return notebook


def model_name(notebook: NotebookNode) -> str | None:
    """Return `module:Class` of the parameter model that the notebook's metadata names, if it names
    one."""
    return notebook.metadata.get("cxlib", {}).get("parameters")


def defaults(notebook: NotebookNode) -> dict[str, Any]:
    """Return what the notebook's `parameters` cell sets; empty where it has none.

    Read with `ast`: papermill's own reading overlooks `top_n: int | None = 5`.

    Raises
    ------
    ParameterError
        If the cell is not Python, or a value is not a plain one (a number, a text, a list, ...).
    """
    found = {}
    for name, value in _assignments(_cell(notebook)):
        try:
            found[name] = ast.literal_eval(value)
        except ValueError:
            raise ParameterError(
                f"parameter {name} is set to {ast.unparse(value)} in the notebook's parameters "
                "cell; "
                "write a plain value there (a number, a text, a list, None)"
            ) from None
    return found


def read_given(pairs: Sequence[str]) -> dict[str, str]:
    """Return `name=value` pairs of a command line as a dict of texts.

    >>> read_given(["wave=2026Q3", "scale=1,10"])
    {'wave': '2026Q3', 'scale': '1,10'}
    """
    given = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise ParameterError(
                f"-p {pair}: write a parameter as name=value, for example -p wave=2026Q3"
            )
        given[name.strip()] = value
    return given


def comments(notebook: NotebookNode) -> dict[str, str]:
    """Return what the notebook's `parameters` cell says of each name after its value."""
    said: dict[str, str] = {}
    name = ""
    for token in tokenize.generate_tokens(io.StringIO(_cell(notebook)).readline):
        if token.type == tokenize.NAME and token.start[1] == 0:
            name = token.string
        elif token.type == tokenize.COMMENT and name and token.start[1]:
            said[name] = token.string.lstrip("# ")
    return said


def known_names(notebook: NotebookNode, model: type[BaseModel] | None) -> list[str]:
    """Return the names of the notebook's parameters."""
    return list(model.model_fields) if model else list(defaults(notebook))


def check_values(
    notebook: NotebookNode,
    given: Mapping[str, Any],
    *,
    model: type[BaseModel] | None,
    folder: Path,
    relative_to: Path,
) -> Checked:
    """Return checked parameters: the notebook's defaults overlaid with what was given.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook.
    given : mapping
        Names to values: texts of a command line, or what a YAML file holds.
    model : pydantic model, optional
        With `parse(values)`, `check()` and `subject()`; where it is None, only names can be
        checked.
    folder : Path
        Where the notebook lies; paths in its defaults are relative to it.
    relative_to : Path
        What given paths are relative to.

    Raises
    ------
    CxError
        What `parse`, `check` and `subject` refuse.
    """
    start = defaults(notebook)
    if model is None:
        return _check_names(notebook, start, given)
    fields = model.model_fields
    secret = [
        name for name in given if name in fields and SecretStr in parts(fields[name].annotation)
    ]
    if secret:
        raise ParameterError(
            f"parameter {secret[0]!r} is a secret and would be stored in the published notebook; "
            "let the notebook read it from an environment variable"
        )
    for name in given:
        outer, dot, inner = name.partition(".")
        if dot and outer in fields and check.nested(fields[outer]):
            raise ParameterError(
                f"parameter {name!r} is one of the names within {outer!r}; write it like "
                f"{outer}={{{inner}: {given[name]}}}"
            )
        if (
            name in fields
            and given[name] == ""
            and is_path(fields[name])
            and NoneType not in parts(fields[name].annotation)
        ):
            raise ParameterError(
                f"parameter {name}='' is empty; give a path ({name}: {fields[name].description})"
            )
    values = {
        name: _absolute(value, fields[name], folder)
        for name, value in start.items()
        if name in fields
    }
    read = {
        name: _absolute(as_field(value, fields[name]), fields[name], relative_to)
        if name in fields
        else value
        for name, value in given.items()
    }
    values |= {
        name: laid_over(values.get(name), value, fields.get(name)) for name, value in read.items()
    }
    parsed = model.parse(values)
    inputs = {name: value for name, value in parsed if isinstance(value, Path)}
    try:
        parsed.check()
        subject = parsed.subject()
    except CxError as error:
        raise type(error)(_with_names(str(error), given, inputs, fields)) from None
    shown = {
        name: _relative(value, folder) if name in inputs else value
        for name, value in parsed.model_dump(mode="json").items()
    }
    return Checked(
        given={name: shown[name] for name in given},
        values=shown,
        inputs=inputs,
        meanings=_meanings(fields),
        subject=subject,
    )


def _with_names(
    message: str, given: Mapping[str, Any], inputs: Mapping[str, Path], fields: Iterable[str]
) -> str:
    """Return a refusal that names a parameter: one whose file it is about, or else those that were
    given."""
    if re.search(rf"(?<![\w-])({'|'.join(map(re.escape, fields))})(\.\w+)*=", message):
        return message
    about = [name for name, path in inputs.items() if path.name in message][:1] or list(given)
    named = ", ".join(
        f"{name}={inputs[name].as_posix() if name in inputs else given[name]!r}" for name in about
    )
    return f"{named}: {message}" if named else message


def _cell(notebook: NotebookNode) -> str:
    for cell in notebook.cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", ()):
            return cell.source
    return ""


def _assignments(source: str) -> list[tuple[str, ast.expr]]:
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise ParameterError(
            f"the notebook's parameters cell is not plain Python (line {error.lineno}: "
            f"{error.msg}); "
            "write one `name = value` a line"
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


def _check_names(
    notebook: NotebookNode, start: dict[str, Any], given: Mapping[str, Any]
) -> Checked:
    for name in given:
        if name not in start:
            near = (
                check.did_you_mean(name, start)
                or "; the notebook has no parameters (tag a cell 'parameters')"
            )
            raise ParameterError(f"parameter {name!r} is unknown{near}")
    read = {
        name: value if isinstance(start[name], str) else plain(value)
        for name, value in given.items()
    }
    said = comments(notebook)
    return Checked(
        given=read,
        values=start | read,
        inputs={},
        meanings={name: said.get(name, name) for name in start},
    )


def _absolute(value: Any, field: FieldInfo, folder: Path) -> Any:
    if not is_path(field) or not isinstance(value, str | Path):
        return value
    return Path(os.path.abspath(folder / Path(value).expanduser()))


def _relative(value: str, folder: Path) -> str:
    try:
        return Path(os.path.relpath(value, folder)).as_posix()
    except ValueError:  # another drive of Windows
        return Path(value).as_posix()


def _meanings(fields: Mapping[str, FieldInfo], within: str = "") -> dict[str, str]:
    said = {}
    for name, field in fields.items():
        said[within + name] = field.description or name
        if model := check.nested(field):
            said |= _meanings(model.model_fields, f"{within}{name}.")
    return said
