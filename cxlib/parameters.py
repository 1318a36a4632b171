"""Values of a notebook's parameters cell -> checked parameters; no file is opened here."""

from __future__ import annotations

import reprlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, ClassVar, Self

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    PrivateAttr,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo

from cxlib import parameter_cells, texts
from cxlib.bound_values import Only, refuse_unbound
from cxlib.check import did_you_mean
from cxlib.comparisons import parse_comparisons
from cxlib.errors import ColumnError, ParameterError
from cxlib.marks import ColumnOf as ColumnOf
from cxlib.marks import ConditionOn as ConditionOn
from cxlib.marks import KeysOf as KeysOf
from cxlib.marks import Output as Output
from cxlib.marks import ReadWith as ReadWith
from cxlib.marks import nested_model as nested_model
from cxlib.marks import pieces
from cxlib.own_files import settle
from cxlib.parameter_paths import InputFile as InputFile
from cxlib.parameter_paths import InputFiles as InputFiles
from cxlib.parameter_paths import InputFolder as InputFolder
from cxlib.parameter_paths import InputPath as InputPath
from cxlib.parameter_paths import InputTable as InputTable
from cxlib.parameter_paths import InputTexts as InputTexts
from cxlib.parameter_paths import OutputFolder as OutputFolder
from cxlib.parameter_paths import OutputTable as OutputTable
from cxlib.parameter_paths import lies_in as lies_in
from cxlib.secrecy import read_named, refuse_clear, refuse_secrets, secret_name
from cxlib.shown.message import Message


def _as_label(label: Any) -> Any:
    return str(label) if isinstance(label, bool | int | float) else label


# answers in words to the scores they stand for; None: no answer
Labels = dict[Annotated[str, BeforeValidator(_as_label)], int | None]


