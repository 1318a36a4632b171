"""Results -> an Excel workbook: words and notes on the first sheet, figures on those behind it."""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.inert import visible
from cxlib.shown import language as words
from cxlib.shown.message import Message, said
from cxlib.shown.saving import whole
from cxlib.shown.table import Format, Table
from cxlib.shown.text import Text

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_ROWS, _LETTERS, _NAME = 1_048_576, 32_767, 31  # what Excel holds in a sheet, a cell and a name
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\']")
_WIDE, _NARROW, _SENTENCE = 40, 9, 100  # columns of text
_LARGEST = 9.99999999999999e307  # that a cell holds as a number
_MINUS = "\u2212"
_DAYS = {
    "date": "yyyy-mm-dd",
    "month": "yyyy-mm",
    "year": "yyyy",
    "quarter": "yyyy-mm",
    "moment": "yyyy-mm-dd hh:mm",
}


class Sheeted(Protocol):
    """What a workbook asks of a `Result`, which can save itself and so stands above it."""

    @property
    def frame(self) -> pd.DataFrame:
        """The figures."""

    @property
    def warnings(self) -> tuple[Message, ...]:
        """The notes."""

    def caption(self) -> Message | str:
        """Return what the frame shows."""

    def summary(self, language: str = "en") -> str:
        """Return it in words."""

    def table(self, *, language: str = "en") -> Table | Text:
        """Return the frame as a reader sees it; of what is absent, a line."""


@check.arguments
def to_excel(path: str | os.PathLike[str], *results: Sheeted, language: str = "en") -> Path:
    """Save results as one workbook; a file that is there is replaced, whole or not at all.

    The first sheet has the summary of each result and its notes; then each has a sheet with its
    frame: headings in words, values to 16 digits with the formats of its table, intervals beside
    their estimates. Text that looks like a formula stays text.

    Parameters
    ----------
    path : path
        Ends in `.xlsx`.
    *results : Result
        One sheet each; of an `Absent` only the words.
    language : str
        Language of words, headings and formats.

    Returns
    -------
    Path
        Where it lies.

    Raises
    ------
    ParameterError
        If the suffix is another one, the folder is not there, there is no result, or a frame has
        more rows than a sheet holds.
    """
    import openpyxl

    path = Path(path)
    words.locale_of(language)
    _refuse(path, results)
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    first.title = _name(words.text("common.words", language), [])
    _say(first, results, language)
    for result in results:
        if len(result.frame.columns) and len(result.frame):
            caption = said(result.caption(), language) or type(result).__name__
            sheet = book.create_sheet(_name(caption, book.sheetnames))
            _fill(sheet, result, language)
    with whole(path) as part:
        book.save(part)
    return path


def _refuse(path: Path, results: Sequence[Sheeted]) -> None:
    if path.suffix.lower() != ".xlsx":
        raise ParameterError(
            f"path={str(path)!r}: a workbook is saved as .xlsx, and the suffix is {path.suffix!r}; "
            f"name it {path.stem}.xlsx"
        )
    if not results:
        raise ParameterError("to_excel was given no result; write to_excel(path, result)")
    for result in results:
        if len(result.frame) >= _ROWS:
            raise ParameterError(
                f"a result has {len(result.frame)} rows, and a sheet of Excel holds {_ROWS - 1} "
                "below its headings; save result.frame with .to_csv() or .to_parquet()"
            )


def _name(wanted: str, taken: Sequence[str]) -> str:
    """Return the name of a sheet as Excel allows it, another than those that are taken."""
    plain = _NOT_IN_NAMES.sub(" ", visible(wanted)).strip()[:_NAME] or "cxlib"
    used, name, number = {each.casefold() for each in taken}, plain, 1
    while name.casefold() in used:
        number += 1
        name = f"{plain[: _NAME - 4]} {number}"
    return name


