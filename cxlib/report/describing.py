"""A notebook's parameters -> name, type, default and meaning of each, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cxlib.errors import ParameterError
from cxlib.parameters import (
    InputFile,
    InputFolder,
    InputPath,
    OutputFile,
    OutputFolder,
    nested_model,
)
from cxlib.report.notebook import Notebook, comments, defaults
from cxlib.report.values import annotation, as_given
from cxlib.secrecy import MASK, refuse_secrets

_KINDS = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "date": "date",
    "datetime": "date and time",
    "NoneType": "None",
}
_BOUNDS = (("ge", "at least"), ("gt", "above"), ("le", "at most"), ("lt", "below"))


@dataclass(frozen=True, slots=True)
class Described:
    """One parameter as `cx describe` shows it."""

    name: str
    kind: str
    default: str
    meaning: str


def describe(notebook: Notebook, *, model: type[BaseModel] | None) -> list[Described]:
    """Return name, type, default and meaning of each parameter, in the order of the notebook's
    cell; the default is the notebook's own.

    The names within a mapping follow it, as `columns.respondent`.
    """
    start = defaults(notebook)
    if model is None:
        said = comments(notebook)
        return [
            Described(
                name,
                _KINDS.get(type(value).__name__, type(value).__name__),
                _default(name, repr(value), value),
                said.get(name, ""),
            )
            for name, value in start.items()
        ]
    order = [name for name in start if name in model.model_fields]
    fields = {name: model.model_fields[name] for name in (*order, *model.model_fields)}
    return _described(fields, start)


def _described(
    fields: Mapping[str, FieldInfo], start: Mapping[str, Any], within: str = ""
) -> list[Described]:
    rows = []
    for name, field in fields.items():
        default = start.get(
            name,
            "(must be given)"
            if field.is_required()
            else field.get_default(call_default_factory=True),
        )
        default = default.model_dump() if isinstance(default, BaseModel) else default
        rows.append(
            Described(
                within + name,
                _kind(annotation(field)),
                _default(within + name, as_given(default), default),
                field.description or "",
            )
        )
        if model := nested_model(field):
            rows += _described(
                model.model_fields, default if isinstance(default, dict) else {}, f"{within}{name}."
            )
    return rows


def _default(name: str, written: str, value: Any) -> str:
    """Return a default as it is shown: of one that is a password or a key, nothing."""
    try:
        refuse_secrets({name: value})
    except ParameterError:
        return MASK
    return written


def _kind(annotation: Any) -> str:
    known = {InputFile: "file", InputFolder: "folder", InputPath: "file or folder"}
    known |= {OutputFolder: "folder to write to", OutputFile: "file to write"}
    if annotation in known:
        return known[annotation]
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        rules = [rule for part in parts[1:] for rule in getattr(part, "metadata", [part])]
        bounds = [
            f"{word} {getattr(rule, sign)}"
            for rule in rules
            for sign, word in _BOUNDS
            if hasattr(rule, sign)
        ]
        kind, other, none = _kind(parts[0]).partition(" or None")
        return " ".join([kind, " and ".join(bounds)]).strip() + other + none
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
    return _KINDS.get(
        getattr(annotation, "__name__", ""), getattr(annotation, "__name__", str(annotation))
    )
