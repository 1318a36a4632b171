"""Make the pictures of README, `reports/coding.png` and `reports/settling.png`, from a real
JupyterLab. Run by hand after the widget's look has changed:

    python tests/lab/pictures.py [FOLDER] [--dark] [--language ja]
"""

from __future__ import annotations

import argparse
import io
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from PIL import Image

from cxlib.interviews.journal import open_journal
from tests.conftest import ROOT
from tests.lab.notebook import Notebook
from tests.lab.session import Bench, bench
from tests.lab.study import NAME, write_notebook

WIDTH, HEIGHT = 1280, 560  # pixels of a picture
TALK = "three customers.txt"
SAID = (
    ("Interviewer", "What did you hope for when you began?"),
    ("Ana", "I wanted my Sunday evenings back, so I tried the box for a month."),
    ("田中", "仕事のあとに買い物へ行く時間がなくて、夕方の一時間を取り戻したかったんです。"),
    ("지영", "저녁 한 시간이라도 아끼고 싶었어요. 한 달에 10만 원까지는 괜찮았고요."),
    ("Interviewer", "And how was it?"),
    ("田中", "最初の箱は三日も遅れて届きました。でも、電話に出た𠮷田さんはとても親切でした。"),
    ("지영", "배송이 사흘이나 늦어서 정말 답답했어요. 그래도 상담원은 친절하게 설명해 주셨어요."),
    (
        "Ana",
        "The second box came four days late. I wrote to support, and Min answered within the hour. "
        "She was very kind.",
    ),
    ("Interviewer", "Is there something that you do not like?"),
    ("田中", "送料が二百円上がったのに、どこにも書いてありませんでした。"),
    ("Ana", "The bill says “service” and a number. I cannot tell what I pay for."),
)
CODES = ("save time", "予算を守る", "배송 지연", "料金がわかりにくい", "kind answer", "빠른 답변")
BOOK = """codes:
  - {name: save time, theme: What they want, kind: goal}
  - {name: 予算を守る, theme: What they want, kind: goal}
  - {name: 배송 지연, theme: What is in the way, kind: obstacle}
  - {name: 料金がわかりにくい, theme: What is in the way, kind: annoyance}
  - {name: kind answer, theme: When they asked us, kind: delight}
  - {name: 빠른 답변, theme: When they asked us, kind: contact}
"""
CODED = {
    "aoki": (
        ("my Sunday evenings back", 0),
        ("夕方の一時間を取り戻したかった", 0),
        ("저녁 한 시간이라도 아끼고", 0),
        ("한 달에 10만 원까지는", 1),
        ("最初の箱は三日も遅れて届きました", 2),
        ("とても親切でした", 4),
        ("배송이 사흘이나 늦어서", 2),
        ("Min answered within the hour. She was very kind", 4),
        ("Min answered within the hour", 5),
        ("送料が二百円上がったのに、どこにも書いてありませんでした", 3),
    ),
    "김": (
        ("I wanted my Sunday evenings back", 0),
        ("夕方の一時間を取り戻したかった", 0),
        ("저녁 한 시간", 0),
        ("三日も遅れて届きました", 2),
        ("電話に出た𠮷田さんはとても親切でした", 4),
        ("배송이 사흘이나 늦어서 정말 답답했어요", 2),
        ("상담원은 친절하게 설명해", 4),
        ("She was very kind", 4),
        ("The second box came four days late", 2),
        ("I cannot tell what I pay for", 3),
    ),
}
SETUP = """import cxlib as cx
corpus = cx.interviews.read_corpus(
    "talks", codebook="book.yaml", codings={codings!r},
    speakers={{"interviewer": "Interviewer"}})"""
CODE = 'cx.interviews.code(corpus, coder="aoki", folder="codings", language={language!r})'
SETTLE = 'cx.interviews.settle(corpus, folder="codings", by="aoki, 김", language={language!r})'
TEXT = "\n\n".join(f"{who}: {said}" for who, said in SAID) + "\n"


