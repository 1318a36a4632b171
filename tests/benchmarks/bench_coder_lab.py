"""How fast the coding widget is in JupyterLab: 250,000 code points with 5,000 codings, and one turn
of 54,000; each figure stands beside its bar. It says something on a quiet machine alone."""

from __future__ import annotations

import os
import secrets
import sys
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np

from cxlib.interviews.journal import open_journal
from tests.lab.notebook import Notebook, until
from tests.lab.session import Bench, bench
from tests.lab.study import NAME, SAID, SETUP, SHOW, write_notebook, write_study

SCRIPT = Path(__file__).with_suffix(".js").read_text(encoding="utf-8")
KEYS = 60
FRAME = 16.7  # milliseconds
CODES = ("goal", "obstacle", "service", "waiting", "信頼")
RAW = "サポートの方は親切でしたが説明が長すぎて家族でも使いたいと思いました"


def interview(characters: int) -> str:
    """Return turns in three languages, each with a number."""
    said = [(who, words) for turns in SAID.values() for who, words in turns]
    parts, length = [], 0
    while length < characters:
        who, words = said[len(parts) % len(said)]
        parts.append(f"{who}: Part {len(parts):05d}. {words}\n\n")
        length += len(parts[-1])
    return "".join(parts)


def monologue(characters: int) -> str:
    """Return one turn without any pause, with numbers in it."""
    parts = [f"{n:05d}{RAW}" for n in range(characters // (5 + len(RAW)) + 1)]
    return "Aoki: " + "".join(parts)[:characters] + "\n"


def write(folder: Path, text: str, codings: int) -> None:
    write_study(folder)
    show = SHOW.replace("corpus,", 'corpus, "en.txt",')
    write_notebook(folder / NAME, SETUP.split(",\n    speakers=")[0] + ")", show)
    (folder / "talks" / "en.txt").write_text(text, encoding="utf-8")
    journal, _new = open_journal(folder / "codings" / "Aki.jsonl", "Aki")
    rng = np.random.default_rng(1)
    starts = np.sort(rng.integers(10, len(text) - 90, codings))
    ops = []
    for start, length, code in zip(
        starts.tolist(),
        rng.integers(8, 80, codings).tolist(),
        rng.choice(CODES, codings).tolist(),
        strict=True,
    ):
        words = text[start : start + length]
        span = {"document": "en.txt", "start": start, "end": start + length, "code": code}
        proof = {"first": words[:12], "last": words[-12:], "memo": "", "uncertain": False}
        ids = {"op_id": secrets.token_hex(10), "id": secrets.token_hex(10)}
        ops.append({"op": "add", **ids, **span, **proof})
    journal.append(ops)


def spread(values: Any) -> str:
    """Return median and 95th percentile."""
    return " / ".join(f"{np.percentile(values, share):.1f}" for share in (50, 95))


class Meter:
    """The figures of one document, printed beside their bars."""

    def __init__(self, at: Bench, book: Notebook, text: str) -> None:
        self.at, self.book, self.page, self.text = at, book, at.page, text
        self.failed = 0

    def say(self, what: str, value: str, bar: str = "", *, met: bool = True) -> None:
        self.failed += not met
        sign = "" if met else "  NOT MET"
        print(f"  {what}: {value}{f' (bar {bar})' if bar else ''}{sign}", flush=True)

    def js(self, source: str, *given: Any) -> Any:
        return self.page.evaluate(source, *given)

    def heap(self) -> float:
        """Return the page's memory in use, in MB."""
        line = self.page.context.new_cdp_session(self.page)
        line.send("HeapProfiler.collectGarbage")
        line.send("Performance.enable")
        metrics = {
            one["name"]: one["value"] for one in line.send("Performance.getMetrics")["metrics"]
        }
        line.detach()
        return float(metrics["JSHeapUsedSize"]) / 1e6

    def resident(self) -> float:
        """Return the kernel's memory, in MB."""
        status = Path(f"/proc/{self.book.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1e3

    def run(self) -> int:
        self.book.open()
        self.js(f"() => {{ {SCRIPT} }}")
        self.book.run(1)
        self.js("() => meter.box()")
        beside = self.keys("x", box=True)
        heap, resident = self.heap(), self.resident()
        shown, whole = self.js("() => meter.show(2)")
        met = shown < 500
        self.say("usable after the cell's answer", f"{shown:.0f} ms", "500", met=met)
        self.say("usable after the key that runs the cell", f"{whole:.0f} ms")
        self.scrolling()
        self.marking()
        self.selecting()
        with_it = self.keys("x", box=True)
        more = np.percentile(with_it, [50, 95]) - np.percentile(beside, [50, 95])
        self.say(
            "key in a box beside, ms p50 / p95",
            f"{spread(with_it)}, without the widget {spread(beside)}",
            "one frame more",
            met=bool(max(more) <= FRAME),
        )
        self.exactness()
        self.places()
        heap, resident = self.heap() - heap, self.resident() - resident
        self.say("page memory more", f"{heap:.1f} MB", "10", met=heap < 10)
        self.say("kernel memory more", f"{resident:.1f} MB", "50", met=resident < 50)
        return self.failed

    def keys(self, key: str, *, n: int = KEYS, box: bool = False, gap: int = 40) -> Any:
        """Press a key some times; return milliseconds to the message after its frame."""
        if box:
            self.js("() => document.querySelector('#beside').focus()")
        self.js("() => meter.listen()")
        for _ in range(n):
            self.page.keyboard.press(key)
            self.page.wait_for_timeout(gap)
        self.page.wait_for_timeout(300)
        return self.js("() => meter.took")

    def events(self, n: int) -> list[float]:
        """Return what Event Timing says of the last keys; it is silent below 16 ms."""
        told = self.js("() => meter.events")
        return [*told, *[16.0] * max(0, n - len(told))]

    def scrolling(self) -> None:
        idle = self.js("() => meter.scroll(0)")
        moved = self.js("() => meter.scroll(200)")
        late = sum(each > 34 for each in moved) - sum(each > 34 for each in idle)
        said = f"{spread(moved)}, idle {spread(idle)}; {late} late frames more than idle"
        self.say("150 steps of 200 px, ms p50 / p95", said, "2 late", met=late <= 2)
        jump, late = self.js("() => meter.up()")
        said = f"{jump:.2f} px, {late} of 100 frames late"
        self.say("up into text never measured moves", said, "1 px", met=jump <= 1)

    def marking(self) -> None:
        """Mark six letters and press a digit, many times: key to mark as the browser says, key to
        line as the file grows."""
        self.book.focus()
        self.js("() => { meter.scroller().scrollTop = 4000; }")
        self.page.wait_for_timeout(300)
        self.click_first()
        sizes: list[float] = []
        done = threading.Event()
        path, kept = self.book.journal_path, [self.book.journal_path.stat().st_size]

        def watch() -> None:
            while not done.is_set():
                if (size := path.stat().st_size) > kept[0]:
                    sizes.append(time.time())
                    kept[0] = size
                time.sleep(0.002)  # more often would take the time that is measured

        watcher = threading.Thread(target=watch)
        watcher.start()
        self.js("() => meter.listen()")
        disk, events = [], []
        for n in range(KEYS):
            self.book.press("ArrowRight", *["Shift+ArrowRight"] * 6)
            self.page.wait_for_timeout(60)
            self.js("() => meter.listen()")
            known = len(sizes)
            self.page.keyboard.press(str(1 + n % 4))
            until(lambda known=known: len(sizes) > known, within=3)
            self.page.wait_for_timeout(60)
            disk.append(1000 * (sizes[known] - self.js("() => meter.at[0]")))
            events.append(max(self.js("() => meter.events") or [16.0]))
        done.set()
        watcher.join()
        met = np.percentile(disk, 50) < 20 and np.percentile(disk, 95) < 50
        self.say("key to line on disk, ms p50 / p95", spread(disk), "20 / 50", met=bool(met))
        met = np.percentile(events, 50) < 33 and np.percentile(events, 95) < 66
        self.say("key to mark by Event Timing, ms", spread(events), "33 / 66", met=bool(met))

    def click_first(self) -> None:
        place = self.js(
            """() => { const top = meter.scroller().getBoundingClientRect().top;
              const words = [...desk.root().querySelectorAll(".cx-words")].find((one) =>
                one.getBoundingClientRect().bottom > top + 100);
              const {left, top: y} = words.getBoundingClientRect();
              return [left + 20, Math.max(y, top) + 60]; }"""
        )
        self.page.mouse.click(*place)

    def selecting(self) -> None:
        for key in ("Shift+ArrowRight", "Shift+ArrowDown"):
            self.book.press("ArrowRight")
            took = self.keys(key, gap=33)
            met = bool(np.percentile(took, 95) < 50)
            said = f"{spread(took)}, by Event Timing {spread(self.events(KEYS))}"
            self.say(f"{key} held, ms p50 / p95", said, "p95 50", met=met)

    def copy(self) -> str:
        self.js("() => meter.copied()")
        self.book.press("Control+c")
        return until(lambda: self.js("() => meter.clip"))

    def numbers(self) -> list[str]:
        """Return numbers of the text that are on the screen, from above."""
        return self.js("() => meter.numbers()")

    def point(self, number: str) -> list[float]:
        [x, y] = self.js("(number) => desk.place(0, number).from", number)
        return [x - 0.9, y]

    def exactness(self) -> None:
        self.book.focus()
        for name, how in (
            ("drag past its start", self.drag_far),
            ("Shift+click far away", self.click_far),
            ("Ctrl+Shift+End", self.to_end),
        ):
            wanted = how()
            told = self.copy()
            said = f"{len(told):,} characters, {'equal' if told == wanted else 'NOT equal'}"
            self.say(f"{name}, then Ctrl+C", said, "exact", met=told == wanted)

    def jump_to(self, share: float) -> str:
        """Scroll to a share of the text, and return a number that is seen there."""
        self.js(
            "(share) => { const s = meter.scroller(); s.scrollTop = share * s.scrollHeight; }",
            share,
        )
        self.page.wait_for_timeout(200)
        return until(lambda: self.numbers())[0]

    def between(self, first: str, last: str) -> str:
        a, b = sorted((self.text.index(first), self.text.index(last)))
        return self.text[a:b]

    def drag_far(self) -> str:
        first = self.jump_to(0.2)
        mouse = self.page.mouse
        mouse.move(*self.point(first))
        mouse.down()
        box = self.js("() => meter.scroller().getBoundingClientRect().toJSON()")
        mouse.move(box["x"] + 300, box["y"] + box["height"] + 90, steps=5)
        self.page.wait_for_timeout(2500)
        mouse.move(box["x"] + 300, box["y"] + box["height"] / 2, steps=3)
        self.page.wait_for_timeout(200)
        last = self.numbers()[-1]
        mouse.move(*self.point(last), steps=3)
        self.page.wait_for_timeout(100)
        mouse.up()
        return self.between(first, last)

    def click_far(self) -> str:
        first = self.jump_to(0.05)
        self.page.mouse.click(*self.point(first))
        last = self.jump_to(0.75)
        self.page.keyboard.down("Shift")
        self.page.mouse.click(*self.point(last))
        self.page.keyboard.up("Shift")
        return self.between(first, last)

    def to_end(self) -> str:
        first = self.jump_to(0.1)
        self.page.mouse.click(*self.point(first))
        self.book.press("Control+Shift+End")
        end = self.text.rstrip()
        return end[end.index(first) :]

    def places(self) -> None:
        """Hide and show the widget in every way JupyterLab has; the first line stays."""
        self.js("() => { const s = meter.scroller(); s.scrollTop = s.scrollHeight * 0.4; }")
        self.page.wait_for_timeout(400)
        before = self.js("() => meter.first()")
        command = "(id) => jupyterapp.commands.execute(id)"
        for name, there, back in (
            ("another tab and back", "launcher:create", None),
            ("output hidden and shown", "notebook:hide-cell-outputs", "notebook:show-cell-outputs"),
            ("side bar", "application:toggle-left-area", "application:toggle-left-area"),
        ):
            self.js("() => { desk.panel.content.activeCellIndex = 2; }")
            panel = self.page.evaluate_handle("() => desk.panel")
            self.js(command, there)
            self.page.wait_for_timeout(700)
            if back:
                self.js(command, back)
            else:
                self.js("(panel) => jupyterapp.shell.activateById(panel.id)", panel)
            self.page.wait_for_timeout(700)
            after = self.js("() => meter.first()")
            self.say(f"first line after {name}", f"{after}", f"{before}", met=after == before)
        self.js("() => { document.fonts.dispatchEvent(new Event('loadingdone')); }")
        self.page.wait_for_timeout(300)
        after = self.js("() => meter.first()")
        self.say("first line after a late font", f"{after}", f"{before}", met=after == before)


def main() -> int:
    failed = 0
    with bench() as at:
        if at is None:
            return 0
        for name, text, n in (
            ("interview", interview(250_000), 5_000),
            ("monologue", monologue(54_000), 1_000),
        ):
            folder = at.server.root / name
            write(folder, text, n)
            said = f"{name}: {len(text):,} code points, {n:,} codings"
            print(f"{said}, load {os.getloadavg()[0]:.1f}", flush=True)
            failed += Meter(at, at.notebook(folder), text).run()
            print(f"  load {os.getloadavg()[0]:.1f}")
            at.server.end_sessions()
    return bool(failed)


if __name__ == "__main__":
    raise SystemExit(main())
