"""Random schedules of coding and faults without a browser: what is meant is what is there."""

import gc
import os
import random
import resource
import signal

import pytest

from cxlib.interviews.journal import open_journal, read_journal
from tests.interviews.talk import Page, any_op, meant_by, refusals, two_interviews


@pytest.fixture
def corpus(build):
    return two_interviews(build)


class Kernel:
    """A kernel that lives and dies, with the pages that talk to it."""

    def __init__(self, corpus, path):
        self.corpus, self.path = corpus, path
        self.restart()

    def restart(self):
        self.pages = []
        gc.collect()
        self.pages = [Page(self.corpus, self.path), Page(self.corpus, self.path)]


def _killed_before_ack(path, ops):
    """Append in a child that is killed before it can say so."""
    pid = os.fork()
    if pid == 0:
        try:
            open_journal(path, "Aki")[0].append(ops)
        finally:
            os.kill(os.getpid(), signal.SIGKILL)
    os.waitpid(pid, 0)


@pytest.mark.parametrize("block", range(8))
def test_schedules_lose_nothing_and_double_nothing(corpus, tmp_path, block, monkeypatch):
    """25 random schedules: ops, undo, restarts, kills, sends again, two stores, a full disk, torn
    lines; the seed is in the message."""
    monkeypatch.setattr(os, "fsync", lambda fd: None)  # of the disk's own time
    for seed in range(25 * block, 25 * block + 25):
        rng = random.Random(seed)
        path = tmp_path / f"{seed}" / "Aki.jsonl"
        kernel = Kernel(corpus, path)
        second = open_journal(path, "Aki")[0]
        meant, waiting = [], []
        for n in range(rng.randint(5, 25)):
            _step(rng, n, kernel, second, meant, waiting)
        while waiting:
            _send(kernel.pages[0], waiting)
        journal = read_journal(path)
        found = {
            key: (c["start"], c["end"], c["code"], c["memo"])
            for key, c in journal.state.codings.items()
        }
        assert found == meant_by(meant), f"seed {seed}"
        assert len(journal.history) == len(meant), f"seed {seed}"
        rows = {row["id"]: row for row in kernel.pages[1].open()[2]}
        assert set(rows) == set(found), f"seed {seed}"


def _step(rng, n, kernel, second, meant, waiting):
    what = rng.choice(["code"] * 6 + ["kill", "restart", "again", "second", "full", "torn", "drop"])
    page = rng.choice(kernel.pages)
    if what in ("code", "kill", "second", "full", "drop"):
        op = any_op(rng, n, meant)
        if what == "second" and not waiting:
            second.poll()
            second.append([op])
            meant.append(op)
            return
        meant.append(op)
        waiting.append(op)
        if what == "kill" and len(waiting) == 1:
            _killed_before_ack(kernel.path, [op])  # and the page knows of no ack
            kernel.restart()
        elif what == "full":
            limits = resource.getrlimit(resource.RLIMIT_FSIZE)
            size = kernel.path.stat().st_size + rng.randint(0, 60)
            try:
                resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
                _send(page, waiting)
            finally:
                resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        elif what != "drop":
            _send(page, waiting)
    elif what == "restart":
        kernel.restart()
    elif what == "again" and meant:
        page.ops(
            *rng.sample(meant[: len(meant) - len(waiting)], k=min(2, len(meant) - len(waiting)))
        )
    elif what == "torn":
        with kernel.path.open("ab") as file:
            file.write(b'{"op": "add", "op_id": "half of a l')


def _send(page, waiting):
    """Send all that waits, as a page does, and forget what is acknowledged."""
    told = page.ops(*waiting)
    assert [key for _, key in refusals(told)] in ([], ["disk"])
    done = {op_id for message in told if message["kind"] == "ack" for op_id in message["op_ids"]}
    waiting[:] = [op for op in waiting if op["op_id"] not in done]
