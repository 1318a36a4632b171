"""What is mounted of a long transcript, marks in it, and the line that stays first."""

import base64
from pathlib import Path

import matplotlib
import pytest

from tests.interviews.web.core_page import RAW, bare_page, codings, interview, show, units

pytestmark = pytest.mark.browser

FRAMES = "const frame = () => new Promise(requestAnimationFrame);"
FIRST = """(() => {
  const {top} = view.element.getBoundingClientRect();
  const offset = view.offsetAt(0, top);
  return [offset, view.rectOf(offset).top - top];
})()"""
ROUND = """() => {
  const {top} = view.element.getBoundingClientRect();
  const wrong = [];
  let n = 0;
  for (const {block, from} of view.mounted.values()) {
    const end = view.blocks.ends[block];
    for (let at = from[0]; at < end; at = cx.nextGrapheme(view.text, at, 1)) {
      const caret = view.rectOf(at);
      if (caret.top < top || caret.bottom > top + view.viewHeight) continue;
      n += 1;
      const found = view.offsetAt(caret.left + 0.5, (caret.top + caret.bottom) / 2);
      if (found !== at) wrong.push([at, found, view.text.slice(at - 2, at + 3)]);
    }
  }
  return [n, wrong];
}"""


@pytest.fixture(scope="module")
def tab(browser):
    page = bare_page(browser)
    yield page
    page.close()


@pytest.fixture
def page(tab):
    yield tab
    tab.evaluate("view.dispose()")
    assert tab.problems == []


def first_line(page):
    return page.evaluate(FIRST)


def settle(page):
    """Wait until the first line was noted after scrolling."""
    page.evaluate("new Promise((done) => setTimeout(done, 250))")


def test_only_blocks_near_what_is_seen_are_mounted(page):
    text, turns = interview(2_126)
    show(page, text, turns, codings(units(text), 5_000))
    n, mounted, marks, whole = page.evaluate(
        """() => [view.blocks.n, view.element.querySelectorAll("article").length,
          view.element.querySelectorAll("mark").length,
          [...view.mounted.values()].every(({block, words}) => words.textContent ===
            view.text.slice(view.blocks.starts[block], view.blocks.ends[block]))]"""
    )
    assert n >= 2_126
    assert mounted < 80
    assert marks > 20
    assert whole


@pytest.mark.parametrize("kind", ["interview", "raw"])
def test_the_caret_goes_there_and_back_over_every_grapheme_on_screen(page, kind):
    text, turns = interview(400) if kind == "interview" else ((RAW * 1_600)[:54_000], [])
    show(page, text, turns, codings(units(text), 1_000))
    for share in (0, 0.4, 1):
        page.evaluate("share => view.reveal(Math.floor(view.text.length * share))", share)
        n, wrong = page.evaluate(ROUND)
        assert n > 300
        assert wrong == []


def test_without_the_browsers_help_the_caret_is_found_as_well(page):
    text, turns = interview(10)
    show(page, text, turns, codings(units(text), 50))
    page.evaluate("""() => {
      globalThis.kept = document.caretPositionFromPoint;
      document.caretPositionFromPoint = undefined;
    }""")
    n, wrong = page.evaluate(ROUND)
    page.evaluate("() => { document.caretPositionFromPoint = globalThis.kept; }")
    assert n > 300
    # in the first half of what is wide the place before it, as rounding has it
    assert len(wrong) <= n / 100, wrong[:5]


def test_scrolling_up_into_text_never_measured_moves_nothing(page):
    text, turns = interview(1_200)
    show(page, text, turns, codings(units(text), 2_000))
    worst, corrected = page.evaluate(
        f"""async () => {{
          {FRAMES}
          view.heights.guess({{width: view.width / 3, font: 15, line: view.line, extra: 20}});
          view.unmount([...view.mounted.keys()]);
          view.element.scrollTop = view.heights.total * 0.7;
          view.render(true);
          await frame();
          let [worst, corrected] = [0, 0];
          for (let step = 0; step < 150; step += 1) {{
            const before = view.element.scrollTop;
            const block = view.heights.blockAt(before);
            const {{article}} = view.mounted.get(block);
            const {{top}} = article.getBoundingClientRect();
            view.element.scrollTop -= 200;
            await frame();
            await frame();
            if (Math.abs(before - 200 - view.element.scrollTop) > 1) corrected += 1;
            const moved = article.getBoundingClientRect().top - top;
            worst = Math.max(worst, Math.abs(moved - 200));
          }}
          return [worst, corrected];
        }}"""
    )
    assert corrected > 10, "every height was guessed rightly: nothing was tried"
    assert worst <= 1


