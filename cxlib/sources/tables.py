"""A table file of any kind -> its rows as they stand in it, header rows first, read one way for
all."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cxlib.errors import CxError, EmptyDataError, ParameterError, SourceError
from cxlib.shown.message import Message
from cxlib.sources import decoding, delimited, json_records, kinds, sheets, statistics_files
from cxlib.sources.database_files import read_table_names
from cxlib.sources.named_connections import column_names
from cxlib.sources.parquet_folders import read_folder_schema
from cxlib.sources.table_names import is_columnar, kind_of, table_of

if TYPE_CHECKING:
    import pyarrow as pa

_START = 1 << 20  # bytes; as far as a header is looked for
_MOST_CELLS = 100_000_000  # of a Parquet file, where not even a fiftieth of a byte stands for each
_CELLS_A_BYTE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class RawTable:
    """The rows of a table file.

    Attributes
    ----------
    rows : list of list
        All of one length, header rows first; an empty cell is "". Cells of a text file are text,
        others have the types that their file gives them. No row is without content.
    encoding : str
        `utf-8`, `utf-8-sig`, `utf-16`, `cp932`, `cp949`, `cp1252`, or the kind of a file that is no
        text: `xlsx`, `parquet`, `sav`, `dta`.
    decimal : str
        `,` where a comma within a number may be a decimal comma (commas do not separate the cells).
    left_out : int
        Rows that held nothing.
    notes, warnings : tuple of Message
        What was read and how; warnings can change a number.
    questions : dict of str to str
        Column to its question's text, where the file has such beside the header.
    labels : dict of str to dict
        Column to what its codes mean, where the file says so and its codes stay.
    """

    rows: list[list[Any]]
    encoding: str
    decimal: str = "."
    left_out: int = 0
    notes: tuple[Message, ...] = ()
    warnings: tuple[Message, ...] = ()
    questions: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, Mapping[Any, str]] = field(default_factory=dict)


def read_rows(path: Path, *, sheet: str | int | None = None) -> RawTable:
    """Read a table: text (CSV, TSV, semicolons, pipes), Excel workbook, Parquet, JSON lines or an
    array of records, SPSS or Stata.

    Parameters
    ----------
    path : Path
    sheet : str or int, optional
        Of a workbook: a sheet's name, its number among the visible ones (from 1), or "*" for all
        visible ones with the same header as one.

    Raises
    ------
    SourceError
        If the file is absent, of another kind, damaged, beyond the bounds, in no encoding that can
        be told, or if which sheet or delimiter is meant cannot be told.
    EmptyDataError
        If it holds no cell with content.
    ParameterError
        If `sheet` names none, or the file has no sheets.
    """
    refuse_unread(path, sheet=sheet)
    suffix = path.suffix.lower()
    if is_columnar(path):
        found = _columnar(path)
    elif suffix == ".xlsx":
        with path.open("rb") as file:
            chosen = sheets.read_sheets(file, name=path.name, sheet=sheet)
        found = RawTable(
            rows=chosen.rows, encoding="xlsx", notes=chosen.notes, warnings=chosen.warnings
        )
    elif suffix in kinds.STATISTICS:
        read = statistics_files.read_statistics_file(path)
        found = RawTable(
            rows=read.rows,
            encoding="dta" if suffix == ".dta" else "sav",
            notes=read.notes,
            questions=read.questions,
            labels=read.labels,
        )
    else:
        found = _text(path, decoding.read_text_bytes(path), suffix)
    return _trim(found, path.name)


def read_start(path: Path, *, sheet: str | int | None = None) -> list[list[Any]]:
    """Read the first rows of a table, by which its header is found, by the rules of `read_rows`.

    Of a text file, the first MiB is read; only where that is not enough, all of it.
    """
    refuse_unread(path, sheet=sheet)
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        with path.open("rb") as file:
            rows = sheets.read_sheets(file, name=path.name, sheet=sheet, only_start=True).rows
    elif suffix in kinds.STATISTICS:
        rows = [statistics_files.read_names(path)]
    elif suffix in kinds.TEXTS:
        rows = _text_start(path, suffix)
    else:
        rows = _text(path, decoding.read_text_bytes(path), suffix).rows
    if not any(cell != "" for row in rows for cell in row):
        raise _no_content(path.name)
    return [row for row in rows if any(cell != "" for cell in row)]


def refuse_unread(path: Path, *, sheet: str | int | None = None) -> None:
    """Refuse a file that is absent, no table, or another kind than its suffix says, and a sheet of
    one that has none; and a table that is not in its database."""
    if path.is_dir() or table_of(path) is not None:
        read_names(path)
        return _refuse_sheet(path, sheet)
    kinds.refuse_suffix(path)
    decoding.refuse_absent(path)
    with path.open("rb") as file:
        start = file.read(kinds.START)
    suffix = path.suffix.lower()
    kinds.refuse_other_kind(start, name=path.name, suffix=suffix)
    if suffix != ".xlsx":
        _refuse_sheet(path, sheet)
    return None


def _refuse_sheet(path: Path, sheet: str | int | None) -> None:
    if sheet is not None:
        raise ParameterError(
            f"sheet={sheet!r}: {path.name!r} has no sheets, as .xlsx files have; leave sheet=None"
        )


def _no_content(name: str) -> EmptyDataError:
    return EmptyDataError(f"{name!r} holds no cell with content; export it again")


def _trim(table: RawTable, name: str) -> RawTable:
    """Leave out rows without content, and columns at the end without any."""
    kept = [row for row in table.rows if any(cell != "" for cell in row)]
    if not kept:
        raise _no_content(name)
    whole = width = len(kept[0])
    while not any(row[width - 1] != "" for row in kept):
        width -= 1
    return RawTable(
        rows=kept if width == whole else [row[:width] for row in kept],
        encoding=table.encoding,
        decimal=table.decimal,
        left_out=len(table.rows) - len(kept),
        notes=table.notes,
        warnings=table.warnings,
        questions=table.questions,
        labels=table.labels,
    )


def _text(path: Path, data: bytes, suffix: str, *, only_start: bool = False) -> RawTable:
    decoded = decoding.decode(data, name=path.name)
    notes = [decoded.note] if decoded.note else []
    if suffix in kinds.RECORDS:
        rows = json_records.rows_of(decoded.text, name=path.name)
        return RawTable(rows=rows, encoding=decoded.encoding, notes=tuple(notes))
    cells = delimited.split(decoded.text, suffix=suffix, name=path.name, only_start=only_start)
    return RawTable(
        rows=list(cells.rows),
        encoding=decoded.encoding,
        decimal="." if cells.delimiter == "," else ",",
        notes=(*notes, *cells.notes),
    )


def _text_start(path: Path, suffix: str) -> list[list[Any]]:
    with path.open("rb") as file:
        start = file.read(_START)
    if len(start) < _START:
        return _text(path, start, suffix, only_start=True).rows
    end = start.rfind(b"\n") + 1
    end -= end % 2 if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else 0
    with suppress(CxError):
        rows = _text(path, start[:end], suffix, only_start=True).rows
        if len(rows) >= delimited.SAMPLE * 3 // 4:  # the rest may stand above the header
            return rows
    return _text(path, decoding.read_text_bytes(path), suffix, only_start=True).rows


def read_parquet(path: Path) -> pa.Table:
    """Read a Parquet file whole, or refuse what is damaged or unpacks to more than is read.

    Raises
    ------
    SourceError
        If it is no Parquet file, or its texts are no UTF-8, or if a small file declares more than
        a hundred million cells.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        meta = pq.read_metadata(path)
        cells = meta.num_rows * meta.num_columns
        if cells > max(_MOST_CELLS, _CELLS_A_BYTE * path.stat().st_size):
            raise SourceError(
                f"{path.name!r} declares {meta.num_rows:,} rows of {meta.num_columns:,} columns in "
                f"{path.stat().st_size:,} bytes; write the columns that are needed alone"
            )
        table = pq.read_table(path, partitioning=None)  # country=JP above it is no column
        table.validate(full=True)
    except (pa.ArrowException, OSError) as error:
        raise _no_parquet(path, error) from None
    return table


def read_names(path: Path) -> list[str]:
    """Return the names of the columns of a Parquet file, a folder of such or a table of a database;
    no row is read.

    Raises
    ------
    SourceError
        If it cannot be read as what it is, or there is no such table.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    if path.is_dir():
        return list(read_folder_schema(path).names)
    if table := table_of(path):
        return read_table_names(table) if table.file else column_names(table)
    try:
        return list(pq.read_schema(path).names)
    except (pa.ArrowException, OSError) as error:
        raise _no_parquet(path, error) from None


def _no_parquet(path: Path, error: Exception) -> SourceError:
    return SourceError(
        f"{path.name!r} is not what its suffix says ({str(error).splitlines()[0]}); "
        "write it again as Parquet"
    )


def _columnar(path: Path) -> RawTable:
    if path.is_dir() or table_of(path) is not None:
        raise SourceError(
            f"{path.name!r} is {kind_of(path)}, and this is read from a file; write it as CSV or "
            "as one Parquet file"
        )
    table = read_parquet(path)
    columns = [column.to_pylist() for column in table.columns]
    rows = [["" if cell is None else cell for cell in row] for row in zip(*columns, strict=True)]
    return RawTable(rows=[table.column_names, *rows], encoding="parquet")
