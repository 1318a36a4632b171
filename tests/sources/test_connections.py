"""Addresses of engines: what is refused, and that a password is never repeated. Servers are opened
in tests/engines."""

import sys

import ibis
import pytest

from cxlib import retention, sources
from cxlib.errors import ParameterError, SourceError


@pytest.mark.parametrize(
    "url",
    ["mysql://me:s3cret@host/shop", "sqlite:///s3cret.db", "snowflake://me:s3cret@x", "", "s3cret"],
)
def test_other_engines_are_refused_by_name(url):
    with pytest.raises(
        ParameterError, match="no such engine has passed the conformance tests"
    ) as refusal:
        sources.connect(url)
    assert (
        "s3cret" not in str(refusal.value) or url == "s3cret"
    )  # there it is the name of the engine


@pytest.mark.parametrize(
    ("url", "module", "extra"),
    [("postgres://me:s3cret@host/shop", "psycopg", "postgres"), ("spark", "pyspark.sql", "spark")],
)
def test_an_extra_that_is_absent_is_named(url, module, extra, monkeypatch):
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(
        SourceError,
        match=rf"extra \[{extra}\] is not installed; run: pip install 'cxlib\[{extra}\]'",
    ) as refusal:
        sources.connect(url)
    assert "s3cret" not in str(refusal.value)


def test_a_database_file_is_counted(tmp_path, monkeypatch):
    made = ibis.duckdb.connect(tmp_path / "shop.duckdb")
    made.raw_sql("CREATE TABLE orders AS SELECT 'a' AS who, TIMESTAMP '2024-01-31 23:30' AS at")
    made.disconnect()
    monkeypatch.chdir(tmp_path)
    opened = sources.connect("duckdb:///shop.duckdb")
    cohorts = retention.count_cohorts(
        opened.table("orders"), customer="who", time="at", zone="Asia/Tokyo"
    )
    assert str(cohorts.clock.name(cohorts.groups["cohort"][0])) == "2024-02"
    opened.disconnect()


def test_a_database_that_is_absent_or_none(tmp_path):
    with pytest.raises(SourceError, match=r"there is no file .*none\.duckdb"):
        sources.connect(f"duckdb://{tmp_path}/none.duckdb")
    (tmp_path / "notes.duckdb").write_text(
        "no database, but long enough to be looked at " * 10, encoding="utf-8"
    )
    with pytest.raises(SourceError, match="cannot be opened as a DuckDB database"):
        sources.connect(f"duckdb://{tmp_path}/notes.duckdb")
