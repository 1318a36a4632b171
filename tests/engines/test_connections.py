"""Opening the engines for real: a password that is never repeated, a database file that is only read."""

import ibis
import pytest

from cxlib import sources
from cxlib.errors import SourceError


def test_a_wrong_password_is_not_repeated(postgres_url):
    url = postgres_url.replace("researcher@", "researcher:s3cret%2Fword@")
    with pytest.raises(SourceError, match="password authentication failed") as refusal:
        sources.connect(url)
    assert "s3cret" not in str(refusal.value)
    assert refusal.value.__suppress_context__


def test_spark_without_java(spark_session_url, monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SourceError, match="Spark needs Java 17"):
        sources.connect(spark_session_url)


def test_an_old_java(spark_session_url, monkeypatch, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").write_text("#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n", encoding="utf-8")
    (tmp_path / "bin" / "java").chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SourceError, match="this is Java 8"):
        sources.connect(spark_session_url)


def test_a_database_file_is_only_read(tmp_path):
    path = tmp_path / "rows.duckdb"
    made = ibis.duckdb.connect(path)
    made.raw_sql("CREATE TABLE orders AS SELECT 'a' AS who")
    made.disconnect()
    opened = sources.connect(f"duckdb://{path}")
    assert opened.table("orders").count().execute() == 1
    with pytest.raises(Exception, match="read-only"):
        opened.raw_sql("CREATE TABLE x AS SELECT 1")
    opened.disconnect()
