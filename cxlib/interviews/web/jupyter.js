// The widget in Jupyter: anywidget's model is the wire, Esc leads back to the cell.

import { mountSettler } from "./settle.js";
import { mountCoder } from "./view.js";

const LANG = "cx-lang-"; // the class that names the language of the interview's script

/** What anywidget calls: builds the widget in `el`, returns what takes it away. */
function renderCoder({ model, el }) {
  const host = document.createElement("div");
  el.append(host);
  let taker = null;
  const take = (message, buffers) => taker?.(message, buffers);
  const wire = {
    send: (message) => model.send(message),
    onMessage: (callback) => {
      taker = callback;
    },
  };
  model.on("msg:custom", take);
  const classes = model.get("_dom_classes") ?? [];
  const mount = classes.includes("cx-settles") ? mountSettler : mountCoder;
  const lang = classes.find((name) => name.startsWith(LANG))?.slice(LANG.length);
  const coder = mount(host, wire, { lang });
  host.addEventListener("cx-leave", () => {
    const cell = el.closest(".jp-Cell") ?? el.closest("[tabindex]");
    cell?.focus({ preventScroll: true });
  });
  return () => {
    model.off("msg:custom", take);
    coder.dispose();
    host.remove();
  };
}

export default { render: renderCoder };
