// What is coded: the kernel's codings, the ops since, and what is counted from them. No page in it.

const PALETTE_SIZE = 6;

const emptySnapshot = () => ({ codings: new Map(), codes: new Map(), readTo: 0, memo: "" });

const copySnapshot = (from) => ({
  ...from,
  codings: new Map(from.codings),
  codes: new Map(from.codes),
});

// what was settled says of which codings it was made, why, whether the code holds, and who decided
const SETTLED_FIELDS = ["from", "reason", "holds", "decided_by"];
const settledFields = (op) =>
  Object.fromEntries(SETTLED_FIELDS.filter((name) => name in op).map((name) => [name, op[name]]));

const asList = (value) => (Array.isArray(value) ? value : [value]);

/** One op on a snapshot, in place; the id of the coding that it changed, or null. */
export function applyOp(snapshot, op, coder) {
  const { codings, codes } = snapshot;
  const { op: kind, id } = op;
  if (kind === "add") {
    const { start, end, code, memo = "", uncertain = false } = op;
    const by = op.coder ?? coder;
    const own = { id, start, end, code, memo, uncertain, coder: by, mine: by === coder };
    codings.set(id, { ...own, ...settledFields(op) });
    return id;
  }
  if (kind === "edit" && codings.has(id)) {
    const { start, end, code, memo, uncertain, gloss } = op;
    const given = Object.entries({ start, end, code, memo, uncertain, gloss });
    const changed = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    codings.set(id, { ...codings.get(id), ...changed, ...settledFields(op) });
    return id;
  }
  if (kind === "remove" && codings.delete(id)) return id;
  if (kind === "read") snapshot.readTo = op.to;
  if (kind === "memo") snapshot.memo = op.text;
  if (kind === "code" && !codes.has(op.code)) {
    const { code: name, parent = null, kind: sort = null, definition = "" } = op;
    codes.set(name, { name, label: name, parent, kind: sort, definition, made: true });
  }
  return null;
}

/** The ops that no undo in force takes back. */
export function opsInForce(ops) {
  const off = new Set();
  const left = [];
  for (let i = ops.length - 1; i >= 0; i--) {
    const op = ops[i];
    if (off.has(op.op_id)) continue;
    if (op.op === "undo") asList(op.undoes).forEach((id) => off.add(id));
    else left.push(op);
  }
  return left.reverse();
}

/** Stacks of what Ctrl+Z and Ctrl+Shift+Z take next; an entry is a list of op ids. */
class UndoStacks {
  constructor({ done = [], undone = [] } = {}) {
    this.done = done.map(asList);
    this.undone = undone.map(({ undo, step }) => ({ undo: [undo], entry: step }));
  }

  take(op) {
    const { batch } = op;
    if (op.op !== "undo") {
      const last = this.done.at(-1);
      if (batch && last?.batch === batch) last.push(op.op_id);
      else this.done.push(Object.assign([op.op_id], { batch }));
      this.undone = [];
      return;
    }
    const targets = new Set(asList(op.undoes));
    const redone = this.undone.findIndex(({ undo }) => undo.some((id) => targets.has(id)));
    if (redone >= 0) {
      const [{ entry }] = this.undone.splice(redone, 1);
      this.done.push(entry);
      return;
    }
    const at = this.done.findLastIndex((entry) => entry.some((id) => targets.has(id)));
    if (at < 0) return;
    const [entry] = this.done.splice(at, 1);
    this.undone.push({ undo: [op.op_id], entry });
  }
}

/** The codings of one document as one view sees them; offsets are the page's (UTF-16). */
export class CodingState {
  constructor(coder) {
    this.coder = coder;
    this.ops = [];
    this.base = this.now = emptySnapshot();
    this.recents = [];
    this.lock = null;
    this.filter = { kind: "all", code: null };
    this.version = 0;
  }

  /** What the kernel says: `codings` and the rest stood before the ops of `tail`; ops that are not
   * acknowledged yet stay on top. Returns changed ids. */
  load({ codings, codes, pinned, units, readTo, memo, undo, elsewhere = [], tail = [] }) {
    this.base = {
      codings: new Map(codings.map((coding) => [coding.id, coding])),
      codes: new Map(codes.map((code) => [code.name, code])),
      readTo,
      memo,
    };
    this.told = pinned;
    this.units = units;
    this.baseStacks = undo;
    this.elsewhere = new Set(elsewhere);
    const told = new Set(tail.map((op) => op.op_id));
    const waiting = this.ops.filter((op) => op.pending && !told.has(op.op_id));
    this.ops = [...tail.map((op) => ({ ...op, isOld: true })), ...waiting];
    if (!this.recents.length) {
      const codes = codings.filter(({ mine }) => mine).map(({ code }) => code);
      this.recents = [...new Set(codes.reverse())].slice(0, 9);
    }
    return this.recompute();
  }

