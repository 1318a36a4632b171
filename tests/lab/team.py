"""A team of two, an interview in each of three languages, and what each of them marks how."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import ROOT
from tests.lab.study import NAME, write_notebook

TIME, LATE, BILL, KIND, ASKED = (
    "時間の節約",
    "배송 지연",
    "料金がわかりにくい",
    "친절한 응대",
    "問い合わせ",
)
CODES = (TIME, LATE, BILL, KIND, ASKED)  # in the order of their keys
BOOK = f"""codes:
  - {{name: {TIME}, kind: goal, label: {{ko: 시간 절약}}, definition: What an hour is for.}}
  - {{name: {LATE}, kind: obstacle, label: {{ja: 配送の遅れ}}, definition: Later than said.}}
  - {{name: {BILL}, kind: annoyance, label: {{ko: 알기 어려운 요금}}, definition: What it is for.}}
  - {{name: {KIND}, kind: delight, label: {{ja: 親切な対応}}, definition: Somebody was kind.}}
  - {{name: {ASKED}, kind: contact, label: {{ko: 문의}}, definition: They wrote or rang us.}}
"""
ASKING = ("聞き手", "진행자", "Interviewer")
SAID = {
    "ja.txt": (
        ("聞き手", "定期便を始めたきっかけを教えてください。"),
        (
            "田中",
            "仕事のあとに買い物へ行く時間がなくて、夕方の一時間を取り戻したかったんです。"
            "帰ってすぐ食べられるのは助かります。",
        ),
        ("聞き手", "使ってみて、どうでしたか。"),
        (
            "田中",
            "最初の箱は三日も遅れて届きました。でも、電話に出た𠮷田さんはとても親切でした。",
        ),
        ("聞き手", "料金についてはどう感じますか。"),
        (
            "田中",
            "送料が二百円上がったのに、どこにも書いてありませんでした。"
            "明細を見ても、何の料金かわかりません。",
        ),
        ("聞き手", "ほかに困ったことはありますか。"),
        ("田中", "家族👨‍👩‍👧‍👦の分も頼みたいのですが、二回問い合わせても返事が来ません。"),
    ),
    "ko.txt": (
        ("진행자", "어떻게 시작하게 되셨나요?"),
        ("지영", "퇴근하고 장 볼 시간이 없어서, 저녁 한 시간이라도 아끼고 싶었어요."),
        ("진행자", "받아 보니 어떠셨어요?"),
        (
            "지영",
            "배송이 사흘이나 늦어서 정말 답답했어요. 그래도 상담원은 친절하게 설명해 주셨어요.",
        ),
        ("진행자", "요금은 어떻게 느끼셨나요?"),
        (
            "지영",
            "요금이 왜 올랐는지 모르겠어요. 고객센터에 두 번 물어봤는데 답이 서로 달랐어요.",
        ),
        ("진행자", "앞으로는요?"),
        ("지영", "다음 달에도 계속 쓸 거예요. 아침이 한결 편해졌거든요."),
    ),
    "en.txt": (
        ("Interviewer", "How did you come to us?"),
        ("Ana", "I wanted my Sunday evenings back, so I tried the box for a month."),
        ("Interviewer", "And how was it?"),
        ("Ana", "The second box came four days late. Nobody called me, not even the driver."),
        ("Interviewer", "What did you do then?"),
        ("Ana", "I wrote to support, and Min answered within the hour 🙂. She was very kind."),
        ("Interviewer", "Is there something that you do not like?"),
        ("Ana", "The bill says “service” and a number. I cannot tell what I pay for."),
        ("Interviewer", "What would you tell a friend?"),
        ("Ana", "Try it: it saves me two hours a week. Just do not read the bill."),
    ),
}


@dataclass(frozen=True)
class Act:
    """Words that get a code, and how: `mouse` (drag and key), `popup` (drag and click), `double`
    (double click and click), `keys` (find the first words, then these keys)."""

    code: str
    words: str
    way: str = "mouse"
    keys: tuple[str, ...] = ()


def _key(code: str, words: str, *keys: str) -> Act:
    return Act(code, words, "keys", keys)


AOKI = {
    "ja.txt": (
        Act(TIME, "夕方の一時間を取り戻したかった"),
        _key(LATE, "最初の箱は三日も遅れて届きました。", "s", "2"),
        Act(KIND, "親切", "double"),
        Act(BILL, "送料が二百円上がったのに、どこにも書いてありませんでした", "popup"),
        Act(ASKED, "二回問い合わせても返事が来ません"),
    ),
    "ko.txt": (
        Act(TIME, "저녁 한 시간이라도 아끼고 싶었어요", "popup"),
        _key(LATE, "배송이 사흘이나 늦어서 정말 답답했어요.", "s", "2"),
        Act(KIND, "상담원은 친절하게"),
        _key(BILL, "요금이 왜 올랐는지 모르겠어요.", "s", "/", "type:料金", "Enter"),
        Act(ASKED, "두 번 물어봤는데"),
        Act(TIME, "아침이 한결 편해졌거든요"),
    ),
    "en.txt": (
        Act(TIME, "my Sunday evenings back"),
        _key(LATE, "The second box came four days late.", "s", "2"),
        _key(
            ASKED,
            "I wrote to support, and Min answered within the hour 🙂. She was very kind.",
            *("Shift+End", "5"),
        ),
        Act(KIND, "kind", "double"),
        Act(BILL, "I cannot tell what I pay for", "popup"),
        Act(TIME, "saves me two hours a week"),
        Act(BILL, "do not read the bill"),
    ),
}
KIM = {
    "ja.txt": (
        _key(
            TIME,
            "仕事のあとに買い物へ行く時間がなくて、夕方の一時間を取り戻したかったんです。",
            *("s", "1"),
        ),
        Act(LATE, "三日も遅れて届きました"),
        Act(BILL, "何の料金かわかりません", "popup"),
        Act(ASKED, "問い合わせ", "double"),
    ),
    "ko.txt": (
        Act(TIME, "한 시간이라도 아끼고"),
        Act(LATE, "배송이", "double"),
        Act(KIND, "친절하게 설명해 주셨어요"),
        _key(
            ASKED, "고객센터에 두 번 물어봤는데 답이 서로 달랐어요.", "s", "/", "type:문의", "Enter"
        ),
        Act(KIND, "계속 쓸 거예요"),
    ),
    "en.txt": (
        Act(TIME, "evenings", "double"),
        Act(KIND, "Min answered within the hour 🙂"),
    ),
}
CODERS = {"aoki": AOKI, "김": KIM}
READ_TO = {("김", "en.txt"): "She was very kind."}  # the last words; what is not here, to the end
# what differs -> the keys that settle it, and the words that hold; None where it does not
SETTLED = {
    ("ja.txt", KIND): (("ArrowLeft",), "親切"),
    ("ko.txt", BILL): (
        ("m", "type:料金 = 요금", "Control+Enter", "ArrowLeft"),
        "요금이 왜 올랐는지 모르겠어요.",
    ),
    ("ko.txt", TIME): (("b",), "아침이 한결 편해졌거든요"),
    ("ko.txt", KIND): (("0",), None),
    ("en.txt", LATE): (("ArrowRight",), None),
    ("en.txt", ASKED): (("e", "find:I wrote to support", "Enter"), "I wrote to support"),
}
SETUP = f"""import cxlib as cx

