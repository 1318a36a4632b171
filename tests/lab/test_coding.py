"""Words are marked in a real JupyterLab with the mouse and by keys, and lie on the disk; what a
notebook keeps and what a report shows hold nothing that they should not."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.conftest import WHOLE
from tests.lab.study import NAME, SAID

pytestmark = pytest.mark.browser


def test_marking_with_mouse_and_keys_and_what_the_notebook_keeps(notebook):
    book = notebook().start()
    book.drag("save time on the weekly report")
    book.press("1")
    assert book.coded(1) == [("save time on the weekly report", "goal")]
    book.press("ArrowRight", "s", "2")
    book.press("j", "w", "Shift+ArrowRight", "u", ".")
    assert book.coded(3) == [
        ("I wanted to save time on the weekly report.", "obstacle"),
        ("save time on the weekly report", "goal"),
        ("What", "obstacle"),
    ]
    book.saved()
    inner = "save time on the weekly report"  # lies in the other one
    assert book.page.evaluate("() => desk.marks()") == ["I wanted to ", inner, inner, ".", "What"]
    book.page.locator(".cx-top select").first.select_option("ja.txt")
    book.page.wait_for_function("() => desk.text(0, '.cx-words')?.includes('どう思いましたか')")
    book.drag("サポートの方は親切")
    book.press("2")
    assert ("サポートの方は親切", "obstacle") in book.coded(4)
    book.saved()
    saved = book.save()
    said = json.dumps(saved, ensure_ascii=False)
    assert "widgets" not in saved["metadata"]
    assert not any(turn[12:24] in said for turns in SAID.values() for _who, turn in turns)
    assert "http" not in said
    [shown] = saved["cells"][2]["outputs"]
    assert set(shown["data"]) == {"application/vnd.jupyter.widget-view+json", "text/plain"}


REPORT = [
    *(sys.executable, "-m", "jupyter", "nbconvert", "--to=html", "--log-level=ERROR"),
    "--embed-images",
]


def test_where_nobody_is_there_the_coded_view_is_shown(notebook):
    book = notebook()
    codings = book.journal_path
    codings.parent.mkdir()
    header = {"format": "cxlib-codings", "version": 1, "id": "0" * 16, "coder": "Aki"}
    text = (book.folder / "talks" / "en.txt").read_text(encoding="utf-8")
    at = text.index("save time")
    add = {
        **{"op": "add", "op_id": "o" * 16, "id": "c" * 16, "at": "2026-11-28T15:04:05.123456Z"},
        **{"document": "en.txt", "start": at, "end": at + 9, "code": "goal"},
        **{"memo": "", "uncertain": False, "first": "save time", "last": "save time"},
    }
    codings.write_text(f"{json.dumps(header)}\n{json.dumps(add)}\n", encoding="utf-8")
    before = codings.read_bytes()

    def report(number: int) -> tuple[dict, bytes]:
        ran = [sys.executable, "-m", "papermill", NAME, f"run{number}.ipynb", "-kpython3"]
        shown = [*REPORT, f"run{number}.ipynb", f"--output=page{number}"]
        # with a name of its own in the page's title, two runs would differ
        for command in (ran, shown):
            done = subprocess.run(
                command, cwd=book.folder, env=WHOLE, capture_output=True, text=True
            )
            assert done.returncode == 0, done.stderr[-3000:]
        made = json.loads((book.folder / f"run{number}.ipynb").read_text(encoding="utf-8"))
        page = (book.folder / f"page{number}.html").read_bytes()
        return made, page.replace(f"run{number}".encode(), b"run")

    with ThreadPoolExecutor(2) as both:
        (run, page), (_again, page_again) = both.map(report, (1, 2))
    assert page == page_again
    assert codings.read_bytes() == before
    assert "widgets" not in run["metadata"]
    [output] = run["cells"][2]["outputs"]
    assert set(output["data"]) == {"text/plain", "text/html"}
    html = "".join(output["data"]["text/html"])
    assert '<span class="t k0">save time</span>' in html
    assert b"widget-view" not in page
    assert b"html-manager" not in page
