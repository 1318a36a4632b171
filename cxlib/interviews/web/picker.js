// The picker of codes: typed in any script, found loosely, made where there is none.

import { create } from "./dom.js";
import { codeChip } from "./drawing.js";
import { parentOf } from "./state.js";

const KATAKANA = /[\u30a1-\u30f6]/g;
const toHiragana = (char) => String.fromCharCode(char.charCodeAt(0) - 0x60);

/** A text for comparing: width, case, kana and the letters of a syllable folded. */
export function foldName(text) {
  return text.normalize("NFKC").toLowerCase().replace(KATAKANA, toHiragana).normalize("NFKD");
}

/** How well a folded query fits a folded name: higher is better, -1 not at all. */
export function fuzzyScore(query, name) {
  if (!query) return 0;
  const at = name.indexOf(query);
  if (at === 0) return 1000 - name.length;
  if (at > 0) return (/[\s_\-/]/.test(name[at - 1]) ? 800 : 600) - at - name.length / 100;
  let from = 0;
  let gaps = 0;
  for (const char of query.replace(/\s+/g, "")) {
    const next = name.indexOf(char, from);
    if (next < 0) return -1;
    gaps += next - from;
    from = next + 1;
  }
  return 300 - gaps - name.length / 100;
}

/** Codes that fit, best first; with an empty query the recent ones, then the list as it is. */
export function rankCodes(query, state) {
  const folded = foldName(query.trim());
  const recent = new Map(state.recents.map((name, i) => [name, 9 - i]));
  const rows = [...state.codes.values()].map((code, i) => {
    const path = pathOf(code, state);
    const own = Math.max(
      fuzzyScore(folded, foldName(code.label || code.name)),
      fuzzyScore(folded, foldName(code.name)),
    );
    const score = own >= 0 ? own : fuzzyScore(folded, foldName(path)) - 250;
    return { code, path, i, score: score + (recent.get(code.name) ?? 0) * (folded ? 1 : 100) };
  });
  return rows.filter(({ score }) => score >= 0).sort((a, b) => b.score - a.score || a.i - b.i);
}

/** The names above a code, outermost first, with blanks and an angle between them. */
export function pathOf(code, state) {
  const names = [];
  const seen = new Set([code.name]);
  for (let at = parentOf(code); at && !seen.has(at); at = parentOf(state.codes.get(at))) {
    seen.add(at);
    names.unshift(state.label(at));
  }
  return [...names, code.label || code.name].join(" › ");
}

/** The dialog. `open({title, fresh, onTake})` shows it; `onTake(name, isNew)` is called. */
export class Picker {
  constructor({ state, say, onClose }) {
    Object.assign(this, { state, say, onClose, isOpen: false });
    const on = { input: () => this.list(), compositionend: () => this.list() };
    this.input = create("input", {
      type: "text",
      role: "combobox",
      "aria-expanded": "true",
      "aria-controls": "cx-pick-list",
      "aria-autocomplete": "list",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "200",
      "data-mode": "picker",
      on,
    });
    this.box = create("ul", { role: "listbox", id: "cx-pick-list", class: "cx-pick-list" });
    this.title = create("label", { class: "cx-dialog-title", text: "" });
    this.hint = create("p", { class: "cx-soft", text: say("picker_keys") });
    this.element = create(
      "div",
      { class: "cx-dialog cx-picker", role: "dialog", "aria-modal": "true", hidden: "" },
      this.title,
      this.input,
      this.box,
      this.hint,
    );
  }

  open({ title, fresh = false, onTake }) {
    Object.assign(this, { fresh, onTake, isOpen: true });
    this.title.firstChild.data = title;
    for (const one of [this.element, this.box, this.input]) one.setAttribute("aria-label", title);
    this.input.setAttribute("placeholder", this.say(fresh ? "picker_name" : "picker_type"));
    this.input.value = "";
    this.element.hidden = false;
    this.list();
    this.input.focus();
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.element.hidden = true;
    this.onClose();
  }

  list() {
    const name = this.input.value.trim().normalize("NFC");
    const ranked = rankCodes(name, this.state).slice(0, 50);
    const rows = ranked.map(({ code, path }) => ({ name: code.name, text: path, isNew: false }));
    const plain = (text) => text.normalize("NFKC").toLowerCase();
    const isThere = (code) =>
      [code.name, code.label].some((one) => plain(one ?? "") === plain(name));
    const exact = [...this.state.codes.values()].some(isThere);
    if (name && !exact) {
      const made = { name, text: this.say("picker_make", { name }), isNew: true };
      if (this.fresh) rows.unshift(made);
      else rows.push(made);
    }
    this.rows = this.fresh && !name ? [] : rows;
    const counts = this.state.counts();
    this.box.replaceChildren(...this.rows.map((row, i) => this.option(row, i, counts)));
    this.choose(0);
  }

  option({ name, text, isNew }, i, counts) {
    const key = isNew ? "" : this.state.keyOf(name);
    const n = isNew ? "" : String(counts.get(name)?.own ?? 0);
    const on = {
      mousedown: (event) => event.preventDefault(),
      click: () => this.choose(i) ?? this.take(),
    };
    const sign = isNew
      ? create("span", { class: "cx-plus", "aria-hidden": "true" })
      : codeChip(this.state, name);
    return create(
      "li",
      { role: "option", id: `cx-pick-${i}`, "aria-selected": "false", on },
      sign,
      create("span", { class: "cx-name", text }),
      create("span", { class: "cx-count", text: n, title: this.say("count_here") }),
      create(key ? "kbd" : "span", { text: key }),
    );
  }

  choose(i) {
    const options = this.box.children;
    this.at = Math.max(0, Math.min(i, options.length - 1));
    for (let k = 0; k < options.length; k++) {
      options[k].setAttribute("aria-selected", String(k === this.at));
    }
    options[this.at]?.scrollIntoView({ block: "nearest" });
    if (options.length) this.input.setAttribute("aria-activedescendant", `cx-pick-${this.at}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  step(by) {
    const n = this.rows.length;
    if (n) this.choose(Math.abs(by) > 1 ? this.at + by : (this.at + by + n) % n);
  }

  take() {
    const row = this.rows[this.at];
    if (!row) return;
    const { onTake } = this;
    this.close();
    onTake(row.name, row.isNew);
  }
}
