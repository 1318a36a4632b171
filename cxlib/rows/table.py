"""Rows in any form -> one Ibis table, so that counts are made where the rows lie."""

from __future__ import annotations

import re
import uuid
import weakref
from collections.abc import Callable, MutableMapping, Sequence
from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from cxlib import check
from cxlib.embedded import embedded
from cxlib.errors import ColumnError, EmptyDataError, SourceError
from cxlib.rows import names
from cxlib.rows.multiplicity import refuse_groups

_FROM_ENDS = "statistics_propagation"  # DuckDB's name for what concludes from least and most
# kinds of objects, as pandas calls them, that the engine has a type for
_ALIKE = ("string", "integer", "floating", "boolean", "empty", "date", "datetime", "datetime64")
# a DuckDB relation's name in the query run inside it; no table of the user's has it
_RELATION = f"rows_{uuid.uuid4().hex}"
# what views look at, such as frames in memory, lives as long as somebody has the view
_BEHIND: MutableMapping[Any, ir.Table] = weakref.WeakKeyDictionary()


def as_table(data: Any) -> ir.Table:
    """Return rows as an Ibis table; nothing is read yet.

    Parameters
    ----------
    data : pandas.DataFrame, pyarrow.Table, path of a clean CSV or Parquet file, DuckDB relation, or
    Ibis table
        One row an observation. Survey exports with their headers and labels go through
        `sources.read_survey` first.

    Returns
    -------
    ibis.expr.types.Table
        On the embedded DuckDB, or on the engine where an Ibis table already lies.

    Raises
    ------
    SourceError
        If the path does not exist, is neither CSV nor Parquet, or cannot be read as what it is
        named; or if each row stands for several (`multiplicity.TIMES`).
    EmptyDataError
        If there are no columns.
    ColumnError
        If two columns of a pandas frame have one name, or one has none.
    """
    rows = as_groups(data)
    refuse_groups(rows.columns)
    return rows


def as_groups(data: Any) -> ir.Table:
    """Return rows as `as_table` does, also where each stands for several rows of a table: for those
    that multiply by `multiplicity.each_times`, and so count what they stand for."""
    if isinstance(data, ir.Table):
        return with_nan(data)
    embedded()
    if isinstance(data, str | Path):
        return _read(Path(data))
    if isinstance(data, pd.DataFrame):
        if data.columns.empty:
            raise EmptyDataError("data has no columns; give a frame with one row an observation")
        return _memory(data.rename(columns=str))
    if _is_relation(
        data
        # its connection cannot be reached, so its rows are copied; a count of them need not be:
        # `lazy_table`
    ):
        return ibis.memtable(data.to_arrow_table())
    if hasattr(data, "schema") and hasattr(data, "column_names"):  # Arrow
        return ibis.memtable(data)
    raise SourceError(
        f"data is a {type(data).__name__}; give a pandas frame, an Arrow table, a CSV or Parquet "
        "path, "
        "a DuckDB relation or an Ibis table"
    )


def lazy_table(data: Any) -> ir.Table:
    """As `as_table`, for one query that `fetch` runs: a DuckDB relation is then not copied, but
    counted where it lies."""
    if _is_relation(data):
        return ibis.table(ibis.memtable(data.limit(0).to_arrow_table()).schema(), name=_RELATION)
    return as_table(data)


def named(rows: ir.Table) -> ir.Table:
    """Return the same rows under a name in the embedded DuckDB, a view; nothing is read.

    Use it for rows that many queries follow: each then begins at the name, where Ibis would write
    the whole way to the rows again, which takes longer than DuckDB takes to count. On any other
    engine the rows stay as they are: nothing is made there.

    >>> rows = as_table(pd.DataFrame({"x": [1, 2]})).mutate(y=ibis._.x + 1)
    >>> named(rows).y.sum().execute()
    5
    """
    engine = rows.get_backend()
    if engine.name != "duckdb" or engine is not ibis.get_backend():
        return rows
    name = f"rows_{uuid.uuid4().hex}"
    view = engine.create_view(name, rows)
    if _types(view) != _types(rows):  # a type that the way through the engine would change
        engine.raw_sql(f'DROP VIEW "{name}"')  # Ibis's own leaves the name out
        return rows
    _BEHIND[view.op()] = rows
    return view


