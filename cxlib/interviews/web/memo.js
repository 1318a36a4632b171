// The editor of a memo: whoever leaves it, in whatever way, keeps what was typed.

import { afterFrame, button, create, keyButton, textIn } from "./dom.js";

export class MemoEditor {
  constructor({ say, act, drafts }) {
    Object.assign(this, { say, drafts, isOpen: false });
    this.title = create("label", { class: "cx-memo-title", for: "cx-memo" });
    this.titleText = textIn(this.title);
    this.area = create("textarea", {
      rows: "4",
      "data-mode": "memo",
      id: "cx-memo",
      maxlength: "20000",
      on: { focusout: (event) => this.left(event) },
    });
    this.element = create(
      "div",
      { class: "cx-editor", hidden: "" },
      this.title,
      this.area,
      create(
        "p",
        { class: "cx-bar" },
        keyButton(say("do_save"), "Esc", () => act("memoSave")),
        button(say("do_discard"), () => act("memoDiscard")),
      ),
    );
  }

  /** `key` names what the memo belongs to; `onSave(text)` is called where it changed. */
  open(key, title, text, onSave) {
    this.close();
    Object.assign(this, { key, before: text, onSave, isOpen: true });
    this.titleText.data = title;
    this.area.value = this.drafts.get(key) ?? text;
    this.drafts.delete(key);
    this.element.hidden = false;
    this.area.focus({ preventScroll: true });
    afterFrame(() => this.showButtons()); // what is above is drawn by then
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
  }

  // scrolls the panel, and nothing round the widget
  showButtons() {
    const box = this.element.parentElement;
    const below = this.element.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom;
    if (below > 0) box.scrollTop += below;
  }

  // another window may come in front: then the box stays open
  left({ relatedTarget }) {
    if (this.element.contains(relatedTarget)) return;
    if (document.hasFocus()) this.close();
    else this.keep();
  }

  /** Saves what was typed, and stays open. */
  keep() {
    const { value } = this.area;
    if (!this.isOpen || value === this.before) return;
    this.before = value;
    this.onSave(value);
  }

  /** Saves what was typed, and closes. */
  close() {
    if (!this.isOpen) return;
    this.keep();
    this.hide();
  }

  /** Closes, and throws away what was typed. */
  discard() {
    this.hide();
  }

  /** The text is replaced under the editor: what was typed waits for the next time. */
  setAside() {
    if (this.isOpen && this.area.value !== this.before) this.drafts.set(this.key, this.area.value);
    this.hide();
  }

  hide() {
    this.isOpen = false;
    this.element.hidden = true;
  }
}
