"""Kernel, connection, page and disk fail under the widget: nothing is lost, nothing is there twice,
and it is told at once."""

from __future__ import annotations

import pytest

from cxlib.interviews.journal import open_journal
from tests.lab import faults
from tests.lab.notebook import until
from tests.lab.study import SHOW

pytestmark = pytest.mark.browser


def each_once(book, *words):
    """Wait until these words are coded, each once, by operations that are there once."""
    book.saved()
    found = book.coded(len(words))
    assert sorted(text for text, _code in found) == sorted(words)
    ids = [op["op_id"] for op in book.lines()]
    assert len(ids) == len(set(ids))


def test_kernel_restarted_killed_and_page_reloaded(notebook):
    book = notebook().start()
    book.drag("save time")
    book.press("1")
    each_once(book, "save time")
    book.save()

    faults.restart(book)
    book.drag("two weeks")
    book.press("2")
    until(lambda: book.kind() == "unsaved", within=4)
    assert book.status().startswith(
        "1 not saved: the kernel is gone. Run the cells again from the top"
    )
    book.run()
    book.usable()
    each_once(book, "save time", "two weeks")

    faults.kill(book)
    book.drag("helped me")
    book.press("1")
    until(lambda: book.kind() in ("waiting", "unsaved"), within=10)
    book.page.evaluate("() => desk.ready()")
    # JupyterLab told of it in a dialog, and the focus came back from there to where it was
    assert book.page.evaluate("() => desk.dialogs") == 1
    assert book.page.evaluate("() => desk.root().activeElement?.className") == "cx-transcript"
    book.run()
    book.usable()
    each_once(book, "save time", "two weeks", "helped me")

    book.save()
    book.reload()
    book.usable()
    assert len(book.page.evaluate("() => desk.marks()")) == 3
    book.drag("weekly report")
    book.press("1")
    each_once(book, "save time", "two weeks", "helped me", "weekly report")
    book.press("Control+z", "Control+z")
    book.saved()
    assert len(book.coded(2)) == 2


def test_two_views_and_another_kernel_on_one_file(notebook):
    book = notebook(f"shown = {SHOW}\nshown", "shown").start(1, 2, 3)
    book.usable(1)
    book.drag("save time")
    book.press("1")
    book.page.wait_for_function("() => desk.marks(1).length === 1")
    book.drag("What would you", view=1)
    book.press("2")
    book.page.wait_for_function("() => desk.marks(0).length === 2")
    each_once(book, "save time", "What would you")
    book.saved(1)

    other, _new = open_journal(book.journal_path, "Aki")
    text = (book.folder / "talks" / "en.txt").read_text(encoding="utf-8")
    at = text.index("helped me")
    add = {"op": "add", "op_id": "o" * 20, "id": "c" * 20, "document": "en.txt", "code": "goal"}
    proof = {"start": at, "end": at + 9, "first": "helped me", "last": "helped me"}
    other.append([{**add, **proof, "memo": "", "uncertain": False}])
    for view in (0, 1):
        book.page.wait_for_function(
            "(i) => desk.marks(i).includes('helped me')", arg=view, timeout=8_000
        )
    book.focus(0)
    book.drag("the price")
    book.press("1")
    each_once(book, "save time", "What would you", "helped me", "the price")


def test_disk_full_file_read_only_and_replaced(notebook):
    book = notebook().start()
    book.drag("save time")
    book.press("1")
    each_once(book, "save time")

    faults.fill_disk(book)
    book.drag("two weeks")
    book.press("2")
    until(lambda: book.kind() == "held", within=5)
    assert "disk is full" in book.status()
    book.press("u")
    faults.empty_disk(book)
    each_once(book, "save time", "two weeks")

    with faults.read_only(book.journal_path) as told:
        if told:
            book.drag("helped me")
            book.press("1")
            until(lambda: book.kind() == "held", within=5)
            assert "change its rights" in book.status()
    if told:
        each_once(book, "save time", "two weeks", "helped me")
        book.press("Control+z")
        each_once(book, "save time", "two weeks")

    kept = book.journal_path.read_bytes()
    copy = book.journal_path.with_suffix(".new")
    copy.write_bytes(kept)
    copy.replace(book.journal_path)
    book.drag("the price")
    book.press("1")
    each_once(book, "save time", "two weeks", "the price")


def test_connection_dropped(notebook, line):
    book = notebook().start()
    book.drag("save time")
    book.press("1")
    each_once(book, "save time")
    line.cut()
    book.drag("two weeks")
    book.press("2", "u")
    until(lambda: book.kind() in ("waiting", "unsaved"), within=10)
    assert book.status().startswith("2 ")
    line.mend()
    book.reconnect()
    each_once(book, "save time", "two weeks")
