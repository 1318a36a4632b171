"""Codings and codebooks that do not fit are refused in full."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.errors import ColumnError, EmptyDataError, SourceError
from tests.interviews.conftest import read


@pytest.mark.parametrize(
    ("change", "error", "says"),
    [
        (lambda r: r.drop(columns="coder"), ColumnError, "no column 'coder'"),
        (
            lambda r: r.rename(columns={"code": "Code "}),
            ColumnError,
            "no column 'code'.*did you mean 'Code'",
        ),
        (lambda r: r.iloc[:0], EmptyDataError, "codings='codings.csv' is empty"),
        (
            lambda r: r.assign(document=r["document"].replace("one.vtt", "one.vt")),
            SourceError,
            r"row 1: document='one.vt' is not among the transcripts; did you mean 'one.vtt'\? \(2 "
            r"such rows\)",
        ),
        (
            lambda r: r.assign(end=r["end"].where(r.index != 2, 9999)),
            SourceError,
            "row 3: end=9999 lies outside '二.srt', which has",
        ),
        (lambda r: r.assign(start=r["end"]), SourceError, "must be smaller than end"),
        (lambda r: r.assign(start=-1), SourceError, "row 1: start='-1' must be a whole number"),
        (
            lambda r: r.assign(start="soon"),
            SourceError,
            "row 1: start='soon' must be a whole number",
        ),
        (lambda r: r.assign(start=0.5), SourceError, "row 1: start='0.5' must be a whole number"),
        (
            lambda r: r.assign(code=r["code"].replace("late delivery", "late delivry")),
            SourceError,
            "row 1: code='late delivry' is not in the codebook; did you mean 'late delivery'",
        ),
        (
            lambda r: r.assign(code=r["code"].where(r.index != 3)),
            SourceError,
            "row 4: code='' name the code",
        ),
        (
            lambda r: r.assign(coder=r["coder"].where(r.index != 3)),
            SourceError,
            "row 4: coder='' name who coded",
        ),
    ],
)
def test_codings_that_do_not_fit(folder, change, error, says):
    change(pd.read_csv(folder / "codings.csv")).to_csv(folder / "codings.csv", index=False)
    with pytest.raises(error, match=says):
        read(folder)


def test_codes_are_named_as_the_codebook_writes_them(folder):
    """YAML takes these words for false, a number and a day; a tag for code to run is only text."""
    names = ["no", "007", "2026-01-01"]
    (folder / "codebook.yaml").write_text(
        "codes:\n"
        + "".join(
            f"  - {{name: {name}, theme: null, kind: ~, definition: !!python/name:os.system }}\n"
            for name in names
        ),
        encoding="utf-8",
    )
    rows = pd.read_csv(folder / "codings.csv")
    rows.assign(code=[names[i % 3] for i in range(len(rows))]).to_csv(
        folder / "codings.csv", index=False
    )
    book = read(folder).codebook
    assert book["name"].tolist() == names
    assert set(book["theme"]) == set(book["kind"]) == set(book["definition"]) == {""}


def quoted(folder, change=lambda rows: rows, **read_as):
    """Read codings that carry the words of their spans."""
    rows = pd.read_csv(folder / "codings.csv").fillna("")
    texts = read(folder).documents.set_index("document")["text"]
    rows["quote"] = [
        texts[d][a:b] for d, a, b in zip(rows["document"], rows["start"], rows["end"], strict=True)
    ]
    change(rows).to_csv(folder / "codings.csv", index=False)
    return read(folder, **read_as)


@pytest.mark.parametrize(
    "change",
    [
        lambda r: r,
        lambda r: r.drop(columns=["start", "end"]),
        lambda r: r.assign(start="", end=""),
        lambda r: r.assign(start=r["start"] + 3, end=r["end"] + 3),
        lambda r: r.assign(document=r["document"].str.rsplit(".", n=1).str[0]),
        lambda r: r.assign(start=[f"{n}.0" for n in r["start"]]),
        lambda r: r.drop(columns=["start", "end"]).rename(columns={"quote": "인용"}),
    ],
)
def test_spans_come_to_where_their_quotes_stand(folder, change):
    right = read(folder)
    corpus = quoted(folder, change)
    pd.testing.assert_frame_equal(corpus.codings, right.codings)
    assert corpus.flags == right.flags


def test_what_was_noticed_of_spans_reaches_the_reader(folder):
    corpus = quoted(folder, lambda r: r.drop(columns=["start", "end"]))
    assert "8 spans without offsets were found by their quotes" in " ".join(map(str, corpus.notes))
    rows = pd.read_csv(folder / "codings.csv").drop(columns="quote")
    text = corpus.documents.set_index("document").at["one.vtt", "text"]
    ends = [at for at, mark in enumerate(text) if mark == " "][:4]
    cut = pd.DataFrame({"document": "one.vtt", "start": [at + 2 for at in ends]})
    cut = cut.assign(end=cut["start"] + 2, code="late delivery", coder="Kim")
    pd.concat([cut, rows.assign(start=cut["start"].iloc[0])[:0]]).to_csv(
        folder / "codings.csv", index=False
    )
    (flag,) = (flag for flag in read(folder).flags if flag.key == "interviews.warn_cut_words")
    assert "in one.vtt 4 of 4" in str(flag)


def test_a_coder_who_found_nothing_needs_no_quote(folder):
    nothing = {
        "document": "one.vtt",
        "start": "",
        "end": "",
        "code": "",
        "coder": "Lee",
        "quote": "",
    }
    corpus = quoted(folder, lambda r: pd.concat([r, pd.DataFrame([nothing])]))
    assert corpus.coders == ("Kim", "Lee", "森")


@pytest.mark.parametrize(
    ("row", "says"),
    [
        ({"start": "", "end": "9"}, "row 9: start='' must be a whole number"),
        ({"start": "", "end": "", "quote": ""}, "row 9: start='' must be a whole number"),
        ({"start": "", "end": "", "code": ""}, "row 9: code='' name the code"),
        ({"quote": "never said"}, "row 9: quote=‘never said’ is not what stands at 0:3"),
    ],
)
def test_rows_with_quotes_that_do_not_fit(folder, row, says):
    more = {"document": "one.vtt", "start": 0, "end": 3, "code": "late delivery", "coder": "Kim"}
    more |= {"quote": "late"} | row
    with pytest.raises(SourceError, match=says):
        quoted(folder, lambda r: pd.concat([r, pd.DataFrame([more])]))
