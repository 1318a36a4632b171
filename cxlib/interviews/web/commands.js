// Commands that code: each makes ops from the selection and the current coding.

import { inBrief } from "./dom.js";
import { turnsOf } from "./drawing.js";
import { nextGrapheme, nextWord, sentenceAt } from "./offsets.js";
import { IN_VIVO, freshId, inVivoName, makeOp, trimSpan } from "./ops.js";
import { MOVES, turnAt } from "./moves.js";

const UNDONE_WORDS = 30; // letters of a coding that is taken back
const CODED_WORDS = 40;

function selectedSpan(view) {
  const { start, end } = view.transcript.selection;
  const span = trimSpan(view.text, start, end);
  if (span.start < span.end) return span;
  view.note(start < end ? "only_blanks" : "nothing_selected");
  return null;
}

function codeSelection(view, code, before = []) {
  const span = selectedSpan(view);
  if (!span) return before.length ? view.commit(before) : undefined;
  view.lastCoded = { ...view.transcript.selection };
  const { start, end, trimmed } = span;
  const label = view.state.label(code);
  const same = view.state.same(start, end, code);
  if (same) {
    if (before.length) view.commit(before);
    view.setCurrent(same.id);
    return view.note("already", { code: label });
  }
  const batch = before.length ? freshId() : undefined;
  const id = freshId();
  const add = makeOp("add", {
    id,
    document: view.document,
    start,
    end,
    code,
    memo: "",
    uncertain: false,
    batch,
  });
  view.commit([...before.map((op) => ({ ...op, batch })), add]);
  view.setCurrent(id);
  const n = turnsOf(view, start, end);
  const said = n > 1 ? "coded_turns" : trimmed ? "coded_trimmed" : "coded";
  const words = inBrief(view.text.slice(start, end), CODED_WORDS);
  return view.note(said, { code: view.state.label(code), words, n });
}

function pinnedCode(view, i) {
  const code = view.state.pinned[i];
  if (code === undefined) return view.note("no_pinned", { n: i + 1 });
  return codeSelection(view, code);
}

function recentCode(view, i) {
  view.setMode(null);
  const code = view.state.recents[i];
  if (code === undefined) return view.note("no_recent", { n: i + 1 });
  return codeSelection(view, code);
}

function codeAgain(view) {
  const code = view.lastCode();
  return code === undefined ? view.note("no_last") : codeSelection(view, code);
}

function chooseRecent(view) {
  if (!view.state.recents.length) return view.note("no_last");
  view.setMode("recent");
  const names = view.state.recents.map((code, i) => `${i + 1} ${view.state.label(code)}`);
  return view.banner("recent_banner", { codes: names.join("   ") });
}

/** The op that makes a code, or none where it is there: [op, …]. */
export function codeOps(view, name, parent, vivo) {
  if (view.state.codes.has(name)) return [];
  return [makeOp("code", { code: name, parent, kind: null, definition: "", vivo })];
}

/** Opens the picker; `use(name, ops)` gets what makes the code where it is new. */
export const openPicker = (view, title, use, fresh = false, parent = null) =>
  view.picker.open({
    title: view.say(title),
    fresh,
    onTake: (name, isNew) => use(name, isNew ? codeOps(view, name, parent) : []),
  });

function makeNew(view, parent) {
  openPicker(
    view,
    "picker_new",
    (name, ops) => {
      const made = view.state.label(name);
      codeSelection(view, name, ops);
      const { start, end } = view.transcript.selection;
      if (start === end && ops.length) view.note("made", { code: made });
    },
    true,
    parent,
  );
}

function newUnder(view) {
  const current = view.state.codings.get(view.current)?.code ?? view.lastCode();
  const code = view.state.codes.get(current);
  makeNew(view, code ? (code.parent ?? code.theme ?? code.name) : null);
}

function codeInVivo(view) {
  const span = selectedSpan(view);
  if (!span) return;
  const name = inVivoName(view.text, span.start, span.end);
  const vivo = [view.points.toPoints(span.start), view.points.toPoints(span.end)];
  codeSelection(view, name, codeOps(view, name, IN_VIVO, vivo));
}

function ownCurrent(view, id = view.current) {
  const coding = view.state.codings.get(id);
  if (!coding) view.note("none_here");
  else if (!coding.mine) view.note("not_yours", { coder: coding.coder });
  return coding?.mine ? coding : null;
}

