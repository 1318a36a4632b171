// The widget: layout, focus and keys of one view; what commands and messages change is drawn here.

import { Finder } from "./find.js";
import { COMMANDS, tellChange } from "./commands.js";
import { afterFrame, create, keepFocus, sayer } from "./dom.js";
import { blockName, codesOf, drawMargin, drawSide, hintOf, markOf } from "./drawing.js";
import { watchTheme, wordsOf } from "./drawing.js";
import { commandOf } from "./keys.js";
import { earlyFonts, fillDocuments, layOut, whenSized } from "./layout.js";
import { LiveRegion } from "./live.js";
import { Panel } from "./panel.js";
import { Picker } from "./picker.js";
import { takeKey } from "./pressing.js";
import { Session } from "./session.js";
import { SHEET } from "./sheet.js";
import { drawStatus, endRefusal, keepRefusal } from "./status.js";
import { FindBar, HelpSheet, Popup } from "./sheets.js";
import { pageStorage } from "./store.js";
import { Transcript } from "./window.js";

const MANY = 40; // changed codings from which all marks are drawn anew
const AFTER_CLICKS = 320; // milliseconds in which one more click of a series may come

const CODING_KIND = {
  region: "region",
  panel: "panel",
  commands: COMMANDS,
  commandOf,
  help: {},
  makePanel: (view, shared) => new Panel({ ...shared, hint: hintOf(view) }),
  ...{ markOf, codesOf, drawMargin, drawSide },
};

/** Builds the widget in a shadow root on `host`. `wire` has send(message) and
 * onMessage(callback(message, buffers)). */
export function mountCoder(host, wire, options = {}) {
  return new CoderView(host, wire, options);
}

/** One view of a coder's interview; the settling view is built upon it. */
export class CoderView {
  constructor(host, wire, { now = Date.now, storage = pageStorage(), lang = "" }) {
    Object.assign(this, { host, now, mode: null, current: null, hits: [], hitAt: 0 });
    this.drafts = new Map(); // memos typed while the text was replaced, by what they belong to
    this.root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
    host.setAttribute("data-lm-suppress-shortcuts", "true");
    this.frame = create("div", { class: "cx-root", "aria-busy": "true", text: "…" });
    this.frame.append(...earlyFonts(lang));
    this.root.replaceChildren(create("style", { text: SHEET }), this.frame);
    this.frame.addEventListener("keydown", (event) => takeKey(this, event));
    keepFocus(host, this.frame, () => this.transcript?.element);
    this.forgetTheme = watchTheme(host);
    this.leaving = () => this.panel?.memo.keep();
    window.addEventListener("pagehide", this.leaving);
    this.live = new LiveRegion(now);
    this.session = new Session({ wire, storage, now, on: this });
    this.session.open();
  }

  dispose() {
    this.panel?.memo.close();
    window.removeEventListener("pagehide", this.leaving);
    this.session.dispose();
    this.forgetTheme();
    this.live.dispose();
    this.transcript?.dispose();
    clearTimeout(this.clicks);
    this.root.replaceChildren();
  }

  get coderName() {
    return this.message.coder;
  }

  /** What the settling view does its own way. */
  get kind() {
    return CODING_KIND;
  }

  get state() {
    return this.session.state;
  }

  get text() {
    return this.session.text;
  }

  get points() {
    return this.session.points;
  }

  get document() {
    return this.session.document;
  }

  // what the session tells

  /** The kernel's answer to `open`: built anew for another text, else only what changed. */
  opened(message, { isSame, changed, notes = [] }) {
    this.message = message;
    if (!isSame || !this.transcript) this.build(message);
    else {
      this.panel.rebuild();
      this.redraw(changed);
      if (this.untold && changed.length) tellChange(this, this.untold, changed);
    }
    this.untold = null;
    this.frame.setAttribute("aria-busy", "false");
    fillDocuments(this, message);
    const told = [...message.notes, ...notes.map(([key, values]) => this.say(key, values))];
    if (told.length) this.tell(told.join(" "));
  }

  changed(ids) {
    if (this.transcript) this.redraw(ids);
  }

  status() {
    drawStatus(this);
  }

