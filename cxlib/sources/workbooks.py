"""An Excel workbook -> the rows of its sheets, with what their cells do not tell by themselves."""

from __future__ import annotations

import itertools
import re
import warnings
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Any

from cxlib.errors import SourceError
from cxlib.shown.message import Message
from cxlib.sources import archives, kinds
from cxlib.sources.delimited import MOST_COLUMNS
from cxlib.sources.title_lines import count_title_lines

if TYPE_CHECKING:
    from openpyxl import Workbook

_MOST_CELLS = 20_000_000  # of the square around all cells, when nearly all of them are empty
_LEAST_FILLED = 0.01
_FAR = re.compile(rb"\br\s*=\s*[\"'](?:[A-Za-z]{4,}\d|[A-Za-z]{0,3}\d{8})")  # beyond any sheet
_FILLED = re.compile(rb"<(?:\w+:)?(?:v|is)[ >]")
START = 100  # rows by which a header is found

_UNCALCULATED = re.compile(rb"fullCalcOnLoad=[\"'](?:1|true)")
_FORMULA = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}f"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet before its rows are read."""

    title: str
    visible: bool
    part: str  # its member of the archive
    filled: int  # about how many cells are filled: values, and texts that stand in the sheet itself
    uncalculated: bool  # its workbook asks to be calculated when opened, as those of libraries do


@dataclass(slots=True)
class SheetRows:
    """The rows of a sheet that hold something, as long as each is.

    Attributes
    ----------
    numbers : list of int
        The row of the sheet that each is.
    formulas, not_calculated, zeros, errors : Counter of int
        By column: formulas, those of them without a value, those with a zero in a workbook that
        asks to be calculated, and cells such as #N/A, which are empty here.
    merged : list of str
        Ranges of merged cells.
    """

    rows: list[list[Any]] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)
    formulas: Counter[int] = field(default_factory=Counter)
    not_calculated: Counter[int] = field(default_factory=Counter)
    zeros: Counter[int] = field(default_factory=Counter)
    errors: Counter[int] = field(default_factory=Counter)
    merged: list[str] = field(default_factory=list)


