"""Columns of sheets that people fill -> their headings in a language, and back from any."""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping

from cxlib import texts
from cxlib.shown import language as words
from cxlib.shown.message import Message

_TOPIC = "interviews"
# what a sheet asks for; the other columns are called as in tables
_ASKED: Mapping[str, Message] = {
    "asked before": Message("interviews.sheet_heading_before"),
    "code 2": Message("interviews.sheet_heading_code", n=2),
    "code 3": Message("interviews.sheet_heading_code", n=3),
    "more codes": Message("interviews.sheet_heading_more"),
    "memo": Message("interviews.view_memo"),
    "read": Message("interviews.sheet_heading_read"),
}
_IN_TABLES = (
    *("document", "unit", "speaker", "words", "code", "applied by", "not by", "before", "after"),
    *("settled", "reason", "decided by"),
)


def heading(column: str, language: str) -> str:
    """Return the heading of a column: its name; in another language than English a word with the
    name behind it, by which instructions and refusals call it. Hidden columns have their name.

    >>> heading("code 2", "en"), heading("code 2", "ja"), heading("start", "ja")
    ('code 2', 'コード2（code 2）', 'start')
    """
    if language == "en" or column not in (*_ASKED, *_IN_TABLES):
        return column
    word = _word(column, language)
    return words.text("interviews.sheet_heading", language, word=word, column=str(column))


def _word(column: str, language: str) -> str:
    if column in _ASKED:
        return _ASKED[column].text(language)
    return words.heading(column.replace(" ", "_"), language, topic=_TOPIC)


def canonical(name: str) -> str:
    """Return the column that a heading names, in whatever language the sheet was written; any other
    heading without capital letters, width and white space at its ends.

    >>> canonical("決定（settled）"), canonical("결정한 사람"), canonical(" Decided_by ")
    ('settled', 'decided by', 'decided by')
    """
    folded = _fold(name)
    return _columns().get(folded, folded)


@functools.cache
def _columns() -> Mapping[str, str]:
    """Return the column of each folded heading; one that two columns share is left out."""
    found: dict[str, set[str]] = {}
    for column in (*_ASKED, *_IN_TABLES):
        for language in texts.languages():
            alone = [] if language == "en" else [_word(column, language)]
            for each in (heading(column, language), *alone):
                found.setdefault(_fold(each), set()).add(column)
    return {name: next(iter(columns)) for name, columns in found.items() if len(columns) == 1}


def is_for_codes(name: str) -> bool:
    """Return whether a heading is that of a further column for codes, which a coder added.

    >>> [is_for_codes(name) for name in ("Code 4", "コード４", "코드 4", "code", "theme 4")]
    [True, True, True, False, False]
    """
    return _further().fullmatch(_fold(name)) is not None


@functools.cache
def _further() -> re.Pattern[str]:
    called = {_fold(words.heading("code", each, topic=_TOPIC)) for each in texts.languages()}
    return re.compile(
        rf"(?:code|{'|'.join(map(re.escape, sorted(called)))}) ?\d+(?: ?\(code \d+\))?"
    )


def _fold(name: str) -> str:
    text = unicodedata.normalize("NFKC", name).casefold().replace("_", " ")
    return " ".join(text.split())
