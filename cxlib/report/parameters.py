"""A notebook and the values given for it -> parameters that were checked before a kernel starts."""

from __future__ import annotations

import ast
import io
import os
import re
import tokenize
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import nbformat
import yaml
from nbformat import NotebookNode
from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from cxlib import check
from cxlib.errors import CxError, ParameterError, SourceError

_NONE = {"None", "none", "null", "~", ""}
_KINDS = {"str": "text", "int": "whole number", "float": "number", "bool": "true or false", "date": "date",
          "datetime": "date and time", "NoneType": "None"}
_BOUNDS = (("ge", "at least"), ("gt", "above"), ("le", "at most"), ("lt", "below"))


@dataclass(frozen=True, slots=True)
class Checked:
    """Parameters that may be put into a notebook.

    Attributes
    ----------
    given : dict
        What is injected: only the names that were given, as JSON; paths are relative to the notebook's folder.
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


@dataclass(frozen=True, slots=True)
class Described:
    """One parameter as `cx describe` shows it."""

    name: str
    kind: str
    default: str
    meaning: str


def read_notebook(path: Path) -> NotebookNode:
    """Return the notebook.

    Raises
    ------
    SourceError
        If there is no such file, or it is not a notebook.
    """
    if not path.is_file():
        raise SourceError(f"there is no notebook {path.as_posix()!r}; give the path of an .ipynb file")
    try:
        notebook = nbformat.read(path, as_version=4)
    except (ValueError, AttributeError, KeyError, TypeError, nbformat.ValidationError) as error:
        raise SourceError(f"{path.as_posix()!r} is not a notebook ({type(error).__name__}); open it in JupyterLab and save it "
                          "again") from None
    return notebook


def model_name(notebook: NotebookNode) -> str | None:
    """Return `module:Class` of the parameter model that the notebook's metadata names, if it names one."""
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
            raise ParameterError(f"parameter {name} is set to {ast.unparse(value)} in the notebook's parameters cell; "
                                 "write a plain value there (a number, a text, a list, None)") from None
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
            raise ParameterError(f"-p {pair}: write a parameter as name=value, for example -p wave=2026Q3")
        given[name.strip()] = value
    return given


def known_names(notebook: NotebookNode, model: type[BaseModel] | None) -> list[str]:
    """Return the names of the notebook's parameters."""
    return list(model.model_fields) if model else list(defaults(notebook))


