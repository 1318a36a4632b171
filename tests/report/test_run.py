"""Reports are published whole or not at all; what fails is shown beside the last good one."""

import json
import os
import shlex
import signal
import subprocess
import sys
import time

import nbformat
import pytest
from bs4 import BeautifulSoup

from cxlib import report
from cxlib.report import crew
from cxlib.report.publish import runs, staging
from cxlib.report.site import write_index
from tests.conftest import ROOT
from tests.report import writing
from tests.report.writing import project


def made_ready(root, name, given=None):
    planned = report.from_notebook(root / "notebooks" / name, given or {})
    notebook = report.read_notebook(planned.notebook)
    named = report.model_name(notebook)
    return report.ready(
        planned, notebook, model=getattr(writing, named.partition(":")[2]) if named else None
    )


@pytest.fixture(scope="module")
def root(tmp_path_factory):
    root = project(tmp_path_factory.mktemp("work") / "projet {é} 고객")
    (root / "reports").mkdir()
    return root


@pytest.fixture(scope="module")
def first(root):
    """One run of a good notebook with parameters, a failing one, one whose kernel dies, and one
    with a wordless picture."""
    seen = []
    given = {"wave": "2026Q3", "scale": "1,10", "columns": "{comment: 声}"}
    reports = [
        made_ready(root, "03_nps.ipynb", given),
        made_ready(root, "04_retention.ipynb"),
        made_ready(root, "05_killed.ipynb"),
        made_ready(root, "07_wordless.ipynb"),
    ]
    outcomes = report.run(
        reports,
        out=root / "reports" / "published",
        workers=2,
        progress=lambda name, cell, cells: seen.append((name, cell, cells)),
    )
    return {outcome.name: outcome for outcome in outcomes}, seen


@pytest.fixture(scope="module")
def second(root, first):
    """The good notebook fails in its second run."""
    notebook = nbformat.read(root / "notebooks" / "03_nps.ipynb", as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("undefined_name"))
    nbformat.write(notebook, root / "notebooks" / "03_nps.ipynb")
    [outcome] = report.run([made_ready(root, "03_nps.ipynb")], out=root / "reports" / "published")
    return outcome


def test_the_good_one_is_published_and_the_others_fail_alone(root, first):
    outcomes, seen = first
    assert {name for name, outcome in outcomes.items() if not outcome.failed} == {"nps"}
    folder = outcomes["nps"].page.parent
    assert sorted(path.name for path in folder.iterdir()) == [
        "manifest.json",
        "report.html",
        "run.ipynb",
    ]
    assert outcomes["nps"].headline == "日本 answers most in 2026Q3, on the scale [1, 10]."
    assert [cell for name, cell, _ in seen if name == "nps"] == list(range(1, 10))
    assert {cells for name, _, cells in seen if name == "nps"} == {9}
    assert "in cell 2" in outcomes["killed"].page.read_text(encoding="utf-8")
    assert "kernel died" in outcomes["killed"].headline
    assert "cx.picture" in outcomes["wordless"].headline
    assert not list(root.glob("reports/published/wordless/*/report.html"))


def test_the_failed_page_says_where_and_escapes(root, first):
    page = first[0]["retention"].page
    assert page.name == "failed.html"
    assert (page.parent / "run.ipynb").is_file()
    content = page.read_text(encoding="utf-8")
    assert "ValueError: &lt;b&gt;no&lt;/b&gt;" in content
    assert "in cell 2 of 3" in content
    assert "“2 Here”" in content


def test_nothing_published_names_the_machine(root, first):
    for path in (root / "reports" / "published").rglob("*"):
        if path.is_file():
            assert str(root) not in path.read_text(encoding="utf-8"), path.name


def test_the_manifest_tells_the_run_again(root, first):
    manifest = json.loads(
        (first[0]["nps"].page.parent / "manifest.json").read_text(encoding="utf-8")
    )
    named = {"respondent": "顧客番号", "comment": "声", "top": 3}
    assert manifest["given"] == {"wave": "2026Q3", "scale": [1, 10], "columns": named}
    assert manifest["parameters"]["survey"] == "data/survey.csv"
    [record] = manifest["inputs"]
    assert (record["parameter"], record["path"], record["bytes"]) == (
        "survey",
        "data/survey.csv",
        20,
    )
    assert shlex.split(manifest["command"]) == [
        "cx",
        "run",
        "notebooks/03_nps.ipynb",
        "-p",
        "wave=2026Q3",
        "-p",
        "scale=[1, 10]",
        "-p",
        'columns={"respondent": "顧客番号", "comment": "声", "top": 3}',
    ]
    assert (manifest["status"], manifest["tables"], manifest["pictures"], manifest["silenced"]) == (
        "published",
        2,
        1,
        1,
    )
    assert manifest["run"] == first[0]["nps"].page.parent.name


