"""A bare page with the whole widget and a kernel that is a small object in the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from cxlib.interviews.coder_messages import labels
from cxlib.interviews.web.build import join

HERE = Path(__file__).parent
LABELS = labels("en")
SAID = (
    ("Interviewer", "interviewer", "How did you come to us, and what did you hope for?"),
    (
        "Aoki",
        "customer",
        "I wanted to save time on the weekly report. The set-up took two weeks, and nobody called "
        "me back. In the end my colleague 𠮷田 helped me.",
    ),
    ("Interviewer", "interviewer", "そのとき、どう思いましたか。"),
    (
        "田中",
        "customer",
        "正直、少し不安でした。サポートの方は親切でしたが、説明が長すぎます。家族👨‍👩‍👧‍👦でも使いたいです。",
    ),
    ("김민수", "customer", "배송이 늦어서 정말 답답했어요. 그래도 상담원은 친절했어요."),
    (
        "Aoki",
        "customer",
        "If the price stays as it is, I will renew. I would tell a friend about it. "
        "What I do not like is the bill: it comes late, and it is hard to read. ",
    ),
)
CODES = [
    {"name": "goal", "label": "goal", "theme": "needs", "definition": "What they want to reach."},
    {
        "name": "obstacle",
        "label": "obstacle",
        "theme": "needs",
        "definition": "What stands in the way.",
    },
    {"name": "service", "label": "service", "theme": "contact", "definition": ""},
    {"name": "waiting", "label": "waiting time", "parent": "service", "definition": ""},
    {"name": "信頼", "label": "信頼", "theme": "feelings", "definition": "信頼、または不安。"},
    {"name": "가격", "label": "가격", "theme": "needs", "definition": ""},
    {"name": "billing", "label": "billing", "theme": "contact", "definition": ""},
]
PINNED = ["goal", "obstacle", "service", "waiting", "信頼"]
NAMES = (
    "mountCoder KEY_TABLE COMMANDS commandOf keepsKey chordOf CodingState OpStore rankCodes "
    "foldName fuzzyScore inVivoName proofOf treeRows trimSpan glue"
)
MOUNT = """({kernel, size}) => {
  globalThis.kernel ??= new FakeKernel(kernel);
  globalThis.storage ??= new FakeStorage();
  globalThis.views ??= [];
  const host = document.createElement("div");
  Object.assign(host.style, size);
  document.querySelector("main").append(host);
  const line = globalThis.kernel.wire();
  const coder = cx.mountCoder(host, line, {storage});
  views.push({host, line, coder});
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}"""


def interview(times: int = 1) -> tuple[str, list[list[Any]], list[list[int]]]:
    """Return a text, its turns, and its units, in code points."""
    parts, turns, at = [], [], 0
    for place in range(times * len(SAID)):
        speaker, role, said = SAID[place % len(SAID)]
        label = f"{speaker}: "
        parts += [label, said, "\n\n"]
        start = at + len(label)
        at = start + len(said) + 2
        turns.append([start, start + len(said), speaker, role, None, role == "customer"])
    units = [turn[:2] for turn in turns if turn[5]]
    return "".join(parts), turns, units


def coder_page(
    browser,
    *,
    width: int = 1000,
    height: int = 760,
    dark: bool = False,
    names: str = NAMES,
    **context: Any,
):
    """Open a page with the widget's modules as `cx`; what goes wrong is in `page.problems`."""
    page = browser.new_page(
        viewport={"width": width, "height": height},
        color_scheme="dark" if dark else "light",
        **context,
    )
    page.problems = []
    page.on("console", lambda message: page.problems.append(message.text))
    page.on("pageerror", lambda error: page.problems.append(str(error)))
    background = "#111" if dark else "#fff"
    page.set_content(
        f"<!doctype html><html lang=en><meta charset=utf-8><title>page</title>"
        f"<body style='margin: 12px; background: {background}'><main></main></body>"
    )
    page.add_script_tag(content=(HERE / "fake_kernel.js").read_text(encoding="utf-8"))
    source = join().replace("export default", "const glue =")
    taken = ", ".join(names.split())
    page.add_script_tag(type="module", content=f"{source}\nglobalThis.cx = {{{taken}}};")
    page.wait_for_function("globalThis.cx")
    return page


def kernel_options(*, times: int = 1, **changes: Any) -> dict[str, Any]:
    """Return what a kernel of the page is made from."""
    text, turns, units = interview(times)
    return {
        "text": text,
        "turns": turns,
        "units": units,
        "codes": CODES,
        "pinned": PINNED,
        "labels": LABELS,
        **changes,
    }


def mount(page, *, width: str = "100%", **options: Any) -> None:
    """Show the widget; the kernel of the page is made by the first call and kept."""
    page.evaluate(MOUNT, {"kernel": kernel_options(**options), "size": {"width": width}})
