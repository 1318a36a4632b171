"""The memory of a query: less of it while parts of an answer lie beside, and all of it again."""

import ibis
import pytest

from cxlib.rows.engine_memory import LEAST, ROOM, leave_room


def limit(connection):
    """The limit in bytes, as DuckDB writes it."""
    asked = "SELECT current_setting('memory_limit')"
    size, unit = connection.con.execute(asked).fetchall()[0][0].split()
    return float(size) * {"MiB": 2**20, "GiB": 2**30}[unit]


def opened(memory="2GiB"):
    connection = ibis.duckdb.connect(memory_limit=memory)
    connection.con.execute("CREATE TABLE log AS SELECT 1 AS a")
    return connection, connection.table("log")


def test_the_limit_is_lower_while_a_query_runs():
    connection, table = opened()
    with leave_room(table):
        assert limit(connection) == pytest.approx(ROOM * 2 * 2**30, rel=0.05)
    assert limit(connection) == pytest.approx(2 * 2**30, rel=0.05)


def test_the_limit_is_as_it_was_after_an_error():
    connection, table = opened()
    with pytest.raises(ZeroDivisionError), leave_room(table):
        raise ZeroDivisionError
    assert limit(connection) == pytest.approx(2 * 2**30, rel=0.05)


@pytest.mark.parametrize("memory", ["300MiB", "480MB"])
def test_a_low_limit_is_not_lowered(memory):
    connection, table = opened(memory)
    before = limit(connection)
    with leave_room(table):
        assert limit(connection) == before < LEAST


def test_an_engine_with_tables_in_memory_keeps_all_of_it():
    connection, table = opened("1GiB")
    connection.con.execute(
        "CREATE TABLE held AS SELECT i, hash(i) AS h FROM range(10_000_000) t(i)"
    )
    with leave_room(table):
        assert limit(connection) == 2**30


def test_locked_settings_stay():
    connection, table = opened()
    connection.con.execute("SET lock_configuration = true")
    with leave_room(table):
        assert limit(connection) == 2 * 2**30
