// Where coders differ in one interview, and the ops that settle it. No page in it.

import { freshId, makeOp, trimSpan } from "./ops.js";
import { chordMap, KEY_TABLE } from "./keys.js";

const DIGITS = [..."123456789"];
const PLACES = DIGITS.map((_digit, i) => i);
const rowsNamed = (...names) => KEY_TABLE.filter(({ name }) => names.includes(name));

/** Every key of the settling view, as KEY_TABLE has them of the other. */
export const SETTLE_KEYS = [
  { group: "settle", name: "side", keys: ["ArrowLeft", "ArrowRight"], values: [0, 1] },
  { group: "settle", name: "sideOf", keys: DIGITS, values: PLACES },
  { group: "settle", name: "holds", keys: ["b", "y"] },
  { group: "settle", name: "holdsNot", keys: ["0", "n"] },
  { group: "settle", name: "amend", keys: ["e"] },
  { group: "settle", name: "reason", keys: ["m"] },
  { group: "settle", name: "reopen", keys: ["Delete", "Backspace"] },
  { group: "settle", name: "takeAll", keys: ["a"] },
  ...rowsNamed("undo", "redo").map((row) => ({ ...row, group: "settle" })),
  { group: "go", name: "nextOpen", keys: ["Enter"] },
  { group: "go", name: "itemStep", keys: ["ArrowUp", "ArrowDown"], values: [-1, 1] },
  ...rowsNamed("movePage", "moveDocument", "find", "findNext", "help", "close"),
];

const SHARED = rowsNamed("find", "findNext", "help", "close");
const MARKING = KEY_TABLE.filter(({ group, name }) => group === "mark" || /^move/.test(name));

/** What keys do by what waits for one: nothing, words to be selected, whose side to take. */
export const SETTLE_CHORDS = {
  text: chordMap(SETTLE_KEYS),
  amend: chordMap([
    ...SHARED,
    ...MARKING,
    { name: "amendDone", keys: ["Enter"] },
    { name: "amendCode", keys: ["c"] },
  ]),
  takeAll: chordMap([
    ...SHARED,
    { name: "takeAllOf", keys: DIGITS, values: PLACES },
    { name: "takeAgreed", keys: ["0", "Enter"] },
  ]),
};

const touches = (one, { start, end }) => one.start < end && one.end > start;

/** What is to be settled of one interview; `state` is a CodingState whose own codings are what is
 * settled. An item is {code, start, end, unit, speaker, gave, not, elsewhere}, in UTF-16. */
export class Settlement {
  constructor({ message, map, text, state }) {
    const { coders, by, items, agreed } = message.settle;
    const span = ({ start, end }) => ({ start: map.toUtf16(start), end: map.toUtf16(end) });
    Object.assign(this, { coders, by, text, state, document: message.document });
    this.items = items.map((item) => ({ ...item, ...span(item) }));
    this.agreed = agreed.map(([start, end, code]) => ({ code, ...span({ start, end }) }));
    this.others = message.documents.filter(({ name }) => name !== message.document);
  }

  /** All codings by code, cached until something changes. */
  byCode(code) {
    if (this.version !== this.state.version) {
      this.version = this.state.version;
      this.ofCode = new Map();
      for (const one of this.state.sorted()) {
        if (!this.ofCode.has(one.code)) this.ofCode.set(one.code, []);
        this.ofCode.get(one.code).push(one);
      }
    }
    return this.ofCode.get(code) ?? [];
  }

  /** What was settled of a unit and code here: codings of what holds, or one that does not. */
  made(item) {
    return this.byCode(item.code).filter((one) => one.mine && touches(one, item));
  }

  /** The coders' codings of the code on the unit, of all or of one. */
  given(item, by) {
    return this.byCode(item.code).filter(
      (one) => !one.mine && touches(one, item) && (by === undefined || one.by === by),
    );
  }

  /** {kind: open, yes or no, elsewhere, reason, by} of an item. */
  status(item) {
    const { elsewhere } = item;
    const said = (holds, about, isThere) => ({
      kind: holds ? "yes" : "no",
      elsewhere: isThere,
      reason: about.reason ?? "",
      by: about.decided_by ?? "",
    });
    if (elsewhere) return said(elsewhere.holds, elsewhere, true);
    const made = this.made(item);
    if (!made.length) return { kind: "open", elsewhere: false, reason: "", by: "" };
    const holding = made.find(({ holds }) => holds !== false);
    return said(Boolean(holding), holding ?? made[0], false);
  }

