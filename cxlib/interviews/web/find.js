// Find in a text, whatever the case, width and Unicode form; hits are places in it as it is.

import { folded, upper } from "./offsets.js";

/** All places of a query in a text; with turns, only those that lie in what is shown. */
export class Finder {
  constructor(text, turns = null) {
    this.source = text;
    this.turns = turns;
    this.starts = turns?.map(([start]) => start);
  }

  /** [[start, end], …] of a query, without overlap, in order; none for an empty query. */
  search(query) {
    this.text ??= folded(this.source);
    const parts = folded(query).text.split(/\s+/).map(escaped);
    if (!parts.some(Boolean)) return [];
    const hits = [];
    const pattern = new RegExp(parts.join("\\s+"), "gu");
    for (const { 0: found, index } of this.text.text.matchAll(pattern)) {
      const hit = this.place(index, index + found.length);
      if (this.isShown(hit)) hits.push(hit);
    }
    return hits;
  }

  place(start, end) {
    const { at } = this.text;
    if (!at) return [start, end];
    let after = end;
    while (at[after] === at[end - 1]) after += 1; // the whole of what was folded into several
    return [at[start], at[after]];
  }

  isShown([start, end]) {
    if (!this.turns?.length) return true;
    const first = this.turns[upper(this.starts, start) - 1];
    const last = this.turns[upper(this.starts, end - 1) - 1];
    return Boolean(first && start < first[1] && end <= last[1]);
  }
}

function escaped(text) {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}
