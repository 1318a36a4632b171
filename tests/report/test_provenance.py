"""What goes into a run is told by its hashes, and the command makes it again."""

import hashlib
import shlex
import subprocess
from datetime import UTC, datetime

from cxlib import report
from cxlib.report import provenance
from cxlib.report.notebook import Cell, Notebook


def test_a_file_and_a_folder_have_one_hash_each(tmp_path):
    (tmp_path / "folder").mkdir()
    for name in ("a.txt", "folder/b.txt", "folder/c.txt"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    file, folder = provenance.inputs(
        {"one": tmp_path / "a.txt", "many": tmp_path / "folder"}, root=tmp_path
    )
    assert file == {
        "parameter": "one",
        "path": "a.txt",
        "bytes": 5,
        "files": 1,
        "sha256": hashlib.sha256(b"a.txt").hexdigest(),
    }
    assert (folder["files"], folder["bytes"]) == (2, 24)
    (tmp_path / "folder" / "b.txt").rename(tmp_path / "folder" / "d.txt")
    [renamed] = provenance.inputs({"many": tmp_path / "folder"}, root=tmp_path)
    assert renamed["sha256"] != folder["sha256"]


def test_a_run_is_named_by_its_time_and_what_went_in():
    started = datetime(2026, 11, 22, 9, 31, 5, tzinfo=UTC)
    names = {
        provenance.run_id(started, Notebook((Cell("code", source),)), {"wave": wave}, [])
        for source in ("1", "2")
        for wave in ("a", "b")
    }
    assert len(names) == 4
    assert all(name.startswith("20261122T093105Z-") for name in names)


def test_the_command_says_what_was_given(tmp_path):
    (tmp_path / "reports").mkdir()
    (tmp_path / "03_nps.ipynb").write_text("{}", encoding="utf-8")
    planned = report.from_notebook(tmp_path / "03_nps.ipynb", {}, name="own")
    given = {"survey": "../x.csv", "scale": [1, 10], "wave": "2026 Q3"}
    command = provenance.command(planned, given, {"survey": tmp_path / "data" / "x.csv"})
    assert shlex.split(command) == [
        "cx",
        "run",
        "03_nps.ipynb",
        "--name",
        "own",
        "-p",
        "survey=data/x.csv",
        "-p",
        "scale=[1, 10]",
        "-p",
        "wave=2026 Q3",
    ]


def test_a_commit_is_told_where_there_is_git(tmp_path, monkeypatch):
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    assert provenance.commit(tmp_path) is None
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: (_ for _ in ()).throw(OSError()))
    assert provenance.commit(tmp_path) is None


def test_versions_are_those_that_are_installed():
    assert {"python", "cxlib", "pandas", "duckdb"} <= set(provenance.versions())
