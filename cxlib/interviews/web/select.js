// Mouse, pen and moves -> the selection, which lives as offsets in the view.

import { beginsTurn, blockOf, turnRange } from "./blocks.js";
import { nextGrapheme, nextWord, sentenceAt, wordAt } from "./offsets.js";
import { blockAt, caretRect, offsetAtPoint, offsetIn } from "./places.js";

const GRAINS = ["character", "word", "sentence", "turn"]; // of one click, two, three, four

/** [start, end) of the word, sentence or turn at an offset. */
export function unitAt(view, unit, offset) {
  const [start, end] = turnRange(view.blocks, blockOf(view.blocks, offset));
  const at = Math.max(start, Math.min(offset, end));
  if (unit === "word") return wordAt(view.text, at, view.lang, start, end);
  if (unit === "sentence") return sentenceAt(view.text, at, view.lang, start, end);
  if (unit === "turn") return [start, end];
  return [at, at];
}

/** The selection grown to whole units; one that holds them already gets the next one too. */
export function expanded(view, unit) {
  const { start, end } = view.selection;
  const [first, one] = unitAt(view, unit, start);
  const last = end > start ? unitAt(view, unit, nextGrapheme(view.text, end, -1))[1] : one;
  const grown = [Math.min(start, first), Math.max(end, last)];
  if (grown[0] < start || grown[1] > end) return grown;
  return [start, moves[unit](view, end, 1, true)];
}

/** Where a move of one unit leads from the selection's focus. */
export function moved(view, unit, direction, extend) {
  const { start, end, focus } = view.selection;
  const collapses = unit === "character" && !extend && start < end;
  if (collapses) return direction > 0 ? end : start;
  return moves[unit](view, focus, direction, extend);
}

const moves = {
  character(view, focus, direction) {
    const [start, end] = turnRange(view.blocks, blockOf(view.blocks, focus));
    if (direction > 0 ? focus >= end : focus <= start) return neighbour(view, focus, direction);
    const next = nextGrapheme(view.text, focus, direction);
    return Math.max(start, Math.min(next, end));
  },

  word(view, focus, direction) {
    const from = insideTurn(view, focus, direction);
    const [start, end] = turnRange(view.blocks, blockOf(view.blocks, from));
    return nextWord(view.text, from, direction, view.lang, start, end);
  },

  sentence(view, focus, direction) {
    let from = insideTurn(view, focus, direction);
    const [start, end] = turnRange(view.blocks, blockOf(view.blocks, from));
    while (direction > 0 && from < end && /\s/.test(view.text[from])) from += 1;
    while (direction < 0 && from > start && /\s/.test(view.text[from - 1])) from -= 1;
    if (from === (direction > 0 ? end : start)) return from;
    const at = direction > 0 ? from : nextGrapheme(view.text, from, -1);
    return sentenceAt(view.text, at, view.lang, start, end)[direction > 0 ? 1 : 0];
  },

  turn(view, focus, direction, extend) {
    const [start, end] = turnRange(view.blocks, blockOf(view.blocks, focus));
    if (direction < 0 && focus > start) return start;
    if (direction > 0 && extend && focus < end) return end;
    const next = neighbour(view, direction > 0 ? end : start, direction);
    const range = turnRange(view.blocks, blockOf(view.blocks, next));
    if (direction < 0) return range[0];
    return extend ? range[1] : next;
  },

  document(view, focus, direction) {
    const { starts, ends, n } = view.blocks;
    return direction > 0 ? ends[n - 1] : starts[0];
  },

  line(view, focus, direction) {
    const { at, drawn, rect } = onScreen(view);
    const box = drawn.words.getBoundingClientRect();
    const y = (rect.top + rect.bottom) / 2 + direction * view.line;
    if (y > box.top && y < box.bottom) return onLine(view, drawn, y);
    const block = at + direction;
    if (block < 0 || block >= view.blocks.n) return moves.document(view, focus, direction);
    const edge = direction > 0 ? view.blocks.starts[block] : view.blocks.ends[block];
    view.reveal(edge, direction < 0);
    const next = view.mounted.get(block);
    const { top, bottom } = next.words.getBoundingClientRect();
    return onLine(view, next, direction > 0 ? top + view.line / 2 : bottom - view.line / 2);
  },

  page(view, focus, direction) {
    const { rect } = onScreen(view);
    const before = view.element.scrollTop;
    view.scrollBy(direction * (view.viewHeight - 2 * view.line));
    if (view.element.scrollTop === before) return moves.document(view, focus, direction);
    return offsetAtPoint(view, view.goal, (rect.top + rect.bottom) / 2);
  },
};

