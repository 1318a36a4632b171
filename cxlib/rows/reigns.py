"""Years of Japanese eras -> years of the common calendar, by the table of reigns."""

from __future__ import annotations

# the year before the first of each reign, so that year 1 (元年) is the next one
REIGNS = {"令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
LETTERS = {"r": "令和", "h": "平成", "s": "昭和", "t": "大正", "m": "明治"}


def western_year(era: str, year: int) -> int:
    """Return the year of the common calendar; the era is its name or its letter.

    >>> western_year("令和", 8), western_year("H", 31)
    (2026, 2019)
    """
    return REIGNS[LETTERS.get(era.lower(), era)] + year
