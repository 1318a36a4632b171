"""Parts of a suite are joined into the site that one run makes; what is hostile or half is said,
and never followed."""

import json
import os
import re
import shutil
from pathlib import Path

import pytest

from cxlib import report
from cxlib.errors import SourceError
from cxlib.report import publish
from cxlib.report.collect import collect_runs

SUITE = """reports:
  - notebook: notebooks/08_looks.ipynb
    grid: {wave: [2026Q2, 2026Q3, late]}
  - name: 日本
    notebook: notebooks/08_looks.ipynb
  - name: refused
    notebook: notebooks/08_looks.ipynb
    parameters: {wave: none}
"""


def made(root, out, *, shard=(0, 1), history=None):
    """Run the suite, or a part of it, as `cx run` does."""
    if history:
        shutil.copytree(history, out)
    plans = report.plan_all([root / "reports" / "suite.yml"])
    planned, problems = plans.reports, plans.problems
    assert not problems
    planned = [one for one in planned if report.in_shard(one.name, *shard)]
    ready, problems = report.ready_all(planned)
    assert not problems
    report.run(ready, out=out, workers=2)
    return out


def content(out):
    """What a site says, but for times, ids and what depends on them."""
    found = {}
    for path in sorted(out.rglob("*")):
        name = path.relative_to(out).as_posix()
        if path.is_file() and not any(part.startswith(".") for part in path.parts):
            text = path.read_text(encoding="utf-8", errors="replace")
            found[alike(name)] = alike(text)
    return found


def alike(text):
    text = re.sub(r"\d{8}T\d{6}Z-[0-9a-f]{8}(-\d+)?", "RUN", text)
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d)?[.\d]*(\+00:00|Z)?( UTC)?", "TIME", text)
    text = re.sub(r"\d{1,2} \w{3} \d{4},? \d\d:\d\d(:\d\d)?( UTC)?", "TIME", text)
    text = re.sub(r'"(seconds|duration|order)": [\d.]+,?', "", text)
    text = re.sub(r'"id": "[^"]+"', "ID", text)
    return "\n".join(line.strip() for line in text.splitlines() if line.strip(" ,"))


@pytest.fixture(scope="module")
def sites(root, tmp_path_factory):
    (root / "reports" / "suite.yml").write_text(SUITE, encoding="utf-8")
    base = tmp_path_factory.mktemp("sites")
    one = made(root, base / "one")
    parts = [made(root, base / f"part{i}", shard=(i, 2)) for i in range(2)]
    return one, parts


def test_two_parts_collected_are_the_site_of_one_run(sites, tmp_path):
    one, parts = sites
    names = [
        {path.name for path in part.iterdir() if path.is_dir()} - {".staging"} for part in parts
    ]
    assert all(names), "both parts must have reports for this test to say something"
    assert not names[0] & names[1]
    found = collect_runs(parts, out=tmp_path / "all")
    assert not found.problems
    assert len(found.runs) == sum(map(len, publish.runs(one).values()))
    assert len(content(one)) > 8
    assert content(tmp_path / "all") == content(one)


def test_collecting_again_changes_nothing(sites, tmp_path):
    _, parts = sites
    out = tmp_path / "all"
    first = collect_runs(parts, out=out)
    before = content(out)
    again = collect_runs([*reversed(parts), parts[0]], out=out)
    assert (again.runs, again.problems) == ((), ())
    assert len(again.there) >= len(first.runs)
    assert content(out) == before


def run_of(out, name="a", run="20260101T000000Z-00000000", **given):
    """Write a run by hand."""
    folder = out / name / run
    folder.mkdir(parents=True)
    status = given.get("status", "published")
    manifest = {
        "run": run, "name": name, "notebook": "n.ipynb", "given": {}, "parameters": {},
        "inputs": [], "started": "2026-01-01T00:00:00.000+00:00", "status": status, "title": "T",
        "headline": "H", "subject": None, "seconds": 1.0, "command": "cx run n.ipynb",
        "finished": "2026-01-01T00:01:00.000+00:00", "error": {"message": "no", "details": ""},
    }  # fmt: skip
    (folder / "manifest.json").write_text(json.dumps(manifest | given), encoding="utf-8")
    page = "report.html" if status == "published" else "failed.html"
    (folder / page).write_text(f"{name} {run}", encoding="utf-8")
    return folder


