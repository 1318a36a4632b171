"""Tickets and open answers in a table, and texts in folders, are documents as transcripts are."""

from __future__ import annotations

import hashlib

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib import sources
from cxlib.errors import ColumnError, EmptyDataError, SourceError

ROWS = pd.DataFrame(
    {
        "id": ["007", "t2", "t3", "二"],
        "body": ["It came late.\nTwice!", None, "  ", "  遅い配送😀でした。 "],
        "plan": ["pro", "basic", "pro", "basic"],
        "stars": [5, 4, 3, 1],
    }
)


@pytest.mark.parametrize("suffix", ["csv", "tsv", "xlsx"])
def test_a_row_is_a_document_and_what_else_it_says_describes_it(tmp_path, suffix):
    path = tmp_path / f"tickets.{suffix}"
    if suffix == "xlsx":
        ROWS.to_excel(path, index=False)
    else:
        ROWS.to_csv(path, index=False, sep={"csv": ",", "tsv": "\t"}[suffix])
    read = sources.read_texts(path, text_column="body")
    documents, turns = read.found.documents, read.found.turns
    assert documents["document"].tolist() == ["007", "二"]
    assert documents["text"].tolist() == ["It came late.\nTwice!", "  遅い配送😀でした。 "]
    assert documents["sha256"][0] == hashlib.sha256(b"It came late.\nTwice!").hexdigest()
    said = [
        documents.set_index("document").at[turn.document, "text"][turn.start : turn.end]
        for turn in turns.itertuples()
    ]
    assert said == ["It came late.\nTwice!", "遅い配送😀でした。"]
    assert turns["speaker"].isna().all()
    assert read.rows.to_dict("list") == {
        "document": ["007", "二"],
        "plan": ["pro", "basic"],
        "stars": [5, 1],
    }
    told = [str(note) for note in read.found.notes]
    assert "2 rows have no words in the column body and are left out." in told
    assert not any("responses" in note for note in told)


# What could stand between cells is left out: where it splits every row alike, the file is refused.
WORDS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\r\0|;\t"), max_size=12
)


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_texts_are_kept_to_the_letter(tmp_path_factory, texts):
    texts = [f"a{words}b" for words in texts]
    names = [f"d{i}" for i in range(len(texts))]
    path = tmp_path_factory.mktemp("texts") / "a.csv"
    pd.DataFrame({"document": names, "x": texts, "n": "k"}).to_csv(
        path, index=False, quoting=1, encoding="utf-8-sig"
    )
    found = sources.read_texts(path, text_column="x").found
    assert found.documents["text"].tolist() == texts


@pytest.mark.parametrize(
    ("rows", "error", "says"),
    [
        (ROWS.rename(columns={"id": "Document"}), ColumnError, "did you mean 'Document'"),
        (ROWS.rename(columns={"body": "bodi"}), ColumnError, "text_column='body'.*mean 'bodi'"),
        (ROWS.assign(id=["a", "b", "c", "a"]), SourceError, "rows 1 and 4: id='a' is there twice"),
        (ROWS.assign(id=["a", None, "c", "d"]), SourceError, "row 2: id is empty"),
        (ROWS.assign(body=[" ", None, "", None]), EmptyDataError, "holds no words"),
    ],
)
def test_tables_that_are_refused(tmp_path, rows, error, says):
    rows.to_csv(tmp_path / "tickets.csv", index=False)
    with pytest.raises(error, match=says):
        sources.read_texts(tmp_path / "tickets.csv", text_column="body")


def test_the_folder_says_what_a_text_is(tmp_path):
    for name in ("b.txt", "tickets/t10.txt", "tickets/t2.txt", "notes/2024/n.md", ".git/x.txt"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Ann: of {name}\n", encoding="utf-8")
    (tmp_path / "empty").mkdir()
    found = sources.read_folders(tmp_path)
    assert found.documents[["document", "source"]].to_numpy().tolist() == [
        ["b.txt", ""],
        ["notes/2024/n.md", "notes"],
        ["tickets/t2.txt", "tickets"],
        ["tickets/t10.txt", "tickets"],
    ]
    assert set(found.turns["document"]) == set(found.documents["document"])
    assert set(found.turns["speaker"]) == {"Ann"}
    told = " ".join(map(str, found.notes))
    assert "4 transcripts, 4 turns" in told
    assert "1 text lies in no folder of its own" in told
    assert "not read" not in told
    with pytest.raises(SourceError, match="holds no transcript"):
        sources.read_folders(tmp_path / "empty")
    with pytest.raises(SourceError, match="is no folder"):
        sources.read_folders(tmp_path / "nowhere")