  refused(reason) {
    if (!this.noteText) this.frame.replaceChildren(reason);
    else this.note("refused", { reason }) ?? keepRefusal(this, reason);
  }

  // building

  build(message) {
    const { labels, turns, lang } = message;
    const hadFocus = Boolean(this.root.activeElement);
    this.transcript?.dispose();
    this.panel?.memo.setAside();
    this.say = sayer(labels ?? {});
    this.lang = lang || "";
    this.turns = turns.map(([start, end, ...rest]) => [
      this.points.toUtf16(start),
      this.points.toUtf16(end),
      ...rest,
    ]);
    Object.assign(this, { current: null, mode: null, hits: [] });
    const { state, say, drafts } = this;
    const shared = { state, say, drafts, act: (name, value) => this.act(name, value) };
    const onClose = () => this.focusText();
    this.panel = this.kind.makePanel(this, shared);
    this.picker = new Picker({ ...shared, onClose });
    this.help = new HelpSheet({ ...shared, ...this.kind.help, onClose });
    this.popup = new Popup(shared);
    this.find = new FindBar({
      ...shared,
      onSearch: (query) => this.act("search", query),
      onStep: (way) => this.act("findStep", way),
      onClose: () => this.findClosed(),
    });
    this.finder = new Finder(this.text, this.turns);
    layOut(this);
    this.readTo = this.state.now.readTo;
    this.addTranscript();
    this.soon();
    this.status();
    if (hadFocus) this.focusText();
  }

  addTranscript() {
    const { turns, lang, text } = this;
    this.transcript = new Transcript({
      root: this.root,
      parent: this.textBox,
      text,
      turns,
      spans: this.marks(),
      lang,
      name: this.document,
      speakerOf: (turn) => turns[turn]?.[2] ?? "",
      describe: (block) => this.kind.codesOf(this, block),
      label: (block) => blockName(this, block),
      onPaint: (block, margin) => this.kind.drawMargin(this, block, margin),
      onSelect: (selection) => this.selected(selection),
    });
    const { element } = this.transcript;
    element.addEventListener("mousedown", () => this.popup.close());
    element.addEventListener("scroll", () => this.popup.close());
    element.addEventListener("mouseup", (event) => this.released(event));
    const last = this.message.read_to ? this.state.now.readTo : 0;
    if (last) this.transcript.select(last, last);
    whenSized(element, () => this.transcript.reveal(this.transcript.selection.focus));
  }

  // drawing

  redraw(ids) {
    if (ids.length > MANY) return this.redrawAll();
    for (const id of new Set(ids)) {
      const coding = this.state.codings.get(id);
      const mark = coding && this.kind.markOf(this, coding);
      if (mark) this.transcript.addSpan(mark);
      else this.transcript.removeSpan(id);
    }
    if (this.current && !this.state.codings.has(this.current)) this.current = null;
    if (this.readTo !== this.state.now.readTo) this.redrawRead();
    return this.soon();
  }

  redrawAll() {
    this.readTo = this.state.now.readTo;
    this.transcript.setSpans(this.marks());
    this.soon();
  }

  redrawRead() {
    this.readTo = this.state.now.readTo;
    this.transcript.repaint([...this.transcript.mounted.keys()]);
  }

  marks() {
    return this.state.sorted().map((coding) => this.kind.markOf(this, coding));
  }

  /** Panel, counts and progress, once behind the next frame: the marks do not wait for them. */
  soon() {
    if (this.isDrawing) return;
    this.isDrawing = true;
    afterFrame(() => this.drawSide());
  }

  drawSide() {
    this.isDrawing = false;
    if (!this.session.isDone) this.kind.drawSide(this);
  }

  drawFilter() {
    this.redrawAll();
  }

  /** Words in the status line, and for screen readers. */
  note(key, values) {
    if (this.noteText) this.tell(this.say(key, values));
  }

  tell(text) {
    this.noteText.data = text;
    this.live.say(text);
  }

  banner(key, values) {
    this.bannerBox.hidden = !key;
    if (!key) return;
    this.bannerText.data = this.say(key, values);
    this.live.say(this.bannerText.data);
  }

  // selection

