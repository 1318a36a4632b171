"""What goes into a run is told by its hashes, and the command makes it again."""

import hashlib
import os
import shlex
import subprocess
from datetime import UTC, datetime

import pytest

from cxlib import report
from cxlib.errors import SourceError
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


def key_of(*, source="1", prose="# T", looks=1, sha256="0", **values):
    notebook = Notebook((Cell("markdown", prose), Cell("code", source)))
    records = [{"parameter": "survey", "sha256": sha256}]
    return provenance.key(notebook, {"looks": looks, **values}, records)


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({}, []),
        ({"looks": {"2026Q3": 7}}, []),
        ({"source": "2"}, ["code"]),
        ({"prose": "# U"}, ["prose"]),
        ({"wave": "b"}, ["parameters"]),
        ({"sha256": "1"}, ["inputs.survey"]),
        ({"wave": None, "sha256": "1"}, ["inputs.survey", "parameters"]),
    ],
)
def test_a_key_says_which_part_changed(change, parts):
    assert provenance.changed(key_of(wave="a"), key_of(**{"wave": "a", **change})) == parts


def test_another_version_of_what_is_installed_is_another_key(monkeypatch):
    before = key_of()
    monkeypatch.setattr(provenance, "installed", lambda: ("pandas-9.dist-info",))
    assert provenance.changed(before, key_of()) == ["versions"]
    assert "inputs.survey" in provenance.changed(None, before)


def test_a_file_that_was_written_in_between_is_named_even_if_it_holds_the_same(tmp_path):
    (tmp_path / "folder").mkdir()
    for name in ("survey.csv", "folder/talk.txt", "book.ipynb"):
        (tmp_path / name).write_text(name, encoding="utf-8")
    paths = {"survey": tmp_path / "survey.csv", "folder": tmp_path / "folder"}

    def look():
        return provenance.look_at(paths, root=tmp_path, beside=[tmp_path / "book.ipynb"])

    before = look()
    assert provenance.rewritten(before, look()) == []
    os.utime(tmp_path / "survey.csv", ns=(1, 1))
    assert provenance.rewritten(before, look()) == ["survey.csv"]
    (tmp_path / "folder" / "new.txt").write_text("", encoding="utf-8")
    (tmp_path / "book.ipynb").unlink()
    with pytest.raises(SourceError, match=r"book\.ipynb cannot be read any more"):
        look()


def test_a_file_that_was_swapped_and_put_back_is_named(tmp_path):
    survey, other, link = (tmp_path / name for name in ("survey.csv", "other.csv", "link.csv"))
    for path in (survey, other):
        path.write_text("score\n1\n", encoding="utf-8")
    link.symlink_to(survey)

    def look():
        return provenance.look_at({"survey": link}, root=tmp_path)

    def rewrite():
        was = survey.stat()
        survey.write_text("score\n9\n", encoding="utf-8")
        survey.write_text("score\n1\n", encoding="utf-8")
        os.utime(survey, ns=(was.st_atime_ns, was.st_mtime_ns))

    def swap():
        for source, target in (
            (survey, "away"),
            (other, survey),
            (survey, other),
            ("away", survey),
        ):
            (tmp_path / source).rename(tmp_path / target)

    def turn():
        for target in (other, survey):
            link.unlink()
            link.symlink_to(target)

    for change in (rewrite, swap, turn):
        before = look()
        change()
        assert provenance.rewritten(before, look()) == ["link.csv"], change


def test_hidden_files_are_no_part_of_a_folder(tmp_path):
    (tmp_path / "talk.txt").write_text("a", encoding="utf-8")
    [before] = provenance.inputs({"folder": tmp_path}, root=tmp_path)
    (tmp_path / ".DS_Store").write_text("b", encoding="utf-8")
    (tmp_path / ".ipynb_checkpoints").mkdir()
    (tmp_path / ".ipynb_checkpoints" / "talk.txt").write_text("c", encoding="utf-8")
    assert provenance.inputs({"folder": tmp_path}, root=tmp_path) == [before]


def test_a_module_beside_the_notebook_is_part_of_its_code(tmp_path):
    def key(**more):
        return provenance.key(Notebook((Cell("code", "1"),)), {}, [], folder=tmp_path, **more)

    before = key()
    (tmp_path / "own.py").write_text("x = 1", encoding="utf-8")
    assert provenance.changed(before, key()) == ["code"]
    assert provenance.changed(key(day="2026-11-27"), key(day="2026-11-28")) == ["day"]


def test_a_run_is_named_by_its_time_and_what_went_in():
    started = datetime(2026, 11, 22, 9, 31, 5, tzinfo=UTC)
    names = {
        provenance.run_id(started, key_of(source=source, wave=wave))
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


def test_what_a_report_wrote_itself_is_no_change_of_what_it_read(tmp_path):
    folder = tmp_path / "codings"
    folder.mkdir()
    own, other = folder / "settling.csv", folder / "kim.csv"
    other.write_text("a\n", encoding="utf-8")
    paths = {"codings": folder}
    before = provenance.look_at(paths, root=tmp_path)
    own.write_text("b\n", encoding="utf-8")
    wrote = {own: hashlib.sha256(b"b\n").hexdigest()}
    after = provenance.look_at(paths, root=tmp_path)
    assert provenance.rewritten(before, after) == ["settling.csv", "codings"]
    assert provenance.rewritten(before, after, wrote) == []
    own.write_text("c\n", encoding="utf-8")  # somebody else, after it
    after = provenance.look_at(paths, root=tmp_path)
    assert "settling.csv" in provenance.rewritten(before, after, wrote)
    own.write_text("b\n", encoding="utf-8")
    other.write_text("c\n", encoding="utf-8")
    after = provenance.look_at(paths, root=tmp_path)
    assert provenance.rewritten(before, after, wrote) == ["kim.csv"]