def write(folder: Path, shown: str, coders: tuple[str, ...], language: str) -> None:
    """Write the interview, its codebook, who coded it, and a notebook."""
    (folder / "talks").mkdir(parents=True)
    (folder / "talks" / TALK).write_text(TEXT, encoding="utf-8")
    (folder / "book.yaml").write_text(BOOK, encoding="utf-8")
    for coder in coders:
        journal, _new = open_journal(folder / "codings" / f"{coder}.jsonl", coder)
        ops: list[dict[str, Any]] = []
        for n, (words, code) in enumerate(CODED[coder]):
            at = TEXT.index(words)
            place = {"document": TALK, "start": at, "end": at + len(words), "code": CODES[code]}
            ops.append({"op": "add", "op_id": f"{coder}{n:020}", "id": f"{coder}-{n:020}", **place})
            ops[-1] |= {"first": words[:12], "last": words[-12:], "memo": "", "uncertain": False}
        ops.append({"op": "read", "op_id": f"{coder}{99:020}", "document": TALK, "to": len(TEXT)})
        journal.append(ops)
    setup = SETUP.format(codings="codings" if coders else None)
    write_notebook(folder / NAME, setup, shown.format(language=language))


def open_widget(desk: Bench, folder: Path, *, dark: bool) -> Notebook:
    """Show the widget of a notebook in a page that gives it the picture's size."""
    book = desk.notebook(folder)
    desk.page.set_viewport_size({"width": WIDTH + 200, "height": round(HEIGHT / 0.7)})
    book.load()
    theme = f"JupyterLab {'Dark' if dark else 'Light'}"
    desk.page.evaluate(
        """(theme) => jupyterapp.commands.execute('apputils:change-theme', {theme})
          .then(() => jupyterapp.shell.collapseLeft())""",
        theme,
    )
    book.start()
    box = desk.page.locator(".cx-root").bounding_box()
    wider = round(2 * WIDTH + 200 - box["width"])
    desk.page.set_viewport_size({"width": wider, "height": round(HEIGHT / 0.7)})
    return book


def take(book: Notebook, path: Path) -> None:
    """Take the picture, with no pointer over a word, in 256 colours."""
    book.page.mouse.move(2, 2)
    book.page.wait_for_timeout(600)
    seen = book.page.locator(".cx-root").screenshot(animations="disabled", caret="hide")
    picture = Image.open(io.BytesIO(seen)).convert("RGB")
    picture.quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)
    print(f"{path}: {picture.size[0]} x {picture.size[1]}, {path.stat().st_size // 1000} kB")


def coding(desk: Bench, folder: Path, path: Path, *, dark: bool, language: str) -> None:
    """Marks made by mouse and keys, one with a memo."""
    write(folder, CODE, (), language)
    book = open_widget(desk, folder, dark=dark)
    for words, code in CODED["aoki"][:-3]:
        book.drag(words)
        book.press(str(1 + code))
    book.press("u")
    for words, code in CODED["aoki"][-3:-1]:
        book.drag(words)
        book.press(str(1 + code))
    book.press("m")
    book.page.keyboard.insert_text("Ask how long others waited.")
    book.press("Control+Enter", "x")
    book.saved()
    take(book, path)


def settling(desk: Bench, folder: Path, path: Path, *, dark: bool, language: str) -> None:
    """What two coders marked, and the first decisions."""
    write(folder, SETTLE, ("aoki", "김"), language)
    book = open_widget(desk, folder, dark=dark)
    book.focus()
    book.press("ArrowLeft", "Enter", "0", "Enter")
    book.saved()
    take(book, path)


def main() -> None:
    """Make both."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", nargs="?", type=Path, default=ROOT / "reports")
    asked.add_argument("--dark", action="store_true")
    asked.add_argument("--language", choices=("en", "ja", "ko"), default="en")
    given = asked.parse_args()
    how = {"dark": given.dark, "language": given.language}
    with bench() as desk:
        if desk is None:
            return
        for make in (coding, settling):
            name = make.__name__
            make(desk, desk.server.root / name, given.folder / f"{name}.png", **how)
            desk.server.end_sessions()


if __name__ == "__main__":
    main()
