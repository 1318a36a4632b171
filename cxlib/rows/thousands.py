"""Numbers as text -> whether their marks may stand between thousands, so that they are no decimals.

"1.286" beside "720" is 1,286 where points stand between thousands; read as 1.286 it is wrong by a
factor of a thousand without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_GROUPS = re.compile(r"-?[1-9]\d{0,2}(?:[.,'’ \u00a0\u202f\u2009]\d{3})+")
_POINT = re.compile(r"-?[1-9]\d{0,2}\.\d{3}")
_WHOLE = re.compile(r"-?[1-9]\d{0,2}")  # a larger one has no mark, so none stands in others
_HUNDRED = 3  # digits; a point beside smaller numbers is a decimal one where commas part the cells


def is_grouped(cell: object) -> bool:
    """Return whether a text is digits in groups of three.

    >>> is_grouped("1 286"), is_grouped("1,286"), is_grouped("1.2860"), is_grouped("0.286")
    (True, True, False, False)
    """
    return isinstance(cell, str) and _GROUPS.fullmatch(cell.strip()) is not None


def may_be_thousands(cells: Iterable[object], *, comma: bool) -> bool:
    """Return whether the points in a column of numbers may stand between thousands.

    So it is where each number with a point has three digits behind it and one to three before it,
    the first no zero; and where all others are whole, up to 999, and one of them is there. Where
    all have a point, both readings differ by one factor alone, and nothing is doubted.

    Parameters
    ----------
    cells : iterable
        The answers that are given.
    comma : bool
        Whether a comma may be the decimal mark (it does not separate the cells). Where it does
        separate them, a point is doubted beside numbers of a hundred or more alone.

    Examples
    --------
    >>> (
    ...     may_be_thousands(["720", "1.286"], comma=False),
    ...     may_be_thousands(["1", "1.286"], comma=False),
    ... )
    (True, False)
    >>> may_be_thousands(["1", "1.286"], comma=True), may_be_thousands(["0.714", "1"], comma=True)
    (True, False)
    """
    given = [cell for cell in cells if cell != "0"]
    if not all(isinstance(cell, str) for cell in given):
        return False
    texts = [str(cell).strip() for cell in given]
    pointed = [text for text in texts if "." in text]
    others = [text for text in texts if "." not in text]
    if not pointed or not others or not all(map(_POINT.fullmatch, pointed)):
        return False
    whole = all(map(_WHOLE.fullmatch, others))
    return whole and (comma or any(len(text.lstrip("-")) >= _HUNDRED for text in others))
