"""Jobs are shared among processes; one that dies takes only its own job along."""

import psutil
import pytest

from cxlib.report import crew
from cxlib.report.limits import Limits
from tests.report.writing import code, text, write


def job(folder, name, *cells):
    (folder / name).mkdir()
    manifest = {"name": name, "command": "", "parameters": {}}
    return {
        "name": name,
        "notebook": str(write(folder / f"{name}.ipynb", [text("# T"), *cells])),
        "folder": str(folder / name),
        "values": {},
        "parameters": {},
        "paths": {},
        "keyed": False,
        "mask": str,
        "before": None,
        "kin": [],
        "planned": {"pdf": False, "single_file": False},
        "given": {},
        "key": None,
        "day": None,
        "root": str(folder),
        "timeout": 60,
        "language": "en",
        "zone": "",
        "meanings": {},
        "manifest": manifest,
        "looks": None,
    }


@pytest.fixture(scope="module")
def worked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("crew")
    # the parent of all copies: it takes them along
    kill = "import os, signal; os.kill(os.getppid(), signal.SIGKILL)"
    jobs = [job(folder, "dies", code(kill)), job(folder, "lives", code("1 + 1"))]
    seen = []
    done = crew.work(jobs, workers=1, progress=lambda *told: seen.append(told))
    return {each["name"]: told for each, told in done}, seen


def test_a_process_that_died_is_started_again(worked):
    told, seen = worked
    error = told["dies"]["error"]
    assert error["message"] == "The process that ran the notebook was killed by signal 9"
    assert (error["cause"], told["dies"]["tries"]) == ("dead", 2)
    assert told["lives"]["title"] == "T"
    assert seen == [("dies", 1, 1), ("dies", 1, 1), ("lives", 1, 1)]


def test_each_job_says_how_long_it_took(worked):
    assert worked[0]["lives"]["seconds"] >= 0


class Grouped:
    """A limit that the system keeps: it has killed the kernel before this side looks."""

    grouped, most, seen = True, 400 << 20, 0

    def __init__(self, most):
        self.pids = []

    def watch(self, pid):
        self.pids.append(pid)

    def over(self):
        return any(not psutil.pid_exists(pid) for pid in self.pids)

    def close(self):
        pass


def test_a_kernel_that_the_system_killed_still_tells_its_cell(tmp_path, monkeypatch):
    monkeypatch.setattr(crew, "Memory", Grouped)
    kill = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    jobs = [job(tmp_path, "large", code("1 + 1"), code(kill))]
    limits = Limits(memory=400 << 20)
    [(_, told)] = crew.work(jobs, workers=1, progress=lambda *_: None, limits=limits)
    assert told["error"]["cause"] == "memory"
    assert told["error"]["cell"] == 2
