"""A bare page with the settling view, which talks with the kernel's own session."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cxlib import interviews
from cxlib.interviews.coder_messages import in_corpus
from cxlib.interviews.journal import open_journal, read_journal
from cxlib.interviews.settler_session import settled_in
from tests.interviews.web.page import coder_page

A = (
    "Interviewer: How did the delivery go?\n\n"
    "Aoki: The parcel came late, and nobody called me back.\n\n"
    "田中: 料金が🙂高いと思いました。サポートは親切でした。\n\n"
    "김민수: 배송이 늦어서 정말 답답했어요.\n\n"
    "Aoki: <img src=x onerror=alert(1)> is what the bill said.\n"
)
B = "Interviewer: And then?\n\nAoki: I waited for two weeks.\n\n田中: 解約を考えました。\n"
BOOK = """codes:
  - {name: late, kind: obstacle, theme: Delivery}
  - {name: service}
  - {name: 料金}
  - {name: "<b>bill</b>"}
"""
# coder, interview, words, code
CODED = (
    ("Aki", "a.txt", "came late", "late"),
    ("Aki", "a.txt", "came late, and nobody called", "service"),
    ("Aki", "a.txt", "nobody called me back", "service"),
    ("Aki", "a.txt", "料金が🙂高い", "料金"),
    ("Aki", "a.txt", "배송이 늦어서", "late"),
    ("Aki", "a.txt", "<img src=x onerror=alert(1)>", "<b>bill</b>"),
    ("Aki", "b.txt", "two weeks", "late"),
    ("Kim", "a.txt", "料金が🙂高いと思いました", "料金"),
    ("Kim", "a.txt", "サポートは親切", "service"),
    ("Kim", "a.txt", "답답했어요", "service"),
    ("Kim", "b.txt", "解約", "service"),
)
NAMES = "mountSettler SETTLE_KEYS SETTLE_CHORDS SETTLE_COMMANDS Settlement commandOf"
MOUNT = """(size) => {
  const bytes = (text) => new DataView(new TextEncoder().encode(text).buffer);
  globalThis.views ??= [];
  globalThis.storage ??= (() => {
    const map = new Map();
    return {get length() { return map.size; }, key: (i) => [...map.keys()][i] ?? null,
      getItem: (key) => map.get(key) ?? null, setItem: (key, value) => map.set(key, value),
      removeItem: (key) => map.delete(key)};
  })();
  const host = document.createElement("div");
  Object.assign(host.style, size);
  document.querySelector("main").append(host);
  let take = null;
  const line = {isDown: false, onMessage: (callback) => (take = callback)};
  line.send = (message) => {
    if (line.isDown) throw new Error("Cannot send");
    kernelSend(JSON.stringify(message)).then((answers) => answers.forEach(([told, buffers]) =>
      views.forEach((view) => view.take(told, buffers.map(bytes)))));
  };
  const view = {host, line, take: (message, buffers) => take(message, buffers)};
  views.push(view);
  view.coder = cx.mountSettler(host, line, {storage});
}"""
QUIET = """() => views.at(-1).coder.matters && !views.at(-1).coder.session.isAsking
  && [...views.at(-1).coder.session.stores.values()].every((store) => !store.pending.length)"""


class Study:
    """Interviews in a folder, coded by two or more in files of their own."""

    def __init__(self, home: Path, coded: Any = CODED, texts: Any = None) -> None:
        self.home, self.folder = home, home / "codings"
        self.texts = texts or {"a.txt": A, "b.txt": B}
        (home / "interviews").mkdir()
        for name, text in self.texts.items():
            (home / "interviews" / name).write_text(text, encoding="utf-8")
        (home / "codebook.yaml").write_text(BOOK, encoding="utf-8")
        corpus = self.read(codings=None)
        known = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
        coders = dict.fromkeys(who for who, *_ in coded)
        for who in coders:
            self._write(who, [row[1:] for row in coded if row[0] == who], known)

    def _write(self, who: str, rows: list[Any], known: dict[str, str]) -> None:
        journal, _ = open_journal(self.folder / f"{who}.jsonl", who)
        ops: list[dict[str, Any]] = []
        for n, (document, words, code) in enumerate(rows):
            start = known[document].index(words)
            span = {"document": document, "start": start, "end": start + len(words), "code": code}
            proof = {"first": words[:12], "last": words[-12:]}
            ops.append({"op": "add", "op_id": f"o{who}{n}", "id": f"{who}-{n}", **span, **proof})
        for document, text in known.items():
            ops.append({"op": "read", "op_id": f"r{who}{document}", "document": document})
            ops[-1]["to"] = len(text)
        journal.append(ops)

    def read(self, **changes: Any) -> interviews.Corpus:
        given = {"codings": self.folder, "codebook": self.home / "codebook.yaml", **changes}
        speakers = {"interviewer": "Interviewer"}
        return interviews.read_corpus(self.home / "interviews", speakers=speakers, **given)

    def settle(self, **changes: Any) -> interviews.Settler:
        given = {"folder": self.folder, "by": "Mori", "interactive": True, **changes}
        return interviews.settle(self.read(), **given)

    def settled(self) -> list[tuple[str, str, bool, list[str]]]:
        """What the file says now: (words, code, whether it holds, from which codings)."""
        state = read_journal(self.folder / "settled.jsonl").state
        corpus = self.read(codings=None)
        known = dict(zip(corpus.documents["document"], corpus.documents["text"], strict=True))
        return [
            (known[c["document"]][c["start"] : c["end"]], c["code"], c["holds"], c["from"])
            for c in state.codings.values()
        ]

    def decided(self) -> dict[tuple[str, int, str], bool]:
        """What of units is settled now: (document, start of the unit, code) -> whether it holds."""
        corpus = self.read()
        state = in_corpus(read_journal(self.folder / "settled.jsonl").state, corpus)
        rows = settled_in(state, corpus).to_dict("records")
        return {(row["document"], row["start"], row["code"]): row["holds"] for row in rows}


def settling_page(browser: Any, settler: interviews.Settler, **about: Any) -> Any:
    """Open a page in which the view of a settler is shown; `page.sent` is what it said."""
    page = coder_page(browser, names=NAMES, **about)
    told: list[tuple[dict[str, Any], list[str]]] = []
    session = settler._session(
        lambda message, buffers: told.append((message, [each.decode() for each in buffers]))
    )
    page.sent = []

    def answer(text: str) -> Any:
        page.sent.append(json.loads(text))
        told.clear()
        session.receive(page.sent[-1], [])
        return [[message, buffers] for message, buffers in told]

    page.expose_function("kernelSend", answer)
    show(page)
    return page


def show(page: Any, width: str = "100%") -> None:
    """Show one more view."""
    page.evaluate(MOUNT, {"width": width})
    quiet(page)
    page.evaluate("() => views.at(-1).coder.focusText()")


def quiet(page: Any) -> None:
    """Wait until the kernel has all."""
    page.wait_for_function(QUIET)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => setTimeout(done)))")
