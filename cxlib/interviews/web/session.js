// One view's talk with the kernel: opens documents, sends ops, takes what others did.

import { Points } from "./offsets.js";
import { IN_VIVO, freshId, fromWireOp, toWireOp } from "./ops.js";
import { CodingState } from "./state.js";
import { OpStore, keepShown, lastShown, leftInStorage } from "./store.js";

const OPEN_WITHIN = 3000; // milliseconds without a document before it is asked for again
const TICK = 500;
const KEPT = ["disk", "readonly", "replaced", "document", "gone"]; // the ops wait then
const QUIET = 20000; // milliseconds of silence after which the kernel is asked what it has

const BESIDE = "~"; // behind the name of a view that asks for an interview it does not show

/** `on` has: opened(message, {isSame, changed, notes}), changed(ids), status(), note(key, values),
 * refused(reason). */
export class Session {
  constructor({ wire, storage, now, on }) {
    Object.assign(this, { wire, storage, now, on });
    this.view = freshId();
    this.stores = new Map();
    this.elsewhere = new Map(); // interviews asked for since changes wait for them: {n, at}
    this.beyond = new Set(); // ids of undos whose effect only the kernel knows
    this.openedAt = -1;
    this.heardAt = now();
    this.pingedAt = 0;
    wire.onMessage((message, buffers) => this.isDone || this.take(message, buffers ?? []));
    this.timer = setInterval(() => this.tick(), TICK);
  }

  open(document = this.document ?? null) {
    this.openedAt = this.now();
    this.isAsking = true;
    this.send({ v: 1, kind: "open", document, view: this.view });
  }

  send(message) {
    try {
      this.wire.send(message);
    } catch {
      this.silent();
    }
  }

  tick() {
    const now = this.now();
    if (this.isAsking && now - this.openedAt >= OPEN_WITHIN) {
      this.silent();
      this.open(this.asked);
    }
    this.askElsewhere();
    for (const store of this.stores.values()) store.tick();
    if (!this.state) return;
    if (this.pingedAt > this.heardAt && now - this.pingedAt >= OPEN_WITHIN) this.silent();
    if (now - Math.max(this.heardAt, this.pingedAt) < QUIET) return this.on.status();
    this.pingedAt = now;
    this.send({ v: 1, kind: "ping" });
  }

  /** The kernel does not answer: told once, until it does. */
  silent() {
    if (!this.isSilent && this.state) this.on.note("no_answer");
    this.isSilent = true;
    this.on.status();
  }

  /** Opens another document of the corpus. */
  change(document) {
    this.asked = document;
    this.open(document);
  }

  take(message, buffers) {
    const takers = {
      document: () => this.takeDocument(message, buffers),
      ack: () => this.takeAck(message.op_ids, message.at),
      ops: () => this.takeOps(message),
      refused: () => this.takeRefused(message),
      changed: () => this.takeChanged(message),
      pong: () => this.takePong(message),
    };
    this.heardAt = this.now();
    this.isSilent = false;
    takers[message?.kind]?.();
  }

  takeDocument(message, buffers) {
    if (message.view === this.view + BESIDE) return this.takeBeside(message, buffers);
    const wanted = this.asked ?? this.document;
    const isOthers = message.view !== undefined && message.view !== this.view;
    if (isOthers || (wanted && message.document !== wanted)) return;
    this.isAsking = false;
    this.asked = undefined;
    const kept = (this.notes ??= []);
    kept.push(...(message.notes ?? []));
    if (this.goesBack(message)) return;
    this.notes = [];
    const isSame = message.document === this.document && message.sha256 === this.sha;
    if (!isSame) {
      this.text = decode(buffers[0]);
      this.points = new Points(this.text);
      this.state = new CodingState(message.coder);
    }
    Object.assign(this, { document: message.document, sha: message.sha256, seq: message.seq });
    this.beyond.clear();
    const changed = this.state.load(pageForm(message, buffers[1], this.points));
    const { ids, n, other } = this.replay(message);
    for (const [name, { pending }] of this.stores) {
      if (name !== message.document) this.state.usedElsewhere(pending.map(({ op }) => op));
    }
    const notes = [n && ["replayed", { n }], other && ["other_text", { n: other }]];
    notes.push(...this.lookElsewhere(message));
    keepShown(this.storage, message);
    const about = { isSame, changed: [...changed, ...ids], notes: notes.filter(Boolean) };
    this.on.opened({ ...message, notes: kept }, about);
    this.store.flush();
  }

