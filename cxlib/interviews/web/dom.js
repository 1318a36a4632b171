// Elements made without markup: what a customer said is only ever a text node.

/** An element with attributes; `text` is a text node, `on` has listeners, null leaves out. */
export function create(tag, { text, on = {}, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined) element.setAttribute(name, value);
  }
  for (const [type, listener] of Object.entries(on)) element.addEventListener(type, listener);
  if (text !== undefined) element.append(document.createTextNode(text));
  element.append(...children);
  return element;
}

/** A button that leaves the focus where it is when the mouse presses it. */
export function button(text, act, attributes = {}) {
  const on = { click: act, mousedown: (event) => event.preventDefault() };
  return create("button", { type: "button", text, on, ...attributes });
}

/** A button with the key that does the same. */
export function keyButton(text, key, act, attributes = {}) {
  const made = button(text, act, attributes);
  made.append(create("kbd", { text: key, "aria-hidden": "true" }));
  return made;
}

/** A text node in an element, to be written by its `data`. */
export function textIn(element, text = "") {
  return element.appendChild(document.createTextNode(text));
}

/** A function that gives the text of a label, `{name}` replaced by values. */
export function sayer(labels) {
  return (key, values = {}) =>
    (labels[`coder.${key}`] ?? labels[key] ?? key).replace(/\{(\w+)\}/g, (whole, name) =>
      name in values ? String(values[name]) : whole,
    );
}

/** Two letters for a code, for those who do not see colours: of two words, else of the first. */
export function abbreviation(label) {
  const words = label
    .normalize("NFC")
    .split(/[\s_\-/·・]+/u)
    .filter(Boolean);
  const two = words.length > 1 ? [...words[0]][0] + [...words[1]][0] : [...(words[0] ?? "?")];
  return [...two].slice(0, 2).join("");
}

/** Act once the next frame is drawn; what was asked for first comes first. */
export function afterFrame(act) {
  requestAnimationFrame(() => setTimeout(act));
}

/** Lets `host.focus()` lead to where the focus was inside, else to `first()`: a dialog of Lab gives
 * it back to the host, which is all that it can see. */
export function keepFocus(host, frame, first) {
  let last = null;
  frame.addEventListener("focusin", ({ target }) => (last = target));
  host.focus = (options = { preventScroll: true }) =>
    (last?.isConnected ? last : first())?.focus(options);
}

/** Words on one line, a long text cut between letters. */
export function inBrief(words, most) {
  const line = words
    .slice(0, 40 * most)
    .replace(/\s+/gu, " ")
    .trim();
  const letters = [...new Intl.Segmenter().segment(line)].map(({ segment }) => segment);
  return letters.length > most ? `${letters.slice(0, most).join("")}…` : line;
}
