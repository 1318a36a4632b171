"""A text's key, raw values and a language -> the text: the one place where words are looked up.

The texts lie in `cxlib/texts/<language>/<topic>.toml`, and say themselves how a value is written:
`"The NPS is {nps:points} ({confidence:level} interval {low:points} to {high:points})."`
"""

from __future__ import annotations

import datetime as dt
import math
import re
import string
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, localcontext
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.lists import format_list
from babel.numbers import format_decimal

from cxlib import texts
from cxlib.errors import ParameterError
from cxlib.inert import set_apart, visible

# British rules are those of our English: "a, b and c"
LOCALES = {"en": Locale("en", "GB")}
MISSING = "–"
NOT_KNOWN = "(not known)"  # in the data, the name of a group whose rows have none
SOME = 6  # names of many that are listed
_SPEC = re.compile(r"(?P<many>some|quoted)?\s*(?P<format>[a-z]+)?(?P<digits>\d)?")
_CATEGORIES = ("zero", "one", "two", "few", "many", "other")  # CLDR's, in its order


@runtime_checkable
class Sayable(Protocol):
    """Something that is written only when a reader's language is known."""

    def text(self, language: str) -> str:
        """Return the words in a language."""


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


def text(key: str, language: str = "en", **values: Any) -> str:
    """Return the text `topic.name` in a language, its `{names}` filled from raw `values`.

    Parameters
    ----------
    key : str
        `nps.level` is `level` in `cxlib/texts/<language>/nps.toml`.
    language : str
        One of `LOCALES`.
    **values
        Numbers, dates, names, lists of them, enum members or messages. The text says how each is
        written: `{nps:points}`, `{n:integer}`, `{names:some}` (see `write`); it can choose a word
        by a number: `{n:integer} {n:interview|interviews}`, one for each plural class that the
        language has, in CLDR's order; and without a format it writes a name (see `label`).
    """
    topic, name = key.split(".", 1)
    found = texts.load(language, topic)[name]
    return _Filled(language).vformat(found, (), values)


class _Filled(string.Formatter):
    def __init__(self, language: str) -> None:
        self.language = language

    def format_field(self, value: Any, format_spec: str) -> str:
        if "|" in format_spec:
            return _by_number(value, format_spec.split("|"), self.language)
        return set_apart(write(value, format_spec, self.language))


def _by_number(value: Any, forms: Sequence[str], language: str) -> str:
    locale = locale_of(language)
    classes = [name for name in _CATEGORIES if name in {*locale.plural_form.tags, "other"}]
    return forms[min(classes.index(locale.plural_form(_plain(value))), len(forms) - 1)]


def _plain(value: Any) -> float:
    return value.item() if hasattr(value, "item") else value  # a NumPy number


def write(value: Any, spec: str = "", language: str = "en") -> str:
    """Write a raw value for a reader.

    Parameters
    ----------
    value : object
        A number, date, name, enum member, message, or a list of any of these.
    spec : str
        How: `points` (NPS), `change` (with its plus), `percent` (of a rate in [0, 1]), `level`,
        `pvalue`, `p` (with its sign: p = 0.012, p < 0.001), `integer`, `decimal`, `date`, `month`,
        `quarter`, `year`, `moment` (date and time), `figure` (six significant digits), `compact`
        (one digit, none where it is whole), `capital` (a name that begins a line), a digit behind
        saying how many (`percent0`, `decimal3`); before it, of a list, `some` (the first six) or
        `quoted`. Empty: a name (see `label`).
    language : str
        One of `LOCALES`.
    """
    parsed = _SPEC.fullmatch(spec)
    if parsed is None or (parsed["format"] and parsed["format"] not in FORMATS):
        raise ParameterError(f"{spec!r} is no way to write a value; there is {', '.join(FORMATS)}")
    if isinstance(value, list | tuple):
        return _listed(value, parsed, language)
    if isinstance(value, Sayable):
        return value.text(language)
    if isinstance(value, Enum):
        return word(value, language)
    if parsed["many"] == "quoted":
        return visible(repr(value))
    if not parsed["format"]:
        return label(value, language)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    digits = int(parsed["digits"]) if parsed["digits"] else None
    return FORMATS[parsed["format"]](value, digits, language)


def _listed(values: Sequence[Any], parsed: re.Match[str], language: str) -> str:
    spec = f"{parsed['format'] or ''}{parsed['digits'] or ''}"
    quoted = parsed["many"] == "quoted"
    some = values[:SOME] if parsed["many"] == "some" else values
    items = [
        set_apart(visible(repr(item)) if quoted else write(item, spec, language)) for item in some
    ]
    if len(values) > len(some):
        items.append(text("common.more", language, n=len(values) - len(some)))
    return write_list(items, language)


