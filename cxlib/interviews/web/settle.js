// The settling view: coders' codings over one text, and a key for each decision.

import { COMMANDS, codeOps, openPicker } from "./commands.js";
import { abbreviation, create } from "./dom.js";
import { commandOf } from "./keys.js";
import { markDocuments } from "./layout.js";
import { MOVES } from "./moves.js";
import { freshId, makeOp, trimSpan } from "./ops.js";
import { SETTLE_CHORDS, SETTLE_KEYS, Settlement } from "./settle_state.js";
import { SettlePanel } from "./settle_panel.js";
import { CoderView } from "./view.js";

const UNIT = "cx-unit"; // the id of the span that shows the unit

/** Builds the settling view in a shadow root on `host`; see `mountCoder`. */
export function mountSettler(host, wire, options = {}) {
  return new SettleView(host, wire, options);
}

class SettleView extends CoderView {
  reasons = new Map(); // given before the decision, by item
  at = -1;

  get kind() {
    return SETTLING_KIND;
  }

  get coderName() {
    return this.say("settle_who", { coders: this.matters.coders.join(", "), by: this.matters.by });
  }

  /** The item that is looked at, or undefined. */
  get item() {
    return this.matters.items[this.at];
  }

  opened(message, about) {
    const before = this.matters && keyOf(this.item);
    const { points: map, text, state } = this;
    this.matters = new Settlement({ message, map, text, state });
    const same = about.isSame ? this.matters.items.findIndex((item) => keyOf(item) === before) : -1;
    this.at = same;
    super.opened(message, about);
    if (same >= 0 || !this.matters.items.length) return this.soon();
    const open = this.matters.nextOpen(-1);
    return this.chooseItem(Math.max(open, 0));
  }

  marks() {
    return [...super.marks().filter(Boolean), ...this.unitMark()];
  }

  unitMark() {
    const { item } = this;
    return item ? [{ id: UNIT, start: item.start, end: item.end, className: "cx-unit" }] : [];
  }

  /** Shows an item: its unit, and what coders marked there with its code. */
  chooseItem(at) {
    const before = this.item;
    if (this.mode) this.setMode(null);
    this.panel.memo.close();
    this.at = at;
    const { item, transcript, matters } = this;
    if (!item) return this.soon();
    for (const each of [before, item].filter(Boolean)) {
      const ids = [...matters.given(each), ...matters.made(each)].map(({ id }) => id);
      this.redraw(ids);
    }
    transcript.removeSpan(UNIT);
    this.unitMark().forEach((span) => transcript.addSpan(span));
    transcript.reveal(item.end, true);
    transcript.select(item.start, item.start);
    this.live.say(this.spoken(item));
    return this.soon();
  }

  /** An item in words: the code, where, who gave it and who did not, how it stands. */
  spoken(item) {
    const { say, matters, state } = this;
    const names = (list) => list.map((by) => matters.coders[by]).join(", ");
    return say("settle_spoken", {
      code: state.label(item.code),
      gave: names(item.gave),
      not: names(item.not),
      status: say(`is_${matters.status(item).kind}`),
      at: this.at + 1,
      n: matters.items.length,
    });
  }

  selected() {
    this.popup.close();
  }

  /** A click goes to what is to be settled there; while words are selected it selects. */
  released(event) {
    const { start, end, focus } = this.transcript.selection;
    if (this.mode === "amend" || start !== end || event.button !== 0) return;
    const there = this.matters.items
      .map((item, at) => ({ item, at }))
      .filter(({ item }) => item.start <= focus && focus <= item.end);
    const found = there.find(({ item }) => this.matters.isOpen(item)) ?? there[0];
    if (found && !there.some(({ at }) => at === this.at)) this.chooseItem(found.at);
  }

  belongs() {
    return true;
  }

  /** The item, where it may be settled here; else it is said why not. */
  settleable() {
    const { item } = this;
    if (!item) this.note("settle_none");
    else if (item.elsewhere) this.note("settle_elsewhere");
    return item && !item.elsewhere ? item : null;
  }

  /** Commits what settles the item, and says how it stands. */
  decide(item, ops) {
    this.reasons.delete(keyOf(item));
    this.commit(ops);
    const { kind } = this.matters.status(item);
    const { done, n } = this.matters.counts();
    this.note(`settled_${kind}`, { code: this.state.label(item.code), done, n });
  }
}

const keyOf = (item) => (item ? `${item.start}:${item.end}:${item.code}` : "");

