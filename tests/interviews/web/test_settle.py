"""The settling view in a bare page, before the kernel's own session and real files."""

import hashlib

import pytest
from axe_playwright_python.sync_playwright import Axe

from cxlib import interviews
from cxlib.interviews.coder_messages import labels
from tests.interviews.web.page import SAID
from tests.interviews.web.settle_page import CODED, Study, quiet, settling_page, show

pytestmark = pytest.mark.browser


@pytest.fixture
def study(tmp_path):
    return Study(tmp_path)


@pytest.fixture
def opened(browser):
    """Open pages and look at what went wrong in them."""
    pages = []

    def open_page(settler, **about):
        pages.append(settling_page(browser, settler, **about))
        return pages[-1]

    yield open_page
    for page in pages:
        assert page.problems == []
        page.close()


@pytest.fixture
def page(opened, study):
    return opened(study.settle())


def press(page, *keys):
    for key in keys:
        page.keyboard.press(key)
    quiet(page)


def said(page):
    return page.evaluate("() => views.at(-1).coder.noteText.data")


def go(page, code, words):
    """Go to the item of a code on the unit that has some words."""
    page.evaluate(
        """([code, words]) => { const {coder} = views.at(-1); const {items} = coder.matters;
          coder.act("chooseItem", items.findIndex((item) => item.code === code &&
            coder.text.slice(item.start, item.end).includes(words))); }""",
        [code, words],
    )


def counts(page):
    return page.evaluate("() => { const c = views.at(-1).coder.matters.counts(); "
                         "return [c.done, c.n, c.allDone, c.all]; }")  # fmt: skip


def shadow(page, selector):
    return page.evaluate(
        """(selector) => [...views.at(-1).host.shadowRoot.querySelectorAll(selector)]
          .filter((one) => one.checkVisibility()).map((one) => one.textContent)""",
        selector,
    )


def test_left_and_right_take_a_coders_side(page, study):
    go(page, "late", "The parcel")
    press(page, "ArrowLeft")
    assert said(page) == "“late” holds here. 1 of 6 settled."
    assert study.settled() == [("came late", "late", True, ["Aki-0"])]
    press(page, "ArrowRight")
    assert said(page) == "“late” does not hold here. 1 of 6 settled."
    unit = "The parcel came late, and nobody called me back."
    assert study.settled() == [(unit, "late", False, ["Aki-0"])]
    go(page, "service", "サポート")
    press(page, "ArrowRight")
    assert study.settled()[1:] == [("サポートは親切", "service", True, ["Kim-1"])]


def test_both_keep_all_spans_and_neither_none(page, study):
    go(page, "service", "The parcel")
    press(page, "b")
    both = [
        ("came late, and nobody called", "service", True, ["Aki-1"]),
        ("nobody called me back", "service", True, ["Aki-2"]),
    ]
    assert study.settled() == both
    press(page, "0")
    assert [(holds, ids) for _, _, holds, ids in study.settled()] == [(False, ["Aki-1", "Aki-2"])]
    press(page, "Control+z")
    assert study.settled() == both, "the one before comes back with its spans"
    press(page, "Control+z")
    assert study.settled() == []
    press(page, "Control+Shift+z", "Control+Shift+z")
    assert [holds for _, _, holds, _ in study.settled()] == [False]
    press(page, "Delete")
    assert study.settled() == []
    assert said(page) == "“service” is open again. 0 of 6 settled."


def test_stacked_codes_are_kept(page, study):
    go(page, "late", "The parcel")
    press(page, "ArrowLeft")
    go(page, "service", "The parcel")
    press(page, "ArrowLeft")
    go(page, "late", "The parcel")
    press(page, "n")
    assert sorted((code, holds) for _, code, holds, _ in study.settled()) == [
        ("late", False), ("service", True), ("service", True)
    ]  # fmt: skip


