"""Interviews of twelve units of one speaker, and tables of codings of them."""

from __future__ import annotations

import pandas as pd

from cxlib import interviews

UNITS = 12
ROW = ["document", "start", "end", "code", "coder", "memo", "read"]


def words(number):
    return f"unit number {number:02d}."


TEXT = "\n\n".join(f"{('Ann', 'Eve')[n % 2]}: {words(n)}" for n in range(UNITS)) + "\n"


def row(document, number, code, coder, memo="", read=""):
    start = TEXT.index(words(number)) if code else None
    end = start + len(words(number)) if code else None
    return document, start, end, code, coder, memo, read


def save(home, name, rows, *, read=False):
    path = home / name
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pd.DataFrame(rows, columns=ROW)
    (frame if read else frame.drop(columns="read")).to_csv(path, index=False)
    return path


def corpus(home, codings, **more):
    return interviews.read_corpus(home / "texts", codings=codings, **more)


def texts(home):
    """Write two interviews of twelve units."""
    folder = home / "texts"
    folder.mkdir()
    for name in ("a.txt", "b.txt"):
        (folder / name).write_text(TEXT, encoding="utf-8")
    return home
