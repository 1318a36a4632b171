"""The first rows of a table -> which of them hold no answer but names, questions or import ids.

What a row is, its cells say beside those below: see `is_header_row`. No pandas here, since `cx run`
asks before a kernel starts.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import Enum, auto
from typing import Any

LOOK = 50  # rows that are looked at; the same for the header reader and the survey's
_LEAST, _MOSTLY = 2, 0.8  # cells that make a column one of values, and the share that must be
IMPORT_ID = re.compile(r"""[\s"'\\]*\{[\s"'\\]*import_?id[\s"'\\]*:""", re.I)
_VALUE = re.compile(r"[(\[]?[-+−–]?\s*[¥$€£₩#]?\s*\d")
# "1 - Not at all likely", "0: never", "9/10" are answers; "9. How likely" and "Q9" are questions
_LABELLED = re.compile(r"\d+(?:[.,]\d+)?\s*[-–—:=(/%]")
# "Not at all likely - 0", "最高 (10)": a label before its only number; "(0-10)" is a range
_LABEL_FIRST = re.compile(
    r"[^\d?？]*[^\W\d][^\d?？]*\s[-–—:=(]\s?\d{1,3}\s*\)?|[^\d?？]+\(\d{1,3}\)"
)
_DAY = re.compile(r"(?:[^\W\d]{2,9}\.?,?\s+){1,2}\d{1,2}\b")  # Jan 2, 2026; Mon Jan 2
_YEAR = re.compile(r"(?:明治|大正|昭和|平成|令和|西暦)\s*[\d元]")
# how questions are numbered, and what survey tools write under them
_NUMBERED = re.compile(
    r"(?:q|v|f|問|設問|質問|문|문항|질문|frage|pregunta)\s*[-_.]?\s*\d+\b|\d{1,3}[.)．]\s*\D{4}"
)
_KIND_OF_QUESTION = re.compile(
    r"(?:単一|複数|単数|自由|数値|記述|マトリクス)\s*(?:回答|選択|記述)"
    r"|\b(?:sa|ma|fa|oa|na)\b(?=[)\]】])"
    r"|^(?:sa|ma|fa|oa|num)$|단일\s*(?:선택|응답)|복수\s*(?:선택|응답)|주관식|객관식"
    r"|(?:select|choose|mark|check)\s+(?:one|all|up)|open[- ]ended|multiple choice|single choice"
)
_ASKS = re.compile(
    r"[?？¿]|(?:ですか|ますか|ください|下さい|까요|니까|습니까|세요|십시오|시오)[。.\s]*(?:\(|（|$)"
)
NO_ANSWERS = re.compile(
    r"n/?a|n\.a\.|none|null|nil|no answer|not applicable|(?:i )?(?:don'?t|do not) know|dk|unsure"
    r"|not sure"
    r"|.*(?:prefer|rather|wish|want) not\b.*|no comment|refused|unknown|other|無回答|未回答"
    r"|わからない|分からない|なし"
    r"|特になし|該当なし|その他"
    r"|모름|무응답|없음|해당\s?없음|기타|keine angabe|k\.?a\.?|weiß nicht|nsp|ne sait pas|ns/?nc"
    r"|no sabe"
)


class Cell(Enum):
    """What a cell looks like."""

    EMPTY = auto()
    VALUE = auto()  # a number, a date, a number with its label or unit
    CODE = auto()  # one word with a digit: an id
    WORDS = auto()


def kind(cell: Any) -> Cell:
    """Return what a cell looks like.

    >>> [kind(cell).name for cell in ("10 - likely", "2026年7月1日", "R_1x", "9. How likely?", "")]
    ['VALUE', 'VALUE', 'CODE', 'WORDS', 'EMPTY']
    """
    if not isinstance(cell, str):
        return Cell.EMPTY if cell is None else Cell.VALUE
    text = plain(cell)
    if not text:
        return Cell.EMPTY
    letters, digits = sum(map(str.isalpha, text)), sum(map(str.isdigit, text))
    if _VALUE.match(text) and (letters <= max(4, 2 * digits) or _LABELLED.match(text)):
        return Cell.VALUE
    if _LABEL_FIRST.fullmatch(text) or _DAY.match(text) or _YEAR.match(text):
        return Cell.VALUE
    if digits and not re.search(r"\s", text):
        return Cell.CODE
    return Cell.WORDS if letters else Cell.EMPTY


def plain(cell: Any) -> str:
    """Return a cell's text with width, case and white space made one."""
    return " ".join(unicodedata.normalize("NFKC", str(cell)).casefold().split())


def vocabulary(text: str) -> frozenset[str]:
    """Return words, written in a row."""
    return frozenset(text.split())