const edit = (view, coding, fields) => view.commit([makeOp("edit", { id: coding.id, ...fields })]);

function openMemo(view, id) {
  const coding = ownCurrent(view, id);
  if (!coding) return;
  const words = inBrief(view.text.slice(coding.start, coding.end), UNDONE_WORDS);
  const title = view.say("memo_on", { code: view.state.label(coding.code), words });
  view.showPanel();
  view.panel.memo.open(coding.id, title, coding.memo, (memo) => {
    edit(view, coding, { memo });
    view.note("memo_changed", { code: view.state.label(coding.code) });
  });
}

function openDocumentMemo(view) {
  view.showPanel();
  view.panel.memo.open(view.document, view.say("memo_document"), view.state.now.memo, (text) => {
    view.commit([makeOp("memo", { document: view.document, text })]);
    view.note("document_memo_changed");
  });
}

function saveMemo(view) {
  view.panel.memo.close();
  view.focusText();
}

function discardMemo(view) {
  view.panel.memo.discard();
  view.focusText();
  view.note("memo_discarded");
}

function toggleUncertain(view, id) {
  const coding = ownCurrent(view, id);
  if (!coding) return;
  edit(view, coding, { uncertain: !coding.uncertain });
  view.note(coding.uncertain ? "now_certain" : "now_uncertain", {
    code: view.state.label(coding.code),
  });
}

function removeCoding(view, id) {
  const coding = ownCurrent(view, id);
  if (!coding) return;
  view.commit([makeOp("remove", { id: coding.id })]);
  view.setCurrent(null);
  view.note("removed", { code: view.state.label(coding.code) });
}

function recode(view, id) {
  const coding = ownCurrent(view, id);
  if (!coding) return;
  openPicker(view, "picker_recode", (code, ops) => {
    if (code === coding.code) return;
    const batch = freshId();
    const change = makeOp("edit", { id: coding.id, code });
    view.commit([...ops, change].map((op) => ({ ...op, batch })));
    view.note("recoded", { code: view.state.label(code) });
  });
}

function toggleLock(view) {
  if (view.state.lock !== null) return view.setLock(null);
  const code = view.state.codings.get(view.current)?.code ?? view.lastCode();
  if (code !== undefined) return view.setLock(code);
  return openPicker(view, "picker_lock", (name, ops) => {
    if (ops.length) view.commit(ops);
    view.setLock(name);
  });
}

/** Enter: with a lock the selection is coded; without one the picker opens for it. */
function confirmSelection(view) {
  const { lock } = view.state;
  if (lock !== null) return codeSelection(view, lock);
  const { start, end } = view.transcript.selection;
  return start < end ? COMMANDS.picker(view) : view.note("nothing_selected");
}

function chooseEdge(view, side) {
  const coding = ownCurrent(view);
  if (!coding) return;
  view.setMode("edge");
  Object.assign(view, { edgeSide: side, edgeId: coding.id, edgeBatch: freshId() });
  view.selectEdge(coding);
  view.banner("edge_banner", { side: view.say(`edge_${side}`) });
}

const EDGE_STEPS = {
  character: (view, at, way) => nextGrapheme(view.text, at, way),
  word: (view, at, way) => nextWord(view.text, at, way, view.lang),
  sentence: (view, at, way) => {
    const [from, to] = turnAt(view, way < 0 ? Math.max(0, at - 1) : at);
    const place = way < 0 ? Math.max(from, at - 1) : at;
    const [start, end] = sentenceAt(view.text, place, view.lang, from, to);
    return way < 0 ? start : end;
  },
};

const moveEdge = (unit) => (view, way) => {
  const coding = view.state.codings.get(view.edgeId);
  if (!coding) return view.setMode(null);
  const { edgeSide: side } = view;
  const at = EDGE_STEPS[unit](view, coding[side], way);
  const { start, end } = { ...coding, [side]: Math.max(0, Math.min(view.text.length, at)) };
  if (start >= end || coding[side] === at || !view.text.slice(start, end).trim()) return undefined;
  edit(view, coding, { start, end, batch: view.edgeBatch });
  return view.selectEdge(view.state.codings.get(coding.id));
};

