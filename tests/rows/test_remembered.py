"""What was found out of a remembered table is asked once; of any other, each time."""

import ibis
import pytest

from cxlib.rows.engines import FOLDED, identifier
from cxlib.rows.remembered import ask_once, is_noted, note, remember


@pytest.fixture
def table():
    connection = ibis.duckdb.connect()
    yield connection.create_table("log", ibis.memtable({"who": ["a ", "b", ""], "n": [1, 2, 3]}))
    connection.disconnect()


def count(table):
    return ask_once(table, "n", lambda: table.count().to_pyarrow().as_py())


def test_of_a_remembered_table_an_answer_is_kept_until_it_is_remembered_anew(table):
    table.get_backend().insert("log", ibis.memtable({"who": ["c"], "n": [4]}))
    assert count(table) == 4
    remember(table)
    assert count(table) == 4
    table.get_backend().insert("log", ibis.memtable({"who": ["d"], "n": [5]}))
    assert count(table) == 4
    remember(table)
    assert count(table) == 5
    assert count(table.filter(table.n > 1)) == 4  # another table


def test_a_note_holds_where_rows_and_columns_are_chosen_and_nowhere_else(table):
    note(table, (FOLDED, "who"))
    assert not is_noted(table.who, FOLDED)  # nothing remembers it
    remember(table)
    note(table, (FOLDED, "who"))
    chosen = table.filter(table.n > 1).select(id=table.who)
    assert is_noted(table.who, FOLDED)
    assert is_noted(chosen.id, FOLDED)
    assert not is_noted(table.n, FOLDED)
    assert not is_noted(table.mutate(who=table.who.upper()).who, FOLDED)
    assert not is_noted(table.who.upper(), FOLDED)


def test_ids_that_were_noted_as_folded_are_not_looked_at(table):
    assert identifier(table.who).to_pyarrow().to_pylist() == ["a", "b", None]
    remember(table)
    note(table, (FOLDED, "who"))
    assert identifier(table.who).to_pyarrow().to_pylist() == ["a ", "b", None]
