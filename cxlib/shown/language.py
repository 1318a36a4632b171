"""A text's key, raw values and a language -> the text: the one place where words are looked up.

The texts lie in `cxlib/texts/<language>/<topic>.toml`, and say themselves how a value is written:
`"The NPS is {nps:points} ({confidence:level} interval {low:points} to {high:points})."`
"""

from __future__ import annotations

import datetime as dt
import math
import re
import string
from collections.abc import Sequence
from enum import Enum
from typing import Any, Protocol, runtime_checkable

from cxlib import texts
from cxlib.errors import ParameterError
from cxlib.inert import set_apart, visible
from cxlib.shown import formats, particles
from cxlib.shown.formats import LOCALES as LOCALES
from cxlib.shown.formats import MISSING as MISSING
from cxlib.shown.formats import locale_of as locale_of
from cxlib.shown.formats import number as number
from cxlib.shown.formats import write_list as write_list

NOT_KNOWN = "(not known)"  # in the data, the name of a group whose rows have none
SOME = 6  # names of many that are listed
_SPEC = re.compile(
    r"(?P<some>some\b)?\s*(?P<quoted>quoted\b)?\s*(?P<format>[a-z]+)?(?P<digits>\d)?"
)
_CATEGORIES = ("zero", "one", "two", "few", "many", "other")  # CLDR's, in its order


@runtime_checkable
class Sayable(Protocol):
    """Something that is written only when a reader's language is known."""

    def text(self, language: str) -> str:
        """Return the words in a language."""


@runtime_checkable
class Named(Protocol):
    """A name that has words of its own in some languages; it is written as any other name is."""

    def named(self, language: str) -> str:
        """Return the name in a language."""


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
        language has, in CLDR's order; and without a format it writes a name (see `label`). In
        Korean a particle goes with it, `{rate:percent+이}`, and behind a name the noun for where
        nobody knows how it is said: `{name:quoted+그룹은}` (see `particles.attach`).
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
        how, plus, suffix = format_spec.partition("+")
        written = set_apart(write(value, how, self.language))
        if plus and self.language != "ko":
            raise ParameterError(f"'+{suffix}' is a Korean particle; {self.language} has none")
        return particles.attach(written, suffix) if plus else written


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
        `quarter`, `year`, `moment` (date and time, in the zone that it has), `zone` (its name),
        `figure` (six significant digits), `compact` (one digit, none where it is whole), `code`
        (as it is typed in a notebook), `capital` (a name that begins a line), a digit behind saying
        how many (`percent0`, `decimal3`); before it, of a list, `some` (the first six), or
        `quoted`, or both. Empty: a name (see `label`).
    language : str
        One of `LOCALES`.
    """
    parsed = _SPEC.fullmatch(spec)
    known = formats.FORMATS
    if parsed is None or (parsed["format"] or "capital") not in {*known, "capital"}:
        raise ParameterError(
            f"{spec!r} is no way to write a value; there is {', '.join(known)}, capital"
        )
    if isinstance(value, list | tuple):
        return _listed(value, parsed, language)
    if isinstance(value, Sayable):
        return value.text(language)
    if isinstance(value, Enum):
        said = word(value, language)
        return said.capitalize() if parsed["format"] == "capital" else said
    if isinstance(value, Named):
        value = value.named(language)
    if parsed["quoted"]:
        return formats.quoted(value, language)
    if not parsed["format"]:
        return label(value, language)
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return MISSING
    if parsed["format"] == "capital":
        return label(value, language).capitalize()
    digits = int(parsed["digits"]) if parsed["digits"] else None
    return known[parsed["format"]](value, digits, language)


def _listed(values: Sequence[Any], parsed: re.Match[str], language: str) -> str:
    spec = f"{parsed['quoted'] or ''}{parsed['format'] or ''}{parsed['digits'] or ''}"
    some = values[:SOME] if parsed["some"] else values
    items = [set_apart(write(item, spec, language)) for item in some]
    if len(values) > len(some):
        items.append(text("common.more", language, n=len(values) - len(some)))
    return write_list(items, language)


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
