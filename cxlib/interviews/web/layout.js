// Where the parts of the widget stand: the bar above, the text and the panel, the status below.

import { button, create, keyButton, textIn } from "./dom.js";

/** A box whose words are written by one text node: `view[name]` is the node. */
function textBox(view, name, className) {
  const box = create("span", { class: className });
  view[name] = textIn(box);
  return box;
}

/** Unseen letters of a script, plain and bold: its fonts are loaded while the kernel answers, and
 * not when the text is drawn. */
export function earlyFonts(lang) {
  const letters = { ja: "あ亜", ko: "가亞" }[lang];
  if (!letters) return [];
  const weights = ["span", "strong"].map((tag) => create(tag, { text: letters }));
  return [create("div", { class: "cx-early", lang, "aria-hidden": "true" }, ...weights)];
}

/** Puts the parts of a view into its frame. */
export function layOut(view) {
  const box = (name, ...children) => create("div", { class: name }, ...children);
  view.bannerBox = create("div", { class: "cx-banner", hidden: "" });
  view.bannerText = textIn(view.bannerBox);
  view.savedBox = textBox(view, "saved", "cx-saved");
  view.textBox = box("cx-text", view.bannerBox, view.find.element);
  const note = textBox(view, "noteText", "cx-note");
  const progress = textBox(view, "progressText", "cx-progress");
  view.frame.replaceChildren(
    topBar(view),
    box("cx-main", view.textBox, view.panel.element),
    box("cx-status", note, progress, view.savedBox),
    view.popup.element,
    view.picker.element,
    view.help.element,
    view.live.element,
  );
  view.frame.setAttribute("role", "region");
  view.frame.setAttribute("aria-label", view.say(view.kind.region));
}

function topBar(view) {
  const { say, panel } = view;
  view.documents = create("select", {
    "aria-label": say("document"),
    "data-mode": "control",
    on: { change: () => view.change(view.documents.value) },
  });
  view.nameBox = textBox(view, "nameText", "cx-document");
  const tool = (label, name, key) => keyButton(say(label), key, () => view.act(name));
  view.panelButton = button(say(view.kind.panel), () => view.showPanel(panel.element.hidden), {
    class: "cx-panel-button",
    "aria-expanded": "true",
  });
  return create(
    "div",
    { class: "cx-top" },
    view.documents,
    view.nameBox,
    create("span", { class: "cx-soft cx-coder", text: view.coderName }),
    panel.filter,
    tool("do_undo", "undo", "Ctrl Z"),
    tool("do_redo", "redo", "Ctrl Shift Z"),
    tool("do_find", "find", "Ctrl F"),
    tool("do_help", "help", "?"),
    view.panelButton,
  );
}

/** An interview with the number of its codings, or how many of its disagreements are settled. */
function documentLabel({ name, coded, items, settled }) {
  if (items !== undefined) return `${name} (${settled}/${items})`;
  return coded ? `${name} (${coded})` : name;
}

/** Marks interviews that are not shown and have changes that are not saved. */
export function markDocuments(view) {
  for (const option of view.documents?.options ?? []) {
    const n = option.value === view.document ? 0 : view.session.waits(option.value);
    const label = documentLabel(view.listed.get(option.value));
    const text = n ? view.say("document_waits", { document: label, n }) : label;
    if (option.text !== text) option.text = text;
  }
}

/** The interviews to choose from, with the number of codings; one alone is only named. */
export function fillDocuments(view, { documents = [], document: shown }) {
  view.documents.hidden = documents.length < 2;
  view.nameBox.hidden = documents.length > 1;
  view.nameText.data = shown;
  view.listed = new Map(documents.map((about) => [about.name, about]));
  const options = documents.map(({ name }) => create("option", { value: name }));
  view.documents.replaceChildren(...options);
  markDocuments(view);
  view.documents.value = shown;
}

/** An output may be put into the page after it was made: only then is there a place to show. */
export function whenSized(element, act) {
  const observer = new ResizeObserver(([{ contentRect }]) => {
    if (!contentRect.height) return;
    observer.disconnect();
    requestAnimationFrame(act);
  });
  observer.observe(element);
}
