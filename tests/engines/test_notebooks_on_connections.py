"""Notebooks on the sample company in connections: the numbers and sentences of its files."""

import json
import subprocess
import sys

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

from cxlib.sources.table_names import write_names
from tests.conftest import ROOT
from tests.engines.test_notebooks_on_tables import NOTEBOOKS, SCHEMA, TABLES, title, told

POSTGRES = {
    pa.string(): "text",
    pa.int8(): "smallint",
    pa.int64(): "integer",
    pa.float64(): "numeric(12, 4)",
    pa.bool_(): "boolean",
    pa.date32(): "date",
    pa.timestamp("us", "UTC"): "timestamptz",
}


OPEN_ANSWERS = "comments"  # what customers wrote: documents of the first notebook
LOADED = (*TABLES, OPEN_ANSWERS)


def rows_of(name):
    """A file of the sample company as Arrow has it, or some of its open answers."""
    if name == OPEN_ANSWERS:
        rows = rows_of("responses")
        rows = rows.filter(pc.is_valid(rows["comment"])).slice(0, 90)
        return rows.select(["response_id", "comment", "contact_type", "wave"]).rename_columns(
            ["document", "words", "contact_type", "wave"]
        )
    with duckdb.connect() as engine:
        engine.execute("SET TimeZone = 'UTC'")
        file = str(ROOT / "data" / "sample" / TABLES[name])
        read = engine.read_parquet if file.endswith(".parquet") else engine.read_csv
        rows = read(file).to_arrow_table()
    moments = [
        (f.name, pa.timestamp("us", "UTC")) for f in rows.schema if pa.types.is_timestamp(f.type)
    ]
    for at, kind in moments:
        rows = rows.set_column(rows.schema.get_field_index(at), at, rows[at].cast(kind))
    return rows


def on_postgres(folder, request):
    psycopg = pytest.importorskip("psycopg", reason="PostgreSQL: psycopg is absent")
    url = request.getfixturevalue("postgres_url")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute('CREATE DATABASE "Sample 会社"')
    url = url.replace("/postgres?", "/Sample%20%E4%BC%9A%E7%A4%BE?")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute(f'CREATE SCHEMA "{SCHEMA}"')
        for name in LOADED:
            rows, place = rows_of(name), f'"{SCHEMA}"."{title(name)}"'
            columns = ", ".join(f'"{field.name}" {POSTGRES[field.type]}' for field in rows.schema)
            owner.execute(f"CREATE TABLE {place} ({columns})")
            with owner.cursor().copy(f"COPY {place} FROM STDIN") as copy:
                for row in rows.to_pylist():
                    copy.write_row(list(row.values()))
    return f'url = "{url}"'


def on_spark(folder, request):
    request.getfixturevalue("spark_session_url")
    for name in LOADED:
        table = folder / f"{SCHEMA}.db" / title(name)
        table.mkdir(parents=True)
        pq.write_table(rows_of(name), table / "part-0.parquet")
    return f'engine = "spark"\nmaster = "local[2]"\nwarehouse = "{folder}"'


def on_duckdb(folder, request):
    with duckdb.connect(str(folder / "shop.duckdb")) as engine:
        engine.execute(f'CREATE SCHEMA "{SCHEMA}"')
        for name in LOADED:
            rows = rows_of(name)  # noqa: F841 - DuckDB finds it by its name
            engine.execute(f'CREATE TABLE "{SCHEMA}"."{title(name)}" AS FROM rows')
    return f'engine = "duckdb"\nfile = "{folder}/shop.duckdb"'


MAKERS = {"duckdb": on_duckdb, "postgres": on_postgres, "pyspark": on_spark}