  /** Asks for the interview that was shown last, where the first answer is of another one. */
  goesBack(message) {
    if (this.state || message.chosen || !(message.documents?.length > 1)) return false;
    const last = lastShown(this.storage, message);
    const isThere = message.documents.some(({ name }) => name === last);
    if (!isThere || last === message.document) return false;
    this.change(last);
    return true;
  }

  /** Once a file: asks for interviews that have changes in the storage, so that these are sent.
   * Returns notes of changes that were made on another text. */
  lookElsewhere(message) {
    this.elsewhere.delete(message.document);
    const { journal, document: shown, documents = [] } = message;
    if (this.lookedIn === journal) return [];
    this.lookedIn = journal;
    const shas = new Map(documents.map(({ name, sha256 }) => [name, sha256]));
    const lost = new Map();
    const add = (map, name, n) => map.set(name, { n: n + (map.get(name)?.n ?? 0), at: -Infinity });
    for (const { document, sha, n } of leftInStorage(this.storage, message)) {
      if (document !== shown) add(shas.get(document) === sha ? this.elsewhere : lost, document, n);
    }
    this.askElsewhere();
    return [...lost].map(([document, { n }]) => ["other_text_of", { document, n }]);
  }

  askElsewhere() {
    for (const [document, about] of this.elsewhere) {
      if (this.now() - about.at < OPEN_WITHIN) continue;
      about.at = this.now();
      this.send({ v: 1, kind: "open", document, view: this.view + BESIDE });
    }
  }

  /** Sends the changes that were left for an interview that is not shown. */
  takeBeside(message, buffers) {
    const { document, journal, coder, sha256: sha, codes } = message;
    if (!this.elsewhere.delete(document) || document === this.document) return;
    const store = this.storeOf(document);
    const text = decode(buffers[0]);
    const parents = new Map(codes.map(({ name, parent }) => [name, parent]));
    const names = [...parents.keys(), ...this.state.codes.keys(), IN_VIVO];
    const isNew = (name) => store.pending.some(({ op, vivo }) => vivo && op.code === name);
    const isVivo = (name) => parents.get(name) === IN_VIVO || isNew(name);
    const source = { text, map: new Points(text), names };
    const { ops, other } = store.open({ journal, document, coder, sha }, source, isVivo);
    this.state.usedElsewhere(ops);
    if (ops.length) this.on.note("replayed_of", { document, n: ops.length });
    if (other) this.on.note("other_text_of", { document, n: other });
    store.flush();
  }

  /** How many changes of an interview are not saved. */
  waits(document) {
    const store = this.stores.get(document);
    return (store?.pending.length ?? 0) + (this.elsewhere.get(document)?.n ?? 0);
  }

  /** Changes that the kernel has not acknowledged, in earlier views or in this one, are shown and
   * sent again. Returns {ids of the codings that they change, n of them, n on another text}. */
  replay(message) {
    const store = this.storeOf(message.document);
    const { journal, document, coder, sha256: sha } = message;
    const { codes } = this.state;
    const isVivo = (name) => codes.get(name)?.parent === IN_VIVO && name !== IN_VIVO;
    const source = { text: this.text, map: this.points, names: [...codes.keys(), IN_VIVO] };
    const vivo = (name) => isVivo(name) || this.state.codes.get(name)?.parent === IN_VIVO;
    const { ops, other } = store.open({ journal, document, coder, sha }, source, vivo);
    const changed = ops.flatMap((op) => this.applyOwn(fromWireOp(op, this.points)));
    // the kernel may have had these before it answered: then its next answer is the truth
    const early = store.pending.filter(({ t }) => t <= this.openedAt);
    if (early.length) this.settles = early.at(-1).op.op_id;
    return { ids: changed, n: ops.length, other };
  }

  storeOf(document) {
    if (!this.stores.has(document)) {
      const { storage, now, view } = this;
      const send = (message) => this.wire.send(message);
      const onStatus = () => this.on.status();
      this.stores.set(document, new OpStore({ storage, send, now, view, onStatus }));
    }
    return this.stores.get(document);
  }

  get store() {
    return this.storeOf(this.document);
  }

  applyOwn(op) {
    if (this.state.isBeyond(op)) this.beyond.add(op.op_id);
    return this.state.apply(op, { pending: true });
  }

  /** Ops made in this view: shown, kept, sent. Returns ids of the codings that they change. */
  commit(ops) {
    const changed = ops.flatMap((op) => this.applyOwn(op));
    const { text, points } = this;
    this.store.push(ops.map((op) => ({ op: toWireOp(op, text, points), vivo: op.vivo })));
    return changed;
  }

  takeAck(opIds, at) {
    this.stores.forEach((store) => store.acked(opIds));
    if (!this.state) return;
    this.on.changed(this.state.acked(opIds.map((id) => ({ op_id: id, at }))));
    this.settle(opIds);
  }

