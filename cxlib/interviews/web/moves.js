// Commands that move the caret, the selection, or what is shown; nothing here changes a coding.

import { blockName } from "./drawing.js";
import { trimSpan } from "./ops.js";
import { FILTERS } from "./panel.js";

const STAYS = 700; // milliseconds behind an Esc that closed something in which one leaves nothing

const mover = (unit, extend) => (view, way) => view.transcript.move(unit, way, { extend });

/** The turn [start, end) of an offset. */
export function turnAt(view, offset) {
  const { turns } = view;
  let low = 0;
  let high = turns.length - 1;
  while (low < high) {
    const mid = (low + high + 1) >> 1;
    if (turns[mid][0] <= offset) low = mid;
    else high = mid - 1;
  }
  return turns[low];
}

const turnEdge = (extend) => (view, way) => {
  const { anchor, focus } = view.transcript.selection;
  const [start, end] = turnAt(view, focus);
  const trimmed = start + view.text.slice(start, end).trimEnd().length;
  const to = way < 0 ? start : trimmed;
  view.transcript.select(extend ? anchor : to, to);
};

function tellTurn(view) {
  const { focus } = view.transcript.selection;
  const turn = view.turns.findLastIndex(([start]) => start <= focus);
  view.live.say(blockName(view, { turn: Math.max(0, turn), first: true }));
}

/** True where the selection was coded, was not left since, and still has a coding. */
function isCoded({ text, state, transcript, lastCoded }) {
  const { start, end } = transcript.selection;
  if (lastCoded?.start !== start || lastCoded.end !== end) return false;
  const span = trimSpan(text, start, end);
  const isSame = (one) => one.mine && one.start === span.start && one.end === span.end;
  return state.sorted().some(isSame);
}

const UNIT_BEGINS = { word: /[\p{L}\p{N}]/u, sentence: /\S/u, turn: /\S/u };

/** The first place from an offset on at which a word, sentence or turn begins to be; or -1. */
function nextPlace({ text, turns }, from, unit) {
  for (const [start, end] of turns) {
    if (end <= from) continue;
    const at = Math.max(start, from);
    const found = text.slice(at, end).search(UNIT_BEGINS[unit]);
    if (found >= 0) return at + found;
  }
  return -1;
}

/** Grows the selection to whole units; words that are coded begin a new one behind them. */
const grow = (unit) => (view) => {
  const { transcript } = view;
  if (isCoded(view)) {
    const at = nextPlace(view, transcript.selection.end, unit);
    if (at < 0) return view.note("no_next");
    transcript.select(at, at);
  }
  return transcript.expand(unit);
};

/** The end of the last word before an offset, or -1. */
function lastPlace({ text, turns }, to) {
  for (const [start, end] of turns.toReversed()) {
    if (start >= to) continue;
    const [words] = /^[^]*[\p{L}\p{N}]\p{M}*/u.exec(text.slice(start, Math.min(end, to))) ?? [""];
    if (words) return start + words.length;
  }
  return -1;
}

/** Grows the selection by the word before it; before words that are coded it begins a new one. */
function growBack(view) {
  const { transcript } = view;
  const { start, end } = transcript.selection;
  if (isCoded(view)) {
    const at = lastPlace(view, start);
    if (at < 0) return view.note("no_previous");
    transcript.select(at, at);
  } else transcript.select(end, start);
  return transcript.move("word", -1, { extend: true });
}

function stepCoding(view, way) {
  const { state, transcript } = view;
  const uncoded = state.filter.kind === "uncoded";
  const { focus } = transcript.selection;
  const found = state.step(uncoded ? transcript.selection.start : focus, way, view.current);
  if (!found) return view.note(way > 0 ? "no_next" : "no_previous");
  return view.go(found);
}

function stepOverlap(view) {
  const { start, focus } = view.transcript.selection;
  view.overlapAt ??= view.transcript.selection.end > start ? start : focus;
  const list = view.state.at(view.overlapAt);
  if (!list.length) return view.note("none_here");
  const at = list.findIndex(({ id }) => id === view.current);
  return view.go(list[(at + 1) % list.length], {
    place: at + 2 > list.length ? 1 : at + 2,
    n: list.length,
  });
}

