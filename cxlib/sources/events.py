"""An event log -> an Ibis table of who, when and how much, checked by one query and otherwise left
where it lies."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from cxlib import check
from cxlib.errors import ColumnError, EmptyDataError, ParameterError, SourceError
from cxlib.rows.table import as_table, literal

_DATE = r"\d{4}[-/]\d{1,2}[-/]\d{1,2}"
_CLOCK = r"[T ]\d{1,2}:\d{2}(:\d{2}([.]\d+)?)?"
# from -14:00 to +14:00: DuckDB would also add 99 hours
_OFFSET = r" ?(Z|UTC|[+-](0\d|1[0-4])(:?[0-5]\d)?)"
_NUMBER = r"-?(0|[1-9]\d*)([.]\d+)?"
_WHOLE = r"-?(0|[1-9]\d{0,17})"
_INSTANT = dt.Timestamp(timezone="UTC")


@ibis.udf.scalar.builtin(signature=((dt.string, dt.timestamp), _INSTANT))
def timezone(zone: str, wall: Any) -> Any:
    """DuckDB's function: the instant at which clocks in `zone` show `wall`."""


def read_events(
    path: str | Path,
    *,
    customer: str,
    time: str,
    zone: str = "UTC",
    value: str | None = None,
    duplicates: str | None = None,
) -> ir.Table:
    """Open an event log (orders, logins, spells of a subscription); no row is pulled.

    Parameters
    ----------
    path : str or Path
        CSV (UTF-8, one header row) or Parquet; one row an event.
    customer : str
        Column with the customer's id.
    time : str
        Column with the event's date or time: dates, time stamps, or text as ISO 8601 writes it
        (`2026-07-01`, also with `/`; `2026-07-01 09:30`, `2026-07-01T09:30:00Z`,
        `2026-07-01T09:30:00+09:00`), of one kind throughout.
    zone : str
        Where times without a zone were written, such as `Asia/Tokyo`.
    value : str, optional
        Column with a number (amount, quantity).
    duplicates : str, optional
        Column with an event's own id, by which a study tells rows that came twice.

    Returns
    -------
    ibis.expr.types.Table
        These columns under their own names:

        - `customer`: type as stored; of a CSV, int64 if every id is a plain number without
          leading zeros, else text;
        - `time`: **date** where the log has dates without a time, which no zone ever shifts;
          otherwise an instant, **timestamp('UTC')**. Convert an instant to the zone of the report
          before a period is cut from it; do not convert a date;
        - `value`: int64 or float64 (a NaN is a null);
        - `duplicates`: as stored.

        Rows without a customer, time or value stay in, as nulls: the study counts them.

    Raises
    ------
    SourceError
        If the file is absent, neither CSV nor Parquet, not in UTF-8, or has rows of different
        lengths.
    EmptyDataError
        If there are no rows, or no row has a time.
    ColumnError
        If a column is absent or there twice, a time is no date or time stamp, dates and time stamps
        are mixed, or a value is no finite number.
    ParameterError
        If `zone` is unknown or one column is named twice.

    Notes
    -----
    One aggregate query reads the columns once, to check them and to choose the types; the CSV
    itself is read again by each query on the table. Columns of a CSV are read as text first: a
    reader that guesses would turn the id "007" into 7. Time stamps that carry a zone or offset are
    instants whatever `zone` says. A wall time that a change of clocks skips or repeats is resolved
    as DuckDB (ICU) does it."""
    _check_parameters(zone, customer=customer, time=time, value=value, duplicates=duplicates)
    path = Path(path)
    try:
        table = _opened(path)
        if len(table.columns) == 1 and any(mark in table.columns[0] for mark in ",;\t"):
            raise SourceError(
                f"{path.name!r}: its rows do not all have as many cells as the header; "
                "quote cells that hold a comma or a line break, or export it again"
            )
        check.columns(
            table.columns, customer=customer, time=time, value=value, duplicates=duplicates
        )
        _refuse_repeated(
            path, table, customer=customer, time=time, value=value, duplicates=duplicates
        )
        return _typed(table, path, customer, time, zone, value, duplicates)
    except duckdb.Error as error:
        words = " ".join(str(error).split())
        cause = "is not in UTF-8" if "utf-8" in words else f"cannot be read ({words[:200]})"
        raise SourceError(
            f"{path.name!r} {cause}; save it as CSV in UTF-8 with one header row (in Excel: Save "
            "As, CSV UTF-8), "
            "or as Parquet"
        ) from None


