"""Reports are published whole or not at all; what fails is shown beside the last good one."""

import json
import shlex
from dataclasses import replace

import nbformat
import pytest
from bs4 import BeautifulSoup

from cxlib import report
from tests.report.writing import code, made_ready, text, write


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
    assert {name for name, outcome in outcomes.items() if outcome.status == "published"} == {"nps"}
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
    assert outcomes["killed"].headline == "The kernel ended by itself with exit status 9"
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
        (root / "data" / "survey.csv").stat().st_size,
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
        for row in soup.select("table.plain tbody tr")
    }
    assert shown["columns.comment"] == ["column with comments", "声"]
    assert "columns" not in shown


def test_a_failing_rerun_leaves_the_last_good_report(root, first, second):
    published = root / "reports" / "published"
    good = first[0]["nps"].page
    assert second.status is report.Status.FAILED
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


def test_a_cell_that_takes_too_long_is_stopped(root, first):
    [outcome] = report.run(
        [made_ready(root, "06_slow.ipynb")], out=root / "elsewhere", limits=report.Limits(cell=1)
    )
    assert outcome.status is report.Status.FAILED
    assert "longer than 1 seconds" in outcome.headline


def test_the_ledger_stands_beside_the_report(root):
    [outcome] = report.run([made_ready(root, "08_looks.ipynb")], out=root / "ledger")
    content = (outcome.page.parent / "figures.csv").read_bytes()
    assert content.startswith(b"\xef\xbb\xbf")  # Excel reads UTF-8 by it
    lines = content.decode("utf-8-sig").splitlines()
    assert lines[0] == (
        "study,figure,segment,wave,value,ci_low,ci_high,confidence,n,unit,verdict,method,text,of"
    )
    assert len(lines) == 1 + 30
    page = BeautifulSoup(outcome.page.read_text(encoding="utf-8"), "html.parser")
    assert page.tfoot.get_text() == "… and 20 more rows in the CSV"
    link = page.select("a.download")[1]
    assert (link.string, link["href"]) == ("Table 2 as CSV, all 30 rows", "figures.csv")
    manifest = json.loads((outcome.page.parent / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["files"] == [{"name": "figures.csv", "rows": 30}]


MAKES = """import os
import cxlib as cx
os.makedirs(sheets, exist_ok=True)
cx.finding("Sheets are written.")"""


def test_what_a_report_writes_for_one_person_lies_apart_and_is_written_again(root):
    said = code('import cxlib as cx\ncx.finding("It is so.", flags=["Perhaps."])')
    cells = [text("# Writes"), code("sheets = None", "parameters"), code(MAKES), said]
    write(root / "notebooks" / "09_writes.ipynb", cells, model="tests.report.models:Writing")
    out, apart = root / "reports" / "elsewhere", root / "sheets"
    for within in (out / "sheets", out):
        within.mkdir(parents=True, exist_ok=True)
        [refused] = report.run(
            [made_ready(root, "09_writes.ipynb", {"sheets": str(within)})], out=out
        )
        assert refused.status == "refused"
        assert "among the published reports, which others read" in refused.headline
    made = []
    for gone in (False, False, True):
        if gone:
            apart.rmdir()
        [outcome] = report.run(
            [made_ready(root, "09_writes.ipynb", {"sheets": str(apart)})], out=out
        )
        made.append(outcome.status)
        assert outcome.doubts == ("Perhaps.",)
    assert made == ["published", "unchanged", "published"]
    assert apart.is_dir()


def test_a_pdf_that_fails_leaves_the_page_and_is_tried_again(root, tmp_path, monkeypatch):
    def program(name, body):
        (tmp_path / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (tmp_path / name).chmod(0o755)
        monkeypatch.setenv("CX_BROWSER", str(tmp_path / name))

    def made(**asked):
        ready = made_ready(root, "08_looks.ipynb")
        ready = replace(ready, planned=replace(ready.planned, **asked))
        [outcome] = report.run([ready], out=root / "pdf")
        page = outcome.page.read_text(encoding="utf-8")
        manifest = json.loads((outcome.page.parent / "manifest.json").read_text(encoding="utf-8"))
        linked = 'href="report.pdf"' in page
        assert (outcome.page.parent / "report.pdf").is_file() is linked
        assert ({"name": "report.pdf"} in manifest["files"]) is linked
        return outcome, linked, manifest

    program("broken", "exit 5")
    outcome, linked, manifest = made(pdf=True)
    assert (outcome.status, linked) == (report.Status.PUBLISHED, False)
    assert "broken ended with exit status 5" in outcome.trouble
    assert manifest["pdf_error"] == outcome.trouble
    assert manifest["command"].startswith("cx run notebooks/08_looks.ipynb --pdf")
    assert report.exit_status([outcome]) == 1
    prints = 'for each; do case $each in --print-to-pdf=*) printf %%PDF- >"${each#*=}";; esac; done'
    program("works", prints)
    outcome, linked, _ = made(pdf=True)
    assert (outcome.status, linked, outcome.trouble) == (report.Status.PUBLISHED, True, "")
    assert "report.pdf" in (root / "pdf" / "index.html").read_text(encoding="utf-8")
    assert made(pdf=True)[0].status is report.Status.UNCHANGED
    assert made(pdf=False)[0].status is report.Status.UNCHANGED
    outcome, linked, manifest = made(single_file=True)
    assert (outcome.status, linked) == (report.Status.PUBLISHED, False)
    assert manifest["command"].startswith("cx run notebooks/08_looks.ipynb --single-file")
