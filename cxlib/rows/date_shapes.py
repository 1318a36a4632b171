"""A text with each digit a 0 -> how the date in it is written, and the format that reads it."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from babel.dates import get_day_names, get_month_names

from cxlib.rows.reigns import LETTERS, REIGNS

Order = Literal["year", "open", "short", "named", "era"]
_LATIN = ("en", "de", "fr", "es", "it", "pt", "nl")
# what other keyboards and locales write for the signs of dates; each is one sign
WIDE = "０１２３４５６７８９：／．－，（）＋\u3000\u00a0\u202f\u2009"
NARROW = "0123456789:/.-,()+    "
MORNING = ("am", "a.m.", "a. m.", "오전", "午前", "上午", "vorm.")
AFTERNOON = ("pm", "p.m.", "p. m.", "오후", "午後", "下午", "nachm.")
ZONE = r" ?(?:z|utc|gmt|(?:utc|gmt)? ?([+-])(\d{1,2})(?::?(\d{2}))?)(?: \([^)]*\))?$"

_HALF = "|".join(map(re.escape, sorted((*MORNING, *AFTERNOON), key=len, reverse=True)))
_ZONE = ZONE.replace(r"\d", "0").replace("([+-])", "[+-]").replace("(0", "0").replace("})", "}")
_CLOCK = (
    r"(?:(?:t| ?, ?| +|(?<=[日일)]))(?:(?P<half>" + _HALF + r") ?)?"
    r"(?P<H>00?)(?P<colon>:|시|時|h) ?(?P<M>00?)"
    r"(?:(?::|분|分) ?(?P<S>00?)(?P<fraction>[.,]0{1,9})?)?(?:분|分|초|秒)?"
    r"(?: ?(?P<half_after>" + _HALF + r"))?(?P<zone>" + _ZONE.removesuffix("$") + r")?)?"
)
_WORD = r"(?P<name>[^\W\d_]{3,})"
_WEEKDAY = r"(?:(?P<weekday>[^\W\d_]{2,})\.?,? )?"
_OF_THE_WEEK = (
    r"(?: ?\((?P<weekday>[^\W\d_]{1,3})\)| (?P<weekday_long>[^\W\d_]曜日?|[^\W\d_]요일))?"
)
_ERA = "|".join(REIGNS)
_DATES: tuple[tuple[Order, str], ...] = (
    ("year", r"(?P<Y>0000)(?P<by> ?[-/.] ?)(?P<m>00?)(?P=by)(?P<d>00?)\.?" + _OF_THE_WEEK),
    ("year", r"(?P<Y>0000)年 ?(?P<m>00?)月 ?(?P<d>00?)日" + _OF_THE_WEEK),
    ("year", r"(?P<Y>0000)년 ?(?P<m>00?)월 ?(?P<d>00?)일" + _OF_THE_WEEK),
    ("year", r"(?P<Y>0000)(?P<m>00)(?P<d>00)(?=t)"),  # ISO 8601, basic
    ("open", r"(?P<a>00?)(?P<by>[-/.] ?)(?P<b>00?)(?P=by)(?P<Y>0000)"),
    ("short", r"(?P<a>00?)(?P<by>[-/.] ?)(?P<b>00?)(?P=by)(?P<c>00)"),
    ("named", _WEEKDAY + r"(?P<d>00?)(?:st|nd|rd|th|er|\.|º)?[ -](?:de |of )?" + _WORD
     + r"\.?,?[ -](?:de |del )?(?P<Y>0000)"),
    ("named", _WEEKDAY + _WORD + r"\.?[ -](?P<d>00?)(?:st|nd|rd|th)?,?[ -](?P<Y>0000)"),
    ("named", r"(?P<Y>0000)[ -]" + _WORD + r"\.?[ -](?P<d>00?)"),
    ("short", r"(?P<p>00?)(?P<by>[ -])" + _WORD + r"\.?(?P=by)(?P<q>00)"),
    ("era", rf"(?P<Y>(?:{_ERA})(?:00?|元)年) ?(?P<m>00?)月 ?(?P<d>00?)日" + _OF_THE_WEEK),
    ("era", rf"(?P<Y>[{''.join(LETTERS)}]00?(?P<by>[./-]))(?P<m>00?)(?P=by)(?P<d>00?)"),
)  # fmt: skip
_BASIC = r"(?:t(?P<H>00)(?P<M>00)(?P<S>00)?(?P<fraction>[.,]0{1,9})?(?P<zone>" + _ZONE[:-1] + ")?)?"
_READ = [
    (order, re.compile(date + (_BASIC if "(?=t)" in date else _CLOCK))) for order, date in _DATES
]
_DIRECTIVES = {
    **{field: f"%{field}" for field in "YmdHMSf"},
    "name": "%m",  # the name becomes a number first
}
ORDERS = {
    "day first": {"a": "%d", "b": "%m", "c": "%y", "p": "%d", "q": "%y"},
    "month first": {"a": "%m", "b": "%d", "c": "%y", "p": "%d", "q": "%y"},
    "year first": {"a": "%y", "b": "%m", "c": "%d", "p": "%y", "q": "%d"},
}


@dataclass(frozen=True, slots=True)
class Shape:
    """How a date is written.

    Attributes
    ----------
    order : {"year", "open", "short", "named", "era"}
        What comes first: the year; day or month, which the shape does not say; any of the three,
        where the year has two digits; nothing to ask, where the month has a name; an era.
    separator : str
        Between the numbers, where the order is open.
    month : str
        The month's name, or empty.
    half : str
        The word for the half of the day, or empty.
    timed, zoned : bool
        Whether there is a time, and a zone or an offset.
    fraction : int
        Digits of the seconds' fraction.
    """

    order: Order
    separator: str
    month: str
    half: str
    timed: bool
    zoned: bool
    fraction: int
    pieces: tuple[tuple[str, str], ...]  # a directive's name, or "", and the text

    def pattern(self, order: str | None) -> str:
        """Return the strptime format; `order` decides where the shape does not."""
        directives = {**_DIRECTIVES, **ORDERS.get(order or "", {})}
        return "".join(
            directives[name] if name else text.replace("%", "%%") for name, text in self.pieces
        )


def shape_of(text: str) -> str:
    """Write a text's shape: lower case, narrow signs, each digit a 0.

    >>> shape_of(" 2026/07/01 9:05 AM")
    '0000/00/00 0:00 am'
    """
    narrow = text.translate(str.maketrans(WIDE, NARROW)).lower().strip()
    return re.sub(r"\d", "0", narrow, flags=re.ASCII)


def understand(shape: str) -> Shape | None:
    """Tell how a date is written; None where the shape is of no date.

    >>> understand("00.00.0000 00:00").order, understand("0000-00-00t00:00:00z").zoned
    ('open', True)
    """
    for order, regex in _READ:
        found = regex.fullmatch(shape)
        if found is not None and _makes_sense(found):
            return _shape(order, found)
    return None


def _makes_sense(found: re.Match[str]) -> bool:
    """Return whether the words are names of months and weekdays, and the clock is a whole one."""
    groups = found.groupdict()
    days = [groups.get("weekday"), (groups.get("weekday_long") or "")[:1]]
    return (
        (not groups.get("name") or groups["name"] in months())
        and all(not day or day in weekdays() for day in days)
        and not (groups.get("half") and groups.get("half_after"))
        and not (groups.get("colon") == ":" and "0" in (groups["M"], groups["S"]))
    )


def _shape(order: Order, found: re.Match[str]) -> Shape:
    groups = {name: text or "" for name, text in found.groupdict().items()}
    return Shape(
        order=order,
        separator=groups.get("by", "").strip(),
        month=groups.get("name", ""),
        half=groups.get("half", "") or groups.get("half_after", ""),
        timed=bool(groups["H"]),
        zoned=bool(groups["zone"]),
        fraction=max(len(groups["fraction"]) - 1, 0),
        pieces=tuple(_pieces(order, found)),
    )


def _pieces(order: Order, found: re.Match[str]) -> Iterator[tuple[str, str]]:
    """Cut the shape into fields and what stands between them; the zone is read apart."""
    fields = ("Y", "m", "d", "a", "b", "c", "p", "q", "name", "H", "M", "S")
    there = {name: found.span(name) for name in fields if found.groupdict().get(name)}
    end = 0
    for name, (start, stop) in sorted(there.items(), key=lambda item: item[1]):
        yield "", found.string[end:start]
        yield name, ""
        if order == "era" and name == "Y":  # its text becomes that of a western year
            yield "", found["Y"][-1]
        end = stop
    if found["fraction"]:
        yield "", found["fraction"][0]
        yield "f", ""
        end = found.end("fraction")
    yield "", found.string[end : found.start("zone") if found["zone"] else found.end()]


@functools.cache
def months() -> dict[str, int]:
    """Return names of months, short and long, of the languages that write them in dates."""
    found: dict[str, set[int]] = {"sept": {9}}
    for language in _LATIN:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, language).items():
                    found.setdefault(name.lower().rstrip("."), set()).add(number)
    return {name: min(numbers) for name, numbers in found.items() if len(numbers) == 1}


@functools.cache
def weekdays() -> frozenset[str]:
    """Return names of the days of the week, short and long."""
    return frozenset(
        name.lower().rstrip(".")
        for language in (*_LATIN, "ja", "ko")
        for width in ("wide", "abbreviated", "short", "narrow")
        for name in get_day_names(width, "format", language).values()
    )
