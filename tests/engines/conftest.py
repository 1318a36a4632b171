"""The same rows on DuckDB, PostgreSQL and Spark: each engine is started for the tests alone, or the
reason why not is said."""

from __future__ import annotations

import glob
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from cxlib import sources

PASSWORD = "p@ss/wörd"
TYPES = {
    pa.string(): "text",
    pa.large_string(): "text",
    pa.date32(): "date",
    pa.timestamp("us", "UTC"): "timestamptz",
    pa.float64(): "double precision",
    pa.int64(): "bigint",
}


def as_rows(data):
    """A pandas frame as an Arrow table with microseconds, which every engine reads."""
    rows = pa.Table.from_pandas(data, preserve_index=False)
    return rows.cast(
        pa.schema(
            [
                (
                    field.name,
                    pa.timestamp("us", "UTC") if pa.types.is_timestamp(field.type) else field.type,
                )
                for field in rows.schema
            ]
        )
    )


class Engine:
    """A connection, and how a frame becomes a table there."""

    def __init__(self, connection):
        self.connection = connection
        self.name = connection.name

    def place(self, name, data):
        return self.table(name, as_rows(data))


class OnDuckDB(Engine):
    def table(self, name, rows):
        self.connection.con.register(f"arrow_{name}", rows)
        self.connection.raw_sql(f'CREATE OR REPLACE TABLE "{name}" AS FROM "arrow_{name}"')
        return self.connection.table(name)


class OnPostgres(Engine):
    def table(self, name, rows):
        columns = ", ".join(f'"{field.name}" {TYPES[field.type]}' for field in rows.schema)
        with self.connection.con.cursor() as cursor:
            cursor.execute(f'DROP TABLE IF EXISTS "{name}"; CREATE TABLE "{name}" ({columns})')
            with cursor.copy(f'COPY "{name}" FROM STDIN') as copy:
                for row in rows.to_pylist():
                    copy.write_row(list(row.values()))
        self.connection.con.commit()
        return self.connection.table(name)


class OnSpark(Engine):
    def __init__(self, connection, folder):
        super().__init__(connection)
        self.folder = folder

    def table(self, name, rows):
        pq.write_table(rows, self.folder / f"{name}.parquet")
        return self.connection.read_parquet(self.folder / f"{name}.parquet", table_name=name)


def postgres_programs():
    """Folder of initdb, or why there is none."""
    if importlib.util.find_spec("psycopg") is None:
        pytest.skip("PostgreSQL: psycopg is absent; `make test-engines` installs it")
    folders = sorted(glob.glob("/usr/lib/postgresql/*/bin"))
    program = shutil.which("initdb") or (folders and shutil.which("initdb", path=folders[-1]))
    if not program:
        pytest.skip("PostgreSQL: initdb is absent; install Debian's package postgresql")
    return Path(program).resolve().parent


@contextmanager
def throw_away_postgres():
    """A cluster that listens on a socket in its own folder; the password comes from a password
    file."""
    programs = postgres_programs()
    home = Path(tempfile.mkdtemp(prefix="cxpg"))
    user, prefix = None, []
    if os.geteuid() == 0:  # initdb refuses root
        user = next(
            (
                name
                for name in ("postgres", "nobody")
                if name in {entry.pw_name for entry in pwd.getpwall()}
            ),
            None,
        )
        prefix = [
            shutil.which("runuser", path=f"{os.environ['PATH']}:/usr/sbin:/sbin"),
            "-u",
            user,
            "--",
        ]
    (home / "secret").write_text(PASSWORD, encoding="utf-8")
    if user:
        for path in (home, home / "secret"):
            shutil.chown(path, user)
    (pgpass := Path(tempfile.mkdtemp()) / "pgpass").write_text(
        f"*:*:*:researcher:{PASSWORD}\n", encoding="utf-8"
    )
    pgpass.chmod(0o600)
    os.environ["PGPASSFILE"] = str(pgpass)

    def run(program, *arguments):
        with open(os.devnull) as nothing:
            subprocess.run(
                [*prefix, programs / program, "-D", home / "data", *arguments],
                check=True,
                cwd=home,
                stdin=nothing,
                stdout=subprocess.DEVNULL,
            )

    try:
        run(
            "initdb",
            "-U",
            "researcher",
            "-A",
            "scram-sha-256",
            f"--pwfile={home / 'secret'}",
            "-E",
            "UTF8",
            "--locale=C",
            "-N",
        )
        run(
            "pg_ctl",
            "-w",
            "-l",
            home / "log",
            "-o",
            f"-c listen_addresses= -k {home} -c fsync=off",
            "start",
        )
        yield f"postgres://researcher@/postgres?host={home}"
        run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
        shutil.rmtree(pgpass.parent, ignore_errors=True)
        os.environ.pop("PGPASSFILE")


@pytest.fixture(scope="session")
def postgres_url():
    with throw_away_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def spark_session_url():
    """The address of Spark on this machine, or why it cannot be there."""
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("Spark: pyspark is absent; `make test-engines` installs it")
    home = os.environ.get("JAVA_HOME")
    if shutil.which("java", path=f"{home}/bin" if home else None) is None:
        pytest.skip("Spark: Java is absent; install Debian's package openjdk-17-jre-headless")
    return "spark"


@pytest.fixture(scope="session", params=["duckdb", "postgres", "pyspark"])
def engine(request, tmp_path_factory):
    if request.param == "duckdb":
        yield OnDuckDB(ibis.duckdb.connect())
    elif request.param == "postgres":
        connection = sources.connect(request.getfixturevalue("postgres_url"))
        yield OnPostgres(connection)
        connection.con.close()
    else:
        connection = sources.connect(request.getfixturevalue("spark_session_url"))
        yield OnSpark(connection, tmp_path_factory.mktemp("spark"))
        connection.disconnect()


@pytest.fixture(scope="session")
def edge_events():
    """The edge file, typed: `at` in UTC, `day` a date, NULL a missing value (an empty customer
    stays an empty text)."""
    data = pd.read_csv(Path(__file__).parent / "events.csv", keep_default_na=False, dtype=str)
    data = data.replace("NULL", None)
    return data.assign(
        at=pd.to_datetime(data["at"].replace("", None), utc=True, format="ISO8601"),
        day=pd.to_datetime(data["day"].replace("", None)).dt.date,
        amount=data["amount"].astype(float),
    )
