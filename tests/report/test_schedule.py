"""The files for cron and systemd: read back as these read them, and run with nothing set."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from cxlib import cli
from cxlib.errors import CxError, ParameterError, SourceError
from cxlib.report import schedule
from cxlib.report.schedule import Scheduler, schedule_files, unit_name, write_files
from tests.report.writing import project

SYSTEMD = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(not SYSTEMD, reason="systemd-analyze is not here")
NAMES = st.text("ab \"'%$\\`=#;&!*~<(顧客é-.:@", min_size=1, max_size=12).filter(
    lambda name: name not in {".", ".."}
)
TELLING = '#!/bin/sh\nfor word; do printf "%s\\0" "$word"; done >"$TOLD"; pwd >>"$TOLD"\n'


def suite_in(root, name="weekly.yml"):
    (root / "reports").mkdir(parents=True, exist_ok=True)
    (root / "notebooks").mkdir(exist_ok=True)
    (root / "notebooks" / "01_a.ipynb").write_text('{"cells": []}', encoding="utf-8")
    suite = root / "reports" / name
    suite.write_text("reports:\n  - notebook: notebooks/01_a.ipynb\n", encoding="utf-8")
    return suite


def telling_program(root):
    """A program that writes what it was called with to `$TOLD`."""
    program = root / "cx"
    program.write_text(TELLING, encoding="utf-8")
    program.chmod(0o755)
    return [str(program)]


def files(suite, scheduler, **given):
    asked = {"every": "Mon 07:00", "zone": "UTC", "scheduler": scheduler, **given}
    return schedule_files(suite, **asked)


def line_of(made):
    [text] = made.values()
    return text.splitlines()[-1]


def as_cron_reads(line, *, collapses):
    """The command of a crontab's line; some crons take two backslashes for one."""
    command, read, escaped = line.split(" ", 5)[5], "", False
    for sign in command:
        if escaped:
            escaped = False
            if sign == "%" or (collapses and sign == "\\"):
                read = read[:-1] + sign
                continue
        elif sign == "\\":
            escaped = True
        elif sign == "%":
            break
        read += sign
    return read


@pytest.mark.parametrize("collapses", [True, False])
@settings(max_examples=25)
@given(folder=NAMES, stem=NAMES)
@example(folder="a\\\\%b", stem="50% \\%")
def test_cron_calls_the_command_whatever_the_paths(collapses, folder, stem):
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / folder
        suite = suite_in(root, f"{stem}.yml")
        told = Path(temporary) / "told"
        made = files(
            suite,
            "cron",
            program=telling_program(root),
            environment={"TOLD": str(told), "ODD": folder},
        )
        command = as_cron_reads(line_of(made), collapses=collapses)
        ran = subprocess.run(
            ["/bin/sh", "-c", command], env={}, capture_output=True, text=True, check=False
        )
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
        *words, where = told.read_text(encoding="utf-8").split("\0")
        assert [words[0], str(root / words[1])] == ["run", str(root / "reports" / f"{stem}.yml")]
        assert where == f"{root}\n"
        assert (root / "reports" / f"{stem}.yml.log").read_text(encoding="utf-8")


def as_systemd_reads(folder):
    """What systemd made of the service in a folder, in its own print of it."""
    environment = {**os.environ, "SYSTEMD_LOG_LEVEL": "debug", "LANG": "C.UTF-8"}
    service = next(folder.glob("*.service"))
    said = subprocess.run(
        [SYSTEMD, "verify", service], env=environment, capture_output=True, text=True, check=False
    ).stdout
    return {
        key: re.findall(rf"^\s*{key}: (.*)$", said, re.M)
        for key in ("WorkingDirectory", "Environment", "Command Line")
    }


@needs_systemd
@settings(max_examples=40)
@given(folder=NAMES, stem=NAMES)
@example(folder="a %h$HOME\\n\"'", stem="50% $HOME \\")
def test_systemd_reads_the_paths_as_they_are(folder, stem):
    assume(not folder.endswith((" ", "\\")))
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(temporary) / folder
        suite = suite_in(root, f"{stem}.yml")
        program = telling_program(root)
        write_files(
            files(suite, "systemd", program=program, environment={"ODD": folder}),
            Path(temporary) / "units",
        )
        verified(Path(temporary) / "units")
        read = as_systemd_reads(Path(temporary) / "units")
        assert read["WorkingDirectory"] == [str(root)]
        assert read["Environment"] == [f"ODD={folder}"]
        # systemd prints `$` and the backtick with a backslash between quotes
        [printed] = read["Command Line"]
        words = shlex.split(re.sub(r"(?<!\\)((?:\\\\)*)\\([$`])", r"\1\2", printed))
        *_, called, run, given_suite = words
        assert (called, run) == (program[0], "run")
        assert os.path.samefile(root / given_suite, suite)


