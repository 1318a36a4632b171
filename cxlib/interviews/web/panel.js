// Beside the text: filters, the list of codes, what stands at the caret, and the memo editor.

import { button, create, keyButton, textIn } from "./dom.js";
import { codeChip } from "./drawing.js";
import { MemoEditor } from "./memo.js";
import { CodeTree } from "./tree.js";

export const FILTERS = ["all", "mine", "uncertain", "code", "uncoded"];

/** The side panel. `act(name, value)` runs a command. */
export class Panel {
  constructor({ state, say, act, hint, drafts }) {
    Object.assign(this, { state, say, act, hint });
    this.tree = new CodeTree({ state, say, onPick: (code) => act("pick", code) });
    this.filter = this.filterChoice();
    this.here = create("ul", { class: "cx-here", "aria-label": say("here") });
    this.memo = new MemoEditor({ say, act, drafts });
    this.nothing = create("p", { class: "cx-soft" });
    this.nothingText = textIn(this.nothing, hint);
    this.split = button(say("split"), () => act("split"), { class: "cx-split", hidden: "" });
    this.element = create(
      "section",
      { class: "cx-panel", "aria-label": say("panel") },
      this.codesPart(),
      this.caretPart(),
    );
  }

  /** The choice of what stands out; chosen by the mouse, it gives the focus back to the text. */
  filterChoice() {
    const { say, act } = this;
    let byMouse = false;
    const choose = (event) => {
      act("setFilter", event.target.value);
      if (byMouse) act("toText");
    };
    const on = {
      pointerdown: () => (byMouse = true),
      keydown: () => (byMouse = false),
      change: choose,
    };
    return create(
      "select",
      { "aria-label": say("filter"), "data-mode": "control", class: "cx-filter", on },
      ...FILTERS.map((kind) => create("option", { value: kind, text: say(`filter_${kind}`) })),
    );
  }

  codesPart() {
    const title = create("h2", { text: this.say("codes") });
    return create("div", { class: "cx-codes" }, title, this.codesBar(), this.tree.element);
  }

  caretPart() {
    const { say, act } = this;
    const onDocument = button(say("document_memo"), () => act("documentMemo"));
    return create(
      "div",
      { class: "cx-place" },
      create("h2", { text: say("here") }),
      this.here,
      this.nothing,
      this.split,
      this.memo.element,
      create("p", { class: "cx-bar" }, onDocument),
    );
  }

  codesBar() {
    const { say, act } = this;
    return create(
      "p",
      { class: "cx-bar" },
      keyButton(say("do_picker"), "/", () => act("picker")),
      keyButton(say("do_new"), "n", () => act("newCode")),
      keyButton(say("do_in_vivo"), "i", () => act("inVivo")),
    );
  }

  /** What stands at the caret; `turns` is how many turns the current coding or selection spans. */
  show(codings, currentId, turns) {
    this.nothing.hidden = codings.length > 0;
    if (codings.length && this.hint) {
      this.hint = "";
      this.nothingText.data = this.say("here_none");
    }
    this.split.hidden = turns < 2;
    if (turns > 1) this.split.firstChild.data = this.say("split", { n: turns });
    const key = codings.map((one) => JSON.stringify(one)).join() + currentId;
    if (key === this.shown) return;
    this.shown = key;
    this.here.replaceChildren(...codings.map((one) => this.row(one, one.id === currentId)));
  }

  row(coding, isCurrent) {
    const { say, act, state } = this;
    const { id, code, memo, uncertain, coder, mine } = coding;
    const label = state.label(code);
    const tools = mine &&
      isCurrent && [
        keyButton(say("do_memo"), "m", () => act("memo", id)),
        keyButton(say(uncertain ? "do_certain" : "do_uncertain"), "u", () => act("uncertain", id)),
        keyButton(say("do_recode"), "c", () => act("recode", id)),
        keyButton(say("do_remove"), "Del", () => act("remove", id)),
      ];
    const remarks = [mine ? "" : say("by", { coder }), uncertain ? say("is_uncertain") : ""];
    const choose = button("", () => act("choose", id), { class: "cx-choose" });
    choose.append(
      codeChip(state, code),
      create("span", { class: "cx-name", text: label }),
      create("span", { class: "cx-soft", text: remarks.filter(Boolean).join(", ") }),
    );
    return create(
      "li",
      { class: "cx-coding", "aria-current": isCurrent ? "true" : null },
      choose,
      ...(memo ? [create("p", { class: "cx-memo", text: memo })] : []),
      ...(tools ? [create("p", { class: "cx-bar" }, ...tools)] : []),
    );
  }

  rebuild() {
    this.tree.build();
  }

  update() {
    this.tree.update();
    if (this.filter.value !== this.state.filter.kind) this.filter.value = this.state.filter.kind;
  }
}
