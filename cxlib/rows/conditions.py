"""A condition, and rows in any form -> the rows that meet it, and what to say about the others.

The rules: text is compared as a name (white space and width folded, capital letters kept apart, see
`names`); text that is a plain number throughout is numbers; a day means the whole day; a row in
which something is missing that the condition asks about does not meet it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

import ibis.expr.types as ir
import pandas as pd

from cxlib import check
from cxlib.bound_values import as_condition, bind
from cxlib.comparisons import (
    Among,
    Compare,
    Comparison,
    Every,
    Named,
    OneOf,
    Operator,
    Term,
    Value,
    columns_of,
    comparisons,
    parse_comparisons,
)
from cxlib.errors import EmptyDataError
from cxlib.rows import names
from cxlib.rows.comparing import as_expression, bound_name, read_columns
from cxlib.rows.table import as_table
from cxlib.shown.message import Message

_MANY = 20_000  # texts of a column among which a near one is looked for
_ROW = "row number"


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Kept:
    """The rows that meet a condition.

    Attributes
    ----------
    rows : pandas.DataFrame or Ibis table
        In the form in which they were given.
    n, left_out : int
        Rows before, and those that do not meet it.
    notes, warnings : tuple of Message
        What was asked of the rows, and what may not be as it was meant.
    """

    rows: Any
    n: int
    left_out: int
    notes: tuple[Message, ...]
    warnings: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on the rows of a table; see `parse_condition`."""

    text: str
    term: Term
    parameter: str = "where"
    without: str = "where=None"  # what is given for all rows
    zone: str = "UTC"  # where its days and times are meant, for instants

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it names."""
        return columns_of(self.term)

    def __str__(self) -> str:
        return self.text

    def keep(self, frame: pd.DataFrame) -> pd.Series:
        """Return which rows of a frame meet the condition: true or false, with its index.

        Raises
        ------
        ColumnError
            If a column is absent, or its values cannot be compared with the condition's.
        """
        return self._truth(frame, self._table(frame)).fillna(False).astype(bool)

    def _truth(self, frame: pd.DataFrame, table: ir.Table) -> pd.Series:
        """Return of each row whether it meets the condition, or that this is not known."""
        found = table.select(_ROW, met=self.met(table)).execute()
        met = found.sort_values(_ROW)["met"].astype("boolean")
        return met.set_axis(frame.index)

    def _table(self, frame: pd.DataFrame) -> ir.Table:
        """Return the columns that are asked of, with the number of each row."""
        check.columns([str(name) for name in frame.columns], **{self.parameter: self.columns})
        used = frame.rename(columns=str)[list(self.columns)].reset_index(drop=True)
        return as_table(used.assign(**{_ROW: range(len(used))}))

    def filter(self, table: ir.Table, *, zone: str = "UTC") -> ir.Table:
        """Return the rows of a table that meet the condition; the engine filters them.

        Parameters
        ----------
        table : Ibis table
            Of DuckDB.
        zone : str
            Where the condition's days and times are meant, for instants.

        Raises
        ------
        ColumnError
            As `keep`.
        """
        return table.filter(self._met(table, zone=zone).fill_null(False))

    def apply(self, data: Any, *, file: str, zone: str | None = None) -> Kept:
        """Return the rows that meet the condition, and what to say about it.

        Parameters
        ----------
        data : pandas.DataFrame or Ibis table
        file : str
            What the rows are called.
        zone : str, optional
            As for `filter`; None: the condition's own.

        Raises
        ------
        ColumnError
            As `keep`.
        EmptyDataError
            If no row meets it.
        """
        if isinstance(data, ir.Table):
            table, met = data, self._met(data, zone=zone or self.zone)
            rows: Any = data.filter(met.fill_null(False))
            # not `isnull`: Ibis 12 writes NOT x IS NULL, which asks of x alone
            counts = table.aggregate(n=table.count(), kept=met.sum(), told=met.count())
            n, kept, told = (int(each or 0) for each in counts.execute().iloc[0].fillna(0))
        else:
            table = self._table(data)
            truth = self._truth(data, table)
            rows, n = data[truth.fillna(False).astype(bool)], len(data)
            kept, told = len(rows), int(truth.notna().sum())
        return self.told(rows, n=n, kept=kept, known=told, table=table, file=file)

    def met(self, table: ir.Table) -> ir.BooleanValue:
        """Return the condition as an expression; null where a missing value leaves it unknown.

        Raises
        ------
        ColumnError
            As `keep`.
        """
        return self._met(table, zone=self.zone)

    def told(self, rows: Any, *, n: int, kept: int, known: int, table: ir.Table, file: str) -> Kept:
        """Return the rows that met the condition, and what to say about it, from counts: of all
        rows, of those that met it, and of those of which it is known whether they do.

        Raises
        ------
        EmptyDataError
            If no row meets it.
        """
        unseen = self._unseen(table)
        if not kept:
            said = " ".join(map(str, unseen))
            raise EmptyDataError(
                f"{self.parameter}={self.text!r}: none of the {n:,} rows of {file!r} meets it"
                f"{f' ({said})' if said else ''}; change the condition, or give "
                f"{self.without} for all rows"
            )
        notes = [self._kept(file, n, kept)]
        if known < n:
            asked = list(self.columns)
            notes.append(Message("common.where_missing", n=n - known, columns=asked, file=file))
        return Kept(rows=rows, n=n, left_out=n - kept, notes=tuple(notes), warnings=tuple(unseen))

    def _kept(self, file: str, n: int, kept: int) -> Message:
        if kept == n:
            return Message("common.where_all", condition=self.text, n=n, file=file)
        return Message("common.where_kept", condition=self.text, kept=kept, n=n, file=file)

    def _met(self, table: ir.Table, *, zone: str) -> ir.BooleanValue:
        """Return the condition as an expression; null where a missing value leaves it unknown."""
        check.columns(table.columns, **{self.parameter: self.columns})
        columns = read_columns(table, self.term)
        said = f"{self.parameter}={self.text!r}"
        return as_expression(self.term, columns, said=said, zone=ZoneInfo(zone))

    def _unseen(self, table: ir.Table) -> list[Message]:
        """Name the texts that the condition is about and no row has, with the nearest that one has,
        and those that rows have in other capital letters too."""
        asked: dict[str, list[str]] = {}
        for part in comparisons(self.term):
            if isinstance(part, Named):
                asked.setdefault(part.column, []).append(_bound_name(table, part))
                continue
            given = _texts(part)
            if isinstance(part, Compare) and part.operator not in (
                Operator.EQUAL,
                Operator.UNEQUAL,
            ):
                continue  # a bound need not be there itself
            if given and isinstance(part, Compare | OneOf) and _is_text(table[part.column]):
                asked.setdefault(part.column, []).extend(given)
        return [
            message
            for column, texts in asked.items()
            for message in _compare_texts(table, column, list(dict.fromkeys(texts)))
        ]


def parse_condition(text: str, *, parameter: str = "where") -> Condition:
    """Read a condition as `comparisons.parse_comparisons` does.

    Parameters
    ----------
    text : str
        One condition in the syntax of SQL's comparisons.
    parameter : str
        What gave it, for refusals.

    Returns
    -------
    Condition

    Raises
    ------
    ParameterError
        If it is none, or has a part that is not allowed.

    Notes
    -----
    Texts are compared as names of groups are (`names.name`), on every engine: white space around
    them, several blanks for one, and full or half width make no other name; capitals do.
    A row in which a column is missing (null, NaN or blank text) meets neither `column = 'JP'` nor
    `column <> 'JP'`, as in SQL; `column is null` asks for it. `apply` says how many such rows there
    are. A day, '2026-01-31', means the whole day in a column of times: `time <= '2026-01-31'`
    keeps the last hour of it, where SQL would keep its first instant alone.

    Examples
    --------
    >>> rows = pd.DataFrame({"country": ["JP", "KR", None, "JP "], "score": [9, 10, 10, 0]})
    >>> parse_condition("country = 'JP' or score = 10").keep(rows).tolist()
    [True, True, True, True]
    >>> parse_condition("not country = 'JP'").keep(rows).tolist()
    [False, True, False, False]
    """
    term = parse_comparisons(text, parameter=parameter)
    return Condition(text, term, parameter, f"{parameter}=None")


def choose(where: str | None, only: Mapping[str, Any], *, zone: str = "UTC") -> Condition | None:
    """Return the condition of the parameters `where` and `only`, both of which a row must meet;
    None where neither asks for anything. Days and times are meant in `zone`, for instants.

    A value of `only` asks for the rows whose name in that column (see `names`) is the value's: what
    the reader takes for one group, whatever the column's type. It is bound as it is; no letter of
    it is read as part of a condition.

    Raises
    ------
    ParameterError
        As `parse_condition`.

    Examples
    --------
    >>> rows = pd.DataFrame({"chief": ["O'Brien", " O'Brien", "' or '1'='1", None]})
    >>> choose(None, {"chief": "O'Brien"}).keep(rows).tolist()
    [True, True, False, False]
    >>> print(choose("score > 3", {"chief": "O'Brien"}))
    score > 3 and chief = 'O''Brien'
    """
    asked = None if where is None else replace(parse_condition(where), zone=zone)
    bound, said = bind(only), as_condition(only)
    if bound is None or said is None:
        return asked
    chosen = Condition(said, bound, "only", "only={}", zone)
    return chosen if asked is None else both(asked, chosen)


def both(first: Condition | None, second: Condition | None) -> Condition | None:
    """Return the condition of rows that meet two; one of them where the other is None."""
    if first is None or second is None:
        return first or second
    text = " and ".join(
        f"({each})" if " or " in str(each).lower() and each.parameter != "only" else str(each)
        for each in (first, second)
    )
    return Condition(
        text,
        Every((first.term, second.term)),
        f"{first.parameter} and {second.parameter}",
        f"{first.without} and {second.without}",
        first.zone,
    )


def among(only: Condition, column: str, ids: Collection[str], *, file: str) -> Condition:
    """Return the condition of rows whose name in `column` is among `ids`: of the people that meet
    `only` in another file."""
    return replace(only, text=f"{only} ({file})", term=Among(column, frozenset(ids)))


def _bound_name(table: ir.Table, part: Named) -> str:
    """Return the name that a value of `only` asks for."""
    return bound_name(part.value, table[part.column].type())


def _texts(part: Comparison) -> list[str]:
    values: tuple[Value, ...] = ()
    if isinstance(part, Compare):
        values = (part.value,)
    elif isinstance(part, OneOf):
        values = part.values
    return [value for value in values if isinstance(value, str)]


def _is_text(column: ir.Column) -> bool:
    return bool(column.type().is_string())


def _compare_texts(table: ir.Table, column: str, texts: list[str]) -> list[Message]:
    """Return what to say of texts beside those that a column has; nothing where it has very many,
    as a column of ids."""
    some = table.select(text=table[column]).distinct().limit(_MANY + 1).execute()["text"]
    if len(some) > _MANY:
        return []
    there = sorted({name for name in map(names.name, some) if name is not None})
    own = {text: names.name(text) or "" for text in texts}
    said = []
    for text, name in own.items():
        others = [each for each in there if each.lower() == name.lower() and each != name]
        if name not in there:
            near = check.nearest(name, there)
            said.append(
                Message("common.where_unseen_near", value=text, column=column, near=near[0])
                if near
                else Message("common.where_unseen", value=text, column=column)
            )
        elif others and not set(others) <= set(own.values()):
            said.append(Message("common.where_case", value=text, column=column, others=others))
    return said
