"""Opening the engines for real: a password that is never repeated, a database file that is only
read."""

import datetime as dt
from contextlib import contextmanager

import ibis
import pandas as pd
import pytest

from cxlib import retention, sources
from cxlib.errors import SourceError


def test_a_wrong_password_is_not_repeated(postgres_url):
    url = postgres_url.replace("researcher@", "researcher:s3cret%2Fword@")
    with pytest.raises(SourceError, match="password authentication failed") as refusal:
        sources.connect(url)
    assert "s3cret" not in str(refusal.value)
    assert refusal.value.__suppress_context__


@contextmanager
def opened(url):
    connection = sources.connect(url)
    yield connection
    connection.disconnect()


@pytest.fixture
def reader(postgres_url):
    """A role that may only read, in a database of its own where nobody but the owner makes
    temporary tables."""
    with opened(postgres_url) as owner:
        owner.con.autocommit = True
        owner.raw_sql("CREATE DATABASE shop")
    url = postgres_url.replace("/postgres?", "/shop?")
    with opened(url) as owner:
        owner.con.execute("""CREATE TABLE events AS SELECT * FROM (VALUES ('a', timestamp '2024-01-31 23:30'),
            ('b', timestamp '2024-01-31 14:59:59')) rows(who, at);
            CREATE ROLE abroad LOGIN PASSWORD 'abroad'; ALTER ROLE abroad SET timezone = 'America/New_York';
            GRANT SELECT ON events TO abroad; REVOKE TEMPORARY ON DATABASE shop FROM PUBLIC""")  # noqa: E501
        owner.con.commit()
    with opened(url.replace("researcher@", "abroad:abroad@")) as connection:
        yield connection


def test_a_role_without_temporary_tables(reader):
    """Times without a zone are UTC, in whatever zone the role lives; its own wall time needs no
    temporary table."""
    columns = {"customer": "who", "time": "at", "as_of": dt.date(2024, 3, 1)}
    events = reader.table("events")
    for zone, first in (("UTC", [1, 1]), ("Asia/Tokyo", [1, 2]), ("America/New_York", [1, 1])):
        cohorts = retention.count_cohorts(events, zone=zone, **columns)
        assert (
            sorted(
                cohorts.clock.start(cohort).month
                for cohort in cohorts.groups["cohort"].repeat(cohorts.groups["customers"])
            )
            == first
        )
    acquired = pd.DataFrame({"who": ["a", "b"], "acquired_on": [dt.date(2024, 1, 1)] * 2})
    for call in (retention.count_cohorts, retention.count_own_clock):
        with pytest.raises(SourceError, match=r"permission denied.*GRANT TEMPORARY"):
            call(events, acquired=acquired, **columns)
    assert retention.count_cohorts(events, **columns).customers == 2  # the connection works on


def test_spark_without_java(spark_session_url, monkeypatch, tmp_path):
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    with pytest.raises(SourceError, match="Spark needs Java 17"):
        sources.connect(spark_session_url)


def test_an_old_java(spark_session_url, monkeypatch, tmp_path):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "java").write_text(
        "#!/bin/sh\necho 'openjdk version \"1.8.0_392\"' >&2\n", encoding="utf-8"
    )
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
