"""What `cx` prints, and the index, in a language that marks its texts: no other word of ours is
left. Nothing is run: outcomes, runs and differences are made up."""

from __future__ import annotations

import io
import re
import signal
import sys
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from rich.console import Console

import cxlib
from cxlib import cli, report
from cxlib.console import speak
from cxlib.report import reasons, starting, translation
from cxlib.report.checks import Checks, Refused, TooFew
from cxlib.report.difference_table import print_difference
from cxlib.report.fan_out import Expansion
from cxlib.report.history import Standing
from cxlib.report.parameters import Checked
from cxlib.report.plan import Planned
from cxlib.report.run_folders import Run
from cxlib.report.schedule import schedule_files
from cxlib.report.site import write_index
from cxlib.rows.group_sizes import GroupSizes, SizeUnit
from cxlib.shown.message import Message
from tests.conftest import ROOT
from tests.notebooks import pseudo
from tests.notebooks.test_pseudo_language import unmarked
from tests.report.ledgers import estimate, figure, manifest, write_run
from tests.report.shelves import FIGURE, put_run, put_state

NOTEBOOKS = sorted((ROOT / "notebooks").glob("0[1-9]_*.ipynb"))
_WORD = re.compile(r"[^\W\d_]{2,}")
ENGLISH = "what an exception says"


@pytest.fixture(autouse=True)
def in_xx():
    """Have the marked language in this process, for one test."""
    with pseudo.installed():
        yield
        speak("en")


def left(lines: str, *, known: str = "") -> list[str]:
    """Return the words outside the marks that are none of those that stay as they are."""
    outside = pseudo.without_marked(lines.replace(ENGLISH, ""))
    return [word for word in _WORD.findall(outside) if word not in {*known.split(), "UTC"}]


@pytest.fixture
def said(monkeypatch, capsys):
    """Call `cx` in the language; return all that it prints."""

    def called(*arguments):
        monkeypatch.setattr(sys, "argv", ["cx", *map(str, arguments)])
        monkeypatch.setenv("CX_LANGUAGE", "xx")
        with pytest.raises(SystemExit):
            cli.main()
        told = capsys.readouterr()
        assert pseudo.OPEN in told.out + told.err
        return told.out + told.err

    return called


def planned(name, **more):
    paths = {"notebook": Path("page.ipynb"), "root": Path(), "relative_to": Path()}
    return Planned(given={}, name=name, **paths, **more)


def ready(name):
    return report.Ready(planned(name), Checked({}, {"language": "xx"}, {}, {}))


def whys():
    """Every reason why a report is made."""
    parts = ("code", "prose", "fonts", "day", "inputs.page", "parameters", "versions", "other")
    before = {"key": dict.fromkeys(parts, "a")}
    changed = {"key": dict.fromkeys(parts, "b")}
    found = reasons.explain(before, changed)
    found += reasons.explain({**before, "versions": {"page": 1}}, {**changed, "versions": {}})
    for one, other in (({}, {"key": {}}), (None, changed), ({}, changed), (before, before)):
        found += reasons.explain(one, other)
    found += reasons.explain(before, before | {"single_file": True})
    return [*found, *reasons.explain(before, before | {"pdf": True})]


def outcomes():
    status = report.Status
    more = {"why": whys(), "language": "xx", "seconds": 3.0}
    failed = {"kind": report.Kind.NOTEBOOK, "cause": "error", **more}
    yield report.Outcome("page", status.PUBLISHED, "page", trouble=ENGLISH, **more)
    yield report.Outcome("page", status.FAILED, ENGLISH, **failed)
    yield report.Outcome("page", status.UNCHANGED, "page", **more)
    yield report.Outcome("page", status.LEFT_OUT, "page", kind=report.Kind.FEW, **more)
    for kind in report.Kind:
        yield report.Outcome("page", status.REFUSED, ENGLISH, kind=kind, language="xx")


def test_a_word_past_the_texts_would_be_found():
    assert left("⟦done in ⟦3⟧ s.⟧ what an exception says because 3 page", known="page") == [
        "because"
    ]


