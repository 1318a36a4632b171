"""Spans whose offsets other tools counted come back to where their quotes stand, or are refused."""

from __future__ import annotations

import random
import re
import unicodedata

import numpy as np
import pandas as pd
import pytest

from cxlib.errors import SourceError
from cxlib.interviews.offsets import Convention
from cxlib.interviews.proofs import prove
from cxlib.interviews.quote_places import Places, as_points
from cxlib.interviews.span_refusals import Fault
from cxlib.interviews.spans import place

PIECES = (
    *(
        "the parcel ",
        "was late. ",
        "😀",
        "👩\u200d🚀",
        "𠮷野家で ",
        "𩸽",
        "e\u0301te\u0301 ",
        "가나다 ",
    ),
    *("\u1100\u1161\u11a8 ", "です。", "\r\n", "\r\n\r\n", "  ", "Ana: ", "é ", "q\u0323\u0307 "),
)
TOOLS = {
    "ours": [Convention()],
    "UTF-16": [Convention("utf16")],
    "CR LF as one": [Convention("", "one")],
    "both": [Convention("utf16", "one")],
    "a tool a document": [
        Convention(),
        Convention("utf16", "one"),
        Convention("utf8"),
        Convention("utf8", "one", 3),
        Convention("", "one", 1),
        Convention("utf16", "", 1),
        Convention("", "", 0, inclusive=True),
        Convention("", "one", 1, inclusive=True),
    ],
}


def random_spans(tools, *, documents=20, each=500, seed=7, bare=0.0, shift=0):
    """Return texts and spans of them with right (`low`, `high`) and other tools' offsets."""
    rng = random.Random(seed)
    texts, rows = {}, []
    for number in range(documents):
        name, how = f"{number}.txt", tools[number % len(tools)]
        parts = (rng.choice([*PIECES, f"{rng.randrange(10**6)} "]) for _ in range(700))
        text = texts[name] = "".join(parts)
        counted = how.count(as_points(text))
        whole = [i for i in range(len(text) + 1) if text[i - 1 : i + 1] != "\r\n"]  # not within one
        for _ in range(each):
            low = rng.randrange(len(whole) - 1)
            high = min(low + 1 + int(rng.expovariate(1 / 40)), len(whole) - 1)
            low, high = whole[low], whole[high]
            quote = "" if rng.random() < bare else text[low:high]
            start, end = (int(counted[at]) + how.first + shift for at in (low, high))
            rows.append((name, start, end - how.inclusive, "ana", quote, low, high))
    columns = ["document", "start", "end", "coder", "quote", "low", "high"]
    return texts, pd.DataFrame(rows, columns=columns)


def times(text: str, quote: str) -> int:
    """Return how often a quote stands in a text at the least, by Python alone."""
    text, quote = ("".join(unicodedata.normalize("NFD", words).split()) for words in (text, quote))
    return len(re.findall(f"(?={re.escape(quote)})", text))


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("bare", [0.0, 0.5])
def test_ten_thousand_spans_of_other_tools(tool, bare):
    texts, rows = random_spans(TOOLS[tool], bare=bare)
    proofs = prove(rows, texts)
    refused = {doubt.row for doubt in proofs.doubts}
    placed = ~rows.index.isin(refused)
    right = (proofs.starts == rows["low"]) & (proofs.ends == rows["high"])
    assert len(rows) == 10_000
    assert right[placed].all()
    assert len(refused) <= 100
    for doubt in proofs.doubts:
        assert doubt.fault in (Fault.SEVERAL, Fault.NOWHERE)
        assert times(texts[doubt.document], doubt.quote) != 1


@pytest.mark.parametrize("each", [1, 2, 3, 5, 40])
@pytest.mark.parametrize("shift", [0, 5, -7, 60])
def test_nothing_is_ever_moved_to_a_wrong_place(each, shift):
    """Few quotes, and offsets that no way to count explains."""
    tools = TOOLS["a tool a document"]
    texts, rows = random_spans(tools, documents=16, each=each, seed=each, shift=shift)
    rows = rows[rows["start"] >= 0].reset_index(drop=True)
    proofs = prove(rows, texts)
    refused = {doubt.row: doubt for doubt in proofs.doubts}
    for row in rows.index:
        text, quote = texts[rows["document"][row]], rows["quote"][row]
        if row in refused:
            assert refused[row].fault is Fault.FAR or times(text, quote) != 1
        elif quote.strip():
            found = np.array([proofs.starts[row]]), np.array([proofs.ends[row]])
            true = np.array([rows["low"][row]]), np.array([rows["high"][row]])
            places = Places(text)
            same = [part[0] for part in places.core(*found)] == [
                part[0] for part in places.core(*true)
            ]
            by_chance = text[found[0][0] : found[1][0]].split() == quote.split()
            assert same or by_chance  # given offsets that happen to name the same words


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_quotes_that_lost_their_white_space_and_form(form):
    texts, rows = random_spans(TOOLS["both"], documents=5)
    given = [" ".join(unicodedata.normalize(form, quote).split()) for quote in rows["quote"]]
    proofs = prove(rows.assign(quote=given), texts)
    refused = {doubt.row for doubt in proofs.doubts}
    assert len(refused) < 25  # a mark that was cut from its letter may take another form
    placed = ~rows.index.isin(refused)
    right = (proofs.starts == rows["low"]) & (proofs.ends == rows["high"])
    assert right[placed].mean() > 0.99
    for row in np.flatnonzero(placed & ~right):
        text = texts[rows["document"][row]]
        found = text[proofs.starts[row] : proofs.ends[row]]
        assert found.split() == rows["quote"][row].split()  # but for white space at its ends


