"""Tables of connections as parameters: which are files of this machine, which lie on a server, and
what of them goes into provenance. `tests/engines` has the servers."""

import json
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from cxlib import sources
from cxlib.errors import ParameterError
from cxlib.nps import read
from cxlib.nps.parameters import Parameters
from cxlib.report import provenance
from cxlib.report.notebook import read_notebook
from cxlib.report.parameters import check_values
from cxlib.report.reasons import explain
from cxlib.sources.headers import read_header
from cxlib.sources.server_tables import facts_of
from cxlib.sources.table_names import (
    file_of,
    files_of,
    is_columnar,
    is_named,
    passwords_of,
    server_table,
)
from tests.conftest import ROOT

ANSWERS = 'shop:"Web 店"."My answers 表"'
MOMENT = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A connection to a DuckDB file, and one to a server that nobody asks."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("CX_CONNECTIONS", str(tmp_path / "connections.toml"))
    Path("connections.toml").write_text(
        '[shop]\nengine = "duckdb"\nfile = "shop.duckdb"\n'
        '[warehouse]\nengine = "postgres"\nhost = "nowhere.invalid"\npassword = "secret://DB"\n',
        encoding="utf-8",
    )
    with duckdb.connect("shop.duckdb") as engine:
        engine.execute(
            'CREATE SCHEMA "Web 店"; CREATE TABLE "Web 店"."My answers 表" AS '
            "SELECT range % 11 AS score, '2026Q' || (1 + range % 2) AS wave FROM range(200)"
        )
    return tmp_path / "shop.duckdb"


def test_a_connection_to_a_file_is_that_file(shop):
    path = Path(ANSWERS)
    assert file_of(path) == shop
    assert files_of(path) == [shop]
    assert server_table(path) is None
    assert is_columnar(path)
    assert read_header(path).names == ["score", "wave"]
    assert len(sources.read_survey(path).frame) == 200
    p = Parameters(survey=ANSWERS, wave_column="wave", segment=None, columns={})
    answers = read(p)
    assert (answers.n, answers.wave, dict(answers.tables)) == (200, "2026Q2", {})
    [record] = provenance.inputs({"survey": p.survey}, root=shop.parent)
    assert record["path"] == ANSWERS
    assert len(record["sha256"]) == 64


def test_a_table_of_a_server_has_no_file_and_no_hash_before_it_is_read(shop):
    path = Path("warehouse:public.answers")
    assert is_columnar(path)
    assert server_table(path).parts == ("public", "answers")
    assert files_of(path) == []
    [record] = provenance.inputs({"survey": path}, root=shop.parent)
    assert record == {"parameter": "survey", "path": str(path), "sha256": ""}
    assert facts_of({"survey": Path(ANSWERS)}) == {}


def test_the_password_of_a_connection_is_known_by_its_name(shop):
    """So that it is masked wherever a report would write it."""
    paths = map(Path, ["warehouse:public.answers", ANSWERS, "unknown:answers", "answers.csv"])
    assert passwords_of(paths) == ["secret://DB"]


def test_a_file_of_that_name_wins(shop):
    assert is_named("warehouse:answers")
    Path("warehouse:answers").write_text("score\n9\n", encoding="utf-8")
    assert not is_named("warehouse:answers")


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("warehouse:answers", True),
        ('w2:"a b".c', True),
        ("C:answers.csv", False),
        ("data/answers.csv", False),
        ("postgres://u@h/d", False),
        ("shop.duckdb#a:b", False),
        ("", False),
    ],
)
def test_what_is_written_like_a_table_of_a_connection(text, named):
    assert is_named(text) is named


@pytest.mark.parametrize(
    ("survey", "why"),
    [
        ("warehose:answers", "there is no connection 'warehose'.*warehouse"),
        ("warehouse:", "a name of a table is empty"),
        ("warehouse:my answers", 'write warehouse:"my answers"'),
        ("postgres://reader:pw1@host/shop", "secret|address|password"),
    ],
)
def test_what_is_no_table_is_refused_with_what_to_write(shop, survey, why):
    with pytest.raises(ParameterError, match=why) as refused:
        Parameters(survey=survey)
    assert "pw1" not in str(refused.value)


def test_a_report_keeps_the_name_as_it_was_given(shop):
    """Whatever folder the notebook lies in, and wherever the command is run."""
    notebook = ROOT / "notebooks" / "03_nps.ipynb"
    given = {"survey": ANSWERS, "segment": "None", "columns": "{}"}
    checked = check_values(
        read_notebook(notebook), given, model=Parameters, folder=notebook.parent,
        relative_to=shop.parent,
    )  # fmt: skip
    assert checked.given["survey"] == checked.values["survey"] == ANSWERS
    assert checked.inputs == {"survey": Path(ANSWERS)}
    assert provenance.relative(Path(ANSWERS), ROOT) == ANSWERS


def test_rows_of_a_server_are_never_taken_for_those_of_another_run():
    """An edited value leaves the number of rows and the newest moment alone."""
    facts = {"engine": "postgres", "rows": 3, "newest": None, "snapshot": "1:1:"}
    records = [{"parameter": "survey", "path": "warehouse:a", "sha256": ""}]
    first, second = (
        provenance.with_tables(records, {"survey": facts}, run=run) for run in ("one", "two")
    )
    assert first[0]["table"] == facts
    assert first[0]["sha256"] != second[0]["sha256"]
    assert provenance.with_tables(records, {}, run="one") == records
    manifests = [{"key": {"inputs": {"survey": ""}}, "inputs": each} for each in (first, second)]
    [why] = explain(*manifests)
    assert why.text("en") == "warehouse:a is a table of a server, which is read again each time"
    json.dumps(manifests)