def orders(out, name="a"):
    listed = [json.loads(path.read_text()) for path in (out / name).glob("*/manifest.json")]
    return {one["run"]: one["order"] for one in listed}


def test_order_goes_on_from_that_of_the_site_whatever_the_clock_says(tmp_path):
    site, part = tmp_path / "site", tmp_path / "part"
    run_of(site, run="old", started="2099-01-01T00:00:00+00:00", order=7)
    run_of(part, run="second", started="2026-01-01T00:00:00+00:00", order=2)
    run_of(part, run="first", started="2026-06-01T00:00:00+00:00", order=1)
    found = collect_runs([part], out=site)
    assert found.runs == ("a/first", "a/second")
    assert orders(site) == {"old": 7, "first": 8, "second": 9}


def test_a_run_id_that_another_run_has_gets_a_number(tmp_path):
    site, part = tmp_path / "site", tmp_path / "part"
    run_of(site, run="same", headline="one")
    run_of(part, run="same", headline="two")
    assert collect_runs([part], out=site).runs == ("a/same-2",)
    assert collect_runs([part], out=site).there == ("a/same",)


def test_looks_that_do_not_go_on_from_the_sites_are_refused_with_what_to_do(tmp_path):
    site, part = tmp_path / "site", tmp_path / "part"
    subject = {"subject": "2026Q3", "parameters": {"looks": 1}}
    run_of(site, run="one", **subject)
    run_of(part, run="two", headline="again", **subject)
    run_of(part, run="given", headline="g", given={"looks": 1}, **subject)
    run_of(part, run="other", subject="2026Q4", parameters={"looks": 1})
    run_of(part, run="broke", status="failed", **subject)
    found = collect_runs([part], out=site)
    assert set(found.runs) == {"a/given", "a/other", "a/broke"}
    [problem] = found.problems
    assert "part/a/two" in problem
    assert "look 1 at 2026Q3" in problem
    assert "--history" in problem
    assert not (site / "a" / "two").exists()


def test_looks_of_one_part_are_counted_through(tmp_path):
    part = tmp_path / "part"
    for number in (1, 2, 3):
        run_of(part, run=f"r{number}", order=number, subject="Q", parameters={"looks": number})
    found = collect_runs([part], out=tmp_path / "site")
    assert (len(found.runs), found.problems) == (3, ())


HOSTILE = {
    "a link in a run": lambda run: os.symlink("/etc/passwd", run / "figures.csv"),
    "a link to a folder in a run": lambda run: os.symlink("/etc", run / "files"),
    "a page that is a link": lambda run: (
        (run / "report.html").unlink(), os.symlink("/etc/passwd", run / "report.html")),
    "a pipe": lambda run: os.mkfifo(run / "pipe"),
    "no manifest": lambda run: (run / "manifest.json").unlink(),
    "a table that is gone": lambda run: (run / "manifest.json").write_text(
        (run / "manifest.json").read_text().replace(
            '{', '{"files": [{"name": "table-03.csv", "rows": 60}],', 1)),
    "a file that climbs": lambda run: (run / "manifest.json").write_text(
        (run / "manifest.json").read_text().replace(
            '{', '{"files": [{"name": "../../good/state.json"}],', 1)),
    "no page": lambda run: (run / "report.html").unlink(),
    "half a manifest": lambda run: (run / "manifest.json").write_text('{"run": "x"'),
    "a manifest of nulls": lambda run: (run / "manifest.json").write_bytes(b"\0" * 100),
    "a manifest that is a list": lambda run: (run / "manifest.json").write_text("[]"),
    "a deep manifest": lambda run: (run / "manifest.json").write_text("[" * 100_000),
    "a manifest that is a folder": lambda run: (
        (run / "manifest.json").unlink(), (run / "manifest.json").mkdir()),
    "another report's manifest": lambda run: (run / "manifest.json").write_text(
        (run / "manifest.json").read_text().replace('"name": "bad"', '"name": "../good"')),
    "a run that climbs": lambda run: (run / "manifest.json").write_text(
        (run / "manifest.json").read_text().replace('"run": "20', '"run": "../../20')),
    "a time that is none": lambda run: (run / "manifest.json").write_text(
        (run / "manifest.json").read_text().replace("2026-01-01T00:00:00", "2026-13-01T00:00:00")),
    "a run that is a link": lambda run: (
        run.rename(run.parent.parent / ".kept"), os.symlink(run.parent.parent / ".kept", run)),
    "a run that is a file": lambda run: (shutil.rmtree(run), run.write_text("x")),
    "a report that is a link": lambda run: (
        run.parent.rename(run.parent.parent / ".kept"),
        os.symlink(run.parent.parent / ".kept", run.parent)),
}  # fmt: skip


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_no_whole_run_is_named_and_left_where_it_is(tmp_path, kind):
    part, out = tmp_path / "part", tmp_path / "site"
    run_of(part, name="good")
    HOSTILE[kind](run_of(part, name="bad"))
    found = collect_runs([part], out=out)
    assert found.runs == ("good/20260101T000000Z-00000000",)
    [problem] = found.problems
    assert "bad" in problem
    files = [path for path in out.rglob("*") if path.name != ".lock"]
    assert not any(path.is_symlink() for path in files)
    assert {path.name for path in out.iterdir() if path.is_dir()} - {".staging"} == {"good"}
    assert "root:" not in "".join(p.read_text() for p in files if p.is_file())
    assert sorted(path.name for path in tmp_path.iterdir()) == ["part", "site"]


