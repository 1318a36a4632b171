"""The coding widget in a bare page: each command by keyboard, the mouse, the panel."""

import pytest

from tests.interviews.web.page import coder_page, mount

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser):
    page = coder_page(browser)
    mount(page)
    focus(page)
    yield page
    assert page.problems == []
    page.close()


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


def memo(page):
    """Memos by code, as the kernel has them."""
    return {code: text for _words, code, _doubt, text in codings(page)}


def typed(page, text):
    press(page, "Control+a")
    page.keyboard.insert_text(text)


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
