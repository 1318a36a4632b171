"""Whatever is done to a transcript in whatever order, what is drawn is what it should be."""

import pytest

from tests.interviews.web.core_page import RAW, bare_page, interview, show

pytestmark = pytest.mark.browser

RUN = """async ([seed, steps]) => {
  let state = seed;
  const chance = (n) => {  // mulberry32
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % n;
  };
  const frame = () => new Promise(requestAnimationFrame);
  const host = document.querySelector("#host");
  const {text, blocks} = view;
  const spans = new Map();
  let added = 0;
  const units = ["character", "word", "sentence", "line", "page", "turn", "document"];
  const acts = {
    scroll: () => { view.element.scrollTop += chance(6000) - 3000; },
    jump: () => { view.element.scrollTop = chance(view.element.scrollHeight); },
    reveal: () => view.reveal(chance(text.length)),
    select: () => view.select(chance(text.length), chance(text.length)),
    move: () => view.move(units[chance(7)], chance(2) ? 1 : -1, {extend: chance(2) > 0}),
    expand: () => view.expand(units[[1, 2, 5][chance(3)]]),
    add: () => {
      const start = chance(2) ? view.topOffset + chance(500) : chance(text.length - 1);
      const end = Math.min(text.length, start + 1 + chance(chance(2) ? 40 : 3000));
      const span = {id: `a${added++ % 60}`, start, end};
      Object.assign(span, {className: `c${chance(2)}`, title: `code ${chance(2)}`});
      if (start >= end) return;
      spans.set(span.id, span);
      view.addSpan(span);
    },
    dress: () => {
      if (!spans.size) return;
      const old = [...spans.values()][chance(spans.size)];
      const span = {...old, className: `c${chance(3)}`, title: `code ${chance(3)}`};
      spans.set(span.id, span);
      view.addSpan(span);
    },
    remove: () => { const id = `a${chance(60)}`; spans.delete(id); view.removeSpan(id); },
    hits: () => view.setHits(new cx.Finder(text).search("e"), chance(5)),
    width: () => { host.style.width = `${400 + chance(500)}px`; },
    height: () => { host.style.height = `${200 + chance(400)}px`; },
    hide: async () => {
      host.style.display = "none";
      await frame();
      if (chance(2)) acts.select();
      await frame();
      host.style.display = "";
    },
    guess: () => {  // badly
      view.measure = () => {
        const {width, extra, ...others} = cx.Transcript.prototype.measure.call(view);
        return {...others, width: width * (3 + chance(25)) / 10, extra: extra + chance(100)};
      };
      view.refresh();
    },
  };
  const wrong = () => {
    const {top, bottom} = view.element.getBoundingClientRect();
    const {scrollTop} = view.element;
    for (let block = view.low; block < view.high; block += 1) {
      const drawn = view.mounted.get(block);
      if (!drawn) return `block ${block} is missing`;
      const box = drawn.article.getBoundingClientRect();
      const should = view.heights.top[block] - scrollTop + top;
      if (Math.abs(box.top - should) > 1) return `block ${block}: ${box.top}, not ${should}`;
      const said = text.slice(blocks.starts[block], blocks.ends[block]);
      if (drawn.words.textContent !== said) return `block ${block} says something else`;
      const anew = document.createElement("div");
      const range = [blocks.starts[block], blocks.ends[block]];
      const {from, nodes} = cx.drawText(anew, text, range, view.spans.byBlock[block]);
      if (anew.innerHTML !== drawn.words.innerHTML) return `block ${block} is not as drawn anew`;
      const same = nodes.every(({data}, i) => data === drawn.nodes[i].data
        && from[i] === drawn.from[i] && drawn.words.contains(drawn.nodes[i]));
      if (!same || from.length !== drawn.from.length) return `block ${block} lost its places`;
      const marks = new Set([...drawn.words.querySelectorAll("mark")].map((m) => m.dataset.id));
      const due = [...spans.values()].filter(({start, end}) =>
        start < blocks.ends[block] && end > blocks.starts[block]);
      if (marks.size !== due.length || due.some(({id}) => !marks.has(id))) {
        return `block ${block} has marks ${[...marks]}, not ${due.map(({id}) => id)}`;
      }
    }
    if (view.mounted.size !== view.high - view.low) return "others are mounted";
    const layer = view.layer.getBoundingClientRect();
    if (view.low > 0 && layer.top > top) return "nothing is shown above";
    if (view.high < blocks.n && layer.bottom < bottom) return "nothing is shown below";
    const {anchor, focus, start, end} = view.selection;
    const caret = view.rectOf(focus, focus > anchor);
    const shown = view.overlay.caret.isConnected && view.overlay.caret.getBoundingClientRect();
    if (Boolean(caret) !== Boolean(shown)) return "the caret is missing, or should be";
    if (caret && (Math.abs(caret.top - shown.top) > 1 || Math.abs(caret.left - shown.left) > 2)) {
      return `the caret is at ${shown.left}, ${shown.top}, not ${caret.left}, ${caret.top}`;
    }
    const drawn = CSS.highlights.get(view.overlay.names.selection).size;
    let due = 0;
    for (let block = view.low; block < view.high; block += 1) {
      if (Math.max(start, blocks.starts[block]) < Math.min(end, blocks.ends[block])) due += 1;
    }
    if (drawn !== due) return `${drawn} blocks of the selection are drawn, not ${due}`;
    return "";
  };
  const names = Object.keys(acts);
  const done = [];
  for (let step = 0; step < steps; step += 1) {
    const name = names[chance(names.length)];
    done.push(name);
    await acts[name]();
    await frame();
    await frame();
    const found = wrong();
    if (found) return `${found} after ${done.slice(-6)}`;
  }
  return "";
}"""


@pytest.fixture(scope="module")
def page(browser):
    page = bare_page(browser)
    yield page
    page.close()


@pytest.mark.parametrize("seed", range(4))
def test_what_is_drawn_is_what_it_should_be(page, seed):
    text, turns = interview(400, seed=seed) if seed % 3 else ((RAW * 800)[:30_000], [])
    show(page, text, turns)
    assert page.evaluate(RUN, [seed, 120]) == ""
    assert page.problems == []
