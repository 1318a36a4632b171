"""No shortcut of JupyterLab acts from inside the widget, all of them act after Esc, and what an
input method composes codes nothing."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser

# each key of JupyterLab's table, on each element that may have the focus
PRESS_ALL = """(i) => {
  desk.watch();
  desk.log.length = 0;
  const keys = desk.singleKeys();
  const found = [];
  const seen = new Set();
  for (const element of desk.focusable(i)) {
    for (const chords of keys) {
      if (!element.isConnected || !element.checkVisibility()) break;
      element.focus();
      if (desk.root(i).activeElement !== element) break;
      for (const chord of chords) desk.pressed(element, chord);
      seen.add(element);
      for (const id of desk.log.splice(0)) found.push([element.className, chords.join(), id]);
    }
  }
  return {keys: keys.length, elements: seen.size, found};
}"""
STATES = {
    "text": (),
    "picker": ("/",),
    "find": ("Control+f",),
    "help": ("?",),
    "memo": ("m",),
}


@pytest.fixture
def book(notebook):
    book = notebook().start()
    book.drag("save time")
    book.press("1")
    book.coded(1)
    return book


def test_no_shortcut_of_jupyterlab_acts_inside_and_all_after_escape(book):
    before = book.page.evaluate("() => desk.cells()")
    n = 0
    for name, keys in STATES.items():
        book.focus()
        book.press(*keys)
        told = book.page.evaluate(PRESS_ALL, 0)
        assert told["found"] == [], name
        assert told["keys"] > 30
        n += told["elements"]
        book.press("Escape", "Escape", "Escape", "Escape")
        assert book.page.evaluate("() => desk.cells()") == before, name
    assert n > 40
    book.focus()
    # real presses, with what a browser does by itself
    for chord in ("a", "b", "d", "d", "y", "r", "Enter", "Shift+Enter", "Shift+m", "0", "0", "z"):
        book.press(chord)
        book.press("Escape") if chord in ("r", "Enter") else None
        book.focus()
    book.page.evaluate("() => desk.root().querySelector('.cx-row').focus()")
    book.press("d", "d", "x", "v", "m", "ArrowDown", "k", "Shift+Space")
    book.page.evaluate("() => desk.root().querySelectorAll('.cx-top select')[1].focus()")
    book.press("d", "d", "b", "m", "1")
    assert book.page.evaluate("() => desk.cells()") == before
    assert book.page.evaluate("() => desk.log") == []
    book.focus()
    book.press("Control+s")
    book.page.wait_for_function("() => desk.log.includes('docmanager:save')")
    after_escape(book, before)


def after_escape(book, before):
    """Esc, and JupyterLab's keys do what they do."""
    book.focus()
    book.press("Escape", "Escape")
    book.page.wait_for_timeout(800)  # one that comes soon after another stays inside
    book.press("Escape")
    book.press("b")
    assert len(book.page.evaluate("() => desk.cells()")) == len(before) + 1
    book.press("m")
    assert book.page.evaluate("() => desk.cells()[3]") == ["markdown", ""]
    book.press("d", "d")
    assert book.page.evaluate("() => desk.cells()") == before


def test_input_methods_code_nothing(book):
    line = book.page.context.new_cdp_session(book.page)

    def raw(code, *, key="Process", keys=229):
        about = {"key": key, "code": code, "windowsVirtualKeyCode": keys}
        line.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **about})
        line.send("Input.dispatchKeyEvent", {"type": "keyUp", **about})

    def compose(*steps):
        for text in steps:
            place = {"selectionStart": len(text), "selectionEnd": len(text)}
            raw("KeyS")
            line.send("Input.imeSetComposition", {"text": text, **place})

    book.drag("two weeks")
    for code in ("Digit1", "Digit2", "KeyI", "Delete", "Period"):
        raw(code)
    assert len(book.codings()) == 1
    line.send("Input.dispatchKeyEvent", {"type": "keyDown", "key": "２", "code": "Digit2"})
    assert ("two weeks", "obstacle") in book.coded(2)

    for composed, whole, n in (("しん", "信頼", 3), ("ㅅ", "성과", 4)):
        book.press("/")
        compose(composed[:1], composed, whole)
        raw("Enter")
        assert len(book.codings()) == n - 1
        line.send("Input.insertText", {"text": whole})
        raw("Enter", key="Enter", keys=13)
        found = book.coded(n)
        assert ("two weeks", whole) in found
    book.saved()
