"""Notebooks on the sample company in a database: the numbers and sentences of its files."""

import html
import importlib.util
import json
import re
import subprocess
import sys

import duckdb
import pytest

from tests.conftest import ROOT

TABLES = {
    "responses": "responses.csv",
    "customers": "customers.csv",
    "subscriptions": "subscriptions.csv",
    "invitations": "invitations.parquet",
    "orders": "orders.parquet",
}
SCHEMA = "CX 2026"
NOTEBOOKS = {
    "nps": ("03_nps", {"survey": "responses"}),
    "bias": (
        "02_bias",
        {"survey": "responses", "frame": "customers", "invitations": "invitations"},
    ),
    "retention": (
        "04_retention",
        {"orders": "orders", "customers": "customers", "subscriptions": "subscriptions"},
    ),
}
# where the data come from, and when: the only sentences that differ
OWN = "|".join(
    ["Made 20", "会社", "Used as in the sample company", r"\.parquet"]
    + [rf"{name}\.csv" for name in ("responses", "customers", "subscriptions")]
)


def title(name):
    return f"My {name} 表"


@pytest.fixture(scope="module")
def database(tmp_path_factory):
    """The sample company under awkward names."""
    path = tmp_path_factory.mktemp("sample") / "会社 data.duckdb"
    with duckdb.connect(str(path)) as engine:
        engine.execute(f'CREATE SCHEMA "{SCHEMA}"')
        for name, file in TABLES.items():
            path_of = str(ROOT / "data" / "sample" / file)
            read = engine.read_parquet if file.endswith(".parquet") else engine.read_csv
            read(path_of).create(f'"{SCHEMA}"."{title(name)}"')
    return path


def told(folder):
    """Return the sentences of a page before its appendix, without those that name the source."""
    page = (folder / "report.html").read_text(encoding="utf-8")
    page = re.sub(r"<(script|style|svg)[\s\S]*?</\1>", "", page).partition('id="appendix"')[0]
    lines = [html.unescape(line).strip() for line in re.split(r"<[^>]+>", page)]
    return [line for line in lines if line and not re.search(OWN, line)]


@pytest.mark.parametrize("name", NOTEBOOKS)
def test_a_report_on_a_database_says_what_one_on_files_says(
    name, database, sample_reports, tmp_path
):
    if name != "nps" and importlib.util.find_spec("psycopg") is None:
        pytest.skip("takes a while; `make test-engines` runs it")
    notebook, tables = NOTEBOOKS[name]
    given = {key: f'{database}#"{SCHEMA}"."{title(table)}"' for key, table in tables.items()}
    if name == "retention":
        given["as_of"] = "2026-10-01"
    chosen = [part for key, value in given.items() for part in ("-p", f"{key}={value}")]
    command = [sys.executable, "-c", "from cxlib.cli import main; main()", "run"]
    ran = subprocess.run(
        [*command, f"notebooks/{notebook}.ipynb", *chosen, "--out", str(tmp_path / "site")],
        cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    here, there = (
        site / name / (site / name / "latest").read_text().strip()
        for site in (tmp_path / "site", sample_reports)
    )
    assert (here / "figures.csv").read_bytes() == (there / "figures.csv").read_bytes()
    assert told(here) == told(there)
    manifest = json.loads((here / "manifest.json").read_text(encoding="utf-8"))
    paths = {record["parameter"]: record["path"] for record in manifest["inputs"]}
    assert {key: path.rpartition("#")[2] for key, path in paths.items()} == {
        key: f'"{SCHEMA}"."{title(table)}"' for key, table in tables.items()
    }


def test_a_table_that_is_as_it_was_is_not_read_again(database, tmp_path):
    """Nor a view whose rows are the same; one whose rows are others at each look is refused."""
    with duckdb.connect(str(database)) as engine:
        rows = f'FROM "{SCHEMA}"."{title("responses")}"'
        engine.execute(f"CREATE VIEW late AS {rows} WHERE wave > '2025'")

    def ran(table):
        command = [sys.executable, "-c", "from cxlib.cli import main; main()", "run"]
        given = ["-p", f"survey={database}#{table}", "--explain", "--out", str(tmp_path / "site")]
        done = subprocess.run(
            [*command, "notebooks/03_nps.ipynb", *given],
            cwd=ROOT, capture_output=True, encoding="utf-8", check=False,
        )  # fmt: skip
        return done.stdout + done.stderr

    for table in (f'"{SCHEMA}"."{title("responses")}"', "late"):
        assert "unchanged" not in ran(table)
        assert "unchanged" in ran(table)
    with duckdb.connect(str(database)) as engine:
        engine.execute(f"CREATE OR REPLACE VIEW late AS {rows} WHERE wave > '2024'")
    assert "late changed (survey)" in ran("late")
    with duckdb.connect(str(database)) as engine:
        engine.execute(f"CREATE OR REPLACE VIEW late AS SELECT *, random() AS drawn {rows}")
    assert "is a view whose rows are others at each look" in ran("late")