def test_enter_goes_to_what_is_open_and_to_the_next_interview(page, study):
    for _ in range(6):
        press(page, "y", "Enter")
    page.wait_for_function("() => views[0].coder.document === 'b.txt'")
    quiet(page)
    assert counts(page) == [0, 2, 6, 8]
    assert page.evaluate("() => views[0].coder.at") == 0
    press(page, "ArrowRight", "Enter", "0", "Enter")
    assert said(page) == "Everything is settled, in every interview."
    assert counts(page) == [2, 2, 8, 8]
    found = interviews.disagreements(study.read())
    assert (found.frame["settled"] != "open").all()
    assert "8 of these 8 are settled" in found.summary()
    press(page, "Delete")
    page.locator(".cx-top select").first.select_option("a.txt")
    page.wait_for_function("() => views[0].coder.document === 'a.txt'")
    quiet(page)
    assert counts(page) == [6, 6, 7, 8]


def test_all_of_a_coder_is_one_step_that_can_be_taken_back(page, study):
    go(page, "late", "배송")
    press(page, "0", "a", "1")
    assert said(page) == "Took over 5 of Aki. Ctrl+Z takes all of it back."
    assert counts(page)[:2] == [6, 6]
    decided = {(code, start): holds for (_, start, code), holds in study.decided().items()}
    assert list(decided.values()).count(True) == 3
    assert len(study.settled()) == 7, "two spans of Aki, of one code, on one unit"
    press(page, "Control+z")
    assert counts(page)[:2] == [1, 6]
    assert [code for _, code, _, _ in study.settled()] == ["late"]
    press(page, "Control+Shift+z")
    assert counts(page)[:2] == [6, 6]
    press(page, "a", "1")
    assert said(page) == "Nothing is left to take over."


def test_all_on_which_they_agree_is_taken_at_once(page, study):
    assert "All on which they agree (1)" in shadow(page, ".cx-settling button")
    press(page, "a", "Enter")
    assert said(page) == "Took over 1 on which all agree. Ctrl+Z takes all of it back."
    assert study.settled() == [
        ("料金が🙂高いと思いました", "料金", True, ["Kim-0"]),
        ("料金が🙂高い", "料金", True, ["Aki-3"]),
    ]
    assert counts(page)[:2] == [0, 6], "they do not differ about it"
    press(page, "a", "0")
    assert said(page) == "Nothing is left to take over."


def test_the_coders_files_are_never_touched(page, study):
    paths = [study.folder / f"{name}.jsonl" for name in ("Aki", "Kim")]
    before = [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths]
    press(page, "y", "Enter", "0", "a", "1", "Control+z", "a", "2", "Delete", "Control+z")
    assert study.settled()
    assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in paths] == before


def test_other_words_are_chosen_and_cut_at_the_unit(page, study):
    go(page, "late", "The parcel")
    press(page, "e", "Shift+ArrowLeft", "Enter")
    assert study.settled() == [("came lat", "late", True, ["Aki-0"])]
    press(page, "e")
    page.evaluate("""() => { const {coder} = views[0]; const at = coder.text.indexOf("called");
      coder.transcript.select(at, coder.text.indexOf("高い")); }""")
    press(page, "Enter")
    assert study.settled() == [("called me back.", "late", True, ["Aki-0"])]
    press(page, "e")
    page.evaluate("() => views[0].coder.transcript.select(0, 5)")
    press(page, "Enter")
    assert said(page) == "Select words within the unit that is shaded."
    assert page.evaluate("() => views[0].coder.mode") == "amend"
    press(page, "Escape", "ArrowRight")
    assert [holds for _, _, holds, _ in study.settled()] == [False], "Esc left the mode"


def test_another_code_holds_in_place_of_the_one_given(page, study):
    go(page, "late", "The parcel")
    press(page, "e", "c")
    page.keyboard.type("serv")
    press(page, "Enter")
    assert study.settled() == [
        ("The parcel came late, and nobody called me back.", "late", False, ["Aki-0"]),
        ("came late", "service", True, ["Aki-0"]),
    ]
    press(page, "Control+z")
    assert study.settled() == []
    press(page, "e", "c")
    page.keyboard.type("遅れ")
    press(page, "Enter")
    assert [(code, holds) for _, code, holds, _ in study.settled()] == [
        ("late", False), ("遅れ", True)
    ]  # fmt: skip
    assert "遅れ" in study.read().codebook["name"].tolist()


