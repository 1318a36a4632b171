"""A folder becomes a project, and its notebooks get copies that git does not see."""

import functools
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from jupyterlab.commands import get_app_dir
from jupyterlab_server import settings_utils, translation_utils

from cxlib import cli, report
from cxlib.errors import CxError, SourceError
from cxlib.report import starting
from cxlib.report.starting import (
    FILES,
    copy_to_mine,
    filter_command,
    one_folder_below,
    project_files,
    start_project,
)
from tests.conftest import ROOT

COMMITTED = sorted(path.name for path in (ROOT / "notebooks").glob("[0-9]*.ipynb"))


def no_sample(folder):
    folder.mkdir(parents=True)
    (folder / "responses.csv").write_text("score\n9\n", encoding="utf-8")


def everything(folder):
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture
def cx(monkeypatch, capsys):
    def called(*arguments):
        monkeypatch.setattr(sys, "argv", ["cx", *map(str, arguments)])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr()
        return ended.value.code or 0, said.out, said.err

    return called


def test_init_writes_a_project_that_plans(cx, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, said, _ = cx("init", "my shop")
    assert status == 0
    assert "cd 'my shop'" in said
    assert "lab notebooks/00_start_here.ipynb" in said
    root = tmp_path / "my shop"
    assert sorted(path.name for path in root.glob("notebooks/*.ipynb")) == COMMITTED
    for code in ("ja", "ko"):
        assert sorted(path.name for path in root.glob(f"notebooks/{code}/*")) == COMMITTED
    assert all((root / name).read_bytes() == (ROOT / name).read_bytes() for name in FILES)
    planned, problems = report.from_yaml(root / "reports" / "sample.yml")
    assert not problems
    assert len(planned) == len(COMMITTED)
    assert not any(one.language_asked for one in planned)  # so that --language is heeded
    sample, made = ROOT / "data" / "sample", root / "data" / "sample"
    for path in [*sample.rglob("*.csv"), *sample.rglob("*.vtt")]:
        assert (made / path.relative_to(sample)).read_bytes() == path.read_bytes()
    assert sorted(os.listdir(made)) == sorted(os.listdir(sample))
    assert not [path for path in root.iterdir() if path.name.startswith(".cx-init")]


def test_init_speaks_the_readers_language_and_begins_with_a_notebook_in_it(cx, tmp_path):
    status, said, _ = cx("init", tmp_path / "店", "--language", "ja")
    assert status == 0
    assert "lab notebooks/ja/00_start_here.ipynb" in said
    assert "コミットに入れないためのコマンド" in said


@pytest.mark.parametrize(
    "there", ["notebooks/mine.ipynb", "a.txt", ".gitignore", ".gitattributes", "reports/x"]
)
def test_init_never_writes_over_anything(tmp_path, there):
    (tmp_path / there).parent.mkdir(exist_ok=True)
    (tmp_path / there).write_text("mine", encoding="utf-8")
    before = everything(tmp_path)
    with pytest.raises(CxError, match="is not empty") as refused:
        start_project(tmp_path, sample=no_sample)
    assert repr(there.split("/")[0]) in str(refused.value)
    assert everything(tmp_path) == before


def test_init_bears_what_is_hidden_and_takes_an_empty_folder(tmp_path):
    (tmp_path / ".venv").mkdir()
    (tmp_path / ".git").mkdir()
    assert [path.name for path in start_project(tmp_path, sample=no_sample)] == COMMITTED


def test_init_into_a_file_or_a_folder_that_takes_nothing_is_refused(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(CxError, match="is a file"):
        start_project(tmp_path / "file", sample=no_sample)
    with pytest.raises(CxError, match="cannot be written to"):
        start_project(tmp_path / "file" / "below", sample=no_sample)


def test_init_that_breaks_off_leaves_nothing_in_the_way(tmp_path):
    def full(folder):
        raise OSError(28, "No space left on device")

    with pytest.raises(CxError, match="No space left"):
        start_project(tmp_path / "new", sample=full)
    assert not [*(tmp_path / "new").iterdir()]
    assert start_project(tmp_path / "new", sample=no_sample)


def test_a_package_without_its_notebooks_says_so(tmp_path, monkeypatch):
    monkeypatch.setattr(starting.cxlib, "__file__", str(tmp_path / "cxlib" / "__init__.py"))
    with pytest.raises(SourceError, match="came without its notebooks"):
        project_files()


def test_init_does_not_hand_on_what_somebody_ran(tmp_path, monkeypatch):
    source = tmp_path / "source"
    for name in FILES:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text("", encoding="utf-8")
    notebook = nbformat.read(ROOT / "notebooks" / "03_nps.ipynb", as_version=4)
    notebook.cells[-1].outputs = [nbformat.v4.new_output("stream", text="Kim said")]
    (source / "notebooks").mkdir()
    nbformat.write(notebook, source / "notebooks" / "03_nps.ipynb")
    monkeypatch.setattr(starting, "project_files", lambda: source)
    [made] = start_project(tmp_path / "new", sample=no_sample)
    assert "Kim said" not in made.read_text(encoding="utf-8")


def test_the_filter_that_init_names_works(tmp_path):
    words = shlex.split(filter_command())
    assert words[:3] == ["git", "config", "filter.cx-notebook.clean"]
    saved = (ROOT / "notebooks" / "03_nps.ipynb").read_bytes()
    cleaned = subprocess.run(words[3], shell=True, input=saved, capture_output=True, check=True)
    assert cleaned.stdout == saved


# Copies


@pytest.fixture
def project(tmp_path):
    start_project(tmp_path / "work", sample=lambda folder: None)
    (tmp_path / "work" / "data" / "sample").symlink_to(ROOT / "data" / "sample")
    return tmp_path / "work"


def sources(path):
    return [
        "".join(cell["source"])
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]


def test_every_path_of_a_copy_leads_where_the_notebooks_does(project):
    made, kept = copy_to_mine(project)
    assert not kept
    assert [path.name for path in made] == COMMITTED
    for path in made:
        original = project / "notebooks" / path.name
        named = [_named_files(source, folder=original.parent) for source in sources(original)]
        assert any(named)
        assert [_named_files(source, folder=path.parent) for source in sources(path)] == named
        nbformat.validate(nbformat.read(path, as_version=4))


def _named_files(source, *, folder):
    import ast

    texts = [
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return [(folder / text).resolve(strict=True) for text in texts if text.startswith("..")]


@pytest.mark.parametrize(
    ("source", "below"),
    [
        ('a = "../data/x.csv"', 'a = "../../data/x.csv"'),
        ("a = '../../x'", "a = '../../../x'"),
        ('Path("..") / "data"', 'Path("../..") / "data"'),
        ('f"../{name}"', 'f"../../{name}"'),
        ('a = "/data/x"; b = "s3://x/../y"; c = "...and"', None),
        ('a = "..."', None),
        ("from .. import x", None),
    ],
)
def test_only_paths_that_begin_above_are_changed(source, below):
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    made = nbformat.reads(one_folder_below(nbformat.writes(notebook)), as_version=4)
    assert made.cells[0].source == (below or source)


def test_copies_that_are_there_stay(project, cx, monkeypatch):
    monkeypatch.chdir(project)
    assert cx("mine")[1] == "notebooks/mine/00_start_here.ipynb\n"
    own = project / "notebooks" / "mine" / "03_nps.ipynb"
    own.write_text("hers", encoding="utf-8")
    (own.parent / "04_retention.ipynb").unlink()
    status, said, complaint = cx("mine")
    assert (status, said) == (0, "notebooks/mine/00_start_here.ipynb\n")
    assert "03_nps.ipynb is there and stays as it is" in complaint
    assert own.read_text(encoding="utf-8") == "hers"
    assert (own.parent / "04_retention.ipynb").is_file()


@pytest.mark.parametrize("language", ["ja", "ko"])
def test_copies_in_a_language_have_its_prose_and_lead_to_the_same_files(project, language):
    made, kept = copy_to_mine(project, language=language)
    assert not kept
    assert [path.name for path in made] == COMMITTED
    for path in made:
        original = project / "notebooks" / language / path.name
        copied, there = (nbformat.read(each, as_version=4).cells for each in (path, original))
        assert [cell.source for cell in copied] == [cell.source for cell in there]
        assert not any(cell.get("outputs") for cell in copied)
        named = [_named_files(source, folder=original.parent) for source in sources(original)]
        assert [_named_files(source, folder=path.parent) for source in sources(path)] == named
        assert f'language = "{language}"' in "\n".join(sources(path))


@pytest.mark.parametrize(("first", "then"), [("en", "ja"), ("ko", "ja"), ("ja", "en")])
def test_a_copy_in_another_language_stays_and_is_told(project, cx, monkeypatch, first, then):
    monkeypatch.chdir(project)
    cx("mine", "--language", first)
    before = everything(project / "notebooks" / "mine")
    own = project / "notebooks" / "mine" / "02_bias.ipynb"
    own.unlink()
    monkeypatch.setenv("CX_LANGUAGE", then)
    status, said, complaint = cx("mine")
    assert (status, said) == (0, "notebooks/mine/00_start_here.ipynb\n")
    told = complaint.splitlines()
    assert len(told) == len(COMMITTED) - 1
    assert all(f"-p language={then}" in line for line in told)
    after = everything(project / "notebooks" / "mine")
    assert {name: after[name] for name in after if name != own.name} == {
        name: before[name] for name in before if name != own.name
    }
    assert f'language = "{then}"' in "\n".join(sources(own))
    assert not [line for line in cx("mine")[2].splitlines() if own.name in line and "-p" in line]


def test_copies_in_a_language_without_notebooks_are_refused(project, cx, monkeypatch):
    monkeypatch.chdir(project)
    for path in (project / "notebooks" / "ko").iterdir():
        path.unlink()
    status, _, complaint = cx("mine", "--language", "ko")
    assert status == 2
    assert "language='ko'" in complaint
    assert "cx mine --language en" in complaint
    assert not (project / "notebooks" / "mine").exists()
    status, _, complaint = cx("mine", "--language", "fr")
    assert status == 2
    assert "possible: en, ja, ko" in complaint


def test_copies_are_made_in_a_project_alone(cx, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    status, _, complaint = cx("mine")
    assert status == 2
    assert "cx init" in complaint


@pytest.mark.notebook
def test_a_copy_runs_in_its_folder_and_as_a_report(project, cx, monkeypatch):
    monkeypatch.chdir(project)
    cx("mine")
    status, said, complaint = cx("run", "notebooks/mine/03_nps.ipynb")
    assert (status, complaint) == (0, "")
    assert "nps: done" in said
    assert (project / "reports" / "published" / "index.html").is_file()
    [manifest] = project.glob("reports/published/nps/*/manifest.json")
    [read] = json.loads(manifest.read_text(encoding="utf-8"))["inputs"]
    assert read["path"].endswith("data/sample/responses.csv")


@pytest.fixture
def make(tmp_path):
    """`make` as it stands, with stand-ins for what it calls."""
    root = tmp_path / "my shop"
    tools = root / ".venv" / "bin"
    tools.mkdir(parents=True)
    (root / "data" / "raw").mkdir(parents=True)
    (root / "data" / "raw" / "README.md").write_text("", encoding="utf-8")
    (root / "Makefile").write_bytes((ROOT / "Makefile").read_bytes())
    told = {
        "jupyter": 'echo "$@ in ${CX_LANGUAGE:-none}"',
        "cx": "echo mine/page_for_$1_$CX_LANGUAGE",
    }
    for name, says in told.items():
        (tools / name).write_text(f"#!/bin/sh\n{says}\n", encoding="utf-8")
        (tools / name).chmod(0o755)
    (tools.parent / ".ready").touch()
    own = {
        "LANGUAGE",
        "CX_LANGUAGE",
        "MAKEFLAGS",
        "MFLAGS",
        "MAKELEVEL",
        "ARGS",
    }  # of `make test` too
    bare = {k: v for k, v in os.environ.items() if k not in own}

    def called(*given, **wanted):
        return subprocess.run(
            ["make", "-s", "-o", ".venv/.ready", *given],
            cwd=root, env={**bare, **wanted}, capture_output=True, text=True, check=False,
        )  # fmt: skip

    return called


@pytest.fixture
def lab(make):
    return functools.partial(make, "lab")


def test_make_lab_opens_copies_where_the_files_are_hers(lab, tmp_path):
    assert "/lab/tree/notebooks/00_start_here.ipynb" in lab().stdout
    assert "/lab/tree/mine/page_for_mine" in lab("MINE=1").stdout
    (tmp_path / "my shop" / "data" / "raw" / "wave 3").mkdir()
    assert "/lab/tree/mine/page_for_mine" in lab().stdout
    assert "/lab/tree/mine/page_for_mine_ja" in lab("LANGUAGE=ja").stdout


def test_make_reports_in_a_language_that_is_asked_for(make):
    assert make("reports", "LANGUAGE=ko").stdout == "mine/page_for_run_ko\n"
    assert make("reports", LANGUAGE="en_GB:en").stdout == make("reports").stdout


LOCALES = [
    ("ja", "ja_JP", "notebooks/ja/"),
    ("ko", "ko_KR", "notebooks/ko/"),
    ("en", "en", "notebooks/"),
]


@pytest.mark.parametrize(("language", "locale", "folder"), LOCALES)
def test_make_lab_speaks_a_language_that_is_asked_for(lab, language, locale, folder):
    by_option = lab(f"LANGUAGE={language}")
    assert f"/lab/tree/{folder}00_start_here.ipynb" in by_option.stdout
    assert by_option.stdout.endswith(f" in {language}\n")
    given = by_option.stdout.split("--LabApp.app_settings_dir=")[1].split(" in ")[0].strip()
    # what the server answers a browser that asks for its settings and words
    overrides, problem = settings_utils._get_overrides(given)
    assert not problem
    schemas = str(Path(get_app_dir()) / "schemas")
    plugin = "@jupyterlab/translation-extension:plugin"
    read = settings_utils._get_schema(schemas, plugin, overrides, None)[0]
    assert read["properties"]["locale"]["default"] == locale
    words, problem = translation_utils.get_language_pack(locale)
    assert not problem
    assert bool(words.get("jupyterlab")) is (language != "en")
    assert lab(CX_LANGUAGE=language).stdout == by_option.stdout
    other = next(each for each, *_ in LOCALES if each != language)
    assert lab(f"LANGUAGE={language}", CX_LANGUAGE=other).stdout == by_option.stdout


@pytest.mark.parametrize("desktop", ["en_GB:en", "de", "ja_JP:ja", ""])
def test_what_a_desktop_says_of_its_language_asks_make_lab_for_nothing(lab, desktop):
    assert lab(LANGUAGE=desktop).stdout == lab().stdout
    assert "app_settings_dir" not in lab().stdout


@pytest.mark.parametrize("language", ["fr", "JA", "日本語", "o'brien", "$HOME", "ja ko"])
def test_make_lab_refuses_a_language_that_it_has_not(lab, language):
    ran = lab(f"LANGUAGE={language.replace('$', '$$')}")
    assert (ran.returncode != 0, ran.stdout) == (True, "")
    assert ran.stderr.startswith(
        f"LANGUAGE={language}: the notebooks are in en, ja and ko; say make "
    )
