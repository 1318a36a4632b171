"""A Parquet file, a folder of such or a table of a database -> its rows grouped by their raw values
where they lie, in the types in which they would be read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from cxlib.asking import asking
from cxlib.embedded import LIMIT, MEMORY
from cxlib.errors import EmptyDataError, ParameterError, SourceError
from cxlib.rows.engine_memory import give_memory_back, on_one_thread
from cxlib.rows.engines import wall_of
from cxlib.rows.multiplicity import TIMES
from cxlib.rows.table import missing
from cxlib.rows.weights import unfit
from cxlib.shown.message import Message
from cxlib.sources import layouts, tables
from cxlib.sources.columnar import open_columns
from cxlib.sources.engine_errors import refuse_engine_errors
from cxlib.sources.frames import as_frame, encoded
from cxlib.sources.table_names import TableName, kind_of, server_table, table_of

_BATCH = 100_000  # rows
MOST_GROUPS = 100_000  # combinations of values that are looked at here
# sums over the rows of a group, where a weight is named: of the weights above 0 how many, their
# sum, that of their squares, the largest; how many are 0, how many are missing or no weights, and
# how many of these are there
WEIGHING, WEIGHTS, SQUARES, LARGEST, ZERO, UNFIT, WRONG = SUMS = (
    *("cx: weighing", "cx: weights", "cx: squares", "cx: largest"),
    *("cx: zero", "cx: unfit", "cx: wrong"),
)
_FIRST = "cx: first"
_NOT_LEAN = (WEIGHING, LARGEST, WRONG)


class TooManyGroupsError(SourceError):
    """Rows have more combinations of values than are looked at; `column` has the most values."""

    def __init__(self, said: str, *, column: str, most: int) -> None:
        super().__init__(said)
        self.column, self.most = column, most


@dataclass(frozen=True, slots=True, eq=False)
class GroupedRows:
    """Rows that are counted where they lie.

    Attributes
    ----------
    path : pathlib.Path
    table : Ibis table
        Columns by the names that a reader of the file gives them.
    types : mapping of str to pyarrow.DataType
        Of a Parquet file: the types that it gives its columns, where the engine has others.
    notes : tuple of Message
        What was noticed about the names of the columns.
    days : frozenset of str
        Columns of moments, of which days alone count.
    zone : str or None
        Whose days these are; None: those of each column's own zone.
    """

    path: Path
    table: ir.Table
    types: Mapping[str, pa.DataType]
    notes: tuple[Message, ...] = ()
    days: frozenset[str] = frozenset()
    zone: str | None = None

    @property
    def server(self) -> TableName | None:
        """The table of a server that the rows are; None where they lie in files."""
        return server_table(self.path)

    @property
    def names(self) -> list[str]:
        """The columns, in their order."""
        return list(self.table.columns)

    def is_moment(self, name: str) -> bool:
        """Return whether a column holds days or moments, by its type."""
        kind = self.table[name].type()
        return bool(kind.is_date() or kind.is_timestamp())

    def zone_of(self, name: str) -> str | None:
        """Return the zone whose days are told of a column of moments: that which is asked for, or
        the file's, else UTC; None where its moments have none."""
        kind = self.table[name].type()
        if not kind.is_timestamp() or kind.timezone is None:
            return None
        return self.zone or getattr(self.types.get(name), "tz", None) or "UTC"

    def is_nested(self, name: str) -> bool:
        """Return whether a column holds lists or structures, which no engine groups as text."""
        return bool(self.table[name].type().is_nested())

    def is_number(self, name: str) -> bool:
        """Return whether a column holds numbers, by its type."""
        return bool(self.table[name].type().is_numeric())

    def with_days(self, names: Iterable[str], zone: str | None = None) -> GroupedRows:
        """Return the rows with these columns by their days (of the zone), where they hold
        moments."""
        days = frozenset(name for name in names if self.is_moment(name))
        return replace(self, days=days, zone=zone)

    def only(self, rows: ir.Table) -> GroupedRows:
        """Return other rows of the same columns."""
        return replace(self, table=rows)

    def key(self, name: str) -> ir.Column:
        """Return a column as rows are grouped by it."""
        column = self.table[name]
        if name not in self.days or column.type().is_date():
            return column
        kind = column.type()
        if kind.timezone is None:
            return column.date()
        return wall_of(str(self.zone_of(name)), column).date()

    def group(
        self,
        names: Sequence[str],
        *,
        weight: str | None = None,
        given: Mapping[str, ir.Value] | None = None,
        bands: Mapping[str, tuple[str, Sequence[Sequence[Any]]]] | None = None,
        apart: Mapping[str, ir.BooleanValue] | None = None,
        most: int = MOST_GROUPS,
        lean: bool = False,
        first: str | None = None,
    ) -> pd.DataFrame:
        """Return the combinations of values that there are: one query.

        Parameters
        ----------
        names : sequence of str
            Columns.
        weight : str, optional
            Column of numbers that is summed up by group.
        given : mapping of str to Ibis value, optional
            Further keys.
        bands : mapping of str to (str, sequence of sequence), optional
            Further keys: a column and its raw values, band by band. The key is the number of the
            band; rows that are in none are left out.
        apart : mapping of str to Ibis boolean, optional
            Column to where its values are told apart; elsewhere it is missing in the groups.
        most : int
            Groups beyond which none are taken.
        lean : bool
            Whether there may be very many groups, the more so where nothing is named in `apart`:
            texts are then categories, and the sums that only checks need (`WEIGHING`, `LARGEST`,
            `WRONG`) are left out.
        first : str, optional
            A column with the place of each row: groups come in the order of their first ones.

        Returns
        -------
        pandas.DataFrame
            The keys, `multiplicity.TIMES` and, with a weight, the sums named above.

        Raises
        ------
        TooManyGroupsError
            If there are more groups than `most`, with the column that has the most values.
        SourceError
            If the rows cannot be read.
        """
        keys = {f"k{i}": self._key(name, apart or {}) for i, name in enumerate(names)}
        parts = {key: number_of(self.key(name), raw) for key, (name, raw) in (bands or {}).items()}
        beside = {**(given or {}), **parts}
        keys |= {f"g{i}": value for i, value in enumerate(beside.values())}
        beside_keys = {"w": weight, "first": first}
        asked = {**keys, **{key: self.table[name] for key, name in beside_keys.items() if name}}
        rows = self.table.select(**asked) if asked else self.table
        for place in range(len(given or {}), len(beside)):
            rows = rows.filter(rows[f"g{place}"].notnull())
        sums = {TIMES: rows.count(), **(_sums(rows["w"]) if weight else {})}
        if lean:
            sums = {name: each for name, each in sums.items() if name not in _NOT_LEAN}
        found_in = {_FIRST: rows["first"].min()} if first else {}
        query = rows.group_by(list(keys)).agg(**sums, **found_in) if keys else rows.agg(**sums)
        with on_one_thread(query) if lean and not apart else nullcontext():
            found = self._fetch_encoded(query) if lean else self._fetch(query.limit(most + 1))
        if first:
            found = found.sort_by(_FIRST).drop_columns(_FIRST)
        columns = [*names, *beside, *sums]
        typed = self._restore(found.rename_columns(columns), names)
        if typed.num_rows > most:
            raise self._too_many(as_frame(typed, columns), names, most)
        return as_frame(typed, columns)

    def _key(self, name: str, apart: Mapping[str, ir.BooleanValue]) -> ir.Value:
        key = self.key(name)
        return ibis.ifelse(apart[name], key, ibis.null(key.type())) if name in apart else key

    def first_places(self, name: str) -> dict[Any, int]:
        """Return each value of a column (of those that are missing, None) with the place of the
        first row that has it, in the order in which the engine keeps them: a file's. Nothing where
        an engine keeps no order."""
        if self.table.get_backend().name != "duckdb":
            return {}
        rows = self.table.select(value=self.key(name), place=ibis.row_number())
        query = rows.group_by("value").agg(place=rows.place.min()).order_by("place")
        found = self._fetch(query)
        own = self._restore(found.select(["value"]).rename_columns([name]), [name])
        values, places = as_frame(own, [name])[name], dict[Any, int]()
        for value, place in zip(values, found["place"].to_pylist(), strict=True):
            places.setdefault(None if pd.isna(value) else value, place)
        return places

    def are_among(self, name: str, values: Iterable[Any]) -> pd.Series:
        """Return of each row, in their order, whether a column has one of these values."""
        return self.fetch(self.table.select(found=is_among(self.key(name), values)))["found"]

    def take(self, most: int | None = None) -> pd.DataFrame:
        """Return the rows themselves, or the first of them."""
        rows = self.table if most is None else self.table.limit(most)
        return as_frame(self._restore(self._fetch(rows), self.names), self.names)

    def fetch_reduced(self, query: ir.Table) -> pd.DataFrame:
        """Return the few rows that a query makes of very many groups."""
        with give_memory_back(query), on_one_thread(query):
            return self.fetch(query)

    def fetch(self, query: ir.Table, own: Sequence[str] = ()) -> pd.DataFrame:
        """Return what a query gives; `own` are columns of the rows, and get their types."""
        found = self._restore(self._fetch(query), own)
        return as_frame(found, found.column_names)

    def _fetch(self, query: ir.Table) -> pa.Table:
        try:
            with self._refuse_server_errors(), asking(self.path.name):
                return query.to_pyarrow()
        except duckdb.Error as error:
            raise self._unread(error) from None

    def _refuse_server_errors(self) -> AbstractContextManager[None]:
        return refuse_engine_errors(self.server) if self.server else nullcontext()

    def _unread(self, error: Exception) -> SourceError:
        if isinstance(error, duckdb.OutOfMemoryException):
            return SourceError(
                f"{self.path.name!r} takes more memory than DuckDB may have to be counted; set "
                f"{LIMIT} in the environment (4GB, say; {MEMORY} where it is not set), or name "
                "columns with fewer values"
            )
        return SourceError(
            f"{self.path.name!r} cannot be read ({' '.join(str(error).split())[:200]}); write it "
            "again, or its rows to a table of their own"
        )

    def _fetch_encoded(self, query: ir.Table) -> pa.Table:
        """As `_fetch`, with each text once; DuckDB gives back what memory it took."""
        with give_memory_back(query):
            if query.get_backend().name != "duckdb":
                return encoded(self._fetch(query))
            try:
                engine = query.get_backend()  # Ibis 12 has no batches of DuckDB 2
                with asking(self.path.name):
                    reader = engine.con.sql(engine.compile(query)).to_arrow_reader(_BATCH)
                    parts = [encoded(pa.Table.from_batches([batch])) for batch in reader]
            except duckdb.Error as error:
                raise self._unread(error) from None
        empty = encoded(query.schema().to_pyarrow().empty_table())
        return pa.concat_tables(parts or [empty]).unify_dictionaries()

    def _restore(self, found: pa.Table, names: Sequence[str]) -> pa.Table:
        """Give these columns the types of the file, and days that of moments."""
        for place, name in enumerate(found.column_names):
            if name not in names:
                continue
            column = found.column(place)
            kind = self.types.get(name, column.type)
            if name in self.days:
                kind = pa.timestamp("us")
            if pa.types.is_dictionary(kind):
                kind = kind.value_type
            if pa.types.is_dictionary(column.type) and pa.types.is_string(kind):
                continue
            if pa.types.is_null(kind):
                found = found.set_column(place, name, pa.nulls(len(column)))
            elif column.type != kind and not pa.types.is_nested(kind):
                found = found.set_column(place, name, column.cast(kind, safe=False))
        return found

    def _too_many(
        self, groups: pd.DataFrame, names: Sequence[str], most: int
    ) -> TooManyGroupsError:
        name = max(names, key=lambda each: groups[each].nunique())
        return TooManyGroupsError(
            f"{self.path.name!r}: the values of {', '.join(map(repr, names))} make more than "
            f"{most:,} groups, and {name!r} has the most values; a table is counted by at most "
            f"{most:,} groups: name a column with fewer values in its place (days as months, "
            "amounts in bands), or leave it out",
            column=name,
            most=most,
        )


