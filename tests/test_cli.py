"""The command: what it prints, and its exit status."""

import subprocess
import sys
import time

import pytest

import cxlib
from cxlib import cli
from tests.conftest import ROOT
from tests.report.writing import project


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
    assert all(command in cx("--help")[1] for command in ("run", "describe", "sample"))


def test_help_is_there_at_once():
    heavy = "{'pandas', 'nbconvert', 'papermill', 'pydantic', 'duckdb'}"
    script = f"import sys, cxlib.cli; print(sorted(set(sys.modules) & {heavy}))"
    begun = time.perf_counter()
    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert said.stdout.strip() == "[]"
    assert time.perf_counter() - begun < 5  # 0.2 s on a quiet machine


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
    assert not (root / "reports" / "published").exists()


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
    assert status == 2
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
    ) == ["nps"]


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
