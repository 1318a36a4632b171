"""Reports through a Dask cluster of two worker processes: what one machine makes, and what is said
and left behind where something breaks."""

import contextlib
import html
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest

from cxlib.report import copies
from tests.conftest import ROOT
from tests.report.breaking import LIGHT, MODEL, PATIENCE, Box, ended, history
from tests.report.writing import code, text, write

CLUSTER = """import sys
from distributed import LocalCluster

if __name__ == "__main__":
    cluster = LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None)
    print(cluster.scheduler_address, flush=True)
    sys.stdin.read()
    cluster.close()
"""
needs_dask = pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None or not copies.can_fork(),
    reason="Dask is absent (`make test-engines` installs it), or this is not Linux",
)
STOPPED = "Stopped: what was done is published."
# ends the Dask worker whose copy of a copy this kernel is
KILL_WORKER = (
    "import os, psutil, time; os.kill(psutil.Process(os.getppid()).ppid(), 9); time.sleep(60)"
)


class Workers:
    """A Dask cluster in processes of its own; all that it starts is known by its environment."""

    def __init__(self, folder, *, light=True):
        folder.mkdir()
        (folder / "cluster.py").write_text(CLUSTER, encoding="utf-8")
        self.mark = f"CX_DASK_{uuid.uuid4().hex}"
        path = [LIGHT, ROOT] if light else [ROOT]
        with open(folder / "log", "w") as log:
            self.process = subprocess.Popen(
                [sys.executable, folder / "cluster.py"],
                cwd=folder,
                env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, path)), self.mark: "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                encoding="utf-8",
            )
        self.address = self.process.stdout.readline().strip()
        assert self.address, (folder / "log").read_text()

    def all(self):
        """Return the processes that the cluster has started, and those that they have."""
        found = []
        for process in psutil.process_iter():
            try:
                if self.mark in process.environ():
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def reports(self):
        """Return the processes that make reports: copies, and kernels."""
        found = {}
        for process in self.all():
            try:
                said, parent = " ".join(process.cmdline()), process.parent()
                copied = parent is not None and "report.zygote" in " ".join(parent.cmdline())
            except psutil.Error:
                continue
            if copied or "report.worker" in said or "ipykernel" in said:
                found[process.pid] = said
        return found

    def quiet(self):
        """Fail where a report is still being made."""
        end = time.monotonic() + PATIENCE / 4
        while running := self.reports():
            assert time.monotonic() < end, f"still there: {running}"
            time.sleep(0.1)

    def close(self):
        processes = self.all()
        with contextlib.suppress(BrokenPipeError):
            self.process.stdin.close()
        if self.process.poll() is None:
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        _, left = psutil.wait_procs(processes, timeout=10)
        for process in left:
            process.kill()
        self.process.stdout.close()
        return left


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    workers = Workers(tmp_path_factory.mktemp("dask") / "cluster")
    yield workers
    assert not workers.close()


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return history(tmp_path_factory.mktemp("history") / "made")


@pytest.fixture
def box(made, tmp_path):
    box = Box(made, tmp_path)
    yield box
    box.close()


def sentences(path):
    page = re.sub(r"<(script|style|svg)[\s\S]*?</\1>", "", path.read_text(encoding="utf-8"))
    lines = [html.unescape(line).strip() for line in re.split(r"<[^>]+>", page)]
    return [line for line in lines if line]


def apart_from_when(lines):
    """Leave out moments, and the names of runs, which begin with one."""
    return [
        re.sub(r"\d{8}T\d{6}Z-\w{8}|20\d\d-\d\d-\d\d \d\d:\d\d(:\d\d)?", "", one) for one in lines
    ]


def first(site, name):
    return next(path for path in sorted((site / name).iterdir()) if path.is_dir())


@needs_dask
def test_the_site_is_that_of_one_machine(sample_reports, tmp_path):
    whole = Workers(tmp_path / "cluster", light=False)
    site = tmp_path / "site"
    command = [sys.executable, "-c", "from cxlib.cli import main; main()", "run"]
    given = ["reports/sample.yml", "--dask", whole.address, "--out", str(site)]
    try:
        ran = subprocess.run(
            [*command, *given], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
        )
        index = sentences(site / "index.html")
        again = subprocess.run(
            [*command, *given], cwd=ROOT, capture_output=True, encoding="utf-8", check=False
        )
        whole.quiet()
    finally:
        left = whole.close()
    assert not left
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "2 Dask workers with 2 threads" in ran.stdout
    assert "nps: cell 1 of " in ran.stdout
    assert again.stdout.count("unchanged.") == 4, again.stdout
    assert apart_from_when(index) == apart_from_when(sentences(sample_reports / "index.html"))
    names = sorted(path.name for path in sample_reports.iterdir() if (path / "latest").is_file())
    assert len(names) == 5
    for name in names:
        here, there = first(site, name), first(sample_reports, name)
        assert sorted(path.name for path in here.iterdir()) == sorted(
            path.name for path in there.iterdir()
        )
        for path in there.glob("*.csv"):
            assert (here / path.name).read_bytes() == path.read_bytes(), path.name
        assert apart_from_when(sentences(here / "report.html")) == apart_from_when(
            sentences(there / "report.html")
        )
        told, local = (
            json.loads((run / "manifest.json").read_text(encoding="utf-8")) for run in (here, there)
        )
        own = ("run", "started", "finished", "seconds", "order", "commit")
        assert {key: told[key] for key in told if key not in own} == {
            key: local[key] for key in local if key not in own
        }


