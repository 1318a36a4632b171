"""The units on which coders differ -> a sheet in which they settle it, and back."""

from __future__ import annotations

import os
import tempfile
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib import check, sources
from cxlib.errors import ColumnError, CxError, EmptyDataError, ParameterError, SourceError
from cxlib.inert import visible
from cxlib.interviews.codings import plain
from cxlib.interviews.sheet_headings import canonical, heading
from cxlib.shown.language import text
from cxlib.shown.message import Message
from cxlib.sources.headers import read_header

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

# heading of the sheet, width in letters; what has none is hidden
_COLUMNS: Mapping[str, int | None] = {
    "code": 24,
    "document": 22,
    "unit": 7,
    "speaker": 16,
    "applied by": 16,
    "not by": 16,
    "before": 36,
    "words": 60,
    "after": 36,
    "settled": 11,
    "reason": 40,
    "decided by": 16,
    "start": None,
    "end": None,
    "sha256": None,
}
_FILLED = ("settled", "reason", "decided by")
_NEEDED = ("document", "start", "end", "code", "settled")
_LONGEST = 4000  # letters of a unit that are shown; a cell holds 32,767
_YES_WORDS = (
    "yes y true 1 holds hold keep kept present ○ 〇 ◯ o ⭕ ✓ ✔ ☑ ✅ はい 有 有り "
    "あり 採用 예 네 응 맞음 있음 유지 ㅇ"
)
_NO_WORDS = (
    "no n false 0 drop dropped absent × ✕ ✗ ✘ ✖ ❌ いいえ 無 無し なし 不採用 아니오 아니요 "
    "아뇨 아님 없음 삭제 ㄴ"
)


@dataclass(frozen=True, slots=True, eq=False)
class SettlingRows:
    """A settling sheet as it is filled: its columns as text, rows numbered from 1."""

    name: str
    frame: pd.DataFrame

    def decided(self) -> pd.DataFrame:
        """Return the rows with a decision: `document, start, end, code, holds, reason, decided_by`,
        and the words and the hash that the sheet has.

        Raises
        ------
        SourceError
            If a cell is neither yes nor no, or a place is no number.
        """
        # where ○ is yes, the letter x is the cross that stands for no
        circles = bool(self.frame["settled"].map(_word).isin(_CIRCLES).any())
        rows = self.frame.assign(
            holds=[_holds(cell, self, row, circles) for row, cell in self.frame["settled"].items()]
        )
        rows = rows[rows["holds"].notna()]
        for name in ("start", "end"):
            numbers = pd.to_numeric(rows[name], errors="coerce")
            if numbers.isna().any():
                row = numbers.isna().idxmax()
                raise SourceError(
                    f"settled={self.name!r}, row {row}: {name}={rows.at[row, name]!r} is no "
                    "number; leave the hidden columns start and end as write_settling wrote them"
                )
            rows = rows.assign(**{name: numbers.astype("int64")})
        return rows.assign(holds=rows["holds"].astype(bool), decided_by=rows["decided by"])

    def refuse_changed(self, made: pd.DataFrame, documents: pd.DataFrame) -> None:
        """Refuse a decision about words that no longer stand where they stood."""
        known = documents.set_index("document")
        for row in made.to_dict("index").items():
            number, cells = row
            about = known.loc[cells["document"]]
            there = _shown(about["text"][cells["start"] : cells["end"]])
            same = bool(cells["sha256"]) and str(about["sha256"]).startswith(cells["sha256"])
            if not same and _one_line(cells["words"]) != there:
                raise SourceError(
                    f"settled={self.name!r}, row {number}: {cells['document']!r} is another text "
                    f"than when the sheet was written: {there[:60]!r} stands where "
                    f"{_one_line(cells['words'])[:60]!r} stood; put the transcript back, or write "
                    "a new sheet with write_settling"
                )


def _word(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).replace("\ufe0f", "").strip(" .。!").casefold()


_YES, _NO = (frozenset(map(_word, words.split())) for words in (_YES_WORDS, _NO_WORDS))
_CIRCLES = frozenset(map(_word, "o○〇◯⭕ㅇ"))


def _holds(cell: str, rows: SettlingRows, row: int, circles: bool) -> bool | None:
    word = _word(cell)
    if not word:
        return None
    if word in _YES or word == "1.0":
        return True
    if word in _NO or word == "0.0" or (word == "x" and circles):
        return False
    either = " (x is yes to some and no to others)" if word == "x" else ""
    raise SourceError(
        f"settled={rows.name!r}, row {row}: settled={cell!r} is neither yes nor no{either}; write "
        "yes where the code holds for the unit, no where it does not, and nothing where it is open"
    )


def read_settling(path: str | Path) -> SettlingRows:
    """Read a settling sheet (XLSX, or saved from it as CSV).

    Raises
    ------
    ColumnError, EmptyDataError, SourceError
        If it is none, or holds no row.
    """
    name = Path(path).name
    try:
        given = sources.read_list(path).frame
    except EmptyDataError as error:
        raise EmptyDataError(
            f"settled={name!r} holds no row; write it with write_settling, and fill its column "
            "settled"
        ) from error
    names = {canonical(str(column)): column for column in given.columns}
    for column in _NEEDED:
        if column not in names:
            raise ColumnError(
                f"settled={name!r} has no column {column!r}{check.did_you_mean(column, names)}; "
                "write the sheet with write_settling, and fill its column settled"
            )
    frame = pd.DataFrame(
        {
            column: [plain(value) for value in given[names[column]]] if column in names else ""
            for column in _COLUMNS
        }
    )
    frame.index = pd.RangeIndex(1, len(frame) + 1)
    return SettlingRows(name, frame)


