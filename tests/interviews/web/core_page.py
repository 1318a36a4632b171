"""A bare page with the transcript of the widget, and transcripts to show in it."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from cxlib.interviews.web.build import CORE, join

NAMES = (
    "Transcript Points toUtf16 toPoints graphemeAt nextGrapheme isEdge snapOut wordAt nextWord "
    "sentenceAt folded cutBlocks drawText Finder"
)
SAID = (
    "배송이 늦어서 정말 답답했어요. ",
    "でも、サポートの方は親切でした。",
    "I waited for two weeks, and nobody called me back. ",
    "𠮷野家に行きました。",
    "家族👨‍👩‍👧‍👦と一緒です。",
    "한국어로 말하면 조금 더 편해요! ",
    "Well, that was diffi\u0301cile… ",
    "🇯🇵🇰🇷 ok. ",
    "one line\r\nand another one. ",
)
RAW = "はいそれでそのときはもうほんとうにこまってしまってどうしようかなとおもって"

SHOW = """([options, spans, size]) => {
  globalThis.began = performance.now();
  globalThis.view?.dispose();
  document.querySelector("#host")?.remove();
  const host = document.createElement("div");
  host.id = "host";
  Object.assign(host.style, size);
  document.body.prepend(host);
  const root = host.attachShadow({mode: "open"});
  const style = document.createElement("style");
  style.textContent = cx.SHEET;
  root.append(style);
  globalThis.selected = [];
  globalThis.view = new cx.Transcript({
    root,
    name: "Transcript",
    speakerOf: (turn) => turn % 2 ? "田中" : "Ann",
    describe: ({spans}) => spans.map(({title}) => title).join(", "),
    label: ({turn, first}) => `turn ${turn + 1}${first ? "" : ", continued"}`,
    onSelect: ({anchor, focus}) => selected.push([anchor, focus]),
    ...options,
  });
  view.setSpans(spans);
  requestAnimationFrame(() => setTimeout(() => {
    globalThis.usable = performance.now() - began; // until the first frame was drawn
  }));
}"""


def units(text: str) -> int:
    """Return the length of a text in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2


def interview(turns: int = 300, *, seed: int = 1, longest: int = 8) -> tuple[str, list[list[int]]]:
    """Return a transcript with labels between its turns, and the turns in UTF-16 units."""
    chance, parts, spans, at = random.Random(seed), list[str](), list[list[int]](), 0
    for turn in range(turns):
        label = f"\n\n{'田中' if turn % 2 else 'Ann'}: "
        said = "".join(chance.choice(SAID) for _ in range(chance.randint(1, longest))).strip()
        start = at + units(label)
        at = start + units(said)
        parts += [label, said]
        spans.append([start, at])
    return "".join(parts), spans


def codings(length: int, n: int, *, seed: int = 2, longest: int = 120) -> list[dict[str, Any]]:
    """Return spans anywhere, so also with edges inside of graphemes."""
    chance = random.Random(seed)
    starts = [chance.randrange(length - longest) for _ in range(n)]
    return [
        {
            "id": f"s{place}",
            "start": start,
            "end": start + chance.randint(1, longest),
            "className": f"c{place % 15}",
            "title": f"code {place % 15}",
        }
        for place, start in enumerate(starts)
    ]


def bare_page(browser, **options: Any):
    """Open a page with the core modules as `cx`; what goes wrong in it is in `page.problems`."""
    page = browser.new_page(viewport={"width": 1000, "height": 760}, **options)
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text))
    page.on("pageerror", lambda error: page.problems.append(error.stack))
    page.set_content("<!doctype html><meta charset=utf-8><body style='margin: 20px'></body>")
    names = ", ".join(NAMES.split())
    page.add_script_tag(
        type="module",
        content=f"{join(CORE, ('transcript',))}\nglobalThis.cx = {{SHEET, {names}}};",
    )
    page.wait_for_function("globalThis.cx")
    return page


def show(
    page,
    text: str,
    turns: Sequence[Sequence[int]] = (),
    spans: Sequence[dict[str, Any]] = (),
    *,
    width: str = "900px",
    height: str = "600px",
    **options: Any,
) -> None:
    """Show a transcript in the page, as `view`."""
    given = {"text": text, "turns": [list(turn) for turn in turns], **options}
    page.evaluate(SHOW, [given, list(spans), {"width": width, "height": height}])
