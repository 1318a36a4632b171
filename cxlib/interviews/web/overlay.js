// The selection, the caret and what was found, drawn over the blocks that are mounted.

import { blockOf } from "./blocks.js";
import { upper } from "./offsets.js";
import { blockAt, caretRect, nodeAt } from "./places.js";

const LAYERS = {
  hits: "background-color: var(--cx-hits, Mark); color: var(--cx-hits-ink, MarkText);",
  hit: "background-color: var(--cx-hit, Highlight); color: var(--cx-hit-ink, HighlightText);",
  selection:
    "background-color: var(--cx-selection, Highlight);" +
    "color: var(--cx-selection-ink, HighlightText);",
};

/** Highlights of one view alone; without them the browser's own selection stands for the text's. */
export class Overlay {
  constructor(view, native) {
    this.view = view;
    this.native = native || !globalThis.CSS?.highlights;
    this.caret = document.createElement("div");
    this.caret.className = "cx-caret";
    this.caret.setAttribute("aria-hidden", "true");
    const own = `cx-${Math.random().toString(36).slice(2)}`; // their names are the whole page's
    this.names = Object.fromEntries(Object.keys(LAYERS).map((layer) => [layer, `${own}-${layer}`]));
    if (!this.native) this.register();
  }

  register() {
    this.sheet = document.createElement("style");
    Object.entries(LAYERS).forEach(([layer, style], order) => {
      const highlight = new Highlight();
      highlight.priority = order;
      CSS.highlights.set(this.names[layer], highlight);
      this.sheet.append(`::highlight(${this.names[layer]}) { ${style} }\n`);
    });
    this.view.root.append(this.sheet);
  }

  dispose() {
    this.sheet?.remove();
    for (const name of Object.values(this.names)) globalThis.CSS?.highlights?.delete(name);
  }

  /** Draw the hits that lie in what is mounted; `hits` are in order, `starts` theirs. */
  drawHits(hits, starts, current) {
    const { low, high, blocks } = this.view;
    if (this.native || high === 0) return;
    const [start, end] = [blocks.starts[low], blocks.starts[high]];
    const near = hits
      .slice(Math.max(0, upper(starts, start) - 1), upper(starts, end))
      .flatMap((hit) => this.ranges(...hit).map((range) => ({ range, hit })));
    const ranges = (isCurrent) =>
      near.filter(({ hit }) => (hit === current) === isCurrent).map(({ range }) => range);
    this.draw("hits", ranges(false));
    this.draw("hit", ranges(true));
  }

  /** Draw the selection; the caret only where its place may have changed. */
  drawSelection({ caret = true } = {}) {
    if (this.view.high === 0) return;
    const { start, end, anchor, focus } = this.view.selection;
    const ranges = this.ranges(start, end);
    if (this.native) this.mirror(ranges, focus < anchor);
    else this.draw("selection", ranges);
    if (caret) this.placeCaret();
  }

  draw(layer, ranges) {
    const highlight = CSS.highlights.get(this.names[layer]);
    if (highlight.size) highlight.clear();
    for (const [startContainer, startOffset, endContainer, endOffset] of ranges) {
      highlight.add(new StaticRange({ startContainer, startOffset, endContainer, endOffset }));
    }
  }

  // one range a block, so that names between them stay as they are
  ranges(start, end) {
    const { view } = this;
    const { starts, ends } = view.blocks;
    const found = [];
    const first = Math.max(view.low, blockOf(view.blocks, start));
    for (let block = first; block < view.high && starts[block] < end; block += 1) {
      const [from, to] = [Math.max(start, starts[block]), Math.min(end, ends[block])];
      if (from < to) found.push([...nodeAt(view, from), ...nodeAt(view, to, true)]);
    }
    return found;
  }

  mirror(ranges, backward) {
    if (!this.view.element.matches(":focus")) return;
    const selection = document.getSelection();
    const edges = ranges.length ? [ranges[0].slice(0, 2), ranges[ranges.length - 1].slice(2)] : [];
    if (backward) edges.reverse();
    if (edges.length) selection.setBaseAndExtent(...edges[0], ...edges[1]);
    else selection.removeAllRanges();
  }

  placeCaret() {
    const { view, caret } = this;
    const { anchor, focus } = view.selection;
    const rect = caretRect(view, focus, focus > anchor);
    if (!rect) return caret.remove();
    const { article } = view.mounted.get(blockAt(view, focus, focus > anchor));
    const { left, top } = article.getBoundingClientRect();
    if (caret.parentNode !== article) article.append(caret);
    caret.style.transform = `translate(${rect.left - left}px, ${rect.top - top}px)`;
    caret.style.height = `${rect.height}px`;
  }
}