def _opened(path: Path) -> ir.Table:
    """Return the table of a file; all columns of a CSV as text, so that no id becomes a number
    before it was looked at."""
    suffix = path.suffix.lower()
    if path.is_file() and suffix not in (".csv", ".parquet"):
        raise SourceError(
            f"{path.name!r} is neither CSV nor Parquet; save it as CSV in UTF-8 with one header "
            "row (in Excel: "
            "Save As, CSV UTF-8), or as Parquet"
        )
    if suffix == ".csv" and path.is_file() and path.stat().st_size:
        return ibis.read_csv(literal(path), all_varchar=True, header=True, skip=0)
    return as_table(path)


def _refuse_repeated(path: Path, table: ir.Table, **wanted: str | None) -> None:
    """Refuse a header that stands over two columns of a CSV: DuckDB would take the first and call
    the other `<name>_1`."""
    for parameter, name in wanted.items():
        if path.suffix.lower() == ".csv" and f"{name}_1" in table.columns:
            first = (
                ibis.read_csv(literal(path), all_varchar=True, header=False, skip=0)
                .limit(1)
                .to_pyarrow()
                .to_pylist()[0]
            )
            if list(first.values()).count(name) > 1:
                raise ColumnError(
                    f"{parameter}={name!r}: {path.name!r} has more than one column of this name; "
                    "give each its own"
                )


def _check_parameters(zone: str, **columns: str | None) -> None:
    check.zone(zone)
    named = {parameter: name for parameter, name in columns.items() if name is not None}
    if len(set(named.values())) < len(named):
        given = ", ".join(f"{parameter}={name!r}" for parameter, name in named.items())
        raise ParameterError(f"{given} must be different columns")


def _typed(
    table: ir.Table,
    path: Path,
    customer: str,
    time: str,
    zone: str,
    value: str | None,
    duplicates: str | None,
) -> ir.Table:
    text = path.suffix.lower() == ".csv"
    names = [name for name in (customer, time, value, duplicates) if name is not None]
    table = table.select(*names)
    if text:
        table = table.mutate(
            **{name: table[name].strip().nullif("") for name in names if name != customer}
        )
        table = table.mutate(**{customer: table[customer].nullif("")})
    facts = _facts(table, customer, time, value)
    if facts["rows"] == 0 or facts["times"] == 0:
        raise EmptyDataError(
            f"{path.name!r} has {facts['rows']:,} rows, and time={time!r} is filled in "
            f"{facts['times']:,} of "
            "them; give a log with at least one event"
        )
    changed = {time: _time(table[time], time, zone, facts)}
    if text and facts["ids"]:
        changed[customer] = table[customer].cast("int64")
    if value is not None:
        changed[value] = _value(table[value], value, facts)
    return table.mutate(**changed).select(*names)