def check_values(notebook: NotebookNode, given: Mapping[str, Any], *, model: type[BaseModel] | None, folder: Path,
                 relative_to: Path) -> Checked:
    """Return checked parameters: the notebook's defaults overlaid with what was given.

    Parameters
    ----------
    notebook : NotebookNode
        The notebook.
    given : mapping
        Names to values: texts of a command line, or what a YAML file holds.
    model : pydantic model, optional
        With `parse(values)`, `check()` and `subject()`; where it is None, only names can be checked.
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
    secret = [name for name in given if name in fields and SecretStr in _parts(fields[name].annotation)]
    if secret:
        raise ParameterError(f"parameter {secret[0]!r} is a secret and would be stored in the published notebook; "
                             "let the notebook read it from an environment variable")
    for name in given:
        if name in fields and given[name] == "" and _is_path(fields[name]) and NoneType not in _parts(fields[name].annotation):
            raise ParameterError(f"parameter {name}='' is empty; give a path ({name}: {fields[name].description})")
    values = {name: _absolute(value, fields[name], folder) for name, value in start.items() if name in fields}
    read = {name: _absolute(_as_field(value, fields[name]), fields[name], relative_to) if name in fields else value
            for name, value in given.items()}
    values |= {name: _over(values.get(name), value, fields.get(name)) for name, value in read.items()}
    parsed = model.parse(values)
    inputs = {name: value for name, value in parsed if isinstance(value, Path)}
    try:
        parsed.check()
        subject = parsed.subject()
    except CxError as error:
        raise type(error)(_with_names(str(error), given, inputs, fields)) from None
    shown = {name: _relative(value, folder) if name in inputs else value
             for name, value in parsed.model_dump(mode="json").items()}
    return Checked(given={name: shown[name] for name in given}, values=shown, inputs=inputs,
                   meanings=_meanings(fields), subject=subject)


def _with_names(message: str, given: Mapping[str, Any], inputs: Mapping[str, Path], fields: Iterable[str]) -> str:
    """Return a refusal that names a parameter: one whose file it is about, or else those that were given."""
    if re.search(rf"(?<![\w-])({'|'.join(map(re.escape, fields))})(\.\w+)*=", message):
        return message
    about = [name for name, path in inputs.items() if path.name in message][:1] or list(given)
    named = ", ".join(f"{name}={inputs[name].as_posix() if name in inputs else given[name]!r}" for name in about)
    return f"{named}: {message}" if named else message


def _meanings(fields: Mapping[str, FieldInfo], within: str = "") -> dict[str, str]:
    said = {}
    for name, field in fields.items():
        said[within + name] = field.description or name
        if model := check.nested(field):
            said |= _meanings(model.model_fields, f"{within}{name}.")
    return said


def describe(notebook: NotebookNode, *, model: type[BaseModel] | None) -> list[Described]:
    """Return name, type, default and meaning of each parameter; the default is the notebook's own.

    The names within a mapping follow it, as `columns.respondent`.
    """
    start = defaults(notebook)
    if model is None:
        comments = _comments(_cell(notebook))
        return [Described(name, _KINDS.get(type(value).__name__, type(value).__name__), repr(value), comments.get(name, ""))
                for name, value in start.items()]
    return _described(model.model_fields, start)


def _described(fields: Mapping[str, FieldInfo], start: Mapping[str, Any], within: str = "") -> list[Described]:
    rows = []
    for name, field in fields.items():
        default = start.get(name, "(must be given)" if field.is_required() else field.get_default(call_default_factory=True))
        default = default.model_dump() if isinstance(default, BaseModel) else default
        rows.append(Described(within + name, _kind(_annotated(field)), _as_given(default), field.description or ""))
        if model := check.nested(field):
            rows += _described(model.model_fields, default if isinstance(default, dict) else {}, f"{within}{name}.")
    return rows


def _as_given(value: Any) -> str:
    """Write a value as `-p` takes it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {item}" for name, item in value.items()) + "}"
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _cell(notebook: NotebookNode) -> str:
    for cell in notebook.cells:
        if cell.cell_type == "code" and "parameters" in cell.metadata.get("tags", ()):
            return cell.source
    return ""


def _assignments(source: str) -> list[tuple[str, ast.expr]]:
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        raise ParameterError(f"the notebook's parameters cell is not plain Python (line {error.lineno}: {error.msg}); "
                             "write one `name = value` a line") from None
    found = []
    for line in body:
        if isinstance(line, ast.Assign) and isinstance(line.targets[0], ast.Name):
            found.append((line.targets[0].id, line.value))
        elif isinstance(line, ast.AnnAssign) and isinstance(line.target, ast.Name) and line.value is not None:
            found.append((line.target.id, line.value))
    return found


def _comments(source: str) -> dict[str, str]:
    said: dict[str, str] = {}
    name = ""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.NAME and token.start[1] == 0:
            name = token.string
        elif token.type == tokenize.COMMENT and name and token.start[1]:
            said[name] = token.string.lstrip("# ")
    return said


def _check_names(notebook: NotebookNode, start: dict[str, Any], given: Mapping[str, Any]) -> Checked:
    for name in given:
        if name not in start:
            near = check.did_you_mean(name, start) or "; the notebook has no parameters (tag a cell 'parameters')"
            raise ParameterError(f"parameter {name!r} is unknown{near}")
    read = {name: value if isinstance(start[name], str) else _plain(value) for name, value in given.items()}
    comments = _comments(_cell(notebook))
    return Checked(given=read, values=start | read, inputs={}, meanings={name: comments.get(name, name) for name in start})


def _as_field(value: Any, field: FieldInfo) -> Any:
    """Return the first reading of `value` that the field takes; `value` itself where none does."""
    if model := check.nested(field):
        known, flow = model.model_fields, isinstance(value, str) and value.lstrip().startswith("{")
        read = _yaml(value, as_written) if flow else value
        if isinstance(read, dict):
            return {name: _as_field(item, known[name]) if name in known else item for name, item in read.items()}
        if flow:
            return value
    for candidate in _readings(value, _parts(field.annotation)):
        try:
            TypeAdapter(_annotated(field)).validate_python(candidate)
        except ValidationError:
            continue
        return candidate
    return value


