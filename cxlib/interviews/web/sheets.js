// What opens over the text: the help sheet, the find bar, the popup at a selection.

import { button, create, keyButton, textIn } from "./dom.js";
import { codeChip } from "./drawing.js";
import { KEY_TABLE } from "./keys.js";

const KEY_NAMES = {
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
  PageUp: "Page ↑",
  PageDown: "Page ↓",
  Escape: "Esc",
};

/** A chord as it is printed on keys: [Ctrl, Shift, Z]. */
export function keyNames(chord) {
  const parts = chord.split("+");
  const last = parts.pop();
  const capital = parts.length ? last.replace(/^[a-z]$/, (letter) => letter.toUpperCase()) : last;
  return [...parts, KEY_NAMES[last] ?? capital];
}

/** The sheet of all keys, by groups, which are written when it is opened first. */
export class HelpSheet {
  constructor({ say, onClose, table = KEY_TABLE, how = "help_how" }) {
    Object.assign(this, { say, table, onClose, isOpen: false });
    this.groups = create("div", { class: "cx-help-groups" });
    this.element = create(
      "div",
      {
        class: "cx-dialog cx-help",
        role: "dialog",
        "aria-modal": "true",
        tabindex: "-1",
        "aria-label": say("help"),
        hidden: "",
        "data-mode": "help",
      },
      create("p", { class: "cx-dialog-title", text: say("help") }),
      create("p", { class: "cx-soft", text: say(how) }),
      this.groups,
      keyButton(say("do_close"), "Esc", () => this.close()),
    );
  }

  open() {
    if (!this.groups.hasChildNodes()) this.groups.append(...this.written());
    this.isOpen = true;
    this.element.hidden = false;
    this.element.focus();
  }

  written() {
    const names = [...new Set(this.table.map(({ group }) => group))];
    const rowsOf = (wanted) => this.table.filter(({ group }) => group === wanted);
    return names.map((group) => helpGroup(group, rowsOf(group), this.say));
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.element.hidden = true;
    this.onClose();
  }
}

function helpGroup(group, table, say) {
  const rows = table.map(({ name, keys }) => {
    const isRange = keys.length === 9;
    const shown = isRange ? [["1"], ["9"]] : keys.map(keyNames);
    const chords = shown.map((chord) =>
      create("span", { class: "cx-chord" }, ...chord.map(keyCap)),
    );
    const cells = chords.flatMap((chord, i) =>
      i ? [document.createTextNode(isRange ? " – " : " "), chord] : [chord],
    );
    return create(
      "tr",
      { "data-command": name },
      create("td", {}, ...cells),
      create("td", { text: say(`key_${name}`) }),
    );
  });
  return create(
    "table",
    {},
    create("caption", { text: say(`group_${group}`) }),
    create("tbody", {}, ...rows),
  );
}

const keyCap = (text) => create("kbd", { text });

/** The bar of find: a field, how many there are, next and previous. */
export class FindBar {
  constructor({ say, onSearch, onStep, onClose }) {
    Object.assign(this, { say, onClose, isOpen: false });
    this.input = create("input", {
      type: "search",
      "aria-label": say("find"),
      placeholder: say("find"),
      "data-mode": "find",
      autocomplete: "off",
      spellcheck: "false",
      maxlength: "200",
      on: { input: (event) => event.isComposing || onSearch(this.input.value) },
    });
    this.input.addEventListener("compositionend", () => onSearch(this.input.value));
    this.count = create("span", { class: "cx-soft cx-find-count" });
    this.countText = textIn(this.count);
    this.element = create(
      "div",
      { class: "cx-find", role: "search", hidden: "" },
      this.input,
      this.count,
      button("↑", () => onStep(-1), { "aria-label": say("find_previous") }),
      button("↓", () => onStep(1), { "aria-label": say("find_next") }),
      button("✕", () => this.close(), { "aria-label": say("do_close") }),
    );
  }

  open() {
    this.isOpen = true;
    this.element.hidden = false;
    this.input.focus();
    this.input.select();
  }

  told(at, n) {
    const { say } = this;
    if (!this.input.value) this.countText.data = "";
    else this.countText.data = n ? say("find_count", { at: at + 1, n }) : say("find_none");
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.element.hidden = true;
    this.onClose();
  }
}

/** Codes to click on at a selection made by the mouse. */
export class Popup {
  constructor({ state, say, act }) {
    Object.assign(this, { state, say, act });
    this.element = create("div", {
      class: "cx-popup",
      role: "toolbar",
      "aria-label": say("popup"),
      hidden: "",
    });
  }

  /** `rect` is of the selection's end, `within` of the box that the popup is placed in. */
  open(rect, within) {
    const { state, say, act } = this;
    const names = [...new Set([...state.pinned, ...state.recents, ...state.codes.keys()])];
    const some = names.filter((name) => state.codes.has(name)).slice(0, 6);
    this.element.replaceChildren(
      ...some.map((name) => this.choice(name)),
      button("…", () => act("picker"), { "aria-label": say("do_picker") }),
    );
    this.element.hidden = false;
    const { width, height } = this.element.getBoundingClientRect();
    const left = Math.max(4, Math.min(rect.left - within.left, within.width - width - 8));
    const below = rect.bottom - within.top + 6;
    const top = below + height < within.height ? below : rect.top - within.top - height - 6;
    this.element.style.left = `${left}px`;
    this.element.style.top = `${Math.max(4, top)}px`;
  }

  choice(name) {
    const label = this.state.label(name);
    const made = button("", () => this.act("pick", name), { title: label });
    const key = this.state.keyOf(name);
    made.append(
      codeChip(this.state, name),
      create("span", { class: "cx-name", text: label }),
      ...(key ? [create("kbd", { text: key })] : []),
    );
    return made;
  }

  close() {
    this.element.hidden = true;
  }
}
