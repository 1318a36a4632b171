"""What a hand does to the coding widget in a bare page, and what is seen there."""

from __future__ import annotations

from tests.interviews.web.page import mount


def focus(page, view=-1):
    page.evaluate("(n) => views.at(n).coder.focusText()", view)


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)


def settled(page):
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")


def codings(page):
    """Codings as the kernel has them: [(words, code, uncertain, memo)]."""
    settled(page)
    return page.evaluate(
        """() => [...kernel.state().codings.values()].map((one) => [
          Array.from(kernel.text).slice(one.start, one.end).join(""), one.code, one.uncertain,
          one.memo])"""
    )


def words(page):
    return [(said, code) for said, code, _uncertain, _memo in codings(page)]


def said(page):
    return page.evaluate("() => views.at(-1).coder.noteText.data")


def selected(page):
    return page.evaluate(
        """() => { const {text, transcript: {selection: {start, end}}} = views.at(-1).coder;
          return text.slice(start, end); }"""
    )


def shown(page):
    """Codings as the page has them, in code points."""
    settled(page)
    return page.evaluate(
        """() => { const {state, points} = views.at(-1).coder;
          return state.sorted().map(({start, end, code}) =>
            [points.toPoints(start), points.toPoints(end), code]); }"""
    )


def place(page, words):
    """Put the caret before the first of these words."""
    page.evaluate(
        """(words) => { const {text, transcript} = views.at(-1).coder;
          const at = text.indexOf(words); transcript.select(at, at); }""",
        words,
    )


def choose(page, document):
    page.evaluate(
        """(name) => { const {documents} = views.at(-1).coder; documents.value = name;
          documents.dispatchEvent(new Event("change")); }""",
        document,
    )
    settled(page)


def memo(page):
    """Memos by code, as the kernel has them."""
    return {code: text for _words, code, _doubt, text in codings(page)}


def typed(page, text):
    press(page, "Control+a")
    page.keyboard.insert_text(text)


def again(page):
    """The page is loaded again: the view is gone, its storage is not."""
    page.evaluate(
        """() => { const {line, coder, host} = views.pop(); line.close(); coder.dispose();
          host.remove(); }"""
    )
    mount(page)
    focus(page)
