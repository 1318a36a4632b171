// How codings look and sound in the text: marks, margin, words for screen readers, the theme.

import { abbreviation, create } from "./dom.js";

/** A coding as the transcript draws it. */
export function markOf(view, coding) {
  const { id, start, end, code, memo, uncertain, mine, coder } = coding;
  const names = ["cx-mark", `cx-c${view.state.colourOf(code)}`];
  if (id === view.current) names.push("cx-current");
  if (uncertain) names.push("cx-uncertain");
  if (!mine) names.push("cx-other");
  if (!view.state.passes(coding)) names.push("cx-dim");
  return { id, start, end, className: names.join(" "), title: wordsOf(view, coding, "\n") };
}

/** A coding in words: its code, whose it is, whether it is uncertain, its memo. */
export function wordsOf(view, { code, mine, coder, uncertain, memo }, between = ", ") {
  const doubt = uncertain ? view.say("is_uncertain") : "";
  return [view.state.label(code), mine ? "" : coder, doubt, memo].filter(Boolean).join(between);
}

/** The hidden text of a block: its codes. */
export function codesOf(view, { spans }) {
  const codings = spans.map(({ id }) => view.state.codings.get(id)).filter(Boolean);
  if (!codings.length) return "";
  const names = codings.map((coding) => wordsOf(view, { ...coding, memo: "" }, " "));
  return view.say("block_codes", { codes: [...new Set(names)].join(", ") });
}

/** The name of a block's article: who speaks, and which turn of how many. */
export function blockName(view, { turn, first }) {
  const speaker = view.turns[turn]?.[2] ?? "";
  const key = first ? "block_label" : "block_more";
  return view.say(key, { speaker, n: turn + 1, m: view.turns.length });
}

/** Two letters for each code of a block, beside it; a line where it was read. */
export function drawMargin(view, { spans, end }, margin) {
  margin.parentElement.classList.toggle("cx-read", end <= view.state.now.readTo);
  const codes = new Set(spans.map(({ id }) => view.state.codings.get(id)?.code));
  codes.delete(undefined);
  const looks = [...codes].map((code) => [view.state.label(code), view.state.colourOf(code)]);
  const shown = JSON.stringify(looks);
  if (margin.shown === shown) return;
  margin.shown = shown;
  margin.replaceChildren(...[...codes].map((code) => codeChip(view.state, code, "cx-chip")));
  margin.setAttribute("aria-hidden", "true");
}

/** One line that leads to the first coding; where there are codings it is not needed. */
export function hintOf({ state, say }) {
  if ([...state.codings.values()].some(({ mine }) => mine)) return say("here_none");
  const [first] = state.pinned;
  if (first === undefined) return say("hint_no_code");
  return say("hint", { code: state.label(first) });
}

/** How many turns a span touches. */
export function turnsOf(view, start, end) {
  return view.turns.filter(([from, to]) => from < end && to > start).length;
}

/** The panel at the caret, the counts, the progress. */
export function drawSide(view) {
  const { start, end } = view.transcript.selection;
  const here = view.state.sorted().filter((one) => one.start <= end && one.end >= start);
  const inside = start < end ? here.filter((one) => one.start < end && one.end > start) : here;
  const shown = inside.sort((a, b) => a.end - a.start - (b.end - b.start)).slice(0, 12);
  const coding = view.state.codings.get(view.current);
  view.panel.show(shown, view.current, coding?.mine ? turnsOf(view, coding.start, coding.end) : 0);
  view.panel.update();
  const progress = view.state.progress();
  view.progressText.data = view.say("progress", {
    n: progress.read,
    m: progress.units,
    ...progress,
  });
}

/** The sign of a code: its colour and two letters. */
export function codeChip(state, code, className = "cx-swatch") {
  const label = state.label(code);
  const colour = `cx-s${state.colourOf(code)}`;
  const text = abbreviation(label);
  return create("span", {
    class: `${className} ${colour}`,
    title: label,
    "aria-hidden": "true",
    text,
  });
}

/** Keeps `data-theme` of the host as Lab's theme is, or the system's; returns what ends it. */
export function watchTheme(host) {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const set = () => {
    const lab = document.body.dataset.jpThemeLight;
    const isDark = lab === undefined ? system.matches : lab === "false";
    host.dataset.theme = isDark ? "dark" : "light";
  };
  const observer = new MutationObserver(set);
  observer.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  system.addEventListener("change", set);
  set();
  return () => {
    observer.disconnect();
    system.removeEventListener("change", set);
  };
}