def test_flings_leave_no_view_uncovered(page):
    text, turns = interview(1_200)
    show(page, text, turns)
    uncovered = page.evaluate(
        f"""async () => {{
          {FRAMES}
          let uncovered = 0;
          for (const by of [20000, -7000, 30000, -1e6, 1e6, -15000]) {{
            view.element.scrollTop += by;
            await frame();
            await frame();
            const box = view.element.getBoundingClientRect();
            const layer = view.layer.getBoundingClientRect();
            const last = view.high === view.blocks.n;
            if (layer.top > box.top + 1 || (layer.bottom < box.bottom - 1 && !last)) uncovered += 1;
          }}
          return uncovered;
        }}"""
    )
    assert uncovered == 0


def test_the_end_is_covered_though_every_guess_was_too_tall(page):
    text, turns = interview(1_200)
    show(page, text, turns)
    covered = page.evaluate("""() => {
      view.heights.guess({width: 100, font: 15, line: view.line, extra: 300});
      view.unmount([...view.mounted.keys()]);
      view.spacer.style.height = `${view.heights.total}px`;
      view.element.scrollTop = view.heights.total;
      view.render(true);
      const box = view.element.getBoundingClientRect();
      const layer = view.layer.getBoundingClientRect();
      return layer.top <= box.top && Math.abs(layer.bottom - box.bottom) < 1;
    }""")
    assert covered


def test_a_place_asked_for_while_there_is_no_size_is_shown_later(page):
    text, turns = interview()
    show(page, text, turns, height="0px")
    assert page.evaluate("view.mounted.size") == 0
    page.evaluate("at => view.select(at, at)", turns[200][0])
    page.evaluate("document.querySelector('#host').style.height = '400px'")
    settle(page)
    assert page.evaluate("view.mounted.has(200)")
    top, caret = page.evaluate("""[view.element.getBoundingClientRect().top,
      view.rectOf(view.selection.focus).top]""")
    assert top <= caret <= top + 400


def test_hidden_and_shown_again_the_same_line_is_first(page):
    text, turns = interview()
    show(page, text, turns)
    page.evaluate("view.reveal(9000)")
    settle(page)
    before = first_line(page)
    page.evaluate("document.querySelector('#host').style.display = 'none'")
    settle(page)
    assert page.evaluate("view.heights.known.some(Boolean)"), "heights were forgotten"
    page.evaluate("document.querySelector('#host').style.display = ''")
    settle(page)
    assert first_line(page) == pytest.approx(before, abs=1)


@pytest.mark.parametrize("pause", [True, False])
def test_detached_and_attached_again_the_same_line_is_first(page, pause):
    text, turns = interview()
    show(page, text, turns)
    page.evaluate("view.reveal(9000)")
    settle(page)
    before = first_line(page)
    page.evaluate(
        f"""async (pause) => {{
          {FRAMES}
          const host = document.querySelector("#host");
          const place = document.createElement("div");
          host.replaceWith(place);
          if (pause) for (let n = 0; n < 5; n += 1) await frame();
          place.replaceWith(host);
        }}""",
        pause,
    )
    settle(page)
    assert first_line(page) == pytest.approx(before, abs=1)


def test_a_new_width_keeps_the_first_line_and_the_old_one_brings_it_back(page):
    text, turns = interview()
    show(page, text, turns)
    page.evaluate("view.reveal(9000)")
    settle(page)
    before, _ = first_line(page)
    for width in ("520px", "700px", "610px", "430px", "900px"):
        page.evaluate("width => { document.querySelector('#host').style.width = width; }", width)
        settle(page)
        offset, _ = first_line(page)
        line = page.evaluate("at => view.rectOf(at).top", before)
        assert abs(line - page.evaluate("at => view.rectOf(at).top", offset)) < 1, width


