"""A raw value, a way to write it and a language -> how a reader of that language expects it.

The patterns that differ by language (`date`, `percent`, `p_value` …) lie in `common.toml`.
"""

from __future__ import annotations

import datetime as dt
import functools
import math
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from babel import Locale
from babel.dates import format_date, format_datetime, get_timezone_gmt, get_timezone_name
from babel.lists import format_list
from babel.numbers import get_decimal_symbol, get_group_symbol

from cxlib import texts
from cxlib.inert import visible

# British rules are those of our English: "a, b and c"
LOCALES = {"en": Locale("en", "GB"), "ja": Locale("ja"), "ko": Locale("ko")}
MISSING = "–"
# a name or value in a sentence; English has Python's way, which is also what one types
_MARKS = {"ja": ("「", "」"), "ko": ("‘", "’")}
_WITHIN = {"ja": str.maketrans("「」", "『』"), "ko": {}}
_KOREA = "대한민국", "한국"  # as CLDR and as reports name the country


def locale_of(language: str) -> Locale:
    """Return how numbers, dates and lists are written in a language.

    Raises
    ------
    ParameterError
        If there are no texts in that language.
    """
    if language not in LOCALES:
        texts.load(language, "common")  # says which there are
    return LOCALES[language]


def pattern(key: str, language: str) -> str:
    """Return the text `common.name` as it stands, with its gaps."""
    return str(texts.load(language, "common")[key.removeprefix("common.")])


def write_list(items: Iterable[str], language: str = "en") -> str:
    """Write a list in words.

    >>> write_list(["a"]), write_list(["a", "b"]), write_list(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    >>> write_list("ab", "ja"), write_list("abc", "ko")
    ('a、b', 'a, b 및 c')
    """
    return format_list(list(items), locale=locale_of(language))


def quoted(value: Any, language: str = "en") -> str:
    """Write a value of a file or parameter between the marks of the language, with what hides in
    it written out; what is no text (a number, say) has no marks.

    >>> quoted("東京"), quoted("東京", "ja"), quoted("東京", "ko"), quoted(5, "ja")
    ("'東京'", '「東京」', '‘東京’', '5')
    """
    if language not in _MARKS or not isinstance(value, str):
        return visible(repr(value))
    first, last = _MARKS[language]
    return f"{first}{visible(value, keep='').translate(_WITHIN[language])}{last}"


def code(value: Any) -> str:
    """Write a value as it is typed in a notebook, the same in every language.

    >>> print(code("amount > 0"), code("country = 'JP'"))
    'amount > 0' "country = 'JP'"
    """
    return visible(repr(value))


def number(value: float, digits: int = 0, language: str = "en") -> str:
    """Write a number in the language's way, with a true minus; what has no bound is ∞.

    >>> number(12345.678, 1), number(-0.04, 1), number(float("nan")), number(float("-inf"))
    ('12,345.7', '0.0', '–', '−∞')
    """
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    written = f"{abs(value):,.{digits}f}"  # rounded as the binary number is, not as its decimals
    minus = "−" if value < 0 and written.strip("0.,") else ""
    return minus + written.translate(_separators(language))


@functools.cache
def _separators(language: str) -> dict[int, str]:
    """Return what a language writes between thousands and before decimals."""
    locale = locale_of(language)
    return str.maketrans({",": get_group_symbol(locale), ".": get_decimal_symbol(locale)})


def _points(value: float, digits: int | None, language: str) -> str:
    return number(value, 1 if digits is None else digits, language)


def _change(value: float, digits: int | None, language: str) -> str:
    written = _points(value, digits, language)
    return f"+{written}" if value > 0 and written.strip("0.,") else written


def _percent(value: float, digits: int | None, language: str) -> str:
    written = number(100 * value, 1 if digits is None else digits, language)
    return pattern("common.percent", language).format(number=written)


def _level(value: float, digits: int | None, language: str) -> str:
    return pattern("common.percent", language).format(number=f"{100 * value:.10g}")


def _pvalue(value: float, digits: int | None, language: str) -> str:
    return f"< {number(0.001, 3, language)}" if value < 0.001 else number(value, 3, language)


def _p(value: float, digits: int | None, language: str) -> str:
    small = value < 0.001
    written = number(0.001 if small else value, 3, language)
    return pattern("common.p_small" if small else "common.p_value", language).format(p=written)


def _integer(value: float, digits: int | None, language: str) -> str:
    return number(value, 0, language)


def _day(key: str) -> Callable[[dt.date, int | None, str], str]:
    """Return what writes a day by the pattern of that name among the texts."""

    def write_day(value: dt.date, digits: int | None, language: str) -> str:
        return format_date(value, pattern(key, language), locale=locale_of(language))

    return write_day


def _moment(value: dt.datetime, digits: int | None, language: str) -> str:
    """Write day and time in the zone that the value has, and name the zone; where it has none, as
    a file often does, none is named."""
    shape = pattern("common.moment", language)
    clock = value.replace(tzinfo=None)  # Babel would turn it to UTC
    written = format_datetime(clock, shape, locale=locale_of(language))
    if value.tzinfo is None:
        return written
    zone = _zone(value, digits, language)
    return pattern("common.moment_zone", language).format(moment=written, zone=zone)


def _zone(value: dt.datetime, digits: int | None, language: str) -> str:
    """Write the zone of a moment: UTC, 日本時間, or, where clocks are put forward in summer, which
    of the two times holds; its distance from UTC where it has no name."""
    distance = get_timezone_gmt(value, locale="en")[3:] if value.utcoffset() else ""
    name = getattr(value.tzinfo, "key", None)
    if name is None:
        return f"UTC{distance}"
    locale = locale_of(language)
    offsets = {value.replace(month=month, day=1).utcoffset() for month in range(1, 13)}
    written = (
        get_timezone_name(value.tzinfo, zone_variant="generic", locale=locale)
        if len(offsets) == 1
        else get_timezone_name(value, locale=locale)
    )
    unknown = [locale.territories[code] for code in ("ZZ", "001")]  # Etc/GMT+3, Factory
    nameless = written.startswith(("GMT", *unknown))
    return f"UTC{distance}" if nameless else written.replace(*_KOREA)


def _figure(value: float, digits: int | None, language: str) -> str:
    return f"{value:.6g}".replace("-", "−") if value % 1 > 0 else number(value, 0, language)


def _compact(value: float, digits: int | None, language: str) -> str:
    fraction = 1 if digits is None else digits
    return number(value, 0 if float(value).is_integer() else fraction, language)


FORMATS: Mapping[str, Callable[[Any, int | None, str], str]] = {
    "points": _points,
    "change": _change,
    "percent": _percent,
    "level": _level,
    "pvalue": _pvalue,
    "p": _p,
    "integer": _integer,
    "decimal": _points,
    "date": _day("common.date"),
    "month": _day("common.month"),
    "quarter": _day("common.quarter"),
    "year": _day("common.year"),
    "moment": _moment,
    "zone": _zone,
    "figure": _figure,
    "compact": _compact,
    "code": lambda value, digits, language: code(value),
}
