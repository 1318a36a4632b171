"""Marks in the column `read` -> how far a coder has read each interview."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from cxlib.errors import SourceError
from cxlib.interviews.sheet_cells import Column
from cxlib.interviews.sheet_places import Unit
from cxlib.interviews.sheet_rows import Filled, Row

_WORDS = re.compile(r"[\W_]+")
_NUMBER = re.compile(
    r"(?:(?:read|up|to|until|till|unit|turn|no\.?|#|bis|hasta|até|jusqu'à) *)*"
    r"([+-]?\d+(?:[.,]\d+)?\s*%?)\s*(?:番?まで|번?까지)?",
    re.I,
)
_DONE = """
done, all, all read, read all, read, whole, everything, end, to the end, yes to the end, complete,
completed, finished, fully read, fin, 完了, 済, 済み, 了, 完, 読了, 全部, 全部読んだ, 読んだ,
最後まで, 終了, 終わり, 終わった, 完成, 已完成, 完毕, 已读, 已讀, 读完, 讀完, 읽음, 완료, 완료됨,
끝, 끝까지, 다 읽음, 다 읽었음, 전부, 모두 읽음, 읽었음, fertig, erledigt, gelesen, ganz, fini,
terminé, lu, tout, hecho, listo, leído, terminado, todo, feito, concluído, pronto, lido, fatto,
finito, letto, klaar, gelezen, klar, hotovo, готово, прочитано, gotowe, tamam
"""
_NOT = """
no, not, not yet, n, false, none, nothing, open, todo yet, unread, undone, not done, not read,
incomplete, いいえ, 未, 未読, 未完了, まだ, ×, 否, 没有, 未完成, 아니오, 아니요, 아직, 안 읽음,
미완료, 읽지 않음, nein, noch nicht, non, pas encore, não, ainda não, aún no, todavía no, nee,
нет, nie
"""


class Mark(Enum):
    """What a cell of `read` says."""

    NONE = "none"
    HERE = "here"  # up to this row
    DONE = "done"
    NUMBER = "number"  # up to the unit of this number


@dataclass(frozen=True, slots=True)
class Reached:
    """How far an interview was read.

    Attributes
    ----------
    to : int or None
        Code points; None where nothing in it was filled in.
    done : bool
        Whether it was read to its end.
    is_marked : bool
        False where it is taken from the last row with a code or a memo.
    beyond : int
        Units with a code or a memo that lie behind a mark.
    several : int
        How often done was written, where that is more than once and not in the last unit: it was
        said of each row, and the interview is read up to the last of them.
    """

    to: int | None
    done: bool = False
    is_marked: bool = True
    beyond: int = 0
    several: int = 0


def _folded(text: str) -> str:
    return _WORDS.sub("", unicodedata.normalize("NFKC", text).casefold())


_ALL_DONE = {_folded(word) for word in _DONE.split(",")}
_ALL_NOT = {_folded(word) for word in _NOT.split(",")} - {""}


def mark(text: str) -> Mark:
    """Return what somebody wrote in `read`.

    >>> [mark(text).value for text in ("done", "済み", "✓", "to 12", "not yet")]
    ['done', 'done', 'here', 'number', 'none']
    """
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain or plain in ("-", "–", "—", "×"):
        return Mark.NONE
    if _NUMBER.fullmatch(plain):
        return Mark.NUMBER
    if _folded(text) in _ALL_DONE:
        return Mark.DONE
    negated = _folded(text) in _ALL_NOT or re.match(r"(not|no)\b", plain, re.I)
    return Mark.NONE if negated else Mark.HERE


def reached(filled: Filled, units: Sequence[Unit], *, characters: int) -> Reached:
    """Return how far an interview was read.

    Parameters
    ----------
    units : sequence of Unit
        Of one interview, in the order of its text.
    characters : int
        Code points of its text.

    Raises
    ------
    SourceError
        If a number is that of no unit.
    """
    cells = [(unit, row) for unit in units for row in unit.rows if Column.READ in row.cells]
    marks = [(unit, row, mark(row.cells[Column.READ])) for unit, row in cells]
    coded = [unit.span[1] for unit in units if unit.is_coded and unit.span]
    ends = [unit for unit, _, what in marks if what is Mark.DONE]
    if len(ends) == 1 or units[-1] in ends:
        return Reached(characters, done=True)
    said: list[int] = []
    for unit, row, what in marks:
        if what in (Mark.HERE, Mark.DONE) and unit.span:
            said.append(unit.span[1])
        if what is Mark.NUMBER:
            said += _up_to(filled, row, units)
    if said:
        beyond = sum(end > max(said) for end in coded)
        return Reached(max(said), beyond=beyond, several=len(ends))
    return Reached(max(coded, default=None), is_marked=False)


def _up_to(filled: Filled, row: Row, units: Sequence[Unit]) -> list[int]:
    """Return where the unit ends whose number somebody wrote; of none before the first unit."""
    written = row.cells[Column.READ]
    numbers = [int(unit.number) for unit in units if unit.number.isdecimal()]
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", written).strip())
    plain = found[1] if found else ""
    if not plain.isdecimal() or not numbers or int(plain) > max(numbers):
        low, high = (min(numbers), max(numbers)) if numbers else (0, 0)
        raise SourceError(
            f"{filled.at(row)}, column 'read': {written!r} is the number of no unit of "
            f"{units[0].document!r}, which has {low} to {high}; write the number of the last unit "
            "that was read, or done if all was read"
        )
    before = [
        unit.span[1]
        for unit in units
        if unit.span and unit.number.isdecimal() and int(unit.number) <= int(plain)
    ]
    return [max(before)] if before else []
