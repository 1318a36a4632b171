"""Rows of a sheet, a codebook and facts about both -> a workbook that is pleasant to code in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib.interviews.code_names import CodeNames
from cxlib.interviews.codebooks import TEXTS, in_language
from cxlib.interviews.sheet_cells import (
    FILLED,
    HIDDEN,
    LINES,
    LISTED,
    MARK,
    WIDTH,
    Column,
    clip,
    columns_of,
    lines_of,
)
from cxlib.interviews.sheet_headings import heading
from cxlib.shown import language as words
from cxlib.shown.message import Message

if TYPE_CHECKING:
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell

_ABOUT_CODES = {  # columns of a codebook, as the coder reads them
    "name": "code",
    "label": "label",
    "parent": "parent",
    "theme": "theme",
    "kind": "kind",
    "definition": "definition",
    "example": "example",
    "when_not": "when not",
}
_WIDTHS = {
    Column.DOCUMENT: 19,
    Column.UNIT: 6,
    Column.SPEAKER: 12,
    Column.BEFORE: 26,
    Column.WORDS: WIDTH + 4,
    Column.MORE: 22,
    Column.MEMO: 30,
    Column.READ: 9,
}
_CODE_WIDTH = 19
_MARGIN = 2  # columns beside the words of a cell
_POINTS = (15.5, 17)  # of a line: of Latin letters, of kana, kanji and hangul
_ACTS = ("=", "+", "-", "@", "\t", "＝", "＋", "－", "＠")


def make_workbook(
    rows: Sequence[dict[Column, Any]],
    book: pd.DataFrame,
    about_it: Iterable[Sequence[str]],
    *,
    language: str = "en",
) -> Workbook:
    """Return a workbook with the sheets coding, codebook, how, and about, which nobody sees.

    Parameters
    ----------
    rows : sequence of dict
        The cells of each row of coding.
    book : pandas.DataFrame
        As `Corpus.codebook`.
    about_it : iterable of sequence of str
        The rows of about.
    language : str
        Language of headings and instructions, and of the codebook where it has it.
    """
    from openpyxl import Workbook

    made = Workbook(write_only=True)
    made.properties.creator = "cxlib"
    for named in _styles():
        made.add_named_style(named)
    _write_coding(made, rows, codes=len(book), language=language)
    _write_codebook(made, book, language)
    how = made.create_sheet("how")
    how.column_dimensions["A"].width = 100
    for line in _how():
        how.append([_cell(how, line.text(language), "cx text")])
    about = made.create_sheet("about")
    about.sheet_state = "veryHidden"
    for row in about_it:
        about.append([_cell(about, value, "cx text") for value in row])
    return made


def _styles() -> Iterator[Any]:
    from openpyxl.styles import Alignment, Font, NamedStyle, PatternFill

    wrapped = Alignment(wrap_text=True, vertical="top")
    # format @: what is typed is text, neither a formula nor a date; no font is named, so that each
    # application takes one that has the letters
    yield NamedStyle("cx text", alignment=wrapped, number_format="@")
    yield NamedStyle("cx number", alignment=wrapped)
    fill = PatternFill("solid", fgColor="E7ECF2")
    yield NamedStyle("cx head", alignment=wrapped, font=Font(bold=True), fill=fill)
    yield NamedStyle("cx aside", alignment=wrapped, font=Font(color="595959"), number_format="@")


def _cell(sheet: Any, value: Any, style: str) -> WriteOnlyCell:
    """Return a cell; text is text, whatever it begins with."""
    from openpyxl.cell import WriteOnlyCell

    cell = WriteOnlyCell(sheet, value=value)
    cell.style = style
    if isinstance(value, str):
        cell.data_type = "s"  # openpyxl takes "=…" for a formula and "#N/A" for an error
        if value.startswith(_ACTS):
            cell.quotePrefix = True
    return cell


def _write_coding(
    made: Workbook, rows: Sequence[dict[Column, Any]], *, codes: int, language: str
) -> None:
    from openpyxl.styles import Alignment
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation
    from openpyxl.worksheet.page import PageMargins

    sheet = made.create_sheet("coding")
    letters = {column: get_column_letter(at) for at, column in enumerate(Column, start=1)}
    asked = any(row[Column.BEFORE] for row in rows)
    for column, letter in letters.items():
        about = sheet.column_dimensions[letter]
        about.width = _WIDTHS.get(column, _CODE_WIDTH if column in LISTED else 9)
        about.hidden = column in HIDDEN or (column is Column.BEFORE and not asked)
        if column in FILLED:
            # its cells are not written, and take this when they are filled
            about.number_format, about.alignment = "@", Alignment(wrap_text=True, vertical="top")
    sheet.row_dimensions[1].hidden = True
    last = len(rows) + 2
    sheet.freeze_panes = "A3"
    sheet.auto_filter.ref = f"A2:{letters[Column.CODER]}{last}"
    sheet.print_title_rows = "2:2"
    sheet.page_setup.orientation = "landscape"
    sheet.print_options.gridLines = True
    sheet.page_margins = PageMargins(left=0.3, right=0.3, top=0.4, bottom=0.4)
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    if codes:
        where = f"{letters[LISTED[0]]}3:{letters[LISTED[-1]]}{last}"
        listed = f"codebook!$A$2:$A${codes + 1}"
        choice = DataValidation("list", listed, allow_blank=True, showErrorMessage=False)
        choice.add(where)
        sheet.data_validations.append(choice)
    sheet.append([_cell(sheet, f"{MARK}{column}", "cx head") for column in Column])
    sheet.append([_cell(sheet, heading(column, language), "cx head") for column in Column])
    for number, row in enumerate(rows, start=3):
        # LibreOffice keeps the height of one line for rows that do not say theirs
        sheet.row_dimensions[number].height = _height(row)
        sheet.append([_written(sheet, column, row.get(column)) for column in Column])


def _height(row: dict[Column, Any]) -> float:
    """Return the points that a row needs to show its words."""
    told = {column: str(row[column]) for column in _WIDTHS if row.get(column)}
    lines = max(lines_of(text, _WIDTHS[column] - _MARGIN) for column, text in told.items())
    points = _POINTS[any(columns_of(text) > len(text) for text in told.values())]
    return min(lines, LINES) * points


def _written(sheet: Any, column: Column, value: Any) -> WriteOnlyCell | None:
    if value is None or value == "":
        return None
    if column in (Column.BEFORE, Column.SPEAKER):
        return _cell(sheet, value, "cx aside")
    return _cell(sheet, value, "cx text" if isinstance(value, str) else "cx number")


def _write_codebook(made: Workbook, book: pd.DataFrame, language: str) -> None:
    from openpyxl.utils import get_column_letter

    sheet = made.create_sheet("codebook")
    given = _told(book, language)
    columns = [
        name
        for name in _ABOUT_CODES
        if name == "name" or (name in given.columns and given[name].ne("").any())
    ]
    for at, name in enumerate(columns, start=1):
        long = name in ("definition", "example", "when_not")
        sheet.column_dimensions[get_column_letter(at)].width = 50 if long else 24
    sheet.freeze_panes = "B2"
    sheet.append([_cell(sheet, _about(name, language), "cx head") for name in columns])
    for values in given[columns].itertuples(index=False):
        sheet.append([_cell(sheet, clip(value), "cx text") if value else None for value in values])


def _told(book: pd.DataFrame, language: str) -> pd.DataFrame:
    """Return the codebook in the words that it has in the language; codes are picked by their
    names, so their labels stand beside these."""
    given = book.astype(object).where(book.notna(), "").astype(str)
    names, told = CodeNames.of(given), in_language(given, language)
    shown = told[list(TEXTS)].assign(label=told["label"].where(told["label"] != given["name"], ""))
    for column in ("theme", "parent", "kind"):
        if column in given.columns:
            shown[column] = names.written(column, given[column], language)
    return shown.assign(name=given["name"])


def _about(name: str, language: str) -> str:
    """Return the heading of a column of the codebook, which nothing reads back."""
    called = _ABOUT_CODES[name]
    if language == "en":
        return called
    return words.heading(called.replace(" ", "_"), language, topic="interviews")


def _how() -> tuple[Message, ...]:
    return (
        Message("interviews.sheet_how_codes"),
        Message("interviews.sheet_how_new"),
        Message("interviews.sheet_how_read"),
        Message("interviews.sheet_how_long"),
        Message("interviews.sheet_how_free"),
        Message("interviews.sheet_how_save"),
    )
