"""What a file begins with -> what kind it is, whatever its suffix says, and how to go on."""

from __future__ import annotations

from pathlib import Path

from cxlib.errors import SourceError

TEXTS = (".csv", ".tsv", ".tab", ".txt")
RECORDS = (".jsonl", ".ndjson", ".json")
STATISTICS = (".sav", ".zsav", ".dta")
SUFFIXES = (*TEXTS, ".xlsx", ".parquet", *RECORDS, *STATISTICS)

_EXCEL = "open it in Excel or LibreOffice and save the sheet as .xlsx, or as CSV in UTF-8"
_UNPACK = "unpack it and give the table inside"
# kinds that are met and not read: what each is, and how to go on
_OTHERS = {
    ".xls": ("an old Excel workbook", _EXCEL),
    ".xlsm": ("an Excel workbook with macros", _EXCEL),
    ".xlsb": ("a binary Excel workbook", _EXCEL),
    ".ods": ("an OpenDocument spreadsheet", _EXCEL),
    ".numbers": ("a Numbers spreadsheet", "choose File > Export To > Excel, or CSV, in Numbers"),
    ".gsheet": (
        "a link to a Google sheet",
        "choose File > Download > Microsoft Excel (.xlsx) in Google Sheets",
    ),
    ".zip": ("a zip archive", _UNPACK),
    ".gz": ("a gzip archive", _UNPACK),
    ".7z": ("a 7-Zip archive", _UNPACK),
    ".rar": ("a RAR archive", _UNPACK),
    ".pdf": ("a PDF, which holds no cells", "export the table itself as CSV or .xlsx"),
    ".doc": ("an old Word document", "export the table itself as CSV or .xlsx"),
    ".docx": ("a Word document", "copy its table into a spreadsheet and save that as .xlsx"),
    ".html": ("a web page", "export the table itself as CSV or .xlsx"),
    ".htm": ("a web page", "export the table itself as CSV or .xlsx"),
    ".xml": ("XML", "export the table as CSV or .xlsx"),
    ".por": ("an SPSS portable file", "save it as .sav in SPSS or PSPP"),
    ".sas7bdat": ("a SAS file", "save it as CSV in UTF-8, as .sav or as .dta"),
    ".rds": ("an R file", "write the table with arrow::write_parquet() or write.csv() in R"),
    ".rdata": ("an R file", "write the table with arrow::write_parquet() or write.csv() in R"),
    ".feather": ("a Feather file", "write it as Parquet"),
}
# What a file begins with: its kind, and the suffix under which it is read here.
_STARTS = (
    (b"PAR1", "a Parquet file", ".parquet"),
    (b"$FL2", "an SPSS file", ".sav"),
    (b"$FL3", "a compressed SPSS file", ".zsav"),
    (b"<stata_dta>", "a Stata file", ".dta"),
    (b"%PDF", "a PDF", ""),
    (b"\xd0\xcf\x11\xe0", "an old Office file or one with a password", ""),
    (b"\x1f\x8b", "a gzip archive", ""),
    (b"\x89PNG", "a picture", ""),
    (b"\xff\xd8\xff", "a picture", ""),
    (b"GIF8", "a picture", ""),
    (b"7z\xbc\xaf", "a 7-Zip archive", ""),
    (b"Rar!", "a RAR archive", ""),
    (b"SQLite format 3", "an SQLite database", ""),
    (b"ARROW1", "a Feather file", ""),
    (b"{\\rtf", "a Rich Text document", ""),
)
# Zip archives name their first members soon; each kind by a name that it alone has.
_MEMBERS = (
    (b"xl/", "an Excel workbook", ".xlsx"),
    (b"word/", "a Word document", ".docx"),
    (b"ppt/", "a PowerPoint file", ""),
    (b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "an OpenDocument spreadsheet", ""),
    (b"mimetypeapplication/vnd.oasis", "an OpenDocument file", ""),
    (b"Index/Document.iwa", "a Numbers, Pages or Keynote file", ""),
)
START = 1 << 12  # bytes that tell the kind


def refuse_suffix(path: Path) -> None:
    """Refuse a file that its suffix says is no table, and say how it becomes one."""
    suffix = path.suffix.lower()
    if suffix in SUFFIXES:
        return
    if suffix in _OTHERS:
        what, how = _OTHERS[suffix]
        raise SourceError(f"path={path.as_posix()!r} is {what}, which is not read here; {how}")
    raise SourceError(
        f"path={path.as_posix()!r}: {suffix or 'no suffix'!r} is not read here; export the "
        f"table as one of {', '.join(SUFFIXES)}"
    )


def recognise(start: bytes) -> tuple[str, str]:
    """Return what kind of file the bytes begin, in words, and the suffix under which it is read.

    Both are empty where the bytes could be text, the suffix alone where no reader takes the kind.
    """
    if start.startswith(b"PK\x03\x04"):
        for mark, kind, suffix in _MEMBERS:
            if mark in start[:START]:
                return kind, suffix
        return "an Office file or another zip archive", ""
    return next(
        ((kind, suffix) for mark, kind, suffix in _STARTS if start.startswith(mark)), ("", "")
    )


def refuse_other_kind(start: bytes, *, name: str, suffix: str) -> None:
    """Refuse a file that begins as another kind than its suffix says, and name the right suffix."""
    kind, right = recognise(start)
    same = {".zsav": ".sav"}
    if not kind or same.get(right, right) == same.get(suffix, suffix):
        return
    if suffix in (".xlsx", ".docx") and not right and start.startswith(b"PK"):
        return  # a zip archive whose members come in another order: its reader says
    how = (
        f"give it the suffix {right}"
        if right in SUFFIXES
        else "give it its own suffix or export it again as CSV in UTF-8"
    )
    raise SourceError(f"{name!r} is not what its suffix {suffix} says but {kind}; {how}")