@pytest.fixture(scope="module", params=MAKERS)
def connection(request, tmp_path_factory):
    """The sample company in a connection under awkward names; returns the engine's name."""
    folder = tmp_path_factory.mktemp(request.param)
    said = MAKERS[request.param](folder, request)
    file = tmp_path_factory.mktemp("settings") / "connections.toml"
    file.write_text(f'["会社"]\n{said}\n', encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("CX_CONNECTIONS", str(file))
        yield request.param


def run(notebook, given, site):
    chosen = [part for key, value in given.items() for part in ("-p", f"{key}={value}")]
    command = [sys.executable, "-c", "from cxlib.cli import main; main()", "run"]
    return subprocess.run(
        [*command, f"notebooks/{notebook}.ipynb", *chosen, "--explain", "--out", str(site)],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip


def comments():
    """What detractors wrote, their scores and what they were asked about."""
    rows = pd.DataFrame(rows_of("responses").to_pylist())
    return {*rows["comment"].dropna(), *rows["contact_type"], *map(str, range(11))}


def newest(site, name):
    return site / name / (site / name / "latest").read_text().strip()


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_report_on_a_connection_says_what_one_on_files_says(
    name, connection, sample_reports, tmp_path
):
    notebook, tables = NOTEBOOKS[name]
    given = {key: f"会社:{write_names([SCHEMA, title(table)])}" for key, table in tables.items()}
    more = {"as_of": "2026-10-01"} if name == "retention" else {}
    ran = run(notebook, given | more, tmp_path / "site")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    here, there = (newest(site, name) for site in (tmp_path / "site", sample_reports))
    figures = [pd.read_csv(folder / "figures.csv") for folder in (here, there)]
    pd.testing.assert_frame_equal(*figures, rtol=0, atol=1e-9)
    # of comments with one score, a server has no first: these come in the order of their texts
    quoted = set() if connection == "duckdb" or name != "nps" else comments()
    said = [[line for line in told(folder) if line not in quoted] for folder in (here, there)]
    assert said[0] == said[1]
    inputs = json.loads((here / "manifest.json").read_text(encoding="utf-8"))["inputs"]
    assert {one["parameter"]: one["path"] for one in inputs} == given
    for one in inputs:
        rows = rows_of(tables[one["parameter"]])
        if connection == "duckdb":  # the file has a hash
            assert len(one["sha256"]) == 64
            assert "table" not in one
            continue
        facts = one["table"]
        assert (facts["rows"], len(facts["columns"])) == (rows.num_rows, rows.num_columns)
        assert facts["table"][1:] == [SCHEMA, title(tables[one["parameter"]])]
        assert (facts["snapshot"] is None) is (connection == "pyspark")
    if name == "retention" and connection != "duckdb":
        [orders] = [one["table"] for one in inputs if one["parameter"] == "orders"]
        latest = max(rows_of("orders")["ordered_at"].to_pylist()).isoformat()
        assert orders["newest"] == ["ordered_at", latest]


def test_a_table_of_a_server_is_read_again_and_looks_are_counted(connection, tmp_path):
    given = {"survey": f"会社:{write_names([SCHEMA, title('responses')])}"}
    site = tmp_path / "site"
    assert "no report yet" in run("03_nps", given, site).stdout
    again = run("03_nps", given, site).stdout
    looks = json.loads((newest(site, "nps") / "manifest.json").read_text())["parameters"]["looks"]
    if connection == "duckdb":  # which its hash proves unchanged
        assert "unchanged" in again
        assert looks == 1
    else:
        assert "is a table of a server, which is read again each time" in again
        assert looks == 2


@pytest.fixture(scope="module")
def open_answers(tmp_path_factory):
    """Open answers as CSV, what two people coded of them, and the report on these files."""
    folder = tmp_path_factory.mktemp("files")
    rows = rows_of(OPEN_ANSWERS)
    pyarrow.csv.write_csv(rows, folder / "responses.csv")
    codes = ("price", "service", "delivery")
    spans = [
        (row["document"], 0, len(row["words"]), codes[n % len(coder) % 3], coder)
        for n, row in enumerate(rows.to_pylist())
        for coder in ("aoki", "kim")
    ]
    columns = ["document", "start", "end", "code", "coder"]
    pd.DataFrame(spans, columns=columns).to_csv(folder / "codings.csv", index=False)
    given = {
        "transcripts": str(folder / "responses.csv"), "text_column": "words", "codebook": "None",
        "codings": str(folder / "codings.csv"), "cases": "None", "case": "contact_type",
        "order": "wave", "speakers": "{}", "resamples": "100",
    }  # fmt: skip
    ran = run("01_interviews", given, folder / "site")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return given, newest(folder / "site", "interviews")


def test_open_answers_in_a_table_are_the_documents_of_their_file(
    open_answers, connection, tmp_path
):
    given, there = open_answers
    table = f"会社:{write_names([SCHEMA, title(OPEN_ANSWERS)])}"
    ran = run("01_interviews", given | {"transcripts": table}, tmp_path / "site")
    assert ran.returncode == 0, ran.stdout + ran.stderr
    here = newest(tmp_path / "site", "interviews")
    figures = [pd.read_csv(folder / "figures.csv") for folder in (here, there)]
    pd.testing.assert_frame_equal(*figures, rtol=0, atol=1e-9)
    assert told(here) == told(there)