// the edge of the turn beside: its beginning going on, its end going back
function neighbour(view, offset, direction) {
  const { starts, ends, n } = view.blocks;
  let block = blockOf(view.blocks, offset);
  if (direction < 0) {
    while (!beginsTurn(view.blocks, block)) block -= 1;
    return block > 0 ? ends[block - 1] : starts[0];
  }
  do block += 1;
  while (block < n && !beginsTurn(view.blocks, block));
  return block < n ? starts[block] : ends[n - 1];
}

function insideTurn(view, focus, direction) {
  const [start, end] = turnRange(view.blocks, blockOf(view.blocks, focus));
  const atEdge = direction > 0 ? focus >= end : focus <= start;
  return atEdge ? neighbour(view, focus, direction) : focus;
}

function onScreen(view) {
  const { anchor, focus } = view.selection;
  view.reveal(focus, focus > anchor);
  const at = blockAt(view, focus, focus > anchor);
  const rect = caretRect(view, focus, focus > anchor);
  view.goal ??= rect.left;
  return { at, drawn: view.mounted.get(at), rect };
}

// an offset where lines wrap is drawn on the lower one: there the upper line ends a sign earlier
function onLine(view, drawn, y) {
  const offset = offsetIn(view, drawn, view.goal, y);
  const isLower = caretRect(view, offset, offset > drawn.from[0]).top > y;
  return isLower ? nextGrapheme(view.text, offset, -1) : offset;
}

/** Clicks and drags of a view's scroller. */
export class Pointer {
  constructor(view) {
    this.view = view;
    this.drag = null;
    this.down = undefined; // the pointer that is pressed
    const on = (type, act) => view.element.addEventListener(type, act.bind(this));
    on("pointerdown", (event) => {
      this.down = event.pointerId;
    });
    on("mousedown", this.press);
    on("pointermove", this.follow);
    for (const type of ["pointerup", "pointercancel"]) on(type, this.release);
  }

  press(event) {
    const { element } = this.view;
    const { left, top } = element.getBoundingClientRect();
    const [x, y] = [event.clientX, event.clientY];
    const onBar = x - left > element.clientWidth || y - top > element.clientHeight;
    if (event.defaultPrevented || event.button !== 0 || onBar) return;
    event.preventDefault();
    element.focus({ preventScroll: true });
    const offset = offsetAtPoint(this.view, x, y);
    const grain = GRAINS[Math.min(event.detail, GRAINS.length) - 1] ?? "character";
    const { anchor } = this.view.selection;
    const goesOn = event.shiftKey && grain === "character";
    this.drag = { grain, base: goesOn ? [anchor, anchor] : unitAt(this.view, grain, offset) };
    this.extend(offset);
    // a finger was lifted before the browser told of a mouse
    if (this.down === undefined) this.drag = null;
    else element.setPointerCapture(this.down);
  }

  follow(event) {
    if (!this.drag) return;
    if (!(event.buttons & 1)) {
      this.release();
      return;
    }
    this.drag.point = [event.clientX, event.clientY];
    this.drag.frame ??= requestAnimationFrame(() => this.step());
  }

  release() {
    this.down = undefined;
    if (!this.drag) return;
    cancelAnimationFrame(this.drag.frame);
    if (this.drag.point) this.extend(offsetAtPoint(this.view, ...this.drag.point));
    this.drag = null;
  }

  // one frame of a drag; outside of the scroller it goes on, faster the farther away
  step() {
    const { view, drag } = this;
    if (!drag) return;
    drag.frame = null;
    const [x, y] = drag.point;
    const { top } = view.element.getBoundingClientRect();
    const away = Math.min(0, y - top) || Math.max(0, y - top - view.viewHeight);
    if (away) view.scrollBy(Math.sign(away) * Math.min(120, 6 + Math.abs(away)));
    this.extend(offsetAtPoint(view, x, y));
    if (away) drag.frame = requestAnimationFrame(() => this.step());
  }

  extend(offset) {
    const { grain, base } = this.drag;
    const [start, end] = unitAt(this.view, grain, offset);
    const [anchor, focus] = start < base[0] ? [base[1], start] : [base[0], Math.max(end, base[1])];
    this.view.select(anchor, focus, { reveal: false });
  }
}
