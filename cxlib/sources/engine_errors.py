"""What an engine says while a table is read -> one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from cxlib.errors import CxError, SourceError
from cxlib.secrecy import masked
from cxlib.sources.table_names import TableName


@contextmanager
def refuse_engine_errors(name: TableName) -> Iterator[None]:
    """Turn what an engine says while a table is read into one sentence.

    Parameters
    ----------
    name : TableName
        What is read within.

    Raises
    ------
    SourceError
        If the time of a query was over, the server ended, or the engine refused, each with the next
        step. Errors that are no engine's pass through.
    """
    try:
        yield
    except CxError:
        raise
    except Exception as error:
        if type(error).__module__.split(".")[0] not in _ENGINES:
            raise
        raise SourceError(f"source {name.text!r}: {_in_a_sentence(error)}") from None


_ENGINES = {"psycopg", "duckdb", "_duckdb", "pyspark", "py4j"}


def _in_a_sentence(error: Exception) -> str:
    state = getattr(error, "sqlstate", None) or ""
    lines = [line for line in str(error).splitlines() if not line.startswith(("\tat ", "\t..."))]
    whole = masked(" ".join(" ".join(lines).split()))  # without the stack of Java
    said = whole[:300]
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
    if "FILE_NOT_EXIST" in whole:
        return f"its files were exchanged while they were read ({said}); run again"
    return f"the engine refused what it was asked ({said}); 'cx connect test' says what it has"
