"""Parameters that name files and their columns -> a refusal where a file has no such column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from cxlib.check import did_you_mean
from cxlib.errors import ColumnError, SourceError
from cxlib.parameters import ColumnOf, StudyParameters
from cxlib.sources.headers import Header, read_header


def check_files(p: StudyParameters) -> None:
    """Refuse a file that cannot be opened, and a column that the file it is of does not have.

    Only the header of a file is read. Which parameters name columns, and of which file, the model
    says by `ColumnOf`.

    Raises
    ------
    SourceError, EmptyDataError
        If a file cannot be opened, or cannot be read as a table though columns of it are named.
    ColumnError
        With the parameter, the column, and the nearest column that exists.
    """
    named = list(_named(p))
    tables = {file for _, _, mark in named for file in mark.files}
    headers = {}
    for file, path in p:
        if isinstance(path, Path):
            _refuse_closed(file, path)
            if file in tables:
                headers[file] = read_header(path)
    for parameter, columns, mark in named:
        given = {file: headers[file] for file in mark.files if file in headers}
        for column in columns:
            _refuse_absent(parameter, column, given, everywhere=mark.everywhere)


def _refuse_closed(file: str, path: Path) -> None:
    try:
        if path.is_file():
            with path.open("rb"):
                pass
        else:
            next(path.iterdir(), None)
    except OSError as error:
        raise SourceError(
            f"{file}={path.as_posix()!r} cannot be opened ({error.strerror}); give a file that "
            "you may read"
        ) from None


def _named(model: BaseModel, within: str = "") -> Iterator[tuple[str, list[str], ColumnOf]]:
    """Give each parameter that names columns, these columns, and of which files they are."""
    for name, field in type(model).model_fields.items():
        value = getattr(model, name)
        if isinstance(value, BaseModel):
            yield from _named(value, f"{within}{name}.")
        pieces = [*field.metadata, *_pieces(field.annotation)]
        columns = [text for text in _texts(value) if text not in pieces]  # a choice of a Literal
        for mark in pieces:
            if isinstance(mark, ColumnOf):
                yield within + name, columns, mark


def _pieces(annotation: Any) -> Iterator[Any]:
    """Give what an annotation is made of: marks, bounds, and the choices of its Literals."""
    for part in get_args(annotation):
        yield part
        if get_origin(annotation) is not Literal:
            yield from _pieces(part)


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, Mapping):
        return _texts(list(value.values()))
    return [text for item in value for text in _texts(item)] if _is_many(value) else []


def _is_many(value: Any) -> bool:
    return isinstance(value, list | tuple | set | frozenset)


def _refuse_absent(
    parameter: str, column: str, headers: Mapping[str, Header], *, everywhere: bool
) -> None:
    lacking = [file for file, header in headers.items() if not header.has(column)]
    if not lacking or (not everywhere and len(lacking) < len(headers)):
        return
    asked = lacking[:1] if everywhere else lacking
    known = [name for file in asked for name in headers[file].names]
    where = f" in {' or '.join(asked)}" if len(headers) > 1 else ""
    raise ColumnError(
        f"{parameter}={column!r}: there is no such column{where}{did_you_mean(column, known)}"
    )
