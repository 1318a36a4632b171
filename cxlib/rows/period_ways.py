"""What a label of a wave can be read as: the pattern, the place in it, and the choices on the
way."""

from __future__ import annotations

import datetime as dt
import itertools
from enum import StrEnum
from typing import NamedTuple

Key = tuple[float, ...]
# which of day, month and year comes first; 2025/26 is one year; which unit of a word that has two;
# 2025.1 was 2025.10 before a spreadsheet took it for a number
Style = tuple[str, bool, int, bool]
STYLES = list(itertools.product(("ymd", "dmy", "mdy"), (False, True), (0, 1), (False, True)))


class Pattern(StrEnum):
    """What labels were read as, so that they have an order; best one first."""

    QUARTER = "quarter"
    HALF = "half"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    PART = "part"
    YEAR = "year"
    FISCAL_QUARTER = "fiscal_quarter"
    FISCAL_HALF = "fiscal_half"
    FISCAL_MONTH = "fiscal_month"
    FISCAL_YEAR = "fiscal_year"
    NUMBER_IN_YEAR = "number_in_year"
    ORDINAL = "ordinal"
    NUMBER = "number"
    DATE = "date"
    CATEGORIES = "categories"
    GIVEN = "given"


class Way(NamedTuple):
    """How a label was read; labels that share a way can be put in order.

    `pattern` is None for a part of a year without its year: after the last comes the first."""

    pattern: Pattern | None
    text: str = ""  # the words around, the same in all labels
    kind: str = ""  # years of reigns, and years written as two (2025/26), stand for themselves
    style: Style = ("ymd", False, 0, False)


class Reading(NamedTuple):
    """The place of a label under a way, and whether its year was written with two digits."""

    key: Key
    two_digits: bool = False


def full_year(year: int) -> int:
    """Return the year that two digits are short for."""
    return year + (1900 if year >= 70 else 2000)


def date_key(year: int, month: int, day: int) -> tuple[Pattern, Key] | None:
    """Return a day and its place, or None where the calendar has no such day."""
    try:
        dt.date(year, month, day)
    except ValueError:
        return None
    return Pattern.DAY, (year, month, day)