def test_a_font_that_comes_late_keeps_the_first_line(page):
    font = Path(matplotlib.get_data_path(), "fonts/ttf/DejaVuSansMono.ttf").read_bytes()
    text, turns = interview()
    show(page, text, turns)
    page.evaluate("""() => {
      view.element.style.fontFamily = "late, serif";
      view.refresh();
      view.reveal(9000);
    }""")
    settle(page)
    before, _ = first_line(page)
    height = page.evaluate("view.heights.total")
    page.evaluate(
        """async (data) => {
          const font = new FontFace("late", `url(data:font/ttf;base64,${data})`);
          document.fonts.add(font);
          await font.load();
        }""",
        base64.b64encode(font).decode(),
    )
    settle(page)
    assert page.evaluate("view.heights.total") != height
    offset, _ = first_line(page)
    line = page.evaluate("at => view.rectOf(at).top", before)
    assert abs(line - page.evaluate("at => view.rectOf(at).top", offset)) < 1


def test_what_is_done_together_draws_a_block_once(page):
    show(page, "One two three. " * 3, [])
    found = page.evaluate("""() => {
      const paint = view.paint.bind(view);
      const painted = [];
      view.paint = (drawn) => painted.push(drawn.block) && paint(drawn);
      const marks = () => view.element.querySelectorAll("mark").length;
      const add = (id, start) =>
        view.addSpan({id, start, end: start + 3, className: id, title: id});
      const within = view.together(() => {
        add("a", 0);
        view.together(() => add("b", 4));
        return marks();
      });
      const done = [within, marks(), [...painted]];
      try {
        view.together(() => { add("c", 8); throw new Error("no"); });
      } catch { /* what was changed before is drawn */ }
      return [...done, marks(), painted.length];
    }""")
    assert found == [0, 2, [0], 3, 2]


def test_marks_are_nested_and_follow_what_is_added_and_removed(page):
    show(page, "One two three. " * 3, [])
    drawn = """() => [...view.element.querySelectorAll("mark")].map((mark) =>
      [mark.className, mark.title, mark.textContent, mark.parentNode.localName])"""
    page.evaluate("""() => {
      view.addSpan({id: "a", start: 0, end: 7, className: "a", title: "A"});
      view.addSpan({id: "b", start: 4, end: 7, className: "b", title: "B"});
    }""")
    assert page.evaluate(drawn) == [
        ["a", "A", "One ", "div"],
        ["a", "A", "two", "div"],
        ["b", "B", "two", "mark"],
    ]
    assert page.evaluate("[view.spansAt(5), view.spansAt(0), view.spansAt(7)]") == [
        ["b", "a"],
        ["a"],
        [],
    ]
    assert page.evaluate("view.element.querySelector('.cx-hidden').textContent") == "A, B"
    page.evaluate("""() => {
      view.addSpan({id: "b", start: 8, end: 13, className: "b", title: "B"});
      view.removeSpan("a");
      view.removeSpan("a");
    }""")
    assert page.evaluate(drawn) == [["b", "B", "three", "div"]]


def test_marks_of_customers_words_are_text(page):
    """Nothing of a transcript, a title or a name becomes markup."""
    evil = "<img src=x onerror='throw 1'>"
    show(
        page,
        evil,
        [],
        [{"id": evil, "start": 0, "end": 20, "className": "a", "title": evil}],
        name=evil,
    )
    assert page.evaluate("view.element.querySelectorAll('img').length") == 0
    assert page.evaluate("view.element.querySelector('.cx-words').textContent") == evil


def test_hits_are_drawn_in_what_is_mounted(page):
    text, turns = interview(1_000)
    show(page, text, turns)
    page.evaluate("view.setHits(new cx.Finder(view.text, []).search('e'), 2)")
    sizes = """["selection", "hits", "hit"].map((layer) =>
      CSS.highlights.get(view.overlay.names[layer]).size)"""
    selection, hits, hit = page.evaluate(sizes)
    assert (selection, hit) == (0, 1)
    assert 20 < hits < 1_500
    page.evaluate("view.select(0, view.text.length)")
    assert page.evaluate(sizes)[0] == page.evaluate("view.mounted.size")
    page.evaluate("view.setHits([])")
    assert page.evaluate(sizes)[1:] == [0, 0]


def test_a_view_leaves_nothing_behind(page):
    show(page, "Some words.", [])
    before = page.evaluate("CSS.highlights.size")
    page.evaluate("view.dispose()")
    assert page.evaluate("CSS.highlights.size") == before - 3
    assert page.evaluate("document.querySelector('#host').shadowRoot.children.length") == 1