def _types(rows: ir.Table) -> dict[str, Any]:
    """Return types as far as queries tell them apart: microseconds are the engine's usual scale."""
    kinds = {name: kind.copy(nullable=True) for name, kind in rows.schema().items()}
    return {
        name: kind.copy(scale=None) if kind.is_timestamp() and kind.scale == 6 else kind
        for name, kind in kinds.items()
    }


def fetch(query: ir.Table, data: Any) -> pd.DataFrame:
    """Run a query on `lazy_table(data)`.

    >>> rows = duckdb.sql("SELECT 1 AS x UNION ALL SELECT 2")
    >>> fetch(lazy_table(rows).agg(n=ibis._.count()), rows)["n"].item()
    2
    """
    if _is_relation(data):
        _look_at_all(lambda asked: data.query(_RELATION, asked))
        return ibis.memtable(
            data.query(_RELATION, ibis.to_sql(query, dialect="duckdb")).to_arrow_table()
        ).execute()
    return query.execute()


def _is_relation(data: Any) -> bool:
    return hasattr(data, "to_arrow_table") and not isinstance(data, ir.Table)


def _memory(frame: pd.DataFrame) -> ir.Table:
    twice = frame.columns[frame.columns.duplicated()]
    if len(twice):
        raise ColumnError(f"data has two columns named {twice[0]!r}; rename or drop one")
    if "" in frame.columns:
        raise ColumnError("data has a column without a name; name or drop it")
    _refuse_alike(list(frame.columns))
    frame = frame.assign(
        **{name: text for name in frame if (text := _text(frame[name])) is not None}
    )
    fine = [
        name
        for name, values in frame.select_dtypes(["datetime", "datetimetz"]).items()
        if values.dt.unit == "ns"
    ]
    return ibis.memtable(
        frame.assign(**{name: frame[name].dt.as_unit("us") for name in fine})
    )  # cut, not rounded


def only_used(data: Any, names: Sequence[str | None]) -> Any:
    """Return a pandas frame in which names differ in capitals alone with the columns that are used,
    where all are there; rows in any other form as they are."""
    wanted = [name for name in dict.fromkeys(names) if name is not None]
    if not isinstance(data, pd.DataFrame) or not set(wanted) <= set(data.columns):
        return data
    return data[wanted] if _alike(list(map(str, data.columns))) else data


def _refuse_alike(columns: list[str]) -> None:
    """Refuse two columns whose names differ in capitals alone: the engine takes both for the
    first."""
    if alike := _alike(columns):
        raise ColumnError(
            f"data has columns {alike[0]!r} and {alike[1]!r}, which the engine takes for one; "
            "rename or drop one"
        )


def _alike(columns: list[str]) -> tuple[str, str] | None:
    known: dict[str, str] = {}
    for name in columns:
        if (other := known.setdefault(name.lower(), name)) != name:
            return other, name
    return None


def _text(values: pd.Series) -> pd.Series | None:
    """Return as text what the engine has no type for (periods, intervals, text beside numbers),
    each value by its name, as targets and groups are named; None for all other columns.

    So a column that nobody asks for stops nothing, and one that should be numbers is refused where
    it is used.
    """
    kind = values.dtype
    if isinstance(kind, pd.CategoricalDtype):
        named = _text(kind.categories.to_series(index=range(len(kind.categories))))
        return None if named is None else values.map(dict(zip(kind.categories, named, strict=True)))
    if not isinstance(kind, pd.PeriodDtype | pd.IntervalDtype):
        if (
            not pd.api.types.is_object_dtype(values)
            or pd.api.types.infer_dtype(values, skipna=True) in _ALIKE
        ):
            return None
        if _is_taken(values):
            return None
    return values.astype(object).map(names.name, na_action="ignore")


def _is_taken(values: pd.Series) -> bool:
    """Return whether the engine has one type for all values of a column."""
    try:
        pa.array(values, from_pandas=True)
    except (pa.ArrowException, TypeError, ValueError, OverflowError):
        return False
    return True