  selected({ start, end, focus }) {
    this.popup.close();
    if (this.lastCoded?.start !== start || this.lastCoded.end !== end) this.lastCoded = null;
    const { current } = this;
    const kept = this.state.codings.get(current);
    if (!kept || kept.start !== start || kept.end !== end) {
      const list =
        start < end ? this.state.at(start).filter((one) => one.end >= end) : this.state.at(focus);
      const inner = list.find((one) => one.mine) ?? list[0];
      this.setCurrent(inner?.id ?? null);
    }
    this.soon();
  }

  setCurrent(id) {
    if (id === this.current) return;
    const before = this.state.codings.get(this.current);
    this.current = id;
    const now = this.state.codings.get(id);
    if (before) this.transcript.addSpan(this.kind.markOf(this, before));
    if (now) this.transcript.addSpan(this.kind.markOf(this, now));
    this.soon();
  }

  /** Selects a coding (or a unit) and says what it is. */
  go(found, where = null) {
    if (!found) return;
    this.transcript.select(found.start, found.end);
    if (!found.id) return this.note("uncoded_unit");
    this.setCurrent(found.id);
    const said = [wordsOf(this, found), where ? this.say("place", where) : ""];
    return this.tell(said.filter(Boolean).join(", "));
  }

  selectEdge({ start, end }) {
    const [anchor, focus] = this.edgeSide === "start" ? [end, start] : [start, end];
    this.transcript.select(anchor, focus);
    this.setCurrent(this.edgeId);
  }

  /** The mouse let go: a popup at what is selected, or its coding where a code is locked. */
  released(event) {
    clearTimeout(this.clicks);
    const { start, end, focus } = this.transcript.selection;
    if (start === end || event.button !== 0) return;
    const finish = () => {
      if (this.state.lock !== null) return this.act("confirm");
      const rect = this.transcript.rectOf(focus, focus === end);
      if (rect) this.popup.open(rect, this.frame.getBoundingClientRect());
    };
    if (event.detail > 1) this.clicks = setTimeout(finish, AFTER_CLICKS);
    else finish();
  }

  // commands

  /** The code that was used last, or undefined. */
  lastCode() {
    return this.state.recents.find((name) => this.state.codes.has(name));
  }

  /** Ops of a command: drawn at once, kept and sent. Returns ids of codings that they change. */
  commit(ops) {
    const changed = this.session.commit(ops);
    this.redraw(changed);
    return changed;
  }

  /** Shows another interview, once the kernel has answered; until then the list names this one. */
  change(document) {
    this.panel.memo.close();
    this.session.change(document);
    this.documents.value = this.document;
  }

  act(name, value) {
    endRefusal(this);
    this.hadPopup = !this.popup.element.hidden;
    this.popup.close();
    if (name !== "overlap") this.overlapAt = undefined;
    const run = () => this.kind.commands[name]?.(this, value);
    if (this.transcript) this.transcript.together(run);
    else run();
  }

  belongs(name) {
    return (
      name === "close" || (this.mode === "edge" ? name.startsWith("edge") : name === "recentCode")
    );
  }

  setMode(mode) {
    this.mode = mode;
    if (!mode) this.showLock();
  }

  setLock(code) {
    const { state } = this;
    state.lock = code;
    this.showLock();
    if (code === null) this.note("unlocked");
  }

  showLock() {
    const { lock } = this.state;
    if (lock === null) this.banner(null);
    else this.banner("lock_banner", { code: this.state.label(lock) });
  }

  showPanel(isShown = true) {
    this.panel.element.hidden = !isShown;
    this.panelButton.setAttribute("aria-expanded", String(isShown));
  }

  focusText() {
    this.transcript.element.focus({ preventScroll: true });
  }

  findClosed() {
    const hit = this.hits[this.hitAt];
    this.transcript.setHits([], -1);
    if (hit) this.transcript.select(hit[0], hit[1]);
    this.hits = [];
    this.focusText();
  }

  /** The focus goes back to what is round the widget. */
  leave() {
    const gone = new CustomEvent("cx-leave", { bubbles: true, composed: true });
    this.host.dispatchEvent(gone);
    const active = this.root.activeElement;
    if (active) active.blur();
  }
}
