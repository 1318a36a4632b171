"""Tables of DuckDB in types that files have; PostgreSQL and Spark are in tests/engines."""

import datetime as dt
import shutil

import duckdb
import ibis
import pytest

from cxlib.sources.columnar import open_columns, read_columns
from cxlib.sources.engine_types import with_plain_types

COLUMNS = {
    "whole": "5::HUGEINT",
    "kind": "'b'::ENUM('a', 'b')",
    "long": "12345678901234567890::DECIMAL(20, 0)",
    "amount": "1.5::DECIMAL(10, 2)",
    "id": "9007199254740993::DECIMAL(38, 10)",
    "usual": "1.5::DECIMAL(38, 10)",
    "list": "[1, 2]",
    "far": "'infinity'::DATE",
    "at": "'2024-03-01 10:00:00.123456+09'::TIMESTAMPTZ",
    "fine": "'2024-03-01 10:00:00.123456789'::TIMESTAMP_NS",
    "day": "'2024-03-01'::DATE",
}
VALUES = {
    "whole": 5,
    "kind": "b",
    "long": "12345678901234567890",
    "amount": 1.5,
    "id": "9007199254740993",
    "usual": 1.5,
    "list": "[1, 2]",
    "far": "infinity",
    "at": dt.datetime(2024, 3, 1, 1, 0, 0, 123456, dt.UTC),
    "day": dt.date(2024, 3, 1),
}


@pytest.fixture
def database(tmp_path):
    path = tmp_path / "shop.duckdb"
    chosen = ", ".join(f'{value} AS "{name} 列"' for name, value in COLUMNS.items())
    with duckdb.connect(str(path)) as engine:
        engine.execute(f'CREATE TABLE "My types" AS SELECT {chosen}')
    return path


def test_a_connection_gives_what_a_table_of_a_file_gives(database, tmp_path):
    here = open_columns(tmp_path / 'shop.duckdb#"My types"')
    kinds, rows = here.schema(), here.drop("fine 列").to_pyarrow()
    read = read_columns(tmp_path / 'shop.duckdb#"My types"').to_pylist()[0]
    copy = shutil.copy(database, tmp_path / "copy.duckdb")  # DuckDB opens no file in two ways
    there = with_plain_types(ibis.duckdb.connect(copy, read_only=True).table("My types"))
    assert there.schema() == kinds
    assert there.drop("fine 列").to_pyarrow().equals(rows)
    [row] = rows.to_pylist()
    assert {name.removesuffix(" 列"): value for name, value in row.items()} == VALUES
    assert read["id 列"] == "9007199254740993"


def test_ids_with_places_for_a_fraction_are_not_rounded_into_one(database):
    with duckdb.connect(str(database)) as engine:
        engine.execute(
            "CREATE TABLE ids AS SELECT (9007199254740992 + n)::DECIMAL(30, 6) AS id, "
            "n + 0.5::DECIMAL(30, 6) AS amount FROM range(10) t(n)"
        )
    rows = with_plain_types(ibis.duckdb.connect(str(database), read_only=True).table("ids"))
    assert rows.id.nunique().execute() == 10
    assert rows.amount.type().is_floating()


def test_a_table_is_looked_at_once(database, monkeypatch):
    engine = ibis.duckdb.connect(str(database), read_only=True)
    first = with_plain_types(engine.table("My types"))
    assert with_plain_types(engine.table("My types")) is first
