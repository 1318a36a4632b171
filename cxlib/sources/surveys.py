"""A survey export -> its answers as given, the text of each question, and what was read and how."""

from __future__ import annotations

import csv
import io
import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cxlib import check
from cxlib.errors import EmptyDataError, SourceError
from cxlib.sources import answers, decoding

LAYOUTS = ("auto", "plain", "qualtrics", "surveymonkey")
_DELIMITERS = {".csv": ",", ".tsv": "\t", ".tab": "\t", ".txt": "\t"}
_SUFFIXES = (*_DELIMITERS, ".xlsx", ".parquet")
_SEPARATOR_LINE = re.compile(r"sep=([,;\t])\r?\n")  # Excel's own first line; not part of the table
_IMPORT_ID = '{"ImportId"'
_OPEN = (
    "Response",
    "Open-Ended Response",
)  # SurveyMonkey's second header where a question has no options
Rows = list[list[Any]]


@dataclass(frozen=True, slots=True, eq=False)
class Survey:
    """A survey as it was answered.

    Attributes
    ----------
    frame : pandas.DataFrame
        One row a response, one column a question (or an option of one); answers as given.
    questions : dict of str to str
        Column to the question's full text (the column's own header where the file has no other).
    layout : str
        `plain`, `qualtrics` or `surveymonkey`.
    encoding : str
        `utf-8`, `utf-8-sig`, `utf-16`, `cp932`, `cp949`, `xlsx` or `parquet`.
    notes : tuple of str
        What was read and how, and what a reader should know of it, as sentences.
    path : pathlib.Path
    """

    frame: pd.DataFrame
    questions: dict[str, str]
    layout: str
    encoding: str
    notes: tuple[str, ...]
    path: Path


@dataclass(frozen=True, slots=True)
class _Headers:
    layout: str
    rows: int  # header rows at the top of the file
    names: list[str]
    questions: list[str]
    said: str


def read_survey(path: str | Path, *, layout: str = "auto") -> Survey:
    """Read a survey export: CSV, TSV, Excel workbook (.xlsx) or Parquet.

    Parameters
    ----------
    path : str or Path
    layout : {"auto", "plain", "qualtrics", "surveymonkey"}
        How the header is laid out. `auto` finds Qualtrics by the row of import ids (`{"ImportId":
        ...}`, row 3, or row 2 where the question texts were removed), and SurveyMonkey by a second
        row that starts empty and holds "Response", "Open-Ended Response" or options under empty
        cells of the first; all else is plain: one row of headers.

    Returns
    -------
    Survey

    Raises
    ------
    SourceError
        If the file is absent, is not what its suffix says, is in no encoding that can be told, has
        rows of different lengths or an open quote, or is not in the layout that was asked for.
    EmptyDataError
        If the file is empty or has headers and no responses.
    ParameterError
        If `layout` is none of the above.

    Notes
    -----
    No answer is altered. A column in which every answer is a plain number, written without leading
    zeros, plus signs or separators, and short enough to be exact, is numeric (int64, Int64 where
    answers are missing, float64 with decimals); every other column of a text file is text as it
    stands ("007", "10点", "１０", " 7"). Only an empty cell is a missing answer. Dates in a text file
    stay text; dates in a workbook are dates; a workbook column of mixed kinds becomes text (see
    `cxlib.sources.answers`). Rows and trailing columns without any content are left out, rows
    counted in the notes. A column's name is its header with white space collapsed; a repeated or
    empty one gets a number. All rows are held in memory.

    CP932 and CP949 are told apart by a stated rule: see `cxlib.sources.decoding.decode`.
    """  # noqa: E501
    path = Path(path)
    check.one_of("layout", layout, LAYOUTS)
    suffix = path.suffix.lower()
    if suffix not in _SUFFIXES:
        raise SourceError(
            f"path={path.as_posix()!r}: {suffix or 'no suffix'!r} is not read here; export the "
            "survey as one "
            f"of {', '.join(_SUFFIXES)}"
        )
    data = decoding.read_bytes(path)
    if suffix == ".parquet":
        return _from_parquet(path, data, layout)
    rows, encoding, notes = (
        _xlsx_rows(path, data) if suffix == ".xlsx" else _text_rows(path, data, suffix)
    )
    return _survey(path, rows, encoding, notes, layout)


def _survey(path: Path, rows: Rows, encoding: str, notes: list[str], layout: str) -> Survey:
    rows, left_out = _trimmed(rows)
    if not rows:
        raise EmptyDataError(f"{path.name!r} holds no cell with content; export it again")
    headers = _headers(rows, layout, path.name)
    given = rows[headers.rows :]
    if not given:
        raise EmptyDataError(
            f"{path.name!r} has {headers.rows} header row(s) and no responses; export it with its "
            "responses"
        )
    names, renamed = answers.distinct(headers.names)
    frame = pd.DataFrame(answers.columns(names, given))
    said = [
        f"{path.name}: {len(frame):,} responses, {len(names):,} columns. {headers.said}",
        *notes,
        *renamed,
    ]
    if left_out:
        said.append(f"Rows left out because they hold no answer: {left_out:,}.")
    questions = {
        name: str(question) for name, question in zip(names, headers.questions, strict=True)
    }
    return Survey(frame, questions, headers.layout, encoding, tuple(said), path)