def write_list(items: Iterable[str], language: str = "en") -> str:
    """Write a list in words.

    >>> write_list(["a"]), write_list(["a", "b"]), write_list(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return format_list(list(items), locale=locale_of(language))


def word(member: Enum, language: str = "en", **values: Any) -> str:
    """Return the word for an enum member: the text `<study>.<class>_<value>`.

    `Verdict.CANNOT_TELL` of `cxlib.nps.verdicts` is `nps.verdict_cannot_tell`; an enum from the
    ground floor has its words in `common`. A class may say what a text is filled with, in an
    attribute `values` of the member; what only a result knows is given as `values`.
    """
    return text(word_key(member), language, **{**getattr(member, "values", {}), **values})


def word_key(member: Enum) -> str:
    """Return the key of the word for an enum member."""
    kind = type(member)
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", kind.__name__).lower()
    return f"{topic_of(kind)}.{name}_{member.value}"


def topic_of(kind: type) -> str:
    """Return the topic of a class: its study, or `common` where it lies on the ground floor."""
    place = kind.__module__.split(".")
    return place[1] if len(place) > 1 and place[1] in texts.topics() else "common"


def heading(column: str, language: str = "en", *, topic: str) -> str:
    """Return the heading of a column that a result owns: the study's, or else the common one."""
    for place in (topic, "common"):
        found = texts.load(language, place).get("column", {}).get(column)
        if found is not None:
            return str(found)
    raise KeyError(f"column {column!r} has no heading in texts/{language}/{topic}.toml, [column]")


def label(value: Any, language: str = "en") -> str:
    """Write a name: whole numbers without a decimal point, days without a time, in words that
    there is none, and by its number what hides in it.

    >>> label(2026.0), label(dt.datetime(2026, 7, 1)), label("東京")
    ('2026', '2026-07-01', '東京')
    """
    if isinstance(value, str) and value == NOT_KNOWN:
        return text("common.not_known", language)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        value = value.date()
    return visible(str(value))


def number(value: float, digits: int = 0, language: str = "en") -> str:
    """Write a number in the language's way, with a true minus; what has no bound is ∞.

    >>> number(12345.678, 1), number(-0.04, 1), number(float("nan")), number(float("-inf"))
    ('12,345.7', '0.0', '–', '−∞')
    """
    if value is None or math.isnan(value):
        return MISSING
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    rounded = Decimal(f"{value:.{digits}f}")  # rounded as the binary number is, not as its decimals
    pattern = f"#,##0.{'0' * digits}" if digits else "#,##0"
    with localcontext(prec=400):  # all digits of the largest number, in place of 28
        written = format_decimal(abs(rounded), pattern, locale=locale_of(language))
    return f"−{written}" if rounded < 0 else written


def _points(value: float, digits: int | None, language: str) -> str:
    return number(value, 1 if digits is None else digits, language)


def _change(value: float, digits: int | None, language: str) -> str:
    written = _points(value, digits, language)
    return f"+{written}" if value > 0 and written.strip("0.,") else written


def _percent(value: float, digits: int | None, language: str) -> str:
    written = number(100 * value, 1 if digits is None else digits, language)
    return text("common.percent", language, number=written)


def _level(value: float, digits: int | None, language: str) -> str:
    return text("common.percent", language, number=f"{100 * value:.10g}")


def _pvalue(value: float, digits: int | None, language: str) -> str:
    small = value < 0.001
    written = number(0.001 if small else value, 3, language)
    return f"< {written}" if small else written


def _p(value: float, digits: int | None, language: str) -> str:
    written = _pvalue(value, digits, language)
    return f"p {written}" if written.startswith("<") else f"p = {written}"


def _integer(value: float, digits: int | None, language: str) -> str:
    return number(value, 0, language)


def _day(pattern: str) -> Callable[[dt.date, int | None, str], str]:
    """Return what writes a day by the pattern of that name among the texts."""

    def write_day(value: dt.date, digits: int | None, language: str) -> str:
        found = texts.load(language, "common")[pattern]
        return format_date(value, found, locale=locale_of(language))

    return write_day


def _moment(value: dt.datetime, digits: int | None, language: str) -> str:
    return format_datetime(
        value, texts.load(language, "common")["moment"], locale=locale_of(language)
    )


def _figure(value: float, digits: int | None, language: str) -> str:
    return f"{value:.6g}".replace("-", "−") if value % 1 > 0 else number(value, 0, language)


def _capital(value: Any, digits: int | None, language: str) -> str:
    return label(value, language).capitalize()


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
    "date": _day("date"),
    "month": _day("month"),
    "quarter": _day("quarter"),
    "year": _day("year"),
    "moment": _moment,
    "figure": _figure,
    "compact": _compact,
    "capital": _capital,
}