def open_workbook(file: IO[bytes], *, name: str) -> tuple[Workbook, list[Sheet]]:
    """Open an Excel workbook within bounds, and list its sheets that hold anything.

    Raises
    ------
    SourceError
        If it is none, or unpacks to more than is allowed, or refers to cells that no sheet has.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with archives.open_archive(file, name=name) as archive:
            file.seek(0)
            with warnings.catch_warnings(action="ignore"):  # of features that hold no cells
                book = openpyxl.load_workbook(file, read_only=True, data_only=True)
            uncalculated = _asks_to_be_calculated(archive)
            sheets = [
                Sheet(
                    sheet.title,
                    sheet.sheet_state == "visible",
                    sheet._worksheet_path,
                    _count_filled(archive, sheet._worksheet_path, name, sheet.title),
                    uncalculated,
                )
                for sheet in book.worksheets
            ]
    except SourceError:
        raise
    except (
        zipfile.BadZipFile,
        zlib.error,
        InvalidFileException,
        KeyError,
        OSError,
        ValueError,
        TypeError,
        AttributeError,
        IndexError,
        NotImplementedError,
        RuntimeError,
        SyntaxError,
        EOFError,
    ) as error:
        file.seek(0)
        kind = kinds.recognise(file.read(kinds.START))[0]
        kind = "a damaged one" if kind == "an Excel workbook" else kind or "no Excel workbook"
        raise SourceError(
            f"{name!r} is not what its suffix says but {kind} ({_first_line(error)}); "
            "save it as .xlsx without a password, or as CSV in UTF-8"
        ) from None
    return book, [sheet for sheet in sheets if sheet.filled]


def _asks_to_be_calculated(archive: zipfile.ZipFile) -> bool:
    for part in archive.namelist():
        if part.endswith("/workbook.xml"):
            with archive.open(part) as file:
                return _UNCALCULATED.search(file.read(1 << 20)) is not None
    return False


def _first_line(error: Exception) -> str:
    return next(iter(str(error).splitlines()), "") or type(error).__name__


def _count_filled(archive: zipfile.ZipFile, part: str, name: str, title: str) -> int:
    filled, rest = 0, b""
    with archive.open(part) as file:
        while chunk := file.read(1 << 20):
            piece = rest + chunk
            if _FAR.search(piece):
                raise SourceError(
                    f"{name!r}: sheet {title!r} refers to cells beyond row 1,048,576 or column "
                    "XFD, which no sheet has; open it in Excel or LibreOffice and save it anew"
                )
            cut = max(piece.rfind(b"<"), len(piece) - 256)  # a mark is never counted twice
            filled += len(_FILLED.findall(piece[:cut]))
            rest = piece[cut:]
    return filled + len(_FILLED.findall(rest))


def read_sheet(book: Workbook, sheet: Sheet, *, name: str, most: int | None = None) -> SheetRows:
    """Read the rows of a sheet, or the first of them.

    Raises
    ------
    SourceError
        If its cells lie too far apart or in too many columns, or its XML is damaged.
    """
    found = SheetRows()
    filled = width = 0
    try:
        for number, row in itertools.islice(_filled_rows(book, sheet, found), most):
            if len(row) > MOST_COLUMNS:
                raise SourceError(
                    f"{name!r}: row {number:,} of sheet {sheet.title!r} has a cell in column "
                    f"{len(row):,}; at most {MOST_COLUMNS:,} columns are read; delete stray "
                    "cells, or export fewer questions"
                )
            found.rows.append(row)
            found.numbers.append(number)
            width = max(width, len(row))
            filled += sum(cell is not None for cell in row)
            square = width * len(found.rows)
            if square > _MOST_CELLS and filled < _LEAST_FILLED * square:
                raise SourceError(
                    f"{name!r}: the cells of sheet {sheet.title!r} lie far apart ({filled:,} in "
                    f"a square of {width:,} columns and {len(found.rows):,} rows); delete stray "
                    "cells to the right of the table and save it anew"
                )
    except SourceError:
        raise
    except Exception as error:  # noqa: BLE001  openpyxl meets damaged XML with errors of all kinds
        raise SourceError(
            f"{name!r}: sheet {sheet.title!r} cannot be read ({_first_line(error)}); open it in "
            "Excel or LibreOffice and save it anew"
        ) from None
    return found


def _filled_rows(book: Workbook, sheet: Sheet, found: SheetRows) -> Iterator[tuple[int, list[Any]]]:
    """Yield the rows of a sheet that hold something, and note in `found` what cells do not show."""
    from openpyxl.worksheet._reader import WorkSheetParser

    (source,) = (one for one in book.worksheets if one.title == sheet.title)
    with source._get_source() as file, warnings.catch_warnings(action="ignore"):
        parser = WorkSheetParser(
            file,
            source._shared_strings,
            data_only=True,
            epoch=book.epoch,
            date_formats=book._date_formats,
            timedelta_formats=book._timedelta_formats,
        )
        as_parsed = parser.parse_cell

        def parse_cell(element: Any) -> dict[str, Any]:
            cell: dict[str, Any] = as_parsed(element)
            if element.find(_FORMULA) is not None:
                found.formulas[cell["column"]] += 1
                if cell["value"] is None and element.get("t") != "str":  # that is an empty text
                    found.not_calculated[cell["column"]] += 1
                elif sheet.uncalculated and cell["value"] == 0:  # as XlsxWriter writes them
                    found.zeros[cell["column"]] += 1
            return cell

        parser.parse_cell = parse_cell
        for number, cells in parser.parse():
            row = _row(cells, found.errors)
            if row:
                yield number, row
        found.merged += [
            str(merged.ref) for merged in getattr(parser.merged_cells, "mergeCell", ())
        ]


def _row(cells: Sequence[dict[str, Any]], errors: Counter[int]) -> list[Any]:
    given = {}
    for cell in cells:
        if cell["data_type"] == "e":
            errors[cell["column"]] += 1
        elif cell["value"] not in (None, ""):
            given[cell["column"]] = cell["value"]
    last = max(given, default=0)
    if last > MOST_COLUMNS:
        return [None] * last
    return [given.get(column) for column in range(1, last + 1)]


def find_header(rows: Sequence[Sequence[Any]]) -> int:
    """Return how many rows stand above the header of a sheet."""
    return count_title_lines(
        [["" if cell is None else cell for cell in row] for row in rows[:START]]
    )


def fill_merged(sheet: SheetRows, header: int, *, name: str) -> int:
    """Write the value of merged cells below the header into each row that they span; return how
    many were empty.

    Only down: a cell that spans columns is a heading.

    Raises
    ------
    SourceError
        If there are more merged ranges than a table has.
    """
    from openpyxl.utils import range_boundaries

    place = {number: at for at, number in enumerate(sheet.numbers)}
    if len(sheet.merged) * len(place) > _MOST_CELLS:  # no table; and it would take hours
        raise SourceError(
            f"{name!r} has {len(sheet.merged):,} merged ranges in {len(place):,} rows; unmerge "
            "them in Excel or LibreOffice and save it anew"
        )
    first = sheet.numbers[header] if header < len(sheet.numbers) else 0
    filled = 0
    for merged in sheet.merged:
        left, top, _, bottom = range_boundaries(merged)
        if top <= first or top not in place or len(sheet.rows[place[top]]) < left:
            continue
        value = sheet.rows[place[top]][left - 1]
        for number in range(top + 1, min(bottom, sheet.numbers[-1]) + 1):
            if value is not None and number in place:
                row = sheet.rows[place[number]]
                row += [None] * (left - len(row))
                if row[left - 1] is None:
                    row[left - 1] = value
                    filled += 1
    return filled


def notes_of_cells(
    sheet: SheetRows, header: Sequence[Any], *, name: str, filled: int
) -> tuple[list[Message], list[Message]]:
    """Return notes and warnings about cells, or refuse formulas that were never calculated."""

    def named(column: int) -> str:
        given = header[column - 1] if column <= len(header) else None
        return str(given) if given not in (None, "") else f"column {column}"

    never = sheet.not_calculated + Counter(
        {at: n for at, n in sheet.zeros.items() if n == sheet.formulas[at] > 1}
    )
    if never:
        told = ", ".join(f"{named(at)!r} ({n:,})" for at, n in sorted(never.items()))
        raise SourceError(
            f"{name!r}: formulas in {told} were never calculated, so their cells have no value; "
            "open it in Excel or LibreOffice, save it, and give that file"
        )
    notes = [Message("sources.merged_filled", n=filled)] if filled else []
    warned = (
        [
            Message(
                "sources.error_cells",
                n=sheet.errors.total(),
                names=[named(at) for at in sorted(sheet.errors)],
            )
        ]
        if sheet.errors
        else []
    )
    return notes, warned
