"""What an engine says while a table is read -> one sentence."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from cxlib.errors import CxError, SourceError
from cxlib.secrecy import masked
from cxlib.sources.table_names import TableName

_SAID = "said"  # of a refusal: what stands behind what was read, which an outer one names better


def _told(place: str, said: str) -> SourceError:
    error = SourceError(f"{place}: {said}")
    vars(error)[_SAID] = said
    return error


def guard(engine: Any, connection: str) -> None:
    """Have what a connection's engine says be one sentence, also where its tables are counted long
    after they were opened."""
    for name in ("execute", "to_pyarrow", "raw_sql"):
        setattr(engine, name, _guarded(getattr(engine, name), connection))


def _guarded(ask: Callable[..., Any], connection: str) -> Callable[..., Any]:
    @functools.wraps(ask)
    def asked(*given: Any, **named: Any) -> Any:
        with refuse_engine_errors(f"connection {connection!r}"):
            return ask(*given, **named)

    return asked


@contextmanager
def refuse_engine_errors(name: TableName | str) -> Iterator[None]:
    """Turn what an engine says while a table is read into one sentence.

    Parameters
    ----------
    name : TableName or str
        What is read within; of a connection alone, how the sentence begins.

    Raises
    ------
    SourceError
        If the time of a query was over, the server ended, or the engine refused, each with the next
        step. Errors that are no engine's pass through.
    """
    place = name if isinstance(name, str) else f"source {name.text!r}"
    try:
        yield
    except CxError as error:
        if _SAID not in vars(error):
            raise
        raise _told(place, vars(error)[_SAID]) from None
    except Exception as error:
        if type(error).__module__.split(".")[0] not in _ENGINES:
            raise
        raise _told(place, _in_a_sentence(_first(error))) from None


def _first(error: BaseException) -> BaseException:
    """Return what ended a query: what is said of its cursor then, and of the transaction, comes
    after it."""
    before = error.__context__
    late = getattr(error, "sqlstate", None) in _AFTERWARDS
    if late and before is not None and type(before).__module__.startswith("psycopg"):
        return _first(before)
    return error


_ENGINES = {"psycopg", "duckdb", "_duckdb", "pyspark", "py4j"}
_AFTERWARDS = ("34000", "25P02")  # of PostgreSQL: no such cursor, transaction aborted


def _in_a_sentence(error: BaseException) -> str:
    state = getattr(error, "sqlstate", None) or ""
    lines = [line for line in str(error).splitlines() if not line.startswith(("\tat ", "\t..."))]
    whole = masked(" ".join(" ".join(lines).split()))  # without the stack of Java
    said = masked(_first_line(lines))[:300]
    if state == "57014":
        return (
            f"a query took longer than it may, or was cancelled ({said}); write a longer timeout = "
            '"30 min" into the connection, or count fewer rows with where'
        )
    if type(error).__module__.startswith("psycopg") and (
        not state or state.startswith(("08", "57P"))
    ):
        return (
            f"the server ended the connection ({said}); what was read is not whole: run again when "
            "it is back"
        )
    if state == "25006":
        return (
            f"the connection only reads ({said}), and this needs a temporary table; give a table "
            "of the same connection in place of a file"
        )
    if state == "25P02":
        return (
            "a query before failed, and ended what was read; run the notebook from its first cell"
        )
    if "FILE_NOT_EXIST" in whole:
        return f"its files were exchanged while they were read ({said}); run again"
    if state.startswith(_OF_NAMES) or type(error).__name__ in _OF_NAMES:
        return f"the engine refused what it was asked ({said}); 'cx connect test' says what it has"
    return (
        f"the engine could not give the rows ({said}); see whether SELECT * FROM this table or "
        "view gives all of them there, and correct the view, or the rows it stops at"
    )


# SQLSTATE of PostgreSQL, and errors of DuckDB and Spark, about names and rights
_OF_NAMES = ("42", "3", "CatalogException", "BinderException", "AnalysisException")


def _first_line(lines: Sequence[str]) -> str:
    """Return an engine's own words: what stands below shows the query, or rows."""
    said = [" ".join(line.split()).removeprefix(": ") for line in lines]
    said = [
        line for line in said if line and not line.startswith("An error occurred while calling")
    ]
    return said[0] if said else ""
