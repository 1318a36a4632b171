"""The command: what it prints, and its exit status."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from bs4 import BeautifulSoup

import cxlib
from cxlib import cli, console
from cxlib.report.fan_out import in_shard
from cxlib.report.waiting import note_of
from cxlib.shown.message import Message
from tests.conftest import ROOT
from tests.report.ledgers import write_run
from tests.report.shelves import put_run
from tests.report.writing import code, project, text, write


@pytest.fixture
def cx(monkeypatch, capsys):
    def called(*arguments):
        monkeypatch.setattr(sys, "argv", ["cx", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return called


@pytest.fixture
def root(tmp_path, monkeypatch):
    project(tmp_path)
    (tmp_path / "reports").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_version_and_help(cx):
    assert cx("--version") == (0, f"{cxlib.__version__}\n", "")
    assert all(command in cx("--help")[1] for command in ("run", "collect", "describe", "sample"))


def test_help_is_there_at_once():
    heavy = "{'pandas', 'nbconvert', 'papermill', 'pydantic', 'duckdb'}"
    script = f"import sys, cxlib.cli; print(sorted(set(sys.modules) & {heavy}))"
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("wavee=2026Q3", "'wavee' is unknown; did you mean 'wave'"),
        ("survey=data/none.csv", "there is no file"),
        ("scale=word", "scale='word'"),
        ("columns={respondnt: a}", "'columns.respondnt' is unknown; did you mean 'respondent'"),
        ("wave", "write a parameter as name=value"),
    ],
)
def test_bad_parameters_publish_nothing(cx, root, given, message):
    status, _, complaint = cx("run", "notebooks/03_nps.ipynb", "-p", given)
    assert status == 2
    assert message in complaint
    assert "Traceback" not in complaint
    assert not list(root.glob("reports/published/*/*/*"))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["none.ipynb"], "there is no notebook"),
        (["none.yml"], "there is no file"),
        (["notebooks/03_nps.ipynb", "notebooks/04_retention.ipynb", "-p", "a=b"], "one notebook"),
        (["notebooks/03_nps.ipynb", "--name", "a/b"], "cannot be a folder's name"),
        (
            ["notebooks/04_retention.ipynb", "--out", "data/survey.csv"],
            "--out 'data/survey.csv': reports cannot be written there",
        ),
    ],
)
def test_a_file_that_cannot_run_is_refused(cx, root, arguments, message):
    status, _, complaint = cx("run", *arguments)
    assert status == (4 if arguments == ["none.yml"] else 2)
    assert message in complaint


def test_what_is_wrong_in_a_file_does_not_stop_the_others(cx, root):
    (root / "reports" / "all.yml").write_text(
        """
        defaults: {languag: en}
        reports:
          - {notebook: notebooks/03_nps.ipynb, parameters: {wave: 2026Q3, survey: data/survey.csv,
            columns: {comment: 声}}}
          - {notebook: notebooks/03_nps.ipynb, name: typo, parameters: {wavee: 2026Q3}}
          - notebook: notebooks/none.ipynb
        """,
        encoding="utf-8",
    )
    status, said, complaint = cx("run", "reports/all.yml", "--out", "elsewhere")
    assert status == 2
    assert "typo: parameter 'wavee'" in complaint
    assert "report 3" in complaint
    assert "nps: done" in said
    assert "日本 answers most in 2026Q3" in said
    assert "cell 1 of" in said
    assert "elsewhere/index.html" in said
    assert sorted(
        path.name
        for path in (root / "elsewhere").iterdir()
        if path.is_dir() and path.name[0] != "."
    ) == ["nps", "typo"]
    assert not list((root / "elsewhere" / "typo").glob("*/"))


def test_a_default_that_no_notebook_knows_is_said(cx, root):
    (root / "reports" / "one.yml").write_text(
        "defaults: {languag: en}\nreports:\n  - notebook: notebooks/04_retention.ipynb\n",
        encoding="utf-8",
    )
    status, said, complaint = cx("run", "reports/one.yml", "--timeout", "30")
    assert status == 2
    assert "no notebook has a parameter 'languag'" in complaint
    assert "retention: failed" in said


@pytest.mark.parametrize(
    "named", ["nowhere:X", "cxlib.check:nothing", "cxlib.check:columns", "nonsense"]
)
def test_a_model_that_cannot_be_loaded_is_refused(cx, root, named):
    path = root / "notebooks" / "03_nps.ipynb"
    path.write_text(
        path.read_text(encoding="utf-8").replace("tests.report.models:Parameters", named),
        encoding="utf-8",
    )
    status, _, complaint = cx("run", path)
    assert status == 2
    assert repr(named) in complaint


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_describe(cx, root, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    status, said, _ = cx("describe", "notebooks/03_nps.ipynb")
    assert status == 0
    assert "survey = ../data/survey.csv  (file)\n    file with the answers\n" in said
    assert "scale = 0,10  (whole number, whole number)\n" in said
    assert (
        "columns = {respondent: 顧客番号}  (mapping)\n    names of columns\n"
        "    respondent = 顧客番号  (text)\n" in said
    )
    assert "no parameters" in cx("describe", "notebooks/04_retention.ipynb")[1]


def test_describe_a_study(cx, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    status, said, _ = cx("describe", ROOT / "notebooks" / "03_nps.ipynb")
    assert status == 0
    assert "\ncolumns = {respondent: customer_id, comment: comment}  (mapping)\n" in said
    assert (
        "\n    cluster = None  (text or None)\n        what was sampled together: store, agent, "
        "account\n" in said
    )
    assert "\nmargin = 5  (number above 0 and at most 200 or None)\n" in said


def test_a_broken_manifest_is_said_and_stops_nothing(cx, root):
    manifest = root / "out" / "nps" / "20261101T000000Z-dead" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text('{"started', encoding="utf-8")
    status, said, complaint = cx("run", "notebooks/07_wordless.ipynb", "--out", "out")
    assert status == 1
    assert "Index: " in said
    assert complaint == (
        "out/nps/20261101T000000Z-dead/manifest.json cannot be read: its run is left out of the "
        "index and not "
        "counted as a look; delete its folder\n"
    )


def test_sample_does_not_write_over_files(cx, root):
    status, _, complaint = cx("sample", "--out", "data")
    assert status == 2
    assert "--force" in complaint
    assert (
        cx("sample", "--out", "new", "--customers", "60", "--seed", "3", "--strong-feelings", "0")[
            0
        ]
        == 0
    )
    assert (root / "new" / "customers.csv").is_file()


def test_a_part_that_is_none_is_refused_before_anything_runs(cx, root):
    status, said, complaint = cx("run", "notebooks/07_wordless.ipynb", "--shard", "2/2")
    assert (status, said) == (2, "")
    assert complaint == (
        "--shard 2/2: write which part of how many, counted from 0: the last of 2 is 1/2\n"
    )


def test_a_part_without_a_report_is_collected_as_the_others_are(cx, root):
    empty = next(part for part in range(2) if not in_shard("wordless", part, 2))
    given = ("--shard", f"{empty}/2", "--out", "empty")
    status, said, complaint = cx("run", "notebooks/07_wordless.ipynb", *given)
    assert (status, said, complaint) == (0, "\nIndex: empty/index.html\n", "")
    assert (root / "empty" / "index.html").is_file()
    status, said, complaint = cx("collect", "empty", "--out", "gathered")
    assert (status, complaint) == (0, "")
    assert said.startswith("0 collected, 0 there already, 0 refused\n")


def test_what_stands_above_the_headline_is_said_with_it(cx, root):
    doubted = 'import cxlib as cx\ncx.finding("NPS 31.", flags=["<b>40</b> of 50 are in no wave."])'
    write(root / "notebooks" / "09_doubted.ipynb", [text("# Doubted"), code(doubted)])
    status, said, _ = cx("run", "notebooks/09_doubted.ipynb", "--out", "site")
    line, doubt, *_ = [line for line in said.splitlines() if "cell" not in line]
    assert (status, line.endswith("NPS 31.")) == (0, True)
    assert doubt == "  ! <b>40</b> of 50 are in no wave."
    page = BeautifulSoup((root / "site" / "index.html").read_text(encoding="utf-8"), "html.parser")
    shown = page.select_one("#doubted .doubts").get_text(" ", strip=True)
    assert shown.replace("\xa0", " ") == "<b>40</b> of 50 are in no wave."


def test_collect_says_what_was_taken_and_what_was_not(cx, root):
    folder = root / "part" / "nps" / "20261101T000000Z-dead"
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("half", encoding="utf-8")
    status, said, complaint = cx("collect", "part", "--out", "site")
    assert status == 2
    assert said == "0 collected, 0 there already, 1 refused\n\nIndex: site/index.html\n"
    assert "20261101T000000Z-dead: it has no manifest, so it is half a run" in complaint
    assert cx("collect", "none", "--out", "site")[0] == 2


def test_prune_tells_what_goes_and_writes_the_index(cx, root):
    out = root / "reports" / "published"
    for days in (1, 400, 500):
        put_run(out, days=days)
    status, said, _ = cx("prune", "--keep", 1, "--older", "52w", "--dry-run")
    assert (status, said) == (0, "nps: 2 of 3 runs would be removed, of 2025-07-10 to 2025-10-18\n")
    assert not (out / "index.html").exists()
    assert cx("prune", "--keep", 1, "--older", "52w", "nps")[:2] == (
        0,
        "nps: 2 of 3 runs removed, of 2025-07-10 to 2025-10-18\n",
    )
    assert (out / "index.html").read_text(encoding="utf-8").count("report.html") == 1
    assert "nothing to remove" in cx("prune")[1]
    status, _, said = cx("prune", "--older", "1y")
    assert (status, "365d" in said) == (2, True)
    (out / "nps" / "looks.json").write_text("{", encoding="utf-8")
    put_run(out, days=900)
    assert cx("prune", "--keep", 1)[0] == 2


def test_prune_outside_a_project_says_where_to_look(cx, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, _, said = cx("prune")
    assert (status, "there is no such folder" in said) == (2, True)
    assert not list(tmp_path.iterdir())


def test_diff_says_what_changed_and_writes_every_figure(cx, root):
    for run, value in (("run1", 1.5), ("run2", 2.5)):
        row = f"nps,level.nps,,,{value},0.5,3.5,0.95,9,points,,,NPS"
        time = f"2026-07-0{run[-1]}T08:00:00.000+00:00"
        write_run(root / "out" / "nps" / run, row, started=time, order=int(run[-1]))
    status, out, _ = cx("diff", "nps", "--out", "out", "--csv", "all.csv")
    assert status == 0
    assert "NPS was 1.5" in out
    assert "前回" in cx("diff", "nps", "--out", "out", "--language", "ja")[1]
    assert Path("all.csv").read_text(encoding="utf-8-sig").count("level.nps") == 1
    status, _, err = cx("diff", "nps", "--out", "out", "--csv", "no/all.csv")
    assert status == 2
    assert "--csv 'no/all.csv' cannot be written" in err
    status, _, err = cx("diff", "nps", "nps@run1", "nps", "--out", "out")
    assert (status, err.strip()) == (2, "3 runs are named; name two, or the name of one report")
    status, _, err = cx("diff", "npz", "--out", "out")
    assert status == 2
    assert "did you mean 'nps'" in err or "there is 'nps'" in err


@pytest.mark.parametrize(
    ("language", "sentence", "index"),
    [
        ("ja", "パラメーターに指定された値を使用できない", "一覧："),
        ("ko", "매개변수에 지정한 값을 사용할 수 없습니다", "목록: "),
        ("en", "A parameter’s value cannot be used", "Index: "),
    ],
)
def test_the_command_speaks_the_language_that_is_asked_for(
    cx, root, monkeypatch, language, sentence, index
):
    arguments = ("run", "notebooks/03_nps.ipynb", "-p", "wavee=2026Q3")
    by_option = cx(*arguments, "--language", language)
    assert sentence in by_option[2].splitlines()[0]
    assert "nps: parameter 'wavee' is unknown; did you mean 'wave'" in by_option[2]
    assert index in by_option[1]
    page = (root / "reports" / "published" / "index.html").read_text(encoding="utf-8")
    assert f'<html lang="{language}">' in page
    assert sentence in page
    monkeypatch.setenv("CX_LANGUAGE", language)
    assert cx(*arguments) == by_option


@pytest.mark.parametrize("command", ["run", "describe"])
@pytest.mark.parametrize("language", ["fr", "JA", "../en"])
def test_a_language_without_texts_is_refused(cx, root, command, language):
    status, _, complaint = cx(command, "notebooks/03_nps.ipynb", "--language", language)
    assert status == 2
    assert "possible: en, ja, ko" in complaint
    assert not (root / "reports" / "published").exists()


def test_rows_that_are_being_counted_are_told_in_the_reports_language(capsys):
    ready = SimpleNamespace(
        planned=SimpleNamespace(name="nps"), checked=SimpleNamespace(values={"language": "ja"})
    )
    bars = console._Bars(SimpleNamespace(ready=[ready]), explain=False, language="")
    bars.progress("nps", 1, 30)
    for source, seconds in (("warehouse:answers", 12), ("", 0)):
        bars.note(note_of("nps", {"asking": source, "seconds": seconds}))
    out, err = capsys.readouterr()
    assert out.splitlines() == ["nps：セル 1/30", "nps：「warehouse:answers」の行を集計中… 12秒"]
    assert err == ""
    bars.note(Message("cli.stopped"))  # what is wrong goes to standard error
    assert capsys.readouterr().err.strip() == Message("cli.stopped").text("en")