def _read(path: Path) -> ir.Table:
    if not path.exists():
        raise SourceError(
            f"there is no file {path.as_posix()!r}; give the path of an existing CSV or Parquet "
            "file, or open a table of a database by cx.sources.open_table"
        )
    suffix = path.suffix.lower()
    if suffix not in (".csv", ".parquet"):
        raise SourceError(
            f"{path.as_posix()!r} is neither CSV nor Parquet; read it with cx.sources.read_survey "
            "first"
        )
    if path.stat().st_size == 0:
        raise EmptyDataError(
            f"{path.as_posix()!r} is empty; give a file with a header and at least one row"
        )
    name = literal(path)
    try:
        # types are told from a million rows (under a second), so that a word far down a column is
        # found here and said
        return (
            ibis.read_csv(name, sample_size=1_000_000)
            if suffix == ".csv"
            else known_moments(with_nan(ibis.read_parquet(name, hive_partitioning=False)))
        )
    except duckdb.Error as error:
        raise SourceError(
            f"{path.as_posix()!r} cannot be read ({' '.join(str(error).split())[:200]}); save it "
            "as CSV in UTF-8 "
            "with one header row, or as Parquet; survey exports go through cx.sources.read_survey"
        ) from None


def known_moments(table: ir.Table) -> ir.Table:
    """Give a type to moments in UTC with nanoseconds, as older pandas writes them: DuckDB has one
    that Ibis does not know."""
    fine = [
        name
        for name, kind in table.schema().items()
        if kind.is_unknown() and "TIMESTAMPTZ_NS" in str(kind)
    ]
    return table.mutate(
        **{
            name: without_nanoseconds(table[name].cast("timestamp(9)")).cast("timestamp('UTC')")
            for name in fine
        }
    )


def with_nan(table: ir.Table) -> ir.Table:
    """Have DuckDB look at each number of a table of Parquet: by the least and most
    that the file tells, which leave NaN out, it takes `isnan` for never true."""
    if table.get_backend().name == "duckdb" and _has_floats(table):
        _look_at_all(table.get_backend().con.execute)
    return table


def _has_floats(table: ir.Table) -> bool:
    return any(kind.is_floating() for kind in table.schema().values())


def _look_at_all(ask: Callable[[str], Any]) -> None:
    [(given,)] = ask("SELECT current_setting('disabled_optimizers')").fetchall()
    if _FROM_ENDS not in given.split(","):
        told = ",".join(filter(None, [given, _FROM_ENDS]))
        ask(f"SET disabled_optimizers = '{told}'").fetchall()


def missing(column: ir.Column) -> ir.BooleanValue:
    """Return where a column is null or NaN: some engines have no word for the latter but of floats.

    Written as a case, since DuckDB reads no group of rows of Parquet for `isnan` alone: the least
    and most that the file tells leave NaN out."""
    if not column.type().is_floating():
        return column.isnull()
    return column.isnan().ifelse(ibis.null(column.type()), column).isnull()


def without_nanoseconds(column: ir.Column) -> ir.Column:
    """Return a column with its moments cut to microseconds, which a cast rounds: 23:59:59.999999999
    to the next day."""
    kind = column.type()
    if not kind.is_timestamp() or (kind.scale or 0) <= 6:
        return column
    fine = column.cast("timestamp(9)")  # in UTC; DuckDB has little for those with a zone
    rounded = fine.cast("timestamp")
    return ibis.ifelse(
        rounded.cast("timestamp(9)") > fine, rounded - ibis.interval(microseconds=1), rounded
    )


def literal(path: Path) -> str:
    """Return the path as the engine takes it for the file of this very name, not for a pattern of
    names.

    >>> literal(Path("survey[1].csv"))
    'survey[[]1].csv'
    """
    return re.sub(r"([*?[])", r"[\1]", path.as_posix())


def numeric(table: ir.Table, **wanted: str | None) -> None:
    """Refuse columns that are not numbers; `wanted` maps a parameter's name to its column.

    Raises
    ------
    ColumnError
        With the parameter, the column and its type, and the advice to parse scores first.
    """
    check.columns(table.columns, **wanted)
    for parameter, name in wanted.items():
        if name is not None and not (
            table[name].type().is_numeric() or table[name].type().is_boolean()
        ):
            raise ColumnError(
                f"{parameter}={name!r} holds {str(table[name].type()).removeprefix('!')}, not "
                "numbers; read the file with "
                "cx.sources.read_survey and turn the answers into scores with "
                "cx.scales.parse_scores first"
            )