function search(view, query) {
  view.hits = query.trim() ? view.finder.search(query) : [];
  const { start } = view.transcript.selection;
  const after = view.hits.findIndex(([from]) => from >= start);
  view.hitAt = after < 0 ? 0 : after;
  showHit(view);
}

function showHit(view) {
  const { hits, hitAt, transcript, find } = view;
  transcript.setHits(hits, hits.length ? hitAt : -1);
  find.told(hitAt, hits.length);
  if (hits.length) transcript.reveal(hits[hitAt][0]);
}

function stepHit(view, way) {
  const n = view.hits.length;
  if (!n) return view.find.isOpen ? undefined : view.find.open();
  view.hitAt = (view.hitAt + way + n) % n;
  showHit(view);
  return view.live.say(view.say("find_count", { at: view.hitAt + 1, n }));
}

function setFilter(view, kind) {
  const { state } = view;
  if (kind === "code" && !state.filter.code && !view.lastCode()) {
    return view.note("filter_no_code") ?? view.panel.update();
  }
  const current = state.codings.get(view.current)?.code;
  state.filter = { kind, code: kind === "code" ? (current ?? view.lastCode()) : null };
  view.drawFilter();
  const n = state.sorted().filter((coding) => state.passes(coding)).length;
  const shown = kind === "uncoded" ? state.uncodedUnits().length : n;
  const code = state.filter.code ? state.label(state.filter.code) : "";
  return view.note(`filtered_${kind}`, { n: shown, code });
}

const nextFilter = (view) => {
  const at = FILTERS.indexOf(view.state.filter.kind);
  const others = [...view.state.codings.values()].some(({ mine }) => !mine);
  let next = (at + 1) % FILTERS.length;
  if (FILTERS[next] === "mine" && !others) next += 1;
  if (FILTERS[next] === "code" && !view.lastCode()) next += 1;
  setFilter(view, FILTERS[next]);
};

/** Closes the innermost thing that is open; returns whether there was one. */
function closeOne(view) {
  const { picker, help, panel, find } = view;
  if (picker.isOpen) picker.close();
  else if (help.isOpen) help.close();
  else if (panel.memo.isOpen) panel.memo.close() ?? view.focusText();
  else if (find.isOpen) find.close();
  else if (view.mode) view.setMode(null);
  else if (view.state.lock !== null) view.setLock(null);
  else return view.hadPopup;
  return true;
}

/** Esc: with nothing open the focus leaves the widget, but not by a key pressed once too often. */
function closeOrLeave(view) {
  if (closeOne(view)) view.closedAt = view.now();
  else if (!(view.now() - view.closedAt < STAYS)) view.leave();
}

/** Commands by name: called with the view and the value of the key. */
export const MOVES = {
  moveCharacter: mover("character", false),
  moveWord: mover("word", false),
  moveLine: mover("line", false),
  movePage: mover("page", false),
  moveDocument: mover("document", false),
  moveTurnEdge: turnEdge(false),
  extendCharacter: mover("character", true),
  extendWord: mover("word", true),
  extendLine: mover("line", true),
  extendPage: mover("page", true),
  extendDocument: mover("document", true),
  extendTurnEdge: turnEdge(true),
  word: grow("word"),
  wordBack: growBack,
  sentence: grow("sentence"),
  turn: grow("turn"),
  all: (view) => view.transcript.select(0, view.text.length, { reveal: false }),
  turnStep: (view, way) => view.transcript.move("turn", way, { extend: false }) ?? tellTurn(view),
  codingStep: stepCoding,
  overlap: stepOverlap,
  filter: nextFilter,
  setFilter,
  toText: (view) => view.focusText(),
  find: (view) => view.find.open(),
  findNext: stepHit,
  findStep: stepHit,
  search,
  help: (view) => view.help.open(),
  close: closeOrLeave,
  choose: (view, id) => view.go(view.state.codings.get(id)),
  treeStep: (view, by) => view.panel.tree.step(by),
  treeFold: (view, way) => view.panel.tree.turn(way),
  treeEdge: (view, way) => view.panel.tree.edge(way),
  treePick: (view) => view.panel.tree.pick(view.panel.tree.at),
  pickStep: (view, by) => view.picker.step(by),
  pickPage: (view, by) => view.picker.step(8 * by),
  pickTake: (view) => view.picker.take(),
};