def _say(sheet: Worksheet, results: Sequence[Sheeted], language: str) -> None:
    from openpyxl.styles import Alignment, Font

    row = 0
    for result in results:
        row += 1
        heading = said(result.caption(), language) or type(result).__name__
        _text(sheet.cell(row, 1), heading).font = Font(bold=True)
        notes = [said(note, language) for note in dict.fromkeys(result.warnings)]
        for sentence in filter(None, [_summary(result, language), *_headed(notes, language)]):
            row += 1
            _text(sheet.cell(row, 1), sentence).alignment = Alignment(
                wrap_text=True, vertical="top"
            )
        row += 1
    sheet.column_dimensions["A"].width = _SENTENCE


def _headed(notes: Sequence[str], language: str) -> list[str]:
    return [words.text("common.notes", language), *notes] if notes else []


def _summary(result: Sheeted, language: str) -> str:
    try:
        return result.summary(language)
    except TypeError:  # a result without a sentence of its own
        return ""


def _fill(sheet: Worksheet, result: Sheeted, language: str) -> None:
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    table = result.table(language=language)
    if not isinstance(table, Table):
        return
    shown = table.written()
    for place, name in enumerate(table.frame.columns):
        letter, values = get_column_letter(place + 1), table.frame.iloc[:, place]
        heading = _text(sheet.cell(1, place + 1), str(shown.columns[place]))
        heading.font, heading.alignment = Font(bold=True), Alignment(wrap_text=True, vertical="top")
        written = shown.iloc[:, place]
        how = "" if name in table.cells else table.columns.get(str(name), "")
        in_words = name in table.cells or not isinstance(how, str)
        for row, (value, word) in enumerate(zip(values, written, strict=True), start=2):
            _put(sheet.cell(row, place + 1), value, word, how, in_words, language)
        longest = max([len(str(heading.value)), *map(len, written.iloc[:1000])])
        sheet.column_dimensions[letter].width = min(max(longest + 2, _NARROW), _WIDE)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = sheet.dimensions


def _put(cell: Cell, value: Any, word: str, how: Format, in_words: bool, language: str) -> None:
    """Write a value exactly, in its column's format; what a cell cannot hold in words."""
    if not isinstance(value, list | tuple) and pd.isna(value):
        return
    number = value.item() if hasattr(value, "item") else value
    if in_words or isinstance(number, bool | str):
        _text(cell, word)
    elif isinstance(number, int | float) and abs(number) <= _LARGEST:
        cell.value = number
        cell.number_format = _format(str(how), number, language)
    elif isinstance(value, dt.date) and value.year >= 1900:
        moment = value.replace(tzinfo=None) if isinstance(value, dt.datetime) else value
        cell.value = moment.to_pydatetime() if isinstance(moment, pd.Timestamp) else moment
        cell.number_format = _DAYS.get(str(how), "yyyy-mm-dd")
    else:
        _text(cell, word)


def _text(cell: Cell, sentence: str) -> Cell:
    """Write text that is no formula, also after somebody has edited it."""
    if not sentence:
        return cell
    cell.value = visible(sentence)[:_LETTERS]
    cell.data_type = "s"
    cell.quotePrefix = sentence[:1] in "=+-@"
    return cell


def _format(how: str, value: float, language: str) -> str:
    """Return the number format in which Excel writes a figure as a table does.

    >>> _format("points", -3.25, "en"), _format("percent0", 0.5, "en"), _format("", 3, "en")
    ('0.0;−0.0', '0 %;−0 %', 'General')
    """
    kind, digits = how.rstrip("0123456789"), how[len(how.rstrip("0123456789")) :]
    places = int(digits) if digits else 1
    decimals = f"0.{'0' * places}" if places else "0"
    if kind in ("percent", "level"):
        whole_number = kind == "level" and float(100 * value).is_integer()
        decimals = "0" if whole_number else decimals
        decimals = words.text("common.percent", language, number=decimals)
    if kind == "change":
        return f"+{decimals};{_MINUS}{decimals};{decimals}"
    if kind in ("pvalue", "p"):
        return '[<0.001]"< 0.001";0.000'
    if kind == "integer":
        return f"#,##0;{_MINUS}#,##0"
    if kind == "decimal":
        return f"#,##{decimals};{_MINUS}#,##{decimals}"
    if kind in ("points", "percent", "level"):
        return f"{decimals};{_MINUS}{decimals}"
    return "General" if isinstance(value, int) or kind else "0.000"
