"""The coding widget in a bare page: going about, filters, find, the mouse, several interviews."""

import pytest

from tests.interviews.web.by_hand import (
    choose,
    codings,
    focus,
    place,
    press,
    said,
    selected,
    settled,
    words,
)
from tests.interviews.web.page import coder_page, mount

pytestmark = pytest.mark.browser


def test_going_about(page):
    for said_words, key in (("weekly", "1"), ("two weeks", "2"), ("helped", "1")):
        place(page, said_words)
        press(page, "w", key)
    press(page, "Control+Home", "p")
    assert selected(page) == "weekly"
    press(page, "p", "p")
    assert selected(page) == "helped"
    press(page, "p")
    assert said(page) == "No next one."
    press(page, "Shift+p")
    assert selected(page) == "two"
    press(page, "Control+Home", "j")
    assert selected(page) == ""
    place(page, "I wanted")
    press(page, "s", "3", "Home", "s", "s", "4", "Control+Home")
    place(page, "eekly")
    press(page, "o")
    assert selected(page) == "I wanted to save time on the weekly report."
    press(page, "o")
    assert selected(page).endswith("called me back.")
    press(page, "o")
    assert selected(page) == "weekly"


def test_read_to_here_and_progress(page):
    place(page, "nobody")
    press(page, "x")
    settled(page)
    assert page.evaluate("() => views[0].coder.progressText.data").startswith("Read 1 of 4")
    assert page.evaluate("() => kernel.state().readTo") == page.evaluate("() => kernel.units[0][1]")
    press(page, "Control+z")
    settled(page)
    assert page.evaluate("() => views[0].coder.progressText.data").startswith("Read 0 of 4")


def test_filters_step_and_dim(page):
    for said_words, keys in (("weekly", "1"), ("two weeks", "2u"), ("helped", "1")):
        place(page, said_words)
        press(page, "w", *keys)
    press(page, "f")
    assert page.evaluate("() => views[0].coder.state.filter.kind") == "uncertain"
    press(page, "Control+Home", "p")
    assert selected(page) == "two"
    dim = page.evaluate("() => views[0].host.shadowRoot.querySelectorAll('mark.cx-dim').length")
    assert dim == 2
    press(page, "f", "f")
    assert page.evaluate("() => views[0].coder.state.filter.kind") == "uncoded"
    press(page, "Control+Home", "p")
    assert selected(page).startswith("正直")
    press(page, "f")
    assert page.evaluate("() => views[0].coder.state.filter.kind") == "all"


def test_a_filter_chosen_by_the_mouse_leaves_the_keys_to_the_text(page):
    press(page, "w", "1")
    page.evaluate(
        """() => { const {filter} = views[0].coder.panel; filter.focus();
          filter.dispatchEvent(new PointerEvent("pointerdown")); filter.value = "uncoded";
          filter.dispatchEvent(new Event("change")); }"""
    )
    press(page, "p")
    assert selected(page).startswith("I wanted")


def test_find_inside(page):
    press(page, "Control+f")
    page.keyboard.insert_text("THE")
    settled(page)
    count = page.evaluate("() => views[0].coder.find.countText.data")
    assert count == "1 of 5"
    press(page, "Enter", "Enter", "Shift+Enter", "Escape")
    assert selected(page) == "The"
    press(page, "1")
    assert words(page) == [("The", "goal")]


def test_blanks_at_the_ends_are_left_out_and_told(page):
    place(page, "weekly")
    press(page, "w", "Shift+ArrowRight", "1")
    assert words(page) == [("weekly", "goal")]
    assert "blanks" in said(page)


def test_a_span_over_turns_is_told_and_split(page):
    place(page, "What I do")
    page.evaluate("() => views[0].coder.transcript.select(0, views[0].coder.text.length)")
    press(page, "1", "u")
    assert "6 turns" in said(page) or "uncertain" in said(page)
    settled(page)
    page.evaluate("() => views[0].host.shadowRoot.querySelector('.cx-split').click()")
    assert len(codings(page)) == 6
    press(page, "Control+z")
    assert len(codings(page)) == 1


