"""How fast the coding widget's transcript is in a bare page: scrolling, moves, key to mark."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from playwright.sync_api import sync_playwright

from tests.conftest import ARGUMENTS
from tests.interviews.web.core_page import RAW, bare_page, codings, interview, show, units

KEYS = 60
SPREAD = """(values) => {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share) => Math.round(10 * sorted[Math.floor(share * (sorted.length - 1))]) / 10;
  return [at(0.5), at(0.95)];
}"""
# 150 frames, with and without a scroll step in each
SCROLL = """async (step) => {
  const frame = () => new Promise(requestAnimationFrame);
  const took = [];
  view.element.scrollTop = 3000;
  let last = await frame();
  for (let n = 0; n < 150; n += 1) {
    view.element.scrollTop += step;
    const now = await frame();
    took.push(now - last);
    last = now;
  }
  return took;
}"""
WINDOW = """() => Array.from({length: 100}, (_, n) => {
  const began = performance.now();
  view.element.scrollTop = 3000 + 450 * n;
  view.render();
  return performance.now() - began;
})"""
# a key press, to the first message after its frame; and what the browser says of it
LISTEN = """() => {
  globalThis.took = [];
  globalThis.events = [];
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      if (entry.name === "keydown") events.push(entry.duration);
    }
  }).observe({type: "event", durationThreshold: 16});
  const box = document.createElement("div");
  box.style.cssText = "contain: strict; height: 20px";
  const words = box.appendChild(document.createTextNode("0"));
  document.body.append(box);
  let n = 0;
  const act = {
    "1": () => {
      const {start} = view.selection;
      const to = start + 30;
      view.addSpan({id: `k${n}`, start, end: to, className: "c1", title: "code"});
      view.select(to, to + 30);
    },
    x: () => { words.data = String(n); },
    ArrowRight: () => view.move("character", 1, {extend: true}),
    ArrowDown: () => view.move("line", 1, {extend: true}),
  };
  document.addEventListener("keydown", (event) => {
    if (!act[event.key]) return;
    event.preventDefault();
    const began = performance.now();
    n += 1;
    act[event.key]();
    requestAnimationFrame(() => {
      const {port1, port2} = new MessageChannel();
      port1.onmessage = () => took.push(performance.now() - began);
      port2.postMessage(0);
    });
  });
}"""


def spread(page: Any, expression: str, *given: Any) -> list[float]:
    values = page.evaluate(expression, *given)
    found: list[float] = page.evaluate(SPREAD, values)
    return found


def press(page: Any, key: str) -> tuple[list[float], list[float]]:
    page.evaluate("() => { took.length = 0; events.length = 0; }")
    for _ in range(KEYS):
        page.keyboard.press(key)
        page.wait_for_timeout(40)
    page.wait_for_timeout(300)
    slow = page.evaluate(f"[...events, ...Array(Math.max(0, {KEYS} - events.length)).fill(16)]")
    return spread(page, "took"), page.evaluate(SPREAD, slow)


def measure(page: Any, name: str, text: str, turns: list[list[int]], n: int) -> None:
    show(page, text, turns, codings(units(text), n))
    usable = page.wait_for_function("globalThis.usable").json_value()
    print(f"{name}: {len(text):,} code points, {n:,} codings, load {os.getloadavg()[0]:.1f}")
    print(f"  usable after {usable:.0f} ms (wanted 500)")
    idle = page.evaluate(SCROLL, 0)
    scrolled = page.evaluate(SCROLL, 200)
    late = sum(took > 34 for took in scrolled) - sum(took > 34 for took in idle)
    steps = page.evaluate(SPREAD, scrolled)
    print(f"  scroll, ms a frame p50 / p95: {steps}, {late} late ones more than idle (wanted 2)")
    print(f"  window moved by 450 px, ms p50 / p95: {spread(page, WINDOW)}")
    page.evaluate("() => { view.element.focus(); const at = view.topOffset; view.select(at, at); }")
    page.evaluate(LISTEN)
    for what, key, wanted in (
        ("another box", "x", "none"),
        ("key to mark", "1", "33 / 66"),
        ("Shift+Right", "Shift+ArrowRight", "p95 50"),
        ("Shift+Down", "Shift+ArrowDown", "p95 50"),
    ):
        page.evaluate("() => view.select(view.selection.focus, view.selection.focus)")
        took, event = press(page, key)
        print(f"  {what}, ms p50 / p95: {took}, by Event Timing {event} (wanted {wanted})")


def main() -> int:
    chromium = shutil.which("chromium")
    if chromium is None:
        print("there is no chromium on this machine: nothing was measured")
        return 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        text, turns = interview(2_500)
        for name, said, spans, n in (
            ("interview", text, turns, 5_000),
            ("one turn without a pause", (RAW * 1_600)[:54_000], [[0, 54_000]], 1_000),
        ):
            page = bare_page(browser)
            measure(page, name, said, spans, n)
            page.close()
        browser.close()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
