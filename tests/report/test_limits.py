"""What is taken is counted and kept within a limit, by the system or by whoever looks."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import ParameterError
from cxlib.report import limits
from cxlib.report.limits import Memory, parse_bytes, resident, write_bytes

MB = 1 << 20
TAKE = "import sys, time; x = b'x' * (int(sys.argv[1]) << 20); print('taken', flush=True)"
CHILD = "import subprocess, sys; subprocess.run([sys.executable, '-c', sys.argv[2], sys.argv[1]])"
# takes memory, is copied, and ends with its copy
FORK = """import os, sys, time
x = b'x' * (int(sys.argv[1]) << 20)
copy = os.fork()
if copy:
    print(copy, flush=True)
time.sleep(600)"""


@pytest.fixture
def start():
    started = []

    def start(program, *arguments, waits="import time; time.sleep(600)"):
        command = [sys.executable, "-c", f"input()\n{program}\n{waits}", *map(str, arguments)]
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, 9)
        process.communicate()


def go(process):
    process.stdin.write("\n")
    process.stdin.flush()


def over_within(memory, seconds=20):
    end = time.monotonic() + seconds
    while not memory.over():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@given(st.integers(1, 1000), st.sampled_from("MGT"), st.sampled_from(["", "B", "iB", "b"]))
def test_a_size_is_read_as_it_is_written(number, unit, end):
    size = number * {"M": 1 << 20, "G": 1 << 30, "T": 1 << 40}[unit]
    assert parse_bytes(f"{number}{unit}{end}") == parse_bytes(f" {number} {unit.lower()}") == size
    assert parse_bytes(str(size)) == size


@pytest.mark.parametrize(
    "text", ["", "2", "G", "2X", "-1G", "1e9", "512k", "1 000M", "nan", "1.5.2G", "2G5", "9" * 400]
)
def test_what_is_no_size_is_refused_with_one_that_is(text):
    with pytest.raises(ParameterError, match="write it like 2G") as refused:
        parse_bytes(text)
    assert text[:30] in str(refused.value)
    assert len(str(refused.value)) < 200


def test_sizes_are_written_as_people_read_them():
    assert [write_bytes(each) for each in (5, 2048, 700 * MB, 10 << 30)] == [
        "5 bytes",
        "2 kB",
        "700 MB",
        "10.0 GB",
    ]


@pytest.mark.parametrize("program", [TAKE, CHILD])
def test_memory_that_is_looked_at(tmp_path, start, program):
    memory = Memory(120 * MB, groups=tmp_path)  # no control group is to be had there
    assert not memory.grouped
    small, large = start(TAKE, 1), start(program, 300, TAKE + "; time.sleep(600)")
    for process in (small, large):
        memory.watch(process.pid)
    go(small)
    assert small.stdout.readline() == "taken\n"
    assert not memory.over()
    go(large)
    assert over_within(memory)
    assert memory.seen > 120 * MB
    memory.close()


def test_memory_of_a_process_that_has_ended_is_none(tmp_path, start):
    memory = Memory(10 * MB, groups=tmp_path)
    process = start("", waits="")
    memory.watch(process.pid)
    go(process)
    process.wait()
    assert not memory.over()
    memory.close()


@pytest.mark.skipif(sys.platform != "linux", reason="pages of copies are told apart on Linux")
def test_what_a_copy_shares_does_not_count(start):
    process = start(FORK, 200, waits="")
    go(process)
    copy = int(process.stdout.readline())
    assert resident([copy]) < 50 * MB
    assert resident([process.pid]) < 100 * MB


@pytest.fixture
def grouped():
    memory = Memory(200 * MB)
    if not memory.grouped:
        pytest.skip("this process may make no control group with a limit of memory")
    yield memory
    memory.close()


@pytest.mark.parametrize("program", [TAKE, CHILD])
def test_memory_that_the_system_limits(grouped, start, program):
    group = grouped._group
    process = start(program, 1000, TAKE)
    grouped.watch(process.pid)
    assert not grouped.over()
    go(process)
    assert over_within(grouped)
    if program is TAKE:
        assert process.wait(20) == -9
    os.killpg(process.pid, 9) if process.poll() is None else None
    process.wait(20)
    grouped.close()
    assert not group.exists()


def test_less_than_the_limit_is_left_alone(grouped, start):
    process = start(TAKE, 20)
    grouped.watch(process.pid)
    go(process)
    assert process.stdout.readline() == "taken\n"
    assert not grouped.over()
    process.kill()
    process.wait()


def test_a_process_that_may_not_be_moved_is_looked_at(grouped, start):
    process = start("", waits="")
    go(process)
    process.wait()
    grouped.watch(process.pid)
    assert not grouped.grouped
    assert not grouped.over()


def test_what_the_system_killed_is_a_number_that_only_grows():
    assert 0 <= limits.kills_of_the_system() <= limits.kills_of_the_system()


def test_kills_within_another_limit_are_none_of_the_machines(tmp_path):
    """Of a control group of either version its own count is taken, not that of all machines' groups
    in /proc/vmstat."""
    made = []
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers and "memory" not in controllers.split(","):
            continue
        folder = tmp_path / ("memory" if controllers else "") / path.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        name = "memory.oom_control" if controllers else "memory.events.local"
        (folder / name).write_text("under_oom 0\noom_kill 41\n")
        made.append(folder)
    if not made:
        pytest.skip("no control groups here")
    assert limits.kills_of_the_system(tmp_path) == 41