def _sums(weight: ir.Column) -> dict[str, ir.Value]:
    number = weight.cast("float64")
    fit = ~unfit(weight)
    counts = fit & (number > 0)
    return {
        WEIGHING: number.count(where=counts),
        WEIGHTS: number.sum(where=counts).fill_null(0.0),
        SQUARES: (number * number).sum(where=counts).fill_null(0.0),
        LARGEST: number.max(where=counts).fill_null(0.0),
        ZERO: number.count(where=fit & (number == 0)),
        UNFIT: weight.isnull().count(where=~fit),
        WRONG: number.count(where=~fit & ~missing(weight)),
    }


def number_of(column: ir.Column, bands: Sequence[Sequence[Any]]) -> ir.Value:
    """Return the number of the band in which the value of each row is; null where it is in none."""
    branches = [(is_among(column, raw), number) for number, raw in enumerate(bands)]
    return ibis.cases(*branches) if branches else ibis.null("int64")


def is_among(column: ir.Column, values: Iterable[Any]) -> ir.BooleanValue:
    """Return where a column has one of the values of a frame that was read from it, a missing one
    too; never null."""
    there = list(values)
    known = [_plain(value) for value in there if not pd.isna(value)]
    found = column.isin(known).fill_null(False) if known else ibis.literal(False)
    return found if len(known) == len(there) else found | missing(column)


