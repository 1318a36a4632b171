"""A coding sheet as a coder fills it."""

import csv
import hashlib

import openpyxl
import pandas as pd
import pytest

from cxlib import interviews
from cxlib.interviews import Corpus
from cxlib.interviews.sheet_cells import MARK, Column

BOOK = pd.DataFrame(
    {"name": ["late delivery", "長い待ち時間", "배송 지연", "=SUM(1)"], "theme": ["a", "", "", ""]}
)


CODE_CELLS = (Column.CODE, Column.CODE_2, Column.CODE_3)


def make(units, codebook=BOOK):
    """Return a corpus of `{document: [words of each unit]}`, units two code points apart."""
    texts, rows = {}, []
    for document, said in units.items():
        text = ""
        for number, words in enumerate(said):
            text += "\n\n" if text else ""
            rows.append((document, number, "Ana", len(text), len(text) + len(words)))
            text += words
        texts[document] = text
    return Corpus(
        documents=documents_of(texts),
        units=pd.DataFrame(rows, columns=["document", "unit", "speaker", "start", "end"]),
        codings=pd.DataFrame(columns=["document", "start", "end", "code", "coder"]),
        codebook=codebook,
        cases=pd.DataFrame({"document": list(texts)}),
    )


def documents_of(texts):
    return pd.DataFrame(
        {
            "document": list(texts),
            "format": "txt",
            "text": list(texts.values()),
            "characters": [len(text) for text in texts.values()],
            "sha256": [hashlib.sha256(t.encode()).hexdigest() for t in texts.values()],
        }
    )


@pytest.fixture
def corpus():
    return make(
        {
            "one.txt": ["It came late.", "Yes.", "Nobody told me why.", "Yes.", "Thank you."],
            "二.txt": ["四十分も待ちました。", "はい。", "疲れました。"],
            "셋.txt": ["사흘이나 늦게 왔어요.", "네."],
        }
    )


class Filling:
    """The workbook as a coder sees it: cells by document, unit and column."""

    def __init__(self, corpus, path, coder="Ana", **options):
        self.path = interviews.write_sheet(corpus, path, coder=coder, **options)
        self.book = openpyxl.load_workbook(path)
        self.sheet = self.book["coding"]

    @property
    def at(self):
        return {cell.value: cell.column for row in self.sheet for cell in row if is_mark(cell)}

    def cell(self, document, unit, column, part=0):
        at = self.at
        rows = [
            number
            for number in range(1, self.sheet.max_row + 1)
            if self.sheet.cell(number, at[f"{MARK}document"]).value == document
            and self.sheet.cell(number, at[f"{MARK}unit"]).value == unit
        ]
        return self.sheet.cell(rows[part], at[f"{MARK}{column}"])

    def fill(self, document, unit, column, value, part=0):
        self.cell(document, unit, column, part).value = value
        return self

    def read(self, documents, name=None):
        path = self.path.with_name(name or self.path.name)
        self.book.save(path)
        return interviews.read_sheet(path, documents=documents)


def is_mark(cell):
    return isinstance(cell.value, str) and cell.value.startswith(MARK)


@pytest.fixture
def filling(corpus, tmp_path):
    return Filling(corpus, tmp_path / "ana.xlsx")


def spans(sheet):
    frame = sheet.codings
    return set(zip(frame["document"], frame["start"], frame["end"], frame["code"], strict=True))


def progress(sheet):
    return dict(zip(sheet.progress["document"], sheet.progress["read_to"], strict=True))


def keys(messages):
    return [message.key.removeprefix("interviews.sheet_") for message in messages]


def as_csv(filling, path, delimiter=","):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file, delimiter=delimiter).writerows(
            ["" if cell.value is None else cell.value for cell in row]
            for row in filling.sheet.iter_rows()
        )
