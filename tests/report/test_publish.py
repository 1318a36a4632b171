"""A run is moved to its place whole; what a killed one leaves is swept away."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from cxlib import report
from cxlib.report.publish import staging
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
    while not list(out.glob(".staging/*/slow/run.ipynb")):
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
