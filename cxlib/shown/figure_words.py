"""A figure of the ledger -> how its value and its verdict are written, without the result that it
came from."""

from __future__ import annotations

import math
from enum import StrEnum

from cxlib import texts
from cxlib.shown import language as words
from cxlib.shown.message import Message


class Unit(StrEnum):
    """What a figure of the ledger is counted in; how it is written is `common.unit_<value>`."""

    POINTS = "points"
    POINTS_CHANGE = "points_change"
    SHARE = "share"
    COUNT = "count"
    DAYS = "days"
    WEEKS = "weeks"
    MONTHS = "months"
    QUARTERS = "quarters"
    YEARS = "years"
    PERIODS = "periods"
    CURRENCY = "currency"
    P = "p"
    NUMBER = "number"
    YES_NO = "yes_no"


_NAMES = {
    Unit.POINTS: "common.measured_in_points",
    Unit.POINTS_CHANGE: "common.measured_in_points_change",
    Unit.SHARE: "common.measured_in_share",
    Unit.COUNT: "common.measured_in_count",
    Unit.DAYS: "common.measured_in_days",
    Unit.WEEKS: "common.measured_in_weeks",
    Unit.MONTHS: "common.measured_in_months",
    Unit.QUARTERS: "common.measured_in_quarters",
    Unit.YEARS: "common.measured_in_years",
    Unit.PERIODS: "common.measured_in_periods",
    Unit.CURRENCY: "common.measured_in_currency",
    Unit.P: "common.measured_in_p",
    Unit.NUMBER: "common.measured_in_number",
    Unit.YES_NO: "common.measured_in_yes_no",
}
# how a result writes a column, without its digits -> the unit of the column
_OF_FORMATS = {
    "points": Unit.POINTS,
    "change": Unit.POINTS_CHANGE,
    "percent": Unit.SHARE,
    "integer": Unit.COUNT,
    "pvalue": Unit.P,
}


def unit_of(written: object, *, whole: bool) -> Unit:
    """Return the unit of a column by how its result writes it; `whole`: its numbers are counted.

    >>> unit_of("percent0", whole=False), unit_of("", whole=True), unit_of("decimal2", whole=False)
    (<Unit.SHARE: 'share'>, <Unit.COUNT: 'count'>, <Unit.NUMBER: 'number'>)
    """
    known = _OF_FORMATS.get(str(written).rstrip("0123456789"))
    return known or (Unit.COUNT if whole and not written else Unit.NUMBER)


def write_in(unit: str, value: float | None, language: str = "en") -> str:
    """Write a figure in its unit: `−28.1`, `+5.0`, `94.5 %`, `3.2 months`; an unknown unit as a
    number.

    >>> write_in("points", -28.125), write_in("share", 0.9449), write_in("points", None)
    ('−28.1', '94.5 %', '–')
    """
    if value is None or math.isnan(value):
        return words.MISSING
    known = Unit(unit) if unit in list(Unit) else Unit.NUMBER
    if known is Unit.YES_NO:
        return words.word(known, language, value=Message("common.yes" if value else "common.no"))
    return words.word(known, language, value=value)


def write_verdict(study: str, verdict: str, language: str = "en", *, segment: str = "") -> str:
    """Write a verdict in its study's words; of a pair that has no order in time (its `segment`
    names both) b is higher, and did not rise.

    >>> write_verdict("nps", "up"), write_verdict("nps", "up", segment="a=pro, b=free")
    ('up', 'higher')
    """
    kinds = ("verdict", "standing", "judgement")
    there = texts.load(language, study) if study in texts.topics() else {}
    for kind in reversed(kinds[:2]) if ", b=" in segment else kinds:
        if f"{kind}_{verdict}" in there:
            return str(there[f"{kind}_{verdict}"])
    return verdict.replace("_", " ")


def write_method(study: str, method: str, language: str = "en") -> str:
    """Write the names of methods in a study's words; one that has none as it is.

    >>> write_method("nps", "tango, holm"), write_method("mine", "own")
    ('score (Tango), Holm', 'own')
    """
    there = texts.load(language, study) if study in texts.topics() else {}
    common = texts.load(language, "common")
    return ", ".join(
        str(there.get(f"method_{part}", common.get(f"adjustment_{part}", part)))
        for part in method.split(", ")
    )


def write_unit(unit: str, language: str = "en") -> str:
    """Name what a figure is counted in; an unknown unit keeps its name.

    >>> write_unit("share"), write_unit("share", "ja"), write_unit("furlongs")
    ('share of 1', '割合（1が100%）', 'furlongs')
    """
    return words.text(_NAMES[Unit(unit)], language) if unit in list(Unit) else unit
