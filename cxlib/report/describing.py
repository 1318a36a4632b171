"""A notebook's parameters -> name, type, default and meaning of each, in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cxlib.errors import ParameterError
from cxlib.parameters import (
    InputFile,
    InputFolder,
    InputPath,
    InputTable,
    InputTexts,
    OutputFolder,
    OutputTable,
    meanings,
    nested_model,
)
from cxlib.report.notebook import Notebook, comments, defaults
from cxlib.report.values import annotation, as_given
from cxlib.secrecy import MASK, refuse_secrets
from cxlib.shown.message import Message, said

_KINDS = {
    "str": "cli.type_text",
    "int": "cli.type_whole",
    "float": "cli.type_number",
    "bool": "cli.type_bool",
    "date": "cli.type_date",
    "datetime": "cli.type_moment",
    "NoneType": "cli.type_none",
    "dict": "cli.type_mapping",
    "list": "cli.type_any_list",
    "tuple": "cli.type_any_list",
}
_PATHS = {
    InputFile: "cli.type_file",
    InputTable: "cli.type_table",
    InputTexts: "cli.type_texts",
    InputFolder: "cli.type_folder",
    InputPath: "cli.type_file_or_folder",
    OutputFolder: "cli.type_out_folder",
    OutputTable: "cli.type_out_table",
}
_BOUNDS = {
    "ge": "cli.type_at_least",
    "gt": "cli.type_above",
    "le": "cli.type_at_most",
    "lt": "cli.type_below",
}
_Kind = Message | str  # the name of a class that has no word


@dataclass(frozen=True, slots=True)
class Described:
    """One parameter as `cx describe` shows it."""

    name: str
    kind: str
    default: str
    meaning: str


def describe(
    notebook: Notebook, *, model: type[BaseModel] | None, language: str = "en"
) -> list[Described]:
    """Return name, type, default and meaning of each parameter, in the order of the notebook's
    cell; the default is the notebook's own. Type and meaning are in the given language.

    The names within a mapping follow it, as `columns.respondent`.
    """
    start = defaults(notebook)
    if model is None:
        notes = comments(notebook)
        return [
            Described(
                name,
                said(_word(type(value).__name__), language),
                _default(name, repr(value), value),
                notes.get(name, ""),
            )
            for name, value in start.items()
        ]
    order = [name for name in start if name in model.model_fields]
    fields = {name: model.model_fields[name] for name in (*order, *model.model_fields)}
    rows = _described(fields, start, language)
    told = meanings(model, language)
    return [replace(row, meaning=told.get(row.name) or row.meaning) for row in rows]


def _described(
    fields: Mapping[str, FieldInfo], start: Mapping[str, Any], language: str, within: str = ""
) -> list[Described]:
    rows = []
    for name, field in fields.items():
        default = start.get(
            name,
            Message("cli.must_be_given").text(language)
            if field.is_required()
            else field.get_default(call_default_factory=True),
        )
        default = default.model_dump() if isinstance(default, BaseModel) else default
        rows.append(
            Described(
                within + name,
                said(_kind(annotation(field)), language),
                _default(within + name, as_given(default), default),
                field.description or "",
            )
        )
        if model := nested_model(field):
            inner = default if isinstance(default, dict) else {}
            rows += _described(model.model_fields, inner, language, f"{within}{name}.")
    return rows


def _default(name: str, written: str, value: Any) -> str:
    """Return a default as it is shown: of one that is a password or a key, nothing."""
    try:
        refuse_secrets({name: value})
    except ParameterError:
        return MASK
    return written


def _kind(annotation: Any) -> _Kind:
    if annotation in _PATHS:
        return Message(_PATHS[annotation])
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _bounded(parts[0], [rule for part in parts[1:] for rule in _rules(part)])
    if origin is Literal:
        return _joined("cli.type_or", [str(part) for part in parts])
    if origin in (Union, UnionType):
        return _joined("cli.type_or", [_kind(part) for part in parts])
    if origin is tuple and Ellipsis not in parts:
        return _joined("cli.type_then", [_kind(part) for part in parts])
    if origin is dict or (isinstance(annotation, type) and issubclass(annotation, BaseModel)):
        return Message("cli.type_mapping")
    if origin is not None:
        return Message("cli.type_list", kind=_kind(parts[0])) if parts else origin.__name__
    if isinstance(annotation, type) and issubclass(annotation, Path):
        return Message("cli.type_path")
    return _word(getattr(annotation, "__name__", str(annotation)))


def _word(name: str) -> _Kind:
    return Message(_KINDS[name]) if name in _KINDS else name


def _rules(part: Any) -> list[Any]:
    return list(getattr(part, "metadata", [part]))


def _bounded(annotation: Any, rules: list[Any]) -> _Kind:
    """Return a kind with its bounds; of one that may be None, they are those of the rest."""
    bounds = [
        Message(key, number=getattr(rule, sign))
        for rule in rules
        for sign, key in _BOUNDS.items()
        if hasattr(rule, sign)
    ]
    if not bounds:
        return _kind(annotation)
    pieces = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else [annotation]
    told: list[_Kind] = [
        Message("cli.type_bounded", kind=_kind(piece), bounds=bounds)
        for piece in pieces
        if piece is not NoneType
    ]
    nothing: list[_Kind] = [_kind(piece) for piece in pieces if piece is NoneType]
    return _joined("cli.type_or", told + nothing)


def _joined(key: str, kinds: Sequence[_Kind]) -> _Kind:
    found, *others = kinds
    for other in others:
        found = Message(key, first=found, other=other)
    return found
