// Spans -> nested marks in the text of a block.

import { blockOf, blockOfEnd } from "./blocks.js";
import { snapOut } from "./offsets.js";

/** Spans {id, start, end, className, title} by the blocks that they touch. */
export class SpanIndex {
  constructor(blocks, spans = []) {
    this.blocks = blocks;
    this.set(spans);
  }

  set(spans) {
    this.byId = new Map();
    this.byBlock = Array.from({ length: this.blocks.n }, () => []);
    for (const span of spans) this.add(span);
  }

  /** Put a span in, in place of one of the same id. */
  add(span) {
    this.remove(span.id);
    this.byId.set(span.id, span);
    for (const block of this.touched(span)) this.byBlock[block].push(span);
  }

  /** Take a span out and return it; undefined where there is none of this id. */
  remove(id) {
    const span = this.byId.get(id);
    if (!span) return undefined;
    this.byId.delete(id);
    for (const block of this.touched(span)) {
      this.byBlock[block] = this.byBlock[block].filter((other) => other !== span);
    }
    return span;
  }

  /** Spans over an offset, the innermost first. */
  at(offset) {
    return this.byBlock[blockOf(this.blocks, offset)]
      .filter(({ start, end }) => start <= offset && offset < end)
      .sort((a, b) => a.end - a.start - (b.end - b.start));
  }

  /** Blocks, in order, that a span touches. */
  touched({ start, end }) {
    const first = blockOf(this.blocks, start);
    const last = Math.max(first, blockOfEnd(this.blocks, end));
    const found = [];
    for (let block = first; block <= last; block += 1) found.push(block);
    return found;
  }
}

/**
 * Put a block's text into an element, with nested marks, the longest outermost; edges are drawn on
 * graphemes. Returns the text nodes and, in `from`, the offset where each begins. Given what it
 * returned before for the same element, pieces at both ends that are as they were stay in the page:
 * the browser need not shape their letters again.
 */
export function drawText(element, text, [start, end], spans, { pieces: old = [] } = {}) {
  const pieces = piecesOf(text, start, end, spans);
  const most = Math.min(pieces.length, old.length);
  let head = 0;
  while (head < most && pieces[head].key === old[head].key) head += 1;
  let tail = 0;
  while (tail < most - head && pieces.at(-1 - tail).key === old.at(-1 - tail).key) tail += 1;
  const last = pieces.length - tail;
  const after = old.slice(old.length - tail);
  const kept = [...old.slice(0, head), ...pieces.slice(head, last), ...after];
  for (const piece of old.slice(head, old.length - tail)) piece.top.remove();
  const next = kept[last]?.top ?? null;
  for (const piece of kept.slice(head, last)) {
    piece.node = document.createTextNode(text.slice(piece.from, piece.to));
    piece.top = piece.over.reduceRight(marked, piece.node);
    element.insertBefore(piece.top, next);
  }
  return { from: kept.map(({ from }) => from), nodes: kept.map(({ node }) => node), pieces: kept };
}

/** A block's text cut where marks begin and end: {from, to, over (the marks, outermost first), key
 * (the same for what looks the same)}. */
function piecesOf(text, start, end, spans) {
  const drawn = spans
    .map((span) => ({ span, from: Math.max(span.start, start), to: Math.min(span.end, end) }))
    .filter(({ from, to }) => from < to);
  for (const mark of drawn) [mark.from, mark.to] = snapOut(text, mark.from, mark.to);
  drawn.sort((a, b) => b.to - b.from - (a.to - a.from));
  const edges = new Set([start, end, ...drawn.flatMap(({ from, to }) => [from, to])]);
  const cuts = [...edges].sort((a, b) => a - b);
  const froms = cuts.length > 1 ? cuts.slice(0, -1) : cuts;
  return froms.map((from, place) => {
    const to = cuts[place + 1] ?? end;
    const over = drawn.filter((mark) => mark.from <= from && to <= mark.to).map(({ span }) => span);
    const looks = over.map(({ id, className, title }) => [id, className, title]);
    return { from, to, over, key: JSON.stringify([from, to, looks]) };
  });
}

function marked(inner, span) {
  const mark = document.createElement("mark");
  if (span.className) mark.className = span.className;
  if (span.title) mark.title = span.title;
  mark.dataset.id = span.id;
  mark.append(inner);
  return mark;
}
