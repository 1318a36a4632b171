// A key that is pressed in a view: whose it is, and the command that it runs.

import { keepsKey } from "./keys.js";

/** Runs the command of a key; keys that are nobody's here pass on to the page. */
export function takeKey(view, event) {
  const [target] = event.composedPath();
  const inInput = target.matches("input, textarea, select");
  const isButton = target.matches("button");
  const place = target.closest("[data-mode]")?.dataset.mode ?? (isButton ? "button" : null);
  const command = view.kind.commandOf(event, { inInput, mode: place ?? view.mode ?? "text" });
  if (keepsKey(event, command, { inInput })) event.stopPropagation();
  else letPass(view.host);
  if (trapsTab(view, event) || !command) return;
  event.preventDefault();
  if (!view.transcript) return;
  if (view.mode && !place && !view.belongs(command.name)) view.setMode(null);
  view.act(command.name, command.value);
}

// Lab looks for the attribute on the host: it must not stand where a key is Lab's
function letPass(host) {
  host.removeAttribute("data-lm-suppress-shortcuts");
  setTimeout(() => host.setAttribute("data-lm-suppress-shortcuts", "true"));
}

function trapsTab({ picker, help, root }, event) {
  if (event.key !== "Tab" || !(picker?.isOpen || help?.isOpen)) return false;
  event.preventDefault();
  const { element } = help;
  if (help.isOpen) (root.activeElement === element ? element.lastChild : element).focus();
  return true;
}