def verified(folder):
    paths = sorted(folder.iterdir())
    ran = subprocess.run([SYSTEMD, "verify", *paths], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")
    return paths


@needs_systemd
def test_the_units_pass_verify_and_a_bad_one_would_not(tmp_path):
    suite = suite_in(tmp_path / "shop")
    write_files(files(suite, "systemd", program=["/bin/true"]), tmp_path / "units")
    service, timer = verified(tmp_path / "units")
    assert "Type=oneshot" in service.read_text(encoding="utf-8")
    text = timer.read_text(encoding="utf-8")
    assert {"Persistent=true", "OnCalendar=Mon *-*-* 07:00:00 UTC"} <= set(text.splitlines())
    timer.write_text(text.replace("07:00:00", "27:00:00"), encoding="utf-8")
    with pytest.raises(AssertionError):
        verified(tmp_path / "units")


@pytest.fixture
def tiny(tmp_path):
    """A project with one good report in its suite."""
    root = project(tmp_path / "my shop 顧客 50%")
    (root / "reports").mkdir()
    suite = root / "reports" / "weekly.yml"
    suite.write_text("reports:\n  - notebook: notebooks/03_nps.ipynb\n", encoding="utf-8")
    return suite


def test_the_line_publishes_with_its_environment_emptied(tiny, monkeypatch):
    command = as_cron_reads(line_of(files(tiny, "cron")), collapses=False)
    ran = subprocess.run(
        ["env", "-i", "/bin/sh", "-c", command],
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    log = tiny.with_name("weekly.yml.log").read_text(encoding="utf-8")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", ""), log
    assert "nps: done" in log
    assert (tiny.parent / "published" / "index.html").is_file()


def test_a_run_that_is_refused_keeps_its_exit_status(tiny, monkeypatch):
    command = as_cron_reads(line_of(files(tiny, "cron")), collapses=False)
    tiny.write_text("reports:\n  - {notebook: notebooks/03_nps.ipynb, name: a/b}\n", "utf-8")
    ran = subprocess.run(["/bin/sh", "-c", command], env={}, capture_output=True, check=False)
    assert ran.returncode >= 2
    assert "cannot be a folder's name" in tiny.with_name("weekly.yml.log").read_text(
        encoding="utf-8"
    )


@pytest.mark.skipif(not shutil.which("flock"), reason="flock (util-linux) is not here")
def test_a_run_that_is_not_done_leaves_the_next_out(tmp_path):
    suite = suite_in(tmp_path)
    told = tmp_path / "told"
    made = files(suite, "cron", program=telling_program(tmp_path), environment={"TOLD": str(told)})
    command = as_cron_reads(line_of(made), collapses=False)
    lock = suite.with_name(".weekly.yml.lock")
    lock.touch()
    with subprocess.Popen(
        ["flock", lock, "sh", "-c", "echo held; read wait"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as held:
        held.stdout.readline()
        assert subprocess.run(["/bin/sh", "-c", command], env={}, check=False).returncode == 0
        assert not told.exists()
        held.communicate(b"\n")
    assert subprocess.run(["/bin/sh", "-c", command], env={}, check=False).returncode == 0
    assert told.exists()
    assert "the run before is not done" in suite.with_name("weekly.yml.log").read_text(
        encoding="utf-8"
    )


def test_without_flock_it_says_so_and_runs(tmp_path, monkeypatch):
    monkeypatch.setattr(schedule.shutil, "which", lambda name, **_: None)
    [text] = files(suite_in(tmp_path), "cron", program=["/bin/true"]).values()
    assert "# flock (util-linux) is not on this machine" in text
    command = as_cron_reads(text.splitlines()[-1], collapses=False)
    assert subprocess.run(["/bin/sh", "-c", command], env={}, check=False).returncode == 0


def test_the_zone_of_a_cron_that_knows_none_is_refused(tmp_path, monkeypatch):
    suite = suite_in(tmp_path)
    daemon = tmp_path / "cron"
    daemon.write_bytes(b"MAILTO")
    monkeypatch.setattr(
        schedule.shutil, "which", lambda name, **_: str(daemon) if name == "cron" else None
    )
    with pytest.raises(ParameterError, match="knows no zone but the machine's") as refused:
        files(suite, "cron", zone="Pacific/Chatham")
    assert "--as systemd" in str(refused.value)
    assert files(suite, "systemd", zone="Pacific/Chatham")
    daemon.write_bytes(b"MAILTO CRON_TZ")
    [text] = files(suite, "cron", zone="Pacific/Chatham").values()
    assert text.splitlines()[-2] == "CRON_TZ=Pacific/Chatham"


def test_the_zone_of_the_machine_needs_no_word(tmp_path, monkeypatch):
    monkeypatch.setattr(schedule, "is_zone_here", lambda zone: True)
    [text] = files(suite_in(tmp_path), "cron", zone="Asia/Tokyo").values()
    assert "CRON_TZ=" not in text


@pytest.mark.parametrize("scheduler", Scheduler)
@pytest.mark.parametrize("odd", ["a\nb", "a\rb", "a\tb", "a\x1b]8;;x", "a\x7f"])
def test_a_path_that_no_line_can_hold_is_refused(tmp_path, scheduler, odd):
    suite = suite_in(tmp_path / odd)
    with pytest.raises(SourceError, match="rename the file or folder") as refused:
        files(suite, scheduler)
    assert str(refused.value).isprintable()


@pytest.mark.parametrize("name", ["ends ", "ends\\"])
def test_a_folder_whose_end_systemd_takes_off_is_refused(tmp_path, name):
    suite = suite_in(tmp_path / name)
    with pytest.raises(SourceError, match="rename the folder"):
        files(suite, "systemd")
    assert files(suite, "cron")


def test_a_line_that_cron_would_cut_is_refused(tmp_path):
    suite = suite_in(tmp_path / ("顧客" * 30) / ("顧客" * 30))
    with pytest.raises(ParameterError, match="write --as systemd"):
        files(suite, "cron", program=["/bin/true", "x" * 900])


def test_a_suite_that_cannot_be_planned_is_not_scheduled(tmp_path):
    suite = suite_in(tmp_path)
    suite.write_text("reports:\n  - notebook: notebooks/none.ipynb\n", encoding="utf-8")
    with pytest.raises(SourceError, match=r"none.ipynb(.|\n)*mend this before it is scheduled"):
        files(suite, "cron")
    with pytest.raises(SourceError, match="there is no file"):
        files(tmp_path / "none.yml", "cron")
    with pytest.raises(ParameterError, match="--as cron or --as systemd"):
        files(suite, "launchd")


def test_two_suites_of_one_stem_share_neither_log_nor_lock_nor_unit(tmp_path):
    suites = [suite_in(tmp_path, name) for name in ("a.yml", "a.yaml", "a.log")]
    told = [files(suite, "cron", program=["/bin/true"]) for suite in suites]
    assert len({name for made in told for name in made}) == 3
    kept = [re.findall(r">>?(\S+)", line_of(made)) for made in told]
    assert len({name for names in kept for name in names if name != "&1"}) == 6
    assert not {f"reports/{suite.name}" for suite in suites} & {n for names in kept for n in names}


@given(st.text(max_size=200).filter(lambda text: "/" not in text and "\0" not in text))
def test_the_names_of_units_are_safe_and_of_one_suite_alone(stem):
    name = unit_name(Path("/srv/one/reports") / f"a{stem}.yml")
    assert re.fullmatch(r"cx-[A-Za-z0-9_-]+", name)
    assert len(f"{name}.service") < 256
    assert name != unit_name(Path("/srv/two/reports") / f"a{stem}.yml")


def test_files_of_others_are_not_written_over(tmp_path):
    suite, folder = suite_in(tmp_path), tmp_path / "units"
    made = files(suite, "systemd")
    first = write_files(made, folder)
    again = write_files(files(suite, "systemd", every="07:30"), folder)
    assert first == again
    assert "07:30" in again[1].read_text(encoding="utf-8")
    again[0].write_text("[Unit]\n", encoding="utf-8")
    with pytest.raises(CxError, match="was not written by cx schedule"):
        write_files(made, folder)
    assert again[0].read_text(encoding="utf-8") == "[Unit]\n"
    with pytest.raises(CxError, match="cannot be written there"):
        write_files(made, suite)


def test_the_command_prints_or_writes(tmp_path, monkeypatch, capsys):
    suite = suite_in(tmp_path)
    asked = ["cx", "schedule", str(suite), "--every", "Mon 07:00", "--zone", "UTC"]
    monkeypatch.setattr(sys, "argv", [*asked, "--as", "systemd", "--write", str(tmp_path / "u")])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    written = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert ended.value.code in (0, None)
    assert [path.suffix for path in written] == [".service", ".timer"]
    monkeypatch.setattr(sys, "argv", [*asked, "--as", "systemd"])
    with pytest.raises(SystemExit):
        cli.main()
    printed = capsys.readouterr().out
    assert all(path.read_text(encoding="utf-8") in printed for path in written)
    monkeypatch.setattr(sys, "argv", [*asked, "--as", "at"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 2
