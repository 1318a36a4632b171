"""A table file -> the names of its columns, read from its first rows alone and without pandas."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from cxlib.errors import CxError, EmptyDataError, SourceError
from cxlib.shown.message import Message
from cxlib.sources import decoding

if TYPE_CHECKING:
    from openpyxl import Workbook

LAYOUTS = ("auto", "plain", "qualtrics", "surveymonkey")
DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": "\t"}
SUFFIXES = (*DELIMITERS, ".xlsx", ".parquet")
_SEPARATOR_LINE = re.compile(r"sep=([,;\t])\r?\n")  # Excel's own first line; not part of the table
_IMPORT_ID = '{"ImportId"'
# SurveyMonkey's second header where a question has no options
_OPEN = ("Response", "Open-Ended Response")
_MOST = 3  # header rows that a layout has
_START = 1 << 20  # bytes; as far as a header is looked for
Rows = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Header:
    """What the columns of a file are called.

    Attributes
    ----------
    names : list of str
        As `read_survey` calls them.
    others : frozenset of str
        As they are called where the layout is said to be plain, or where the file is read as it
        stands (`read_events`).
    """

    names: list[str]
    others: frozenset[str]

    def has(self, name: str) -> bool:
        """Return whether there is such a column, for any of the readers."""
        return name in self.names or name in self.others


@dataclass(frozen=True, slots=True)
class Headers:
    """The header rows of a survey, as they were understood."""

    layout: str
    rows: int  # header rows at the top of the file
    names: list[str]
    questions: list[str]


def read_header(path: Path) -> Header:
    """Read the header of a table: CSV, TSV, Excel workbook or Parquet.

    Of a text file, the first MiB is read; only where that is not enough, all of it.

    Raises
    ------
    SourceError
        If the file is absent, of another kind, or cannot be read as what its suffix says.
    EmptyDataError
        If it is empty.
    """
    refuse_suffix(path)
    if path.suffix.lower() == ".parquet":
        given = _parquet_names(path)
        return Header(distinct(given)[0], frozenset(given))
    rows = _workbook_start(path) if path.suffix.lower() == ".xlsx" else _text_start(path)
    if not rows:
        raise EmptyDataError(f"{path.name!r} holds no cell with content; export it again")
    names, _ = distinct(find_headers(rows, "auto", path.name).names)
    plain, _ = distinct(rows[0])
    return Header(names, frozenset([*plain, *map(str, rows[0])]))


def refuse_suffix(path: Path) -> None:
    """Refuse a file that its suffix says is no table."""
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise SourceError(
            f"path={path.as_posix()!r}: {suffix or 'no suffix'!r} is not read here; export the "
            f"survey as one of {', '.join(SUFFIXES)}"
        )


def _parquet_names(path: Path) -> list[str]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    decoding.refuse_absent(path)
    try:
        return pq.read_schema(path).names
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{path.name!r} is not what its suffix says ({str(error).splitlines()[0]}); "
            "write it again as Parquet"
        ) from None


def _workbook_start(path: Path) -> Rows:
    decoding.refuse_absent(path)
    with path.open("rb") as file:
        book = open_workbook(file, name=path.name)
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            found = itertools.islice(filter(_filled_in, sheet.iter_rows(values_only=True)), _MOST)
            if rows := pad(found):
                return rows
    return []


def _filled_in(row: Iterable[Any]) -> bool:
    return any(cell not in (None, "") for cell in row)


def _text_start(path: Path) -> Rows:
    decoding.refuse_absent(path)
    with path.open("rb") as file:
        start = file.read(_START)
    if len(start) == _START:
        end = start.rfind(b"\n") + 1
        end -= end % 2 if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else 0
        with suppress(CxError):
            rows = _rows(start[:end], path)
            if len(rows) == _MOST:
                return rows
        start = path.read_bytes()
    return _rows(start, path)


def _rows(data: bytes, path: Path) -> Rows:
    text = decoding.decode(data, name=path.name).text
    rows, _ = split(text, suffix=path.suffix.lower(), name=path.name)
    return list(itertools.islice(filter(_filled_in, rows), _MOST))


def split(text: str, *, suffix: str, name: str) -> tuple[Iterator[list[str]], str]:
    """Return the rows of a text file, without empty lines, and the delimiter of their cells.

    Raises
    ------
    SourceError
        If it is a web page, has rows of different lengths or quotes that do not match.
    """
    if text.lstrip()[:15].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise SourceError(
            f"{name!r} is a web page, not a table; sign in to the survey tool and export it again"
        )
    said = _SEPARATOR_LINE.match(text)
    text = text[said.end() :] if said else text
    delimiter = said.group(1) if said else _delimiter(text, DELIMITERS[suffix], name)
    return _records(text, delimiter, name), delimiter


def _records(text: str, delimiter: str, name: str) -> Iterator[list[str]]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    width = 0
    try:
        for row in reader:
            if row and width and len(row) != width:
                raise SourceError(
                    f"{name!r}: the record that ends in line {reader.line_num} has {len(row)} "
                    f"cells and the header {width}; quote answers that hold a {called(delimiter)} "
                    "or a line break, or export it again"
                )
            if row:
                width = len(row)
                yield row
    except csv.Error as error:
        raise SourceError(
            f"{name!r}: the quotes do not match up in the record that ends in line "
            f"{reader.line_num} ({error}); export it again with answers in double quotes"
        ) from None


def _delimiter(text: str, usual: str, name: str) -> str:
    """Return the suffix's own delimiter, or another where only that one splits the first two
    records, and alike."""

    def widths(delimiter: str) -> list[int]:
        records = (
            len(row)
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            if row
        )
        return list(itertools.islice(records, 2))

    try:
        if max(widths(usual)[:1], default=0) > 1:
            return usual
        others = {other: widths(other) for other in (",", "\t", ";") if other != usual}
    except csv.Error as error:
        raise SourceError(
            f"{name!r} cannot be split into cells ({error}); export it again"
        ) from None
    return max(
        (other for other, found in others.items() if len(set(found)) == 1 and found[0] > 1),
        key=lambda other: others[other][0],
        default=usual,
    )


def called(delimiter: str) -> str:
    """Return what a delimiter is called."""
    return {",": "comma", "\t": "tab", ";": "semicolon"}[delimiter]


def open_workbook(file: IO[bytes], *, name: str) -> Workbook:
    """Open an Excel workbook for reading, or refuse what is none."""
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        return openpyxl.load_workbook(file, read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        file.seek(0)
        kind = decoding.container(file.read(8)) or "no Excel workbook"
        raise SourceError(
            f"{name!r} is not what its suffix says but {kind} ({error}); "
            "save it as .xlsx without a password, or as CSV in UTF-8"
        ) from None


def pad(rows: Iterable[Sequence[Any]]) -> Rows:
    """Return rows of one length; a cell without content is an empty text."""
    found = [["" if cell is None else cell for cell in row] for row in rows]
    width = max(map(len, found), default=0)
    return [row + [""] * (width - len(row)) for row in found]


def find_headers(rows: Rows, layout: str, name: str) -> Headers:
    """Return the header rows of a survey: see `read_survey` for the rules."""
    ids = next(
        (i for i in (2, 1) if i < len(rows) and str(rows[i][0]).lstrip().startswith(_IMPORT_ID)),
        None,
    )
    options = len(rows) > 1 and _is_option_row(rows[0], rows[1])
    if layout == "qualtrics" and ids is None:
        raise SourceError(
            f"layout='qualtrics': neither row 3 nor row 2 of {name!r} starts with {_IMPORT_ID}; "
            "export it with all header rows, or pass layout='plain'"
        )
    if layout == "surveymonkey" and not options:
        raise SourceError(
            f"layout='surveymonkey': the second row of {name!r} is not a row of options (first "
            "cell empty, then "
            "'Response', 'Open-Ended Response' or options); pass layout='plain'"
        )
    if ids is not None and layout in ("auto", "qualtrics"):
        return Headers("qualtrics", ids + 1, rows[0], rows[1] if ids == 2 else rows[0])
    if options and layout in ("auto", "surveymonkey"):
        questions = _filled(rows[0], rows[1])
        names = [
            question if option in ("", *_OPEN) else f"{question} - {option}"
            for question, option in zip(questions, rows[1], strict=True)
        ]
        return Headers("surveymonkey", 2, names, questions)
    return Headers("plain", 1, rows[0], rows[0])


def _is_option_row(first: Sequence[Any], second: Sequence[Any]) -> bool:
    filled_below = any(top == "" and below != "" for top, below in zip(first, second, strict=True))
    return (
        first[0] != ""
        and second[0] == ""
        and (filled_below or any(cell in _OPEN for cell in second))
    )


def _filled(questions: Iterable[Any], options: Iterable[Any]) -> list[str]:
    """Carry a question forward over the columns of its options."""
    filled, last = [], ""
    for question, option in zip(questions, options, strict=True):
        last = str(question) if question != "" else last if option != "" else ""
        filled.append(last)
    return filled


def distinct(headers: Sequence[Any]) -> tuple[list[str], list[Message]]:
    """Return a name of its own for each column, and notes about those that had none.

    >>> distinct(["why", "why", ""])[0]
    ['why', 'why (2)', 'column 3']
    """
    names: list[str] = []
    repeated: dict[str, list[str]] = {}
    unnamed = []
    taken = {" ".join(str(header).split()) for header in headers}
    for position, header in enumerate(headers, start=1):
        name = " ".join(str(header).split())
        if not name:
            name = _free(f"column {position}", taken)
            unnamed.append(name)
        elif name in names:
            original, name = name, _free(name, taken)
            repeated.setdefault(original, []).append(name)
        taken.add(name)
        names.append(name)
    notes = [
        Message("sources.column_names_repeated", name=name, n=len(others) + 1, names=others)
        for name, others in repeated.items()
    ]
    if unnamed:
        notes.append(Message("sources.column_names_made", n=len(unnamed), names=unnamed))
    return names, notes


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free = f"{name} ({number})"
        number += 1
    return free
