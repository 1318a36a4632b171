"""Mouse, keys and moves -> the selection of the widget's transcript, in a browser."""

import pytest

from tests.interviews.web.core_page import RAW, bare_page, interview, show

pytestmark = pytest.mark.browser

MIDDLE = "at => { const {left, top, height} = view.rectOf(at); return [left, top + height / 2]; }"
SELECTED = "[view.selection.anchor, view.selection.focus]"


@pytest.fixture(scope="module")
def tab(browser):
    page = bare_page(browser)
    yield page
    page.close()


@pytest.fixture
def page(tab):
    yield tab
    tab.mouse.up()
    tab.evaluate("view.dispose()")
    assert tab.problems == []


def place(page, at):
    """Return the point of the window where the caret at an offset stands."""
    return page.evaluate(MIDDLE, at)


def edge(page, at):
    """Return the first grapheme edge after an offset."""
    return page.evaluate("at => cx.nextGrapheme(view.text, at, 1)", at)


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end)
    page.mouse.up()


def selected(page):
    return page.evaluate(SELECTED)


def chosen(page):
    return page.evaluate("view.text.slice(view.selection.start, view.selection.end)")


def copied(page):
    """Press Ctrl+C and return what the event was given."""
    page.evaluate("""() => {
      globalThis.copied = null;
      document.addEventListener("copy", (event) => {
        globalThis.copied = event.clipboardData.getData("text/plain");
      }, {once: true});
    }""")
    page.keyboard.press("Control+c")
    return page.evaluate("copied")


def test_a_drag_selects_what_lies_between_and_back(page):
    text, turns = interview()
    show(page, text, turns)
    start, end = edge(page, turns[1][0] + 3), edge(page, turns[4][0] + 2)
    drag(page, place(page, start), place(page, end))
    assert selected(page) == [start, end]
    assert page.evaluate("view.element.matches(':focus')")
    assert page.evaluate("selected.at(-1)") == [start, end]
    drag(page, place(page, end), place(page, start))
    assert selected(page) == [end, start]
    assert page.evaluate("getSelection().isCollapsed")
    x, y = place(page, start)
    page.mouse.click(x, y)
    assert selected(page) == [start, start]


def test_a_drag_that_begins_on_the_name_or_in_the_margin_is_clipped_to_text(page):
    text, turns = interview()
    show(page, text, turns)
    _, y = place(page, turns[2][0])
    left, right = page.evaluate("""() => {
      const box = view.element.getBoundingClientRect();
      return [box.left + 3, box.left + view.element.clientWidth - 3];
    }""")
    last = edge(page, turns[3][0])
    drag(page, (left, y), place(page, last))
    assert selected(page) == [turns[2][0], last]
    drag(page, (right, place(page, turns[0][0])[1]), (left, y))
    anchor, focus = selected(page)
    assert turns[0][0] < anchor <= turns[0][1]
    assert focus == turns[2][0]


def test_a_drag_scrolls_past_its_start(page):
    text, turns = interview(1_000)
    show(page, text, turns)
    start = edge(page, turns[1][0])
    page.mouse.move(*place(page, start))
    page.mouse.down()
    page.mouse.move(400, 500)
    page.mouse.move(400, 745)
    page.wait_for_function("view.element.scrollTop > 4000 && !view.mounted.has(1)", timeout=20_000)
    page.mouse.move(400, 300)
    page.mouse.up()
    anchor, focus = selected(page)
    assert anchor == start
    assert focus == page.evaluate("view.offsetAt(400, 300)")
    assert copied(page) == chosen(page)


def test_shift_and_click_far_away_and_copy_are_exact(page):
    text, turns = interview(2_000)
    show(page, text, turns)
    start = edge(page, turns[1][0])
    page.mouse.click(*place(page, start))
    far = next(turn[0] for turn in turns if turn[0] > start + 100_000)
    page.evaluate("at => view.reveal(at)", far)
    page.keyboard.down("Shift")
    page.mouse.click(*place(page, far))
    page.keyboard.up("Shift")
    assert selected(page) == [start, far]
    assert copied(page) == text.encode("utf-16-le")[2 * start : 2 * far].decode("utf-16-le")


