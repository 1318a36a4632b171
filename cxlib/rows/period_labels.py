"""A label such as `Q1 FY26` or `令和7年4月` -> every way in which it can be read as a period.

A label may have several readings (03/04/2024); `periods` takes an order only where all readings
that fit all labels agree on it. A reading is a `Way`, which all labels must share, and a key, which
puts them in order.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from cxlib.rows.period_fields import Fields, Number, normalise, read_fields
from cxlib.rows.period_numbers import read_numbers
from cxlib.rows.period_ways import STYLES, Key, Pattern, Reading, Style, Way, date_key, full_year
from cxlib.rows.period_words import UNITS, Unit

_LONGEST = 100  # characters; what is longer is no name of a wave
_UNIT_PATTERNS = {unit: Pattern(unit.value) for unit in Unit}
_FISCAL = {
    Pattern.YEAR: Pattern.FISCAL_YEAR,
    Pattern.HALF: Pattern.FISCAL_HALF,
    Pattern.QUARTER: Pattern.FISCAL_QUARTER,
    Pattern.MONTH: Pattern.FISCAL_MONTH,
}


@functools.lru_cache(maxsize=4096)
def readings(label: str) -> Mapping[Way, Reading]:
    """Return every way in which a label can be read, and its place under it.

    >>> sorted({way.pattern.value for way in readings("Q1 FY26")})
    ['fiscal_quarter']
    >>> sorted({reading.key for reading in readings("03/04/2024").values()})
    [(2024, 3, 4), (2024, 4, 3)]
    """
    if len(label) > _LONGEST:
        return {}
    text = normalise(label)
    either = any(len(UNITS.get(word, ())) > 1 for word in re.findall("[a-z]+", text))
    late = re.fullmatch(r"\d{4}\.1", text) is not None
    found: dict[Way, Reading] = {}
    seen: dict[Style, tuple[Way, Reading] | None] = {}
    for style in STYLES:
        order, span, which, cut = style
        own = (order, span, which if either else 0, cut and late)
        if own not in seen:
            seen[own] = _read(text, own)
        if read := seen[own]:
            found[read[0]._replace(style=style)] = read[1]
    return found | read_numbers(text)


def _read(text: str, style: Style) -> tuple[Way, Reading] | None:
    fields = read_fields(text, style)
    read = None if fields is None else _period(fields, style[0])
    if fields is None or read is None:
        return None
    pattern, key, kind = read
    if fields.time and pattern is not Pattern.DAY:
        return None
    way = Way(pattern, " ".join(fields.text), kind, style)
    return way, Reading((*key, *fields.time), fields.two_digits)


def _period(fields: Fields, order: str) -> tuple[Pattern | None, Key, str] | None:
    """Return the pattern, the key and the kind of a label whose words are understood."""
    if any(number.digits > 2 and not _is_year(number) for number in fields.free):
        return None
    years = [number for number in fields.free if number.digits > 2]
    if len(years) + (fields.year is not None) > 1:
        return None
    if years:
        fields.year = years[0].value
    rest = [number for number in fields.free if number not in years]
    parts = {unit: value for unit, value in fields.units.items() if unit is not Unit.DAY}
    if len(parts) > 1 or (fields.units and not parts and Unit.MONTH not in fields.units):
        return (None, (), "") if fields.year is None and not parts and not rest else None
    if Unit.MONTH in parts:
        found = _of_month(fields, rest, order)
    elif parts:
        found = None if Unit.DAY in fields.units else _of_part(fields, rest)
    else:
        found = _of_numbers(fields, rest, order, years)
    return found and _fiscal(fields, *found)


def _fiscal(
    fields: Fields, pattern: Pattern | None, key: Key
) -> tuple[Pattern | None, Key, str] | None:
    kind = ""
    if pattern is Pattern.YEAR and fields.reign is not None:
        key, kind = (*key, fields.reign), "reign"
    if fields.end is not None:
        months = [(month - fields.end - 1) % 12 for month in key[1:]]
        key = (key[0], fields.end, *(months if pattern is Pattern.MONTH else key[1:]))
        kind = "year end"
    if not fields.fiscal or pattern is None:
        return pattern, key, kind
    return (_FISCAL[pattern], key, kind) if pattern in _FISCAL else None


def _is_year(number: Number) -> bool:
    return number.digits == 4 and 1900 <= number.value <= 2199


def _short(fields: Fields, number: Number) -> int | None:
    """Take a number of two digits as the year; nobody plans or remembers those between."""
    if number.digits != 2 or 40 < number.value < 70:
        return None
    fields.two_digits = True
    return full_year(number.value)


def _of_part(fields: Fields, rest: list[Number]) -> tuple[Pattern | None, Key] | None:
    (unit, value), year = next(iter(fields.units.items())), fields.year
    if year is None:
        if not rest:
            return None, ()
        year = _short(fields, rest.pop())
    return None if rest or year is None else (_UNIT_PATTERNS[unit], (year, value))


def _of_month(fields: Fields, rest: list[Number], order: str) -> tuple[Pattern | None, Key] | None:
    year, month, day = fields.year, fields.units[Unit.MONTH], fields.units.get(Unit.DAY)
    if year is None and rest:
        found = _year_beside_month(fields, rest, order, whole=day is not None)
        if found is None:
            return None
        rest = [number for number in rest if number is not found]
        if found is not _NO_YEAR and (year := _short(fields, found)) is None:
            return None
    if day is None and rest:
        day = rest.pop().value
    if rest:
        return None
    if year is None:
        return None, ()
    return (Pattern.MONTH, (year, month)) if day is None else date_key(year, month, day)


_NO_YEAR = Number(0, 0, -1)


def _year_beside_month(
    fields: Fields, rest: list[Number], order: str, *, whole: bool
) -> Number | None:
    """Return which number of two digits is the year: "Jan-26" has one, "26 Jan" has none."""
    quoted = [number for number in rest if number.quoted]
    if quoted:
        return quoted[0]
    if len(rest) == 2 or whole:
        return rest[0] if order == "ymd" else rest[-1]
    if len(rest) > 1 or not fields.named_month:
        return None
    number = rest[0]
    if number.digits == 2 and (number.value > 31 or (number.joined and number.place > 0)):
        return number
    return _NO_YEAR


def _of_numbers(
    fields: Fields, rest: list[Number], order: str, years: list[Number]
) -> tuple[Pattern | None, Key] | None:
    year = fields.year
    if year is not None and not rest:
        return Pattern.YEAR, (year,)
    if year is not None and len(rest) == 1 and fields.text:
        return None  # 2026 wave 3 is no March
    if year is not None and len(rest) == 1:
        month = rest[0].value
        return (Pattern.MONTH, (year, month)) if 1 <= month <= 12 else None
    if year is not None and len(rest) == 2:
        leads = not years or years[0].place < rest[0].place
        if not leads and (years[0].place < rest[1].place or order == "ymd"):
            return None
        one, two = (number.value for number in rest)
        day_first = order == "dmy" and not leads
        return date_key(year, two, one) if day_first else date_key(year, one, two)
    if year is not None:
        return None
    if len(rest) == 1 and (fields.fiscal or rest[0].quoted):
        short = _short(fields, rest[0])
        return None if short is None else (Pattern.YEAR, (short,))
    if len(rest) == 2:
        return _of_two(fields, rest)
    if len(rest) != 3:
        return None
    named = dict(zip(order, rest, strict=True))
    short = _short(fields, named["y"])
    return None if short is None else date_key(short, named["m"].value, named["d"].value)


def _of_two(fields: Fields, rest: list[Number]) -> tuple[Pattern | None, Key] | None:
    """Read 12/99 as a month; 12/25 may be a day without its year."""
    late = [n for n in rest if n.digits == 2 and (n.value > 31 or n.value == 0 or n.quoted)]
    if len(late) == 1:
        other = next(n for n in rest if n is not late[0])
        year = _short(fields, late[0])
        fine = year is not None and 1 <= other.value <= 12
        return (Pattern.MONTH, (year or 0, other.value)) if fine else None
    if any(1 <= n.value <= 12 for n in rest) and all(1 <= n.value <= 31 for n in rest):
        return None, ()
    return None
