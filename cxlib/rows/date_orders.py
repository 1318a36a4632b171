"""Shapes of dates -> the one pattern of a column and the order of day, month and year, proved by
its values or given; or a refusal with examples."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Never

import ibis.expr.types as ir

from cxlib.errors import ColumnError
from cxlib.rows.date_expressions import EVERYTHING, Dress, shape_column
from cxlib.rows.date_numbers import DatePattern
from cxlib.rows.date_shapes import Shape, shape_of

SHOWN, LONGEST = 3, 40  # examples in a refusal, and letters of one
MONTHS = 12
_ORDERS = {"day first": DatePattern.DAY_FIRST, "month first": DatePattern.MONTH_FIRST}
HOW = "write them as 2026-07-01, or with a time as 2026-07-01T09:30:00+09:00"


@dataclass(frozen=True, slots=True)
class Asked:
    """A column to be read, and how it is called in refusals."""

    table: ir.Table
    name: str
    parameter: str
    dates: str | None
    dress: Dress = EVERYTHING
    wide: bool = False  # whether shapes were told with wide digits

    @property
    def plain(self) -> Any:
        """The text as shapes write it: lower case, narrow, without blanks around."""
        return self.dress.off(self.column)

    @property
    def place(self) -> str:
        """The parameter and the column, as a refusal begins."""
        return f"{self.parameter}={self.name!r}"

    @property
    def column(self) -> Any:
        """The column as it is."""
        return self.table[self.name]

    @property
    def text(self) -> Any:
        """The column's text, without blanks around; missing where nothing is left."""
        return (self.column.strip() if self.dress.blanks else self.column).nullif("")

    @property
    def shape(self) -> Any:
        """The text's shape, as it was grouped."""
        return shape_column(self.column, wide=self.wide)

    def refuse(self, why: str) -> Never:
        """Refuse the column."""
        raise ColumnError(f"{self.place}{why}")

    def examples(self, where: Any, most: int = SHOWN) -> list[str]:
        """Return the first texts, in order, of rows that fulfil a condition."""
        rows = self.table.filter(where).select(cx_text=self.text).distinct()
        return rows.order_by("cx_text").limit(most).to_pyarrow()["cx_text"].to_pylist()


def short(text: str) -> str:
    """Return a text, or its beginning where it is long."""
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"


def listed(texts: Iterable[str]) -> str:
    """Return examples as a refusal lists them."""
    return ", ".join(repr(short(text)) for text in texts)


def refuse_unread(asked: Asked, bad: int, n: int, first: Sequence[str]) -> Never:
    """Refuse a column of which some values are no dates; `first` are some of them."""
    asked.refuse(
        f": {bad:,} of {n:,} values cannot be read as dates "
        f"(such as {listed(first)}){_why_not(first)}; {HOW}"
    )


def _why_not(first: Iterable[str]) -> str:
    shapes = {shape_of(text) for text in first}
    if all(re.fullmatch(r"0000", shape) for shape in shapes):
        return ": years alone are no days"
    if all(
        re.fullmatch(r"0000[-./]00?|00?[-./]0000|000000|0000[年년] ?00?[月월]", shape)
        for shape in shapes
    ):
        return ": months without a day are no days"
    return ""


def refuse_no_dates(
    asked: Asked,
    counts: Mapping[str, int],
    readable: Mapping[str, int],
    understood: Mapping[str, Shape | None],
    raw: Mapping[str, Sequence[str]],
) -> None:
    """Refuse texts whose shape is of no date, all at once; those of ISO 8601 that the calendar does
    not have are counted with them."""
    odd = [shape for shape, found in understood.items() if found is None]
    if not odd:
        return
    bad = sum(counts[shape] for shape in odd)
    bad += sum(
        counts[shape] - readable[shape]
        for shape, found in understood.items()
        if found and found.order == "year" and not found.zoned and found.separator in "-/"
    )
    texts = [text for shape in odd for text in raw[shape]]
    refuse_unread(asked, bad, sum(counts.values()), asked.examples(asked.shape.isin(texts)))


