"""A person before a widget of a notebook: what she does with the mouse and by keys."""

from __future__ import annotations

from typing import Any

from tests.lab.notebook import Notebook
from tests.lab.team import CODES, Act

ON_SCREEN = """([i, words]) => {
  const place = desk.place(i, words);
  const {top, bottom} = desk.root(i).querySelector(".cx-transcript").getBoundingClientRect();
  const inside = ([, y]) => y > top + 4 && y < bottom - 4;
  return Boolean(place) && inside(place.from) && inside(place.to);
}"""


class Hand:
    """Who works in one of a notebook's widgets."""

    def __init__(self, book: Notebook, view: int) -> None:
        self.book, self.view, self.page = book, view, book.page
        self.root = self.page.locator(".cx-root").nth(view)

    def press(self, *keys: str) -> None:
        """Press keys; `type:words` types, `find:words` finds words and selects them."""
        for key in keys:
            what, _, words = key.partition(":")
            if words and what == "find":
                self.find(words)
            elif words and what == "type":
                self.page.keyboard.insert_text(words)
            else:
                self.page.keyboard.press(key)

    def find(self, words: str) -> None:
        self.press("Control+f", f"type:{words}", "Escape")

    def does(self, act: Act) -> None:
        """Mark words and give them a code."""
        if act.way == "keys":
            self.find(act.words[:10])
            self.press(*act.keys)
            return
        self.see(act.words)
        if act.way == "double":
            self.double_click(act.words)
        else:
            self.book.drag(act.words, view=self.view)
        if act.way == "mouse":
            self.press(str(1 + CODES.index(act.code)))
        else:
            self.root.locator(".cx-popup button").nth(CODES.index(act.code)).click()

    def see(self, words: str) -> None:
        """Turn the wheel until words are on the screen."""
        self.book.focus(self.view)
        box = self.root.locator(".cx-transcript").bounding_box()
        self.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        for way in (-9000, *[150] * 60):
            if self.page.evaluate(ON_SCREEN, [self.view, words]):
                return
            self.page.mouse.wheel(0, way)
            self.page.evaluate("() => new Promise((done) => requestAnimationFrame(done))")
        raise AssertionError(f"{words!r} is not on the screen")

    def double_click(self, words: str) -> None:
        place = self.page.evaluate("([i, words]) => desk.place(i, words)", [self.view, words])
        (left, y), (right, _) = place["from"], place["to"]
        self.page.mouse.dblclick((left + right) / 2, y)

    def document(self, name: str, *keys: str) -> None:
        """Go to an interview: by keys in the list of them, or by choosing it."""
        choice = self.root.locator(".cx-top select").first
        if keys:
            choice.focus()
            self.press(*keys)
        else:
            choice.select_option(name)
        self.page.wait_for_function(
            "([i, name]) => desk.root(i)?.querySelector('[role=feed]')?.ariaLabel === name",
            arg=[self.view, name],
        )

    def marks(self) -> list[str]:
        return self.page.evaluate("(i) => desk.marks(i)", self.view)

    def current(self) -> tuple[str, Any]:
        """The interview and the code of what is to be settled now."""
        shown = self.root.locator(".cx-top select").first.input_value()
        return shown, self.root.locator(".cx-settle-head .cx-name").inner_text()
