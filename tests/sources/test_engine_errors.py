"""What an engine says is one sentence, of the kind by which a report knows a refusal."""

import ibis
import pytest

from cxlib.errors import ColumnError, SourceError
from cxlib.sources.engine_errors import guard, refuse_engine_errors
from cxlib.sources.table_names import TableName

ORDERS = TableName(text="shop:orders", connection="shop", file=None, parts=("orders",))


@pytest.fixture
def orders():
    engine = ibis.duckdb.connect()
    engine.raw_sql("CREATE TABLE orders AS SELECT 'x' AS n")
    rows = engine.table("orders")
    guard(engine, "shop")
    engine.raw_sql("DROP TABLE orders")
    return rows


def test_an_engine_that_refuses_long_after_a_table_was_opened(orders):
    for ask in (orders.count().execute, orders.to_pyarrow, orders.count().to_pyarrow):
        with pytest.raises(SourceError) as refused:
            ask()
        assert type(refused.value) is SourceError
        assert str(refused.value).startswith(
            "connection 'shop': the engine refused what it was asked (Catalog Error: Table with "
            "name orders does not exist!"
        )
        assert str(refused.value).endswith("'cx connect test' says what it has")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("1 // (i - 3)", "Invalid Input Error: "),
        ("CAST(concat('a', i) AS INTEGER)", "Conversion Error: Could not convert string 'a0'"),
        ("error('no row is here')", "no row is here"),
    ],
)
def test_rows_that_an_engine_cannot_give_are_told_by_its_first_line(row, said):
    engine = ibis.duckdb.connect()
    engine.raw_sql("SET ieee_floating_point_ops = false")
    engine.raw_sql(f"CREATE VIEW late AS SELECT {row} AS n FROM range(5) t(i)")
    guard(engine, "shop")
    with pytest.raises(SourceError) as refused:
        engine.table("late").n.max().execute()
    told = str(refused.value)
    assert told.startswith("connection 'shop': the engine could not give the rows (")
    assert said in told
    assert told.endswith("and correct the view, or the rows it stops at")
    assert "LINE 1" not in told
    assert "cx connect test" not in told


@pytest.mark.parametrize(
    ("state", "names"), [("22012", False), ("22P02", False), ("42P01", True), ("42501", True)]
)
def test_what_postgres_says_is_its_first_line_without_rows_and_secrets(state, names):
    whole = "division by zero, password=s3cretWord\nDETAIL:  Key (mail)=(ann@x.org)\nLINE 1: SELECT"
    with pytest.raises(SourceError) as refused, refuse_engine_errors(ORDERS):
        raise of_postgres(state, whole)
    told = str(refused.value)
    assert "(division by zero, password=•••)" in told
    assert ("cx connect test" in told) == names
    assert ("SELECT * FROM this table or view" in told) != names


def test_who_knows_the_table_names_it(orders):
    with (
        pytest.raises(SourceError, match=r"^source 'shop:orders': the engine refused what it was "),
        refuse_engine_errors(ORDERS),
    ):
        orders.count().execute()


def test_other_refusals_and_errors_pass_through():
    with pytest.raises(ColumnError, match=r"^mine$"), refuse_engine_errors(ORDERS):
        raise ColumnError("mine")
    with pytest.raises(ZeroDivisionError), refuse_engine_errors(ORDERS):
        _ = 1 / 0
    with pytest.raises(KeyboardInterrupt), refuse_engine_errors(ORDERS):
        raise KeyboardInterrupt


def of_postgres(state, said):
    """An error as psycopg raises it."""
    return type("Error", (Exception,), {"sqlstate": state, "__module__": "psycopg.errors"})(said)


@pytest.mark.parametrize("after", ["34000", "25P02"])
def test_what_ended_a_query_is_said_not_what_came_after_it(after):
    late = of_postgres(after, "what came after")
    late.__context__ = of_postgres("57014", "canceling statement due to statement timeout")
    with pytest.raises(SourceError, match=r"took longer than it may"), refuse_engine_errors(ORDERS):
        raise late


def test_a_transaction_that_had_ended_is_told():
    with (
        pytest.raises(SourceError, match=r"a query before failed, and ended what was read"),
        refuse_engine_errors(ORDERS),
    ):
        raise of_postgres("25P02", "current transaction is aborted")
