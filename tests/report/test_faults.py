"""Whatever breaks while reports are made: earlier ones stay, the index is right, nothing hangs or
is left behind, and the next run succeeds. Each case starts from a folder with history."""

import json
import os
import random
import re
import shutil
import signal
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from cxlib.report import copies
from tests.report.breaking import PATIENCE, Box, ended, history, mounted

pytestmark = pytest.mark.skipif(not copies.can_fork(), reason="what is looked at is Linux's alone")

SLEEP = "import time; time.sleep(600)"
STOPPED = "Stopped: what was done is published."


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return history(tmp_path_factory.mktemp("history") / "made")


@pytest.fixture
def box(made, tmp_path):
    box = Box(made, tmp_path)
    yield box
    box.close()


def test_a_runner_killed_at_any_moment_loses_nothing(made, tmp_path_factory):
    whole = Box(made, tmp_path_factory.mktemp("whole"))
    begun = time.monotonic()
    assert whole.run()[0] == 0
    lasted = time.monotonic() - begun
    whole.close()
    # one in each tenth of the run, which is measured alone and killed beside another; one in five
    # without copied processes
    chance = random.Random(11)
    moments = [(number, lasted * (number + chance.random()) / 10) for number in range(10)]

    def kill(moment):
        number, after = moment
        box = Box(made, tmp_path_factory.mktemp(f"kill{number}"))
        process = box.start(env={"CX_FORK": "0"} if number % 5 == 0 else {})
        time.sleep(after)
        process.kill()
        ended(process)
        box.look(orderly=False, lost=1)  # one may be moved to its place, and stand in no index yet
        box.again("reports/suite.yml", *(["--force"] if number % 5 == 1 else []))
        box.close()

    with ThreadPoolExecutor(2) as pool:
        assert len(list(pool.map(kill, moments))) == 10


@pytest.mark.parametrize(("number", "fork"), [(signal.SIGTERM, "1"), (signal.SIGINT, "0")])
def test_a_signal_ends_a_run_in_order(box, number, fork):
    suite = box.suite(done={"act": "pass"}, sleeps={"act": SLEEP})
    process = box.start(suite, "--jobs", "1", env={"CX_FORK": fork})
    box.until("sleeps: cell 1", process)
    time.sleep(1)  # in the middle of a cell
    process.send_signal(number)
    status, said = ended(process)
    assert (status, said.strip()) == (128 + number, STOPPED)
    box.look()
    assert box.newest("done")["status"] == "published"
    assert box.newest("sleeps")["order"] == 2  # nothing of it
    box.again()


@pytest.mark.parametrize("after", [0.3, 0.8, 1.5])
def test_a_signal_before_anything_runs_ends_it_too(box, after):
    box.whole = True  # it imports when it is told
    process = box.start()
    time.sleep(after)
    process.send_signal(signal.SIGTERM)
    status, said = ended(process)
    assert status in (-signal.SIGTERM, 128 + signal.SIGTERM), said  # by Python, then by us
    assert "Traceback" not in said
    box.look()


@pytest.mark.parametrize("lines", [1, 2])
def test_a_pipe_that_nobody_reads_ends_a_run_in_order(box, lines):
    process = box.start(stderr=subprocess.DEVNULL)
    for _ in range(lines):  # `| head`: both reports' first cells come first
        assert process.stdout.readline()
    process.stdout.close()
    assert process.wait(PATIENCE) == 128 + signal.SIGPIPE
    box.look()
    box.again()


def test_standard_streams_that_were_closed_before_are_no_matter(box):
    def close():
        for number in range(3):
            os.close(number)

    status, _ = box.run(preexec_fn=close, stdout=None, stderr=None)
    assert status == 0
    assert box.newest("one")["order"] == 3
    box.look()


WAIT = """import os, time
open("begun", "w").close()
while not os.path.exists("go"):
    time.sleep(0.05)"""