def test_a_reason_before_and_after_the_decision(page, study):
    go(page, "late", "The parcel")
    press(page, "m")
    page.keyboard.type("b 0 理由 ArrowLeft")
    press(page, "Control+Enter")
    assert said(page) == "The reason is kept until you decide."
    assert study.settled() == []
    press(page, "y")
    reasons = study.settle().decisions["reason"]
    assert reasons.tolist() == ["b 0 理由 ArrowLeft"]
    press(page, "m", "End")
    page.keyboard.type("!")
    press(page, "Control+Enter", "0")
    assert study.settle().decisions["reason"].tolist() == ["b 0 理由 ArrowLeft!"]
    assert study.settle().decisions["decided_by"].tolist() == ["Mori"]
    press(page, "Control+z", "Control+z")
    assert study.settle().decisions["reason"].tolist() == ["b 0 理由 ArrowLeft"]


def test_a_decision_of_larger_units_keeps_what_it_says_of_others(opened, study):
    settler = study.settle()
    page = opened(settler)
    page.evaluate(
        """() => { const {coder} = views[0]; const {matters, text} = coder;
          const [a, b] = ["The parcel", "답답했어요."].map((words) => text.indexOf(words));
          coder.commit([matters.add({
            code: "late", start: a, end: b + 6, holds: true, from: ["x"], batch: "x"})]); }"""
    )
    quiet(page)
    before = study.decided()
    go(page, "late", "The parcel")
    press(page, "0")
    changed = {key for key, holds in study.decided().items() if before[key] != holds}
    assert [(document, code) for document, _, code in changed] == [("a.txt", "late")]
    assert len(study.decided()) == len(before)


def test_customers_words_and_codes_are_never_markup(page):
    go(page, "<b>bill</b>", "onerror")
    press(page, "y")
    assert page.evaluate(
        "() => views[0].host.shadowRoot.querySelectorAll('img, b, script').length"
    ) == 0  # fmt: skip
    assert "<b>bill</b>" in shadow(page, ".cx-settle-head strong")
    assert any("<img src=x onerror=alert(1)>" in text for text in shadow(page, ".cx-side"))


def test_three_coders_have_sides_by_number(opened, tmp_path):
    study = Study(tmp_path, coded=(*CODED, ("Rin", "a.txt", "parcel came late", "late")))
    page = opened(study.settle())
    go(page, "late", "The parcel")
    press(page, "3")
    assert study.settled() == [("parcel came late", "late", True, ["Rin-0"])]
    press(page, "ArrowRight")
    assert [holds for _, _, holds, _ in study.settled()] == [False]
    press(page, "ArrowLeft")
    assert [words for words, *_ in study.settled()] == ["parcel came late", "came late"]
    press(page, "2")
    assert [holds for _, _, holds, _ in study.settled()] == [False]
    press(page, "9")
    assert said(page) == "There is no coder 9."


def test_marks_of_coders_differ_by_more_than_colour(page):
    go(page, "料金", "料金")
    go(page, "late", "The parcel")
    looks = page.evaluate(
        """() => [0, 1].map((by) => {
          const style = getComputedStyle(views[0].host.shadowRoot.querySelector(
            `.cx-words .cx-by${by}`));
          return [style.textDecorationStyle, style.textUnderlineOffset]; })"""
    )
    assert looks == [["solid", "2px"], ["dashed", "5px"]]
    press(page, "y")
    hidden = shadow(page, ".cx-words + .cx-hidden")
    assert hidden[1] == "Codes: service Aki, late Aki, late settled: holds"
    assert shadow(page, ".cx-block:nth-child(2) .cx-chip") == ["se 1", "la 1·✓"]


