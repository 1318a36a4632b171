"""The coding widget in a bare page: marking, codes and memos by keys."""

import pytest

from tests.interviews.web.by_hand import (
    again,
    choose,
    codings,
    focus,
    memo,
    place,
    press,
    said,
    selected,
    settled,
    typed,
    words,
)
from tests.interviews.web.page import coder_page, mount

pytestmark = pytest.mark.browser


def test_a_newcomer_codes_with_two_keys(page):
    press(page, "w", "1")
    assert words(page) == [("How", "goal")]
    assert "goal" in said(page)
    assert page.evaluate("() => views[0].coder.panel.hint") == "", "the hint has done its work"


def test_several_codes_on_one_span_and_overlaps(page):
    place(page, "I wanted")
    press(page, "s", "1", "2", "3", "2")
    assert words(page) == [
        ("I wanted to save time on the weekly report.", code)
        for code in ("goal", "obstacle", "service")
    ]
    place(page, "save time")
    press(page, "w", "w", "4")
    assert words(page)[-1] == ("save time", "waiting")
    marks = page.evaluate(
        """() => [...views[0].host.shadowRoot.querySelectorAll("mark.cx-c3")].map((one) =>
          one.textContent)"""
    )
    assert "".join(marks) == "save time"


def test_again_recent_and_lock(page):
    place(page, "weekly")
    press(page, "w", "2")
    place(page, "report")
    press(page, "w", ".")
    press(page, "w", "3", "r", "2")
    assert words(page) == [
        ("weekly", "obstacle"),
        ("report", "obstacle"),
        ("The", "service"),
        ("The", "obstacle"),
    ]
    place(page, "two weeks")
    press(page, "l", "w", "w", "Enter")
    assert words(page)[-1] == ("two weeks", "obstacle")
    banner = page.evaluate("() => views[0].coder.bannerBox.hidden")
    assert banner is False
    press(page, "Escape")
    assert page.evaluate("() => views[0].coder.state.lock") is None


def test_the_picker_finds_and_makes_codes(page):
    place(page, "正直")
    press(page, "s", "/")
    page.keyboard.insert_text("しんらい")
    press(page, "Control+a")
    page.keyboard.insert_text("信")
    press(page, "Enter")
    assert words(page) == [("正直、少し不安でした。", "信頼")]
    press(page, "/")
    page.keyboard.insert_text("wtime")
    press(page, "Enter")
    assert words(page)[-1][1] == "waiting"
    press(page, "/")
    page.keyboard.insert_text("正直さ")
    press(page, "Enter")
    assert words(page)[-1][1] == "正直さ"
    log = page.evaluate("() => kernel.log.map(({op, code}) => [op, code])")
    assert log[-2:] == [["code", "正直さ"], ["add", "正直さ"]]
    press(page, "Control+z")
    assert page.evaluate("() => kernel.state().codes.has('正直さ')") is False
    press(page, "Control+Shift+z")
    assert words(page)[-1][1] == "正直さ"


def test_new_code_and_in_vivo(page):
    place(page, "hard to read")
    press(page, "w", "w", "w", "n")
    page.keyboard.insert_text("legibility")
    press(page, "Enter")
    assert words(page) == [("hard to read", "legibility")]
    press(page, "i")
    assert words(page)[-1] == ("hard to read", "hard to read")
    assert page.evaluate("() => kernel.state().codes.get('hard to read').parent") == "in vivo"
    place(page, "the bill")
    press(page, "w", "w", "2", "Shift+n")
    page.keyboard.insert_text("bills")
    press(page, "Enter")
    assert page.evaluate("() => kernel.state().codes.get('bills').parent") == "needs"


def test_memo_uncertain_recode_remove(page):
    press(page, "w", "1", "m")
    page.keyboard.insert_text("1 line\nand /")
    press(page, "Control+Enter")
    assert codings(page) == [["How", "goal", False, "1 line\nand /"]]
    press(page, "u")
    assert codings(page)[0][2] is True
    press(page, "c")
    page.keyboard.insert_text("billing")
    press(page, "Enter")
    assert codings(page) == [["How", "billing", True, "1 line\nand /"]]
    press(page, "Delete")
    assert codings(page) == []
    press(page, "Control+z", "Control+z", "Control+z")
    assert codings(page) == [["How", "goal", False, "1 line\nand /"]]
    press(page, "Control+y")
    assert codings(page)[0][2] is True


def test_a_memo_is_kept_however_its_box_is_left(page):
    place(page, "weekly")
    press(page, "w", "1", "m")
    typed(page, "by Esc")
    press(page, "Escape")
    assert memo(page) == {"goal": "by Esc"}
    assert said(page) == "Memo on “goal” changed."
    press(page, "Control+z")
    assert memo(page) == {"goal": ""}
    press(page, "2", "m")
    typed(page, "by another memo")
    title = "() => views.at(-1).coder.panel.memo.titleText.data"
    assert page.evaluate(title) == "Memo on “obstacle”: “weekly”"
    page.evaluate(
        """() => { const {coder} = views[0];
          coder.act("memo", coder.state.sorted().find(({code}) => code === "goal").id); }"""
    )
    assert page.evaluate(title) == "Memo on “goal”: “weekly”"
    assert memo(page) == {"goal": "", "obstacle": "by another memo"}
    typed(page, "by a click")
    x, y = page.evaluate(
        """() => { const {text, transcript} = views[0].coder;
          const {left, top, bottom} = transcript.rectOf(text.indexOf("took"));
          return [left + 3, (top + bottom) / 2]; }"""
    )
    page.mouse.click(x, y)
    assert memo(page)["goal"] == "by a click"
    assert page.evaluate("() => views[0].coder.panel.memo.isOpen") is False
    place(page, "weekly")
    press(page, "w", "1", "m")
    typed(page, "thrown away")
    page.get_by_role("button", name="Discard").click()
    assert memo(page)["goal"] == "by a click"
    press(page, "m")
    assert page.evaluate("() => views[0].coder.panel.memo.area.value") == "by a click"
    typed(page, "by closing")
    page.evaluate("() => views[0].coder.dispose()")
    assert memo(page)["goal"] == "by closing"


