"""Keys, input methods, screen readers and themes of the coding widget."""

import itertools
import re

import pytest
from axe_playwright_python.sync_playwright import Axe

from cxlib.interviews.web.build import FOLDER, ORDER
from tests.interviews.web.by_hand import codings, focus, place, press, said, settled, words
from tests.interviews.web.page import LABELS, coder_page, mount

pytestmark = pytest.mark.browser


def test_each_key_has_a_command_and_a_line_of_help(page):
    assert (
        page.evaluate(
            """() => cx.KEY_TABLE.map(({name}) => name).filter((name) => !(name in cx.COMMANDS))"""
        )
        == []
    )
    press(page, "?")
    listed = page.evaluate(
        """() => [...views[0].host.shadowRoot.querySelectorAll(".cx-help tr")].map((one) =>
          [one.dataset.command, one.lastChild.textContent])"""
    )
    assert [name for name, _text in listed] == page.evaluate(
        "() => ['code', 'mark', 'change', 'go'].flatMap((group) => "
        "cx.KEY_TABLE.filter((row) => row.group === group).map(({name}) => name))"
    )
    assert all(text and not text.startswith("key_") for _name, text in listed)
    chords = page.evaluate("() => cx.KEY_TABLE.flatMap(({keys}) => keys)")
    assert len(chords) == len(set(chords)), "no key has two commands"
    press(page, "1", "w", "ArrowDown", "?")
    assert page.evaluate("() => views[0].coder.help.isOpen") is False
    assert codings(page) == []


@pytest.mark.parametrize(("classes", "lang"), [(["cx-lang-ko", "x"], "ko"), ([], ""), (None, "")])
def test_fonts_are_loaded_while_the_kernel_answers(page, classes, lang):
    early = page.evaluate(
        """(classes) => {
          const kernel = globalThis.kernel.wire(), line = [];
          const model = {
            send: (message) => line.push(message), on: (name, take) => (model.take = take),
            off: () => {}, get: () => classes,
          };
          const el = document.querySelector("main");
          cx.glue.render({model, el});
          const root = el.lastChild.shadowRoot;
          const early = root.querySelector(".cx-early");
          const found = early && [early.lang, [...early.children].map((one) =>
            [one.getBoundingClientRect().width > 8, getComputedStyle(one).fontWeight])];
          kernel.onMessage((message, buffers) => model.take(message, buffers));
          kernel.send(line[0]);
          return new Promise((done) => setTimeout(() =>
            done([found, root.querySelectorAll(".cx-early").length,
              root.querySelectorAll("article").length > 0]), 300));
        }""",
        classes,
    )
    letters = [[True, "400"], [True, "700"]]
    assert early == [[lang, letters] if lang else None, 0, True]


