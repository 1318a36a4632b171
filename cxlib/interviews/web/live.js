// What a screen reader is told: one polite region, written now and then.

import { create, textIn } from "./dom.js";

const LIVE_GAP = 300; // milliseconds

/** The live region of one view; the latest message wins where several come at once. */
export class LiveRegion {
  constructor(now = Date.now) {
    this.element = create("div", { class: "cx-hidden", "aria-live": "polite", role: "status" });
    this.node = textIn(this.element);
    this.now = now;
    this.writtenAt = -LIVE_GAP;
    this.timer = 0;
  }

  say(text) {
    this.next = text;
    if (this.timer) return;
    const wait = Math.max(0, this.writtenAt + LIVE_GAP - this.now());
    this.timer = setTimeout(() => this.write(), wait);
  }

  write() {
    this.timer = 0;
    this.writtenAt = this.now();
    // the same words twice are read twice only where the text differs
    this.node.data = this.node.data === this.next ? `${this.next}\u00a0` : this.next;
  }

  dispose() {
    clearTimeout(this.timer);
  }
}
