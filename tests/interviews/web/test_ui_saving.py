"""What the widget says and keeps while the kernel does not answer."""

import json

import pytest

from tests.interviews.web.by_hand import (
    again,
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


def saved(page, view=-1):
    settled(page)
    return page.evaluate("(n) => views.at(n).coder.saved.data", view)


def fault(page, name):
    page.evaluate("(name) => { views.at(-1).line.fault = name; }", name)


def later(page, milliseconds):
    """Let time pass for the views without waiting for it."""
    page.evaluate(
        """(more) => { globalThis.passed = (globalThis.passed ?? 0) + more;
          views.forEach(({coder: {session}}) => {
            session.now = () => Date.now() + passed;
            session.stores.forEach((store) => { store.now = session.now; });
            session.tick(); }); }""",
        milliseconds,
    )
    settled(page)


def test_a_gone_kernel_is_told_at_once_and_the_changes_come_after_it(page):
    assert saved(page) == "All saved"
    fault(page, "throw")
    press(page, "w", "1", "2")
    assert saved(page).startswith("2 not saved: the kernel is gone")
    assert codings(page) == []
    again(page)
    assert words(page) == [("How", "goal"), ("How", "obstacle")]
    assert saved(page) == "All saved"
    assert "not saved: 2" in said(page)
    again(page)
    assert len(words(page)) == 2, "they are not made twice"
    press(page, "Control+z")
    assert words(page) == [("How", "goal")], "taking back reaches over the restart"


def test_silence_is_told_after_three_seconds(page):
    fault(page, "drop")
    press(page, "w", "1")
    assert saved(page) == "Saving 1"
    later(page, 3100)
    assert saved(page) == "1 not saved yet: waiting for the kernel"
    fault(page, "none")
    later(page, 3100)
    assert saved(page) == "All saved"
    assert words(page) == [("How", "goal")]


def test_a_full_disk_is_told_and_tried_again(page):
    page.evaluate("() => { kernel.refuses = {key: 'disk', reason: 'the disk is full'}; }")
    press(page, "w", "1")
    assert saved(page) == "1 not saved: the disk is full"
    assert "disk is full" in said(page)
    page.evaluate("() => { kernel.refuses = null; }")
    later(page, 3100)
    assert saved(page) == "All saved"
    assert words(page) == [("How", "goal")]


@pytest.mark.parametrize("key", ["disk", "replaced", "range"])
def test_what_is_refused_in_one_view_is_told_in_that_view_alone(page, key):
    mount(page)
    page.evaluate("(key) => { kernel.refuses = {key, reason: 'it cannot be'}; }", key)
    press(page, "w", "1")
    assert "it cannot be" in saved(page, 0)
    assert saved(page, 1) == "All saved"
    page.evaluate("() => { kernel.refuses = null; }")
    later(page, 3100)
    press(page, "ArrowRight")
    later(page, 5100)
    assert [saved(page, 0), saved(page, 1)] == ["All saved"] * 2


def test_what_is_refused_for_good_is_taken_back(page):
    press(page, "w", "1")
    page.evaluate("() => { kernel.refuses = {key: 'range', reason: 'no such place'}; }")
    press(page, "2")
    assert "no such place" in said(page)
    assert saved(page) == "Not saved: no such place", "what follows does not hide it"
    later(page, 5100)
    assert saved(page) == "Not saved: no such place", "until something else is done"
    press(page, "ArrowRight")
    later(page, 500)
    assert saved(page) == "All saved"
    assert page.evaluate("() => views[0].coder.state.sorted().map(({code}) => code)") == ["goal"]
    assert page.evaluate("() => views[0].coder.state.stacks.done.length") == 1


def test_what_was_done_again_and_undone_before_a_reload_can_be_done_again(page):
    """The kernel tells the step; what waits was made on it, and goes on from it at once."""
    next_redo = page.evaluate(
        """() => {
          const state = new cx.CodingState("Aki");
          const undo = {done: [], undone: [{undo: "u1", step: ["a"]}]};
          const told = {codings: [], codes: [], pinned: [], units: [], readTo: 0, memo: "", undo};
          state.load(told);
          state.apply({op: "undo", op_id: "again", undoes: "u1"}, {pending: true});
          const back = state.nextUndo();
          state.apply({op: "undo", op_id: "u2", undoes: back}, {pending: true});
          return [back, state.nextRedo()]; }"""
    )
    assert next_redo == [["a"], ["u2"]]


def test_no_words_of_the_transcript_are_kept(page):
    fault(page, "throw")
    place(page, "hard to read")
    press(page, "w", "w", "w", "i", "u", ".")
    place(page, "two weeks")
    press(page, "w", "w", ".", "m")
    page.keyboard.insert_text("my own words")
    press(page, "Control+Enter")
    kept = page.evaluate("() => [...storage.map.entries()]")
    assert len(kept) == 1
    for part in ("hard", "two", "week", "read."):
        assert part not in json.dumps(kept)
    assert "my own words" in json.dumps(kept)
    again(page)
    assert codings(page) == [
        ["hard to read", "hard to read", True, ""],
        ["two weeks", "hard to read", False, "my own words"],
    ]
    assert page.evaluate("() => storage.length") == 0


def test_another_text_does_not_get_the_changes_of_this_one(page):
    fault(page, "throw")
    press(page, "w", "1")
    page.evaluate(
        """() => { const old = kernel.document; kernel.document = (message) => {
          const answer = old.call(kernel, message); answer[0].sha256 = "other";
          return answer; }; }"""
    )
    again(page)
    assert codings(page) == []
    assert "another text" in said(page)
    assert page.evaluate("() => storage.length") == 1


def test_storage_that_is_full_is_told(page):
    fault(page, "drop")
    page.evaluate("() => { storage.setItem = () => { throw new Error('quota'); }; }")
    press(page, "w", "1")
    assert "cannot keep" in saved(page)


def test_two_views_stay_in_step(page):
    mount(page)
    focus(page)
    press(page, "w", "1")
    settled(page)
    counts = "() => views.map(({coder}) => coder.state.sorted().length)"
    assert page.evaluate(counts) == [1, 1]
    focus(page, 0)
    press(page, "Control+z")
    settled(page)
    assert page.evaluate(counts) == [0, 0]
    focus(page)
    press(page, "Control+Shift+z")
    settled(page)
    assert page.evaluate(counts) == [1, 1]
    fault(page, "deaf")
    focus(page, 0)
    press(page, "w", "2")
    fault(page, "none")
    later(page, 21000)
    n = page.evaluate("() => kernel.state().codings.size")
    assert page.evaluate(counts) == [n, n] == [2, 2]


def test_without_the_last_ops_the_kernel_is_asked_what_stands(page):
    page.evaluate("() => { kernel.tail = 0; }")
    press(page, "w", "1", "u")
    again(page)
    opened = page.evaluate("() => kernel.opened")
    press(page, "Control+z")
    settled(page)
    assert page.evaluate("() => kernel.opened") == opened + 1
    assert page.evaluate("() => views[0].coder.state.sorted()[0].uncertain") is False
    press(page, "Control+z", "Control+z")
    settled(page)
    assert codings(page) == []
    press(page, "Control+Shift+z", "Control+Shift+z")
    settled(page)
    assert codings(page) == [["How", "goal", True, ""]]


def test_a_replaced_file_is_read_again_in_place(page):
    place(page, "weekly")
    press(page, "w", "1")
    settled(page)
    page.evaluate("() => { kernel.journal = 'fedcba9876543210'; }")
    press(page, "2")
    settled(page)
    assert words(page) == [("weekly", "goal"), ("weekly", "obstacle")]
    assert selected(page) == "weekly"
    assert saved(page) == "All saved"
    assert page.evaluate("() => storage.length") == 0


def test_the_document_is_asked_for_until_it_comes(browser):
    page = coder_page(browser)
    page.evaluate("() => { globalThis.muted = true; }")
    page.evaluate(
        """() => { const old = FakeKernel.prototype.take; FakeKernel.prototype.take =
          function (...args) { if (!muted) old.apply(this, args); }; }"""
    )
    mount(page)
    assert page.evaluate("() => views[0].coder.transcript") is None
    page.evaluate("() => { muted = false; }")
    later(page, 3100)
    assert page.evaluate("() => Boolean(views[0].coder.transcript)")
    page.close()


def test_an_open_that_is_refused_is_told(browser):
    page = coder_page(browser)
    page.evaluate(
        """() => { FakeKernel.prototype.take = function (line) {
          this.tell(line, {kind: "refused", reason: "no such interview", key: "document"}); }; }"""
    )
    mount(page)
    assert page.evaluate("() => views[0].coder.frame.textContent") == "no such interview"
    assert page.problems == []
    page.close()


def test_an_op_refused_again_and_again_does_not_spin(page):
    page.evaluate("() => { kernel.refuses = {key: 'replaced', reason: 'the file is another'}; }")
    opened = page.evaluate("() => kernel.opened")
    press(page, "w", "1", "2", "3")
    page.wait_for_timeout(200)
    assert page.evaluate("() => kernel.opened") - opened <= 1
    assert saved(page) == "3 not saved: the file is another"


def test_a_view_shown_later_begins_where_she_stopped(browser):
    page = coder_page(browser)
    mount(page, times=12)
    focus(page)
    press(page, "Control+End", "x")
    settled(page)
    page.evaluate("() => { document.querySelector('main').style.display = 'none'; }")
    again(page)
    page.evaluate("() => { document.querySelector('main').style.display = ''; }")
    page.wait_for_timeout(100)
    where = """() => { const {element, selection} = views[0].coder.transcript;
      const rect = views[0].coder.transcript.rectOf(selection.focus, true);
      const box = element.getBoundingClientRect();
      return rect && rect.top >= box.top && rect.bottom <= box.bottom; }"""
    assert page.evaluate(where)
    assert page.problems == []
    page.close()


def test_the_glue_of_jupyter(browser):
    page = coder_page(browser)
    mount(page)
    result = page.evaluate(
        """async () => {
          const line = kernel.wire();
          const heard = new Set();
          line.onMessage((message, buffers) => heard.forEach((one) => one(message, buffers)));
          const model = {send: (message) => line.send(message), get: () => [],
            on: (name, act) => heard.add(act), off: (name, act) => heard.delete(act)};
          const cell = document.createElement("div");
          cell.className = "jp-Cell";
          cell.tabIndex = -1;
          const el = document.createElement("div");
          cell.append(el);
          document.body.append(cell);
          const end = cx.glue.render({model, el});
          await new Promise((done) => setTimeout(done, 50));
          const {shadowRoot} = el.firstChild;
          const isShown = Boolean(shadowRoot.querySelector("[role=feed]"));
          shadowRoot.querySelector("[role=feed]").focus();
          shadowRoot.querySelector("[role=feed]").dispatchEvent(new KeyboardEvent("keydown",
            {key: "Escape", bubbles: true, composed: true}));
          const isBack = document.activeElement === cell;
          end();
          return [isShown, isBack, heard.size, el.children.length]; }"""
    )
    assert result == [True, True, 0, 0]
    assert page.problems == []
    page.close()


def several(browser, **options):
    page = coder_page(browser)
    mount(page, documents=["Kim", "Lee", "Roh"], **options)
    focus(page)
    return page


def listed(page):
    return page.evaluate("() => [...views.at(-1).coder.documents.options].map(({text}) => text)")


def test_changes_that_wait_for_other_interviews_are_sent_and_counted(browser):
    page = several(browser)
    choose(page, "Lee")
    focus(page)
    fault(page, "throw")
    place(page, "hard to read")
    press(page, "w", "w", "w", "i", "u")
    n = page.evaluate("() => views[0].coder.session.store.pending.length")
    page.evaluate("() => storage.removeItem('cx-coder-last:0123456789abcdef:Aki')")
    page.evaluate(
        """() => { globalThis.real = FakeKernel.prototype.take;
          FakeKernel.prototype.take = function (line, message) {
            if (message.kind !== "open" || !message.view.endsWith("~"))
              real.call(this, line, message); }; }"""
    )
    again(page)
    assert page.evaluate("() => views[0].coder.document") == "Kim"
    assert saved(page) == f"Saving {n}"
    assert listed(page) == ["Kim", f"Lee, not saved: {n}", "Roh"]
    assert codings(page) == []
    page.evaluate("() => { FakeKernel.prototype.take = real; }")
    later(page, 3100)
    assert codings(page) == [["hard to read", "hard to read", True, ""]]
    assert saved(page) == "All saved"
    assert said(page) == f"Changes on “Lee” that were not saved: {n}. They are sent now."
    assert listed(page) == ["Kim", "Lee", "Roh"]
    assert page.evaluate("() => kernel.log.at(-1).document ?? kernel.log[1].document") == "Lee"
    assert page.evaluate("() => [...storage.map.keys()].map((key) => key.split(':')[0])") == [
        "cx-coder-last"
    ]
    assert page.problems == []
    page.close()


def test_changes_for_another_text_of_other_interviews_are_told(browser):
    page = several(browser)
    choose(page, "Lee")
    focus(page)
    fault(page, "throw")
    press(page, "w", "1")
    page.evaluate(
        """() => { const old = kernel.document; kernel.document = (message) => {
          const answer = old.call(kernel, message); answer[0].chosen = true;
          answer[0].documents[1].sha256 = "other"; return answer; }; }"""
    )
    again(page)
    assert said(page).startswith("Changes made on another text of “Lee”")
    assert codings(page) == []
    assert page.problems == []
    page.close()


def test_the_interview_shown_last_is_shown_again_where_none_was_named(browser):
    page = several(browser)
    choose(page, "Roh")
    shown = "() => views[0].coder.document"
    again(page)
    assert page.evaluate(shown) == "Roh"
    page.evaluate("() => { kernel.chosen = true; }")
    again(page)
    assert page.evaluate(shown) == "Kim"
    assert page.problems == []
    page.close()


def test_the_list_names_what_is_shown_while_the_kernel_is_silent(browser):
    page = several(browser)
    fault(page, "drop")
    choose(page, "Lee")
    assert page.evaluate("() => views[0].coder.documents.value") == "Kim"
    later(page, 3100)
    assert said(page).startswith("The kernel does not answer.")
    assert saved(page) == "All saved, but the kernel does not answer"
    fault(page, "none")
    later(page, 3100)
    assert page.evaluate("() => views[0].coder.documents.value") == "Lee"
    assert saved(page) == "All saved"
    fault(page, "throw")
    choose(page, "Kim")
    assert said(page).startswith("The kernel does not answer.")
    assert page.evaluate("() => views[0].coder.documents.value") == "Lee"
    assert page.problems == []
    page.close()


def test_a_silent_kernel_is_told_though_nothing_was_changed(page):
    fault(page, "drop")
    later(page, 20100)
    later(page, 3100)
    assert said(page).startswith("The kernel does not answer.")
    fault(page, "none")
    later(page, 20100)
    assert saved(page) == "All saved"


def test_a_deleted_file_is_told_as_deleted(page):
    page.evaluate(
        "() => { const [{line}] = views; kernel.tell(line, {kind: 'changed', gone: true}); }"
    )
    assert said(page).startswith("The file of your codings was deleted, and a new one is begun.")
    page.evaluate(
        """() => { const [{line}] = views; kernel.tell(line, {kind: "refused", op_id: null,
          key: "gone", reason: "it was deleted"}); }"""
    )
    assert saved(page) == "Not saved: it was deleted"
