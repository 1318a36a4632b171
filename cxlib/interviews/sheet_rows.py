"""A filled sheet, as a workbook or as CSV -> its rows by what each column is, however they were
moved."""

from __future__ import annotations

import csv
import io
import re
import warnings
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cxlib import check, texts
from cxlib.errors import SourceError
from cxlib.interviews.sheet_cells import (
    CODES,
    FILLED,
    FORMAT,
    HIDDEN,
    MARK,
    VERSION,
    Column,
    typed,
)
from cxlib.interviews.sheet_headings import heading, is_for_codes
from cxlib.sources import archives, decoding, workbooks

_NEEDED = (Column.DOCUMENT, Column.UNIT, Column.START, Column.END)
_ESSENTIAL = (*_NEEDED, *FILLED)
_TOLD = (Column.WORDS, Column.FROM, Column.TO, Column.CODER)  # if they were deleted
# what is left of a sheet whose hidden row or columns were deleted: headings and the hidden sheet
_HEADINGS = [  # some applications write XML in UTF-8, some in ASCII with numbers of characters
    {
        heading(column, language).encode(encoding, "xmlcharrefreplace")
        for column in (Column.BEFORE, Column.CODE_2, Column.MORE)
    }
    for language in texts.languages()
    for encoding in ("utf-8", "ascii")
]
_ABOUT = re.compile(rb">%b \d+<" % FORMAT.encode())
_MARKS = tuple(f">{MARK}{column}<".encode() for column in _NEEDED)
_OVERLAP = 256  # bytes; no mark is longer
_CSV = (".csv", ".tsv", ".txt")
_AGAIN = "write the sheet again with write_sheet under another name and copy your cells into it"
_Cell = tuple[str, str]  # its text, and its type as openpyxl calls it: s, n, f (formula), e (error)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the sheet that stands for a unit or a part of one.

    Attributes
    ----------
    number : int
        Of the row, as the spreadsheet shows it.
    cells : mapping of Column to str
        What stands in its columns, without those of codes; an empty cell is left out.
    codes : tuple of (str, str)
        Heading and text of each filled cell for codes.
    """

    number: int
    cells: Mapping[Column, str]
    codes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class About:
    """What a sheet was made of: who codes, in which units, by document the hash of its text and the
    numbers of its units, and the codes of the codebook."""

    coder: str
    unit: str
    digests: Mapping[str, str]
    numbers: Mapping[str, tuple[str, ...]]
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Filled:
    """A sheet as it was filled.

    Attributes
    ----------
    name, title : str
        Of the file and of the sheet in it (of CSV, empty).
    rows : list of Row
    about : About or None
        None where the file does not have it (CSV).
    strange : Counter of str
        Headings of columns that the sheet did not have, with how many of their cells are filled.
    lost : list of Column
        Columns that prove where a row belongs, and were deleted.
    """

    name: str
    title: str
    rows: list[Row]
    about: About | None
    strange: Counter[str] = field(default_factory=Counter)
    lost: list[Column] = field(default_factory=list)

    @property
    def n(self) -> int:
        """How many cells a coder filled."""
        inside = sum(
            len(row.codes) + sum(column in FILLED for column in row.cells) for row in self.rows
        )
        return inside + self.strange.total()

    def at(self, row: Row | int) -> str:
        """Return where a row is, for a refusal."""
        number = row if isinstance(row, int) else row.number
        sheet = f", sheet {self.title!r}" if self.title else ""
        return f"sheet={self.name!r}{sheet}, row {number:,}"


@check.arguments
def is_sheet(path: str | Path) -> bool:
    """Return whether a file is a sheet that `write_sheet` made, also one that was saved anew, or
    that has lost its hidden row or columns: `read_sheet` refuses that."""
    path = Path(path)
    try:
        if path.suffix.lower() in _CSV:
            with path.open("rb") as file:
                start = file.read(1 << 16)
            text = start.replace(b"\x00", b"")
            first = set(re.split(rb"[,;\t|\"]+", re.split(rb"[\r\n]", text, maxsplit=1)[0]))
            return f"{MARK}{Column.DOCUMENT}".encode() in text or any(
                first.issuperset(headings) for headings in _HEADINGS
            )
        with path.open("rb") as file, archives.open_archive(file, name=path.name) as archive:
            parts = [part for part in archive.namelist() if _may_hold_text(part)]
            return any(_holds_mark(archive, part) for part in parts)
    except (OSError, SourceError, zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return False


def _may_hold_text(part: str) -> bool:
    return re.search(r"(sharedStrings|worksheets/[^/]+|^content)\.xml$", part) is not None


def _holds_mark(archive: zipfile.ZipFile, part: str) -> bool:
    """Return whether a part has a mark, or all headings that no other table has together."""
    left, rest = [set(headings) for headings in _HEADINGS], b""
    with archive.open(part) as file:
        while chunk := file.read(1 << 20):
            text, rest = rest + chunk, chunk[-_OVERLAP:]
            for headings in left:
                headings -= {each for each in headings if b">%b<" % each in text}
            if not all(left) or _ABOUT.search(text) or any(mark in text for mark in _MARKS):
                return True
    return False


def read_filled(path: str | Path) -> Filled:
    """Read the rows of a filled sheet.

    Raises
    ------
    SourceError
        If it is no sheet of cxlib, has lost a column that says where a unit is, holds two sheets of
        codings or a formula where a code is due, or is a file of LibreOffice.
    """
    path = Path(path)
    if path.suffix.lower() == ".ods":
        raise SourceError(
            f"sheet={path.name!r} is a file of LibreOffice; save it there as Excel 2007-365 (.xlsx)"
        )
    if path.suffix.lower() in _CSV:
        tables, about = {"": _csv_rows(path)}, None
    else:
        tables, about = _workbook(path)
    found = {title: _machine_row(rows) for title, rows in tables.items()}
    titles = [title for title, at in found.items() if at is not None]
    if not titles:
        raise SourceError(
            f"sheet={path.name!r} is no sheet of cxlib, or its hidden first row, with names such "
            f"as '{MARK}{Column.START}', was deleted; undo that, or {_AGAIN}"
        )
    if len(titles) > 1:
        raise SourceError(
            f"sheet={path.name!r} has {len(titles)} sheets of codings ({', '.join(titles)}); keep "
            "one in the file, and save the others as files of their own"
        )
    title, at = titles[0], found[titles[0]] or 0
    return _filled(tables[title], at, Filled(path.name, title, [], about))


_Rows = list[tuple[int, Sequence[_Cell]]]


def _csv_rows(path: Path) -> _Rows:
    text = decoding.decode(decoding.read_bytes(path), name=path.name).text
    between = re.search(rf'{MARK}[a-z0-9 ]+"?([,;\t|])', text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=between[1] if between else ",")
    try:
        return [
            (number, [(cell, "s") for cell in cells])
            for number, cells in enumerate(reader, start=1)
        ]
    except csv.Error as error:
        raise SourceError(
            f"sheet={path.name!r}, line {reader.line_num:,}: {error}; save it again as CSV in "
            "UTF-8, or give the workbook"
        ) from None


def _workbook(path: Path) -> tuple[dict[str, _Rows], About | None]:
    import openpyxl

    with path.open("rb") as file:
        book, _ = workbooks.open_workbook(file, name=path.name)  # within bounds, or refused
        book.close()
        try:
            with warnings.catch_warnings(action="ignore"):  # of features that hold no cells
                book = openpyxl.load_workbook(file, read_only=True)
                tables = {sheet.title: _sheet_rows(sheet) for sheet in book.worksheets}
        except Exception as error:  # noqa: BLE001  openpyxl meets damaged XML with errors of all kinds
            raise SourceError(
                f"sheet={path.name!r} cannot be read ({error}); open it in Excel or LibreOffice "
                "and save it anew"
            ) from None
    return tables, _about(tables, path.name)


def _sheet_rows(sheet: Any) -> _Rows:
    sheet.reset_dimensions()  # what a file says of its size may be wrong
    rows = (
        (number, [_cell(cell) for cell in row])
        for number, row in enumerate(sheet.iter_rows(), start=1)
    )
    return [(number, cells) for number, cells in rows if any(text for text, _ in cells)]


def _cell(cell: Any) -> _Cell:
    value = cell.value
    if value is None:
        return "", "s"
    if isinstance(value, bool):
        return str(value).upper(), "b"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(getattr(value, "text", value)), cell.data_type  # an array's formula has a text


def _about(tables: Mapping[str, _Rows], name: str) -> About | None:
    for rows in tables.values():
        facts = [[text for text, _ in cells] for _, cells in rows]
        if facts and facts[0][0] == "format" and facts[0][1].startswith(FORMAT):
            if facts[0][1] != f"{FORMAT} {VERSION}":
                raise SourceError(
                    f"sheet={name!r} says it is of the form {facts[0][1]!r}, and this cxlib reads "
                    f"'{FORMAT} {VERSION}'; read it with the cxlib that wrote it, or update this"
                )
            alone = {fact[0]: typed(fact[1]) for fact in facts}
            of = {typed(fact[1]): fact for fact in facts if fact[0] == "document"}
            return About(
                coder=alone.get("coder", ""),
                unit=alone.get("unit", ""),
                digests={document: fact[2] for document, fact in of.items()},
                numbers={
                    document: tuple(",".join(filter(None, fact[4:])).split(","))
                    for document, fact in of.items()
                },
                codes=tuple(typed(fact[1]) for fact in facts if fact[0] == "code"),
            )
    return None


def _machine_row(rows: _Rows) -> int | None:
    """Return which row has the names of the columns; sorting may have moved it."""
    for at, (_, cells) in enumerate(rows):
        if sum(text.startswith(MARK) for text, _ in cells) >= len(_NEEDED) - 1:
            return at
    return None


def _filled(rows: _Rows, at: int, filled: Filled) -> Filled:
    columns, strange = _columns(rows, at, filled)
    for place, (number, cells) in enumerate(rows):
        start = _of(cells, columns[Column.START])
        heading = start == Column.START or (place == at + 1 and not start.isdigit())
        if place == at or heading:
            continue
        row = _row(number, cells, columns, filled)
        filled.strange.update(
            heading for which, heading in strange.items() if _of(cells, which) != ""
        )
        if row is not None:
            filled.rows.append(row)
    return filled


def _of(cells: Sequence[_Cell], which: int | None) -> str:
    return typed(cells[which][0]) if which is not None and which < len(cells) else ""


def _columns(rows: _Rows, at: int, filled: Filled) -> tuple[dict[Any, int], dict[int, str]]:
    """Return which column is what: by their names, codes that a coder added by their heading; and
    the headings of all others."""
    names = [text for text, _ in rows[at][1]]
    known = {f"{MARK}{column}": column for column in Column}
    columns: dict[Any, int] = {}
    for which, name in enumerate(names):
        if known.get(name) in columns:
            raise SourceError(
                f"{filled.at(rows[at][0])}: the column {name!r} is there twice; delete the copy"
            )
        if name in known:
            columns[known[name]] = which
    _refuse_lost(columns, names, filled.at(rows[at][0]))
    filled.lost.extend(column for column in _TOLD if column not in columns)
    header = rows[at + 1][1] if at + 1 < len(rows) else ()
    strange = {}
    width = max(len(cells) for _, cells in rows)
    for which in sorted(set(range(width)) - set(columns.values())):
        called = " ".join(_of(header, which).split())
        if is_for_codes(called):
            columns[called if called not in columns else f"{called}, column {which + 1}"] = which
        else:
            strange[which] = _of(header, which) or f"column {which + 1}"
    return columns, strange


def _refuse_lost(columns: Mapping[Any, int], names: Sequence[str], where: str) -> None:
    missing = [column for column in _ESSENTIAL if column not in columns]
    if not missing:
        return
    hidden = " (hidden)" if missing[0] in HIDDEN else ""
    lost = ", ".join(repr(str(column)) for column in missing)
    known = {f"{MARK}{column}" for column in Column}
    others = [name for name in names if name and name not in known]
    near = check.did_you_mean(f"{MARK}{missing[0]}", others)
    raise SourceError(
        f"{where} (hidden): the {'columns' if missing[1:] else 'column'} {lost}{hidden} "
        f"{'were' if missing[1:] else 'was'} deleted, with all that stood there{near}; undo that, "
        f"or {_AGAIN}"
    )


def _row(
    number: int, cells: Sequence[_Cell], columns: Mapping[Any, int], filled: Filled
) -> Row | None:
    given = {column: _of(cells, which) for column, which in columns.items()}
    coded = [name for name in given if not isinstance(name, Column) or name in CODES]
    for name in (*coded, Column.READ, Column.START, Column.END):
        which = columns.get(name)
        kind = cells[which][1] if which is not None and which < len(cells) else "s"
        if kind in ("f", "e"):
            raise SourceError(
                f"{filled.at(number)}, column '{name}': {given[name]!r} is "
                f"{'a formula' if kind == 'f' else 'an error'}, not what was typed; type it as text"
            )
    codes = tuple((str(name), given[name]) for name in coded if given[name])
    memo, read = given.get(Column.MEMO, ""), given.get(Column.READ, "")
    if not given[Column.START].isdigit() or not given[Column.DOCUMENT]:
        if codes or memo or read:
            raise SourceError(
                f"{filled.at(number)}: {next(iter((*(v for _, v in codes), memo, read)))!r} stands "
                "in a row that is no unit (its hidden columns document and start are empty); move "
                "it to the row of its unit, and delete this row"
            )
        return None
    return Row(number, {c: given[c] for c in Column if given.get(c) and c not in CODES}, codes)