/** Cuts the current coding at turns: the first part keeps id and memo; one batch for undo. */
function splitByTurn(view) {
  const coding = ownCurrent(view);
  if (!coding) return;
  const parts = view.turns
    .map(([from, to]) =>
      trimSpan(view.text, Math.max(from, coding.start), Math.min(to, coding.end)),
    )
    .filter(({ start, end }) => start < end);
  if (parts.length < 2) return;
  const batch = freshId();
  const { id, code, uncertain } = coding;
  const [{ start, end }, ...rest] = parts;
  view.commit([
    makeOp("edit", { id, start, end, batch }),
    ...rest.map((part) =>
      makeOp("add", {
        id: freshId(),
        document: view.document,
        start: part.start,
        end: part.end,
        code,
        memo: "",
        uncertain,
        batch,
      }),
    ),
  ]);
  view.note("was_split", { n: parts.length });
}

function readToHere(view) {
  const { focus } = view.transcript.selection;
  const unit = view.state.units.find(([start, end]) => start <= focus && focus < end);
  const to = unit ? unit[1] : turnAt(view, focus)[1];
  view.commit([makeOp("read", { document: view.document, to })]);
  const { read, units } = view.state.progress();
  view.note("read_to", { n: read, m: units });
}

/** Ops that an undo names, at whatever remove: those that are no undo, as far as they are known. */
function undoneOps(state, ids) {
  return ids.flatMap((id) => {
    const op = state.ops.find((each) => each.op_id === id);
    if (op?.op !== "undo") return op ? [op] : [];
    return undoneOps(state, [op.undoes].flat());
  });
}

/** What was taken back or done again, in words: the first coding, else what the op is. */
function changeInWords(view, changed, before, ops) {
  const { say, state } = view;
  const [coding, ...more] = changed
    .map((id) => state.codings.get(id) ?? before.get(id))
    .sort((a, b) => a.start - b.start);
  if (coding) {
    const words = inBrief(view.text.slice(coding.start, coding.end), UNDONE_WORDS);
    const one = say("coding_words", { code: state.label(coding.code), words });
    return more.length ? say("and_more", { one, n: more.length }) : one;
  }
  const [op] = ops;
  if (op?.op === "code") return say("quoted", { words: op.code });
  return op?.op === "memo" ? say("memo_document") : op?.op === "read" ? say("key_readTo") : "";
}

/** Says what the last undo or redo changed, and shows it. */
export function tellChange(view, { said, ops, before }, changed) {
  const what = changeInWords(view, changed, before, ops);
  const coding = view.state.codings.get(changed[0]) ?? before.get(changed[0]);
  if (coding) view.transcript.reveal(coding.start);
  return what ? view.note(`${said}_what`, { what }) : view.note(said);
}

const takeBack = (next, said, none) => (view) => {
  const { state } = view;
  const ids = state[next]();
  if (!ids.length) return view.note(none);
  const told = { said, ops: undoneOps(state, ids), before: new Map(state.codings) };
  const undo = makeOp("undo", { undoes: ids.length > 1 ? [...ids] : ids[0] });
  const changed = view.commit([undo]);
  // of old ops only the kernel knows what they did: its answer is told
  view.untold = changed.length || !view.session.beyond.has(undo.op_id) ? null : told;
  return tellChange(view, told, changed);
};

/** All commands by name: called with the view and the value of the key or of the click. */
export const COMMANDS = {
  ...MOVES,
  pinned: pinnedCode,
  pick: (view, code) => codeSelection(view, code),
  again: codeAgain,
  recent: chooseRecent,
  recentCode,
  picker: (view) => openPicker(view, "picker_code", (name, ops) => codeSelection(view, name, ops)),
  newCode: (view) => makeNew(view, null),
  newUnder,
  inVivo: codeInVivo,
  lock: toggleLock,
  confirm: confirmSelection,
  memo: openMemo,
  documentMemo: openDocumentMemo,
  memoSave: saveMemo,
  memoDiscard: discardMemo,
  uncertain: toggleUncertain,
  remove: removeCoding,
  recode,
  edge: chooseEdge,
  edgeCharacter: moveEdge("character"),
  edgeWord: moveEdge("word"),
  edgeSentence: moveEdge("sentence"),
  edgeDone: (view) => view.setMode(null),
  split: splitByTurn,
  readTo: readToHere,
  undo: takeBack("nextUndo", "undone", "nothing_to_undo"),
  redo: takeBack("nextRedo", "redone", "nothing_to_redo"),
};