def asks(cell: Any) -> bool:
    """Return whether a cell reads like a question, or like what survey tools write under one."""
    text = plain(cell)
    found = (_ASKS.search(text), _NUMBERED.match(text), _KIND_OF_QUESTION.search(text))
    return kind(cell) is not Cell.VALUE and any(found)


def has_import_ids(row: Sequence[Any]) -> bool:
    """Return whether a row holds the import ids of Qualtrics, however they are quoted."""
    given = [str(cell) for cell in row if cell not in (None, "")]
    return bool(given) and 2 * sum(bool(IMPORT_ID.match(cell)) for cell in given) >= len(given)


def header_among(cells: Iterable[Any]) -> str | None:
    """Return a cell of a column of answers that stood above them in the file of a survey tool: an
    import id, or a question with its number. None where there is none.

    It asks for no place among the others, since the rows of a table have none.

    >>> header_among(["10", "9. How likely are you to recommend us?", "9. Very likely"])
    '9. How likely are you to recommend us?'
    """
    for cell in cells:
        if isinstance(cell, str) and (IMPORT_ID.match(cell) or _is_numbered_question(cell)):
            return cell
    return None


def _is_numbered_question(cell: str) -> bool:
    text = plain(cell)
    return bool(_NUMBERED.match(text) and _ASKS.search(text)) and _is_long(cell)


class Doubt(Exception):
    """A row may be a header row, or the first answer.

    Attributes
    ----------
    column : str
        Where it holds words over numbers.
    words : str
        These words.
    """

    def __init__(self, column: str, words: str) -> None:
        super().__init__(column, words)
        self.column, self.words = column, words


def is_header_row(names: Sequence[Any], row: Sequence[Any], below: Sequence[Sequence[Any]]) -> bool:
    """Return whether a row under the names holds no answer.

    A column *of values* is one in which at least two (of a single answer, one), and four of five,
    of the cells below are numbers or dates; one *of ids* has words with digits alone. The row is
    one of headers if it repeats two of the names or more (that are not what is ticked below), or
    one over values or ids. Else none of its cells may come again below (in the same column), be a
    value in a column of values, or an id in one of ids; and one of these must hold:

    - it has words over values in two columns or more, not the same ones and not words for no
      answer;
    - it has words over values, or over ids, in one, and they, or others of its cells, are a
      question;
    - no column has values, and two of its cells (or the only one) are questions, or one is and
      there are two columns of few and other names, while none below is a question.

    Raises
    ------
    Doubt
        If it has no value where all others have some, but words, and nothing says whether they are
        a question or an answer; or if no column has values, and it is new to all columns of names.
    """
    columns = [[line[place] for line in below] for place in range(len(row))]
    given = sum(cell not in (None, "") for cell in row)
    if not given or not below:
        return False
    if _repeats(names, row, columns):
        return True
    fresh = [
        "" if plain(cell) == plain(name) else cell for name, cell in zip(names, row, strict=True)
    ]
    if _comes_again(fresh, columns):  # an option's name is what ticks it, too
        return False
    of_values = [place for place, cells in enumerate(columns) if _are_values(cells)]
    of_ids = [place for place, cells in enumerate(columns) if _are_codes(cells)]
    if any(kind(row[place]) is Cell.VALUE for place in of_values) or any(
        kind(row[place]) in (Cell.CODE, Cell.VALUE) for place in of_ids
    ):
        return False
    over = _words_over(row, of_values)
    if len({plain(row[place]) for place in over}) > 1:
        return True
    questions = [place for place, cell in enumerate(row) if asks(cell)]
    questions = [place for place in questions if not any(map(asks, columns[place]))]
    if (over or _words_over(row, of_ids)) and (questions or any(_is_long(row[i]) for i in over)):
        return True
    if over and len(below) > 1:
        raise Doubt(str(names[over[0]]), str(row[over[0]]))
    return not of_values and _is_new(names, row, columns, questions)


def answer_in(
    names: Sequence[Any], row: Sequence[Any], below: Sequence[Sequence[Any]]
) -> str | None:
    """Return a value of a row that comes again below, in a column that has a name; None where there
    is none, or where the row has words over values, or a question."""
    columns = [[line[place] for line in below] for place in range(len(row))]
    of_values = [place for place, cells in enumerate(columns) if _are_values(cells)]
    given = [place for place in of_values if kind(row[place]) is not Cell.EMPTY]
    if any(kind(row[place]) is not Cell.VALUE for place in given) or any(map(asks, row)):
        return None
    again = (
        str(row[place])
        for place in given
        if plain(names[place]) and any(plain(row[place]) == plain(cell) for cell in columns[place])
    )
    return next(again, None)


def has_values(names: Sequence[Any], row: Sequence[Any]) -> bool:
    """Return whether a row has a value under a name, as answers have."""
    return any(
        plain(name) and kind(cell) is Cell.VALUE for name, cell in zip(names, row, strict=True)
    )