@needs_dask
def test_a_worker_that_is_killed_in_the_middle_costs_a_second_try(box, workers):
    pid, go = box.root / "pid", box.root / "go"
    wait = (
        "import os, time; open('../pid', 'w').write(str(os.getpid()))\n"
        "while not os.path.exists('../go'): time.sleep(0.05)"
    )
    suite = box.suite(waits={"act": wait})
    process = box.start(suite, "--dask", workers.address)
    box.until(lambda: pid.is_file() and pid.read_text())
    kernel = psutil.Process(int(pid.read_text()))
    dask = kernel.parent().parent()
    assert "multiprocessing" in " ".join(dask.cmdline())
    pid.unlink()
    dask.send_signal(signal.SIGKILL)
    box.until(lambda: pid.is_file() and pid.read_text())
    go.touch()
    status, said = ended(process)
    assert status == 0, said
    assert re.search(r"waits: the Dask worker that made it is gone; tcp://\S+ makes it again", said)
    assert box.newest("waits")["status"] == "published"
    assert box.newest("waits")["tries"] == 2
    assert not psutil.pid_exists(kernel.pid)
    box.look()
    workers.quiet()


@needs_dask
def test_a_notebook_that_ends_two_workers_fails_and_says_so(box, workers):
    suite = box.suite(done={"act": "pass"}, kills={"act": KILL_WORKER})
    status, said = box.run(suite, "--dask", workers.address, "--jobs", "1")
    assert status == 1, said
    assert box.newest("done")["status"] == "published"
    told = box.newest("kills")
    assert told["status"] == "failed"
    assert (told["error"]["cause"], told["tries"]) == ("dead", 2)
    assert re.fullmatch(
        r"2 Dask workers ended while they ran the notebook \(tcp://\S+, then tcp://\S+\); see what "
        r"they say, or give a --memory-limit",
        told["error"]["message"],
    )
    page = (newest_run(box, "kills") / "failed.html").read_text(encoding="utf-8")
    assert "2 Dask workers ended" in page
    assert "The Dask cluster did not make the report" in page
    box.look()
    workers.quiet()


def newest_run(box, name):
    order = box.newest(name)["order"]
    return next(
        path.parent
        for path in box.manifests(name)
        if json.loads(path.read_text())["order"] == order
    )


ACTS = {
    "kernel": ({"act": "import os; os.kill(os.getpid(), 9)"}, [], 1),
    "memory": ({"act": "x = b'x' * (1 << 30); import time; time.sleep(20)"},
               ["--memory-limit", "400M"], 3),
    "time": ({"act": "import time; time.sleep(600)"}, ["--time-limit", "12"], 3),
    "cell": ({"act": "import time; time.sleep(600)"}, ["--timeout", "3"], 3),
    "error": ({"act": "raise ValueError('<b>no</b>')"}, [], 1),
}  # fmt: skip


@needs_dask
@pytest.mark.parametrize("name", ACTS)
def test_what_stops_a_report_is_what_stops_it_on_one_machine(box, workers, name):
    given, options, status = ACTS[name]
    suite = box.suite(**{name: given})
    told = []
    for more in ([], ["--dask", workers.address]):
        found, said = box.run(suite, *options, *more)
        assert found == status, said
        told.append(box.newest(name))
    local, here = told
    amount = r"\(\d[\d.]* [GMk]B when it was stopped\)"
    messages = [re.sub(amount, "", each["error"]["message"]) for each in told]
    assert messages[0] == messages[1]
    for key in ("cause", "kind", "cell", "cells", "heading"):
        assert local["error"].get(key) == here["error"].get(key), key
    assert local.get("tries") == here.get("tries")
    box.look()
    workers.quiet()


@needs_dask
def test_a_refusal_is_the_same(box, workers):
    suite = box.suite(wrong={})
    raised = code("import cxlib as cx; raise cx.errors.EmptyDataError('nobody answered')")
    cell = code('survey = "../data/survey.csv"\nact = "pass"', "parameters")
    write(box.root / "notebooks" / "wrong.ipynb", [text("# No"), cell, raised], model=MODEL)
    said = []
    for more in ([], ["--dask", workers.address]):
        status, words = box.run(suite, *more)
        assert status == 2, words
        said.append(words.splitlines()[-1])
    assert said[0] == said[1]
    assert said[0].endswith(": nobody answered")
    assert box.newest("wrong")["order"] == 2  # nothing of it
    box.look()


