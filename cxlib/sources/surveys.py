"""A survey export -> its answers as given, the text of each question, and what was read and how."""

from __future__ import annotations

import io
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cxlib import check
from cxlib.errors import EmptyDataError, SourceError
from cxlib.shown.message import Message
from cxlib.sources import answers, decoding, headers
from cxlib.sources.headers import Rows

# 64-bit ids stay exact where some are missing
_WHOLE = {
    pa.int8(): pd.Int8Dtype(),
    pa.int16(): pd.Int16Dtype(),
    pa.int32(): pd.Int32Dtype(),
    pa.int64(): pd.Int64Dtype(),
    pa.uint8(): pd.UInt8Dtype(),
    pa.uint16(): pd.UInt16Dtype(),
    pa.uint32(): pd.UInt32Dtype(),
    pa.uint64(): pd.UInt64Dtype(),
}


class Delimiter(StrEnum):
    """What stands between the cells of a text file."""

    COMMA = "comma"
    TAB = "tab"
    SEMICOLON = "semicolon"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
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
    notes : tuple of Message
        What was read and how, and what a reader should know of it.
    path : pathlib.Path
    """

    frame: pd.DataFrame
    questions: dict[str, str]
    layout: str
    encoding: str
    notes: tuple[Message, ...]
    path: Path

    @property
    def noticed(self) -> tuple[Message, ...]:
        """The notes but for the first, which says how much was read."""
        return self.notes[1:]


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
    stands ("007", "10点", "１０", " 7"). Only an empty cell is a missing answer. Dates in a text
    file stay text; dates in a workbook are dates; a workbook column of mixed kinds becomes text
    (see `cxlib.sources.answers`). Rows and trailing columns without any content are left out, rows
    counted in the notes. A column's name is its header with white space collapsed; a repeated or
    empty one gets a number. All rows are held in memory.

    CP932 and CP949 are told apart by a stated rule: see `cxlib.sources.decoding.decode`.
    """
    path = Path(path)
    check.one_of("layout", layout, headers.LAYOUTS)
    headers.refuse_suffix(path)
    suffix = path.suffix.lower()
    data = decoding.read_bytes(path)
    if suffix == ".parquet":
        return _from_parquet(path, data, layout)
    rows, encoding, notes = (
        _xlsx_rows(path, data) if suffix == ".xlsx" else _text_rows(path, data, suffix)
    )
    return _survey(path, rows, encoding, notes, layout)


def _survey(path: Path, rows: Rows, encoding: str, notes: list[Message], layout: str) -> Survey:
    rows, left_out = _trimmed(rows)
    if not rows:
        raise EmptyDataError(f"{path.name!r} holds no cell with content; export it again")
    found = headers.find_headers(rows, layout, path.name)
    given = rows[found.rows :]
    if not given:
        raise EmptyDataError(
            f"{path.name!r} has {found.rows} header row(s) and no responses; export it with its "
            "responses"
        )
    names, renamed = headers.distinct(found.names)
    frame = pd.DataFrame(answers.columns(names, given))
    read = Message(
        "sources.survey_read",
        file=path.name,
        n=len(frame),
        columns=len(names),
        layout=_layout(found),
    )
    if left_out:
        renamed = [*renamed, Message("sources.rows_left_out", n=left_out)]
    return Survey(
        frame=frame,
        questions=dict(zip(names, map(str, found.questions), strict=True)),
        layout=found.layout,
        encoding=encoding,
        notes=(read, *notes, *renamed),
        path=path,
    )


def _layout(found: headers.Headers) -> Message:
    if found.layout == "qualtrics":
        return Message("sources.layout_qualtrics", rows=found.rows)
    if found.layout == "surveymonkey":
        return Message("sources.layout_surveymonkey")
    return Message("sources.layout_plain")


def _text_rows(path: Path, data: bytes, suffix: str) -> tuple[Rows, str, list[Message]]:
    decoded = decoding.decode(data, name=path.name)
    notes = [decoded.note] if decoded.note else []
    rows, delimiter = headers.split(decoded.text, suffix=suffix, name=path.name)
    if delimiter != (usual := headers.DELIMITERS[suffix]):
        notes.append(
            Message(
                "sources.other_delimiter",
                delimiter=Delimiter(headers.called(delimiter)),
                usual=Delimiter(headers.called(usual)),
            )
        )
    return list(rows), decoded.encoding, notes


def _xlsx_rows(path: Path, data: bytes) -> tuple[Rows, str, list[Message]]:
    book = headers.open_workbook(io.BytesIO(data), name=path.name)
    sheets = {}
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # some exporters write a wrong one
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        if any(cell not in (None, "") for row in rows for cell in row):
            sheets[sheet.title] = rows
    book.close()
    if not sheets:
        raise EmptyDataError(f"{path.name!r} has no sheet with content; export it again")
    title, *others = sheets
    notes = [Message("sources.sheet_read", sheet=title, others=others)] if others else []
    return headers.pad(sheets[title]), "xlsx", notes


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
    names, renamed = headers.distinct(table.column_names)
    columns = {
        name: column.to_pandas(types_mapper=_WHOLE.get if column.null_count else None)
        for name, column in zip(names, table.columns, strict=True)
    }
    read = Message("sources.parquet_read", file=path.name, n=table.num_rows, columns=len(names))
    return Survey(
        frame=pd.DataFrame(columns),
        questions={name: name for name in names},
        layout="plain",
        encoding="parquet",
        notes=(read, *renamed),
        path=path,
    )


def _trimmed(rows: Rows) -> tuple[Rows, int]:
    """Leave out rows and trailing columns without content; say how many rows."""
    kept = [row for row in rows if any(cell != "" for cell in row)]
    width = max(
        (position + 1 for row in kept for position, cell in enumerate(row) if cell != ""), default=0
    )
    return [row[:width] for row in kept], len(rows) - len(kept)