def test_the_whole_document_is_selected_and_copied(page):
    text, turns = interview(2_000)
    show(page, text, turns)
    page.evaluate("""() => {
      view.element.focus();
      view.move("document", -1);
      view.move("document", 1, {extend: true});
    }""")
    assert selected(page) == [turns[0][0], turns[-1][1]]
    whole = text.encode("utf-16-le")[2 * turns[0][0] : 2 * turns[-1][1]].decode("utf-16-le")
    assert copied(page) == whole
    box = page.evaluate("[view.rectOf(view.selection.focus, true).bottom, view.viewHeight + 20]")
    assert box[0] <= box[1]


@pytest.mark.parametrize(
    ("lang", "text", "at", "word", "sentence"),
    [
        ("en", "It broke. I don't know why! Next.", 14, "don't", "I don't know why!"),
        ("ja", "困りました。吉野家に行きました。次です。", 7, "吉野家", "吉野家に行きました。"),
        ("ko", "늦었어요. 배송이 정말 늦었어요. 네.", 11, "정말", "배송이 정말 늦었어요."),
    ],
)
def test_two_clicks_take_a_word_and_three_a_sentence(page, lang, text, at, word, sentence):
    show(page, text, [], lang=lang)
    x, y = place(page, at)
    page.mouse.dblclick(x + 2, y)
    assert chosen(page) in word
    assert len(chosen(page)) > 1
    page.mouse.click(x + 2, y, click_count=3)
    assert chosen(page) == sentence
    page.mouse.click(x + 2, y, click_count=4)
    assert chosen(page) == text


def test_a_drag_after_two_clicks_goes_on_by_words(page):
    show(page, "one two three four five", [], lang="en")
    page.mouse.move(*place(page, 10))
    page.mouse.down()
    page.mouse.up()
    page.mouse.down(click_count=2)
    page.mouse.move(*place(page, 16))
    page.mouse.move(*place(page, 15))
    page.mouse.up()
    assert chosen(page) == "three four"
    page.mouse.down(click_count=2)
    page.mouse.move(*place(page, 6))
    page.mouse.move(*place(page, 5))
    page.mouse.up()
    assert chosen(page) == "two three four"
    assert selected(page)[0] > selected(page)[1]


@pytest.mark.parametrize("kind", ["interview", "raw"])
@pytest.mark.parametrize("extend", [False, True])
def test_moves_go_on_and_come_back(page, kind, extend):
    text, turns = interview(300) if kind == "interview" else ((RAW * 800)[:30_000], [])
    show(page, text, turns)
    steps = {"character": 900, "word": 200, "sentence": 60, "line": 150, "turn": 40, "page": 8}
    lost = page.evaluate(
        """([steps, extend]) => {
          const lost = [];
          for (const [unit, n] of Object.entries(steps)) {
            const begin = view.blocks.starts[Math.min(20, view.blocks.n - 1)] + 5;
            view.select(begin, begin);
            for (const direction of [1, -1]) {
              for (let step = 0; step < n; step += 1) {
                const {focus} = view.selection;
                view.move(unit, direction, {extend});
                const now = view.selection;
                const {top} = view.element.getBoundingClientRect();
                const box = view.rectOf(now.focus, now.focus > now.anchor);
                const seen = box && box.top >= top && box.bottom <= top + view.viewHeight;
                const goes = Math.sign(now.focus - focus) === direction;
                const edge = [view.blocks.starts[0], view.blocks.ends[view.blocks.n - 1]];
                const atEdge = now.focus === focus && edge.includes(focus);
                const held = now.anchor === (extend ? begin : now.focus);
                if (!seen || !(goes || atEdge) || !held || !cx.isEdge(view.text, now.focus)) {
                  lost.push([unit, direction, step, focus, now.focus, seen]);
                }
              }
            }
          }
          return lost;
        }""",
        [steps, extend],
    )
    assert lost == []


