// A kernel in the page: one coder's log, several views, and faults of the line on command.

globalThis.FakeKernel = class {
  constructor({
    text,
    turns,
    units,
    codes,
    pinned,
    labels,
    codings = [],
    others = [],
    lang = "",
    documents = ["Kim"],
    coder = "Aki",
    tail = 200,
    steps = 1000,
  }) {
    Object.assign(this, {
      text,
      turns,
      units,
      codes,
      pinned,
      labels,
      base: codings,
      others,
      lang,
      documents,
      coder,
      tail,
      steps,
    });
    this.log = [];
    this.known = new Set();
    this.views = new Set();
    this.journal = "0123456789abcdef";
    this.isAlive = true;
    this.refuses = null; // {key, reason}: every op is refused so
    this.opened = 0;
    this.clock = 0;
  }

  /** A line from a view: `fault` is none, drop (both ways), deaf (acks are lost), throw, hold. */
  wire() {
    const line = { fault: "none", queue: [], callback: null, kernel: this };
    this.views.add(line);
    line.send = (message) => {
      if (line.fault === "throw" || line.isGone) throw new Error("Cannot send");
      if (line.fault === "drop") return;
      if (line.fault === "hold") return void line.queue.push(message);
      const copy = JSON.parse(JSON.stringify(message));
      queueMicrotask(() => this.take(line, copy));
    };
    line.onMessage = (callback) => (line.callback = callback);
    line.release = () => {
      const waiting = line.queue.splice(0);
      line.fault = "none";
      waiting.forEach((message) => line.send(message));
    };
    line.close = () => {
      line.isGone = true;
      this.views.delete(line);
    };
    return line;
  }

  tell(line, message, buffers = []) {
    if (line.isGone || ["drop", "deaf", "throw"].includes(line.fault)) return;
    const views = buffers.map((text) => new DataView(new TextEncoder().encode(text).buffer));
    line.callback?.(JSON.parse(JSON.stringify({ v: 1, ...message })), views);
  }

  take(line, message) {
    if (message.kind === "open") this.tell(line, ...this.document(message));
    if (message.kind === "ping") this.tell(line, { kind: "pong", seq: this.log.length });
    if (message.kind === "ops") this.takeOps(line, message);
  }

  takeOps(line, { ops, journal, document }) {
    if (journal !== this.journal) return this.tell(line, { kind: "changed" });
    const told = [];
    const fresh = [];
    for (const op of ops) {
      const reason = this.refuses ?? this.wrong(op);
      if (reason && !this.known.has(op.op_id)) {
        for (const view of this.views)
          this.tell(view, { kind: "refused", op_id: op.op_id, ...reason });
        continue;
      }
      told.push(op.op_id);
      if (this.known.has(op.op_id)) continue;
      this.known.add(op.op_id);
      this.clock += 1;
      const at = `2026-11-28T00:00:00.${String(this.clock).padStart(6, "0")}Z`;
      const written = { ...op, at, coder: this.coder };
      fresh.push(written);
      this.log.push(written);
    }
    if (told.length) {
      for (const view of this.views)
        this.tell(view, { kind: "ack", op_ids: told, seq: this.log.length, at: fresh.at(-1)?.at });
    }
    if (fresh.length) {
      for (const view of this.views)
        this.tell(view, { kind: "ops", document, ops: fresh, seq: this.log.length });
    }
  }

  wrong(op) {
    const points = Array.from(this.text);
    if (op.start !== undefined) {
      const said = points.slice(op.start, op.end).join("");
      const ok = 0 <= op.start && op.start < op.end && op.end <= points.length;
      if (!ok) return { key: "range", reason: "range" };
      const first = Array.from(said).slice(0, 12).join("");
      const last = Array.from(said).slice(-12).join("");
      if (first !== op.first || last !== op.last)
        return { key: "text", reason: "the words differ" };
    }
    if (op.op === "edit" && !this.state().codings.has(op.id))
      return { key: "unknown", reason: "unknown id" };
    const code = op.op === "add" || (op.op === "edit" && op.code !== undefined);
    if (code && !this.state().codes.has(op.code))
      return { key: "code", reason: `no code ${op.code}` };
    return null;
  }

  /** What stands: independent of the page's own state. */
  state(log = this.log) {
    const inForce = new Map(this.log.map((op) => [op.op_id, true]));
    for (const op of [...this.log].reverse()) {
      if (op.op === "undo" && inForce.get(op.op_id)) {
        [op.undoes].flat().forEach((id) => inForce.set(id, false));
      }
    }
    const codings = new Map(this.base.map((coding) => [coding.id, { ...coding }]));
    const codes = new Map(this.codes.map((code) => [code.name, code]));
    let readTo = 0;
    let memo = "";
    for (const op of log.filter(({ op_id: id }) => inForce.get(id))) {
      const { op: kind, op_id: _o, at: _a, first: _f, last: _l, document: _d, ...rest } = op;
      if (kind === "add") codings.set(op.id, { ...rest, mine: true });
      if (kind === "edit" && codings.has(op.id)) Object.assign(codings.get(op.id), rest);
      if (kind === "remove") codings.delete(op.id);
      if (kind === "read") readTo = op.to;
      if (kind === "memo") memo = op.text;
      if (kind === "code") codes.set(op.code, { ...rest, name: op.code, label: op.code });
    }
    return { codings, codes, readTo, memo };
  }

  /** The document of an op; a code made with a coding is of the document of that coding. */
  documentOf(op) {
    const own = (one) =>
      one.document ?? this.log.find(({ op: kind, id }) => kind === "add" && id === one.id)?.document;
    const beside = () => this.log.find((one) => one.batch === op.batch && own(one));
    return own(op) ?? (op.batch ? own(beside() ?? {}) : undefined);
  }

  isAbout(op, name) {
    return op.op === "undo" || [undefined, name].includes(this.documentOf(op));
  }

  stacks(document) {
    let done = []; // steps: ops of one batch together
    let undone = [];
    for (const op of this.log.filter((one) => this.isAbout(one, document))) {
      if (op.op !== "undo") {
        const last = done.at(-1);
        if (op.batch && last?.batch === op.batch) last.ids.push(op.op_id);
        else done.push({ ids: [op.op_id], batch: op.batch });
        undone = [];
        continue;
      }
      const ids = [op.undoes].flat();
      const again = undone.findIndex(({ id }) => ids.includes(id));
      if (again >= 0) done.push(undone.splice(again, 1)[0].step);
      else {
        const step = done.find((each) => each.ids.some((id) => ids.includes(id)));
        done = done.filter((each) => each !== step);
        if (step) undone.push({ id: op.op_id, step });
      }
    }
    return {
      done: done.map(({ ids }) => ids).slice(-this.steps),
      undone: undone.map(({ id, step }) => ({ undo: id, step: step.ids })).slice(-this.steps),
    };
  }

  document({ document, view }) {
    this.opened += 1;
    const name = document ?? this.documents[0];
    const about = this.log.filter((op) => op.op === "code" || this.isAbout(op, name));
    const known = this.tail ? about.slice(0, -this.tail) : about;
    const { codings, codes, readTo, memo } = this.state(known);
    const others = this.log.filter((op) => op.code && op.op !== "code" && !about.includes(op));
    const message = {
      kind: "document",
      document: name,
      coder: this.coder,
      language: "en",
      sha256: `sha-${name}`,
      view,
      notes: [],
      chosen: this.chosen,
      documents: this.documents.map((each) => ({
        name: each,
        length: this.text.length,
        coded: 0,
        read: 0,
        sha256: `sha-${each}`,
      })),
      journal: this.journal,
      seq: this.log.length,
      labels: this.labels,
      codes: [...codes.values()],
      pinned: this.pinned,
      others: this.others,
      lang: this.lang,
      turns: this.turns,
      units: this.units,
      read_to: readTo,
      memo,
      undo: this.stacks(name),
      elsewhere: others.map(({ code }) => code),
      tail: this.tail ? about.slice(-this.tail) : undefined,
    };
    return [message, [this.text, JSON.stringify([...codings.values()])]];
  }
};

/** Storage of a page, kept over remounts. */
globalThis.FakeStorage = class {
  constructor() {
    this.map = new Map();
  }
  get length() {
    return this.map.size;
  }
  key(i) {
    return [...this.map.keys()][i] ?? null;
  }
  getItem(key) {
    return this.map.get(key) ?? null;
  }
  setItem(key, value) {
    this.map.set(key, String(value));
  }
  removeItem(key) {
    this.map.delete(key);
  }
};