def test_lines_of_a_run(said, monkeypatch, tmp_path):
    def check_all(*_, **__):
        refused = Refused(planned("page"), ENGLISH)
        return Checks([ready("page")], [refused], [TooFew("page", "page", "xx")], [ENGLISH])

    def run(*_, progress, finished, note, **__):
        progress("page", 1, 2)
        note(Message("cli.stock_kernels", problem=ENGLISH))
        found = list(outcomes())
        for each in found:
            finished(each)
        return found

    monkeypatch.setattr(
        cxlib.report, "plan_all", lambda *_, **__: report.Plans([planned("page")], [])
    )
    monkeypatch.setattr(cxlib.report, "check_all", check_all)
    monkeypatch.setattr(cxlib.report, "run", run)
    monkeypatch.setattr(cxlib.report, "can_fork", lambda: False)
    (tmp_path / "page" / "latest").mkdir(parents=True)
    (tmp_path / "page" / "state.json").mkdir()
    (tmp_path / "page" / "looks.json").write_text("{", encoding="utf-8")
    put_run(tmp_path, "page").joinpath("manifest.json").write_text("{", encoding="utf-8")
    lines = said("run", "page.ipynb", "--out", tmp_path, "--explain").replace(str(tmp_path), "")
    assert left(lines, known="page") == []
    monkeypatch.setattr(cxlib.report, "run", lambda *_, **__: signal.raise_signal(signal.SIGINT))
    assert left(said("run", "page.ipynb", "--out", tmp_path)) == []


def test_lines_where_there_is_nothing_to_do(said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "page.yml").write_text("reports: []", encoding="utf-8")
    *_, refusal = said("run", "page.yml").splitlines()
    assert left(said("run", "page.yml").replace(refusal, "")) == []


@pytest.mark.parametrize("dry", ["--dry-run", "--keep=1"])
def test_lines_of_pruning(said, tmp_path, dry):
    assert left(said("prune", "--out", tmp_path).replace(str(tmp_path), "")) == []
    for days in (900, 800, 0):
        put_run(tmp_path, "page", days=days)
    lines = said("prune", "--keep=1", "--older=365d", dry, "--out", tmp_path)
    assert left(lines.replace(str(tmp_path), ""), known="page") == []


def test_lines_of_collecting(said, tmp_path):
    run = write_run(tmp_path / "part" / "page" / "20261122T093105Z-aaaa")
    (run / "report.html").touch()
    lines = said("collect", tmp_path / "part", "--out", tmp_path / "out")
    assert left(lines.replace(str(tmp_path), ""), known="page aaaa out index html") == []


def test_lines_of_beginning(said, tmp_path, monkeypatch):
    def start(folder, *, sample):
        made = folder / "notebooks" / "page.ipynb"
        made.parent.mkdir(parents=True)
        made.write_text("{}", encoding="utf-8")
        return [made]

    monkeypatch.setattr(starting, "start_project", start)
    monkeypatch.setattr(starting, "filter_command", lambda: "")
    commands = "cd jupyter lab notebooks page ipynb cx run reports sample yml shop"
    monkeypatch.chdir(tmp_path)
    assert left(said("init", "shop"), known=commands) == []
    monkeypatch.setattr(starting, "copy_to_mine", lambda *_, **__: ([], [Path("page")]))
    for other in (True, False):
        monkeypatch.setattr(translation, "is_in_other", lambda *_, other=other: other)
        assert left(said("mine"), known="page xx language cx run mine p") == []


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_kinds_and_meanings_of_parameters(notebook):
    found = report.read_notebook(notebook)
    for model in (report.load_model(found), None):
        rows = report.describe(found, model=model, language="xx")
        assert rows
        told = [row.kind for row in rows] + [row.meaning for row in rows if model]
        assert left(" ".join(told), known="None") == []
    nothing = report.describe(found, model=report.load_model(found), language="xx")
    must = [row.default for row in nothing if pseudo.OPEN in row.default]
    assert left(" ".join(must)) == []


def differences():
    """Two runs with every kind of difference."""
    limits = {"text": "page", "of": "page"}
    before = [
        estimate(1.0, wave="2026Q2", **limits),
        figure("a.x", verdict="up", **limits),
        figure("b.x", unit="yes_no", value=0, **limits),
        *[estimate(0.0, name=f"c{k}.x", **limits) for k in range(20)],
        *[figure("d.n", segment=f"page={k}", value=k, unit="count", **limits) for k in range(9)],
        figure("e.x", segment="page=1", **limits),
        figure("s.x", **limits),
    ]
    now = [estimate(40.0, wave="2026Q3", **limits), figure("a.x", verdict="down", **limits)]
    now += [figure("b.x", unit="yes_no", value=1, **limits)]
    now += [estimate(3.0 + 9 * k, name=f"c{k}.x", **limits) for k in range(20)]
    now += [figure("d.n", segment="page=0", value=7, unit="count", **limits), before[-1]]
    return before, [*now, *[figure(f"f.{k}", segment=f"page={k}", **limits) for k in range(9)]]