def test_every_label_has_a_text_and_every_text_is_used():
    source = "".join((FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in ORDER)
    literal = set(re.findall(r'"([a-z]\w*)"', source))
    made = {
        "key_": re.findall(r'name: "(\w+)"|arrowRow\("\w+", "(\w+)"', source),
        "group_": [(name, "") for name in ("code", "mark", "change", "go", "settle")],
        "filter_": [(kind, "") for kind in ("all", "mine", "uncertain", "code", "uncoded")],
        "filtered_": [(kind, "") for kind in ("all", "mine", "uncertain", "code", "uncoded")],
        "save_": [
            (kind, "") for kind in ("saved", "saving", "waiting", "unsaved", "held", "silent")
        ],
        "edge_": [("start", ""), ("end", "")],
        "is_": [(kind, "") for kind in ("open", "yes", "no")],
        "undone_": [("what", "")],
        "redone_": [("what", "")],
        "settled_": [(kind, "") for kind in ("open", "yes", "no")],
    }
    used = literal | {head + (a or b) for head, names in made.items() for a, b in names}
    texts = {key.removeprefix("coder.") for key in LABELS}
    assert texts - used == set()
    said = set(re.findall(r'(?:say|note|banner)\(\s*"(\w+)"', source))
    assert said - texts == set()


def test_no_single_key_leaves_and_all_come_after_escape(page):
    page.evaluate(
        """() => { globalThis.heard = []; document.addEventListener("keydown", (event) =>
          heard.push([event.key, event.ctrlKey,
            views[0].host.hasAttribute("data-lm-suppress-shortcuts")])); }"""
    )
    places = {
        "text": "views[0].coder.focusText()",
        "tree": "views[0].coder.panel.tree.focus(1)",
        "filter": "views[0].coder.panel.filter.focus()",
        "button": "views[0].host.shadowRoot.querySelector('.cx-top button').focus()",
        "find": "views[0].coder.act('find')",
        "picker": "views[0].coder.act('picker')",
        "help": "views[0].coder.act('help')",
    }
    keys = [*"abcdefghijkmopqrstuvwxyz0123456789", "Shift+M", "Shift+J", "Shift+Enter", "d", "d"]
    keys += ["Enter", "Control+Enter", "Alt+Enter", "ArrowUp", "Space", "Delete", "Shift+Space"]
    for name, go in places.items():
        page.evaluate(go)
        for key in keys:
            press(page, key)
            if name in {"find", "picker", "help"}:
                page.evaluate(go)
        left = page.evaluate("() => heard.map(([key]) => key)")
        assert set(left) <= {"Control", "Alt"}, name
        press(page, "Escape", "Escape", "Escape", "Escape")
        page.evaluate("() => heard.length = 0")
    focus(page)
    press(page, "Control+s")
    assert page.evaluate("() => heard.at(-1)") == ["s", True, False]
    settled(page)
    assert page.evaluate("() => views[0].host.hasAttribute('data-lm-suppress-shortcuts')")


def test_escape_gives_the_focus_back(page):
    page.evaluate(
        "() => { globalThis.left = 0; document.addEventListener('cx-leave', () => left += 1); }"
    )
    press(page, "?", "Escape", "Control+f", "Escape", "/", "Escape")
    assert page.evaluate("() => left") == 0
    press(page, "Escape")
    assert page.evaluate("() => left") == 0, "pressed once too often"
    page.wait_for_timeout(750)
    press(page, "Escape")
    assert page.evaluate("() => left") == 1
    assert page.evaluate("() => views[0].host.shadowRoot.activeElement") is None


def test_the_focus_given_back_to_the_host_goes_where_it_was(page):
    for element in (".cx-row[tabindex='0']", ".cx-transcript", ".cx-top button"):
        found = page.evaluate(
            """(selector) => {
              const {host} = views[0];
              const inside = host.shadowRoot.querySelector(selector);
              inside.focus();
              document.activeElement.blur();
              inside.blur();
              const gone = host.shadowRoot.activeElement;
              host.focus();
              return [gone, host.shadowRoot.activeElement === inside]; }""",
            element,
        )
        assert found == [None, True]


def test_the_buttons_of_the_memo_are_on_the_screen(page):
    press(page, "w", "1", "2", "3", "4", "m")
    page.wait_for_function(
        """() => {
          const {element} = views[0].coder.panel.memo;
          const box = element.parentElement.getBoundingClientRect();
          return [...element.querySelectorAll("button")].every((one) =>
            one.getBoundingClientRect().bottom <= box.bottom + 1); }""",
        timeout=3000,
    )
    press(page, "Escape")


def test_escape_closes_the_popup_first(page):
    page.evaluate(
        """() => { globalThis.left = 0; document.addEventListener('cx-leave', () => left += 1);
          views[0].coder.popup.element.hidden = false; }"""
    )
    press(page, "Escape")
    assert page.evaluate("() => [left, views[0].coder.popup.element.hidden]") == [0, True]
    page.wait_for_timeout(750)
    press(page, "Escape")
    assert page.evaluate("() => left") == 1


KEY = """([key, code, more]) => views[0].coder.root.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", {key, code, bubbles: true, composed: true, cancelable: true,
    ...more}))"""


def test_composition_never_codes_and_full_width_digits_do(page):
    press(page, "w")
    page.evaluate(KEY, ["Process", "Digit1", {"keyCode": 229}])
    page.evaluate(KEY, ["1", "Digit1", {"isComposing": True}])
    assert codings(page) == []
    page.evaluate(KEY, ["１", "Digit1", {}])
    page.evaluate(KEY, ["ㅕ", "KeyU", {}])
    assert codings(page) == [["How", "goal", True, ""]]
    page.evaluate(KEY, ["。", "Period", {}])
    page.evaluate(KEY, ["・", "Slash", {}])
    assert page.evaluate("() => views[0].coder.picker.isOpen")
    page.evaluate(KEY, ["Enter", "Enter", {"isComposing": True, "keyCode": 229}])
    assert len(codings(page)) == 1, "the same code again is not given twice"
    client = page.context.new_cdp_session(page)
    client.send(
        "Input.imeSetComposition", {"text": "しんらい", "selectionStart": 4, "selectionEnd": 4}
    )
    page.evaluate(KEY, ["Enter", "Enter", {"isComposing": True, "keyCode": 229}])
    assert page.evaluate("() => views[0].coder.picker.isOpen")
    client.send("Input.insertText", {"text": "信頼"})
    press(page, "Enter")
    assert words(page)[-1] == ("How", "信頼")


def test_other_keyboards(page):
    chord = "([key, code, more]) => cx.chordOf({key, code, shiftKey: false, ...more})"
    for key, code, more, expected in (
        ("&", "Digit1", {}, "1"),
        ("1", "Numpad1", {}, "1"),
        ("End", "Numpad1", {}, "End"),
        ("/", "Digit7", {"shiftKey": True}, "/"),
        ("?", "Minus", {"shiftKey": True}, "?"),
        ("ㅓ", "KeyJ", {}, "j"),
        ("ㄱ", "KeyR", {}, "r"),
        ("ㅖ", "KeyP", {"shiftKey": True}, "Shift+p"),
        ("P", "KeyP", {"shiftKey": True}, "Shift+p"),
        ("P", "KeyP", {}, "p"),
        ("Z", "KeyZ", {"shiftKey": True, "ctrlKey": True}, "Ctrl+Shift+z"),
        ("z", "KeyZ", {"metaKey": True}, "Ctrl+z"),
        ("！", "Digit1", {"shiftKey": True}, "!"),
        ("w", "KeyW", {"altKey": True}, ""),
    ):
        assert page.evaluate(chord, [key, code, more]) == expected, (key, code, more)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_axe_finds_nothing(browser, dark):
    page = coder_page(browser, dark=dark)
    mount(page, documents=["Kim", "Lee"])
    focus(page)
    place(page, "I wanted")
    press(page, "s", *"12345", "u", "l", "Control+f")
    page.keyboard.insert_text("the")
    settled(page)
    findings = []
    for keys in ([], ["Escape", "?"], ["Escape", "m"], ["Escape", "/"]):
        press(page, *keys)
        settled(page)
        results = Axe().run(page)
        findings += [
            (one["id"], node["html"][:150], node["failureSummary"][:300])
            for one in results.response["violations"]
            if one["id"] not in {"landmark-one-main", "page-has-heading-one", "region"}
            for node in one["nodes"]
        ]
    assert findings == []
    page.close()


def test_the_tree_of_screen_readers(page):
    place(page, "I wanted")
    press(page, "s", "1")
    settled(page)
    snapshot = page.locator("main").aria_snapshot()
    for line in (
        'region "Coding an interview"',
        'feed "Kim"',
        'article "Aoki, turn 2 of 6"',
        "Codes: goal",
        'tree "Codes"',
        'treeitem "goal',
        "status",
    ):
        assert line in snapshot, snapshot


def test_the_live_region_is_written_now_and_then(page):
    page.evaluate(
        """() => { globalThis.written = []; const {node} = views[0].coder.live;
          new MutationObserver(() => written.push(performance.now())).observe(node,
            {characterData: true}); }"""
    )
    place(page, "I wanted")
    press(page, "s", *"123456789", *"uuuuuuuu", "x")
    page.wait_for_timeout(700)
    times = page.evaluate("() => written")
    assert 1 <= len(times) <= 4
    assert all(b - a > 280 for a, b in itertools.pairwise(times))
    assert page.evaluate("() => views[0].coder.live.node.data").strip() == said(page)


def test_nothing_is_markup(browser):
    page = coder_page(browser)
    evil = "<img src=x onerror=alert(1)>"
    mount(
        page,
        text=f"Q: {evil}\n\n",
        turns=[[3, 3 + len(evil), evil, evil, None, True]],
        units=[[3, 3 + len(evil)]],
        codes=[{"name": evil, "label": evil, "definition": evil, "theme": evil + "2"}],
        pinned=[evil],
        documents=[evil, "b"],
        coder=evil,
    )
    focus(page)
    press(page, "t", "1", "m")
    page.keyboard.insert_text(evil)
    press(page, "Control+Enter", "i", "/")
    settled(page)
    assert page.evaluate("() => views[0].host.shadowRoot.querySelectorAll('img').length") == 0
    assert "innerHTML" not in "".join(
        (FOLDER / f"{name}.js").read_text(encoding="utf-8") for name in ORDER
    )
    assert page.problems == []
    page.close()
