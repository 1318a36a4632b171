"""DuckDB in this process has bounds, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import ibis
import pytest

from cxlib import embedded
from cxlib.sources import database_files
from cxlib.sources.table_names import read_source

SPILLS = """
import json
from pathlib import Path

from cxlib.embedded import embedded

engine = embedded().con
engine.execute("SET enable_progress_bar = false")
[(folder,)] = engine.execute("SELECT current_setting('temp_directory')").fetchall()
rows = engine.execute("SELECT hash(i) AS h, i FROM range(6000000) AS t(i) ORDER BY h")
rows.fetchmany(1)
print(json.dumps([folder, sum(each.stat().st_size for each in Path(folder).iterdir())]))
"""


def settings(connection, *names):
    asked = ", ".join(f"current_setting('{name}')" for name in names)
    return connection.execute(f"SELECT {asked}").fetchall()[0]


def test_the_engine_that_counts_files_has_a_limit_and_a_folder_of_its_own():
    folder, memory = settings(embedded.embedded().con, "temp_directory", "memory_limit")
    assert folder == embedded._folder()
    assert Path(folder).parent == Path(tempfile.gettempdir())
    assert memory.split()[1] == "MiB"
    assert float(memory.split()[0]) < 1000  # 1 GB, and what was added as memory was given back


def test_what_has_no_room_is_among_temporary_files_and_goes_with_the_process(tmp_path):
    environment = {**os.environ, embedded.LIMIT: "60MB"} | {"TMPDIR": str(tmp_path / "temporary")}
    (tmp_path / "temporary").mkdir()
    (tmp_path / "work").mkdir()
    command = [sys.executable, "-c", SPILLS]
    told = subprocess.run(
        command, cwd=tmp_path / "work", env=environment, capture_output=True, text=True, check=True
    )
    folder, size = json.loads(told.stdout)
    assert Path(folder).parent == tmp_path / "temporary"
    assert int(size) > 1_000_000
    assert sorted(tmp_path.rglob("*")) == [tmp_path / "temporary", tmp_path / "work"]


@pytest.mark.parametrize(
    ("owner", "age", "stays"),
    [("gone", 2, False), ("gone", 0.5, True), ("here", 2, True), ("x", 2, True)],
)
def test_what_a_killed_process_left_is_removed_a_day_later(
    monkeypatch, tmp_path, owner, age, stays
):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    pid = {"gone": gone.pid, "here": os.getppid()}.get(owner, owner)
    left = tmp_path / f"cx-duckdb-{pid}-a1b2"
    left.mkdir()
    (left / "duckdb_temp_storage_0.tmp").write_bytes(b"x")
    then = time.time() - age * 86_400
    os.utime(left, (then, then))
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    embedded._sweep()
    assert left.exists() == stays


def test_a_folder_that_somebody_else_removes_is_taken(monkeypatch, tmp_path):
    embedded._folder.cache_clear()
    monkeypatch.setenv(embedded.FOLDER, str(tmp_path / "it's here"))
    with duckdb.connect() as connection:
        embedded.bound(connection)
        assert settings(connection, "temp_directory") == (str(tmp_path / "it's here"),)
    embedded._folder.cache_clear()


def test_settings_of_a_researcher_stay(tmp_path):
    with duckdb.connect(config={"temp_directory": str(tmp_path)}) as connection:
        before = settings(connection, "memory_limit", "temp_directory")
        embedded.bound(connection)
        assert settings(connection, "memory_limit", "temp_directory") == before
    with duckdb.connect() as connection:
        connection.execute("SET lock_configuration = true")
        embedded.bound(connection)
        assert settings(connection, "temp_directory") == (".tmp",)


def test_a_database_spills_not_beside_itself(tmp_path):
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE answers (score INTEGER)")
        embedded.bound(connection)
        assert settings(connection, "temp_directory") == (embedded._folder(),)
    with database_files.opened(read_source(f"{path}#answers")) as connection:
        assert settings(connection, "temp_directory") == (embedded._folder(),)
        embedded.bound(connection)  # it may reach no file, and so takes no setting any more


def test_an_engine_that_is_not_duckdb_is_handed_on(monkeypatch):
    class Other:
        name = "pyspark"

    monkeypatch.setattr(ibis, "get_backend", Other)
    assert embedded.embedded().name == "pyspark"


@pytest.fixture
def heard():
    """SIGINT as Python takes it: what a shell starts in the background ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heard")
def test_a_query_that_is_stopped_ends_and_the_next_one_runs():
    with duckdb.connect() as connection:
        engine = ibis.duckdb.from_connection(connection)
        embedded.stoppable(engine)
        embedded.stoppable(engine)  # once
        engine.raw_sql(
            "CREATE VIEW long AS SELECT sum(a.i * b.i) AS n "
            "FROM range(10000000) a(i), range(10000000) b(i); CREATE VIEW short AS SELECT 1 AS n"
        )
        long, short = engine.table("long"), engine.table("short")
        threading.Timer(1, os.kill, (os.getpid(), signal.SIGINT)).start()
        begun = time.monotonic()
        with pytest.raises(KeyboardInterrupt):
            long.to_pyarrow()
        assert time.monotonic() - begun < 60
        assert short.to_pyarrow().to_pylist() == [{"n": 1}]
        with ThreadPoolExecutor(1) as other:  # no signals come there
            assert other.submit(short.execute).result().n[0] == 1