class StudyParameters(BaseModel):
    """What every study's `Parameters` has: strict names, and a report language.

    A field's type, bounds, description and marks are the whole contract of a notebook parameter.
    A field of type `SecretStr` takes `secret://NAME` and holds what goes by that name
    (`read_secret`); any other text field keeps `secret://NAME` as it is written.
    `parse` checks values alone, before a kernel starts and again inside the notebook; before, `cx
    run` also opens the files and looks for columns (`ColumnOf`) in their headers. What needs rows
    is checked by the notebook's first cells. A field `looks` for which no value is given is filled
    by `cx run`: earlier published runs by what exactly they looked at.

    Attributes
    ----------
    sample : mapping
        The files and columns that the notebook's parameters cell names, of the sample company; the
        study's own file first. They hold for the sample's files alone (see `own_files.settle`).
    replaced : mapping of str to str
        Parameters of earlier releases, each to what is written now (see
        `parameter_cells.refuse_replaced`).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    sample: ClassVar[Mapping[str, Any]] = {}
    replaced: ClassVar[Mapping[str, str]] = {}
    language: str = "en"
    _noticed: tuple[Message, ...] = PrivateAttr(())

    def __init__(self, **values: Any) -> None:
        refuse_secrets(values)
        parameter_cells.refuse_replaced(values, type(self).replaced)
        read = _with_secrets(values, type(self).model_fields)
        try:
            super().__init__(**read)
        except ValidationError as error:
            lines = _lines(error, type(self).model_fields)
            raise ParameterError("\n".join(lines)) from None

    def day_of_report(self) -> str | None:
        """Return the day, where a report depends on the day that it is made on; here it does
        not."""
        return None

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

    @field_validator("where", "where_answers", "start_where", check_fields=False)
    @classmethod
    def _condition(cls, text: str | None, info: ValidationInfo) -> str | None:
        if text is not None:
            parse_comparisons(text, parameter=str(info.field_name))
        return text

    @field_validator("only", check_fields=False)
    @classmethod
    def _only(cls, only: Only) -> Only:
        refuse_unbound(only)
        return only

    @property
    def noticed(self) -> tuple[Message, ...]:
        """What was decided about defaults that are the sample's."""
        return self._noticed

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Return checked parameters.

        Raises
        ------
        ParameterError
            One line a problem: the parameter, the value, the rule, and the nearest name for an
            unknown one.
        """
        return cls(**values)

    @classmethod
    def fit(cls, values: Mapping[str, Any], *, given: Collection[str] = ()) -> Self:
        """As `parse`, where defaults that name the sample's files and columns hold only for these.

        Parameters
        ----------
        values : mapping
            Names to values.
        given : collection of str
            Those that are meant, whatever their value: not the notebook's defaults.

        Raises
        ------
        ParameterError
            As `parse`.
        ColumnError
            If the own file lacks a column of the sample that must be named.
        """
        own, noticed, lacking = settle(values, cls.model_fields, sample=cls.sample, given=given)
        try:
            p = cls.parse(own)
        except ParameterError as error:
            raise ParameterError("\n".join([*lacking, str(error)])) from None
        if lacking:
            raise ColumnError("\n".join(lacking))
        p._noticed = noticed
        return p

    @classmethod
    def of(cls, namespace: Mapping[str, Any]) -> Self:
        """Return the parameters of a notebook, from its `globals()`.

        In IPython the names count that the parameters cell sets, as it was run last, and those that
        papermill injected (see `parameter_cells.assigned_names`): never a value that an earlier run
        left behind. Elsewhere it is every name that is a field of this model.

        Raises
        ------
        ParameterError
            As `parse`; also where a name is nearly a parameter, and where the parameters cell does
            not set one of which an earlier run left a value.
        """
        fields, cells = cls.model_fields, namespace.get("In")
        assigned = None
        if isinstance(cells, list) and all(isinstance(cell, str) for cell in cells):
            assigned = parameter_cells.assigned_names(cells, fields)
        there = namespace if assigned is None else assigned.names
        old = {name: namespace.get(name) for name in cls.replaced if name in there}
        parameter_cells.refuse_replaced(old, cls.replaced)
        if assigned is None:
            parameter_cells.refuse_near(namespace.items(), fields)
            return cls.fit({name: namespace[name] for name in fields if name in namespace})
        nested = {name: nested_model(field) for name, field in fields.items()}
        inner = {name: model.model_fields for name, model in nested.items() if model}
        parameter_cells.refuse_misspelt(assigned, fields, inner=inner)
        parameter_cells.refuse_left_behind(assigned, fields, namespace)
        refuse_secrets({name: namespace[name] for name in assigned.names if name in namespace})
        names = [name for name in fields if name in assigned.names and name in namespace]
        return cls.fit({name: namespace[name] for name in names}, given=assigned.injected)


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


def _with_secrets(values: Mapping[str, Any], fields: Mapping[str, FieldInfo]) -> dict[str, Any]:
    """Return values in which a field that is a secret has what is read by its name; elsewhere that
    it can be read is all that is made sure of."""
    read = {}
    for name, value in values.items():
        field = fields.get(name)
        within = nested_model(field) if field else None
        if within and isinstance(value, Mapping):
            read[name] = _with_secrets(value, within.model_fields)
        else:
            hold = field is not None and _holds_secret(field)
            if hold:
                refuse_clear(name, value)
            read[name] = _read(name, value, hold=hold)
            if field and read[name] is value and secret_name(value) and _is_path(field):
                raise ParameterError(
                    f"parameter {name}={value!r} is a secret, but names a file; give the path of a "
                    "file, and keep a password out of it"
                )
    return read


def _read(name: str, value: Any, *, hold: bool) -> Any:
    if isinstance(value, Mapping):
        return {key: _read(name, item, hold=hold) for key, item in value.items()}
    if isinstance(value, list | tuple):
        items = [_read(name, item, hold=hold) for item in value]
        return items if isinstance(value, list) else tuple(items)
    if secret_name(value) is None:
        return value
    found = read_named(name, value)
    return SecretStr(found) if hold else value


def _holds_secret(field: FieldInfo) -> bool:
    """Return whether a parameter takes a password or key, as `secret://NAME`."""
    return SecretStr in (field.annotation, *pieces(field))


def _is_path(field: FieldInfo) -> bool:
    return any(
        isinstance(kind, type) and issubclass(kind, Path)
        for kind in (field.annotation, *pieces(field))
    )


def _flat(fields: Mapping[str, FieldInfo], within: str = "") -> dict[str, FieldInfo]:
    flat = {}
    for name, field in fields.items():
        flat[within + name] = field
        if model := nested_model(field):
            flat |= _flat(model.model_fields, f"{within}{name}.")
    return flat


# by the beginning of pydantic's own name for the rule; what is not here has a clear message already
_RULES = {
    "missing": "has too few values",
    "date": "is not a date; write it like 2026-01-31",
    "path_type": "is not a path; give the path of a file or folder",
    "tuple_type": "is not a list of values; write them with commas, like 0,10",
    "model_": "is not a mapping of names to values; write it like {name: value}",
    "dict_type": "is not a mapping of names to values; write it like {name: value}",
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
        if problem["type"] == "path_type" and isinstance(problem["input"], list | tuple):
            continue  # of a file or a list of files; what is wrong in the list is told
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
