"""By keyboard alone, and for those who do not see the page, in a real JupyterLab."""

from __future__ import annotations

from collections import Counter

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.lab.study import SHOW

pytestmark = pytest.mark.browser
SPANS = 20
AXE = """async () => {
  const found = await axe.run(desk.hosts()[0], {resultTypes: ["violations"]});
  return [found.passes.length, found.violations.map(({id, nodes}) =>
    [id, nodes.slice(0, 3).map((one) => one.html.slice(0, 120) + one.failureSummary)])];
}"""


@pytest.fixture
def book(notebook):
    """A notebook with an interview of three pages."""
    show = SHOW.replace("corpus,", 'corpus, "en.txt",')
    return notebook(show, times=12).start()


def test_twenty_spans_by_keyboard_alone(book):
    page = book.page
    page.evaluate("() => { desk.panel.content.mode = 'command'; desk.panel.content.activate(); }")
    page.evaluate("() => { desk.panel.content.activeCellIndex = 2; }")
    for _ in range(40):
        if page.evaluate("() => desk.root()?.activeElement?.className") == "cx-transcript":
            break
        book.press("Tab")
    else:
        raise AssertionError("Tab does not lead into the transcript")
    for n in range(SPANS):
        book.press("j", "s" if n % 2 else "w", str(1 + n % 4))
    codes = Counter(code for _words, code in book.coded(SPANS))
    assert set(codes.values()) == {SPANS // 4}
    book.saved()
    book.press("m")
    page.keyboard.insert_text("ask again")
    book.press("Control+Enter", "x", "Control+z", "Control+z", "Control+Shift+z")
    book.saved()
    assert [op["op"] for op in book.lines()[SPANS:]] == ["edit", "read", "undo", "undo", "undo"]

    nodes = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    seen = Counter(node["role"]["value"] for node in nodes if not node["ignored"])
    named = {
        (node["role"]["value"], node.get("name", {}).get("value"))
        for node in nodes
        if not node["ignored"]
    }
    assert ("region", "Interview coder") in named or any(role == "region" for role, _ in named)
    assert ("feed", "en.txt") in named
    assert seen["article"] > 5
    assert seen["mark"] > 5
    assert seen["treeitem"] > 5
    assert ("article", "Aoki, turn 2 of 48") in named
    assert seen["tree"] == 1
    assert seen["status"] >= 1


def test_axe_finds_nothing_light_and_dark(book):
    book.drag("save time")
    book.press("1", "s", "2", "u")
    book.saved()
    book.page.evaluate(Axe().axe_source if hasattr(Axe(), "axe_source") else Axe().axe_script)
    for theme in ("JupyterLab Light", "JupyterLab Dark"):
        book.page.evaluate(
            "(theme) => jupyterapp.commands.execute('apputils:change-theme', {theme})", theme
        )
        dark = str(theme.endswith("Light")).lower()
        book.page.wait_for_function(
            "(dark) => document.body.dataset.jpThemeLight === dark", arg=dark
        )
        for keys in ((), ("?",), ("/",), ("m",), ("Control+f",)):
            book.focus()
            book.press(*keys)
            passes, found = book.page.evaluate(AXE)
            assert passes > 10
            assert found == [], (theme, keys)
            book.press("Escape")
    book.page.evaluate(
        "() => jupyterapp.commands.execute('apputils:change-theme', {theme: 'JupyterLab Light'})"
    )
