"""Tables of other tools and people come in under our names, and what was taken for what is said."""

from __future__ import annotations

import pandas as pd
import pytest

from cxlib.errors import ColumnError, EmptyDataError
from cxlib.interviews.coding_columns import our_columns

DOCUMENTS = pd.DataFrame({"document": ["one.txt"], "text": ["It came late. Nobody told me why."]})
ROW = {"document": "one.txt", "start": 0, "end": 2, "code": "late", "coder": "ana"}


def ours(rows, source="codings.csv"):
    found = our_columns(pd.DataFrame(rows), documents=DOCUMENTS, source=source)
    return found.frame, " ".join(map(str, found.notes))


@pytest.mark.parametrize(
    "heading",
    [
        "quote",
        "Quotation",
        "Quoted_Text",
        "引用",
        "인용문",
        "selText",
        " Ｑｕｏｔｅ ",
        "Coded segment",
    ],
)
def test_words_of_a_span_under_any_usual_heading(heading):
    frame, notes = ours([ROW | {heading: "It"}])
    assert frame["quote"].tolist() == ["It"]
    assert (heading == "quote") == (notes == "")


@pytest.mark.parametrize("heading", ["text", "Words", "content", "本文", "내용"])
def test_a_heading_that_may_be_anything_is_believed_where_the_texts_have_the_words(heading):
    assert ours([ROW | {heading: "came late"}])[0]["quote"].tolist() == ["came late"]
    assert "quote" not in ours([ROW | {heading: "my opinion of it"}])[0].columns


def test_highlights_of_taguette():
    rows = pd.DataFrame(
        {
            "id": ["1", "1", "2", "3"],
            "document": "one.txt",
            "tag": ["late", "why.not", "late", None],
            "content": ["came late", "came late", "Nobody", "told"],
        }
    )
    frame, notes = ours(rows, "all_tags_kim.csv")
    assert frame["code"].tolist() == ["late", "why.not", "late"]  # a row a tag: nothing is split
    assert frame["quote"].tolist() == ["came late", "came late", "Nobody"]
    assert set(frame["coder"]) == {"kim"}
    assert frame["start"].isna().all()
    assert "Taguette's highlights: 3 codings" in notes
    assert "1 highlight of all_tags_kim.csv has no tag and was left out" in notes
    assert "all of it is taken for kim's" in notes
    with pytest.raises(ColumnError, match=r"no column 'coder'.*'kim\.csv'"):
        ours(rows, "all_tags.csv")
    with pytest.raises(EmptyDataError, match="none of its 1 row"):
        ours(rows.iloc[3:], "kim.csv")


@pytest.mark.parametrize("first", ["File/case", "File"])
def test_the_report_of_qualcoder(first):
    rows = pd.DataFrame(
        [
            ("one.txt", "ana", "came late", "ctid:4", "late", "sad", "Delivery"),
            ("one.png", "ana", "image", "imid:1", "late", "", "Delivery"),
            ("one.mp3", "kim", "a/v", "avid:1", "late", "", "Delivery"),
        ],
        columns=[first, "Coder", "Coded", "Id", "Codename", "Coded_Memo", "Category"],
    )
    frame, notes = ours(rows)
    assert frame.index.tolist() == [1]
    assert frame.loc[1, ["document", "coder", "quote", "code", "memo"]].tolist() == [
        *("one.txt", "ana", "came late", "late", "sad"),
    ]
    assert "QualCoder's report of codings: 1 coding of texts" in notes
    assert "2 rows of codings.csv are about pictures, sound or film" in notes


@pytest.mark.parametrize(
    ("file", "coder"),
    [
        ("kim.csv", "kim"),
        ("Codings_Ana Pereira.xlsx", "Ana Pereira"),
        ("森.csv", "森"),
        ("2026-11-28 kim export.csv", "kim"),
    ],
)
def test_the_coder_after_whom_a_file_is_called(file, coder):
    row = {name: value for name, value in ROW.items() if name != "coder"} | {"coded_at": ""}
    frame, notes = ours([row], file)
    assert set(frame["coder"]) == {coder}
    assert file in notes


@pytest.mark.parametrize("file", ["codings.csv", "codes_final_v2.csv", "export (1).csv"])
def test_a_file_that_is_called_after_nobody(file):
    row = {name: value for name, value in ROW.items() if name != "coder"}
    with pytest.raises(ColumnError, match="no column 'coder'"):
        ours([row], file)


def test_a_column_that_may_be_the_coder_is_not_passed_over():
    row = {("Coder " if name == "coder" else name): value for name, value in ROW.items()}
    with pytest.raises(ColumnError, match="did you mean 'Coder '"):
        ours([row], "kim.csv")


def test_counts_of_words_are_no_quotes():
    documents = pd.DataFrame({"document": ["a.txt"], "text": ["I waited 12 minutes, then 5 more."]})
    rows = pd.DataFrame(
        {"document": "a.txt", "start": 0, "end": 5, "code": "x", "coder": "Kim", "words": [12, 5]}
    )
    for words in (rows, rows.astype({"words": str})):
        assert "quote" not in our_columns(words, documents=documents, source="c.csv").frame.columns