CHILD = """import subprocess, sys
subprocess.run([sys.executable, "-c", "x = b'x' * (10 << 30)"])"""
CHILDREN = """import os, time
for _ in range(4):
    if not os.fork():
        x = b"x" * (400 << 20)
        time.sleep(600)
os.wait()"""
BACK = """was = open(survey).read()
open(survey, "w").write(was + "1")
open(survey, "w").write(was)"""
FAULTS = {
    "system_exit": ("raise SystemExit(0)", "error", "The notebook ended before its last cell"),
    "exit_call": ("exit()", "error", "The notebook ended before its last cell"),
    "os_exit": ("import os; os._exit(0)", "dead", "ended by itself with exit status 0"),
    "killed": ("import os; os.kill(os.getpid(), 9)", "dead", "was killed by SIGKILL"),
    "terminated": ("import os; os.kill(os.getpid(), 15)", "dead", "was killed by SIGTERM"),
    "writes": ('open(survey, "a").write("1")', "changed", "survey_writes.csv changed while"),
    "and_back": (BACK, "changed", "survey_and_back.csv changed while"),
    "rewritten": (WAIT, "changed", "survey_rewritten.csv changed while"),
    "vanishes": ("import os; os.remove(survey)", "error", "survey_vanishes.csv cannot be read any"),
    "to_fifo": (
        "import os; os.remove(survey); os.mkfifo(survey)",
        "error",
        "survey_to_fifo.csv is no file but a pipe or a device",
    ),
    "no_notebook": (
        'import os; os.remove("no_notebook.ipynb")',
        "error",
        "no_notebook.ipynb cannot be read any more",
    ),
    "memory": ('x = b"x" * (10 << 30)', "memory", "more memory than its limit of 600 MB"),
    "child": (CHILD, "memory", "more memory than its limit of 600 MB"),
    "children": (CHILDREN, "memory", "more memory than its limit of 600 MB"),
}


@pytest.fixture(scope="module")
def broken(made, tmp_path_factory):
    """One run of reports that each break in another way, and of one that does not."""
    box = Box(made, tmp_path_factory.mktemp("broken"), whole=True)
    suite = box.suite(**{name: {"act": act} for name, (act, *_) in FAULTS.items()}, good={})
    # none is slow: a busy machine may take its time until a limit of memory is met
    process = box.start(suite, "--timeout", "120", "--memory-limit", "600M", "--jobs", "2")
    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(ended, process)
        notebooks = box.root / "notebooks"
        box.until(lambda: (notebooks / "begun").exists() or told.done())
        (box.root / "data" / "survey_rewritten.csv").write_text("wave,score\n2026Q3,1\n")
        (notebooks / "go").touch()
        status, said = told.result()
    yield box, status, said
    box.close()


@pytest.mark.parametrize("name", FAULTS)
def test_a_report_that_breaks_fails_alone_and_says_why(broken, name):
    box, _, said = broken
    _, cause, message = FAULTS[name]
    newest, state = box.newest(name), box.state(name)
    assert (newest["status"], newest["error"]["cause"]) == ("failed", cause), newest["error"]
    assert message in newest["error"]["message"]
    assert f"{name}: failed" in said
    assert newest["tries"] == (2 if cause == "dead" else 1)  # an error of the data is no bad luck
    assert (state["status"], state["message"]) == ("failed", newest["error"]["message"])
    assert state["stale_since"]


def test_the_one_beside_them_is_published_and_nothing_is_left(broken):
    box, status, said = broken
    assert box.newest("good")["status"] == "published"
    assert status == 3, said  # memory wins
    box.look()
    box.again()


def test_a_cell_that_takes_too_long_fails_its_report_alone(box):
    suite = box.suite(sleeps={"act": SLEEP}, good={})
    status, said = box.run(suite, "--timeout", "6", "--jobs", "2")
    assert (status, "sleeps: failed" in said) == (3, True), said  # time wins
    newest = box.newest("sleeps")
    assert (newest["status"], newest["error"]["cause"]) == ("failed", "time"), newest["error"]
    assert "A cell took longer than 6 seconds; give --timeout" in newest["error"]["message"]
    assert newest["tries"] == 1
    assert box.state("sleeps")["stale_since"]
    assert box.newest("good")["status"] == "published"
    box.look()
    box.again()


@pytest.mark.parametrize("fork", ["1", "0"])
def test_a_process_between_the_runner_and_a_kernel_may_be_killed(box, fork):
    parent = "import os; os.kill(os.getppid(), 9)"  # of all copies; the worker, where none is one
    siblings = """import os, psutil
for each in psutil.Process(os.getppid()).children():
    each.pid == os.getpid() or each.kill()"""
    acts = {"parent": {"act": parent}} | ({"siblings": {"act": siblings}} if fork == "1" else {})
    status, said = box.run(box.suite(**acts, good={}), "--jobs", "1", env={"CX_FORK": fork})
    assert status == 1, said
    for name in acts:
        error = box.newest(name)["error"]
        assert (error["cause"], box.newest(name)["tries"]) == ("dead", 2), error
    assert box.newest("good")["status"] == "published"
    box.look()


