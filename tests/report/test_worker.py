"""What became of a notebook is one message: a page, an error, or a refusal."""

import json

import pytest

from cxlib.report import worker
from cxlib.report.refusals import Kind, Refusal
from tests.report.test_crew import job
from tests.report.writing import code


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("raise cx.errors.EmptyDataError('no rows')", {"refused": "no rows"}),
        ("cx.finding('Yes.')", {"title": "T", "headline": "Yes."}),
        ("1 / 0", {"error": "ZeroDivisionError: division by zero"}),
    ],
)
def test_a_job_ends_in_one_of_three_ways(tmp_path, source, told):
    cells = [code("import cxlib as cx"), code(source)]
    found = worker._work(job(tmp_path, "one", *cells), lambda message: None)
    if "error" in found:
        found["error"] = found["error"]["message"]
    assert told.items() <= found.items()
    assert ("subject" in found) is ("refused" not in found)
    assert found["run"].startswith(found["started"][:4])


def test_a_notebook_that_vanished_is_told(tmp_path):
    gone = job(tmp_path, "one") | {"notebook": str(tmp_path / "none.ipynb")}
    error = worker._work(gone, lambda message: None)["error"]
    assert error["message"].startswith("none.ipynb cannot be read any more")


@pytest.mark.parametrize(
    "source",
    [
        "Path('survey.csv').write_text('score\\n10\\n')",  # by the notebook itself
        "Path('survey.csv').write_text(Path('survey.csv').read_text())",
        "import os; os.replace('other.csv', 'survey.csv')",
        "Path('survey.csv').unlink()",
    ],
)
def test_a_file_that_changes_while_the_report_is_made_fails_it(tmp_path, source):
    for name in ("survey.csv", "other.csv"):
        (tmp_path / name).write_text("score\n1\n", encoding="utf-8")
    cells = [code("from pathlib import Path"), code(source)]
    given = job(tmp_path, "one", *cells) | {"paths": {"survey": str(tmp_path / "survey.csv")}}
    found = worker._work(given, lambda message: None)
    assert "survey.csv" in found["error"]["message"]
    assert "title" not in found
    assert not (tmp_path / "one" / "report.html").exists()
    assert found["inputs"][0]["bytes"] == 8  # what it read, not what is there now


def test_a_fault_of_ours_is_told_with_its_traceback(tmp_path, monkeypatch):
    def fail(*_, **__):
        raise ValueError("no")

    monkeypatch.setattr(worker, "execute", fail)
    found = worker._work(job(tmp_path, "one"), lambda message: None)
    assert found["error"]["message"] == "ValueError: no"
    assert "Traceback" in found["error"]["details"]


SECRET = 'Grün-"Zk9q&<7>-Tr4m'


@pytest.mark.parametrize(
    "cells",
    [
        ["password = 'secret://PW9'", "print(cx.read_secret(password))"],  # nobody gave it
        ["cx.finding('It is ' + cx.read_secret('secret://PW9'))"],  # no parameter at all
        ["s = cx.read_secret('secret://PW9')", "print(s[:6], end='', flush=True)", "s"],
        ["s = cx.read_secret('secret://PW9')", "print(s[:6], end='', flush=True); print(s[6:])"],
        ["import pandas as pd; pd.DataFrame({cx.read_secret('secret://PW9'): [1]})"],
        [
            "import pandas as pd",
            "print(pd.DataFrame({cx.read_secret('secret://PW9'): [1]}).to_csv())",
        ],
        ["raise ValueError(cx.read_secret('secret://PW9'))"],
    ],
)
def test_a_secret_is_masked_however_it_was_named(tmp_path, monkeypatch, cells):
    monkeypatch.setenv("PW9", SECRET)
    given = job(tmp_path, "one", code("import cxlib as cx"), *map(code, cells))
    told = worker._masked(
        worker._work(given, lambda message: None), worker.mask_of(worker._named_secrets(given))
    )
    files = [path for path in (tmp_path / "one").rglob("*") if path.is_file()]
    written = [json.dumps(told, ensure_ascii=False), *(path.read_text("utf-8") for path in files)]
    forms = [SECRET, "Zk9q", "Tr4m"]
    assert files
    assert not [form for form in forms for words in written if form in words]


def test_what_changed_after_its_check_is_checked_again(tmp_path, monkeypatch):
    found = job(tmp_path, "one", code("1")) | {"keyed": True, "key": {"code": "another"}}
    monkeypatch.setattr(worker, "planned_from", lambda told: told)
    refusal = Refusal("its column is gone", Kind.COLUMN)
    monkeypatch.setattr(worker, "check_one", lambda planned: refusal)
    told = worker._work(found, lambda message: None)
    assert (told["refused"], told["kind"]) == ("its column is gone", "column")
