"""A notebook and the values given for it -> parameters that were checked before a kernel starts."""

from __future__ import annotations

import os
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import NoneType
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from cxlib import check, texts
from cxlib.errors import CxError, ParameterError
from cxlib.marks import Output, pieces
from cxlib.parameter_cells import Assigned, refuse_misspelt, refuse_replaced
from cxlib.parameters import StudyParameters, meanings, nested_model
from cxlib.report.columns import check_files
from cxlib.report.notebook import Notebook, comments, defaults
from cxlib.report.translation import ORIGINAL
from cxlib.report.values import as_field, is_path, laid_over, opened, parts, plain
from cxlib.secrecy import refuse_secrets, refuse_unreadable, secret_name
from cxlib.sources.table_names import is_address, is_named

Fields = Mapping[str, FieldInfo]


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
    asked : dict
        What was given, as it was given.
    day : str or None
        The day, where the report depends on it.
    outputs : dict of str to Path
        The files and folders that the notebook writes, absolute; they are no inputs.
    """

    given: dict[str, Any]
    values: dict[str, Any]
    inputs: dict[str, Path]
    meanings: dict[str, str]
    asked: dict[str, Any] = field(default_factory=dict)
    day: str | None = None
    outputs: dict[str, Path] = field(default_factory=dict)

    @property
    def paths(self) -> dict[str, Path]:
        """The files and folders that are read, and those that are written to."""
        return {**self.inputs, **self.outputs}

    def named(self, refusal: str) -> str:
        """Return a refusal that was said in the kernel, with the parameter it is about."""
        return _with_names(refusal, self.asked, self.inputs, self.values)


def known_names(notebook: Notebook, model: type[StudyParameters] | None) -> list[str]:
    """Return the names of the notebook's parameters."""
    return list(model.model_fields) if model else list(defaults(notebook))


def check_values(
    notebook: Notebook,
    given: Mapping[str, Any],
    *,
    model: type[StudyParameters] | None,
    folder: Path,
    relative_to: Path,
) -> Checked:
    """Return checked parameters: the notebook's defaults overlaid with what was given.

    Parameters
    ----------
    notebook : Notebook
        The notebook.
    given : mapping
        Names to values: texts of a command line, or what a YAML file holds.
    model : type of StudyParameters, optional
        The notebook's; where it is None, only names can be checked.
    folder : Path
        Where the notebook lies; paths in its defaults are relative to it.
    relative_to : Path
        What given paths are relative to.

    Raises
    ------
    CxError
        What the model refuses, a file that cannot be opened, or a column that is not in it.
    """
    if model is None:
        refuse_secrets({**defaults(notebook), **_opened(given)})
        checked = _check_names(notebook, given)
        refuse_unreadable(checked.values)
        return checked
    fields = model.model_fields
    refuse_secrets(_opened(given))
    cell = defaults(notebook)
    refuse_replaced({**cell, **given}, model.replaced)
    _refuse_given(given, fields)
    refuse_secrets(cell)
    inner = {name: within.model_fields for name, within in _nested(fields).items()}
    refuse_misspelt(Assigned(tuple(cell)), fields, inner=inner)
    start = {
        name: _absolute(value, fields[name], folder)
        for name, value in cell.items()
        if name in fields
    }
    values = start | _read(given, start, fields, relative_to)
    parsed = model.fit(values, given=_meant(given, fields))
    told = meanings(model, parsed.language)
    named = dict(_paths(parsed))
    outputs = {name: path for name, path in named.items() if _is_output(fields.get(name))}
    inputs = {name: path for name, path in named.items() if name not in outputs}
    try:
        check_files(parsed)
    except CxError as error:
        raise type(error)(_with_names(str(error), given, inputs, fields)) from None
    shown = {
        name: _relative(value, folder) if value is not None and is_path(fields[name]) else value
        for name, value in _named(parsed.model_dump(mode="json"), values).items()
    }
    return Checked(
        given={name: shown[name] for name in given},
        values=shown,
        inputs=inputs,
        meanings={name: said or name for name, said in told.items()},
        asked=dict(given),
        day=parsed.day_of_report(),
        outputs=outputs,
    )


def _paths(p: StudyParameters) -> Iterator[tuple[str, Path]]:
    """Give each file or folder that a parameter names; of a list, `codings.1` and so on."""
    for name, value in p:
        if isinstance(value, Path):
            yield name, value
        elif isinstance(value, tuple):
            for number, item in enumerate(value, start=1):
                if isinstance(item, Path):
                    yield f"{name}.{number}", item


def _is_output(known: FieldInfo | None) -> bool:
    return known is not None and Output() in pieces(known)