TEXT = "Ana: It came four days late.\r\nKim: 😀 Nobody told me why, and it was cold.\r\nAna: Oh."


def said(rows, texts=None, **columns):
    texts = texts or {"one.txt": TEXT}
    documents = pd.DataFrame({"document": list(texts), "text": list(texts.values())})
    frame = pd.DataFrame(rows, columns=["document", "start", "end", "quote"]).assign(coder="ana")
    frame.index += 1
    placed = place(frame.assign(**columns), documents=documents, source="codings.csv")
    return placed, " ".join(map(str, placed.notes)), " ".join(map(str, placed.warnings))


def utf16(words: str) -> tuple[int, int]:
    at = TEXT.index(words)
    return tuple(len(TEXT[:end].encode("utf-16-le")) // 2 for end in (at, at + len(words)))


def test_what_was_done_is_said():
    rows = [("one.txt", *utf16(word), word) for word in ("told", "why", "cold", "Oh")]
    rows += [
        ("one.txt", *utf16("Nobody"), ""),
        ("one.txt", 11, 15, "four"),
        ("one.txt", -1, -1, "late"),
    ]
    placed, notes, warnings = said([*rows, ("one.txt", -1, -1, "")])
    got = [TEXT[a:b] for a, b in zip(placed.frame["start"], placed.frame["end"], strict=True)]
    assert got == ["told", "why", "cold", "Oh", "Nobody", "four", "late", ""]
    assert (
        "The offsets of one.txt count UTF-16 units; 5 spans were converted, 4 of them as" in notes
    )
    assert "1 span without a quote was converted" in notes
    assert "1 of 7 spans was moved to where its quote stands, by at most 2 characters" in notes
    assert "1 span without offsets was found by its quote" in notes
    assert warnings == ""
    assert "quote" not in placed.frame.columns


def test_nothing_is_said_where_quotes_prove_all():
    placed, notes, warnings = said([("one.txt", 18, 22, "days"), ("one.txt", 7, 8, " ")])
    assert (notes, warnings) == ("", "")
    assert placed.frame["start"].tolist() == [18, 7]


def test_a_row_beside_moved_ones_is_doubted():
    _, _, warnings = said([("one.txt", 15, 19, "days"), ("one.txt", 20, 24, "")])
    assert "1 span without a quote may stand in a wrong place there" in warnings


def test_offsets_inside_words_are_flagged():
    words = "some words that are said again and again in one interview of many words more "
    texts = {"one.txt": words * 3, "two.txt": words, "三.txt": "とても遅かったです。" * 9}
    starts = [index for index, mark in enumerate(words) if mark == " "][:9]
    cut = [("one.txt", at + 2, at + 4, "") for at in starts]
    fine = [("two.txt", at + 1, at + 1 + len(words[at:].split()[0]), "") for at in starts]
    unspaced = [("三.txt", at, at + 4, "") for at in range(9)]
    assert "(in one.txt 9 of 9)" in said([*cut, *fine, *unspaced], texts)[2]
    assert said([*fine, *unspaced], texts)[2] == ""
    scattered = {f"{n}.txt": words for n in range(9)}
    few = [(f"{n}.txt", at + 2, at + 4, "") for n, at in enumerate(starts)]
    assert "in all others 9 of 9" in said(few, scattered)[2]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (("one.txt", 13, 17, "day"), "row 1: quote=‘day’"),
        (("one.txt", -1, -1, "It came five days late"), "nearest: ‘It came four"),
        (("one.txt", -1, -1, "Ana:"), "stands in 2 places of 'one.txt': 0:4 ‘…Ana:"),
    ],
)
def test_what_cannot_be_placed_is_refused(row, words):
    texts = {"one.txt": TEXT.replace("days", "dayz") if row[3] == "day" else TEXT}
    if row[3] == "day":
        texts["one.txt"] += " daylight"
    with pytest.raises(SourceError, match=words):
        said([row], texts)