def test_as_many_steps_back_as_forth_lead_to_the_same_place(page):
    text, turns = interview(600)
    show(page, text, turns)
    begin, there, back, split = page.evaluate(
        """() => {
          const begin = view.blocks.starts[3];
          let split = 0;
          view.select(begin, begin);
          for (let step = 0; step < 20000; step += 1) {
            view.move("character", 1);
            if (/^[\\udc00-\\udfff]/.test(view.text[view.selection.focus] ?? "")) split += 1;
          }
          const there = view.selection.focus;
          for (let step = 0; step < 20000; step += 1) view.move("character", -1);
          return [begin, there, view.selection.focus, split];
        }"""
    )
    assert split == 0
    assert there > begin + 20_000
    assert back == begin


def test_lines_keep_their_column(page):
    show(page, "word " * 400, [])
    columns = page.evaluate("""() => {
      view.select(2, 2);
      view.move("line", 1);
      const {left} = view.rectOf(view.selection.focus);
      return Array.from({length: 12}, () => {
        view.move("line", 1);
        return Math.abs(view.rectOf(view.selection.focus).left - left);
      });
    }""")
    assert max(columns) < 12


def test_moves_without_extending_leave_a_selection_at_its_edge(page):
    show(page, "one two three", [])
    page.evaluate("view.select(4, 7); view.move('character', 1)")
    assert selected(page) == [7, 7]
    page.evaluate("view.select(4, 7); view.move('character', -1)")
    assert selected(page) == [4, 4]


def test_sentences_are_left_where_blanks_end_the_text(page):
    show(page, "  One. Two.  ", [], lang="en")
    page.evaluate("view.select(3, 3)")
    places = page.evaluate("""() => [1, 1, 1, 1, -1, -1, -1, -1].map((direction) => {
      view.move("sentence", direction);
      return view.selection.focus;
    })""")
    assert places == [6, 11, 13, 13, 7, 2, 0, 0]


def test_a_view_that_goes_during_a_drag_stops(page):
    text, turns = interview()
    show(page, text, turns)
    page.mouse.move(*place(page, turns[1][0]))
    page.mouse.down()
    page.mouse.move(400, 745)
    page.wait_for_function("view.element.scrollTop > 100")
    before = page.evaluate("view.dispose(), selected.length")
    page.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert page.evaluate("selected.length") == before


def test_units_grow_and_grow_again(page):
    text = "Ann: One two. Three four! Five.\nBo: Six seven."
    show(page, text, [[5, 31], [36, 46]], lang="en")
    grown = []
    page.evaluate("view.select(10, 10)")
    for unit in ("word", "word", "sentence", "sentence", "turn", "turn"):
        page.evaluate("unit => view.expand(unit)", unit)
        grown.append(chosen(page))
    assert grown == [
        "two",
        "two. Three",
        "One two. Three four!",
        "One two. Three four! Five.",
        "One two. Three four! Five.\nBo: Six seven.",
        "One two. Three four! Five.\nBo: Six seven.",
    ]


def test_without_highlights_the_browsers_selection_stands_for_them(page):
    text, turns = interview(50)
    show(page, text, turns, native=True)
    page.evaluate("() => { view.element.focus(); view.select(5, 8); view.setHits([[5, 8]], 0); }")
    start, end = turns[0][0], turns[2][1]
    page.evaluate("([end, start]) => view.select(end, start)", [end, start])
    said = "".join(page.evaluate("String(view.root.getSelection?.() ?? getSelection())").split())
    turn = page.evaluate("([start, end]) => view.text.slice(start, end)", turns[1])
    assert "".join(turn.split()) in said
    assert copied(page) == page.evaluate("([a, b]) => view.text.slice(a, b)", [start, end])
    assert page.evaluate("CSS.highlights.size") == 0


def test_a_tap_places_the_caret(browser):
    page = bare_page(browser, has_touch=True)
    show(page, "Some words to tap on.", [])
    page.touchscreen.tap(*place(page, 5))
    assert selected(page) == [5, 5]
    page.mouse.move(*place(page, 9))
    assert selected(page) == [5, 5]
    assert page.problems == []
    page.close()