  /** Applies an op made here (`pending`) or told by the kernel; returns changed ids of codings. */
  apply(op, { pending = false } = {}) {
    if (this.ops.some((known) => known.op_id === op.op_id)) return this.acked([op]);
    const mine = pending || op.coder === undefined || op.coder === this.coder;
    const held = { ...op, pending };
    const waiting = pending ? -1 : this.ops.findIndex((known) => known.pending);
    this.ops.splice(waiting < 0 ? this.ops.length : waiting, 0, held);
    if (pending && op.op === "add") this.used(op.code);
    if (waiting >= 0 || op.op === "undo") return this.recompute();
    const id = applyOp(this.now, op, this.coder);
    if (mine) this.stacks.take(op);
    this.version += 1;
    return id === null ? [] : [id];
  }

  /** The kernel has these ops; their place is that of their time. */
  acked(ops) {
    const told = new Set(ops.map((op) => op.op_id));
    for (const known of this.ops) if (told.has(known.op_id)) known.pending = false;
    const at = this.ops.findIndex((known) => known.pending);
    if (at < 0 || this.ops.slice(at).every((known) => known.pending)) return [];
    this.ops = [...this.ops.filter((op) => !op.pending), ...this.ops.filter((op) => op.pending)];
    return this.recompute();
  }

  /** Takes back an op that the kernel refused; returns changed ids. */
  refuse(opId) {
    const before = this.ops.length;
    this.ops = this.ops.filter((op) => op.op_id !== opId);
    return this.ops.length === before ? [] : this.recompute();
  }

  /** Ops on other interviews: the codes that they use must stay. */
  usedElsewhere(ops) {
    for (const { op, code } of ops) if (code && op !== "code") this.elsewhere.add(code);
  }

  /** What Ctrl+Z takes back next: ids of ops, none where there is nothing. A code that another
   * interview has, or that stands above another code, stays. */
  nextUndo() {
    const made = new Map(this.ops.map((op) => [op.op_id, op.op === "code" ? op.code : null]));
    const above = (name, ids) =>
      [...this.codes.values()].some(
        (code) => code.parent === name && !ids.some((id) => made.get(id) === code.name),
      );
    const isKept = (id, ids) =>
      made.get(id) && (this.elsewhere.has(made.get(id)) || above(made.get(id), ids));
    for (const entry of this.stacks.done.toReversed()) {
      const ids = entry.filter((id) => !isKept(id, entry));
      if (ids.length) return ids;
    }
    return [];
  }

  /** What Ctrl+Shift+Z does again next: ids of undos, none where there is nothing. */
  nextRedo() {
    return this.stacks.undone.at(-1)?.undo ?? [];
  }

  /** True where an undo names, at whatever remove, what was done before the ops that are known. */
  isBeyond(op) {
    if (op.op !== "undo") return false;
    const known = new Map(this.ops.map((each) => [each.op_id, each]));
    const isUnknown = (id) => !known.has(id) || this.isBeyond(known.get(id));
    return asList(op.undoes).some(isUnknown);
  }

  recompute() {
    const before = this.now.codings;
    this.now = copySnapshot(this.base);
    this.stacks = new UndoStacks(this.baseStacks);
    for (const op of opsInForce(this.ops)) applyOp(this.now, op, this.coder);
    for (const op of this.ops) {
      const isMine = op.coder === undefined || op.coder === this.coder;
      if (isMine && !op.isOld) this.stacks.take(op); // the kernel's stacks know the old ones
    }
    this.version += 1;
    const ids = new Set([...before.keys(), ...this.now.codings.keys()]);
    return [...ids].filter((id) => !sameCoding(before.get(id), this.now.codings.get(id)));
  }

  get codings() {
    return this.now.codings;
  }

  get codes() {
    return this.now.codes;
  }

  /** The newest nine codes that this coder used. */
  used(code) {
    this.recents = [code, ...this.recents.filter((name) => name !== code)].slice(0, 9);
  }

  label(code) {
    return this.codes.get(code)?.label || code;
  }

  /** Place of a code in the list: it has the colour of that place in the palette. */
  colourOf(code) {
    if (this.colourVersion !== this.codes.size) {
      this.colourVersion = this.codes.size;
      this.places = new Map([...this.codes.keys()].map((name, i) => [name, i % PALETTE_SIZE]));
    }
    return this.places.get(code) ?? 0;
  }

  /** Codes of the keys 1 to 9: those that the kernel tells, then those made since. */
  get pinned() {
    if (this.pinnedVersion !== this.version) {
      const made = [...this.codes.values()].filter((code) => code.made).map(({ name }) => name);
      const names = [...new Set([...this.told, ...made])].filter((name) => this.codes.has(name));
      Object.assign(this, { inKeys: names.slice(0, 9), pinnedVersion: this.version });
    }
    return this.inKeys;
  }

