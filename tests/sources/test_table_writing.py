"""Tables that are made: of weights that one study writes for another."""

from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

from cxlib.errors import ParameterError, SourceError
from cxlib.sources.table_targets import target_of
from cxlib.sources.table_writing import write_table

ROWS = pa.table({'回答 "id"': ["a", "b"], "n": [1, 2], "weight": [0.1, 1 / 3]})


def read(file, query):
    with duckdb.connect(str(file), read_only=True) as engine:
        return engine.execute(query).fetchall()


def test_a_table_of_duckdb_is_made_once(tmp_path):
    file = tmp_path / "new" / "w.duckdb"
    name = target_of(file.with_name('w.duckdb#"重み 2026"'))
    write_table(name, ROWS)
    assert read(file, 'FROM "重み 2026"') == [("a", 1, 0.1), ("b", 2, 1 / 3)]
    kinds = read(file, "SELECT data_type FROM information_schema.columns ORDER BY ordinal_position")
    assert kinds == [("VARCHAR",), ("BIGINT",), ("DOUBLE",)]
    with pytest.raises(SourceError, match=r"is there already and is left as it is; name a table"):
        write_table(name, ROWS.slice(0, 1))
    assert len(read(file, 'FROM "重み 2026"')) == 2


def test_a_table_that_fails_leaves_nothing(tmp_path):
    file = tmp_path / "w.duckdb"
    with pytest.raises(SourceError, match=r"cannot be made \(.*its schema must be there"):
        write_table(target_of(file.with_name("w.duckdb#none.weights")), ROWS)
    assert read(file, "SHOW TABLES") == []
    file.write_text("no database")
    with pytest.raises(SourceError, match="cannot be made"):
        write_table(target_of(file.with_name("w.duckdb#weights")), ROWS)
    assert file.read_text() == "no database"


def test_what_is_to_be_written(tmp_path, monkeypatch):
    told = tmp_path / "connections.toml"
    told.write_text(
        '[lake]\nengine = "spark"\nwarehouse = "."\n'
        '[shop]\nengine = "duckdb"\nfile = "shop.duckdb"\n'
        '[server]\nengine = "postgres"\nhost = "h"\ndatabase = "d"\n'
    )
    monkeypatch.setenv("CX_CONNECTIONS", str(told))
    assert target_of(tmp_path / "w.csv") is None
    assert target_of(tmp_path / "a#b.csv") is None
    found = target_of(tmp_path / "w.duckdb#main.x")
    assert (found.file, found.parts) == (tmp_path / "w.duckdb", ("main", "x"))
    assert target_of(Path("server:a.b")).connection == "server"
    assert target_of(Path("shop:a")).file.name == "shop.duckdb"
    with pytest.raises(ParameterError, match="tables of Spark are read and never written"):
        target_of(Path("lake:a"))
    with pytest.raises(ParameterError, match="'other'"):
        target_of(Path("other:a"))
    with pytest.raises(ParameterError):
        target_of(tmp_path / "w.duckdb#")