@needs_dask
def test_a_secret_that_a_worker_does_not_know_is_refused_by_its_name(box, workers):
    act = "import cxlib as cx; cx.read_secret('secret://CX_NOT_THERE')"
    suite = box.suite(asks={})
    cell = code('survey = "../data/survey.csv"\nact = "pass"', "parameters")
    write(box.root / "notebooks" / "asks.ipynb", [text("# No"), cell, code(act)], model=MODEL)
    known = {"CX_NOT_THERE": "hunter2Zq9"}
    status, said = box.run(suite, "--dask", workers.address, env=known)
    assert status == 2, said
    assert re.search(
        r"secret://CX_NOT_THERE is not there: .* \(so says the Dask worker tcp://\S+\)$",
        said.strip(),
    )
    assert "hunter2Zq9" not in said
    box.look()


@needs_dask
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_what_the_workers_do(box, workers, number):
    sleep = "import time; time.sleep(600)"
    suite = box.suite(
        done={"act": "pass"}, sleeps={"act": sleep}, waits={"act": sleep}, late={"act": sleep}
    )
    process = box.start(suite, "--dask", workers.address)
    box.until("sleeps: cell ", process)
    time.sleep(2)  # in the middle of a cell
    process.send_signal(number)
    begun = time.monotonic()
    status, said = ended(process)
    assert time.monotonic() - begun < 60
    assert status == 128 + number
    assert said.strip().endswith(STOPPED)
    assert not workers.reports()  # before it ended, not some time after
    assert box.newest("sleeps")["order"] == 2  # nothing of it
    box.look()
    box.again("reports/suite.yml", "--dask", workers.address, "--force")


@needs_dask
def test_two_runs_at_once_take_turns(made, tmp_path, workers):
    boxes = [Box(made, tmp_path / str(n)) for n in range(2)]
    with ThreadPoolExecutor(2) as pool:
        ran = list(
            pool.map(
                lambda box: box.run("reports/suite.yml", "--force", "--dask", workers.address),
                boxes,
            )
        )
    assert [status for status, _ in ran] == [0, 0], ran
    for box in boxes:
        assert [box.newest(name)["order"] for name in ("one", "two")] == [3, 3]
        box.look()
        box.close()


@needs_dask
def test_a_scheduler_that_ends_in_the_middle_fails_what_it_had(box, tmp_path):
    own = Workers(tmp_path / "cluster")
    try:
        sleep = "import time; time.sleep(600)"
        suite = box.suite(one={"act": sleep}, two={"act": sleep}, three={"act": "pass"})
        process = box.start(suite, "--dask", own.address)
        box.until("two: cell ", process)
        own.process.kill()
        status, said = ended(process)
        assert status == 1, said
        for name in ("one", "two", "three"):
            error = box.newest(name)["error"]
            assert error["cause"] == "dead"
            assert error["message"] == (
                f"The Dask scheduler at {own.address} was lost before the report was made; see "
                "what it says, and run again"
            )
        own.quiet()
        box.look()
    finally:
        own.close()


@needs_dask
def test_a_scheduler_that_is_not_there_is_refused_at_once(box):
    begun = time.monotonic()
    status, said = box.run("reports/suite.yml", "--force", "--dask", "tcp://127.0.0.1:9")
    assert time.monotonic() - begun < 60
    assert status == 2
    assert re.fullmatch(
        r"--dask tcp://127.0.0.1:9: no Dask scheduler answers there \(.*\); .*\n", said
    )
    assert box.newest("one")["order"] == 2
    box.look()


@needs_dask
def test_a_scheduler_that_is_halted_is_refused_too(box, workers):
    """Dask's own limit of time does not hold then."""
    workers.process.send_signal(signal.SIGSTOP)
    try:
        begun = time.monotonic()
        status, said = box.run("reports/suite.yml", "--force", "--dask", workers.address)
        assert time.monotonic() - begun < 60
    finally:
        workers.process.send_signal(signal.SIGCONT)
    assert status == 2
    assert "no Dask scheduler answers there" in said
    box.look()


@needs_dask
def test_another_cxlib_on_a_worker_is_refused(box, workers, tmp_path):
    shutil.copytree(ROOT / "cxlib", tmp_path / "other" / "cxlib")
    with open(tmp_path / "other" / "cxlib" / "errors.py", "a") as file:
        file.write("# another\n")
    path = os.pathsep.join(map(str, [tmp_path / "other", LIGHT, ROOT]))
    given = ("reports/suite.yml", "--force", "--dask", workers.address)
    status, said = box.run(*given, env={"PYTHONPATH": path})
    assert status == 2
    assert re.fullmatch(
        r"--dask \S+: the worker \S+ has another cxlib 0\.1\.0: its code is not the same; install "
        r"the same on all machines, and start the workers again \(2 of 2 workers\)\n",
        said,
    )
    assert box.newest("one")["order"] == 2
    box.look()


def test_without_dask_the_extra_is_named(box, tmp_path):
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "distributed.py").write_text("raise ImportError('absent')")
    path = os.pathsep.join(map(str, [tmp_path / "none", LIGHT, ROOT]))
    given = ("reports/suite.yml", "--force", "--dask", "tcp://127.0.0.1:9")
    status, said = box.run(*given, env={"PYTHONPATH": path})
    assert (status, said) == (
        2,
        "--dask tcp://127.0.0.1:9: Dask is not installed here; install it with "
        "pip install 'cxlib[dask]'\n",
    )
