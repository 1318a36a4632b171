"""Interviews small enough to check by hand: as frames, and as files in four formats and three
languages."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from cxlib import interviews
from cxlib.interviews import Corpus

from ..conftest import ORACLES
from .filling import corpus, filling

__all__ = ["corpus", "filling"]  # fixtures

KINDS = {
    "late delivery": ("Delivery", "obstacle"),
    "長い待ち時間": ("Contact", "annoyance"),
    "배송 지연": ("Delivery", "obstacle"),
    "kind staff": ("Contact", "delight"),
}


@pytest.fixture(scope="session")
def expected() -> dict[str, dict]:
    """Reference values by case."""
    content = json.loads((ORACLES / "interviews" / "expected.json").read_text(encoding="utf-8"))
    return {case["id"]: case for case in content["cases"]}


@pytest.fixture(scope="session")
def build():
    """Make a corpus from units of ten characters: `{document: number of units}` and `(document,
    unit, code, coder)`."""

    def corpus(
        units: dict[str, int],
        codings: list[tuple],
        codes: dict[str, tuple[str, str]] | None = None,
        **cases,
    ) -> Corpus:
        texts = {name: "".join(f"unit {i:04d}|" for i in range(n)) for name, n in units.items()}
        documents = pd.DataFrame(
            {
                "document": list(texts),
                "format": "txt",
                "text": list(texts.values()),
                "characters": [len(text) for text in texts.values()],
                "sha256": "0" * 64,
            }
        )
        units = pd.DataFrame(
            [(name, i, "A", 10 * i, 10 * i + 9) for name, n in units.items() for i in range(n)],
            columns=["document", "unit", "speaker", "start", "end"],
        )
        rows = pd.DataFrame(
            [
                (d, 0, 0, "", who, "")
                if unit is None
                else (d, 10 * unit, 10 * unit + 9, code, who, "")
                for d, unit, code, who in codings
            ],
            columns=["document", "start", "end", "code", "coder", "gloss"],
        )
        used = codes or {code: ("", "") for code in dict.fromkeys(rows["code"]) if code}
        book = pd.DataFrame(
            [(name, *about) for name, about in used.items()], columns=["name", "theme", "kind"]
        )
        return Corpus(
            documents=documents,
            units=units,
            codings=rows,
            codebook=book,
            cases=pd.DataFrame({"document": list(texts), **cases}),
        )

    return corpus


@pytest.fixture
def small(build) -> Corpus:
    """Three interviews of four units, two coders (the second never opened the third), four codes,
    one unused."""
    return build(
        {"a.txt": 4, "b.txt": 4, "c.txt": 4},
        [
            ("a.txt", 0, "late delivery", "Mori"),
            ("a.txt", 0, "late delivery", "Kim"),
            ("a.txt", 1, "長い待ち時間", "Mori"),
            ("a.txt", 1, "長い待ち時間", "Kim"),
            ("a.txt", 0, "長い待ち時間", "Mori"),
            ("a.txt", 0, "長い待ち時間", "Kim"),
            ("b.txt", 2, "late delivery", "Mori"),
            ("b.txt", 3, "배송 지연", "Kim"),
            ("c.txt", 1, "late delivery", "Mori"),
            ("c.txt", 1, "長い待ち時間", "Mori"),
        ],
        KINDS,
        language=["en", "ja", "ko"],
        세그먼트=["새 고객", "새 고객", "단골"],
    )


def read(folder, **changes):
    options = {
        "codings": folder / "codings.csv",
        "codebook": folder / "codebook.yaml",
        "cases": folder / "cases.csv",
        **changes,
    }
    return interviews.read_corpus(folder / "interviews", **options)


@pytest.fixture
def folder(tmp_path):
    """A folder with vtt, srt, docx and txt transcripts in three languages; codings, codebook and
    cases beside it."""
    import docx

    from cxlib import sources

    home = tmp_path / "interviews"
    home.mkdir()
    (home / "one.vtt").write_text(
        "WEBVTT\n\n00:00:00.000 --> 00:00:03.000\n<v Ann>How was the delivery?\n\n"
        "00:00:04.000 --> 00:00:09.000\n<v Bob>It came four days late & nobody told me <3 why.\n",
        encoding="utf-8",
    )
    (home / "二.srt").write_text(
        "1\n00:00:00,000 --> 00:00:02,000\n聞き手：配送はいかがでしたか。\n\n"
        "2\n00:00:03,000 --> 00:00:08,000\n田中さん：😀電話で四十分も待たされて、もう本当に疲れました。\n",  # noqa: E501
        encoding="utf-8",
    )
    document = docx.Document()
    document.add_paragraph("상담원: 배송은 어떠셨어요?")
    document.add_paragraph("김민수 님: 약속한 날짜보다 사흘이나 늦게 와서 정말 곤란했어요.")
    document.save(home / "셋.docx")
    (home / "four.txt").write_text(
        'Ann: And the delivery?\n\nEve: =HYPERLINK("x") the parcel was late again, as always.\n',
        encoding="utf-8",
    )
    read = sources.read_transcripts(home).documents.set_index("document")["text"]
    spans = [
        ("one.vtt", "It came four days late", "late delivery", ""),
        (
            "二.srt",
            "電話で四十分も待たされて",
            "長い待ち時間",
            "made to wait forty minutes on the phone",
        ),
        (
            "셋.docx",
            "약속한 날짜보다 사흘이나 늦게 와서",
            "배송 지연",
            "three days later than promised",
        ),
        ("four.txt", '=HYPERLINK("x") the parcel was late again', "late delivery", ""),
    ]
    rows = [
        (name, read[name].index(words), read[name].index(words) + len(words), code, coder, gloss)
        for name, words, code, gloss in spans
        for coder in ("森", "Kim")
    ]
    frame = pd.DataFrame(rows, columns=["document", "start", "end", "code", "coder", "gloss"])
    frame.to_csv(tmp_path / "codings.csv", index=False)
    (tmp_path / "codebook.yaml").write_text(
        "codes:\n"
        + "".join(
            f"  - {{name: {name}, theme: {theme}, kind: {kind}}}\n"
            for name, (theme, kind) in KINDS.items()
        ),
        encoding="utf-8",
    )
    (tmp_path / "cases.csv").write_text(
        "document,language,세그먼트\none.vtt,en,새 고객\n二.srt,ja,常連\n셋.docx,ko,단골\nfour.txt,en,새 고객\n",  # noqa: E501
        encoding="utf-8",
    )
    return tmp_path