@pytest.mark.parametrize("name", ["con", "a b", "-x", "🙂"])
def test_a_name_that_cx_would_not_give_is_not_taken(tmp_path, name):
    run_of(tmp_path / "part", name=name)
    [problem] = collect_runs([tmp_path / "part"], out=tmp_path / "site").problems
    assert "cannot be a folder's name" in problem


def test_a_part_that_is_none_is_refused(tmp_path):
    site, part = tmp_path / "site", tmp_path / "part"
    run_of(part)
    os.symlink(part, tmp_path / "link")
    for wrong, said in (("none", "no folder"), ("link", "not followed")):
        with pytest.raises(SourceError, match=said):
            collect_runs([tmp_path / wrong], out=site)
    for inside in (part, part / "all", tmp_path):
        with pytest.raises(SourceError, match="within one another"):
            collect_runs([part], out=inside)
    assert not site.exists()


def state(folder, **given):
    folder.mkdir(parents=True, exist_ok=True)
    full = {"status": "published", "message": "", "stale_since": None, "since": None, "order": None}
    (folder / "state.json").write_text(json.dumps(full | given), encoding="utf-8")


def read_state(folder: Path):
    return json.loads((folder / "state.json").read_text(encoding="utf-8"))


def test_states_are_merged_the_newer_part_last(tmp_path):
    site, part = tmp_path / "site", tmp_path / "part"
    run_of(site, run="old", order=4)
    state(site / "a", time="2026-01-01T00:00:00+00:00", order=4)
    run_of(part, run="new", headline="new", order=1)
    state(part / "a", time="2026-01-02T00:00:00+00:00", order=1)
    state(part / "only-refused", status="refused", message="no", time="2026-01-02T00:00:00+00:00")
    assert not collect_runs([part], out=site).problems
    assert read_state(site / "a")["order"] == 5
    assert read_state(site / "only-refused")["message"] == "no"
    state(site / "a", time="2026-02-01T00:00:00+00:00", status="failed", order=5)
    collect_runs([part], out=site)  # old news
    assert read_state(site / "a")["status"] == "failed"


def test_a_report_that_fails_again_is_stale_since_it_first_did(tmp_path):
    site, part = tmp_path / "site", tmp_path / "part"
    first = "2026-01-01T00:00:00+00:00"
    state(site / "a", status="failed", time=first, stale_since=first)
    later = "2026-01-02T00:00:00+00:00"
    state(part / "a", status="refused", message="no", time=later, stale_since=later)
    collect_runs([part], out=site)
    assert read_state(site / "a") == {
        "status": "refused", "message": "no", "time": later, "stale_since": first, "since": None,
        "order": None,
    }  # fmt: skip


def test_a_state_that_is_none_is_passed_over(tmp_path):
    for number, wrong in enumerate(
        ["[]", "{", '{"status": 3}', '{"status": "x", "time": "never"}']
    ):
        part = tmp_path / f"part{number}"
        run_of(part, run=f"r{number}", headline=str(number))
        (part / "a" / "state.json").write_text(wrong, encoding="utf-8")
        assert not collect_runs([part], out=tmp_path / "site").problems
    assert not (tmp_path / "site" / "a" / "state.json").exists()
