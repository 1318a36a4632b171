"""A column of dates where it lies -> how an engine reads it, by the shapes of its distinct texts or
the span of its numbers (on the embedded DuckDB)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ibis
import ibis.expr.types as ir

from cxlib import check
from cxlib.rows import date_expressions as expressions
from cxlib.rows.date_numbers import PER_SECOND, DatePattern, number_pattern
from cxlib.rows.date_orders import (
    HOW,
    SHOWN,
    Asked,
    find_order,
    listed,
    refuse_mixed,
    refuse_no_dates,
    refuse_unread,
    short,
)
from cxlib.rows.date_shapes import ORDERS, WIDE, Shape, shape_of, understand
from cxlib.rows.engines import INSTANT
from cxlib.shown.message import Message

_ISO = re.compile(
    r"0000(?P<sign>[-/])00?(?P=sign)00?([t ]00?:00(:00(\.0+)?)?( ?(z|utc|[+-]00(:?00)?))?)?"
)
_NUMBERS = re.compile(r"0+(\.0+)?")
_DIGITS = 18  # that 64 bits hold, whatever they are
MOST_SHAPES = 5000  # dates have hundreds in all languages and widths; texts have any number


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class DateColumn:
    """How an engine reads the dates of a column.

    Attributes
    ----------
    wall : Ibis column
        Date, or moment as clocks showed it where it was written.
    instant : Ibis column or None
        Moment in UTC, where the column has a zone or counts from 1970.
    kinds : dict of str to list of str
        Which of "date", "wall" (a time without a zone) and "instant" there are, each with the
        shapes of its texts.
    groups : list of dict
        What else was aggregated, a row a shape; see `read_date_column`.
    """

    wall: Any
    instant: Any = None
    pattern: DatePattern = DatePattern.TYPED
    kinds: Mapping[str, Sequence[str]]
    notes: tuple[Message, ...] = ()
    groups: Sequence[Mapping[str, Any]] = ()


def read_date_column(
    table: ir.Table,
    name: str,
    *,
    parameter: str,
    dates: str | None = None,
    one_kind: bool = False,
    further: Mapping[str, ir.Value] | None = None,
) -> DateColumn:
    """Read a column of dates where it lies, on the embedded DuckDB: one pass tells how it is
    written, and where that is not ISO 8601 without a zone, another checks that all of it can be
    read so.

    Parameters
    ----------
    dates : {None, "day first", "month first", "year first"}
        How to read 03/04/2024 and 03/04/24, where no value of the column tells.
    one_kind : bool
        Refuse dates beside moments; moments with a zone beside others are always refused.
    further : dict of str to aggregate
        What else the first pass shall find out, by shape of the texts.

    Raises
    ------
    CxError
        As `read_dates`.
    """
    if dates is not None:
        check.one_of("dates", dates, ORDERS)
    asked = Asked(table, name, parameter, dates)
    kind = asked.column.type()
    further = further or {}
    if kind.is_date() or kind.is_timestamp():
        return _of_time(asked, further)
    if kind.is_numeric() and not kind.is_boolean():
        groups = _group(table, ibis.literal(""), asked.column, further)
        number = asked.column.nullif(float("nan")) if kind.is_floating() else asked.column
        return _of_numbers(asked, number, groups)
    if not kind.is_string() and not kind.is_null():
        asked.refuse(f" holds {str(kind).removeprefix('!')}, neither dates nor time stamps; {HOW}")
    if kind.is_null():
        groups = _group(table, ibis.literal(""), asked.column, further)
        return DateColumn(wall=ibis.null("timestamp"), kinds={}, groups=groups)
    groups = _group(table, asked.shape, asked.column, further)
    if any(digit in (group["cx_shape"] or "") for group in groups for digit in WIDE[:10]):
        asked = replace(asked, wide=True)
        groups = _group(table, asked.shape, asked.column, further)
    return _of_text(asked, groups, one_kind)


def _group(
    table: ir.Table, shape: Any, column: Any, further: Mapping[str, ir.Value]
) -> list[dict[str, Any]]:
    """Count the rows of each shape, and which of them the engine itself reads as moments."""
    read = (column.try_cast("timestamp") if column.type().is_string() else column).count()
    groups = table.group_by(cx_shape=shape).aggregate(cx_n=column.count(), cx_ok=read, **further)
    return (
        groups.order_by(ibis.desc("cx_n"), "cx_shape").limit(MOST_SHAPES).to_pyarrow().to_pylist()
    )


def _of_time(asked: Asked, further: Mapping[str, ir.Value]) -> DateColumn:
    column = asked.column
    groups = _group(asked.table, ibis.literal(""), column, further)
    if column.type().is_date():
        return DateColumn(wall=column, kinds={"date": ()}, groups=groups)
    zone = column.type().timezone
    moment = column.cast("timestamp")
    kinds = {"instant" if zone else "wall": ()}
    instant = column.cast(INSTANT) if zone else None
    return DateColumn(wall=moment, instant=instant, kinds=kinds, groups=groups)


def _of_numbers(asked: Asked, number: Any, groups: list[dict[str, Any]]) -> DateColumn:
    found = asked.table.aggregate(
        low=number.min(where=number != 0),
        high=number.max(),
        zeros=(number == 0).sum(),
        broken=ibis.literal(0) if number.type().is_integer() else (number != number.floor()).sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    if found["high"] is None:  # no value at all: nothing to be read wrongly
        return DateColumn(wall=ibis.null("timestamp"), kinds={}, groups=groups)
    low = found["high"] if found["low"] is None else found["low"]
    whole = not found["broken"]
    pattern, written = number_pattern(
        low, found["high"], zeros=found["zeros"] > 0, whole=whole, place=asked.place
    )
    kind, instant = "date", None
    if pattern is DatePattern.COMPACT:
        text = number.cast("int64").cast("string")
        wall = expressions.try_strptime(text, ibis.array([written]))
        kind = "date" if written.endswith("d") else "wall"
    elif pattern is DatePattern.EXCEL:
        wall = expressions.wall_of_excel(number)
        kind = "date" if whole else "wall"
    else:
        wall = expressions.wall_since_1970(number, PER_SECOND[pattern])
        kind, instant = "instant", expressions.timezone("UTC", wall)
    facts = _check(asked, number.cast("string"), wall)
    note = Message(
        "common.dates_of_numbers",
        column=asked.name,
        pattern=pattern,
        first=facts["first"],
        last=facts["last"],
    )
    return DateColumn(
        wall=wall, instant=instant, pattern=pattern, kinds={kind: ()}, notes=(note,), groups=groups
    )


def _check(asked: Asked, text: Any, wall: Any, example: str = "") -> dict[str, Any]:
    """Refuse texts that have become nothing; return the first and the last of what is read, and an
    example, or the first in order of text."""
    bad = text.notnull() & wall.isnull()
    chosen = text == example if example else ibis.literal(True)
    facts = asked.table.aggregate(
        n=text.count(),
        bad=bad.sum(),
        first=wall.min(),
        last=wall.max(),
        text=text.min(where=chosen),
        moment=wall.argmin(text, where=chosen),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    if facts["bad"]:
        rows = asked.table.select(cx_text=text, cx_bad=bad).filter(ibis._.cx_bad).distinct()
        first = rows.order_by("cx_text").limit(SHOWN).to_pyarrow()["cx_text"].to_pylist()
        refuse_unread(asked, facts["bad"], facts["n"], first)
    return facts


def _tally(
    groups: list[dict[str, Any]],
) -> tuple[dict[str, list[str]], dict[str, int], dict[str, int]]:
    """Return, by shape, the texts that were grouped, how many rows they have, and how many of these
    the engine reads as moments; blanks become missing values."""
    raw: dict[str, list[str]] = {}
    n, ok = dict[str, int](), dict[str, int]()
    for group in groups:
        shape = shape_of(group["cx_shape"] or "")
        if shape == "":
            group["cx_n"] = 0
        else:
            raw.setdefault(shape, []).append(group["cx_shape"])
            n[shape] = n.get(shape, 0) + group["cx_n"]
            ok[shape] = ok.get(shape, 0) + group["cx_ok"]
    return raw, n, ok


def _of_text(asked: Asked, groups: list[dict[str, Any]], one_kind: bool) -> DateColumn:
    raw, n, ok = _tally(groups)
    dress = expressions.Dress.of(group["cx_shape"] or "" for group in groups)
    dress = replace(dress, wide=dress.wide or asked.wide)
    asked = replace(asked, dress=dress)
    if not raw:
        return DateColumn(wall=ibis.null("timestamp"), kinds={}, groups=groups)
    if len(groups) == MOST_SHAPES:
        first = asked.examples(asked.text.notnull())
        asked.refuse(f" holds texts of many kinds (such as {listed(first)}); {HOW}")
    if all(_NUMBERS.fullmatch(shape) for shape in raw):
        whole = not any("." in shape for shape in raw)
        number = asked.plain.try_cast("int64" if whole else "float64")
        if max(map(len, raw)) > _DIGITS:
            _check(asked, asked.text, number)
        return _of_numbers(asked, number, groups)
    understood = {shape: understand(shape) for shape in raw}
    refuse_no_dates(asked, n, ok, understood, raw)
    shapes = {shape: found for shape, found in understood.items() if found is not None}
    kinds: dict[str, list[str]] = {}
    for shape, found in shapes.items():
        kinds.setdefault(_kind(found), []).extend(raw[shape])
    if one_kind or "instant" in kinds:
        refuse_mixed(asked, kinds)
    plain = not dress.wide and all(_ISO.fullmatch(shape) for shape in raw)
    if plain and "instant" not in kinds and n == ok:
        wall = asked.text.cast("timestamp")
        return DateColumn(wall=wall, pattern=DatePattern.ISO, kinds=kinds, groups=groups)
    return _by_pattern(asked, shapes, raw, kinds, groups, plain)


def _kind(shape: Shape) -> str:
    return "instant" if shape.zoned else "wall" if shape.timed else "date"


def _by_pattern(
    asked: Asked,
    shapes: Mapping[str, Shape],
    raw: Mapping[str, Sequence[str]],
    kinds: Mapping[str, Sequence[str]],
    groups: Sequence[Mapping[str, Any]],
    plain: bool,
) -> DateColumn:
    pattern, order, example = find_order(asked, shapes, raw)
    most = sorted(shapes, key=lambda shape: -len(raw[shape]))
    wall = expressions.wall_of_text(asked.plain, [shapes[shape] for shape in most], order)
    instant = None
    if "instant" in kinds and plain:
        instant = expressions.instant_as_cast(asked.column)
    elif "instant" in kinds:
        instant = expressions.instant_of_text(asked.plain, wall)
    read = wall if instant is None else ibis.ifelse(instant.notnull(), wall, None)
    facts = _check(asked, asked.text, read, example)
    return DateColumn(
        wall=wall,
        instant=instant,
        pattern=DatePattern.ISO if plain else pattern,
        kinds=kinds,
        notes=() if plain else tuple(_notes(asked, pattern, facts, kinds, shapes)),
        groups=groups,
    )


def _notes(
    asked: Asked,
    pattern: DatePattern,
    facts: Mapping[str, Any],
    kinds: Mapping[str, Sequence[str]],
    shapes: Mapping[str, Shape],
) -> Iterator[Message]:
    """Say how dates were read, with an example, and in which hundred years two digits were put."""
    said = {
        "column": asked.name,
        "pattern": pattern,
        "example": short(facts["text"]),
        "moment": facts["moment"],
    }
    if set(kinds) == {"date"}:
        yield Message("common.dates_of_text", **said)
    else:
        yield Message("common.moments_of_text", **said)
    if any(shape.order == "short" for shape in shapes.values()):
        yield Message("common.years_of_two_digits", column=asked.name)