def test_a_mapping_is_injected_and_shown_name_by_name(root, first):
    page = first[0]["nps"].page
    notebook = nbformat.read(page.parent / "run.ipynb", as_version=4)
    [injected] = [
        cell.source
        for cell in notebook.cells
        if "injected-parameters" in cell.metadata.get("tags", ())
    ]
    assert 'columns = {"respondent": "顧客番号", "comment": "声", "top": 3}' in injected
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    shown = {
        row.code.string: [cell.get_text() for cell in row.find_all("td")][:2]
        for row in soup.select("details.box tbody tr")
    }
    assert shown["columns.comment"] == ["column with comments", "声"]
    assert "columns" not in shown


def test_a_failing_rerun_leaves_the_last_good_report(root, first, second):
    published = root / "reports" / "published"
    good = first[0]["nps"].page
    assert second.failed
    assert second.page.parent != good.parent
    assert (published / "nps" / "latest").read_text(encoding="utf-8").strip() == good.parent.name
    assert f"../{good.parent.name}/report.html" in second.page.read_text(encoding="utf-8")
    index = BeautifulSoup((published / "index.html").read_text(encoding="utf-8"), "html.parser")
    entry = index.find(id="nps")
    assert entry.h2.a["href"] == f"nps/{good.parent.name}/report.html"
    assert entry.select_one(".bad a")["href"] == f"nps/{second.page.parent.name}/failed.html"
    assert [section["id"] for section in index.select("section")] == [
        "nps",
        "retention",
        "killed",
        "wordless",
    ]
    assert all((published / link["href"]).is_file() for link in index.select("a"))


def test_a_rerun_is_a_new_run_and_the_older_one_stays_in_the_index(tmp_path):
    out = tmp_path / "published"
    for second, headline in (("05", "older"), ("06", "newer")):
        folder = out / "nps" / f"20261122T0931{second}Z-aaaa"
        folder.mkdir(parents=True)
        manifest = {
            "started": f"2026-11-22T09:31:{second}.000+00:00",
            "status": "published",
            "notebook": "03_nps.ipynb",
            "given": {},
            "title": "T",
            "headline": headline,
        }
        (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    page = BeautifulSoup(write_index(out).read_text(encoding="utf-8"), "html.parser")
    assert page.select_one("p.headline").string == "newer"
    assert "older" in page.select_one("details li").get_text()
    assert (out / "nps" / "latest").read_text(encoding="utf-8") == "20261122T093106Z-aaaa\n"
    assert [run["headline"] for run in runs(out)["nps"]] == ["newer", "older"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b'{"started": "2026',
        b"[1]",
        b"\xff\xfe",
        b'{"started": "2026-11-22T09:31:05"}',
        b'{"started": 1, "status": "failed", "notebook": "a", "error": {"message": ""}}',
        b'{"started": "2026-11-22T09:31:05", "status": "failed", "notebook": "a"}',
    ],
)
def test_a_broken_manifest_stops_no_report(look, tmp_path, content):
    out = tmp_path / "looks"
    look()
    path = out / "looks" / "20261101T000000Z-dead" / "manifest.json"
    path.parent.mkdir()
    path.write_bytes(content)
    assert look()["parameters"]["looks"] == 2
    assert report.broken(out) == [path]
    assert "dead" not in (out / "index.html").read_text(encoding="utf-8")