def with_paths(checked: Checked) -> dict[str, Any]:
    """Return the values with the paths as they were found, not as seen from the notebook."""
    lists = {
        name: [path for key, path in checked.inputs.items() if key.partition(".")[0] == name]
        for name, value in checked.values.items()
        if isinstance(value, list)
    }
    found = {name: path for name, path in checked.paths.items() if name in checked.values}
    return {**checked.values, **{name: paths for name, paths in lists.items() if paths}, **found}


def _named(value: Any, asked: Any) -> Any:
    """Return a value in which a secret is the name by which it is read."""
    if isinstance(value, dict) and isinstance(asked, Mapping):
        return {name: _named(item, asked.get(name)) for name, item in value.items()}
    if isinstance(value, list) and isinstance(asked, list | tuple) and len(value) == len(asked):
        return [_named(item, each) for item, each in zip(value, asked, strict=True)]
    return asked if secret_name(asked) else value


def _nested(fields: Fields) -> dict[str, type[BaseModel]]:
    found = {name: nested_model(field) for name, field in fields.items()}
    return {name: model for name, model in found.items() if model is not None}


def _opened(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return values in which a mapping or list that was written as a text is one."""
    return {name: opened(value) for name, value in given.items()}


def _refuse_given(given: Mapping[str, Any], fields: Fields) -> None:
    """Refuse a name within a mapping given alone, and an empty path."""
    for name, value in given.items():
        known = fields.get(name)
        outer, dot, inner = name.partition(".")
        if dot and outer in fields and nested_model(fields[outer]):
            raise ParameterError(
                f"parameter {name!r} is one of the names within {outer!r}; write it like "
                f"{outer}={{{inner}: {value}}}"
            )
        if known and value == "" and is_path(known) and NoneType not in parts(known.annotation):
            raise ParameterError(
                f"parameter {name}='' is empty; give a path ({name}: {known.description})"
            )


def _read(
    given: Mapping[str, Any], start: Mapping[str, Any], fields: Fields, relative_to: Path
) -> dict[str, Any]:
    """Return given values as their fields take them; an unknown name keeps its value."""
    read = {}
    for name, value in given.items():
        if known := fields.get(name):
            value = _absolute(as_field(value, known), known, relative_to)
        read[name] = laid_over(start.get(name), value, known)
    return read


def _meant(given: Mapping[str, Any], fields: Fields) -> set[str]:
    """Return the names that were given; of a mapping, which is laid over the notebook's, the names
    within it."""
    names = set()
    for name, value in given.items():
        known = fields.get(name)
        read = as_field(value, known) if known and nested_model(known) else None
        names |= {f"{name}.{key}" for key in read} if isinstance(read, Mapping) else {name}
    return names


def _with_names(
    message: str,
    given: Mapping[str, Any],
    inputs: Mapping[str, Path],
    fields: Collection[str],
) -> str:
    """Return a refusal that names a parameter: one whose file it is about, or else those that were
    given."""
    if fields and re.search(rf"(?<![\w-])({'|'.join(map(re.escape, fields))})(\.\w+)*=", message):
        return message
    about = [name for name, path in inputs.items() if path.name in message][:1] or list(given)
    named = ", ".join(
        f"{name}={inputs[name].as_posix() if name in inputs else given[name]!r}" for name in about
    )
    return f"{named}: {message}" if named else message


def _check_names(notebook: Notebook, given: Mapping[str, Any]) -> Checked:
    start = defaults(notebook)
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
    _refuse_language((start | read).get("language", ORIGINAL))
    said = comments(notebook)
    return Checked(
        given=read,
        values=start | read,
        inputs={},
        meanings={name: said.get(name, name) for name in start},
        asked=dict(given),
    )


def _refuse_language(language: Any) -> None:
    """Refuse a language that there are no texts in, as a model does."""
    if language not in texts.languages():
        known = ", ".join(texts.languages())
        raise ParameterError(f"parameter language={language!r} is not there yet; possible: {known}")


def _absolute(value: Any, field: FieldInfo, folder: Path) -> Any:
    if is_path(field) and isinstance(value, list | tuple):
        return [_absolute(item, field, folder) for item in value]
    if not is_path(field) or not isinstance(value, str | Path) or secret_name(value):
        return value
    whole = Path(os.path.abspath(folder / Path(value).expanduser()))
    as_it_is = is_named(value) or is_address(value)
    return Path(value) if as_it_is and not whole.exists() else whole


def _relative(value: Any, folder: Path) -> Any:
    if isinstance(value, list):
        return [_relative(item, folder) for item in value]
    if isinstance(value, Mapping) or is_named(value):  # typed, or a table, in place of a file
        return value
    try:
        return Path(os.path.relpath(value, folder)).as_posix()
    except ValueError:  # another drive of Windows
        return Path(value).as_posix()
