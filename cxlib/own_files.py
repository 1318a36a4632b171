"""Parameters of a notebook that was made for the sample company -> those that hold for a
researcher's own files.

A notebook's defaults name the sample's files and columns. Beside a file of one's own they would be
a stranger's, or refused in the name of somebody who never named them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import NoneType
from typing import Any, get_args

from pydantic.fields import FieldInfo

from cxlib.errors import CxError
from cxlib.marks import ColumnOf, marks_of, nested_model
from cxlib.shown.message import Message
from cxlib.sources.headers import Header, read_header
from cxlib.sources.table_names import file_of, is_columnar

Fields = Mapping[str, FieldInfo]
Headers = Mapping[str, Header]


def settle(
    values: Mapping[str, Any],
    fields: Fields,
    *,
    sample: Mapping[str, Any],
    given: Collection[str] = (),
) -> tuple[dict[str, Any], tuple[Message, ...], list[str]]:
    """Take back the sample's files and columns where the study's own file is not the sample's.

    Parameters
    ----------
    values : mapping
        Names to values, before they are checked.
    fields : mapping
        The model's.
    sample : mapping
        What the notebook's parameters cell names of the sample; the study's own file first.
    given : collection of str
        Names that are meant whatever their value; of a mapping of which some names were given,
        these (`columns.weight`).

    Returns
    -------
    tuple of (dict, tuple of Message, list of str)
        The values, in which a default of the sample that the own file does not have is None (in a
        list: is gone); what was taken back, and what was kept because the own file has it; and a
        refusal for each column of the sample that must be named and that the own file lacks.
    """
    settled = dict(values)
    if not sample or _is_of_sample(settled, next(iter(sample)), sample):
        return settled, (), []
    dropped: list[str] = []
    usual = [name for name in sample if name not in given and name != next(iter(sample))]
    for name in usual:
        path = settled.get(name)
        of_sample = path is not None and _is_of_sample(settled, name, sample)
        if _is_file(fields[name]) and of_sample and _may_be_none(fields[name]):
            settled[name] = None
            dropped.append(name)
    own = _Own(dict(_headers(settled, fields)), settled, given, dropped, [], [])
    for name in usual:
        if not _is_file(fields[name]) and name in settled:
            settled[name] = own.value(settled[name], sample[name], fields[name], name)
    return settled, tuple(_say(own.dropped, own.kept)), own.lacking


@dataclass(frozen=True, slots=True)
class _Own:
    """The own files' headers; what of the sample's was taken back, kept, and is lacking."""

    headers: Headers
    values: Mapping[str, Any]
    given: Collection[str]
    dropped: list[str]
    kept: list[str]
    lacking: list[str]

    def value(self, value: Any, usual: Any, field: FieldInfo, name: str) -> Any:
        """Return a parameter's value, without the sample's columns that the own file lacks."""
        model = nested_model(field)
        if model is not None and isinstance(value, Mapping) and isinstance(usual, Mapping):
            return {
                key: self.value(item, usual.get(key), model.model_fields[key], f"{name}.{key}")
                if key in model.model_fields
                else item
                for key, item in value.items()
            }
        if value != usual or not value or name in self.given:
            return value
        if isinstance(value, list):
            there = [column for column in value if self._has(column, field)]
            (self.kept if there == value else self.dropped).append(name)
            return there
        if self._has(value, field):
            self.kept.append(name)
            return value
        if not _may_be_none(field):
            self._lack(value, field, name)
            return value
        self.dropped.append(name)
        return None

    def _lack(self, value: str, field: FieldInfo, name: str) -> None:
        """Note a column that must be named and that the own file calls something else."""
        for file in _files_of(field):
            if file in self.headers and not self.headers[file].has(value):
                there = ", ".join(map(repr, self.headers[file].names[:20]))
                self.lacking.append(
                    f"{name}={value!r}: there is no such column in {file}; that is what the sample "
                    f"calls it, so name yours with {name}=; the file has {there}"
                )

    def _has(self, column: str, field: FieldInfo) -> bool:
        """Return whether the files have a column, a folder having none; yes where one of them
        cannot be read."""
        for mark in marks_of(field):
            given = {file: self.values.get(file) for file in mark.files}
            files = [file for file, path in given.items() if path and _has_columns(Path(path))]
            if any(file not in self.headers for file in files):
                return True
            patterns = isinstance(mark, ColumnOf) and mark.patterns
            there = [
                self.headers[file].fits(column) if patterns else self.headers[file].has(column)
                for file in files
            ]
            everywhere = isinstance(mark, ColumnOf) and mark.everywhere
            return bool(there) and (all(there) if everywhere else any(there))
        return True


def _say(dropped: list[str], kept: list[str]) -> Iterator[Message]:
    if dropped:
        yield Message("common.sample_dropped", names=dropped)
    if kept:
        yield Message("common.sample_kept", names=kept)


def _is_of_sample(values: Mapping[str, Any], name: str, sample: Mapping[str, Any]) -> bool:
    """Return whether a parameter names the sample's own file, wherever the project lies."""
    given, usual = values.get(name, sample[name]), str(sample[name]).removeprefix("../")
    return given is not None and f"/{Path(str(given)).as_posix()}".endswith(f"/{usual}")


def _is_file(field: FieldInfo) -> bool:
    kinds = {field.annotation, *get_args(field.annotation)}
    kinds |= {kind for part in kinds for kind in get_args(part)}
    return any(isinstance(kind, type) and issubclass(kind, Path) for kind in kinds)


def _may_be_none(field: FieldInfo) -> bool:
    return NoneType in get_args(field.annotation)


def _headers(values: Mapping[str, Any], fields: Fields) -> Iterator[tuple[str, Header]]:
    """Give the header of each file that columns are named of; one that cannot be read is refused
    later, by its own check."""
    named = {file for field in fields.values() for file in _files_of(field)}
    for name in named:
        path = values.get(name, fields[name].default) if name in fields else None
        if isinstance(path, str | Path):
            try:
                if is_columnar(Path(path)) or file_of(Path(path)).is_file():
                    yield name, read_header(Path(path))
            except CxError:
                continue


def _has_columns(path: Path) -> bool:
    return not path.is_dir() or is_columnar(path)


def _files_of(field: FieldInfo) -> tuple[str, ...]:
    from_type = [mark for mark in marks_of(field) if isinstance(mark, ColumnOf)]
    return tuple(file for mark in from_type for file in mark.files)
