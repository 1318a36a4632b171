// Beside the text that is settled: what differs, who says what, and the list of all of it.

import { button, create, inBrief, keyButton, textIn } from "./dom.js";
import { codeChip } from "./drawing.js";
import { MemoEditor } from "./memo.js";

const SIGNS = { open: "○", yes: "✓", no: "✕" };
const SHOWN_WORDS = 120; // characters of a coder's words

/** The sign of a coder: a number, and the line under the words that she marked. */
export function coderSign(by) {
  const sign = create("span", { class: `cx-lane cx-by${by % 6}`, text: String(by + 1) });
  sign.setAttribute("aria-hidden", "true");
  return sign;
}

/** The panel of the settling view; `view` has matters, item, at. */
export class SettlePanel {
  constructor({ view, say, act, drafts }) {
    Object.assign(this, { view, say, act });
    this.filter = this.makeFilter();
    this.progress = create("p", { class: "cx-settle-count" });
    this.progressNode = textIn(this.progress);
    this.head = create("div", { class: "cx-settle-head" });
    this.sides = create("div", { class: "cx-sides", role: "group", "aria-label": say("sides") });
    this.said = create("p", { class: "cx-settled-as" });
    this.tools = this.makeTools();
    this.memo = new MemoEditor({ say, act, drafts });
    this.list = create("ul", { class: "cx-items", "aria-label": say("settle_list") });
    const title = create("h2", { text: say("settle_list") });
    this.element = create(
      "section",
      { class: "cx-panel cx-settling", "aria-label": say("settle_panel") },
      create(
        "div",
        { class: "cx-place" },
        ...[this.progress, this.head, this.sides, this.said, this.tools, this.memo.element],
      ),
      create("div", { class: "cx-codes" }, title, this.makeBatches(), this.list),
    );
    this.rebuild();
  }

  makeFilter() {
    const { say } = this;
    const select = create(
      "select",
      {
        "aria-label": say("settle_filter"),
        "data-mode": "control",
        class: "cx-filter",
        on: { change: () => this.update() },
      },
      create("option", { value: "all", text: say("settle_filter_all") }),
      create("option", { value: "open", text: say("settle_filter_open") }),
    );
    return select;
  }

  makeTools() {
    const { say, act } = this;
    const tool = (label, key, name) => keyButton(say(label), key, () => act(name));
    return create(
      "p",
      { class: "cx-bar" },
      tool("do_holds", "b", "holds"),
      tool("do_holds_not", "0", "holdsNot"),
      tool("do_amend", "e", "amend"),
      tool("do_reason", "m", "reason"),
      tool("do_reopen", "Del", "reopen"),
      tool("do_next_open", "Enter", "nextOpen"),
    );
  }

  makeBatches() {
    const { say, act, view } = this;
    const { coders } = view.matters;
    const all = coders.map((coder, by) =>
      button(say("take_all_of", { coder }), () => act("takeAllOf", by)),
    );
    this.agreedButton = button("", () => act("takeAgreed"), { hidden: "" });
    return create(
      "p",
      { class: "cx-bar", role: "group", "aria-label": say("take_all") },
      ...all,
      this.agreedButton,
    );
  }

  /** The list anew, where what is to be settled is another. */
  rebuild() {
    this.rows = this.view.matters.items.map((item, at) => this.row(item, at));
    this.list.replaceChildren(...this.rows.map(({ element }) => element));
    this.shown = undefined;
  }

  row(item, at) {
    const { view, act } = this;
    const { state, text } = view;
    const choose = button("", () => act("chooseItem", at), { class: "cx-choose", tabindex: "-1" });
    const sign = create("span", { class: "cx-sign", "aria-hidden": "true" });
    const spoken = create("span", { class: "cx-hidden" });
    choose.append(
      sign,
      codeChip(state, item.code),
      create("span", { class: "cx-name", text: state.label(item.code) }),
      create("span", { class: "cx-soft", text: inBrief(text.slice(item.start, item.end), 28) }),
      spoken,
    );
    const element = create("li", { class: "cx-coding" }, choose);
    return { element, choose, sign: textIn(sign), spoken: textIn(spoken), kind: "" };
  }

