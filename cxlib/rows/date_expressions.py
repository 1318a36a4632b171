"""Columns of text or numbers, and how their dates are written -> columns of dates and moments, in
the engine (DuckDB)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.datatypes as dtypes
import ibis.expr.types as ir

from cxlib.rows.date_shapes import AFTERNOON, MORNING, NARROW, WIDE, ZONE, Shape, months
from cxlib.rows.engines import INSTANT, make_timestamp
from cxlib.rows.reigns import LETTERS, REIGNS, western_year

_DIGITS = "123456789"
_CLASSICAL = r"[T ]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)? ?(Z|UTC|[+-](0\d|1[0-4])(:?[0-5]\d)?)$"
_MOST_MINUTES = 14 * 60  # no zone is farther from UTC; DuckDB would also add 99 hours
EXCEL_EPOCH = 25_569  # the number that Excel gives to 1970-01-01


@ibis.udf.scalar.builtin(signature=((dtypes.string, dtypes.timestamp), INSTANT))
def timezone(zone: str, wall: Any) -> Any:
    """DuckDB's function: the instant at which clocks in `zone` show `wall`."""


@ibis.udf.scalar.builtin(signature=((dtypes.string, dtypes.Array(dtypes.string)), dtypes.timestamp))
def try_strptime(text: str, formats: Any) -> Any:
    """DuckDB's function: the moment by the first format that fits; missing where none does."""


@dataclass(frozen=True, slots=True)
class Dress:
    """What must be done to texts before their signs are compared; each costs a pass over them."""

    blanks: bool = True
    wide: bool = True
    capitals: bool = True

    @classmethod
    def of(cls, shapes: Iterable[str]) -> Dress:
        """Return what these shapes need, as they were grouped."""
        shapes = list(shapes)
        return cls(
            blanks=any(shape != shape.strip() for shape in shapes),
            wide=any(sign in WIDE for shape in shapes for sign in shape),
            capitals=any(shape != shape.lower() for shape in shapes),
        )

    def off(self, text: ir.StringValue) -> ir.StringValue:
        """Return texts in lower case, with narrow signs, without blanks around."""
        if self.wide:
            text = text.translate(WIDE, NARROW)
        if self.capitals:
            text = text.lower()
        return text.strip() if self.blanks else text


EVERYTHING = Dress()


def shape_column(text: ir.StringValue, *, wide: bool = False) -> ir.StringValue:
    """Return the shapes of texts, as `shape_of` but for capital letters, blanks around and, unless
    `wide`, wide digits, which take DuckDB four times as long."""
    digits, signs = (_DIGITS + WIDE, NARROW[10:]) if wide else (_DIGITS, "")
    return text.translate(digits, "0" * (len(digits) - len(signs)) + signs)


def wall_of_text(
    text: ir.StringValue, shapes: Sequence[Shape], order: str | None
) -> ir.TimestampValue:
    """Return what clocks showed, as it is written in plain texts; missing where one is no such
    date."""
    if any(shape.zoned for shape in shapes):
        text = text.re_replace(ZONE, "")
    if any(shape.fraction > 6 for shape in shapes):
        text = text.re_replace(r"([.,]\d{6})\d+", r"\1")
    for name in sorted({shape.month for shape in shapes if shape.month}, key=len, reverse=True):
        text = text.re_replace(rf"\b{re.escape(name)}\b", str(months()[name]))
    if any(shape.order == "era" for shape in shapes):
        text = _western(text)
    formats = list(dict.fromkeys(shape.pattern(order) for shape in shapes))
    wall = try_strptime(text, ibis.array(formats))
    halves = {shape.half for shape in shapes if shape.half}
    return _in_half(text, wall, halves) if halves else wall


def instant_of_text(text: ir.StringValue, wall: ir.TimestampValue) -> ir.TimestampValue:
    """Return the instants of plain texts that end in a zone or an offset; missing where that is
    none."""
    sign, hours, rest = (text.re_extract(ZONE, place).nullif("") for place in (1, 2, 3))
    minutes = hours.cast("int64") * 60 + rest.cast("int64").fill_null(0)
    east = ibis.ifelse(sign == "-", -minutes, minutes).fill_null(0)
    known = (minutes.fill_null(0) <= _MOST_MINUTES) & (rest.cast("int64").fill_null(0) < 60)
    return ibis.ifelse(known, timezone("UTC", wall - east.as_interval("m")), None)


def instant_as_cast(text: ir.StringValue) -> ir.TimestampValue:
    """Return the instants of texts as ISO 8601 writes them, by the engine's own cast, which is the
    fastest; missing where the offset is none."""
    closed = text.strip().replace(" +", "+").replace(" -", "-")
    return ibis.ifelse(closed.re_search(_CLASSICAL), closed.try_cast(INSTANT), None)


def _western(text: ir.StringValue) -> ir.StringValue:
    """Write the year of an era as a year of the common calendar."""
    start = "|".join([*REIGNS, *LETTERS])
    era = text.re_extract(rf"^({start})", 1)
    year = text.re_extract(rf"^(?:{start})(\d+|元)", 1).replace("元", "1").try_cast("int64")
    before = ibis.cases(*((era == name, western_year(name, 0)) for name in (*REIGNS, *LETTERS)))
    rest = text.re_replace(rf"^(?:{start})(?:\d+|元)", "")
    return ibis.ifelse(year >= 1, (before + year).cast("string") + rest, None)


def _in_half(
    text: ir.StringValue, wall: ir.TimestampValue, halves: Iterable[str]
) -> ir.TimestampValue:
    """Put the clock of twelve hours into its half of the day: 12 AM is midnight, 午後0時 noon."""
    afternoon = _any_of(text, [half for half in halves if half in AFTERNOON])
    morning = _any_of(text, [half for half in halves if half in MORNING])
    hour = wall.hour()
    half_day = ibis.interval(hours=12)
    return ibis.cases(
        (hour > 12, None),
        (afternoon & (hour < 12), wall + half_day),
        (morning & (hour == 12), wall - half_day),
        else_=wall,
    )


def _any_of(text: ir.StringValue, words: Sequence[str]) -> ir.BooleanValue:
    if not words:
        return ibis.literal(False)
    return text.re_search("|".join(rf"(?:^|[^a-z]){re.escape(word)}" for word in words))


def wall_since_1970(number: ir.NumericValue, per_second: int) -> ir.TimestampValue:
    """Return the moments, in UTC, of a count of seconds, or of smaller units, since 1970."""
    if not number.type().is_integer():
        return make_timestamp((number * (1_000_000 / per_second)).round().cast("int64"))
    if per_second > 1_000_000:
        return make_timestamp(number.cast("int64") // (per_second // 1_000_000))
    return make_timestamp(number.cast("int64") * (1_000_000 // per_second))


def wall_of_excel(number: ir.NumericValue) -> ir.TimestampValue:
    """Return what Excel shows of its days since 1900, to the millisecond that it keeps."""
    days = number.cast("float64") - EXCEL_EPOCH
    return make_timestamp((days * 86_400_000).round().cast("int64") * 1000)