def read(codings=None):
    return cx.interviews.read_corpus(
        "talks", codebook="book.yaml", codings=codings,
        speakers={{"interviewer": {list(ASKING)!r}}})"""
CELLS = (
    SETUP,
    'cx.interviews.code(read(), coder="aoki", folder="codings", language="ja")',
    'cx.interviews.code(read(), coder="김", folder="codings", language="ko")',
    'cx.interviews.settle(read("codings"), folder="codings", by="aoki, 김")',
)
STUDY = "01_interviews.ipynb"
PARAMETERS = {
    "transcripts": "talks",
    "codings": "codings",
    "codebook": "book.yaml",
    "cases": None,
    "case": None,
    "order": None,
}


def text_of(name: str) -> str:
    """Return an interview as it lies in a file."""
    return "\n\n".join(f"{who}: {said}" for who, said in SAID[name]) + "\n"


def write_team(folder: Path, *cells: str) -> Path:
    """Write the interviews, the codebook, the notebook to code in and the study's own; return the
    path of the notebook to code in."""
    (folder / "talks").mkdir(parents=True)
    for name in SAID:
        (folder / "talks" / name).write_text(text_of(name), encoding="utf-8")
    (folder / "book.yaml").write_text(BOOK, encoding="utf-8")
    shutil.copy(ROOT / "notebooks" / STUDY, folder)
    return write_notebook(folder / NAME, *(cells or CELLS))