def test_two_views_are_in_step_and_nothing_is_lost_where_the_kernel_is_gone(page, study):
    show(page)
    press(page, "y")
    assert counts(page)[0] == 1
    assert page.evaluate("() => views[0].coder.matters.counts().done") == 1
    assert "settled: holds" in " ".join(shadow(page, ".cx-items"))
    page.evaluate("() => views[1].line.isDown = true")
    page.keyboard.press("Enter")
    page.keyboard.press("0")
    assert "1 not saved" in page.evaluate("() => views[1].coder.saved.data").replace("2", "1")
    page.evaluate("() => { views[1].coder.dispose(); views[1].host.remove(); views.pop(); }")
    show(page)
    assert counts(page)[0] == 2
    assert len([code for _, code, _, _ in study.settled()]) >= 2


def test_no_key_leaves_and_the_caret_box_and_list_work_by_mouse(page):
    page.evaluate("""() => { globalThis.heard = []; document.addEventListener("keydown",
      ({key}) => heard.push(key)); globalThis.left = 0;
      document.addEventListener("cx-leave", () => left += 1); }""")
    for key in [*"bcdghijklnopqrstuvwxyz0123456789", "Shift+M", "ArrowUp", "Space", "Delete"]:
        press(page, key)
    assert page.evaluate("() => heard") == []
    press(page, "?", "Escape", "a", "Escape", "e", "Escape", "Control+f", "Escape")
    assert page.evaluate("() => left") == 0
    page.wait_for_timeout(750)
    press(page, "Escape")
    assert page.evaluate("() => left") == 1
    page.locator(".cx-items button").nth(3).click()
    assert page.evaluate("() => views[0].coder.at") == 3
    page.locator(".cx-words", has_text="답답했어요").click()
    assert "배송" in page.evaluate(
        "() => views[0].coder.text.slice(views[0].coder.item.start, views[0].coder.item.end)"
    )


def test_keys_have_commands_and_lines_of_help_in_each_language(page):
    names = page.evaluate("() => [cx.SETTLE_KEYS.map(({name}) => name), "
                          "Object.keys(cx.SETTLE_COMMANDS)]")  # fmt: skip
    assert set(names[0]) <= set(names[1])
    chords = page.evaluate("() => cx.SETTLE_KEYS.flatMap(({keys}) => keys)")
    assert len(chords) == len(set(chords))
    for language in ("en", "ja", "ko"):
        assert {f"key_{name}" for name in names[0]} <= labels(language).keys()
    press(page, "?")
    rows = shadow(page, ".cx-help tr td:last-child")
    assert len(rows) == len(names[0])
    assert not any(text.startswith("key_") for text in rows)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [1280, 600])
def test_axe_finds_nothing(opened, study, width, dark):
    page = opened(study.settle(language="ja"), width=width, dark=dark)
    go(page, "late", "The parcel")
    press(page, "y")
    press(page, "e")
    for name in ("amend", "help", "text"):
        found = Axe().run(page, context="main > div").response["violations"]
        assert [(name, one["id"], one["nodes"][0]["html"][:200]) for one in found] == []
        press(page, "Escape")
        if name == "amend":
            press(page, "?")


def test_a_long_interview_with_many_disagreements(opened, tmp_path):
    lines = [f"{who}: {words} {n}" for n in range(300) for who, _, words in SAID[:3]]
    text = "\n\n".join(lines) + "\n"
    coded = [
        ("AB"[n % 2] + "ki", "a.txt", words, "late")
        for n in range(300)
        for words in [f"helped me. {n}"]
        if text.count(words) == 1
    ]
    study = Study(tmp_path, coded=coded, texts={"a.txt": text})
    page = opened(study.settle())
    n = page.evaluate("() => views[0].coder.matters.items.length")
    assert n > 150
    spent = page.evaluate(
        """() => { const {coder} = views[0]; const start = performance.now();
          coder.act("takeAllOf", 0); return performance.now() - start; }"""
    )
    quiet(page)
    assert counts(page)[:2] == [n, n]
    press(page, "Control+z")
    assert counts(page)[0] == 0
    assert spent < 1000