def test_the_time_of_a_whole_run_is_kept(box):
    suite = box.suite(sleeps={"act": SLEEP}, waits={"act": "pass"})
    begun = time.monotonic()
    status, said = box.run(suite, "--time-limit", "8", "--jobs", "1")
    assert time.monotonic() - begun < 60
    assert status == 3
    for name in ("sleeps", "waits"):
        assert "time limit of 8 seconds" in box.newest(name)["error"]["message"]
        assert f"{name}: failed" in said
    box.look()
    box.again()


@pytest.mark.parametrize("left", [0, 30_000, 60_000])
def test_a_full_disk_loses_nothing(box, left):
    with mounted(box.out, size=1 << 20) as free:
        filler = box.out / ".filler"
        filler.write_bytes(b"0" * max(0, free() - left))
        status, said = box.run()
        assert (status, "reports cannot be written there" in said) == (2, True) or status == 1, said
        assert "Traceback" not in said
        box.look()
        for name in ("one", "two"):
            assert (box.out / name / "latest").read_text().strip() == box.newest(name)["run"]
        filler.unlink()
        box.again("reports/suite.yml", "--force")


def test_a_folder_that_is_read_only_is_refused(box):
    with mounted(box.out, size=1 << 20):
        subprocess.run(["mount", "-o", "remount,ro", str(box.out)], check=True)
        for force in ([], ["--force"]):
            status, said = box.run("reports/suite.yml", *force)
            assert status == 2, said
            assert "--out 'reports/published': reports cannot be written there" in said
            box.look()
        subprocess.run(["mount", "-o", "remount,rw", str(box.out)], check=True)
        box.again()


def test_two_runners_at_once_both_publish(box):
    both = [box.start() for _ in range(2)]
    for process in both:
        status, said = ended(process)
        assert status == 0, said
    for name in ("one", "two"):
        manifests = [json.loads(path.read_text()) for path in box.manifests(name)]
        assert sorted(told["order"] for told in manifests) == [1, 2, 3, 4]
        assert len({told["run"] for told in manifests}) == 4
    box.look()
    box.again()


def damage(path, kind):
    if path.is_file():
        path.unlink()
    if kind == "folder":
        (path / "within").mkdir(parents=True)
    else:
        path.write_bytes({"empty": b"", "garbage": b"\xff{\x00<"}[kind])


@pytest.mark.parametrize("kind", ["empty", "garbage", "folder"])
def test_what_is_corrupt_is_said_and_stops_nothing(box, kind):
    broken = box.out / "one" / "29991231T000000Z-dead" / "manifest.json"
    broken.parent.mkdir()
    for path in (broken, box.out / "one" / "latest", box.out / "two" / "state.json"):
        damage(path, kind)
    if kind != "folder":
        damage(box.out / "index.html", kind)
    status, said = box.run("reports/suite.yml", "--force")
    assert status == 0, said
    assert "dead/manifest.json cannot be read" in said
    for path in ("one/latest", "two/state.json"):
        assert (f"{path} is a folder" in said) == (kind == "folder")
    assert box.newest("two")["order"] == 3
    shutil.rmtree(broken.parent)
    for path in (box.out / "one" / "latest", box.out / "two" / "state.json"):
        if path.is_dir():
            shutil.rmtree(path)
    box.again()
    for name in ("one", "two"):
        assert (box.out / name / "latest").read_text().strip() == box.newest(name)["run"]
        assert box.state(name)["status"] == "unchanged"


def test_an_index_that_is_a_folder_is_refused_by_its_name(box):
    damage(box.out / "index.html", "folder")
    status, said = box.run("reports/suite.yml")
    assert status == 2
    assert re.search(r"reports cannot be written there .*index\.html", said)
    assert "Traceback" not in said
    shutil.rmtree(box.out / "index.html")
    box.again()


def test_sockets_are_made_where_a_path_has_room(box, tmp_path):
    deep = tmp_path.joinpath(*["temporary files of somebody"] * 4)
    deep.mkdir(parents=True)
    status, said = box.run(env={"TMPDIR": str(deep)})
    assert (status, "stock kernels" in said) == (0, False), said
    assert not list(deep.glob("cx-*"))
    box.look()
