// Random schedules of a coder's work and of faults: what the kernel has must be what was meant.

globalThis.runSchedule = async (seed, kernelOptions, { several }) => {
  let chance = seed * 2654435761;
  const random = (n) => {
    chance = (Math.imul(chance ^ (chance >>> 15), 2246822519) + 3266489917) >>> 0;
    return (chance >>> 8) % n;
  };
  const kernel = new FakeKernel(kernelOptions);
  const storage = new FakeStorage();
  const main = document.querySelector("main");
  let clock = 1_000_000;
  let views = [];
  const meant = []; // ids of ops, each view's in its order
  const refused = new Set();
  const rest = async () => {
    for (let i = 0; i < 24; i++) await Promise.resolve();
  };

  const mountView = async () => {
    const host = document.createElement("div");
    main.append(host);
    const line = kernel.wire();
    const coder = cx.mountCoder(host, line, { storage, now: () => clock });
    const { session } = coder;
    const { commit } = session;
    const made = [];
    meant.push(made);
    session.commit = (ops) => {
      made.push(...ops.map((op) => op.op_id));
      return commit.call(session, ops);
    };
    const take = session.takeRefused;
    session.takeRefused = (message) => {
      if (!["disk", "readonly"].includes(message.key)) refused.add(message.op_id);
      return take.call(session, message);
    };
    const view = { host, line, coder };
    views.push(view);
    await rest();
    return view;
  };
  const close = (view) => {
    view.line.close();
    view.coder.dispose();
    view.host.remove();
    views = views.filter((other) => other !== view);
  };
  const pass = async (seconds) => {
    for (let i = 0; i < seconds; i++) {
      clock += 1000;
      views.forEach(({ coder }) => coder.session.tick());
      await rest();
    }
  };

  // what the coder means, as she sees it: only for one view
  let now = [];
  const past = [];
  let future = [];
  const change = (next) => {
    past.push(now);
    future = [];
    now = next;
  };
  const words = (view) => {
    const start = random(view.coder.text.length - 60);
    return cx.trimSpan(view.coder.text, ...snapped(view, start, start + 2 + random(50)));
  };
  const snapped = (view, start, end) => {
    const map = view.coder.points;
    return [start, end].map((at) => map.toUtf16(map.toPoints(at)));
  };
  const codes = kernelOptions.codes.map(({ name }) => name);
  const find = (view) => now.find(({ id }) => id === view.coder.current);
  const work = {
    code(view) {
      const { start, end } = words(view);
      if (start >= end) return;
      const code = codes[random(codes.length)];
      view.coder.transcript.select(start, end, { reveal: false });
      if (view.coder.state.same(start, end, code)) return;
      view.coder.act("pick", code);
      change([...now, { id: view.coder.current, start, end, code, uncertain: false }]);
    },
    choose(view) {
      const list = view.coder.state.sorted();
      if (list.length) view.coder.go(list[random(list.length)]);
    },
    uncertain(view) {
      work.choose(view);
      const one = find(view);
      view.coder.act("uncertain");
      if (one)
        change(now.map((each) => (each === one ? { ...one, uncertain: !one.uncertain } : each)));
    },
    remove(view) {
      work.choose(view);
      const one = find(view);
      view.coder.act("remove");
      if (one) change(now.filter((each) => each !== one));
    },
    edge(view) {
      work.choose(view);
      const one = find(view);
      view.coder.act("edge", "end");
      const steps = 1 + random(3);
      for (let i = 0; i < steps; i++) view.coder.act("edgeCharacter", -1);
      view.coder.setMode(null);
      if (!one) return;
      const { end } = view.coder.state.codings.get(one.id);
      if (end !== one.end) change(now.map((each) => (each === one ? { ...one, end } : each)));
    },
    vivo(view) {
      const { start, end } = words(view);
      if (start >= end) return;
      view.coder.transcript.select(start, end, { reveal: false });
      const code = cx.inVivoName(view.coder.text, start, end);
      if (view.coder.state.same(start, end, code)) return;
      view.coder.act("inVivo");
      change([...now, { id: view.coder.current, start, end, code, uncertain: false }]);
    },
    undo(view) {
      view.coder.act("undo");
      if (!past.length) return;
      future.push(now);
      now = past.pop();
    },
    redo(view) {
      view.coder.act("redo");
      if (!future.length) return;
      past.push(now);
      now = future.pop();
    },
  };
  const faults = {
    drop: (view) => (view.line.fault = "drop"),
    deaf: (view) => (view.line.fault = "deaf"),
    throw: (view) => (view.line.fault = "throw"),
    hold: (view) => (view.line.fault = "hold"),
    async restore(view) {
      view.line.release();
      await pass(7);
    },
    async reload(view) {
      close(view);
      await mountView();
    },
    async restart() {
      views.forEach(({ line }) => line.close());
      if (random(2)) await pass(2);
      for (const view of [...views]) {
        close(view);
        await mountView();
      }
    },
    full: () => (kernel.refuses = { key: "disk", reason: "the disk is full" }),
    async space() {
      kernel.refuses = null;
      await pass(4);
    },
    async second(view) {
      if (several && views.length < 3) await mountView();
      else if (several && random(2)) close(view);
      if (!views.length) await mountView();
    },
  };

  await mountView();
  const trace = [];
  const kinds = [
    "code",
    "code",
    "code",
    "vivo",
    "edge",
    "uncertain",
    "remove",
    "undo",
    "undo",
    "redo",
  ];
  const bad = Object.keys(faults).filter((name) => several || name !== "second");
  for (let step = 0; step < 24; step++) {
    const view = views[random(views.length)];
    const name = random(3) ? kinds[random(kinds.length)] : bad[random(bad.length)];
    trace.push(name);
    // nothing can be done by hand in a view that the kernel has not answered yet
    if (name in work) {
      if (view.coder.transcript) work[name](view);
      await (random(2) ? rest() : null);
    } else await faults[name](view);
    if (!view.coder.transcript && view.line.fault === "none") await pass(4);
  }
  kernel.refuses = null;
  for (const view of views) view.line.release();
  await rest();
  const last = await mountView();
  for (let i = 0; i < 12; i++) await pass(4);

  const problems = [];
  const ids = kernel.log.map(({ op_id: id }) => id);
  if (new Set(ids).size !== ids.length) problems.push("an op is there twice");
  const all = meant.flat().filter((id) => !refused.has(id));
  const lost = all.filter((id) => !ids.includes(id));
  if (lost.length) problems.push(`${lost.length} of ${all.length} ops are lost`);
  if (ids.some((id) => !all.includes(id))) problems.push("an op was not meant");
  for (const made of meant) {
    const kept = made.filter((id) => ids.includes(id));
    const order = ids.filter((id) => made.includes(id));
    if (kept.join() !== order.join()) problems.push("the order differs");
  }
  if (storage.length) problems.push(`${storage.length} records are left in the storage`);
  const told = (list) =>
    JSON.stringify(
      list
        .map(({ id, start, end, code, uncertain }) => [id, start, end, code, uncertain])
        .sort((a, b) => (a[0] < b[0] ? -1 : 1)),
    );
  const map = last.coder.points;
  const truth = told(
    [...kernel.state().codings.values()].map((one) => ({
      ...one,
      start: map.toUtf16(one.start),
      end: map.toUtf16(one.end),
    })),
  );
  for (const { coder } of views) {
    if (told(coder.state.sorted()) !== truth) problems.push("a view shows something else");
    if (coder.session.status().kind !== "saved") problems.push("a view does not say saved");
  }
  if (!several && told(now) !== truth) problems.push("the codings are not those that were meant");
  if (!several && refused.size) problems.push("something was refused");
  [...views].forEach(close);
  return problems.length ? { seed, several, problems, trace } : null;
};
