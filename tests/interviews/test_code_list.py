"""The codebook as it is used, and a first one written from what was coded."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from cxlib import interviews
from cxlib.errors import ParameterError
from cxlib.interviews import codebooks
from cxlib.interviews.codings import plain
from cxlib.interviews.counted import is_counted
from tests.interviews.conftest import read

BOOK = """
codes:
  - {name: 배송 지연, definition: {en: late, ko: 늦었다}, label: {ja: 遅延}}
  - {name: Contact, codes: [{name: 長い待ち時間, parent: Contact}, never heard]}
  - late delivery
"""


def test_how_each_code_was_used(folder):
    (folder / "codebook.yaml").write_text(BOOK, encoding="utf-8")
    found = interviews.codebook(read(folder))
    frame = found.frame.set_index("code")
    assert frame.index.tolist() == [
        "배송 지연",
        "Contact",
        "長い待ち時間",
        "never heard",
        "late delivery",
    ]
    assert frame[["spans", "interviews", "coders"]].to_numpy().tolist() == [
        [2, 1, 2],
        [0, 0, 0],
        [2, 1, 2],
        [0, 0, 0],
        [4, 2, 2],
    ]
    assert found.summary() == "The codebook has 4 codes: 3 were used, 1 is defined."
    assert [str(said) for said in found.warnings] == [
        "1 code was used by nobody: “never heard”.",
        "3 codes have no definition, so that each coder may mean another thing by them: "
        "“長い待ち時間”, “never heard” and “late delivery”.",
    ]
    assert "late" in found.table().frame["definition"].tolist()
    shown = found.table(language="en").frame
    assert shown["code"].tolist()[0] == "배송 지연"
    html = found.table().to_html()
    assert "0 (2 below)" in html  # Contact, over 長い待ち時間 and what nobody used
    assert html.count(" below)") == len(set(found.book["parent"]) - {""})


def test_spans_on_what_interviewers_say_are_counted_nowhere(folder):
    rows = pd.read_csv(folder / "codings.csv")
    asked = rows.iloc[:1].assign(start=0, end=3, coder="Park")
    alone = asked.assign(code="kind staff", coder="Kim")
    pd.concat([rows, asked, alone]).to_csv(folder / "codings.csv", index=False)
    every = read(folder)
    frame = interviews.codebook(every).frame.set_index("code")
    assert frame.loc["late delivery", ["spans", "coders"]].tolist() == [5, 3]
    assert "10 spans were marked with" in every.summary()
    corpus = read(folder, speakers={"interviewer": ["Ann", "聞き手", "상담원"]})
    found = interviews.codebook(corpus)
    frame = found.frame.set_index("code")
    assert frame.loc["late delivery", ["spans", "coders"]].tolist() == [4, 2]
    assert frame.loc["kind staff", ["spans", "interviews", "coders"]].tolist() == [0, 0, 0]
    assert "8 spans were marked in them with" in corpus.summary()
    counts = corpus.read.frame.set_index("what")["n"]
    assert (counts["spans"], counts["interviewer_spans"]) == (8, 2)
    assert frame["spans"].sum() == 8
    assert str(found.warnings[0]) == (
        "1 code was used only where nothing is counted, as when interviewers speak: “kind staff”."
    )


@given(st.data())
def test_a_span_counts_where_it_shares_a_character_with_a_unit(data):
    places = st.tuples(st.sampled_from("ab"), st.integers(0, 12), st.integers(0, 6))
    frames = [
        pd.DataFrame(
            [(name, start, start + size, "late") for name, start, size in rows],
            columns=["document", "start", "end", "code"],
        ).astype({"start": "int64", "end": "int64"})
        for rows in (data.draw(st.lists(places.filter(lambda at: at[2] > 0))) for _ in range(2))
    ]
    spans, units = frames
    told = [
        any(
            name == other and start < stop and begin < end
            for other, begin, stop in units[["document", "start", "end"]].to_numpy()
        )
        for name, start, end in spans[["document", "start", "end"]].to_numpy()
    ]
    assert is_counted(spans, units).tolist() == told


def test_a_theme_is_called_as_the_reader_of_the_language_calls_it(folder):
    theme = "theme: {en: waiting, ja: 待ち時間, ko: 기다림}"
    book = f"codes:\n  - {{name: 배송 지연, {theme}}}\n  - {{name: Contact, theme: own}}\n"
    book += "  - late delivery\n  - 長い待ち時間\n"
    (folder / "codebook.yaml").write_text(book, encoding="utf-8")
    found = interviews.codebook(read(folder))
    shown = {code: found.table(language=code).frame["theme"].tolist()[:2] for code in ("en", "ko")}
    assert shown == {"en": ["waiting", "own"], "ko": ["기다림", "own"]}


def test_a_first_codebook_of_what_was_coded(folder, tmp_path):
    """Most used first, each with somebody's words; what is there is not written over."""
    corpus = read(folder, codebook=None)
    path = interviews.codebook(corpus).to_yaml(tmp_path / "first.yaml")
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))["codes"]
    assert [entry["name"] for entry in entries] == ["late delivery", "長い待ち時間", "배송 지연"]
    assert entries[1] == {
        "name": "長い待ち時間",
        "definition": "",
        "example": "電話で四十分も待たされて",
        "when_not": "",
    }
    again = read(folder, codebook=path)
    assert set(again.codebook["name"]) == set(corpus.codebook["name"])
    with pytest.raises(ParameterError, match="is there already"):
        interviews.codebook(corpus).to_yaml(path)
    with pytest.raises(ParameterError, match="there is no folder"):
        interviews.codebook(corpus).to_yaml(tmp_path / "nowhere" / "first.yaml")


WORD = st.text(max_size=6).map(plain).filter(lambda word: word not in ("", "null", "~"))
NAME = WORD.filter(lambda word: len(word.splitlines()) == 1)


@given(
    st.lists(st.tuples(NAME, st.integers(0, 9), WORD, WORD), min_size=1, max_size=8),
    st.booleans(),
)
def test_a_codebook_that_is_written_reads_the_same(tmp_path_factory, build, drawn, themed):
    rows, names = [], []
    for name, at, words, label in drawn:
        if codebooks.fold_name(name) in map(codebooks.fold_name, names):
            continue
        above = names[at % len(names)] if names and at % 2 else ""
        rows.append({"name": name, "parent": above, "definition": words, "example": words[::-1]})
        rows[-1] |= {"definition_ja": label, "theme": words if themed and not above else ""}
        names.append(name)
    home = tmp_path_factory.mktemp("book")
    (home / "a.yaml").write_text(yaml.safe_dump({"codes": rows}), encoding="utf-8")
    book = codebooks.read_codebook(home / "a.yaml")
    corpus = replace(build({"d": 1}, [("d", None, "", "K")]), codebook=book)
    path = interviews.codebook(corpus).to_yaml(home / "b.yaml")
    again = codebooks.read_codebook(path)
    order = ["name"]
    pd.testing.assert_frame_equal(
        again.sort_values(order, ignore_index=True)[book.columns],
        book.sort_values(order, ignore_index=True),
    )