  /** Asks for the document where only the kernel knows what ops have done. */
  settle(opIds) {
    const asks = opIds.filter((id) => this.beyond.delete(id) || id === this.settles);
    if (!asks.length) return;
    if (asks.includes(this.settles)) this.settles = undefined;
    this.open();
  }

  takeOps({ document, ops, seq }) {
    this.stores.forEach((store) => store.acked(ops.map((op) => op.op_id)));
    if (!this.state) return;
    const own = ops.some((op) => (op.coder ?? this.state.coder) === this.state.coder);
    if (own) {
      if (seq <= this.seq) return;
      const isNext = seq === this.seq + ops.length;
      this.seq = seq;
      if (!isNext) return this.open();
    }
    if (document !== this.document) return this.state.usedElsewhere(ops);
    const read = ops.map((op) => fromWireOp(op, this.points));
    const known = new Set(this.state.ops.map((op) => op.op_id));
    const beyond = read.some((op) => this.state.isBeyond(op) && !known.has(op.op_id));
    this.on.changed(read.flatMap((op) => this.state.apply(op)));
    if (beyond) this.open();
    else this.settle(read.map((op) => op.op_id));
  }

  takeChanged({ gone }) {
    this.on.note(gone ? "file_deleted" : "file_changed");
    this.open();
  }

  /** A pong says how many ops there are: a view that missed some asks for the document again. */
  takePong({ seq }) {
    this.stores.forEach((store) => store.pong());
    if (this.state && seq !== undefined && seq !== this.seq) this.open();
  }

  takeRefused({ op_id: id, reason, key }) {
    if (!this.state || ((id ?? null) === null && !KEPT.includes(key))) {
      this.isAsking = false; // it was `open` that was refused
      this.asked = undefined;
      return this.on.refused(reason);
    }
    const own = [...this.stores.values()].find((one) => one.has(id));
    const isOthers = !own && (id ?? null) !== null; // of another view of the same widget
    if (KEPT.includes(key)) {
      if (!isOthers) (own ?? this.store).hold(reason);
      if (key === "replaced" && this.now() - this.openedAt > OPEN_WITHIN) this.open();
    } else if (own) {
      own.drop(id);
      this.on.changed(this.state.refuse(id));
      this.settle([id]);
    }
    if (!isOthers) this.on.refused(reason);
  }

  /** The worst status of all documents, with the number of all changes that wait. */
  status() {
    const all = [...this.stores.values()].map((store) => store.status());
    const waiting = this.isSilent ? "waiting" : "saving";
    this.elsewhere.forEach(({ n }) => all.push({ kind: waiting, n }));
    const order = ["held", "unsaved", "waiting", "saving", "saved"];
    const kind = order.find((each) => all.some((one) => one.kind === each)) ?? "saved";
    const worst = all.find((one) => one.kind === kind) ?? { kind };
    const n = all.reduce((sum, one) => sum + one.n, 0);
    return { ...worst, n, kind: kind === "saved" && this.isSilent ? "silent" : kind };
  }

  dispose() {
    this.isDone = true;
    clearInterval(this.timer);
  }
}

const decode = (buffer) => new TextDecoder("utf-8", { ignoreBOM: true }).decode(buffer);

/** Codes of the keys 1 to 9: the pinned ones, else those with a key, else the first ones. */
function pinnedOf({ pinned = [], codes }) {
  if (pinned.length) return pinned;
  const keyed = codes.filter(({ key }) => key).sort((a, b) => Number(a.key) - Number(b.key));
  return (keyed.length ? keyed : codes).slice(0, 9).map(({ name }) => name);
}

function pageForm(message, buffer, map) {
  const span = ([start, end, ...rest]) => [map.toUtf16(start), map.toUtf16(end), ...rest];
  const codings = JSON.parse(buffer ? decode(buffer) : "[]");
  for (const coding of codings) {
    coding.memo ??= "";
    coding.uncertain ??= false;
    coding.coder ??= message.coder;
    coding.mine ??= true;
    coding.start = map.toUtf16(coding.start);
    coding.end = map.toUtf16(coding.end);
  }
  return {
    codings,
    codes: message.codes,
    pinned: pinnedOf(message),
    units: (message.units ?? []).map(span),
    readTo: map.toUtf16(message.read_to ?? 0),
    memo: message.memo ?? "",
    undo: message.undo ?? {},
    elsewhere: message.elsewhere ?? [],
    tail: (message.tail ?? []).map((op) => fromWireOp(op, map)),
  };
}
