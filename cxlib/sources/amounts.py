"""A column of amounts, as text or numbers -> numbers, by one use of commas, points and blanks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import ibis
import ibis.expr.types as ir

from cxlib.errors import ColumnError
from cxlib.shown.message import Message

WHOLE = r"-?(0|[1-9]\d{0,17})"
FEWEST = 3  # values that all have three decimals, and may be thousands
_NUMBER = r"-?(0|[1-9]\d*)([.]\d+)?"


class Marks(StrEnum):
    """What stands in a number; its words are `sources.marks_<value>`."""

    POINT = "point"  # 1,234.50
    COMMA = "comma"  # 1.234,50
    BLANK_POINT = "blank_point"  # 1 234.50
    BLANK_COMMA = "blank_comma"  # 1 234,50
    APOSTROPHE = "apostrophe"  # 1'234.50


_BLANK = "[ \u00a0\u202f\u2009]"  # as they are: engines write their numbers in several ways
# what stands between thousands, and before the decimals
_WRITTEN = {
    Marks.POINT: (",", r"\."),
    Marks.COMMA: (r"\.", ","),
    Marks.BLANK_POINT: (_BLANK, r"\."),
    Marks.BLANK_COMMA: (_BLANK, ","),
    Marks.APOSTROPHE: ("['’]", r"\."),
}


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """A column of numbers (int64 or float64), and how it was read where that is not plain."""

    column: ir.NumericValue
    notes: tuple[Message, ...] = ()


def amount_facts(column: Any) -> dict[str, ir.Value]:
    """Return the counts that `read_amounts` needs, to be made in one pass with others."""
    if column.type().is_floating():
        return {"infinite": column.isinf().fill_null(False).sum()}
    if not column.type().is_string():
        return {}
    return {
        "values": column.count(),
        "odd": (~column.re_search(f"^(?:{_NUMBER})$")).fill_null(False).sum(),
        "thousands": column.re_search(r"^-?[1-9]\d{0,2}[.]\d{3}$").fill_null(False).sum(),
        "broken": (~column.re_search(f"^(?:{WHOLE})$")).fill_null(False).sum(),
    }


def read_amounts(
    table: ir.Table, name: str, *, parameter: str, facts: Mapping[str, Any]
) -> Amounts:
    """Read a column of amounts; `facts` are those of `amount_facts`.

    Raises
    ------
    ColumnError
        If a value is no number, or infinite, or if a comma may stand before decimals or thousands.
    """
    column: Any = table[name]
    kind = column.type()
    place = f"{parameter}={name!r}"
    if kind.is_string():
        if facts["odd"]:
            return _marked(table, column, place, facts)
        if facts["thousands"] == facts["values"] >= FEWEST:
            raise ColumnError(
                f"{place}: all {facts['values']:,} values have three digits after one point, which "
                "may stand before thousands (1.250 is 1250) or before decimals; write them without "
                "thousands separators and with other than three decimals, such as 1250 or 1.25"
            )
        return Amounts(column.cast("float64" if facts["broken"] else "int64"))
    if not kind.is_numeric():
        raise ColumnError(
            f"{place} holds {str(kind).removeprefix('!')}, not numbers; name a column with amounts"
        )
    if not kind.is_floating():
        return Amounts(column.cast("int64" if kind.is_integer() else "float64"))
    if facts["infinite"]:
        raise ColumnError(
            f"{place}: {facts['infinite']:,} values are infinite; write missing amounts as empty "
            "cells"
        )
    # a sum with a NaN in it is NaN
    return Amounts(column.isnan().ifelse(ibis.null("float64"), column.cast("float64")))


def _marked(table: ir.Table, column: Any, place: str, facts: Mapping[str, Any]) -> Amounts:
    """Read numbers with marks of thousands, or decimal commas: those by which all values are
    numbers."""
    fits = {marks: column.re_search(_pattern(marks)) for marks in Marks}
    anyhow = ibis.or_(*fits.values())
    found = table.aggregate(
        **{marks.value: (~fit).fill_null(False).sum() for marks, fit in fits.items()},
        bad=(~anyhow).fill_null(False).sum(),
        bad_example=column.min(where=~anyhow),
        odd_example=column.min(where=~column.re_search(f"^(?:{_NUMBER})$")),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    possible = [marks for marks in Marks if not found[marks.value]]
    decimals = {_WRITTEN[marks][1] for marks in possible if marks is not Marks.APOSTROPHE}
    example = found["odd_example"]
    if not possible:
        bad, first = found["bad"] or facts["odd"], found["bad_example"] or example
        raise ColumnError(
            f"{place}: {bad:,} of {facts['values']:,} cannot be read as numbers (such as "
            f"{first!r}); write them without currency, and all with the same marks, such as 1234.50"
        )
    if Marks.POINT in possible and len(decimals) > 1:
        raise ColumnError(
            f"{place}: the comma in {example!r} and the others may stand before thousands or "
            "before decimals; write them without thousands separators and with a decimal point, "
            "such as 1234.50"
        )
    marks = possible[0]
    thousands, decimal = _WRITTEN[marks]
    number = column.re_replace(thousands, "").re_replace(decimal, ".").cast("float64")
    value = table.filter(column == example).select(cx=number).limit(1).to_pyarrow()["cx"][0]
    note = Message(
        "sources.amounts_read",
        column=column.get_name(),
        marks=marks,
        example=example,
        value=value.as_py(),
    )
    return Amounts(number, (note,))


def _pattern(marks: Marks) -> str:
    thousands, decimal = _WRITTEN[marks]
    return rf"^-?(?:[1-9]\d{{0,2}}(?:{thousands}\d{{3}})+|0|[1-9]\d*)(?:{decimal}\d+)?$"
