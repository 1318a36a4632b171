"""Values from outside -> checked values, or a refusal that names the parameter, the value, the rule
and the next step."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Self, Union, get_args, get_origin

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from cxlib.errors import ColumnError, ParameterError


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """Return `"; did you mean 'x'?"`, or the list of what is known where nothing is close."""
    known = [str(item) for item in known]
    close = difflib.get_close_matches(str(name), known, n=1)
    if close:
        return f"; did you mean {close[0]!r}?"
    shown = ", ".join(repr(item) for item in known[:20])
    return f"; there is {shown}{' …' if len(known) > 20 else ''}" if known else ""


def columns(available: Sequence[str], **wanted: str | Sequence[str] | None) -> None:
    """Refuse a column that is not there; `wanted` maps a parameter's name to the column or columns
    it names.

    Raises
    ------
    ColumnError
        With the parameter, the column, and the nearest column that exists.
    """
    for parameter, names in wanted.items():
        for name in [names] if isinstance(names, str) else (names or ()):
            if name not in available:
                raise ColumnError(
                    f"{parameter}={name!r}: there is no such column{did_you_mean(name, available)}"
                )


def one_of(parameter: str, value: Any, allowed: Iterable[Any]) -> None:
    """Refuse a value that is not among the allowed ones.

    Raises
    ------
    ParameterError
        With the parameter, the value and the nearest allowed value.
    """
    allowed = list(allowed)
    if value not in allowed:
        raise ParameterError(
            f"{parameter}={value!r} is not one of the possible values{did_you_mean(value, allowed)}"
        )


def confidence(value: float) -> float:
    """Return the confidence level, or refuse it: it must lie strictly between 0 and 1 (0.95, not
    95)."""
    if not 0 < value < 1:
        raise ParameterError(f"confidence={value!r} must lie between 0 and 1; write 0.95 for 95 %")
    return float(value)


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
    """What every study's `Parameters` has: strict names, a report language, and two checks.

    A field's type, bounds and description are the whole contract of a notebook parameter. `parse`
    checks values alone; `check` (overridden by a study) checks them against the files they name.
    Both run before a kernel starts, and `parse` again inside the notebook. A field `looks` for
    which no value is given is filled by `cx run`: one more than the published runs that had the
    same `subject`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    language: Literal["en"] = Field("en", description="language of the report")

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
            lines = [_line(problem, cls.model_fields) for problem in error.errors()]
            raise ParameterError("\n".join(dict.fromkeys(lines))) from None

    @classmethod
    def of(cls, namespace: Mapping[str, Any]) -> Self:
        """Return the parameters found in a notebook's `globals()`: every name that is a field of
        this model."""
        return cls.parse({name: namespace[name] for name in cls.model_fields if name in namespace})

    def check(self) -> None:
        """Refuse parameters that disagree with the files they name. Nothing to check here; studies
        add theirs."""

    def subject(self) -> str | None:
        """Return what exactly is looked at (the wave, say; a file may be read for it), so that
        looks at it can be counted."""
        return None


def nested(field: FieldInfo) -> type[BaseModel] | None:
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


def _line(problem: Mapping[str, Any], fields: Mapping[str, FieldInfo]) -> str:
    path, known = _place(problem["loc"], fields)
    name, field = ".".join(path) or "parameters", known.get(path[-1]) if path else None
    if problem["type"] == "extra_forbidden":
        return f"parameter {name!r} is unknown{did_you_mean(path[-1], known)}"
    if problem["type"] == "missing" and field and len(problem["loc"]) == len(path):
        return f"parameter {name!r} is missing: {field.description}"
    message = problem["msg"].removeprefix("Value error, ")
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
    while len(path) < len(loc) and path[-1] in fields and (model := nested(fields[path[-1]])):
        path.append(str(loc[len(path)]))
        fields = model.model_fields
    return path, fields