/** A coder's coding, or what was settled to hold, as the text shows it, or null. */
function settleMark(view, { id, start, end, code, by, mine, holds, coder }) {
  if (mine && holds === false) return null;
  const { item } = view;
  const isHere = item && item.code === code && start < item.end && end > item.start;
  const names = ["cx-mark", mine ? "cx-settled" : `cx-by cx-by${by % 6}`];
  names.push(isHere ? "cx-current" : "cx-dim");
  const who = mine ? view.say("is_yes") : coder;
  return { id, start, end, className: names.join(" "), title: `${view.state.label(code)}\n${who}` };
}

/** The hidden text of a block: who gave which codes, and what is settled. */
function settleCodes(view, { spans }) {
  const codings = spans.map(({ id }) => view.state.codings.get(id)).filter(Boolean);
  if (!codings.length) return "";
  const words = ({ code, coder, mine }) =>
    `${view.state.label(code)} ${mine ? view.say("is_yes") : coder}`;
  return view.say("block_codes", { codes: [...new Set(codings.map(words))].join(", ") });
}

/** Beside a block: two letters of each code, and the numbers of those who gave it. */
function settleMargin(view, { spans }, margin) {
  const given = new Map();
  for (const { id } of spans) {
    const coding = view.state.codings.get(id);
    if (!coding) continue;
    const { code, by, mine } = coding;
    if (!given.has(code)) given.set(code, new Set());
    given.get(code).add(mine ? "✓" : String(by + 1));
  }
  const chips = [...given].map(([code, who]) =>
    create("span", {
      class: "cx-chip",
      title: view.state.label(code),
      text: `${abbreviation(view.state.label(code))} ${[...who].sort().join("·")}`,
    }),
  );
  margin.replaceChildren(...chips);
  margin.setAttribute("aria-hidden", "true");
}

function drawSettling(view) {
  const { matters, panel } = view;
  panel.update();
  const { done, n } = matters.counts();
  view.progressText.data = view.say("settle_progress", { done, n });
  view.listed.set(view.document, { name: view.document, items: n, settled: done });
  markDocuments(view);
}

/** Takes a side: of a coder, of all who gave the code (`undefined`), or that it does not hold. */
function takeSide(view, by) {
  const item = view.settleable();
  if (!item) return;
  const { matters } = view;
  const reason = view.reasons.get(keyOf(item));
  if (by === "none") view.decide(item, matters.settle(item, { holds: false, reason }));
  else if (by !== undefined && matters.sideOf(item, by) === null) {
    const coder = matters.coders[by];
    view.note(coder === undefined ? "no_coder" : "not_read", { n: by + 1, coder });
  } else view.decide(item, matters.take(item, by, { reason }));
}

/** Left and right: a coder's side where there are two, else yes and no. */
function leftOrRight(view, way) {
  const two = view.matters.coders.length === 2;
  return takeSide(view, two ? way : way === 0 ? undefined : "none");
}

function goOn(view) {
  const { matters } = view;
  const next = matters.nextOpen(view.at);
  if (next >= 0) return view.chooseItem(next);
  const names = view.message.documents.map(({ name }) => name);
  const other = matters.nextDocument(names);
  if (other === undefined) return view.note("all_settled");
  return view.change(other);
}

function stepItem(view, way) {
  const { items } = view.matters;
  const at = view.at + way;
  if (at < 0 || at >= items.length) return view.note(way > 0 ? "no_next" : "no_previous");
  return view.chooseItem(at);
}

function giveReason(view) {
  const item = view.settleable();
  if (!item) return;
  const { matters, panel, state } = view;
  const { kind, reason } = matters.status(item);
  const before = kind === "open" ? (view.reasons.get(keyOf(item)) ?? "") : reason;
  const title = view.say("reason_for", { code: state.label(item.code) });
  view.showPanel();
  panel.memo.open(keyOf(item), title, before, (text) => {
    const made = matters.made(item);
    if (!made.length) {
      view.reasons.set(keyOf(item), text);
      return view.note("reason_kept");
    }
    const batch = freshId();
    view.commit(made.map(({ id }) => makeOp("edit", { id, reason: text, batch })));
    return view.note("reason_saved");
  });
}

function reopen(view) {
  const item = view.settleable();
  if (!item) return;
  if (view.matters.isOpen(item)) view.note("is_open");
  else view.decide(item, view.matters.withdraw(item));
}