def test_a_mouse_user_drags_and_clicks(page):
    rect = """(words) => { const {text, transcript} = views[0].coder;
      const at = text.indexOf(words); const a = transcript.rectOf(at);
      const b = transcript.rectOf(at + words.length, true);
      return [a.left + 1, (a.top + a.bottom) / 2, b.left + 1]; }"""
    x, y, to = page.evaluate(rect, "weekly report")
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(to, y, steps=4)
    page.mouse.up()
    assert selected(page) == "weekly report"
    page.get_by_role("toolbar").get_by_role("button", name="goal").click()
    assert words(page) == [("weekly report", "goal")]
    page.mouse.dblclick(x + 2, y)
    page.keyboard.press("2")
    assert words(page)[-1] == ("weekly", "obstacle")
    page.mouse.click(x + 2, y, click_count=3)
    page.get_by_role("treeitem", name="service").click()
    assert words(page)[-1] == ("I wanted to save time on the weekly report.", "service")


def test_a_locked_code_takes_each_selection_of_the_mouse(page):
    place(page, "weekly")
    press(page, "w", "1", "l")
    x, y = page.evaluate(
        """() => { const {text, transcript} = views[0].coder;
          const {left, top, bottom} = transcript.rectOf(text.indexOf("took"));
          return [left + 3, (top + bottom) / 2]; }"""
    )
    page.mouse.dblclick(x, y)
    page.wait_for_timeout(400)
    page.mouse.click(x, y, click_count=3)
    page.wait_for_timeout(400)
    assert [said_words for said_words, _code in words(page)][1:] == [
        "took",
        "The set-up took two weeks, and nobody called me back.",
    ]


def test_the_tree_is_one_stop_of_tab_and_codes(page):
    place(page, "weekly")
    press(page, "w")
    page.evaluate("() => views[0].coder.panel.tree.focus(0)")
    press(page, "ArrowDown", "ArrowDown", "Enter")
    assert words(page) == [("weekly", "obstacle")]
    press(page, "ArrowLeft", "ArrowLeft")
    hidden = page.evaluate(
        "() => [...views[0].host.shadowRoot.querySelectorAll('[role=treeitem]')].filter((one) =>"
        " one.hidden).length"
    )
    assert hidden == 3
    stops = page.evaluate(
        "() => views[0].host.shadowRoot.querySelectorAll('[role=treeitem][tabindex=\"0\"]').length"
    )
    assert stops == 1
    press(page, "End", "3")
    assert words(page)[-1] == ("weekly", "service")


def test_others_codings_stay(page):
    page.evaluate(
        """() => kernel.base.push({id: "x", start: 13, end: 20, code: "goal", memo: "", uncertain:
          false, coder: "Ben", mine: false})"""
    )
    page.evaluate("() => views[0].coder.session.open()")
    settled(page)
    press(page, "Control+Home", "p", "Delete")
    assert "Ben" in said(page)
    assert len(codings(page)) == 1


def test_several_documents(browser):
    page = coder_page(browser)
    mount(page, documents=["Kim", "Lee"])
    focus(page)
    press(page, "w", "1")
    settled(page)
    choose(page, "Lee")
    assert page.evaluate("() => views[0].coder.document") == "Lee"
    focus(page)
    press(page, "s", "2")
    settled(page)
    ops = page.evaluate("() => kernel.log.map(({document, code}) => [document, code])")
    assert ops == [["Kim", "goal"], ["Lee", "obstacle"]]
    assert page.problems == []
    page.close()


def test_undo_is_of_the_shown_interview_and_says_what_it_takes_back(browser):
    page = coder_page(browser)
    mount(page, documents=["Kim", "Lee"])
    focus(page)
    place(page, "hard to read")
    press(page, "w", "w", "w", "i")
    settled(page)
    choose(page, "Lee")
    focus(page)
    assert page.evaluate("() => views[0].coder.state.sorted().length") == 0
    press(page, "Control+z")
    assert said(page) == "Nothing to take back."
    place(page, "I wanted")
    press(page, "s", "/")
    page.keyboard.insert_text("hard to read")
    press(page, "Enter", "Control+z")
    words_ = "“I wanted to save time on the w…”"
    assert said(page) == f"Taken back: “hard to read” on {words_}"
    press(page, "Control+Shift+z")
    assert said(page) == f"Done again: “hard to read” on {words_}"
    settled(page)
    choose(page, "Kim")
    focus(page)
    press(page, "Control+z")
    assert said(page) == "Taken back: “hard to read” on “hard to read”"
    assert words(page) == [("I wanted to save time on the weekly report.", "hard to read")]
    assert page.evaluate("() => kernel.state().codes.has('hard to read')"), "Lee has it"
    place(page, "nobody")
    press(page, "x", "Control+z")
    assert said(page) == "Taken back: I have read up to here"
    press(page, "Control+Shift+z", "Control+z", "Control+Shift+z")
    choose(page, "Lee")
    focus(page)
    press(page, "Control+z")
    assert words(page) == []
    assert page.problems == []
    page.close()