  /** The key 1 to 9 of a pinned code, or an empty text. */
  keyOf(code) {
    const at = this.pinned.indexOf(code);
    return at >= 0 && at < 9 ? String(at + 1) : "";
  }

  /** Codings in the order of the text, cached until something changes. */
  sorted() {
    if (this.sortedVersion !== this.version) {
      this.sortedVersion = this.version;
      this.inOrder = [...this.codings.values()].sort(
        (a, b) => a.start - b.start || b.end - a.end || (a.id < b.id ? -1 : 1),
      );
    }
    return this.inOrder;
  }

  /** Codings that cover an offset, the shortest first. */
  at(offset) {
    return this.sorted()
      .filter(({ start, end }) => start <= offset && offset <= end)
      .sort((a, b) => a.end - a.start - (b.end - b.start));
  }

  same(start, end, code) {
    return this.sorted().find(
      (one) => one.mine && one.start === start && one.end === end && one.code === code,
    );
  }

  /** True for a coding that the filter lets stand out. */
  passes(coding) {
    const { kind, code } = this.filter;
    if (kind === "mine") return coding.mine;
    if (kind === "uncertain") return coding.uncertain;
    if (kind === "code") return coding.code === code;
    return kind !== "uncoded";
  }

  /** The next thing that the filter shows from an offset: {start, end, id?}, or null. */
  step(offset, direction, currentId) {
    const list =
      this.filter.kind === "uncoded"
        ? this.uncodedUnits().map(([start, end]) => ({ start, end }))
        : this.sorted().filter((coding) => this.passes(coding));
    const at = currentId ? list.findIndex(({ id }) => id === currentId) : -1;
    if (at >= 0) return list[at + direction] ?? null;
    if (direction > 0) return list.find(({ start }) => start > offset) ?? null;
    return list.findLast(({ start }) => start < offset) ?? null;
  }

  /** Number of codings of each code, and of the codes below it. */
  counts() {
    if (this.countVersion === this.version) return this.counted;
    const counted = new Map();
    const entry = (name) => counted.get(name) ?? counted.set(name, { own: 0, all: 0 }).get(name);
    for (const { code } of this.codings.values()) {
      entry(code).own += 1;
      const seen = new Set();
      for (let at = code; at && !seen.has(at); at = parentOf(this.codes.get(at))) {
        seen.add(at);
        entry(at).all += 1;
      }
    }
    this.countVersion = this.version;
    return (this.counted = counted);
  }

  coverage() {
    if (this.coverVersion === this.version) return this.covered;
    const covered = new Uint8Array(this.units.length);
    let from = 0;
    for (const { start, end, mine } of this.sorted()) {
      if (!mine) continue;
      while (from < this.units.length && this.units[from][1] <= start) from += 1;
      for (let i = from; i < this.units.length && this.units[i][0] < end; i++) covered[i] = 1;
    }
    this.coverVersion = this.version;
    return (this.covered = covered);
  }

  uncodedUnits() {
    const covered = this.coverage();
    return this.units.filter((_unit, i) => !covered[i]);
  }

  /** Units read, of all, with a coding of mine, and the number of my codings. */
  progress() {
    const read = this.units.filter(([, end]) => end <= this.now.readTo).length;
    const coded = this.coverage().reduce((sum, one) => sum + one, 0);
    let mine = 0;
    for (const coding of this.codings.values()) mine += coding.mine ? 1 : 0;
    return { read, units: this.units.length, coded, codings: mine };
  }
}

const FIELDS = ["start", "end", "code", "memo", "uncertain", "gloss", "coder", "holds", "reason"];
const sameCoding = (a, b) => a === b || (a && b && FIELDS.every((name) => a[name] === b[name]));

/** What a code stands under: its parent, else its theme. */
export function parentOf(code) {
  return code?.parent || code?.theme || null;
}

/** Codes as rows of a tree, parents first: [{name, label, depth, hasCode, children}]. */
export function treeRows(codes, names = [...codes.keys()]) {
  const children = new Map();
  const under = (parent) => children.get(parent) ?? children.set(parent, []).get(parent);
  const wanted = new Set(names);
  for (const name of names) {
    const parent = parentOf(codes.get(name));
    if (parent && !wanted.has(parent) && !children.has(parent)) {
      if (!under(null).includes(parent)) under(null).push(parent);
    }
    under(parent === name ? null : parent).push(name);
  }
  const rows = [];
  const seen = new Set();
  const add = (name, depth, parent) => {
    if (seen.has(name)) return;
    seen.add(name);
    const below = children.get(name) ?? [];
    const hasCode = codes.has(name);
    const label = codes.get(name)?.label || name;
    rows.push({ name, label, depth, parent, hasCode, children: below.length });
    for (const child of below) add(child, depth + 1, name);
  };
  for (const name of children.get(null) ?? []) add(name, 0, null);
  for (const name of names) add(name, 0, null);
  return rows;
}
