// Changes the kernel has not acknowledged: kept in the page's storage without words of the
// transcript, sent in order until they are acknowledged, counted for the status.

import { packEntry, unpackEntries } from "./ops.js";

const ACK_WITHIN = 3000; // milliseconds without an ack before the kernel is asked whether it lives
const AT_ONCE = 200; // ops in one message
const STORE_PREFIX = "cx-coder";

/** The queue of one view and document; ops are as the wire has them. `send(message)` may throw;
 * `tick()` is to be called a few times a second. */
export class OpStore {
  constructor({ storage, send, now, view, onStatus }) {
    Object.assign(this, { storage, send, now, view, onStatus });
    this.pending = []; // [{op, t, vivo}], in the order they were made
    this.key = null;
    this.sentAt = this.pingedAt = this.sentUpTo = 0;
    this.broken = this.waiting = this.unkept = false;
    this.held = "";
  }

  /** Takes the document's place in the storage; what earlier views left there comes in front.
   * `source` is {text, map, names}. Returns the ops that came so, and how many changes made on
   * another text were left where they are. */
  open({ journal, document, coder, sha }, source, isVivo) {
    const parts = [journal, document, coder].map(encodeURIComponent);
    const prefix = `${[STORE_PREFIX, ...parts].join(":")}:`;
    const before = this.key;
    if (this.sha !== undefined && this.sha !== sha) this.pending = [];
    else if (before && before !== prefix + this.view) this.forget(before);
    Object.assign(this, { journal, document, sha, isVivo, key: prefix + this.view, held: "" });
    const known = new Set(this.pending.map(({ op }) => op.op_id));
    const { found, keys, other } = this.left(prefix, sha);
    const fresh = found.filter(({ op }) => !known.has(op.op_id) && known.add(op.op_id));
    const adopted = unpackEntries(fresh, source);
    this.pending = [...adopted, ...this.pending].sort((a, b) => a.t - b.t);
    this.save();
    if (!this.unkept) keys.filter((key) => key !== this.key).forEach((key) => this.forget(key));
    return { ops: adopted.map(({ op }) => op), other };
  }

  left(prefix, sha) {
    const found = [];
    const keys = [];
    let other = 0;
    try {
      const all = Array.from({ length: this.storage.length }, (_, i) => this.storage.key(i));
      for (const key of all.filter((name) => name?.startsWith(prefix))) {
        const record = JSON.parse(this.storage.getItem(key));
        if (record.sha === sha) found.push(...record.ops) && keys.push(key);
        else other += record.ops.length;
      }
    } catch {
      this.unkept = true;
    }
    return { found: found.sort((a, b) => a.t - b.t), keys, other };
  }

  forget(key) {
    try {
      this.storage.removeItem(key);
    } catch {
      this.unkept = true;
    }
  }

  save() {
    if (!this.key) return;
    if (!this.pending.length) return this.forget(this.key);
    const ops = this.pending.map((entry) => packEntry(entry, this.isVivo));
    try {
      this.storage.setItem(this.key, JSON.stringify({ sha: this.sha, ops }));
      this.unkept = false;
    } catch {
      this.unkept = true;
    }
  }

  /** Keeps entries {op, vivo} and sends them. */
  push(entries) {
    const t = Math.max(this.now(), this.pending.at(-1)?.t ?? 0);
    this.pending.push(...entries.map((entry) => ({ ...entry, t })));
    this.save();
    this.flush();
  }

  /** Sends what waits, oldest first, always from the first one: the kernel drops what it knows, and
   * so no op comes before one that it needs. */
  flush() {
    if (this.pending.length && this.key) {
      const ops = this.pending.slice(0, AT_ONCE).map(({ op }) => op);
      const { journal, document } = this;
      this.deliver({ v: 1, kind: "ops", document, journal, ops });
      this.sentAt = this.now();
      this.sentUpTo = Math.min(AT_ONCE, this.pending.length);
    }
    this.onStatus(this.status());
  }

  deliver(message) {
    try {
      this.send(message);
      this.broken = false;
    } catch {
      this.broken = true;
    }
  }

  /** The kernel has written these ops. Returns how many were waited for. */
  acked(opIds) {
    const told = new Set(opIds);
    const before = this.pending.length;
    this.pending = this.pending.filter(({ op }) => !told.has(op.op_id));
    const n = before - this.pending.length;
    this.waiting = this.broken = false;
    if (n) {
      this.held = "";
      this.save();
      this.sentUpTo -= n;
      if (this.pending.length && this.sentUpTo <= 0) return this.flush() ?? n;
      this.sentAt = this.now();
    }
    this.onStatus(this.status());
    return n;
  }

  /** The kernel will never take this op. */
  drop(opId) {
    this.acked([opId]);
  }

  /** The kernel cannot write now (disk full, file read-only); the ops stay, and are tried again. */
  hold(reason) {
    this.held = reason;
    this.sentAt = this.now();
    this.onStatus(this.status());
  }

  has(opId) {
    return this.pending.some(({ op }) => op.op_id === opId);
  }

  pong() {
    this.waiting = false;
    if (this.pending.length && !this.held) this.flush();
    else this.onStatus(this.status());
  }

  tick() {
    if (!this.pending.length || !this.key) return;
    const now = this.now();
    if (now - this.sentAt < ACK_WITHIN || now - this.pingedAt < ACK_WITHIN) return;
    this.pingedAt = now;
    if (this.held) return this.flush();
    this.waiting = true;
    this.deliver({ v: 1, kind: "ping" });
    this.onStatus(this.status());
  }

  /** {kind: saved | saving | waiting | unsaved | held, n, unkept} for the status line. */
  status() {
    const n = this.pending.length;
    const { unkept, held } = this;
    if (!n) return { kind: "saved", n, unkept };
    if (held) return { kind: "held", n, unkept, reason: held };
    if (this.broken) return { kind: "unsaved", n, unkept };
    return { kind: this.waiting ? "waiting" : "saving", n, unkept };
  }
}

const partsOf = (...parts) => parts.map(encodeURIComponent).join(":");

/** What earlier views of this coder's file left in the storage: [{document, sha, n}]. */
export function leftInStorage(storage, { journal, coder }) {
  const found = [];
  try {
    for (let i = 0; i < storage.length; i++) {
      const key = storage.key(i) ?? "";
      const [head, ...parts] = key.split(":").map(decodeURIComponent);
      const [file, document, who] = parts;
      if (head !== STORE_PREFIX || file !== journal || who !== coder) continue;
      const { sha, ops } = JSON.parse(storage.getItem(key));
      if (ops.length) found.push({ document, sha, n: ops.length });
    }
  } catch {
    return found;
  }
  return found;
}

const lastKey = ({ journal, coder }) => `${STORE_PREFIX}-last:${partsOf(journal, coder)}`;

/** The interview of a coder's file that this browser showed last, or null. */
export function lastShown(storage, about) {
  try {
    return storage.getItem(lastKey(about));
  } catch {
    return null;
  }
}

/** Keeps which interview is shown, where there are several. */
export function keepShown(storage, about) {
  if (!(about.documents?.length > 1)) return;
  try {
    storage.setItem(lastKey(about), about.document);
  } catch {
    // then the first interview is shown the next time
  }
}

const noStorage = {
  length: 0,
  key: () => null,
  getItem: () => null,
  setItem() {},
  removeItem() {},
};

/** The browser's own storage, or one that keeps nothing where it is not allowed. */
export function pageStorage() {
  try {
    return globalThis.localStorage ?? noStorage;
  } catch {
    return noStorage;
  }
}
