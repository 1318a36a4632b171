"""A unit of time, or a window of some days -> its words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from cxlib.rows.clock import period_name
from cxlib.shown.message import Message

_ONE = {
    "day": "retention.day",
    "week": "retention.week",
    "month": "retention.month",
    "quarter": "retention.quarter",
    "year": "retention.year",
    "period": "retention.period",
}
_SEVERAL = {
    "day": "retention.days",
    "week": "retention.weeks",
    "month": "retention.months",
    "quarter": "retention.quarters",
    "year": "retention.years",
    "period": "retention.periods",
}


def one(unit: str) -> Message:
    """Return what one of a unit is called: a month.

    >>> print(one("month"), several("month"), units(1, "week"))
    month months week
    """
    return Message(_ONE[unit])


def several(unit: str) -> Message:
    """Return what more than one of a unit are called: months."""
    return Message(_SEVERAL[unit])


def units(n: float, unit: str) -> Message:
    """Return what `n` of a unit are called.

    Where a language counts one month as it counts three (Korean 1개월, not 1달), it says so itself.
    """
    return Message("retention.units", n=n, one=one(unit), several=several(unit))


def age_words(unit: str, days: int | None, *, short: bool = False) -> dict[str, Message]:
    """Return what one step of age is called (`period`), and several (`periods`).

    A period of the calendar, or a window of some days (`short`: without its days).
    """
    if days is None:
        return {"period": one(unit), "periods": several(unit)}
    if short:
        return {
            "period": Message("retention.window_short"),
            "periods": Message("retention.windows_short"),
        }
    return {
        "period": Message("retention.window", days=days),
        "periods": Message("retention.windows", days=days),
    }


def said_period(start: dt.date, period: str) -> Mapping[str, Message]:
    """Return the name of a row's period for `Result.said_keys`; a week has none but its first day,
    which needs its heading.

    >>> {name: str(said) for name, said in said_period(dt.date(2026, 9, 1), "month").items()}
    {'period': '2026-09'}
    """
    return {} if period == "week" else {"period": period_name(start, period)}
