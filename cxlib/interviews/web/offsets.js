// Places in a text: code points and UTF-16, graphemes, words, sentences, and text folded for find.
// Offsets are UTF-16 units of the text as it is unless a name says points.

const AROUND = 200; // units looked at on either side of a place
const GRAPHEMES = new Intl.Segmenter(undefined, { granularity: "grapheme" });
const SEGMENTERS = new Map();
// a cluster always begins at one of these, unless what stands before takes the next sign along
const BEGINS = /[\n\t -~\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fff]/;
const TAKES_NEXT = /[\r\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u0d4e\u200d\ud804-\ud807]/;
const PAUSE = /[\s。、，．！？]/;
// signs that are composed with others, or have a width or a number of small letters of their own
const CHANGES = new RegExp(
  [
    "[\\uffa0-\\uffdc]+",
    "[\\u3000\\uff01-\\uffee][\\p{M}\\uff9e\\uff9f]*",
    "[\\u1100-\\u115f\\ua960-\\ua97c][\\u1160-\\u11ff\\ud7b0-\\ud7fb]+",
    "[\\uac00-\\ud7a3][\\u11a7-\\u11ff]+",
    "\\P{M}?\\p{M}+",
    "\\u0130",
  ].join("|"),
  "gu",
);

/** The first place in a sorted list whose value is above `value` (0 to n). */
export function upper(list, value, n = list.length) {
  let low = 0;
  let high = n;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] > value) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Both ways between code points and UTF-16 for one text; a text without astral signs is free. */
export class Points {
  constructor(text) {
    this.units = text.length;
    this.highs = []; // where each astral sign begins, in units
    this.signs = []; // and in points
    for (const found of text.matchAll(/[\u{10000}-\u{10ffff}]/gu)) {
      this.signs.push(found.index - this.highs.length);
      this.highs.push(found.index);
    }
    this.length = this.units - this.highs.length;
  }

  toUtf16(points) {
    const at = Math.max(0, Math.min(points, this.length));
    return at + upper(this.signs, at - 1);
  }

  toPoints(units) {
    const at = Math.max(0, Math.min(units, this.units));
    return at - upper(this.highs, at - 1);
  }
}

/** Code points -> UTF-16 units of a text. */
export function toUtf16(text, points) {
  return new Points(text).toUtf16(points);
}

/** UTF-16 units -> code points of a text; the middle of a pair is its beginning. */
export function toPoints(text, units) {
  return new Points(text.slice(0, units + 1)).toPoints(units);
}

function surelyEdge(text, at) {
  if (at <= 0 || at >= text.length) return true;
  if (!BEGINS.test(text[at])) return false;
  const before = text[at - 1];
  if (before === "\r") return text[at] !== "\n";
  return !TAKES_NEXT.test(before) && !(at > 1 && TAKES_NEXT.test(text[at - 2]));
}

/** [start, end) of the grapheme that holds the unit at a place inside the text. */
export function graphemeAt(text, at) {
  let from = at;
  while (at - from < AROUND && !surelyEdge(text, from)) from -= 1;
  const cluster = GRAPHEMES.segment(text.slice(from, at + AROUND)).containing(at - from);
  return [from + cluster.index, from + cluster.index + cluster.segment.length];
}

/** Whether a grapheme begins or ends here. */
export function isEdge(text, at) {
  return surelyEdge(text, at) || graphemeAt(text, at)[0] === at;
}

/** The next grapheme edge after (direction > 0) or before a place; the text's ends stay. */
export function nextGrapheme(text, at, direction) {
  if (direction > 0) {
    if (at >= text.length) return text.length;
    if (surelyEdge(text, at) && surelyEdge(text, at + 1)) return at + 1;
    return graphemeAt(text, at)[1];
  }
  if (at <= 0) return 0;
  if (surelyEdge(text, at - 1) && surelyEdge(text, at)) return at - 1;
  return graphemeAt(text, at - 1)[0];
}

