// Offsets <-> places on the screen, in the blocks that are mounted.

import { blockOf, blockOfEnd } from "./blocks.js";
import { graphemeAt, isEdge, nextGrapheme, upper } from "./offsets.js";

function clamp(value, least, most) {
  return Math.max(least, Math.min(value, most));
}

/** The block of an offset; an end at a block's beginning lies in the one before. */
export function blockAt(view, offset, isEnd) {
  return isEnd ? blockOfEnd(view.blocks, offset) : blockOf(view.blocks, offset);
}

/** [text node, place in it] of an offset; null where its block is not mounted. */
export function nodeAt(view, offset, isEnd = false) {
  const block = blockAt(view, offset, isEnd);
  const drawn = view.mounted.get(block);
  if (!drawn) return null;
  const at = clamp(offset, view.blocks.starts[block], view.blocks.ends[block]);
  const part = Math.max(0, upper(drawn.from, at) - 1);
  return [drawn.nodes[part], at - drawn.from[part]];
}

/** The offset nearest to a point of the window, in what the scroller shows. */
export function offsetAtPoint(view, x, y) {
  const { element, heights } = view;
  const top = element.getBoundingClientRect().top;
  const inside = clamp(y, top + 1, top + element.clientHeight - 1);
  const drawn = view.mounted.get(heights.blockAt(inside - top + element.scrollTop));
  return drawn ? offsetIn(view, drawn, x, inside) : view.selection.focus;
}

/** The offset of a block nearest to a point, which may lie outside of it. */
export function offsetIn(view, drawn, x, y) {
  const box = drawn.words.getBoundingClientRect();
  const left = clamp(x, box.left + 1, box.right - 1);
  const top = clamp(y, box.top + 1, box.bottom - 1);
  const root = view.element.getRootNode();
  const shadowRoots = root instanceof ShadowRoot ? [root] : [];
  const found = document.caretPositionFromPoint?.(left, top, { shadowRoots });
  const part = drawn.nodes.indexOf(found?.offsetNode);
  if (part < 0) return nearest(view, drawn, left, top);
  const offset = drawn.from[part] + found.offset;
  return isEdge(view.text, offset) ? offset : graphemeAt(view.text, offset)[0];
}

// where the browser cannot tell: something lies over the text, or it is outside of the window
function nearest(view, drawn, x, y) {
  const end = view.blocks.ends[drawn.block];
  let best = { away: Infinity, offset: drawn.from[0] };
  for (let at = drawn.from[0]; at < end; at = nextGrapheme(view.text, at, 1)) {
    const next = nextGrapheme(view.text, at, 1);
    for (const box of rectsOf(view, at, next)) {
      const across = Math.abs(clamp(x, box.left, box.right) - x);
      const away = Math.abs(clamp(y, box.top, box.bottom) - y) * 1e4 + across;
      const offset = x > (box.left + box.right) / 2 ? next : at;
      if (away < best.away) best = { away, offset };
    }
  }
  return best.offset;
}

function rectsOf(view, start, end) {
  const range = document.createRange();
  range.setStart(...nodeAt(view, start));
  range.setEnd(...nodeAt(view, end, true));
  return range.getClientRects();
}

/** {left, top, bottom, height} of the caret at an offset, in the window; null if not mounted. */
export function caretRect(view, offset, isEnd = false) {
  const block = blockAt(view, offset, isEnd);
  const drawn = view.mounted.get(block);
  if (!drawn) return null;
  const [start, end] = [view.blocks.starts[block], view.blocks.ends[block]];
  const at = clamp(offset, start, end);
  const [after, before] = [nextGrapheme(view.text, at, 1), nextGrapheme(view.text, at, -1)];
  const boxes = at < end ? rectsOf(view, at, after) : start < end ? rectsOf(view, before, at) : [];
  const box = at < end ? boxes[0] : boxes[boxes.length - 1];
  const { left, right, top, bottom } = box ?? drawn.words.getBoundingClientRect();
  return { left: at < end || !box ? left : right, top, bottom, height: bottom - top };
}