  isOpen(item) {
    return this.status(item).kind === "open";
  }

  /** How many are settled, and of how many, in this interview and in all. */
  counts() {
    const done = this.items.filter((item) => !this.isOpen(item)).length;
    const sum = (name) => this.others.reduce((total, about) => total + (about[name] ?? 0), 0);
    const n = this.items.length;
    return { done, n, allDone: done + sum("settled"), all: n + sum("items") };
  }

  /** The place of the next open item behind one, from the first again; -1 where there is none. */
  nextOpen(at) {
    const { items } = this;
    for (let step = 1; step <= items.length; step++) {
      const next = (at + step + items.length) % items.length;
      if (this.isOpen(items[next])) return next;
    }
    return -1;
  }

  /** The next interview in which something is open, or undefined. */
  nextDocument(names) {
    const at = names.indexOf(this.document);
    const order = [...names.slice(at + 1), ...names.slice(0, at)];
    const left = new Map(this.others.map(({ name, items, settled }) => [name, items - settled]));
    return order.find((name) => left.get(name) > 0);
  }

  /** What a coder says of an item: true, false, or null where she has not read the unit. */
  sideOf(item, by) {
    if (item.gave.includes(by)) return true;
    return item.not.includes(by) ? false : null;
  }

  /** The words that codings mark within a unit, each stretch once: [{start, end, from}]. */
  parts(item, codings) {
    const found = new Map();
    for (const one of codings) {
      const start = Math.max(one.start, item.start);
      const end = Math.min(one.end, item.end);
      const part = found.get(`${start}:${end}`) ?? { start, end, from: [] };
      part.from.push(one.ref ?? one.id);
      found.set(`${start}:${end}`, part);
    }
    return [...found.values()];
  }

  /** Ops that settle an item in place of what was settled of it: whether the code holds, and on
   * which words. What an earlier decision says of other units stays. */
  settle(item, { holds, parts = [], reason, batch = freshId() }) {
    const before = this.made(item);
    const why = reason ?? before.find((one) => one.reason)?.reason ?? "";
    const from = this.given(item).map(({ ref }) => ref);
    const unit = { start: item.start, end: item.end, from };
    const about = { code: item.code, holds, reason: why, decided_by: this.by };
    const spans = holds && parts.length ? parts : [unit];
    return [
      ...this.withdraw(item, batch),
      ...spans.map((part) => this.add({ ...about, ...part, batch })),
    ];
  }

  add({ code, start, end, from = [], reason = "", holds, decided_by: by, batch }) {
    const about = { start, end, code, memo: "", uncertain: false };
    const settled = { from, reason, holds, decided_by: by };
    const { document } = this;
    return makeOp("add", { id: freshId(), document, ...about, ...settled, batch });
  }

  /** Ops that leave an item open. */
  withdraw(item, batch = freshId()) {
    return this.made(item).flatMap((one) => [
      makeOp("remove", { id: one.id, batch }),
      ...[
        { start: one.start, end: Math.min(one.end, item.start) },
        { start: Math.max(one.start, item.end), end: one.end },
      ]
        .filter(({ start, end }) => this.text.slice(start, end).trim())
        .map(({ start, end }) => trimSpan(this.text, start, end))
        .map(({ start, end }) => ({ ...one, holds: one.holds !== false, start, end, batch }))
        .map((rest) => this.add(rest)),
    ]);
  }

  /** A coder's side of an item, or of all coders who gave the code where `by` is not named. */
  take(item, by, { reason, batch } = {}) {
    const holds = by === undefined || this.sideOf(item, by);
    const parts = holds ? this.parts(item, this.given(item, by)) : [];
    return this.settle(item, { holds, parts, reason, batch });
  }

  /** One coder's side of all that is open: {ops, n}. */
  takeAllOf(by) {
    const open = this.items.filter((item) => this.isOpen(item) && this.sideOf(item, by) !== null);
    const batch = freshId();
    return { ops: open.flatMap((item) => this.take(item, by, { batch })), n: open.length };
  }

  /** What all coders gave and nothing was settled about: {ops, n}. */
  takeAgreed() {
    const left = this.agreed.filter((item) => !this.made(item).length);
    const batch = freshId();
    return { ops: left.flatMap((item) => this.take(item, undefined, { batch })), n: left.length };
  }
}
