// Ops: made in the page, as they go over the wire (code points), and as a browser may keep them.

/** Parent of the codes that are words of the transcript. */
export const IN_VIVO = "in vivo";

/** A new id of 20 random characters. */
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(10));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** An op with an id of its own. */
export function makeOp(op, fields) {
  return { op, op_id: freshId(), ...fields };
}

const points = (text) => Array.from(text);

/** First and last words of a span: at most 12 code points each. */
export function proofOf(text, start, end) {
  const first = points(text.slice(start, Math.min(end, start + 24)))
    .slice(0, 12)
    .join("");
  let from = Math.max(start, end - 24);
  if (from > start && /[\udc00-\udfff]/.test(text[from])) from += 1;
  return { first, last: points(text.slice(from, end)).slice(-12).join("") };
}

/** The selection without blanks at its ends: {start, end, trimmed}. */
export function trimSpan(text, start, end) {
  const words = text.slice(start, end);
  const from = start + (words.length - words.trimStart().length);
  const to = end - (words.length - words.trimEnd().length);
  return { start: from, end: Math.max(from, to), trimmed: from !== start || to !== end };
}

/** Name of a code that is a customer's words: one line, at most 40 graphemes. */
export function inVivoName(text, start, end) {
  const words = text
    .slice(start, Math.min(end, start + 2000))
    .replace(/\s+/gu, " ")
    .trim();
  const parts = new Intl.Segmenter(undefined, { granularity: "grapheme" }).segment(words);
  let cut = "";
  let n = 0;
  for (const { segment } of parts) {
    n += 1;
    if (n > 40) break;
    cut += segment;
  }
  return cut.trim();
}

/** The op as the kernel reads it: offsets in code points, spans with their proof. */
export function toWireOp(op, text, map) {
  const { vivo: _vivo, at: _at, coder: _coder, ...wire } = op;
  if (op.start !== undefined) {
    Object.assign(wire, proofOf(text, op.start, op.end));
    wire.start = map.toPoints(op.start);
    wire.end = map.toPoints(op.end);
  }
  if (op.to !== undefined) wire.to = map.toPoints(op.to);
  return wire;
}

/** The kernel's op in offsets of the page. */
export function fromWireOp(wire, map) {
  const { first: _first, last: _last, ...op } = wire;
  if (op.start !== undefined) {
    op.start = map.toUtf16(op.start);
    op.end = map.toUtf16(op.end);
  }
  if (op.to !== undefined) op.to = map.toUtf16(op.to);
  return op;
}

const nameHash = (name) => {
  let hash = 0x811c9dc5n;
  for (const unit of new TextEncoder().encode(name)) {
    hash = ((hash ^ BigInt(unit)) * 0x100000001b3n) & 0xffffffffffffffffn;
  }
  return hash.toString(36);
};

/** An entry {op, t, vivo} of the queue without a word of the transcript: proofs are left out, names
 * of codes in vivo become a place (`vivo`, code points) or a hash. */
export function packEntry({ op, t, vivo }, isVivo) {
  const { first: _first, last: _last, ...packed } = op;
  if (vivo) delete packed.code;
  for (const field of ["code", "parent"]) {
    if (packed[field] && isVivo(packed[field])) packed[field] = { hash: nameHash(packed[field]) };
  }
  return { op: packed, t, vivo };
}

/** Entries as they were before they were packed; one whose name cannot be found is left out. */
export function unpackEntries(entries, { text, map, names }) {
  const known = new Map(names.map((name) => [nameHash(name), name]));
  return entries.flatMap(({ op, t, vivo }) => {
    const whole = { ...op };
    if (vivo) {
      whole.code = inVivoName(text, map.toUtf16(vivo[0]), map.toUtf16(vivo[1]));
      known.set(nameHash(whole.code), whole.code);
    }
    for (const field of ["code", "parent"]) {
      if (whole[field]?.hash) whole[field] = known.get(whole[field].hash);
      if (op[field] && whole[field] === undefined) return [];
    }
    if (op.start !== undefined) {
      Object.assign(whole, proofOf(text, map.toUtf16(op.start), map.toUtf16(op.end)));
    }
    return [{ op: whole, t, vivo }];
  });
}
