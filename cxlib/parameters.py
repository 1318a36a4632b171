"""Values of a notebook's parameters cell -> checked parameters; no file is opened here."""

from __future__ import annotations

import reprlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Self, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, field_validator
from pydantic.fields import FieldInfo

from cxlib import texts
from cxlib.check import did_you_mean
from cxlib.errors import ParameterError


@dataclass(frozen=True, slots=True)
class ColumnOf:
    """Marks a parameter that names a column, or several, of the file that another one names.

    `score: Annotated[str, ColumnOf("survey")]`. With several files the column must be in one of
    them, or with `everywhere` in all that are given.
    """

    files: tuple[str, ...]
    everywhere: bool = False

    def __init__(self, *files: str, everywhere: bool = False) -> None:
        object.__setattr__(self, "files", files)
        object.__setattr__(self, "everywhere", everywhere)


def _existing_file(path: Path) -> Path:
    if path.is_dir():
        raise ValueError(f"{path.as_posix()!r} is a folder; give the path of a file")
    if not path.is_file():
        raise ValueError(f"there is no file {path.as_posix()!r}; give the path of an existing file")
    return path


def _existing_folder(path: Path) -> Path:
    if not path.is_dir():
        raise ValueError(
            f"there is no folder {path.as_posix()!r}; give the path of an existing folder"
        )
    return path


InputFile = Annotated[Path, AfterValidator(_existing_file)]
InputFolder = Annotated[Path, AfterValidator(_existing_folder)]


class StudyParameters(BaseModel):
    """What every study's `Parameters` has: strict names, and a report language.

    A field's type, bounds, description and marks are the whole contract of a notebook parameter.
    `parse` checks values alone, before a kernel starts and again inside the notebook; before, `cx
    run` also opens the files and looks for columns (`ColumnOf`) in their headers. What needs rows
    is checked by the notebook's first cells. A field `looks` for which no value is given is filled
    by `cx run`: earlier published runs by what exactly they looked at."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: str = "en"

    @classmethod
    def __pydantic_init_subclass__(cls, **given: Any) -> None:
        """Give each field what it means in English, for refusals and `cx describe`."""
        told = meanings(cls)
        for name, field in _flat(cls.model_fields).items():
            field.description = told[name]

    @field_validator("language")
    @classmethod
    def _language(cls, language: str) -> str:
        if language not in texts.languages():
            known = ", ".join(texts.languages())
            raise ValueError(f"language={language!r} is not there yet; possible: {known}")
        return language

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Return checked parameters.

        Raises
        ------
        ParameterError
            One line a problem: the parameter, the value, the rule, and the nearest name for an
            unknown one.
        """
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            raise ParameterError("\n".join(_lines(error, cls.model_fields))) from None

    @classmethod
    def of(cls, namespace: Mapping[str, Any]) -> Self:
        """Return the parameters found in a notebook's `globals()`: every name that is a field of
        this model."""
        return cls.parse({name: namespace[name] for name in cls.model_fields if name in namespace})


def meanings(model: type[BaseModel], language: str = "en") -> dict[str, str]:
    """Return what each parameter means, the names within a mapping as `columns.weight`.

    The words stand in the table `parameter` of the study's texts; a model of another package has
    them in its fields' descriptions.
    """
    topic = model.__module__.split(".")[1:2]
    told = dict(texts.load(language, "common")["parameter"])
    if model.__module__.startswith("cxlib.") and set(topic) <= texts.topics():
        told |= texts.load(language, topic[0]).get("parameter", {})
    flat = _flat(model.model_fields)
    return {name: told.get(name, field.description or "") for name, field in flat.items()}


def _flat(fields: Mapping[str, FieldInfo], within: str = "") -> dict[str, FieldInfo]:
    flat = {}
    for name, field in fields.items():
        flat[within + name] = field
        if model := nested_model(field):
            flat |= _flat(model.model_fields, f"{within}{name}.")
    return flat


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


# by the beginning of pydantic's own name for the rule; what is not here has a clear message already
_RULES = {
    "missing": "has too few values",
    "date": "is not a date; write it like 2026-01-31",
    "path_type": "is not a path; give the path of a file or folder",
    "tuple_type": "is not a list of values; write them with commas, like 0,10",
    "model_": "is not a mapping of names to values; write it like {name: value}",
    "list_type": "is not a list of values; write them with commas, like a,b",
    "string_type": "is not a text",
    "int_": "is not a whole number",
    "float_": "is not a number",
    "bool_": "is neither true nor false",
}
_SHORT = reprlib.Repr()
_SHORT.maxlevel, _SHORT.maxstring, _SHORT.maxother = 2, 200, 200


def _lines(error: ValidationError, fields: Mapping[str, FieldInfo]) -> list[str]:
    """Return one line a problem; where a value may be of several kinds, the first of them that it
    is not."""
    lines: dict[Any, str] = {}
    for problem in error.errors():
        path, _ = _place(problem["loc"], fields)
        lines.setdefault((*path, repr(problem["input"])), _line(problem, fields))
    return list(dict.fromkeys(lines.values()))


def _line(problem: Mapping[str, Any], fields: Mapping[str, FieldInfo]) -> str:
    if not problem["loc"]:  # a rule between parameters names them itself
        return str(problem["msg"]).removeprefix("Value error, ")
    path, known = _place(problem["loc"], fields)
    name, field = ".".join(path) or "parameters", known.get(path[-1]) if path else None
    if problem["type"] == "extra_forbidden":
        return f"parameter {name!r} is unknown{did_you_mean(path[-1], known)}"
    if problem["type"] == "missing" and field and len(problem["loc"]) == len(path):
        return f"parameter {name!r} is missing: {field.description}"
    message = problem["msg"].removeprefix("Value error, ")
    if not path:  # a rule between parameters
        return message
    if message.startswith(f"{name}="):  # a study's own rule says all of it
        return f"parameter {message}"
    message = next(
        (words for rule, words in _RULES.items() if problem["type"].startswith(rule)), message
    )
    described = f" ({name}: {field.description})" if field and field.description else ""
    value = problem["input"].as_posix() if isinstance(problem["input"], Path) else problem["input"]
    return f"parameter {name}={_SHORT.repr(value)}: {message}{described}"


def _place(
    loc: Sequence[Any], fields: Mapping[str, FieldInfo]
) -> tuple[list[str], Mapping[str, FieldInfo]]:
    """Return the names that lead to a problem, `columns` and `respondent`, and the fields among
    which the last one stands."""
    path = [str(part) for part in loc[:1]]
    while len(path) < len(loc) and path[-1] in fields and (model := nested_model(fields[path[-1]])):
        path.append(str(loc[len(path)]))
        fields = model.model_fields
    return path, fields
