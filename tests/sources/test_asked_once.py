"""Answers of an engine are kept while its rows stay the same."""

import ibis
import pytest

from cxlib.sources import asked_once
from cxlib.sources.asked_once import forget_answers, keep_answers


@pytest.fixture
def engine():
    engine = ibis.duckdb.connect()
    engine.raw_sql("CREATE TABLE orders AS SELECT n, n / 2 AS half FROM range(10) t(n)")
    engine.asked = []
    ask = engine.to_pyarrow
    engine.to_pyarrow = lambda expr, **given: engine.asked.append(expr) or ask(expr, **given)
    keep_answers(engine)
    return engine


def test_the_same_aggregate_is_asked_once(engine):
    orders = engine.table("orders")
    for _ in range(3):
        assert orders.count().to_pyarrow().as_py() == 10
        assert engine.table("orders").n.max().to_pyarrow().as_py() == 9
        assert orders.aggregate(n=orders.n.sum()).to_pyarrow().to_pylist() == [{"n": 45}]
    assert len(engine.asked) == 3


def test_others_are_asked(engine):
    orders = engine.table("orders")
    assert orders.filter(orders.n > 3).count().to_pyarrow().as_py() == 6
    assert orders.filter(orders.n > 4).count().to_pyarrow().as_py() == 5
    assert orders.limit(3).to_pyarrow().num_rows == 3
    assert orders.to_pyarrow(limit=2).num_rows == 2
    assert orders.n.to_pyarrow().to_pylist() == [*range(10)]
    assert len(engine.asked) == 5


def test_many_rows_are_not_kept(engine, monkeypatch):
    monkeypatch.setattr(asked_once, "FEW", 9)
    for _ in range(2):
        assert engine.table("orders").to_pyarrow().num_rows == 10
    assert len(engine.asked) == 2


def test_another_moment_is_asked_anew(engine):
    orders = engine.table("orders")
    assert orders.count().to_pyarrow().as_py() == 10
    engine.raw_sql("INSERT INTO orders VALUES (10, 5)")
    assert orders.count().to_pyarrow().as_py() == 10
    forget_answers(engine)
    assert orders.count().to_pyarrow().as_py() == 11
