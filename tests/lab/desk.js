// What the tests ask of a page with JupyterLab: its notebook, and the widgets in its outputs.

globalThis.desk = {
  get panel() {
    return jupyterapp.shell.currentWidget;
  },

  async open(path) {
    const { commands, shell } = jupyterapp;
    for (const widget of [...shell.widgets("main")]) {
      if (widget.context?.model) widget.context.model.dirty = false;
      widget.dispose();
    }
    const panel = await commands.execute("docmanager:open", { path, factory: "Notebook" });
    await panel.context.ready;
    await desk.ready(panel);
    shell.activateById(panel.id);
  },

  /** The kernel is there and does nothing; a minute is too long for that. Where JupyterLab does
      not hear of one that the server has started again, it is asked to connect, and then to start
      it, as by the kernel's menu. */
  async ready(panel = desk.panel) {
    await panel.sessionContext.ready;
    const start = Date.now();
    const ways = [
      [15, (kernel) => kernel.reconnect()],
      [25, (kernel) => kernel.restart()],
    ];
    for (let seconds = 0; seconds < 60; seconds = (Date.now() - start) / 1000) {
      const kernel = panel.sessionContext.session?.kernel;
      const isThere = kernel?.connectionStatus === "connected";
      // a widget that is made before somebody takes it is "not found" for good
      const isTaken = kernel?._targetRegistry?.["jupyter.widget"] || seconds > 5;
      if (isThere && kernel.status === "idle" && isTaken) return;
      const isUnheard = ["unknown", "starting"].includes(kernel?.status);
      if (isThere && isUnheard && seconds > ways[0]?.[0]) {
        ways.shift()[1](kernel).catch(() => {}); // what it is then, is looked at
      }
      await new Promise((done) => setTimeout(done, 20));
    }
    const { connectionStatus, status } = panel.sessionContext.session?.kernel ?? {};
    throw new Error(`the kernel is ${connectionStatus} and ${status}`);
  },

  cells() {
    return desk.panel.content.widgets.map(({ model }) => [
      model.type,
      model.sharedModel.getSource(),
    ]);
  },

  /** Gives a cell another source, and takes away what all cells have put out. */
  write(i, source) {
    const { widgets } = desk.panel.content;
    widgets[i].model.sharedModel.setSource(source);
    for (const { model } of widgets) model.outputs?.clear();
  },

  prompt(i) {
    return desk.panel.content.widgets[i].model.executionCount ?? null;
  },

  /** Runs a cell by the command; JupyterLab's answer is not waited for. */
  run(i) {
    const { content } = desk.panel;
    content.deselectAll();
    content.activeCellIndex = i;
    content.mode = "command";
    jupyterapp.commands.execute("notebook:run-cell");
  },

  hosts() {
    return [...document.querySelectorAll(".jp-OutputArea-output *")].filter(
      (one) => one.shadowRoot?.querySelector(".cx-root"),
    );
  },

  root(i = 0) {
    return desk.hosts()[i]?.shadowRoot;
  },

  isUsable(i = 0) {
    const root = desk.root(i);
    const frame = root?.querySelector(".cx-root");
    return frame?.getAttribute("aria-busy") === "false" && Boolean(root.querySelector("article"));
  },

  text(i, selector) {
    return desk.root(i)?.querySelector(selector)?.textContent ?? null;
  },

  /** Where words stand in the window: [left, right, middle], from the first block that has them. */
  place(i, phrase) {
    for (const words of desk.root(i).querySelectorAll(".cx-words")) {
      const at = words.textContent.indexOf(phrase);
      if (at < 0) continue;
      const range = document.createRange();
      range.setStart(...desk.node(words, at));
      range.setEnd(...desk.node(words, at + phrase.length));
      const boxes = [...range.getClientRects()].filter(({ width }) => width > 0);
      const [first, last] = [boxes[0], boxes.at(-1)];
      return {
        from: [first.left + 1, first.top + first.height / 2],
        to: [last.right - 1, last.top + last.height / 2],
      };
    }
    return null;
  },

  node(words, at) {
    const walker = document.createTreeWalker(words, NodeFilter.SHOW_TEXT);
    let left = at;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (left <= node.data.length) return [node, left];
      left -= node.data.length;
    }
    return null;
  },

  focus(i = 0) {
    desk.hosts()[i].scrollIntoView({ block: "center" });
    desk.root(i).querySelector(".cx-transcript").focus({ preventScroll: true });
  },

  /** Of codings that do not overlap, one a block: [words, chip, whether it is uncertain]. */
  codings(i = 0) {
    return [...desk.root(i).querySelectorAll(".cx-words mark")].map((mark) => [
      mark.textContent,
      mark.closest("article").querySelector(".cx-chip").textContent,
      mark.classList.contains("cx-uncertain"),
    ]);
  },

  marks(i = 0) {
    return [...desk.root(i).querySelectorAll(".cx-words mark")].map((one) => one.textContent);
  },
};

