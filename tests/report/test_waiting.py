"""A query that takes long is told of while it lasts."""

from __future__ import annotations

import time

from cxlib import embedded
from cxlib.asking import asking
from cxlib.report import waiting


def test_a_long_query_is_told_again_when_it_took_twice_as_long(monkeypatch, tmp_path):
    (tmp_path / "kernel").mkdir()
    monkeypatch.setenv(embedded.FOLDER, str(tmp_path / "kernel" / "spill"))
    monkeypatch.setattr(waiting, "SILENT", 0.2)
    monkeypatch.setattr(waiting, "_LOOK", 0.01)
    told = []
    with waiting.telling(str(tmp_path), told.append):
        with asking("a short one"):
            time.sleep(0.05)
        with asking("warehouse:answers"):
            wait_for(lambda: len(told) == 2)
        wait_for(lambda: len(told) == 3)
    sources = [each["asking"] for each in told]
    assert sources == ["warehouse:answers", "warehouse:answers", ""]


def wait_for(met):
    end = time.monotonic() + 30
    while not met() and time.monotonic() < end:
        time.sleep(0.005)


def test_the_note_says_of_what_and_for_how_long():
    note = waiting.note_of("nps", {"asking": "warehouse:answers", "seconds": 12})
    assert note.text("en") == "nps: counting rows of 'warehouse:answers' … 12 s"
    assert note.text("ja") == "nps：「warehouse:answers」の行を集計中… 12秒"
    assert note.text("ko") == "nps: ‘warehouse:answers’ 행을 집계하는 중… 12초"