def test_a_memo_is_kept_when_another_interview_is_chosen(browser):
    page = coder_page(browser)
    mount(page, documents=["Kim", "Lee"])
    focus(page)
    press(page, "w", "1", "m")
    typed(page, "draft")
    choose(page, "Lee")
    assert memo(page) == {"goal": "draft"}
    assert page.problems == []
    page.close()


def test_edges_move_and_keep_id_and_memo(page):
    place(page, "weekly report")
    press(page, "w", "1")
    first = page.evaluate("() => kernel.log[0].id")
    press(page, "]", "Control+ArrowRight", "ArrowRight", "Enter")
    assert words(page) == [("weekly report.", "goal")]
    press(page, "[", "Control+ArrowLeft", "Escape")
    assert words(page) == [("the weekly report.", "goal")]
    assert page.evaluate("() => [...kernel.state().codings.keys()]") == [first]
    press(page, "Control+z")
    assert words(page) == [("weekly report.", "goal")]
    press(page, "Control+z")
    assert words(page) == [("weekly", "goal")], "one go at an edge is one step back"


def test_what_is_coded_does_not_grow(page):
    place(page, "save time")
    press(page, "w", "w", "1")
    assert words(page) == [("save time", "goal")]
    assert said(page) == "Coded “goal”: “save time”"
    press(page, "w", "w", "2")
    assert words(page)[-1] == ("on the", "obstacle")
    press(page, "b", "b", "3")
    assert words(page)[-1] == ("save time", "service")
    press(page, "s", "1", "s")
    assert selected(page) == "The set-up took two weeks, and nobody called me back."
    press(page, "2")
    assert said(page) == "Coded “obstacle”: “The set-up took two weeks, and nobody ca…”"
    press(page, "s", "1", "s", "1")
    assert words(page)[-1] == ("そのとき、どう思いましたか。", "goal"), "of the next turn"
    press(page, "t", "1")
    assert words(page)[-1][0].startswith("正直")
    press(page, "b")
    assert selected(page) == "か", "before the turn there is another"
    press(page, "Control+End", "t", "1", "w")
    assert said(page) == "No next one."
    press(page, "Control+Home", "w", "1", "b")
    assert said(page) == "No previous one."
    press(page, "Control+z", "w")
    assert selected(page) == "How did", "what is not coded grows"


def test_codes_made_here_get_the_free_keys(page):
    made = {"weekly": "one", "set-up": "", "took": "three", "two": "four", "weeks": "five"}
    for words_, name in made.items():
        place(page, words_)
        press(page, "w", *(["n"] if name else ["i"]))
        if name:
            page.keyboard.insert_text(name)
            press(page, "Enter")
    pinned = "() => views[0].coder.state.pinned.slice(5)"
    assert page.evaluate(pinned) == ["one", "set", "three", "four"], "there are nine keys"
    settled(page)
    keys = "() => [...views[0].host.shadowRoot.querySelectorAll('.cx-tree kbd')].length"
    assert page.evaluate(keys) == 9
    place(page, "nobody")
    press(page, "w", "7")
    assert words(page)[-1] == ("nobody", "set")
    title = "() => views[0].host.shadowRoot.querySelector('.cx-tree .cx-count').title"
    assert page.evaluate(title) == "in this interview"
    press(page, "Control+z", "Control+z", "Control+z")
    assert page.evaluate(pinned) == ["one", "set", "three"]


def test_selecting_by_keys(page):
    place(page, "time on")
    press(page, "w")
    assert selected(page) == "time"
    press(page, "b")
    assert selected(page) == "save time"
    press(page, "s")
    assert selected(page).startswith("I wanted")
    press(page, "t")
    assert selected(page).endswith("helped me.")
    place(page, "𠮷田")
    press(page, "Shift+ArrowRight")
    assert selected(page) == "𠮷"
    press(page, "Control+Shift+ArrowRight", "Shift+End")
    assert selected(page) == "𠮷田 helped me."
    press(page, "Home", "Shift+ArrowDown", "Control+a", "1")
    assert len(words(page)) == 1


def test_all_can_be_taken_back_where_the_kernel_tells_the_last_steps_alone(browser):
    page = coder_page(browser)
    mount(page, tail=2, steps=3)
    focus(page)
    for n in range(8):
        press(page, "w", str(1 + n % 3))
    meant = codings(page)
    assert len(meant) == 8
    again(page)
    for left in range(7, -1, -1):
        press(page, "Control+z")
        assert len(codings(page)) == left
    for n in range(1, 9):
        press(page, "Control+Shift+z")
        assert len(codings(page)) == n
    assert codings(page) == meant
    assert page.problems == []
    page.close()