/** Keys that JupyterLab acts on without Ctrl, Alt or Cmd, each a list of presses. */
desk.singleKeys = () => {
  const bindings = jupyterapp.commands.keyBindings.filter(
    ({ keys }) => !keys.some((key) => /Accel|Ctrl|Alt|Cmd/.test(key)),
  );
  return [...new Set(bindings.map(({ keys }) => keys.join("|")))].map((keys) => keys.split("|"));
};

desk.KEY_CODES = {
  Enter: 13,
  Escape: 27,
  Space: 32,
  Tab: 9,
  Backspace: 8,
  Delete: 46,
  PageUp: 33,
  PageDown: 34,
  End: 35,
  Home: 36,
  ArrowLeft: 37,
  ArrowUp: 38,
  ArrowRight: 39,
  ArrowDown: 40,
};

/** A press of `Shift D` or `Enter` as JupyterLab's own key table names them. */
desk.pressed = (target, chord) => {
  const [name, ...mods] = chord.split(" ").reverse();
  const shiftKey = mods.includes("Shift");
  const letter = name.length === 1 && /[A-Z]/.test(name);
  const key = letter && !shiftKey ? name.toLowerCase() : name === "Space" ? " " : name;
  const code = letter ? `Key${name}` : /^[0-9]$/.test(name) ? `Digit${name}` : name;
  const other = /^F\d+$/.test(name) ? 111 + Number(name.slice(1)) : 0;
  const keyCode = desk.KEY_CODES[name] ?? (name.length === 1 ? name.charCodeAt(0) : other);
  const init = { key, code, keyCode, shiftKey, bubbles: true, composed: true, cancelable: true };
  target.dispatchEvent(new KeyboardEvent("keydown", init));
  target.dispatchEvent(new KeyboardEvent("keyup", init));
};

/** What in a widget may have the focus now. */
desk.focusable = (i = 0) =>
  [...desk.root(i).querySelectorAll("button, select, input, textarea, [tabindex]")].filter(
    (one) => one.checkVisibility() && !one.disabled,
  );

desk.log = [];
desk.watch = () => {
  desk.signal ??= jupyterapp.commands.commandExecuted.connect((_, { id }) => desk.log.push(id));
};

/** Says OK, or Close, to every dialog of JupyterLab (kernel died, no connection) as soon as it is there. */
desk.dialogs = 0;
new MutationObserver(() => {
  const button = [...document.querySelectorAll(".jp-Dialog .jp-Dialog-button")].at(-1);
  if (!button) return;
  desk.dialogs += 1;
  button.click();
}).observe(document.body, { childList: true });

/** Whether a cell that was asked to run has a number; false where the request was lost, and the
 * kernel does nothing. */
desk.ran = async (i) => {
  const end = Date.now() + 60000;
  for (let idle = 0; idle < 60 && Date.now() < end; ) {
    if (desk.prompt(i) !== null) return true;
    await new Promise((done) => setTimeout(done, 25));
    idle = desk.panel.sessionContext.session?.kernel?.status === "idle" ? idle + 1 : 0;
  }
  return false;
};

/** What code cells of the notebook have put out: [[cell's id, number, [data of an output, …]], …]. */
desk.outputs = () =>
  desk.panel.content.widgets
    .filter(({ model }) => model.type === "code")
    .map(({ model }) => [
      model.id,
      model.executionCount,
      model.outputs.toJSON().map(({ data, ename }) => data ?? { ename }),
    ]);

/** Whether no cell waits or runs. */
desk.isDone = () =>
  desk.panel.content.widgets.every(
    ({ model }) => model.type !== "code" || !model.executionState || model.executionState === "idle",
  ) && desk.panel.sessionContext.session?.kernel?.status === "idle";
