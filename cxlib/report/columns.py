"""Parameters that name files and their columns -> a refusal where a file has no such column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cxlib.check import did_you_mean
from cxlib.comparisons import columns_of, parse_comparisons
from cxlib.errors import ColumnError, CxError, SourceError
from cxlib.marks import ColumnOf, ConditionOn, Output, ReadWith, marks_of, named_columns, pieces
from cxlib.parameters import StudyParameters
from cxlib.sources.headers import Header, read_header
from cxlib.sources.table_names import file_of, is_columnar, server_table


def check_files(p: StudyParameters) -> None:
    """Refuse files that cannot be opened, and columns that the file they are of does not have.

    Only the header of a file is read. Which parameters name columns, and of which file, the model
    says by `ColumnOf` and, of those in a condition, by `ConditionOn`.

    Raises
    ------
    SourceError, EmptyDataError
        If a file cannot be opened, or cannot be read as a table though columns of it are named.
    ColumnError
        With the parameter, the column, and the nearest column that exists.

    Notes
    -----
    All problems are told at once, a line each; the error is of the first one's kind.
    """
    headers, unread = _headers(p)
    problems = list(unread.values())
    for parameter, columns, mark in named_columns(p):
        given = {file: headers[file] for file in mark.files if file in headers}
        if unread.keys() & set(mark.files):  # the column may be there
            continue
        for column in columns:
            problems += _absent(parameter, column, given, mark)
    for parameter, asked, files in _conditions(p):
        given = {file: headers[file] for file in files if file in headers}
        for column in asked:
            problems += _not_everywhere(parameter, column, given)
    if problems:
        lines = dict.fromkeys(str(problem) for problem in problems)
        raise type(problems[0])("\n".join(lines))


def _headers(p: StudyParameters) -> tuple[dict[str, Header], dict[str, CxError]]:
    """Return the headers of the files of which columns are named, and which cannot be read."""
    marks = [mark for _, _, mark in named_columns(p)]
    tables = {file for mark in marks for file in mark.files}
    tables |= {file for _, _, files in _conditions(p) for file in files}
    headers: dict[str, Header] = {}
    unread: dict[str, CxError] = {}
    for file, path in p:
        if isinstance(path, Path) and Output() not in pieces(type(p).model_fields[file]):
            try:
                _refuse_closed(file, path)
                if file in tables and (not path.is_dir() or is_columnar(path)):
                    headers[file] = read_header(path, **read_with(p, file))
            except CxError as error:
                named = f"{file}={path.as_posix()!r}: "
                said = str(error)
                unread[file] = error if said.startswith(f"{file}=") else type(error)(named + said)
    return headers, unread


def read_with(p: StudyParameters, file: str) -> dict[str, Any]:
    """Return the parameters that say how a file is read."""
    fields = type(p).model_fields
    return {name: getattr(p, name) for name in fields if ReadWith(file) in fields[name].metadata}


def _refuse_closed(file: str, path: Path) -> None:
    try:
        if server_table(path) is not None:
            return
        if not path.is_dir():
            with file_of(path).open("rb"):
                pass
        else:
            next(path.iterdir(), None)
    except OSError as error:
        raise SourceError(
            f"{file}={path.as_posix()!r} cannot be opened ({error.strerror}); give a file that "
            "you may read"
        ) from None


def _conditions(p: StudyParameters) -> Iterator[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """Give each condition, the columns that it names, and the files that it is about."""
    for name, field in type(p).model_fields.items():
        text = getattr(p, name)
        for mark in marks_of(field):
            if isinstance(mark, ConditionOn) and text is not None:
                yield name, columns_of(parse_comparisons(text, parameter=name)), mark.files


def _absent(
    parameter: str, column: str, headers: Mapping[str, Header], mark: ColumnOf
) -> list[CxError]:
    lacking = [
        file
        for file, header in headers.items()
        if not (header.fits(column) if mark.patterns else header.has(column))
    ]
    if not lacking or (not mark.everywhere and len(lacking) < len(headers)):
        return []
    asked = lacking[:1] if mark.everywhere else lacking
    known = [name for file in asked for name in headers[file].names]
    where = f" in {' or '.join(asked)}" if len(headers) > 1 else ""
    return [
        ColumnError(
            f"{parameter}={column!r}: there is no such column{where}{did_you_mean(column, known)}"
        )
    ]


def _not_everywhere(parameter: str, column: str, headers: Mapping[str, Header]) -> list[CxError]:
    """Name the files of a condition that lack a column of it."""
    lacking = [file for file, header in headers.items() if not header.has(column)]
    others = [file for file in headers if file not in lacking]
    beside = (
        f"; {' and '.join(others)} {'has' if len(others) == 1 else 'have'} it, but a condition may "
        "name only columns that each file it is about has"
        if others
        else ""
    )
    return [
        ColumnError(
            f"{parameter}: there is no column {column!r} in {file}"
            f"{did_you_mean(column, headers[file].names)}{beside}"
        )
        for file in lacking
    ]
