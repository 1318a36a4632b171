// The status line: what is saved and what waits; the list of interviews says where.

import { markDocuments } from "./layout.js";

const REFUSED_FOR = 5000; // milliseconds that a refusal stands at the least

/** What a refusal says stays in the status line until something else is done. */
export function keepRefusal(view, reason) {
  const waits = view.session.status().kind === "held"; // then it is over once all is saved
  const until = view.session.now() + REFUSED_FOR;
  view.refusal = { reason, waits, until };
  drawStatus(view);
}

/** Something was done: a refusal goes, once it could be read. */
export function endRefusal(view) {
  if (view.refusal) view.refusal.isSeen = true;
}

/** Writes the status where it changed, and the marks of interviews with changes that wait. */
export function drawStatus(view) {
  if (!view.saved) return;
  const { say, refusal, session } = view;
  const { kind, n, unkept, reason = "" } = session.status();
  const isOver = refusal?.isSeen && session.now() >= refusal.until;
  if (isOver || (refusal?.waits && !n)) view.refusal = null;
  const isRefused = view.refusal && !n;
  const said = isRefused ? say("refused", view.refusal) : say(`save_${kind}`, { n, reason });
  const text = said + (unkept && n ? ` ${say("unkept")}` : "");
  markDocuments(view);
  if (view.saved.data === text) return;
  view.saved.data = text;
  view.savedBox.dataset.kind = isRefused ? "held" : kind;
  if (isRefused || !["saved", "saving"].includes(kind)) view.live.say(text);
}