/** Starts to choose other words or another code: what is marked is selected. */
function amend(view) {
  const item = view.settleable();
  if (!item) return;
  const { matters, transcript } = view;
  const made = matters.made(item).filter(({ holds }) => holds !== false);
  const parts = matters.parts(item, made.length ? made : matters.given(item));
  view.setMode("amend");
  const start = Math.min(...parts.map((part) => part.start));
  transcript.select(start, Math.max(...parts.map((part) => part.end)));
  view.banner("amend_banner");
  view.focusText();
  // the banner takes room from the text, which is known in the next frame
  const { focus } = transcript.selection;
  requestAnimationFrame(() => requestAnimationFrame(() => transcript.reveal(focus, true)));
}

/** The selected words as far as they lie on the unit, or null. */
function chosenWords(view, item) {
  const { start, end } = view.transcript.selection;
  const inside = [Math.max(start, item.start), Math.min(end, item.end)];
  const span = trimSpan(view.text, inside[0], Math.max(...inside));
  if (span.start < span.end) return { start: span.start, end: span.end };
  view.note("amend_outside");
  return null;
}

function amendDone(view) {
  const { item, matters } = view;
  const words = chosenWords(view, item);
  if (!words) return;
  const from = matters.given(item).map(({ ref }) => ref);
  const reason = view.reasons.get(keyOf(item));
  view.setMode(null);
  view.decide(item, matters.settle(item, { holds: true, parts: [{ ...words, from }], reason }));
}

/** Another code holds for the words, and the one that was given does not. */
function amendCode(view) {
  const { item, matters } = view;
  const words = chosenWords(view, item);
  if (!words) return;
  openPicker(view, "picker_amend", (code, made) => {
    view.setMode(null);
    const batch = freshId();
    const from = matters.given(item).map(({ ref }) => ref);
    const reason = view.reasons.get(keyOf(item));
    const parts = [{ ...words, from }];
    const away = code === item.code ? [] : matters.settle(item, { holds: false, reason, batch });
    const other = { ...item, code };
    const ops = [...away, ...matters.settle(other, { holds: true, parts, reason, batch })];
    view.decide(item, [...made.map((op) => ({ ...op, batch })), ...ops]);
  });
}

function askTakeAll(view) {
  const { coders } = view.matters;
  const names = coders.slice(0, 9).map((coder, by) => `${by + 1} ${coder}`);
  view.setMode("takeAll");
  view.banner("take_all_banner", { coders: names.join("   ") });
}

const takeMany = (choose, said) => (view, by) => {
  view.setMode(null);
  const coder = by === undefined ? "" : view.matters.coders[by];
  if (coder === undefined) return view.note("no_coder", { n: by + 1 });
  const { ops, n } = choose(view.matters, by);
  if (!n) return view.note("took_none");
  view.commit(ops);
  return view.note(said, { n, coder });
};

/** Commands of the settling view by name. */
export const SETTLE_COMMANDS = {
  ...MOVES,
  undo: COMMANDS.undo,
  redo: COMMANDS.redo,
  memoSave: (view) => COMMANDS.memoSave(view) ?? view.panel.toTop(),
  memoDiscard: COMMANDS.memoDiscard,
  side: leftOrRight,
  sideOf: takeSide,
  holds: (view) => takeSide(view, undefined),
  holdsNot: (view) => takeSide(view, "none"),
  amend,
  amendDone,
  amendCode,
  nextOpen: goOn,
  itemStep: stepItem,
  chooseItem: (view, at) => view.chooseItem(at),
  reason: giveReason,
  reopen,
  takeAll: askTakeAll,
  takeAllOf: takeMany((matters, by) => matters.takeAllOf(by), "took_all_of"),
  takeAgreed: takeMany((matters) => matters.takeAgreed(), "took_agreed"),
};

const SETTLING_KIND = {
  region: "settle_region",
  panel: "settle_panel",
  commands: SETTLE_COMMANDS,
  commandOf: (event, { inInput, mode }) =>
    commandOf(event, { inInput, mode, chords: SETTLE_CHORDS[mode] ?? SETTLE_CHORDS.text }),
  help: { table: SETTLE_KEYS, how: "settle_how" },
  makePanel: (view, { say, act, drafts }) => new SettlePanel({ view, say, act, drafts }),
  markOf: settleMark,
  codesOf: settleCodes,
  drawMargin: settleMargin,
  drawSide: drawSettling,
};
