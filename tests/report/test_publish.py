"""A run is moved to its place whole; what a killed one leaves is swept away."""

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from cxlib import report
from cxlib.report import manifests, runner
from cxlib.report.publish import runs, staging, states, sweep
from cxlib.report.site import write_index
from tests.conftest import ROOT
from tests.report.writing import project


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
    while not list(out.glob(".staging/*/slow")):
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


def test_a_clock_that_was_wrong_does_not_decide_which_is_newest(look, tmp_path, monkeypatch):
    out = tmp_path / "looks"
    for year in (2099, 2026, 2001):
        at = datetime(year, 3, 1, 12, tzinfo=UTC)
        clock = type("Clock", (datetime,), {"now": classmethod(lambda *_, at=at: at)})
        monkeypatch.setattr(runner, "datetime", clock)
        monkeypatch.setattr(manifests, "datetime", clock)
        manifest = look()
        assert manifest["started"].startswith(str(year))
        assert (out / "looks" / "latest").read_text(encoding="utf-8").strip() == manifest["run"]
    assert [told["order"] for told in runs(out)["looks"]] == [3, 2, 1]
    assert manifest["parameters"]["looks"] == 3
    assert states(out)["looks"]["order"] == 3


WRONG = [None, True, 3, -1.5, "x", "", [], [1], {}, {"a": 1}, [{"a": None}]]


def test_a_manifest_that_someone_wrote_into_stops_no_report(look, tmp_path):
    """Whatever one of its fields holds, the next run is made, and its index is written."""
    out = tmp_path / "looks"
    manifest = look()
    path = out / "looks" / manifest["run"] / "manifest.json"
    for field, value in itertools.product(manifest, WRONG):
        path.write_text(json.dumps(manifest | {field: value}), encoding="utf-8")
        newer = look()
        assert newer["status"] == "published", (field, value)
        assert newer["run"] in (out / "index.html").read_text(encoding="utf-8"), (field, value)
        shutil.rmtree(out / "looks" / newer["run"])


@pytest.mark.parametrize("value", WRONG)
def test_a_state_that_someone_wrote_into_stops_no_report(look, tmp_path, value):
    out = tmp_path / "looks"
    look()
    path = out / "looks" / "state.json"
    state = json.loads(path.read_text(encoding="utf-8"))
    for changed in (value, *(state | {field: value} for field in state)):
        path.write_text(json.dumps(changed), encoding="utf-8")
        assert look()["status"] == "published", changed


def test_what_a_killed_run_staged_is_swept_by_one_that_makes_nothing(tmp_path):
    stages = tmp_path / ".staging"
    (stages / "killed" / "nps").mkdir(parents=True)
    (stages / "stray").write_text("", encoding="utf-8")
    sweep(tmp_path)
    assert [item.name for item in stages.iterdir()] == ["stray"]
    with staging(tmp_path) as folder:
        sweep(tmp_path)
        assert folder.is_dir()
