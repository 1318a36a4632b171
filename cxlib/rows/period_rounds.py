"""Names of waves -> whether they may come round again: months of a fiscal year, bare quarters,
weeks around a new year."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from cxlib.rows.period_fields import normalise
from cxlib.rows.period_ways import Pattern, Reading, Way

# names without a year that may be waves as well as weeks or years of a reign, and after how many
# the first comes again
_MAY_COUNT = re.compile(r"w ?#|#年度?")
_LETTER = re.compile(r"\W*[a-z]\W*")
_ROUND = (12, 52, 53)
_SHORTEST = 6  # digits of a layout that no other number is likely to have
# words in the name of a column that counts parts of a year (or days of a week), and how many there
# are
_PARTS: Mapping[str, int] = {
    r"\b(?:hy|half(?: ?year)?|halbjahr|semest(?:er|re))\b|半期|半年|반기": 2,
    r"\b(?:q|qtr|qu|quarter|quartal|trimestre|trim)\b|四半期|季度|분기": 4,
    r"\b(?:weekday|day of (?:the )?week|dow|wochentag|jour|dia de la semana)\b|曜日|요일|星期": 7,
    r"\b(?:m|mon|month|monat|mois|mes)\b|月|월": 12,
    r"\b(?:w|wk|week|kw|woche|kalenderwoche|semaine|semana)\b|週|周|주차": 53,
}
_WAVES = re.compile(
    r"\b(?:wave|round|welle|runde|vague|ronda|oleada|ola|survey|no|nr|number|study|phase|year|jahr)\b"
    r"|回|波|ウェーブ|期|年|차|회|웨이브|연도"
)
_WEEKS, _DAYS, _QUARTERS = 53, 7, 4


def is_part_of_a_year(values: Sequence[Any], column: str) -> bool:
    """Say whether bare numbers may be those of quarters, months or days of a week: the column is
    named so, or small ones have a gap and the column is not named as waves are.

    >>> is_part_of_a_year([4, 1, 2], "quarter"), is_part_of_a_year(["1", "2", "3"], "x")
    (True, False)
    """
    texts = [str(value).strip() for value in values]
    found = [re.fullmatch(r"0*(\d{1,2})(?:\.0+)?", unicodedata.normalize("NFKC", t)) for t in texts]
    if not all(found) or len(values) < 2:
        return False
    numbers = sorted({int(each[1]) for each in found if each})
    whole = numbers[-1] - numbers[0] == len(numbers) - 1
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[\W_\d]+", " ", column)
    words = " ".join(normalise(words).split())
    for pattern, most in _PARTS.items():
        if re.search(pattern, words) and numbers[0] >= 1 and numbers[-1] <= most:
            return most != _WEEKS or not whole
    named = _WAVES.search(words) is not None
    return not whole and not named and numbers[0] >= 1 and numbers[-1] <= _DAYS


def wraps(values: list[Any], read: Mapping[Any, Mapping[Way, Reading]], common: set[Way]) -> bool:
    """Say whether months of fiscal years have another order where these begin in another month."""
    ways = [w for w in common if w.pattern is Pattern.FISCAL_MONTH and w.kind != "year end"]
    keys = [read[value][way].key for way in ways[:1] for value in values]
    orders = {
        ranks_of([(year, (month - start) % 12) for year, month in keys]) for start in range(12)
    }
    return len(orders) > 1


def counts_on(
    values: list[Any], read: Mapping[Any, Mapping[Way, Reading]], common: set[Way]
) -> bool:
    """Say whether W9, W10, W11 are counted on: a run without a gap that is no whole year of weeks,
    and not written as weeks are (W09)."""
    ways = [w for w in common if w.pattern is Pattern.ORDINAL and _MAY_COUNT.fullmatch(w.text)]
    digits = [re.sub(r"\D", "", normalise(str(value))) for value in values]
    if not ways or min(map(len, digits)) > 1 or any(each.startswith("0") for each in digits):
        return False
    numbers = sorted({read[value][ways[0]].key[0] for value in values})
    return numbers[-1] - numbers[0] == len(numbers) - 1 and len(numbers) < min(_ROUND[1:])


def comes_round(
    values: list[Any], read: Mapping[Any, Mapping[Way, Reading]], common: set[Way]
) -> bool:
    """Say whether numbers, bare or with a letter (P12), look like months or weeks around a new
    year: 11, 12, 1, 2."""
    ways = [
        way
        for way in common
        if way.pattern is Pattern.NUMBER
        or (way.pattern is Pattern.ORDINAL and _LETTER.fullmatch(way.text))
    ]
    if not ways or len(values) < 3:
        return False
    numbers = sorted({read[value][ways[0]].key[0] for value in values})
    gaps = np.diff(numbers)
    return (
        numbers[0] == 1
        and numbers[-1] in _ROUND
        and sorted(gaps)[:-1] == [1] * (len(gaps) - 1)
        and bool(max(gaps) > 1)
    )


def ranks_of(keys: list[Any]) -> tuple[int, ...]:
    """Return the place of each key among them; the same for the same."""
    place = {key: rank for rank, key in enumerate(sorted(set(keys)))}
    return tuple(place[key] for key in keys)


def is_dated(way: Way) -> bool:
    """Say whether a way reads periods of a calendar."""
    return way.pattern not in (None, Pattern.ORDINAL, Pattern.NUMBER, Pattern.NUMBER_IN_YEAR)


def in_layouts(read: Mapping[Any, Mapping[Way, Reading]], common: set[Way]) -> bool:
    """Say whether numbers are dates in several layouts, 202001 and 012020, whose size is no
    order."""
    if any(map(is_dated, common)):
        return False
    return all(
        any(is_dated(way) and len(way.text) >= _SHORTEST for way in ways) for ways in read.values()
    )