def _words_over(row: Sequence[Any], places: Sequence[int]) -> list[int]:
    over = [place for place in places if kind(row[place]) is not Cell.EMPTY]
    return [place for place in over if not NO_ANSWERS.fullmatch(plain(row[place]))]


def _is_new(
    names: Sequence[Any],
    row: Sequence[Any],
    columns: Sequence[Sequence[Any]],
    questions: Sequence[int],
) -> bool:
    """Return whether a row of words, over words alone, is one of questions."""
    given = sum(cell not in (None, "") for cell in row)
    of_names = [place for place, cells in enumerate(columns) if _are_names(cells)]
    new = len(of_names) > 1 and not any(row[place] in (None, "") for place in of_names)
    if len(questions) >= min(2, given) or (questions and new):
        return True
    if new and given == len(of_names):
        raise Doubt(str(names[of_names[0]]), str(row[of_names[0]]))
    return False


def _are_names(cells: Sequence[Any]) -> bool:
    """Return whether cells are a few names, each of them several times."""
    known = [plain(cell) for cell in cells if plain(cell)]
    return len(known) >= 10 and 3 * len(set(known)) <= len(known)


def _comes_again(row: Sequence[Any], columns: Sequence[Sequence[Any]]) -> bool:
    return any(
        cell not in (None, "") and any(plain(cell) == plain(other) for other in cells)
        for cell, cells in zip(row, columns, strict=True)
    )


def _are_values(cells: Sequence[Any]) -> bool:
    kinds = [found for cell in cells if (found := kind(cell)) is not Cell.EMPTY]
    return (
        bool(kinds)
        and len(kinds) >= min(_LEAST, len(cells))
        and kinds.count(Cell.VALUE) >= _MOSTLY * len(kinds)
    )


def _repeats(names: Sequence[Any], row: Sequence[Any], columns: Sequence[Sequence[Any]]) -> bool:
    """Return whether the row repeats names of columns that have something else below."""
    told = [
        place
        for place, (name, cell) in enumerate(zip(names, row, strict=True))
        if _same(name, cell)
        and kind(cell) in (Cell.WORDS, Cell.CODE)
        and any(plain(other) not in ("", plain(name)) for other in columns[place])
    ]
    given = sum(cell not in (None, "") for cell in row)
    plainly = any(_are_values(columns[place]) or _are_codes(columns[place]) for place in told)
    return len(told) >= min(2, given) or plainly


def _is_long(cell: Any) -> bool:
    """Return whether a text is a sentence rather than a label."""
    text = plain(cell)
    return len(text.split()) >= 5 or sum(c.isalpha() and not c.isascii() for c in text) >= 12


def starts_with_answers(rows: Sequence[Sequence[Any]]) -> bool:
    """Return whether the first row of a table holds answers: the row of names is missing.

    So it is where every column of values begins with a value, and another column with a cell that
    comes again below among other ones, or with an id as those below are; or where these values lie
    within those below, and do not count up as names do (the options 0 to 10, years).
    """
    first, below = rows[0], rows[1:]
    later = [row for row in rows[3:] if not all(map(_same, first, row))]  # no names once more
    columns = [[line[place] for line in below] for place in range(len(first))]
    of_values = [place for place, cells in enumerate(columns) if _are_values(cells)]
    if any(kind(first[place]) is not Cell.VALUE for place in of_values):
        return False
    others = [place for place in range(len(first)) if place not in of_values]
    if any(
        (
            any(_same(first[place], row[place]) for row in later)
            and any(plain(row[place]) not in ("", plain(first[place])) for row in later)
        )
        or (kind(first[place]) is Cell.CODE and _are_codes(columns[place]))
        for place in others
    ):
        return True
    numbers = [_numbers(first[place]) for place in of_values]
    counting = len(set(numbers)) == len(numbers) > 1 and numbers == sorted(numbers)
    within = all(_lies_within(first[place], columns[place]) for place in of_values)
    return bool(of_values) and within and not counting


def _same(name: Any, cell: Any) -> bool:
    return plain(name) == plain(cell) != ""


def _lies_within(cell: Any, cells: Sequence[Any]) -> bool:
    below = [_numbers(each) for each in cells if kind(each) is Cell.VALUE]
    return min(below)[:1] <= _numbers(cell)[:1] <= max(below)[:1]


def _numbers(cell: Any) -> tuple[float, ...]:
    """Return the numbers in a cell: one, or those of a date."""
    return tuple(float(found) for found in re.findall(r"\d+(?:\.\d+)?", plain(cell)))


def _are_codes(cells: Sequence[Any]) -> bool:
    given = [found for cell in cells if (found := kind(cell)) is not Cell.EMPTY]
    return len(given) >= min(_LEAST, len(cells)) > 0 and all(found is Cell.CODE for found in given)