def _plain(value: Any) -> Any:
    """Return a value of a frame as an engine takes it."""
    if isinstance(value, pd.Timestamp):
        return value.to_pydatetime()
    return value.item() if isinstance(value, np.generic) else value


def open_rows(
    path: Path, *, layout: str = "auto", sheet: str | int | None = None, header: int | None = None
) -> GroupedRows:
    """Open a source of columns; no row is read.

    Raises
    ------
    CxError
        As `surveys.read_survey`, for what is no such source.
    """
    tables.refuse_unread(path, sheet=sheet)
    refuse_layout(path, layout=layout, header=header)
    given = tables.read_names(path)
    names, notes = layouts.distinct(given)
    table = open_columns(path)
    if not given:
        raise EmptyDataError(f"{path.name!r} has 0 columns; export it again")
    table = table.rename(dict(zip(names, table.columns, strict=True)))
    unknown = [name for name, kind in table.schema().items() if kind.is_unknown()]
    if unknown:  # of no value at all, say
        table = table.mutate(**{name: table[name].cast("string") for name in unknown})
    types: dict[str, pa.DataType] = {}
    if not path.is_dir() and table_of(path) is None:
        types = dict(zip(names, pq.read_schema(path).types, strict=True))
    return GroupedRows(path=path, table=table, types=types, notes=tuple(notes))


def refuse_layout(path: Path, *, layout: str, header: int | None) -> None:
    """Refuse what says how header rows are laid out, of a source whose columns have names.

    Raises
    ------
    ParameterError, SourceError
        With what to leave.
    """
    if header not in (None, 1):
        raise ParameterError(
            f"header={header}: {path.name!r} is {kind_of(path)}, whose columns have one name "
            "each; leave header=None"
        )
    if layout not in ("auto", "plain"):
        raise SourceError(
            f"layout={layout!r}: {path.name!r} is {kind_of(path)}, whose columns have one name "
            "each; leave layout='auto'"
        )