def test_what_a_difference_says():
    before, now = differences()
    asked = {"parameters": {"page": "page", "looks": 2}, "name": "page", "run": "1"}
    other = asked | {"key": {"code": "d"}, "versions": {"page": "2"}}
    inputs = [{"parameter": "page", "path": "page", "sha256": "b"}]
    untold = asked | {"key": {}}
    for of_now in (asked, other, untold, asked | {"inputs": inputs}, {"name": "page", "run": "2"}):
        old, new = manifest(name="page", run="0", versions={}), manifest(**of_now)
        for old_figures, figures in ((before, now), (before, []), (before, before), (now, before)):
            runs = Run(old, old_figures), Run(new, figures)
            found = report.compare_runs(old, old_figures, new, figures)
            console = Console(file=io.StringIO(), width=120, color_system=None)
            print_difference(found, *runs, console, language="xx")
            told = console.file.getvalue()
            assert left(told, known="page") == [], told


def test_why_a_group_has_no_report(monkeypatch):
    from cxlib.report import fan_out

    for unit in SizeUnit:
        sizes = GroupSizes({("page",): 40, ("other",): 1, (None,): 3}, unit)
        found: Expansion = fan_out._split(planned("page", for_each={"page": {}}), _Asked(), sizes)
        told = [each.reason.text("xx") for each in found.left_out]
        assert len(told) == 2
        assert left(" ".join(told)) == []


class _Asked:
    only: dict = {}  # noqa: RUF012
    language = "xx"


@pytest.mark.parametrize("scheduler", ["cron", "systemd"])
def test_how_to_install_a_schedule(tmp_path, scheduler, monkeypatch):
    monkeypatch.setattr("shutil.which", lambda *_, **__: None)  # neither flock nor an old cron
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "page.ipynb").write_text('{"cells": []}', encoding="utf-8")
    (tmp_path / "page.yml").write_text("reports: [{notebook: notebooks/page.ipynb}]", "utf-8")
    asked = {"every": "07:00", "zone": "Asia/Tokyo", "scheduler": scheduler}
    for text in schedule_files(tmp_path / "page.yml", **asked, language="xx").values():
        comments = [line for line in text.splitlines()[1:] if line.startswith("# ")]
        comments = [line for line in comments if not line.startswith("#   systemctl")]
        assert left("\n".join(comments)) == []


def a_site(out):
    """Write a site with a report of every standing, and history."""
    own = {"parameters": {"language": "xx"}, "title": "page", "headline": "page"}
    shown = FIGURE | {"of": "page", "segment": "page=page"}
    for days in range(30):
        values = {"figure": shown | {"value": 1.0 + days}} if days != 3 else {}
        put_run(out, "page", days=days, order=99 - days, **values, **own)
    put_state(out, "page", status="unchanged", since="2026-11-22T09:31:05+00:00", language="xx")
    for standing in Standing:
        name = f"page-{standing}"
        put_run(out, name, days=3, order=1, figure=shown, given={"only": {"page": "page"}}, **own)
        if standing in ("failed", "refused", "left_out", "unchanged"):
            stale = {} if standing == "unchanged" else {"stale_since": "2026-11-25T00:00:00+00:00"}
            message = "" if standing == "unchanged" else ENGLISH
            put_state(out, name, status=standing, message=message, language="xx", order=1, **stale)
    error = {"message": ENGLISH, "kind": "notebook", "cause": "error"}
    failed = {"status": "failed", "order": 2, "error": error}
    put_run(out, "page-failed", **failed, parameters=own["parameters"])
    put_state(out, "page-first", status="refused", message=ENGLISH, language="xx", kind="column")
    put_run(out, "page-unreadable", "0").joinpath("manifest.json").write_text("{", encoding="utf-8")
    (out / "page" / "looks.json").write_text("{", encoding="utf-8")
    (out / "page-refused" / "latest").mkdir()


@pytest.mark.parametrize("empty", [False, True])
def test_the_index_of_reports(tmp_path, empty):
    if not empty:
        a_site(tmp_path)
    page = write_index(tmp_path, language="xx").read_text("utf-8")
    soup = BeautifulSoup(page, "html.parser")
    assert soup.html["lang"] == "xx"
    for part in soup.select("script, [lang=en], code"):
        part.decompose()
    found = unmarked(re.sub(r"page-\w+", "page", str(soup)), [])
    assert [piece for piece in found if piece != ENGLISH] == []
    for tag in soup.find_all(attrs={"placeholder": True}):
        assert left(tag["placeholder"]) == []