def _facts(table: ir.Table, customer: str, time: str, value: str | None) -> dict[str, Any]:
    """Count, in one query, what decides the types; for what is refused, the first in order of text
    stands as example."""
    when = table[time]
    wanted: dict[str, ir.Value] = {"rows": table.count(), "times": when.count()}
    if table[customer].type().is_string():
        wanted["ids"] = (~_is(table[customer], _WHOLE)).fill_null(False).sum() == 0
    if when.type().is_string():
        is_date, is_wall, is_instant = (
            _is(when, pattern) for pattern in (_DATE, _DATE + _CLOCK, _DATE + _CLOCK + _OFFSET)
        )
        is_date, is_wall, is_instant = (
            is_date & when.try_cast("date").notnull(),
            is_wall & when.try_cast("timestamp").notnull(),
            is_instant & when.try_cast(_INSTANT).notnull(),
        )
        bad = when.notnull() & ~(is_date | is_wall | is_instant)
        for name, condition in (
            ("date", is_date),
            ("wall", is_wall),
            ("instant", is_instant),
            ("bad", bad),
        ):
            wanted[name] = condition.fill_null(False).sum()
            wanted[f"{name}_example"] = when.min(where=condition)
    if value is not None and table[value].type().is_floating():
        wanted["infinite"] = table[value].isinf().fill_null(False).sum()
    if value is not None and table[value].type().is_string():
        number = table[value]
        odd = ~_is(number, _NUMBER)
        wanted |= {
            "values": number.count(),
            "odd": odd.fill_null(False).sum(),
            "odd_example": number.min(where=odd),
            "whole": (~_is(number, _WHOLE)).fill_null(False).sum() == 0,
        }
    row = table.aggregate(**wanted).to_pyarrow().to_pylist()[0]
    return {name: item if item is not None else 0 for name, item in row.items()}


def _is(column: ir.StringValue, pattern: str) -> ir.BooleanValue:
    return column.re_search(f"^(?:{pattern})$")


def _time(column: ir.Value, name: str, zone: str, facts: dict[str, Any]) -> ir.Value:
    kind = column.type()
    if kind.is_date():
        return column
    if kind.is_timestamp():
        return column.cast(_INSTANT) if kind.timezone else timezone(zone, column.cast("timestamp"))
    if not kind.is_string():
        raise ColumnError(
            f"time={name!r} holds {str(kind).removeprefix('!')}, neither dates nor time stamps; "
            "write them as 2026-07-01 or 2026-07-01T09:30:00Z"
        )
    if facts["bad"]:
        raise ColumnError(
            f"time={name!r}: {facts['bad']:,} of {facts['times']:,} values cannot be read as dates "
            "(such "
            f"as {facts['bad_example']!r}); write them as 2026-07-01, or with a time as "
            "2026-07-01T09:30:00+09:00"
        )
    kinds = [kind for kind in ("date", "wall", "instant") if facts[kind]]
    if len(kinds) > 1:
        first, second = (facts[f"{kind}_example"] for kind in kinds[:2])
        raise ColumnError(
            f"time={name!r} mixes kinds: {first!r} and {second!r}; write all of them as dates, all "
            "without a "
            "zone, or all with one"
        )
    if kinds == ["date"]:
        return column.cast("date")
    return (
        column.cast(_INSTANT) if kinds == ["instant"] else timezone(zone, column.cast("timestamp"))
    )


def _value(column: ir.Value, name: str, facts: dict[str, Any]) -> ir.Value:
    kind = column.type()
    if kind.is_string():
        if facts["odd"]:
            raise ColumnError(
                f"value={name!r}: {facts['odd']:,} of {facts['values']:,} cannot be read as "
                "numbers (such as "
                f"{facts['odd_example']!r}); write them without currency and thousands separators, "
                "such as 1234.50"
            )
        return column.cast("int64" if facts["whole"] else "float64")
    if not kind.is_numeric():
        raise ColumnError(
            f"value={name!r} holds {str(kind).removeprefix('!')}, not numbers; name a column with "
            "amounts"
        )
    if not kind.is_floating():
        return column.cast("int64" if kind.is_integer() else "float64")
    if facts["infinite"]:
        raise ColumnError(
            f"value={name!r}: {facts['infinite']:,} values are infinite; write missing amounts as "
            "empty cells"
        )
    return column.isnan().ifelse(
        ibis.null("float64"), column.cast("float64")
    )  # a sum with a NaN in it is NaN
