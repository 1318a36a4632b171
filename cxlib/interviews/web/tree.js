// The list of codes as a tree: counts, keys, hierarchy; one row in the tab order.

import { create, textIn } from "./dom.js";
import { codeChip } from "./drawing.js";
import { treeRows } from "./state.js";

/** The tree of one view. `onPick(name)` is called for a click and Enter. */
export class CodeTree {
  constructor({ state, say, onPick }) {
    Object.assign(this, { state, say, onPick, at: 0, rows: [], items: [], size: -1 });
    this.folded = new Set();
    this.element = create("ul", {
      role: "tree",
      class: "cx-tree",
      "aria-label": say("codes"),
      "data-mode": "tree",
      on: { focusin: (event) => this.focused(event) },
    });
  }

  /** Rows anew: at the first `update`, and when a code is made. */
  build() {
    this.rows = treeRows(this.state.codes);
    this.items = this.rows.map((row, i) => this.item(row, i));
    this.size = this.state.codes.size;
    this.element.replaceChildren(...this.items.map(({ element }) => element));
    this.fold();
    this.update();
  }

  item({ name, label, depth, hasCode, children }, i) {
    const key = this.state.keyOf(name);
    const count = create("span", { class: "cx-count", title: this.say("count_here") });
    const swatch = hasCode
      ? codeChip(this.state, name)
      : create("span", { class: "cx-group", "aria-hidden": "true" });
    const definition = this.state.codes.get(name)?.definition;
    const on = {
      mousedown: (event) => event.preventDefault(),
      click: () => this.pick(i),
    };
    const element = create(
      "li",
      {
        role: "treeitem",
        tabindex: i === this.at ? "0" : "-1",
        "aria-level": depth + 1,
        "aria-expanded": children ? "true" : null,
        "aria-keyshortcuts": key || null,
        class: `cx-row cx-d${Math.min(depth, 4)}`,
        title: definition || null,
        on,
      },
      swatch,
      create("span", { class: "cx-name", text: label }),
      count,
      create(key ? "kbd" : "span", { text: key, "aria-hidden": "true" }),
    );
    return { element, count: textIn(count) };
  }

  /** Counts; only those that changed are written. */
  update() {
    if (this.size !== this.state.codes.size) return this.build();
    const counts = this.state.counts();
    this.rows.forEach(({ name, children, hasCode }, i) => {
      const { own = 0, all = 0 } = counts.get(name) ?? {};
      const text = children && hasCode && all !== own ? `${own} / ${all}` : String(all || own);
      const { count } = this.items[i];
      if (count.data !== text) count.data = text;
    });
  }

  fold() {
    let below = Infinity;
    this.rows.forEach(({ name, depth, children }, i) => {
      if (depth <= below) below = Infinity;
      const { element } = this.items[i];
      element.hidden = below !== Infinity;
      const isFolded = this.folded.has(name);
      if (children) element.setAttribute("aria-expanded", String(!isFolded));
      if (isFolded && below === Infinity) below = depth;
    });
  }

  pick(i) {
    const { name, hasCode } = this.rows[i];
    if (hasCode) this.onPick(name);
    else this.toggle(name);
  }

  toggle(name) {
    if (!this.folded.delete(name)) this.folded.add(name);
    this.fold();
  }

  focused(event) {
    const i = this.items.findIndex(({ element }) => element === event.target);
    if (i < 0) return;
    this.items[this.at]?.element.setAttribute("tabindex", "-1");
    this.at = i;
    this.items[i].element.setAttribute("tabindex", "0");
  }

  focus(i = this.at) {
    this.items[i]?.element.focus();
  }

  step(by) {
    for (let i = this.at + by; i >= 0 && i < this.items.length; i += by) {
      if (!this.items[i].element.hidden) return this.focus(i);
    }
  }

  edge(way) {
    const shown = this.items.map((_item, i) => i).filter((i) => !this.items[i].element.hidden);
    this.focus(way < 0 ? shown[0] : shown.at(-1));
  }

  /** Left folds or goes to the parent, right unfolds or goes to the first child. */
  turn(way) {
    const { name, children, parent } = this.rows[this.at];
    const isFolded = this.folded.has(name);
    if (way > 0 && children) return isFolded ? this.toggle(name) : this.step(1);
    if (way < 0 && children && !isFolded) return this.toggle(name);
    if (way < 0 && parent) this.focus(this.rows.findIndex((row) => row.name === parent));
  }
}
