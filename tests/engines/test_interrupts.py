"""The kernel's stop button while a query runs: the query ends, the kernel goes on, and the next
cell reads as if nothing had been."""

import os
import time

import duckdb
import pytest
from jupyter_client.manager import start_new_kernel

from tests.conftest import ROOT

READ = """
import cxlib as cx
def read(survey):
    p = cx.nps.Parameters(
        survey=survey, score="score", wave_column=None, segment=None, columns={}
    )
    return cx.nps.read(p)
"""


@pytest.fixture
def kernel(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    manager, client = start_new_kernel(env=os.environ.copy())
    assert run(client, READ) == "ok"
    yield manager, client
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def run(client, code):
    """Run a cell; return how it ended: "ok", or the name of the exception."""
    return ended(client.execute_interactive(code, timeout=120, output_hook=lambda _: None))


def ended(reply):
    content = reply["content"]
    return content["status"] if content["status"] == "ok" else content["ename"]


def stop(kernel, code, begun):
    """Run a cell, press stop once it has begun; return how it ended and the seconds that took."""
    manager, client = kernel
    asked = client.execute(code)
    for _ in range(300):
        if begun():
            break
        time.sleep(0.1)
    manager.interrupt_kernel()
    pressed = time.monotonic()
    while (reply := client.get_shell_msg(timeout=60))["parent_header"]["msg_id"] != asked:
        pass
    return ended(reply), time.monotonic() - pressed


def test_on_postgres(postgres_url, tmp_path, monkeypatch, kernel):
    psycopg = pytest.importorskip("psycopg")
    host = postgres_url.partition("host=")[2]
    told = tmp_path / "connections.toml"
    told.write_text(
        f'[slow]\nengine = "postgres"\nhost = "{host}"\ndatabase = "postgres"\n'
        'user = "researcher"\n',
        encoding="utf-8",
    )
    assert run(kernel[1], f"import os; os.environ['CX_CONNECTIONS'] = {str(told)!r}") == "ok"
    with psycopg.connect(postgres_url, autocommit=True) as owner:
        owner.execute(
            "CREATE SCHEMA stops; CREATE TABLE stops.answers AS SELECT i % 11 AS score "
            "FROM generate_series(1, 500) i; CREATE VIEW stops.slow AS SELECT answers.* "
            "FROM stops.answers, pg_sleep(60)"
        )

        def running():
            query = (
                "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cxlib' "
                "AND state = 'active' AND query LIKE '%slow%'"
            )
            return owner.execute(query).fetchone()[0]

        assert run(kernel[1], read := "assert read('slow:stops.answers').n == 500") == "ok"
        how, seconds = stop(kernel, "read('slow:stops.slow')", running)
        assert (how, running()) == ("KeyboardInterrupt", 0)
        assert seconds < 20
        assert run(kernel[1], read) == "ok"
        kernel[0].shutdown_kernel(now=True)
        owner.execute("DROP SCHEMA stops CASCADE")


def test_on_duckdb(tmp_path, kernel):
    file = tmp_path / "slow.duckdb"
    with duckdb.connect(str(file)) as shop:
        shop.execute(
            "CREATE TABLE answers AS SELECT i % 11 AS score FROM range(500) t(i);"
            "CREATE VIEW slow AS SELECT (a.i * b.i + c.i) % 11 AS score "
            "FROM range(100000) a(i), range(100000) b(i), range(100) c(i)"
        )
    assert run(kernel[1], read := f"assert read('{file}#answers').n == 500") == "ok"
    begun = time.monotonic()
    how, seconds = stop(kernel, f"read('{file}#slow')", lambda: time.monotonic() - begun > 5)
    assert how == "KeyboardInterrupt"
    assert seconds < 20
    assert run(kernel[1], read) == "ok"
