"""A small study to code: interviews in three languages, a codebook, and the notebook's cells."""

from __future__ import annotations

from pathlib import Path

import nbformat

SAID = {
    "en": (
        ("Interviewer", "How did you come to us, and what did you hope for?"),
        (
            "Aoki",
            "I wanted to save time on the weekly report. The set-up took two weeks, and nobody "
            "called me back. In the end my colleague 𠮷田 helped me.",
        ),
        ("Interviewer", "What would you tell a friend?"),
        ("Aoki", "If the price stays as it is, I will renew. The bill is hard to read."),
    ),
    "ja": (
        ("聞き手", "そのとき、どう思いましたか。"),
        (
            "田中",
            "正直、少し不安でした。サポートの方は親切でしたが、説明が長すぎます。"
            "家族👨‍👩‍👧‍👦でも使いたいです。",
        ),
    ),
    "ko": (
        ("진행자", "어떻게 오시게 되었나요?"),
        ("김민수", "배송이 늦어서 정말 답답했어요. 그래도 상담원은 친절했어요."),
    ),
}
CODEBOOK = """codes:
  - {name: goal, theme: needs, label: {ja: 目標, ko: 목표}}
  - {name: obstacle, theme: needs, label: {ja: 障害, ko: 장애물}}
  - {name: service, theme: contact, label: {ja: 対応, ko: 응대}}
  - {name: waiting, parent: service, label: {ja: 待ち時間, ko: 대기 시간}}
  - {name: 信頼, theme: feelings}
"""
SETUP = """import os
from pathlib import Path
import cxlib as cx
Path("pid").write_text(str(os.getpid()))
corpus = cx.interviews.read_corpus(
    "talks", codebook="codebook.yaml",
    speakers={"interviewer": ["Interviewer", "聞き手", "진행자"]})"""
SHOW = 'cx.interviews.code(corpus, coder="Aki", folder="codings")'
NAME = "coding.ipynb"


def transcript(language: str, times: int = 1) -> str:
    """Return an interview as it lies in a file."""
    return "\n\n".join(f"{who}: {said}" for who, said in SAID[language] * times) + "\n"


def write_study(
    folder: Path, *cells: str, times: int = 1, languages: tuple[str, ...] = ("en", "ja", "ko")
) -> Path:
    """Write transcripts, codebook and notebook; return the notebook's path."""
    talks = folder / "talks"
    talks.mkdir(parents=True)
    for language in languages:
        (talks / f"{language}.txt").write_text(transcript(language, times), encoding="utf-8")
    (folder / "codebook.yaml").write_text(CODEBOOK, encoding="utf-8")
    return write_notebook(folder / NAME, SETUP, *(cells or (SHOW,)))


def write_notebook(path: Path, *cells: str) -> Path:
    """Write a notebook with a heading, these code cells and an empty one."""
    made = [nbformat.v4.new_markdown_cell("# Coding")]
    made += [nbformat.v4.new_code_cell(cell) for cell in (*cells, "")]
    for place, cell in enumerate(made):
        cell["id"] = f"cell-{place}"
    about = {"kernelspec": {"name": "cxlib", "display_name": "cxlib", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=made, metadata=about), path)
    return path
