"""The first rows of a survey -> its layout, how many are headers, and a name for each column.

No pandas here: `cx run` asks before a kernel starts.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from cxlib import check
from cxlib.errors import ParameterError, SourceError
from cxlib.shown.message import Message
from cxlib.sources import header_rows
from cxlib.sources.header_rows import LOOK, Doubt

LAYOUTS = ("auto", "plain", "qualtrics", "surveymonkey")
MOST = 3  # header rows that a survey has
# SurveyMonkey's second header where a question has no options
_OPEN = ("Response", "Open-Ended Response")
Rows = list[list[Any]]


@dataclass(frozen=True, slots=True)
class Headers:
    """The header rows of a survey, as they were understood."""

    layout: str
    rows: int  # header rows at the top of the file
    names: list[str]
    questions: list[str]


def check_header(header: int | None) -> None:
    """Refuse a number of header rows that no survey has."""
    if header is None or (header in range(1, MOST + 1) and not isinstance(header, bool)):
        return
    raise ParameterError(
        f"header={header!r} is no number of header rows; give 1, 2 or 3, or None to have them "
        "found (a file without a row of names needs one: write it first)"
    )


def find_headers(rows: Rows, layout: str, name: str, header: int | None = None) -> Headers:
    """Return the header rows of a survey: see `read_survey` for the rules.

    Raises
    ------
    SourceError
        If the layout is not the one asked for, the row of names is missing, or a row may be a
        header or an answer.
    ParameterError
        If `header` is not 1, 2, 3 or None.
    """
    check.one_of("layout", layout, LAYOUTS)
    check_header(header)
    rows = rows[: LOOK + MOST]
    ids = next(
        (i for i in (2, 1) if i < len(rows) and header_rows.has_import_ids(rows[i])),
        None,
    )
    options = len(rows) > 1 and _is_option_row(rows[0], rows[1])
    _refuse_other_layout(layout, header, ids, name, options=options)
    if ids is not None and layout in ("auto", "qualtrics"):
        return Headers("qualtrics", ids + 1, rows[0], rows[1] if ids == 2 else rows[0])
    if options and layout in ("auto", "surveymonkey") and header in (None, 2):
        return _with_options(rows)
    if header is None:
        header = 1 if layout == "plain" else _count_header_rows(rows, name)
    elif layout in ("auto", "plain"):
        _refuse_answers(rows, header, name)
    if header == 1 or len(rows) == 1:
        return Headers("plain", header, rows[0], rows[0])
    names = [
        name or (option and f"{question} - {option}")
        for name, question, option in zip(rows[0], _filled(*rows[:2]), rows[1], strict=True)
    ]
    questions = [str(text or name) for name, text in zip(names, rows[1], strict=True)]
    return Headers("plain", header, names, questions)


def _refuse_answers(rows: Rows, header: int, name: str) -> None:
    """Refuse rows that were asked to be headers and hold answers."""
    for place in range(1, min(header, len(rows))):
        answer = header_rows.answer_in(rows[0], rows[place], rows[header:])
        if answer is not None:
            raise SourceError(
                f"header={header}: row {place + 1} of {name!r} holds answers, such as {answer!r}, "
                "which come again below; leave header=None, or pass header=1"
            )


def _refuse_other_layout(
    layout: str, header: int | None, ids: int | None, name: str, *, options: bool
) -> None:
    """Refuse a layout, or a number of header rows, that the file does not have."""
    if layout == "qualtrics" and ids is None:
        raise SourceError(
            f"layout='qualtrics': neither row 3 nor row 2 of {name!r} holds import ids "
            "({\"ImportId\": ...}); export it with all header rows, or pass layout='plain' with "
            "header=1, 2 or 3, the number of its header rows"
        )
    if layout == "surveymonkey" and not options:
        raise SourceError(
            f"layout='surveymonkey': the second row of {name!r} is not a row of options (first "
            "cell empty, then "
            "'Response', 'Open-Ended Response' or options); pass layout='plain'"
        )
    if ids is not None and header not in (None, ids + 1) and layout in ("auto", "qualtrics"):
        raise SourceError(
            f"header={header}: row {ids + 1} of {name!r} holds import ids of Qualtrics, so it has "
            f"{ids + 1} header rows; leave header=None"
        )
    if layout == "surveymonkey" and header not in (None, 2):
        raise SourceError(f"header={header}: layout='surveymonkey' has 2; leave header=None")


def _with_options(rows: Rows) -> Headers:
    questions = _filled(rows[0], rows[1])
    names = [
        question if option in ("", *_OPEN) else f"{question} - {option}"
        for question, option in zip(questions, rows[1], strict=True)
    ]
    return Headers("surveymonkey", 2, names, questions)


def _count_header_rows(rows: Rows, name: str) -> int:
    if header_rows.starts_with_answers(rows):
        first = ", ".join(repr(str(cell)) for cell in rows[0][:3])
        raise SourceError(
            f"{name!r}: its first row ({first}{' …' if len(rows[0]) > 3 else ''}) reads like an "
            "answer, not like the names of columns; write a first row with a name for each column, "
            "or pass header=1 if these are the names"
        )
    for last in reversed(range(1, min(MOST, len(rows) - 1))):
        if all(_is_header(rows, place, last, name) for place in range(1, last + 1)):
            return last + 1
    return 1


def _is_header(rows: Rows, place: int, last: int, name: str) -> bool:
    try:
        return header_rows.is_header_row(rows[0], rows[place], rows[last + 1 :])
    except Doubt as doubt:
        raise SourceError(
            f"{name!r}: row {place + 1} may be a second row of headers or an answer (in column "
            f"{doubt.column!r} it holds {doubt.words!r}, unlike all cells below); pass "
            f"header={place + 1} if it is of the headers, header={place} if it is an answer"
        ) from None


def _is_option_row(first: Sequence[Any], second: Sequence[Any]) -> bool:
    filled_below = any(top == "" and below != "" for top, below in zip(first, second, strict=True))
    return (
        first[0] != ""
        and second[0] == ""
        and (filled_below or any(cell in _OPEN for cell in second))
    )


def _filled(questions: Iterable[Any], options: Iterable[Any]) -> list[str]:
    """Carry a question forward over the columns of its options."""
    filled, last = [], ""
    for question, option in zip(questions, options, strict=True):
        last = str(question) if question != "" else last if option != "" else ""
        filled.append(last)
    return filled


def collapsed(header: Any) -> str:
    """Return a header with white space collapsed and letters composed (NFC): files from macOS may
    hold 한 or が in pieces, which look the same and are not.

    >>> collapsed(" net\\n amount ")
    'net amount'
    """
    return " ".join(unicodedata.normalize("NFC", str(header)).split())


def distinct(headers: Sequence[Any]) -> tuple[list[str], list[Message]]:
    """Return a name of its own for each column, and notes about those that had none.

    >>> distinct(["why", "why", ""])[0]
    ['why', 'why (2)', 'column 3']
    """
    names: list[str] = []
    repeated: dict[str, list[str]] = {}
    unnamed = []
    taken = {collapsed(header) for header in headers}
    for position, header in enumerate(headers, start=1):
        name = collapsed(header)
        if not name:
            name = _free(f"column {position}", taken)
            unnamed.append(name)
        elif name in names:
            original, name = name, _free(name, taken)
            repeated.setdefault(original, []).append(name)
        taken.add(name)
        names.append(name)
    notes = [
        Message("sources.column_names_repeated", name=name, n=len(others) + 1, names=others)
        for name, others in repeated.items()
    ]
    if unnamed:
        notes.append(Message("sources.column_names_made", n=len(unnamed), names=unnamed))
    return names, notes


def _free(name: str, taken: set[str]) -> str:
    number, free = 2, name
    while free in taken:
        free = f"{name} ({number})"
        number += 1
    return free