def _over(start: Any, value: Any, field: FieldInfo | None) -> Any:
    """Return a mapping laid over the notebook's own, whose other names keep their values; any other value as it is.

    An empty mapping names nothing: the notebook's own is gone.
    """
    laid = field and check.nested(field) and isinstance(start, dict) and isinstance(value, dict) and value
    return {**start, **value} if laid else value


def _readings(value: Any, parts: set[Any]) -> list[Any]:
    if not isinstance(value, str):
        return [value] if isinstance(value, bool | list | dict | NoneType) else [value, str(value)]
    if NoneType in parts and value.strip() in _NONE:
        return [None]
    if any(isinstance(part, type) and issubclass(part, Path) for part in parts):
        return []
    inner = re.sub(r"^\[|\]$|^\(|\)$", "", value.strip())
    listed = [item.strip() for item in inner.split(",")] if inner.strip() else []
    if parts & {list, tuple, Sequence} and ("," in value or value.lstrip().startswith("[")):
        read = _yaml(value, as_written)
        return [read if isinstance(read, list) else listed, value]
    return [value, _yaml(value, yaml.safe_load), listed]


def _plain(value: Any) -> Any:
    """Return what texts mean in YAML: 5 for `"5"`, also in a list."""
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return _yaml(value, yaml.safe_load) if isinstance(value, str) else value


def _yaml(value: str, load: Callable[[str], Any]) -> Any:
    try:
        return load(value)
    except (yaml.YAMLError, ValueError, RecursionError):  # ValueError: 2026-13-45 looks like a date to YAML
        return value


def as_written(content: str) -> Any:
    """Return YAML with every number, date and yes or no as it was written: its field says what it is.

    >>> as_written("{wave: 2026-07-01, country: NO, of: [010, null]}")
    {'wave': '2026-07-01', 'country': 'NO', 'of': ['010', None]}

    Raises
    ------
    yaml.YAMLError
        If it is not YAML, or has a key twice.
    """
    return yaml.load(content, _AsWritten)  # derived from SafeLoader


class _AsWritten(yaml.SafeLoader):
    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        keys = [key.value for key, _ in node.value if isinstance(key, yaml.ScalarNode) and key.value != "<<"]
        if len(set(keys)) < len(keys):
            twice = next(key for key in keys if keys.count(key) > 1)
            raise yaml.constructor.ConstructorError(None, None, f"{twice!r} is there twice", node.start_mark)
        return super().construct_mapping(node, deep)


_AsWritten.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in found if tag.endswith((":null", ":merge"))]
    for first, found in yaml.SafeLoader.yaml_implicit_resolvers.items()}


def _annotated(field: FieldInfo) -> Any:
    return Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation


def _parts(annotation: Any) -> set[Any]:
    origin = get_origin(annotation)
    found = {origin or annotation}
    if origin is not Literal:
        for part in get_args(annotation)[:1 if origin is Annotated else None]:
            found |= _parts(part)
    return found


def _is_path(field: FieldInfo) -> bool:
    return any(isinstance(part, type) and issubclass(part, Path) for part in _parts(field.annotation))


def _absolute(value: Any, field: FieldInfo, folder: Path) -> Any:
    if not _is_path(field) or not isinstance(value, str | Path):
        return value
    return Path(os.path.abspath(folder / Path(value).expanduser()))


def _relative(value: str, folder: Path) -> str:
    try:
        return Path(os.path.relpath(value, folder)).as_posix()
    except ValueError:  # another drive of Windows
        return Path(value).as_posix()


def _kind(annotation: Any) -> str:
    if annotation in (check.InputFile, check.InputFolder):
        return "file" if annotation == check.InputFile else "folder"
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        rules = [rule for part in parts[1:] for rule in getattr(part, "metadata", [part])]
        bounds = [f"{word} {getattr(rule, sign)}" for rule in rules for sign, word in _BOUNDS if hasattr(rule, sign)]
        return " ".join([_kind(parts[0]), *bounds])
    if origin is Literal:
        return " or ".join(str(part) for part in parts)
    if origin in (Union, UnionType):
        return " or ".join(_kind(part) for part in parts)
    if origin is tuple and Ellipsis not in parts:
        return ", ".join(_kind(part) for part in parts)
    if origin is dict or (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return "mapping"
    if origin is not None:
        return f"list of {_kind(parts[0])}" if parts else str(origin.__name__)
    if isinstance(annotation, type) and issubclass(annotation, Path):
        return "path"
    return _KINDS.get(getattr(annotation, "__name__", ""), getattr(annotation, "__name__", str(annotation)))
