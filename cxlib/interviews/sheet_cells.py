"""Words of a transcript <-> cells of a spreadsheet: pieces that a row can show, text that does not
act."""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum

from cxlib.inert import visible

MARK = "cx:"  # of the names in the hidden first row, which move with their columns
FORMAT = "cxlib sheet"
VERSION = 1
MOST_ROWS = 1_048_576  # of a sheet in Excel, LibreOffice and XLSX
WIDTH = 60  # columns of text in a line of words
LINES = 24  # that a row shows: Excel's rows have at most 409 points, and a line of kanji 17
_MOST = 32_000  # UTF-16 units; Excel holds 32,767 in a cell, openpyxl cuts there in silence
_ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")  # ECMA-376, 22.9.2.19: how XLSX writes a character
_SENTENCE_END = re.compile("[.!?。！？…]+[\"'”’」』）)]*\\s*|\n")
_GLUE = "\u200c\u200d"


class Column(StrEnum):
    """What a column of the sheet is; the value is its heading, and its name behind `cx:`."""

    DOCUMENT = "document"
    UNIT = "unit"
    SPEAKER = "speaker"
    BEFORE = "asked before"
    WORDS = "words"
    CODE = "code"
    CODE_2 = "code 2"
    CODE_3 = "code 3"
    MORE = "more codes"
    MEMO = "memo"
    READ = "read"
    START = "start"
    END = "end"
    FROM = "from"
    TO = "to"
    CODER = "coder"


LISTED = (Column.CODE, Column.CODE_2, Column.CODE_3)
CODES = (*LISTED, Column.MORE)
FILLED = (*CODES, Column.MEMO, Column.READ)  # by the coder
HIDDEN = (Column.START, Column.END, Column.FROM, Column.TO, Column.CODER)


def shown(text: str) -> str:
    r"""Return words as a cell holds them: what XML cannot hold or what hides is written out, line
    ends are line feeds, and what XLSX would take for a character's number stays.

    >>> shown("a\x07b\r\nc _x0041_")
    'a␇b\nc _x005F_x0041_'
    """
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return _ESCAPE.sub(lambda found: f"_x005F{found[0]}", visible(lines, keep="\n\t"))


def clip(text: str) -> str:
    """Return a name or definition as a cell holds it, cut with "…" where no cell could."""
    words = shown(text)
    if len(words.encode("utf-16-le")) // 2 <= _MOST:
        return words
    return words.encode("utf-16-le")[: 2 * _MOST].decode("utf-16-le", "ignore") + "…"


def typed(text: str) -> str:
    """Return what somebody typed into a cell, without what XLSX wrote for it."""
    return re.sub("_x005[Ff]_", "_", text).strip()


def trace(text: str) -> str:
    """Return what two spellings of the same words share, whatever an application did to white space
    and escapes."""
    for _ in range(2):
        text = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)
    return unicodedata.normalize("NFC", "".join(text.split()))


def columns_of(text: str) -> int:
    """Return how wide a text is, kana, kanji and hangul counted as two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


def lines_of(text: str, width: int) -> int:
    """Return how many lines a cell of this width needs for a text.

    >>> lines_of("twelve chars\\n配送", 10)
    3
    """
    return sum(max(1, -(-columns_of(line) // width)) for line in text.split("\n"))


def pieces(text: str) -> list[tuple[int, int]]:
    """Return the parts of a text that a row of the sheet shows whole: half-open code points, in
    order, without a gap.

    A part ends behind a sentence, else behind a word, else within it, but never within a letter
    with its marks.

    >>> [end - start for start, end in pieces("12345678. " * 400)]
    [1440, 1440, 1120]
    """
    found, start = [], 0
    while start < len(text):
        end = _cut(text, start, _reach(text, start))
        found.append((start, end))
        start = end
    return found


def _reach(text: str, start: int) -> int:
    """Return where the lines of a row are full."""
    lines, width = 1, 0
    for at in range(start, len(text)):
        wide = 2 if unicodedata.east_asian_width(text[at]) in "WF" else 1
        width += wide
        if text[at] == "\n" or width > WIDTH:
            lines, width = lines + 1, 0 if text[at] == "\n" else wide
        if lines > LINES:
            return max(at, start + 1)
    return len(text)


def _cut(text: str, start: int, most: int) -> int:
    if most == len(text):
        return most
    late = start + (most - start) // 2
    ends = [found.end() for found in _SENTENCE_END.finditer(text, late, most)]
    spaces = [at + 1 for at in range(late, most) if text[at].isspace()]
    cut = (ends or spaces or [most])[-1]
    while cut > late and _is_within_letter(text, cut):
        cut -= 1
    return most if cut == late else cut


def _is_within_letter(text: str, at: int) -> bool:
    mark, before = text[at], text[at - 1]
    joined = unicodedata.combining(mark) or unicodedata.category(mark) in ("Mn", "Me", "Mc")
    modifier = "\U0001f3fb" <= mark <= "\U0001f3ff"
    return bool(joined or modifier or mark in _GLUE or before in _GLUE or (before + mark == "\r\n"))