def is_settling(path: Path) -> bool:
    """Return whether a table is a settling sheet."""
    try:
        names = {canonical(str(name)) for name in read_header(path).names}
    except CxError:
        return False
    return names.issuperset((*_NEEDED, "applied by", "not by"))


def save_settling(
    rows: pd.DataFrame, documents: pd.DataFrame, path: str | Path, *, language: str = "en"
) -> Path:
    """Write a sheet in which coders settle what they differ about; see `write_settling`.

    Parameters
    ----------
    rows : pandas.DataFrame
        Of `Disagreements`.
    documents : pandas.DataFrame
        See `Corpus`.
    path : path of an XLSX file
    language : str
        Language of its headings, its drop-down and how it is filled.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise ParameterError(
            f"path={path.name!r} is no XLSX file; give a name that ends with .xlsx, which keeps "
            "the drop-downs"
        )
    sheet = _sheet(rows, documents, language)
    if path.exists():
        before = _before(path)
        sheet = _kept(sheet, before)
        if sheet.equals(before.reset_index(drop=True)):
            return path
    _save(sheet, path, language)
    return path


def _before(path: Path) -> pd.DataFrame:
    """Return a sheet that is there, or refuse a file that is something else."""
    try:
        return read_settling(path).frame
    except CxError as error:
        raise SourceError(
            f"path={path.as_posix()!r} is there and is no settling sheet, so it is not written "
            "over; give another name"
        ) from error


def _sheet(rows: pd.DataFrame, documents: pd.DataFrame, language: str) -> pd.DataFrame:
    hashes = documents.set_index("document")["sha256"]
    told = rows["settled"].map(_answers(language)).fillna("")
    own = rows.rename(columns={"applied_by": "applied by", "not_by": "not by"}).assign(
        settled=told,
        sha256=rows["document"].map(hashes).str[:12],
        **{"decided by": rows["decided_by"]},
    )
    shown = own.reindex(columns=list(_COLUMNS)).fillna("")
    for column in ("words", "before", "after"):
        shown[column] = shown[column].map(_shown)
    return shown.astype(str).map(plain)


def _answers(language: str) -> dict[str, str]:
    """Return yes and no as they are picked."""
    return {"yes": text("common.yes", language), "no": text("common.no", language)}


def _kept(sheet: pd.DataFrame, before: pd.DataFrame) -> pd.DataFrame:
    """Return the sheet with what was filled before; what is settled and no longer differs comes
    last."""
    key = ["document", "start", "end", "code", "sha256"]
    filled = before[(before[list(_FILLED)] != "").any(axis=1)].drop_duplicates(key)
    known = filled.set_index(key)[list(_FILLED)]
    there = pd.MultiIndex.from_frame(sheet[key])
    sheet = sheet.copy()
    again = there.isin(known.index)
    sheet.loc[again, list(_FILLED)] = known.loc[there[again]].to_numpy()
    gone = filled[~pd.MultiIndex.from_frame(filled[key]).isin(there)]
    return pd.concat([sheet, gone], ignore_index=True)


def _save(sheet: pd.DataFrame, path: Path, language: str) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    page = book.active
    page.title = "settling"
    page.append([heading(name, language) for name in _COLUMNS])
    for number, row in enumerate(sheet.to_numpy(), start=2):
        for place, value in enumerate(row, start=1):
            _text_cell(page, number, place, value)
    _arrange(page, len(sheet), language)
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, beside = tempfile.mkstemp(suffix=".xlsx", dir=path.parent, prefix=".")
    os.close(handle)
    try:
        book.save(beside)
        os.replace(beside, path)
    finally:
        Path(beside).unlink(missing_ok=True)


def _text_cell(page: Worksheet, row: int, column: int, value: str) -> None:
    """Write a cell that is text, whatever it begins with."""
    from openpyxl.styles import Alignment

    cell: Any = page.cell(row, column)
    if (
        value.isascii()
        and value.isdigit()
        and list(_COLUMNS)[column - 1] in ("unit", "start", "end")
    ):
        cell.value = int(value)
    elif value:
        cell.value = visible(value)
        cell.data_type, cell.quotePrefix = "s", True
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _arrange(page: Any, rows: int, language: str) -> None:
    """Set widths, hide places, freeze the headings, give the drop-down and say what is written."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    for place, (name, width) in enumerate(_COLUMNS.items(), start=1):
        column = page.column_dimensions[get_column_letter(place)]
        column.hidden, column.width = width is None, width or 8
        page.cell(1, place).font = Font(bold=True)
        if name == "settled":
            page.cell(1, place).comment = _how_to_fill(language)
        if name == "settled" and rows:
            listed = ",".join(_answers(language).values())
            choice = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
            choice.showErrorMessage = False  # those of other languages may be typed
            choice.add(f"{column.index}2:{column.index}{rows + 1}")
            page.add_data_validation(choice)
    page.freeze_panes = "B2"
    page.auto_filter.ref = page.dimensions
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr.fitToPage = True


def _how_to_fill(language: str) -> Any:
    from openpyxl.comments import Comment

    note = Comment(Message("interviews.settling_how").text(language), "cxlib")
    note.width, note.height = 380, 170  # pixels
    return note


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _shown(words: str) -> str:
    """Return words as a cell shows them: on one line, a very long one cut."""
    line = _one_line(visible(words))
    return line if len(line) <= _LONGEST else line[:_LONGEST] + "…"
