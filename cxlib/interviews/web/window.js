// A transcript of any length in a scroller: only the blocks near what is seen are in the page.

import { beginsTurn, blockOf, cutBlocks } from "./blocks.js";
import { Heights } from "./heights.js";
import { Overlay } from "./overlay.js";
import { drawText, SpanIndex } from "./paint.js";
import { blockAt, caretRect, offsetAtPoint } from "./places.js";
import { expanded, moved, Pointer } from "./select.js";

const SPARE = 900; // pixels mounted beyond each edge
const REST = 120; // milliseconds without scrolling after which the first line is noted

function make(tag, className, attributes = {}) {
  const element = document.createElement(tag);
  element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

/**
 * A windowed transcript. All offsets are UTF-16. Options:
 * root: shadow root or element that gets the styles of the highlights, and the scroller unless
 *   `parent` is given (it may be moved later)
 * text, turns: [[start, end, …], …] in order; spans: as `setSpans` takes them
 * lang: of the transcript or ""; name: of the feed
 * speakerOf(turn) -> string, for the first block of a turn (an index of `turns`)
 * describe(block) -> string, label(block) -> string: hidden text and aria-label of an article;
 *   a block is {index, start, end, turn, first (of its turn), spans}
 * onPaint(block, margin): after a block was drawn; `margin` is an empty element beside it
 * onRender(): after other blocks were mounted; onSelect(selection); onTop(offset): first line
 */
export class Transcript {
  constructor(options) {
    const { root, parent = root, text, turns = [], spans, lang = "", native } = options;
    Object.assign(this, { options, root, text, lang });
    this.blocks = cutBlocks(text, turns.length ? turns : [[0, text.length]]);
    this.heights = new Heights(text, this.blocks);
    this.spans = new SpanIndex(this.blocks, spans);
    this.overlay = new Overlay(this, native);
    this.mounted = new Map();
    [this.low, this.high, this.width, this.viewHeight, this.line] = [0, 0, 0, 0, 24];
    this.dirty = null; // blocks to draw when what acts is through
    this.goal = null; // where up and down aim at, pixels of the window
    this.kept = null; // the first line: {offset, below} or, while scrolling, {block, below}
    this.asked = null; // what was to be revealed while there was no size
    this.setHits([]);
    this.selection = spanOf(this.blocks.starts[0], this.blocks.starts[0]);
    this.build();
    parent.append(this.element);
    this.listen();
    this.resized();
  }

  build() {
    const { name = "" } = this.options;
    const attributes = { role: "feed", tabindex: "0", "aria-label": name };
    this.element = make("div", "cx-transcript", attributes);
    this.spacer = make("div", "cx-spacer", { role: "presentation" });
    this.layer = make("div", "cx-layer", { role: "presentation" });
    if (this.lang) this.element.lang = this.lang;
    this.spacer.append(this.layer);
    this.element.append(this.spacer);
  }

  listen() {
    this.pointer = new Pointer(this);
    this.element.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.element.addEventListener("copy", (event) => this.copy(event));
    this.element.addEventListener("animationstart", (event) => {
      if (event.animationName === "cx-attached") this.resized();
    });
    this.observer = new ResizeObserver(() => this.resized());
    this.observer.observe(this.element);
    this.fontsCame = () => this.refresh();
    document.fonts?.addEventListener("loadingdone", this.fontsCame);
  }

  dispose() {
    this.observer.disconnect();
    this.pointer.drag = null;
    clearTimeout(this.resting);
    document.fonts?.removeEventListener("loadingdone", this.fontsCame);
    this.overlay.dispose();
    this.element.remove();
  }

  // spans and hits

  /** Replace all spans {id, start, end, className, title}. */
  setSpans(spans) {
    this.spans.set(spans);
    this.repaint([...this.mounted.keys()]);
  }

  /** Draw a span, in place of one of the same id. */
  addSpan(span) {
    const old = this.spans.remove(span.id);
    this.spans.add(span);
    const before = old ? this.spans.touched(old) : [];
    this.repaint([...new Set([...before, ...this.spans.touched(span)])]);
  }

  removeSpan(id) {
    const span = this.spans.remove(id);
    if (span) this.repaint(this.spans.touched(span));
  }

  /** Ids of the spans over an offset, the shortest first. */
  spansAt(offset) {
    return this.spans.at(offset).map(({ id }) => id);
  }

  /** Show what was found, [[start, end], …] in order; `current` is one of them by its place. */
  setHits(ranges, current = -1) {
    this.hits = ranges;
    this.hitStarts = Int32Array.from(ranges, ([start]) => start);
    this.hit = ranges[current] ?? null;
    this.drawHits();
  }

  // selection

  /** Select from anchor to focus; what is drawn and scrolled follows from it. */
  select(anchor, focus, { reveal = true } = {}) {
    const inside = (offset) => Math.max(0, Math.min(offset, this.text.length));
    this.selection = spanOf(inside(anchor), inside(focus));
    this.goal = null;
    if (reveal) this.reveal(this.selection.focus, focus > anchor);
    this.overlay.drawSelection();
    this.options.onSelect?.(this.selection);
  }

  /** Move by character, word, sentence, line, page, turn or document; direction is 1 or -1. */
  move(unit, direction, { extend = false } = {}) {
    if (unit !== "line" && unit !== "page") this.goal = null;
    const focus = moved(this, unit, direction, extend);
    const { goal } = this;
    this.select(extend ? this.selection.anchor : focus, focus);
    this.goal = goal;
  }

  /** Grow the selection to whole units (word, sentence, turn); again for the next one. */
  expand(unit) {
    this.select(...expanded(this, unit));
  }

  // places

  /** The offset of the first line that is seen. */
  get topOffset() {
    return this.kept?.offset ?? this.blocks.starts[this.kept?.block ?? 0];
  }

  /** Scroll as little as needed to show an offset; an end is shown in the block before it. */
  reveal(offset, isEnd = false) {
    this.asked = this.viewHeight ? null : [offset, isEnd];
    if (this.asked) return;
    const block = blockAt(this, offset, isEnd);
    if (!this.mounted.has(block)) this.bring(block, this.viewHeight / 3);
    const rect = caretRect(this, offset, isEnd);
    const top = this.element.getBoundingClientRect().top + this.line;
    const bottom = top + this.viewHeight - 2 * this.line;
    if (rect.top < top) this.scrollBy(rect.top - top);
    else if (rect.bottom > bottom) this.scrollBy(rect.bottom - bottom);
  }

  /** Scroll by pixels, with what comes into view in its place at once. */
  scrollBy(pixels) {
    this.element.scrollTop += pixels;
    this.render();
  }

  /** The offset nearest to a point of the window. */
  offsetAt(x, y) {
    return offsetAtPoint(this, x, y);
  }

  /** {left, top, bottom, height} of the caret at an offset; null where it is not mounted. */
  rectOf(offset, isEnd = false) {
    return caretRect(this, offset, isEnd);
  }

  // size

  /** Measure anew (fonts, styles), with the same line first. */
  refresh() {
    this.width = 0;
    this.resized();
  }

  resized() {
    const { clientWidth, clientHeight } = this.element;
    this.viewHeight = clientWidth && clientHeight; // hidden, it has no size that counts
    if (!this.viewHeight) return;
    if (clientWidth !== this.width) {
      this.width = clientWidth;
      this.heights.guess(this.measure());
      this.unmount([...this.mounted.keys()]);
    }
    this.restore();
  }

  measure() {
    const { article, words } = this.article(0);
    words.replaceChildren("x");
    this.layer.append(article);
    const box = words.getBoundingClientRect();
    const measures = {
      width: words.clientWidth,
      font: parseFloat(getComputedStyle(words).fontSize),
      line: box.height,
      extra: article.getBoundingClientRect().height - box.height,
    };
    article.remove();
    this.line = measures.line;
    return measures;
  }

  // the first line again where it was, after anything that moved it
  restore() {
    const { kept } = this;
    this.spacer.style.height = `${this.heights.total}px`;
    if (kept) this.bring(kept.block ?? blockOf(this.blocks, kept.offset), kept.below);
    else this.render(true);
    if (kept?.offset !== undefined) this.scrollBy(this.below(kept.offset) - kept.below);
    this.restored = this.element.scrollTop;
    if (this.asked) this.reveal(...this.asked);
    this.overlay.drawSelection();
    if (!kept) this.note();
  }

  // scroll until a block begins so far below the upper edge
  bring(block, below) {
    let thought;
    do {
      thought = this.heights.top[block]; // it moves when what is above is measured
      this.element.scrollTop = thought - below;
      this.render(true);
    } while (this.heights.top[block] !== thought);
  }

  // how far below the upper edge the line of an offset begins
  below(offset) {
    return caretRect(this, offset).top - this.element.getBoundingClientRect().top;
  }

  scrolled() {
    if (!this.viewHeight || !this.element.clientHeight) return;
    this.render();
    if (Math.abs(this.element.scrollTop - this.restored) <= 1) return;
    this.restored = NaN;
    const block = this.heights.blockAt(this.element.scrollTop);
    this.kept = { block, below: this.heights.top[block] - this.element.scrollTop };
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.note(), REST);
  }

  note() {
    // between a change and the event that tells of it nothing can be said
    const isKnown = this.mounted.has(this.heights.blockAt(this.element.scrollTop));
    if (!this.viewHeight || !this.element.clientHeight || !isKnown) return;
    const { left, top } = this.element.getBoundingClientRect();
    const offset = offsetAtPoint(this, left, top);
    this.kept = { offset, below: this.below(offset) };
    this.options.onTop?.(offset);
  }

  // what is mounted

  render(force = false) {
    const { heights, blocks, viewHeight } = this;
    if (!viewHeight) return;
    const y = this.element.scrollTop;
    const [first, last] = [heights.blockAt(y), heights.blockAt(y + viewHeight) + 1];
    if (!force && this.isEnough(first, last, y)) return;
    const low = heights.blockAt(y - SPARE);
    const high = Math.min(blocks.n, heights.blockAt(y + viewHeight + SPARE) + 1);
    const anchor = this.mounted.has(first) ? first : -1;
    const above = heights.top[first] - y;
    const same = low === this.low && high === this.high;
    const fresh = this.mount(low, high);
    const moves = fresh.filter(
      (drawn) =>
        !heights.known[drawn.block] &&
        heights.measured(drawn.block, drawn.article.getBoundingClientRect().height),
    );
    if (moves.length) heights.sum();
    this.spacer.style.height = `${heights.total}px`;
    this.layer.style.top = `${heights.top[low]}px`;
    const held = anchor < 0 ? y : heights.top[anchor] - above;
    if (moves.length && Math.abs(held - y) > 0.5) this.element.scrollTop = held;
    if (same && !fresh.length) return;
    const now = this.element.scrollTop;
    const isShort = high < blocks.n && heights.top[high] < now + viewHeight;
    if (isShort || (low > 0 && heights.top[low] > now)) this.render(true); // guesses too tall
    this.drawHits();
    this.overlay.drawSelection();
    this.options.onRender?.();
  }

  isEnough(first, last, y) {
    if (first < this.low || last > this.high) return false;
    const { top } = this.heights;
    const above = this.low === 0 ? Infinity : y - top[this.low];
    const below = this.high === this.blocks.n ? Infinity : top[this.high] - y - this.viewHeight;
    return Math.min(above, below) > SPARE / 2;
  }

  mount(low, high) {
    this.unmount([...this.mounted.keys()].filter((block) => block < low || block >= high));
    const fresh = [];
    let next = null;
    for (let block = high - 1; block >= low; block -= 1) {
      let drawn = this.mounted.get(block);
      if (!drawn) {
        drawn = this.article(block);
        this.mounted.set(block, drawn);
        this.paint(drawn);
        this.layer.insertBefore(drawn.article, next);
        fresh.push(drawn);
      }
      next = drawn.article;
    }
    [this.low, this.high] = [low, high];
    return fresh;
  }

  unmount(blocks) {
    for (const block of blocks) {
      const { article } = this.mounted.get(block);
      const active = this.root.activeElement ?? document.activeElement;
      if (article.contains(active)) this.element.focus({ preventScroll: true });
      article.remove();
      this.mounted.delete(block);
    }
  }

  article(block) {
    const first = beginsTurn(this.blocks, block);
    const article = make("article", first ? "cx-block" : "cx-block cx-continued", {
      "aria-posinset": block + 1,
      "aria-setsize": this.blocks.n,
      tabindex: "-1",
    });
    const who = make("div", "cx-speaker");
    const words = make("div", "cx-words");
    const codes = make("div", "cx-hidden");
    const margin = make("div", "cx-margin");
    if (first) who.textContent = this.options.speakerOf?.(this.blocks.turnOf[block]) ?? "";
    article.append(who, words, codes, margin);
    return { block, article, words, codes, margin, from: [], nodes: [] };
  }

  paint(drawn) {
    const { block } = drawn;
    const [start, end] = [this.blocks.starts[block], this.blocks.ends[block]];
    const [spans, first] = [this.spans.byBlock[block], beginsTurn(this.blocks, block)];
    const told = { index: block, start, end, turn: this.blocks.turnOf[block], first, spans };
    Object.assign(drawn, drawText(drawn.words, this.text, [start, end], spans, drawn));
    const codes = this.options.describe?.(told) ?? "";
    if (drawn.codes.textContent !== codes) drawn.codes.textContent = codes;
    drawn.article.setAttribute("aria-label", this.options.label?.(told) ?? "");
    this.options.onPaint?.(told, drawn.margin);
  }

  /** Act, and draw each block that changes once. */
  together(act) {
    if (this.dirty) return act();
    const dirty = (this.dirty = new Set());
    try {
      return act();
    } finally {
      this.dirty = null;
      if (dirty.size) this.repaint(dirty);
    }
  }

  repaint(blocks) {
    if (this.dirty) return blocks.forEach((block) => this.dirty.add(block));
    for (const block of blocks) if (this.mounted.has(block)) this.paint(this.mounted.get(block));
    this.drawHits();
    this.overlay.drawSelection({ caret: false }); // marks move nothing
  }

  drawHits() {
    this.overlay.drawHits(this.hits, this.hitStarts, this.hit);
  }

  copy(event) {
    const { start, end } = this.selection;
    if (start === end) return;
    event.clipboardData.setData("text/plain", this.text.slice(start, end));
    event.preventDefault();
  }
}

function spanOf(anchor, focus) {
  const [start, end] = [Math.min(anchor, focus), Math.max(anchor, focus)];
  return Object.freeze({ anchor, focus, start, end });
}