def _text_rows(path: Path, data: bytes, suffix: str) -> tuple[Rows, str, list[str]]:
    decoded = decoding.decode(data, name=path.name)
    if decoded.text.lstrip()[:15].lower().startswith(("<!doctype", "<html", "<?xml")):
        raise SourceError(
            f"{path.name!r} is a web page, not a table; sign in to the survey tool and export it "
            "again"
        )
    notes = [decoded.note] if decoded.note else []
    said = _SEPARATOR_LINE.match(decoded.text)
    text = decoded.text[said.end() :] if said else decoded.text
    delimiter = said.group(1) if said else _delimiter(text, _DELIMITERS[suffix], path.name)
    if delimiter != _DELIMITERS[suffix]:
        notes.append(
            f"Its columns are separated by {_called(delimiter)}, not by "
            f"{_called(_DELIMITERS[suffix])}."
        )
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: Rows = []
    try:
        for row in reader:
            if row and rows and len(row) != len(rows[0]):
                raise SourceError(
                    f"{path.name!r}: the record that ends in line {reader.line_num} has {len(row)} "
                    "cells and the header "
                    f"{len(rows[0])}; quote answers that hold a {_called(delimiter)} or a line "
                    "break, or export it again"
                )
            if row:
                rows.append(row)
    except csv.Error as error:
        raise SourceError(
            f"{path.name!r}: the quotes do not match up in the record that ends in line "
            f"{reader.line_num} "
            f"({error}); export it again with answers in double quotes"
        ) from None
    return rows, decoded.encoding, notes


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


def _called(delimiter: str) -> str:
    return {",": "comma", "\t": "tab", ";": "semicolon"}[delimiter]


def _xlsx_rows(path: Path, data: bytes) -> tuple[Rows, str, list[str]]:
    import zipfile

    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    except (zipfile.BadZipFile, InvalidFileException, KeyError, OSError, ValueError) as error:
        kind = decoding.container(data) or "no Excel workbook"
        raise SourceError(
            f"{path.name!r} is not what its suffix says but {kind} ({error}); "
            "save it as .xlsx without a password, or as CSV in UTF-8"
        ) from None
    sheets = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some exporters write a wrong one
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        if any(cell not in (None, "") for row in rows for cell in row):
            sheets[sheet.title] = rows
    book.close()
    if not sheets:
        raise EmptyDataError(f"{path.name!r} has no sheet with content; export it again")
    title, rows = next(iter(sheets.items()))
    width = max(map(len, rows))
    notes = (
        [f"Read from sheet {title!r}; not from {', '.join(map(repr, list(sheets)[1:]))}."]
        if len(sheets) > 1
        else []
    )
    return (
        [
            ["" if cell is None else cell for cell in row] + [""] * (width - len(row))
            for row in rows
        ],
        "xlsx",
        notes,
    )


def _from_parquet(path: Path, data: bytes, layout: str) -> Survey:
    if layout not in ("auto", "plain"):
        raise SourceError(
            f"layout={layout!r}: {path.name!r} is Parquet, whose columns have one name each; leave "
            "layout='auto'"
        )
    try:
        table = pq.read_table(io.BytesIO(data))
    except (pa.ArrowException, OSError) as error:
        raise SourceError(
            f"{path.name!r} is not what its suffix says ({str(error).splitlines()[0]}); "
            "write it again as Parquet"
        ) from None
    if not table.num_columns or not table.num_rows:
        raise EmptyDataError(
            f"{path.name!r} has {table.num_columns} columns and {table.num_rows} rows; export it "
            "again"
        )
    names, renamed = answers.distinct(table.column_names)
    whole = {
        pa.int8(): pd.Int8Dtype(),
        pa.int16(): pd.Int16Dtype(),
        pa.int32(): pd.Int32Dtype(),
        pa.int64(): pd.Int64Dtype(),
        pa.uint8(): pd.UInt8Dtype(),
        pa.uint16(): pd.UInt16Dtype(),
        pa.uint32(): pd.UInt32Dtype(),
        pa.uint64(): pd.UInt64Dtype(),
    }
    columns = {
        name: column.to_pandas(
            types_mapper=whole.get if column.null_count else None
        )  # 64-bit ids stay exact
        for name, column in zip(names, table.columns, strict=True)
    }
    said = f"{path.name}: {table.num_rows:,} responses, {len(names):,} columns, types as stored."
    return Survey(
        pd.DataFrame(columns),
        {name: name for name in names},
        "plain",
        "parquet",
        (said, *renamed),
        path,
    )


def _trimmed(rows: Rows) -> tuple[Rows, int]:
    """Leave out rows and trailing columns without content; say how many rows."""
    kept = [row for row in rows if any(cell != "" for cell in row)]
    width = max(
        (position + 1 for row in kept for position, cell in enumerate(row) if cell != ""), default=0
    )
    return [row[:width] for row in kept], len(rows) - len(kept)


def _headers(rows: Rows, layout: str, name: str) -> _Headers:
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
    if layout == "qualtrics" or (layout == "auto" and ids is not None):
        texts = rows[1] if ids == 2 else rows[0]
        return _Headers(
            "qualtrics",
            ids + 1,
            rows[0],
            texts,
            f"Its layout is Qualtrics: {ids + 1} header rows, the last with import ids.",
        )
    if layout == "surveymonkey" or (layout == "auto" and options):
        questions = _filled(rows[0], rows[1])
        names = [
            question if option in ("", *_OPEN) else f"{question} - {option}"
            for question, option in zip(questions, rows[1], strict=True)
        ]
        return _Headers(
            "surveymonkey",
            2,
            names,
            questions,
            "Its layout is SurveyMonkey: 2 header rows, questions and below them options.",
        )
    return _Headers("plain", 1, rows[0], rows[0], "Its layout is plain: 1 header row.")


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