def test_the_index_shows_what_was_given_as_it_is_given(tmp_path):
    folder = tmp_path / "nps" / "20261122T093105Z-aaaa"
    folder.mkdir(parents=True)
    given = {"scale": [1, 10], "columns": {"weight": None, "comment": "声, <b>"}, "wave": None}
    manifest = {
        "started": "2026-11-22T09:31:05.000+00:00",
        "status": "published",
        "notebook": "03_nps.ipynb",
        "given": given,
        "title": "T",
        "headline": "",
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    page = BeautifulSoup(write_index(tmp_path).read_text(encoding="utf-8"), "html.parser")
    assert [code.string for code in page.select(".made code")] == [
        "scale=1,10",
        'columns={comment: "声, <b>"}',
        "wave=None",
    ]


def test_a_cell_that_takes_too_long_is_stopped(root, first):
    [outcome] = report.run([made_ready(root, "06_slow.ipynb")], out=root / "elsewhere", timeout=1)
    assert outcome.failed
    assert "longer than 1 seconds" in outcome.headline


@pytest.fixture
def look(root, tmp_path, monkeypatch):
    """Publish `08_looks` without a kernel, and return what the manifest says."""

    def look(given=None, *, fails=False, out=tmp_path / "looks", name=None):
        told = (
            {"error": {"message": "no", "details": ""}}
            if fails
            else {"title": "T", "headline": "H"}
        )
        with monkeypatch.context() as patched:
            patched.setattr(crew, "work", lambda jobs, **_: [(job, told) for job in jobs])
            planned = report.from_notebook(
                root / "notebooks" / "08_looks.ipynb", given or {}, name=name
            )
            ready = report.ready(
                planned, report.read_notebook(planned.notebook), model=writing.Looking
            )
            [outcome] = report.run([ready], out=out)
        return json.loads((outcome.page.parent / "manifest.json").read_text(encoding="utf-8"))

    return look


def test_looks_are_counted_from_the_published_runs_of_the_same_subject(look):
    first, second = look(), look()
    assert (first["subject"], first["parameters"]["looks"], first["given"]) == ("2026Q3", 1, {})
    assert second["parameters"]["looks"] == 2
    assert second["command"] == "cx run notebooks/08_looks.ipynb -p looks=2"
    assert look(fails=True)["parameters"]["looks"] == 3
    assert (
        look({"wave": "2026Q3"})["parameters"]["looks"] == 3
    )  # the same wave by its name, and the failed run showed nothing
    assert look({"wave": "2026Q2"})["parameters"]["looks"] == 1
    assert look(name="other")["parameters"]["looks"] == 1


def test_looks_that_are_given_win(look):
    look()
    manifest = look({"looks": "7"})
    assert (manifest["parameters"]["looks"], manifest["given"]) == (7, {"looks": 7})
    assert look()["parameters"]["looks"] == 3


def test_looks_of_another_notebook_and_of_older_manifests_do_not_count(look, tmp_path):
    look()
    [path] = tmp_path.glob("looks/looks/*/manifest.json")
    manifest = json.loads(path.read_text(encoding="utf-8"))
    for number, change in enumerate(
        ({"notebook": "notebooks/09_x.ipynb"}, {"subject": None}, {"parameters": {}})
    ):
        (path.parent.parent / str(number)).mkdir()
        (path.parent.parent / str(number) / "manifest.json").write_text(
            json.dumps(manifest | change), encoding="utf-8"
        )
    assert look()["parameters"]["looks"] == 3


def test_the_ledger_stands_beside_the_report_and_looks_are_injected(root, look):
    out = root / "ledger"
    look(out=out)
    [outcome] = report.run([made_ready(root, "08_looks.ipynb")], out=out)
    lines = (outcome.page.parent / "figures.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0] == "result,row,quantity,value,text,method,confidence"
    assert lines[2] == 'level,"wave==1+1, country=0",looks,2.0,,score,'
    assert len(lines) == 1 + 2 * 30 + 1
    page = BeautifulSoup(outcome.page.read_text(encoding="utf-8"), "html.parser")
    assert page.tfoot.get_text() == "… and 51 more rows in the CSV"
    assert page.select_one("a.download").string == "Table 1 as CSV, all 61 rows"


def test_an_empty_index_says_so(tmp_path):
    assert "no report yet" in write_index(tmp_path / "none").read_text(encoding="utf-8")


def test_staging_of_a_living_run_is_left_alone(tmp_path):
    with staging(tmp_path) as one, staging(tmp_path) as other:
        assert one.is_dir()
        assert other.is_dir()
    assert not list((tmp_path / ".staging").iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL is of POSIX")
def test_a_killed_run_publishes_nothing_and_the_next_one_cleans_up(tmp_path):
    root = project(tmp_path)
    out = root / "reports" / "published"
    command = [
        sys.executable,
        "-c",
        "from cxlib.cli import main; main()",
        "run",
        "notebooks/06_slow.ipynb",
    ]
    (root / "reports").mkdir()
    good = out / "slow" / "20261122T093105Z-aaaa"
    good.mkdir(parents=True)
    (good / "manifest.json").write_text(
        json.dumps(
            {
                "started": "2026-11-22T09:31:05.000+00:00",
                "status": "published",
                "notebook": "06_slow.ipynb",
                "given": {},
                "title": "T",
                "headline": "the last good one",
            }
        ),
        encoding="utf-8",
    )
    index = write_index(out).read_text(encoding="utf-8")
    killed = subprocess.Popen(
        command, cwd=root, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while not list(out.glob(".staging/*/slow/run.ipynb")):
        assert time.monotonic() < deadline, "the run did not start"
        assert killed.poll() is None
        time.sleep(0.1)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    assert sorted(path.name for path in (out / "slow").iterdir()) == [good.name, "latest"]
    assert (out / "slow" / "latest").read_text(encoding="utf-8") == f"{good.name}\n"
    assert (out / "index.html").read_text(encoding="utf-8") == index
    with staging(out):
        assert len(list((out / ".staging").iterdir())) == 1
    assert write_index(out).read_text(encoding="utf-8") == index
