"""Reports on PostgreSQL in rough weather: what a role may not, rows that come meanwhile, a server
that goes, many at once. Each is right, or one sentence with nothing published."""

import json
import os
import subprocess
import sys
import threading
from contextlib import contextmanager

import pytest

from tests.conftest import ROOT
from tests.engines.test_notebooks_on_connections import newest

psycopg = pytest.importorskip("psycopg", reason="PostgreSQL: psycopg is absent")
SECRET = "s3cret/wörd"
GIVEN = {"score": "score", "wave_column": "wave", "segment": "None", "columns": "{}"}
ROWS = 6000
CX = [sys.executable, "-c", "from cxlib.cli import main; main()"]


@pytest.fixture(scope="module")
def url(postgres_url):
    """A database with answers as warehouses have them, and a role that may only read."""
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute('CREATE DATABASE "Weather 天気"')
    url = postgres_url.replace("/postgres?", "/Weather%20%E5%A4%A9%E6%B0%97?")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(
            f"""CREATE TABLE answers AS
                SELECT i AS id, (i * 7 % 11)::numeric AS score, '2026Q' || (1 + i % 3) AS wave,
                    timestamptz '2026-01-01' + i * interval '1 hour' AS at
                FROM generate_series(1, {ROWS}) i;
            CREATE VIEW late AS SELECT * FROM answers WHERE wave > '2026Q1';
            CREATE ROLE reader LOGIN PASSWORD '{SECRET}';
            REVOKE TEMPORARY ON DATABASE "Weather 天気" FROM PUBLIC;
            GRANT USAGE ON SCHEMA public TO reader;
            GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader"""
        )
    return url


@pytest.fixture
def as_reader(url, tmp_path, monkeypatch):
    """Write the connection of the role that may only read; its password is a secret."""
    database = "Weather 天気"
    host = url.partition("host=")[2]

    def write(password=SECRET, **more):
        (tmp_path / "DB_READER").write_text(password, encoding="utf-8")
        lines = {"host": host, "database": database, "user": "reader", **more}
        told = "".join(f'{key} = "{value}"\n' for key, value in lines.items())
        (tmp_path / "connections.toml").write_text(
            f'[wh]\nengine = "postgres"\npassword = "secret://DB_READER"\n{told}', encoding="utf-8"
        )

    monkeypatch.setenv("CX_CONNECTIONS", str(tmp_path / "connections.toml"))
    monkeypatch.setenv("CX_SECRETS_DIR", str(tmp_path))
    write()
    return write


def run(site, survey="wh:answers", **more):
    given = {"survey": survey, **GIVEN, **more}
    chosen = [part for key, value in given.items() for part in ("-p", f"{key}={value}")]
    done = subprocess.run(
        [*CX, "run", "notebooks/03_nps.ipynb", *chosen, "--out", str(site)],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False, timeout=300,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@contextmanager
def meanwhile(url, query, *, every):
    """Run a query again and again, as the owner."""
    done = threading.Event()

    def act():
        with psycopg.connect(url, autocommit=True) as owner:
            while not done.wait(every):
                owner.execute(query)

    acting = threading.Thread(target=act)
    acting.start()
    try:
        yield
    finally:
        done.set()
        acting.join()


def manifest(site):
    return json.loads((newest(site, "nps") / "manifest.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize(("survey", "rows"), [("wh:answers", ROWS), ("wh:public.late", 4000)])
def test_a_role_that_only_reads_and_may_make_no_temporary_table_is_enough(
    survey, rows, as_reader, tmp_path
):
    status, said = run(tmp_path / "site", survey)
    assert status == 0, said
    [table] = [one["table"] for one in manifest(tmp_path / "site")["inputs"]]
    assert table["rows"] == rows


def test_the_password_is_nowhere(as_reader, tmp_path):
    status, said = run(tmp_path / "site")
    assert status == 0, said
    for path in (tmp_path / "site").rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
    assert SECRET not in said


def test_a_wrong_password_is_one_sentence_without_it(as_reader, tmp_path):
    as_reader(password="wr0ng/pässword")
    status, said = run(tmp_path / "site")
    assert status == 2
    assert "connection 'wh'" in said
    assert "secret://NAME, ~/.pgpass or PGPASSWORD" in said
    assert "wr0ng" not in said
    assert "Traceback" not in said
    assert not (tmp_path / "site" / "nps" / "latest").exists()


def test_rows_that_come_while_it_runs_are_in_all_of_it_or_in_nothing(url, as_reader, tmp_path):
    """Whatever moment it was: n is the number of rows that provenance says."""
    write = "INSERT INTO answers SELECT 0, 10, '2026Q3', now() FROM answers LIMIT 9"
    with meanwhile(url, write, every=0.02):
        status, said = run(tmp_path / "site")
    with psycopg.connect(url, autocommit=True) as owner:
        [added] = owner.execute("SELECT count(*) FROM answers WHERE id = 0").fetchone()
        owner.execute("DELETE FROM answers WHERE id = 0")
    assert status == 0, said
    assert added > 0
    [table] = [one["table"] for one in manifest(tmp_path / "site")["inputs"]]
    figures = (newest(tmp_path / "site", "nps") / "figures.csv").read_text(encoding="utf-8-sig")
    [line] = [each for each in figures.splitlines() if ",level.nps,,2026Q3," in f",{each}"]
    assert table["rows"] > ROWS
    assert f",{2000 + table['rows'] - ROWS}," in line


def test_a_server_that_ends_the_connection_is_one_sentence(url, as_reader, tmp_path):
    end = (
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE application_name = 'cxlib' AND query ~ 'SELECT'"
    )
    with meanwhile(url, end, every=0.002):
        status, said = run(tmp_path / "site")
    assert status == 2, said
    assert "Traceback" not in said
    assert "connection" in said
    assert not (tmp_path / "site" / "nps" / "latest").exists()


def test_a_query_over_its_time_is_one_sentence(url, as_reader, tmp_path):
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(
            "CREATE OR REPLACE VIEW slow AS SELECT answers.*, pg_sleep(1) IS NULL AS slow "
            "FROM answers; GRANT SELECT ON slow TO reader"
        )
    as_reader(timeout="2 s")
    status, said = run(tmp_path / "site", "wh:slow")
    assert status == 2
    assert "took longer than it may" in said
    assert 'timeout = "30 min"' in said
    with psycopg.connect(url, autocommit=True) as owner:
        left = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cxlib'"
        assert owner.execute(left).fetchone() == (0,)


READ = """import sys, cxlib as cx
p = cx.nps.Parameters(survey="wh:answers", score="score", wave_column="wave", segment=None)
answers = cx.nps.read(p)
print(answers.n, answers.tables["survey"]["rows"])
"""


def test_ten_sessions_at_once_read_the_same(url, as_reader):
    several = [
        subprocess.Popen(
            [sys.executable, "-c", READ], cwd=ROOT, stdout=subprocess.PIPE, encoding="utf-8",
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
        )
        for _ in range(10)
    ]  # fmt: skip
    told = {process.communicate(timeout=300)[0].strip() for process in several}
    assert told == {f"{ROWS} {ROWS}"}