def find_order(
    asked: Asked, shapes: Mapping[str, Shape], raw: Mapping[str, Sequence[str]]
) -> tuple[DatePattern, str | None, str]:
    """Return the pattern, the order of day and month where the shapes leave it open, and a text
    that proves it, if any.

    Raises
    ------
    ColumnError
        If kinds are mixed, or day and month cannot be told apart.
    """
    kinds: dict[tuple[str, ...], list[str]] = {}
    for shape, found in shapes.items():
        kinds.setdefault(_kind(found), []).extend(raw[shape])
    refuse_mixed(asked, kinds)
    halves: dict[bool, list[str]] = {}
    for shape, found in shapes.items():
        if found.timed:
            halves.setdefault(bool(found.half), []).extend(raw[shape])
    refuse_mixed(asked, halves)
    [(order, *_)] = kinds
    if order == "open":
        return _open_order(asked)
    if order == "short":
        return _short_order(asked)
    pattern = {
        "year": DatePattern.YEAR_FIRST,
        "named": DatePattern.NAMED,
        "era": DatePattern.ERA,
    }[order]
    return pattern, None, ""


def _kind(shape: Shape) -> tuple[str, ...]:
    """What must be the same throughout: where numbers stand for the month, also what is between."""
    loose = shape.order in ("year", "named", "era")
    return (shape.order,) if loose else (shape.order, shape.separator, str(bool(shape.month)))


def refuse_mixed(asked: Asked, kinds: Mapping[Any, Sequence[str]]) -> None:
    """Refuse a column with several kinds of values; `kinds` maps each to the shapes it has."""
    if len(kinds) < 2:
        return
    told = [_counted(asked, texts) for texts in list(kinds.values())[:SHOWN]]
    asked.refuse(f" mixes kinds: {' and '.join(told)}; {HOW}, all of one kind")


def _counted(asked: Asked, shapes: Sequence[str]) -> str:
    where = asked.shape.isin(shapes)
    n = asked.table.filter(where).count().to_pyarrow().as_py()
    return f"{listed(asked.examples(where, 1))} ({n:,} values)"


def _open_order(asked: Asked) -> tuple[DatePattern, str, str]:
    """Tell whether the day or the month comes first: no month is above 12."""
    text = asked.plain
    first, second = (
        text.re_extract(r"^\D*(\d+)\D+(\d+)", place).try_cast("int64") > MONTHS for place in (1, 2)
    )
    found = asked.table.aggregate(
        day=asked.column.min(where=first & ~second),
        month=asked.column.min(where=~first & second),
        neither=asked.column.min(where=first & second),
        any=asked.text.min(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    proofs = {"day first": found["day"], "month first": found["month"]}
    proved = [order for order, proof in proofs.items() if proof is not None]
    if len(proved) == 2:
        asked.refuse(
            f" mixes dates with the day first ({listed([found['day']])}) and the month first "
            f"({listed([found['month']])}); {HOW}"
        )
    if proved:
        [order] = proved
        if asked.dates not in (None, order):
            asked.refuse(
                f": {listed([proofs[order]])} has the {order}, against dates={asked.dates!r}; "
                f"pass dates={order!r}, or dates=None"
            )
        return _ORDERS[order], order, proofs[order]
    if found["neither"] is not None:
        asked.refuse(f" has values without a month (such as {listed([found['neither']])}); {HOW}")
    example = found["any"]
    if asked.dates in _ORDERS:
        return _ORDERS[asked.dates], asked.dates, example
    if asked.dates is not None:
        asked.refuse(
            f": {short(example)!r} has the year last, against dates={asked.dates!r}; pass "
            "dates='day first' or dates='month first'"
        )
    asked.refuse(
        f": day and month cannot be told apart in {short(example)!r}, and no value has a number "
        "above 12 there; pass dates='day first' or dates='month first'"
    )


def _short_order(asked: Asked) -> tuple[DatePattern, str, str]:
    example = asked.examples(asked.text.notnull(), 1)[0]
    if asked.dates is None:
        asked.refuse(
            f": the years of {short(example)!r} and the others have two digits, so that day, month "
            "and year cannot be told apart; pass dates='day first', 'month first' or 'year first'"
        )
    return {**_ORDERS, "year first": DatePattern.YEAR_FIRST}[asked.dates], asked.dates, example
