// What the benchmark of the widget in JupyterLab measures in its page.

globalThis.meter = {
  scroller: () => desk.root().querySelector(".cx-transcript"),

  frame: () => new Promise(requestAnimationFrame),

  /** Milliseconds of 150 frames, in each of which the transcript moves by `step`. */
  async scroll(step) {
    const { scroller, frame } = meter;
    scroller().scrollTop = 3000;
    const took = [];
    let last = await frame();
    for (let n = 0; n < 150; n += 1) {
      scroller().scrollTop += step;
      const now = await frame();
      took.push(now - last);
      last = now;
    }
    return took;
  },

  /** Up into text never seen: how far what is on the screen moved beside the steps, in pixels. */
  async up() {
    const { scroller, frame } = meter;
    scroller().scrollTop = scroller().scrollHeight * 0.6;
    await frame();
    await frame();
    const off = [];
    const took = [];
    let last = await frame();
    for (let n = 0; n < 100; n += 1) {
      const { top } = scroller().getBoundingClientRect();
      const seen = [...desk.root().querySelectorAll("article")].find(
        (one) => one.getBoundingClientRect().bottom > top,
      );
      const before = seen.getBoundingClientRect().top;
      scroller().scrollTop -= 200;
      const now = await frame();
      took.push(now - last);
      last = now;
      await new Promise((done) => setTimeout(done)); // after its frame
      off.push(Math.abs(seen.getBoundingClientRect().top - before - 200));
    }
    return [Math.max(...off), took.filter((each) => each > 34).length];
  },

  /** Listens to keys: when each was pressed, when its frame was done, what the browser says. */
  listen() {
    const { events, took } = Object.assign(meter, { events: [], took: [], at: [] });
    meter.observer?.disconnect();
    meter.observer = new PerformanceObserver((list) => {
      const keys = list.getEntries().filter(({ name }) => name === "keydown");
      events.push(...keys.map(({ duration }) => duration));
    });
    meter.observer.observe({ type: "event", durationThreshold: 16 });
    meter.heard ??= (event) => {
      const began = performance.now();
      meter.at.push((performance.timeOrigin + event.timeStamp) / 1000);
      requestAnimationFrame(() => {
        const { port1, port2 } = new MessageChannel();
        port1.onmessage = () => meter.took.push(performance.now() - began);
        port2.postMessage(0);
      });
    };
    window.addEventListener("keydown", meter.heard, true);
    return took.length;
  },

  /** A box beside the widget in which a key writes. */
  box() {
    const box = document.createElement("input");
    box.id = "beside";
    box.style.cssText = "position: fixed; inset: 0 0 auto auto; contain: strict; height: 20px";
    document.body.append(box);
  },

  /** Watches from the command that runs a cell to the widget that can be used. */
  async show(i) {
    const { model } = desk.panel.content.widgets[i];
    const began = performance.now();
    let answered = 0;
    model.outputs.clear();
    model.outputs.changed.connect(({ length }) => (answered ||= length && performance.now()));
    desk.run(i);
    while (!desk.isUsable()) {
      await meter.frame();
      if (performance.now() - began > 20000) throw new Error("the cell shows no widget");
    }
    await meter.frame();
    const now = performance.now();
    return [now - answered, now - began];
  },

  /** The words of the first line that is seen, and of how many letters lines are. */
  first() {
    const root = desk.root();
    const { top } = meter.scroller().getBoundingClientRect();
    const words = [...root.querySelectorAll(".cx-words")].find(
      (one) => one.getBoundingClientRect().bottom > top + 4,
    );
    const box = words.getBoundingClientRect();
    const y = Math.max(box.top, top) + 6;
    const place = document.caretPositionFromPoint(box.left + 2, y, { shadowRoots: [root] });
    const range = document.createRange();
    range.setStart(words, 0);
    range.setEnd(place.offsetNode, place.offset);
    const block = Number(words.closest("article").getAttribute("aria-posinset"));
    return { block, at: range.toString().length, below: Math.round(box.top - top) };
  },

  /** Numbers of five digits that stand well inside what is seen. */
  numbers() {
    const { top, bottom } = meter.scroller().getBoundingClientRect();
    const texts = [...desk.root().querySelectorAll(".cx-words")].map((one) => one.textContent);
    return texts
      .flatMap((text) => text.match(/[0-9]{5}/g) ?? [])
      .filter((number) => {
        const { from, to } = desk.place(0, number);
        return from[1] === to[1] && from[1] > top + 40 && from[1] < bottom - 40;
      });
  },

  copied() {
    meter.clip = null;
    desk.hosts()[0].addEventListener(
      "copy",
      (event) => (meter.clip = event.clipboardData.getData("text/plain")),
      { once: true },
    );
  },
};
