"""The span of a column of numbers -> which dates they stand for, if any."""

from __future__ import annotations

from enum import StrEnum

from cxlib.errors import ColumnError

FIRST, END = 631_152_000, 4_102_444_800  # 1990-01-01 and 2100-01-01 in seconds since 1970
EXCEL = (20_000, 80_000)  # 1954-10-03 to 2119-01-10 in Excel's days


class DatePattern(StrEnum):
    """How the dates of a column are written; its words are `common.date_pattern_<value>`."""

    TYPED = "typed"
    ISO = "iso"
    YEAR_FIRST = "year_first"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"
    NAMED = "named"
    ERA = "era"
    COMPACT = "compact"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    MICROSECONDS = "microseconds"
    NANOSECONDS = "nanoseconds"
    EXCEL = "excel"


PER_SECOND = {
    DatePattern.SECONDS: 1,
    DatePattern.MILLISECONDS: 1000,
    DatePattern.MICROSECONDS: 10**6,
    DatePattern.NANOSECONDS: 10**9,
}


def number_pattern(
    low: float, high: float, *, zeros: bool, whole: bool, place: str
) -> tuple[DatePattern, str]:
    """Return what numbers from `low` to `high` (zeros apart) stand for, with the strptime format
    of those that are written without signs (20260701).

    Raises
    ------
    ColumnError
        If they can be no dates: years, months, ids, small numbers. `place` names the column.

    Examples
    --------
    >>> number_pattern(1704119028, 1706797428, zeros=False, whole=True, place="time='t'")[0].value
    'seconds'
    """
    for pattern, times in PER_SECOND.items():
        if FIRST * times <= low and high < END * times:
            return pattern, ""
    if not zeros and EXCEL[0] <= low and high <= EXCEL[1]:
        return DatePattern.EXCEL, ""
    if not zeros and whole:
        for digits, written in ((8, "%Y%m%d"), (12, "%Y%m%d%H%M"), (14, "%Y%m%d%H%M%S")):
            unit = 10 ** (digits - 4)
            if 1900 * unit < low and high < 2100 * unit:
                return DatePattern.COMPACT, written
    span = f"{low:.15g}" if low == high else f"{0 if zeros else low:.15g} to {high:.15g}"
    raise ColumnError(f"{place} holds numbers ({span}), not dates{_why(low, high, whole)}")


def _why(low: float, high: float, whole: bool) -> str:
    how = (
        "write dates as 2026-07-01. Numbers are read as dates where all of them are like 20260701, "
        "count seconds, milliseconds or microseconds since 1970 (from 1990 to 2100), or days as "
        f"Excel does ({EXCEL[0]} to {EXCEL[1]})"
    )
    if whole and low >= 1900 and high < 2100:
        return f": years alone are no days; {how}"
    if whole and low >= 190_001 and high < 210_000:
        return f": months such as 202607 have no day; {how}"
    return f"; {how}"