/** A span whose edges lie inside graphemes -> the smallest one around it whose edges do not. */
export function snapOut(text, start, end) {
  return [
    isEdge(text, start) ? start : graphemeAt(text, start)[0],
    isEdge(text, end) ? end : graphemeAt(text, end)[1],
  ];
}

function segmenter(granularity, lang) {
  const key = `${granularity} ${lang}`;
  if (!SEGMENTERS.has(key)) {
    SEGMENTERS.set(key, new Intl.Segmenter(lang || undefined, { granularity }));
  }
  return SEGMENTERS.get(key);
}

function words(text, at, lang, from, to) {
  let start = at;
  while (start > from && (at - start < AROUND || !isEdge(text, start))) {
    start -= 1;
    if (at - start > 1 && PAUSE.test(text[start])) break;
  }
  const slice = text.slice(start, Math.min(to, at + AROUND));
  return Array.from(segmenter("word", lang).segment(slice), (found) => ({
    start: start + found.index,
    end: start + found.index + found.segment.length,
    word: found.isWordLike,
  }));
}

/** [start, end) of the word at a place, or of the signs between words; inside [from, to). */
export function wordAt(text, at, lang, from = 0, to = text.length) {
  if (to <= from) return [from, from];
  const place = Math.min(Math.max(at, from), to - 1);
  const found = words(text, place, lang, from, to);
  const here = found.findIndex((segment) => segment.start <= place && place < segment.end);
  const before = found[here - 1];
  const touches = !found[here].word && before?.word && before.end === at;
  const taken = touches ? before : found[here];
  return [taken.start, taken.end];
}

/** The end of the next word (direction > 0) or the beginning of the one before; else the limit. */
export function nextWord(text, at, direction, lang, from = 0, to = text.length) {
  for (let place = at; direction > 0 ? place < to : place > from; ) {
    const found = words(text, place, lang, from, to).filter(({ word }) => word);
    const next =
      direction > 0
        ? found.find(({ end }) => end > at)?.end
        : found.findLast(({ start }) => start < at)?.start;
    if (next !== undefined) return next;
    place += direction > 0 ? AROUND : -AROUND;
  }
  return direction > 0 ? to : from;
}

/** [start, end) of the sentence at a place inside [from, to), without outer white space. */
export function sentenceAt(text, at, lang, from = 0, to = text.length) {
  if (to <= from) return [from, from];
  const place = Math.min(Math.max(at, from), to - 1) - from;
  const found = segmenter("sentence", lang).segment(text.slice(from, to)).containing(place);
  const said = found.segment.trim();
  const start = from + found.index + found.segment.indexOf(said);
  return said ? [start, start + said.length] : [from + found.index, start + found.segment.length];
}

function fold(text) {
  return text.toLowerCase().replaceAll("ς", "σ");
}

/**
 * A text composed (NFC), with one width and small letters; `at[i]` is where its unit i stands in
 * the text as it is, and null where every unit stands in its own place.
 */
export function folded(text) {
  const plain = text.search(CHANGES) < 0 && text.normalize("NFC") === text;
  return plain ? { text: fold(text), at: null } : foldedWithWay(text);
}

function foldedWithWay(text) {
  const pieces = [];
  const way = [];
  const put = (piece, from, step) => {
    pieces.push(piece);
    for (let unit = 0; unit < piece.length; unit += 1) way.push(from + unit * step);
  };
  const keep = (from, to) => {
    const piece = text.slice(from, to);
    if (piece.normalize("NFC") === piece) return put(fold(piece), from, 1);
    let at = from;
    for (const sign of piece) {
      put(fold(sign.normalize("NFC")), at, 0);
      at += sign.length;
    }
  };
  let last = 0;
  for (const { 0: found, index } of text.matchAll(CHANGES)) {
    keep(last, index);
    put(fold(found.normalize(/^[\u3000\uff01-\uffee]/.test(found) ? "NFKC" : "NFC")), index, 0);
    last = index + found.length;
  }
  keep(last, text.length);
  way.push(text.length);
  return { text: pieces.join(""), at: Int32Array.from(way) };
}
