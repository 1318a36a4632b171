"""Marks on parameters: of which file a parameter names a column, or is a condition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo


@dataclass(frozen=True, slots=True)
class ColumnOf:
    """Marks a parameter that names a column, or several, of the file that another one names.

    `score: Annotated[str, ColumnOf("survey")]`. With several files the column must be in one of
    them, or with `everywhere` in all that are given; with `patterns` it may be a pattern, such as
    `Q5_*`, that some column fits.
    """

    files: tuple[str, ...]
    everywhere: bool = False
    patterns: bool = False

    def __init__(self, *files: str, everywhere: bool = False, patterns: bool = False) -> None:
        object.__setattr__(self, "files", files)
        object.__setattr__(self, "everywhere", everywhere)
        object.__setattr__(self, "patterns", patterns)


@dataclass(frozen=True, slots=True)
class ConditionOn:
    """Marks a parameter that is a condition on the rows of files; the columns that it names must be
    in each of these that is given.

    `where: Annotated[str | None, ConditionOn("survey", "frame")]`.
    """

    files: tuple[str, ...]

    def __init__(self, *files: str) -> None:
        object.__setattr__(self, "files", files)


@dataclass(frozen=True, slots=True)
class KeysOf:
    """Marks a mapping whose keys are columns of files; each must be in one of these that is given.

    `only: Annotated[Only, KeysOf("survey", "frame")]`.
    """

    files: tuple[str, ...]

    def __init__(self, *files: str) -> None:
        object.__setattr__(self, "files", files)


@dataclass(frozen=True, slots=True)
class ReadWith:
    """Marks a parameter that says how the file is read that another one names.

    It has the name of an argument of `sources.headers.read_header`, which takes it before a kernel
    starts.
    """

    file: str


@dataclass(frozen=True, slots=True)
class Output:
    """Marks a parameter that names what is written, and no input."""


Mark = ColumnOf | ConditionOn | KeysOf


def marks_of(field: FieldInfo) -> list[Mark]:
    """Return the marks of a parameter, also those within its type."""
    return [piece for piece in pieces(field) if isinstance(piece, Mark)]


def pieces(field: FieldInfo) -> list[Any]:
    """Return what a parameter's type is made of: marks, bounds, and the choices of its Literals."""
    return [*field.metadata, *_pieces(field.annotation)]


def _pieces(annotation: Any) -> Iterator[Any]:
    for part in get_args(annotation):
        yield part
        if get_origin(annotation) is not Literal:
            yield from _pieces(part)


def named_columns(model: BaseModel, within: str = "") -> Iterator[tuple[str, list[str], ColumnOf]]:
    """Give each parameter that names columns, these columns, and of which files they are."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from named_columns(value, f"{within}{name}.")
        choices = pieces(field)
        columns = [text for text in texts_in(value) if text not in choices]
        for mark in marks_of(field):
            if isinstance(mark, ColumnOf):
                yield within + name, columns, mark
            elif isinstance(mark, KeysOf):
                keys = list(value) if isinstance(value, Mapping) else []
                yield within + name, keys, ColumnOf(*mark.files)


def texts_in(value: Any) -> list[str]:
    """Return the texts that a value is, or holds."""
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return texts_in(list(value.values()))
    if isinstance(value, list | tuple | set | frozenset):
        return [text for item in value for text in texts_in(item)]
    return []


def nested_model(field: FieldInfo) -> type[BaseModel] | None:
    """Return the model of a parameter that is a mapping of names to values (or None); None for any
    other parameter."""
    kinds = (
        get_args(field.annotation)
        if get_origin(field.annotation) in (Union, UnionType)
        else (field.annotation,)
    )
    return next(
        (kind for kind in kinds if isinstance(kind, type) and issubclass(kind, BaseModel)), None
    )
