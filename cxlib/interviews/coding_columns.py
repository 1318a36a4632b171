"""A table of codings as people and other tools head it -> our columns, the coder after the file's
name where no column has one."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath

import pandas as pd

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError
from cxlib.interviews.quote_places import Places
from cxlib.shown.message import Message

# how the words of a span are headed
_QUOTES = (
    *("quote", "quotes", "quotation", "quotations", "quoted text", "quotation content"),
    *("coded text", "coded segment", "segment", "selected text", "seltext", "highlight"),
    *("引用", "引用文", "引用箇所", "発言", "인용", "인용문", "인용구", "발화"),
)
# the same, or anything else: taken only where the texts have them
_PERHAPS = ("text", "words", "content", "excerpt", "本文", "テキスト", "문장", "텍스트", "내용")
_TRIED = 50  # cells of such a column
_LETTER = r"[^\W\d_]"
# Taguette writes a row a tag (`export.highlights_csv` and `highlights_xslx` of taguette/export.py)
_TAGUETTE = {"document": "document", "tag": "code", "content": "quote"}
# QualCoder's report of codings (`export_csv_file` of qualcoder/report_codes.py); a row a coding
_QUALCODER = {"coder": "coder", "coded": "quote", "codename": "code", "coded_memo": "memo"}
_OTHERS = ("code", "coded_at", "memo", "gloss", "quote")  # near to "coder", and ours
_FILES = ("file/case", "file", "case")
# names of files that say nothing of a person
_NO_NAMES = re.compile(
    r"(all|tags?|code[sd]?|codings?|coder|codings?|highlights?|export(ed)?|report|quotes?|data|table|"
    r"sheet|final|copy|new|taguette|qualcoder|project|interviews?|コーディング|コード|코딩|코드|v?\d+)"
)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Columns:
    """Codings under our names: `frame`, whose index numbers its rows from 1, and what was taken for
    what."""

    frame: pd.DataFrame
    notes: tuple[Message, ...] = ()


def our_columns(rows: pd.DataFrame, *, documents: pd.DataFrame, source: str) -> Columns:
    """Return a table of codings with our columns: `document, start, end, code, coder`, and `quote`
    where there is one.

    Parameters
    ----------
    rows : pandas.DataFrame
        Our columns with words of the span under any usual heading, Taguette's highlights or
        QualCoder's report of codings.
    documents : pandas.DataFrame
        `document, text`.
    source : str
        The file's name.

    Raises
    ------
    ColumnError
        If a column is not there and no other is taken for it.
    EmptyDataError
        If there are no rows, or none with a code.
    """
    frame = rows.set_axis(pd.RangeIndex(1, len(rows) + 1))
    known = {_key(name): name for name in reversed(list(frame.columns))}
    notes: list[Message] = []
    if not {"start", "end", "code"} & set(frame.columns):
        frame, notes = _of_tool(frame, known, source)
    if "quote" not in frame.columns:
        given = _quotes(frame, documents)
        if given is not None:
            frame = frame.rename(columns={given: "quote"})
            notes.append(Message("interviews.quotes_taken", column=given, file=source))
    if "quote" in frame.columns and not {"start", "end"} & set(frame.columns):
        frame = frame.assign(start=None, end=None)
    if "coder" not in frame.columns and {"document", "start", "end", "code"} <= set(frame.columns):
        frame, notes = _of_file(frame, notes, source)
    return Columns(frame=frame, notes=tuple(notes))


def _key(name: object) -> str:
    return unicodedata.normalize("NFKC", str(name)).strip().casefold()


def _of_tool(
    frame: pd.DataFrame, known: Mapping[str, str], source: str
) -> tuple[pd.DataFrame, list[Message]]:
    """Rename the columns of Taguette's highlights or QualCoder's report, and leave out rows that
    are no codings of a text."""
    if _TAGUETTE.keys() <= known.keys() and "id" in known:
        frame = frame.rename(columns={known[name]: ours for name, ours in _TAGUETTE.items()})
        kept = frame["code"].notna() & (frame["code"].astype(str).str.strip() != "")
        notes = [Message("interviews.read_taguette", file=source, n=int(kept.sum()))]
        if not kept.all():
            notes.append(Message("interviews.untagged", file=source, n=int((~kept).sum())))
    elif _QUALCODER.keys() <= known.keys() and (file := _first(_FILES, known)):
        ours = {known[name]: name_here for name, name_here in _QUALCODER.items()}
        frame = frame.rename(columns=ours | {file: "document"})
        ids = frame[known["id"]].astype(str) if "id" in known else pd.Series("", frame.index)
        kept = ~ids.str.startswith(("imid:", "avid:"))
        notes = [Message("interviews.read_qualcoder", file=source, n=int(kept.sum()))]
        if not kept.all():
            notes.append(Message("interviews.no_texts", file=source, n=int((~kept).sum())))
    else:
        return frame, []
    if not kept.any():
        raise EmptyDataError(
            f"codings={source!r}: none of its {len(frame)} row(s) has a code on a text; code "
            "first, then export it again"
        )
    return frame[kept], notes


def _first(names: Iterable[str], known: Mapping[str, str]) -> str | None:
    return next((known[name] for name in names if name in known), None)


def _quotes(frame: pd.DataFrame, documents: pd.DataFrame) -> str | None:
    """Return the column that has the words of the spans."""
    known = {_key(name).replace("_", " "): name for name in reversed(list(frame.columns))}
    sure = _first(_QUOTES, known)
    if sure is not None or "document" not in frame.columns:
        return sure
    for name in _PERHAPS:
        if name in known and _are_said(frame, known[name], documents):
            return known[name]
    return None


def _are_said(frame: pd.DataFrame, name: str, documents: pd.DataFrame) -> bool:
    """Return whether most of a column's first cells stand in their documents, or, where these are
    named otherwise, in any."""
    texts = {plain: Places(text) for plain, text in documents[["document", "text"]].to_numpy()}
    cells = frame[["document", name]].dropna().astype(str)
    cells = cells[cells[name].str.strip() != ""].iloc[:_TRIED]
    if 2 * int(cells[name].str.contains(_LETTER).sum()) <= len(cells):
        return False  # a count of words, which may stand in any text
    there = sum(
        any(text.find(cell) for text in ([texts[at]] if at in texts else texts.values()))
        for at, cell in cells.to_numpy()
    )
    return 2 * there > len(cells)


def _of_file(
    frame: pd.DataFrame, notes: list[Message], source: str
) -> tuple[pd.DataFrame, list[Message]]:
    """Take the coder after the file's name, where no column may hold her."""
    alike = check.nearest("coder", [name for name in frame.columns if name not in _OTHERS])
    parts = re.split(r"[\s_\-.()]+", PurePath(source).stem)
    own = [part for part in parts if part and not _NO_NAMES.fullmatch(part.casefold())]
    if alike or not own:
        raise ColumnError(
            f"codings={source!r} has no column 'coder'"
            f"{f'; did you mean {alike[0]!r}?' if alike else ''} (needed: document, start, end, "
            "code, coder); add one, or give each coder's rows a file with the coder's name, such "
            "as 'kim.csv'"
        )
    coder = " ".join(own)
    note = Message("interviews.coder_of_file", file=source, coder=coder)
    return frame.assign(coder=coder), [*notes, note]
