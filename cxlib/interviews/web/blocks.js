// Turns -> blocks small enough to be mounted alone, cut where one may pause.

import { isEdge, nextGrapheme, upper } from "./offsets.js";

const ENDS = /[.!?][\p{Pe}\p{Pf}"']*\s+|[。．！？…‥]+[\p{Pe}\p{Pf}"']*\s*|\n+\s*/gu;
const PAUSES = /\s+|[、，,;；:：・]/gu;

function lastCut(text, at, limit, min, pattern) {
  let found = 0;
  for (const match of text.slice(at, limit).matchAll(pattern)) {
    const end = match.index + match[0].length;
    if (end >= min && isEdge(text, at + end)) found = end;
  }
  return found;
}

function cutAfter(text, at, end, max, min) {
  const limit = at + max;
  const pause = lastCut(text, at, limit, min, ENDS) || lastCut(text, at, limit, min, PAUSES);
  if (pause) return at + pause;
  const edge = isEdge(text, limit) ? limit : nextGrapheme(text, limit, -1);
  return edge > at ? edge : Math.min(end, nextGrapheme(text, limit, 1));
}

/**
 * Cut turns [[start, end, …], …] into blocks: `starts` (one more, the text's length), `ends`,
 * `turnOf`, `n`. What lies between turns (labels, time stamps, white space) is in no block.
 */
export function cutBlocks(text, turns, max = 600, min = 300) {
  const starts = [];
  const ends = [];
  const turnOf = [];
  const push = (start, end, turn) => {
    starts.push(start);
    ends.push(end);
    turnOf.push(turn);
  };
  turns.forEach(([start, end], turn) => {
    let at = start;
    while (end - at > max) {
      const next = cutAfter(text, at, end, max, min);
      push(at, next, turn);
      at = next;
    }
    if (at < end) push(at, end, turn);
  });
  if (!starts.length) push(0, text.length, 0);
  const n = starts.length;
  return {
    starts: Int32Array.from([...starts, text.length]),
    ends: Int32Array.from(ends),
    turnOf: Int32Array.from(turnOf),
    n,
  };
}

/** The block that holds an offset; one between turns belongs to the block before. */
export function blockOf(blocks, offset) {
  return Math.max(0, upper(blocks.starts, offset, blocks.n) - 1);
}

/** The block an end lies in: at a block's beginning it is the end of the one before. */
export function blockOfEnd(blocks, offset) {
  const block = blockOf(blocks, offset);
  return block > 0 && offset <= blocks.starts[block] ? block - 1 : block;
}

/** Whether a block is the first of its turn. */
export function beginsTurn(blocks, block) {
  return block === 0 || blocks.turnOf[block - 1] !== blocks.turnOf[block];
}

/** [start, end) of the turn that a block belongs to. */
export function turnRange(blocks, block) {
  let first = block;
  let last = block;
  while (!beginsTurn(blocks, first)) first -= 1;
  while (last + 1 < blocks.n && !beginsTurn(blocks, last + 1)) last += 1;
  return [blocks.starts[first], blocks.ends[last]];
}