  /** Everything as it is now. */
  update() {
    const { view, say, filter } = this;
    const { matters } = view;
    const counts = matters.counts();
    this.progressNode.data = say("settle_counts", counts);
    matters.items.forEach((item, at) => {
      const { kind } = matters.status(item);
      const row = this.rows[at];
      const isCurrent = at === view.at;
      if (row.kind !== kind) {
        Object.assign(row, { kind });
        row.sign.data = SIGNS[kind];
        row.spoken.data = say(`is_${kind}`);
        row.element.dataset.kind = kind;
      }
      row.element.hidden = filter.value === "open" && kind !== "open" && !isCurrent;
      row.choose.tabIndex = isCurrent ? 0 : -1;
      if (isCurrent) row.element.setAttribute("aria-current", "true");
      else row.element.removeAttribute("aria-current");
    });
    const left = matters.agreed.filter((item) => !matters.made(item).length).length;
    this.agreedButton.hidden = left === 0;
    this.agreedButton.firstChild.data = say("take_agreed", { n: left });
    this.show();
  }

  /** The item that is looked at. */
  show() {
    const { view, say } = this;
    const { item, matters } = view;
    const status = item && matters.status(item);
    const key = JSON.stringify([view.at, matters.state.version, status]);
    for (const part of [this.sides, this.said, this.tools]) part.hidden = !item;
    if (key === this.shown) return;
    this.shown = key;
    if (!item) {
      this.head.replaceChildren(create("p", { text: say("settle_none") }));
      return;
    }
    const { state } = view;
    const place = say("settle_place", { n: item.unit, speaker: item.speaker });
    this.head.replaceChildren(
      codeChip(state, item.code),
      create("strong", { class: "cx-name", text: state.label(item.code) }),
      create("span", { class: "cx-soft", text: place }),
    );
    this.sides.replaceChildren(...matters.coders.map((coder, by) => this.side(coder, by)));
    this.said.replaceChildren(...this.saidOf(status));
    this.rows[view.at].element.scrollIntoView({ block: "nearest" });
    if (this.shownAt !== view.at) this.toTop();
    this.shownAt = view.at;
  }

  toTop() {
    this.head.parentElement.scrollTop = 0;
  }

  side(coder, by) {
    const { view, say, act } = this;
    const { item, matters, text } = view;
    const side = matters.sideOf(item, by);
    const words = matters
      .parts(item, matters.given(item, by))
      .map(({ start, end }) => inBrief(text.slice(start, end), SHOWN_WORDS))
      .map((words) => say("quoted", { words }));
    const key = matters.coders.length === 2 ? ["←", "→"][by] : String(by + 1);
    const kind = side === null ? "unread" : side ? "gave" : "gave_not";
    const made = button("", () => act("sideOf", by), { class: "cx-side", "data-side": kind });
    made.disabled = side === null;
    made.append(
      create("kbd", { text: key, "aria-hidden": "true" }),
      coderSign(by),
      create("strong", { text: coder }),
      create("span", { class: "cx-name", text: [say(kind), ...words].join(" ") }),
    );
    return made;
  }

  saidOf({ kind, by, reason, elsewhere }) {
    const { say } = this;
    if (kind === "open") return [create("span", { class: "cx-soft", text: say("is_open") })];
    const where = elsewhere ? ` ${say("is_elsewhere")}` : "";
    const who = by ? ` (${by})` : "";
    return [
      create("strong", { text: `${SIGNS[kind]} ${say(`is_${kind}`)}${who}${where}` }),
      ...(reason ? [create("span", { class: "cx-memo", text: reason })] : []),
    ];
  }
}
