"""Files -> a corpus: four formats, three languages, spans on turns, and each refusal in full."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxlib import interviews
from cxlib.errors import ColumnError, CxError, EmptyDataError, ParameterError, SourceError
from cxlib.interviews.counts import grid, touched


def read(folder, **changes):
    options = {
        "codings": folder / "codings.csv",
        "codebook": folder / "codebook.yaml",
        "cases": folder / "cases.csv",
        **changes,
    }
    return interviews.Corpus.read(folder / "interviews", **options)


def test_four_formats_and_three_languages(folder):
    corpus = read(folder, interviewers=["Ann", "聞き手", "상담원"])
    assert sorted(corpus.documents["format"]) == ["docx", "srt", "txt", "vtt"]
    assert corpus.coders == ("Kim", "森")
    assert set(corpus.turns["speaker"]) == {"Bob", "田中さん", "김민수 님", "Eve"}
    assert corpus.warnings == ()
    laid_out = grid(corpus)
    assert laid_out.applied.sum() == 8  # each of four spans, by two coders, on one turn
    found = interviews.agreement(corpus, resamples=0)
    assert found.frame["alpha"].iloc[0] == 1
    words = interviews.quotes(corpus, width=(5, 300)).frame.set_index("document")
    assert words.at["二.srt", "words"] == "電話で四十分も待たされて"  # offsets hold behind an emoji
    assert words["lang"].to_dict() == {
        "one.vtt": "en",
        "二.srt": "ja",
        "셋.docx": "ko",
        "four.txt": "en",
    }
    assert len(corpus.provenance().frame) == 4


def test_without_codebook_and_cases(folder):
    corpus = read(folder, codebook=None, cases=None)
    assert list(corpus.codebook["name"]) == ["late delivery", "長い待ち時間", "배송 지연"]
    assert list(corpus.cases.columns) == ["document"]
    said = interviews.quotes(corpus, width=(5, 300))
    assert len(said.frame) == 4
    assert "no kind" in said.warnings[0]
    assert (
        "Most often heard in 4 interviews: “late delivery” (2)."
        in interviews.prevalence(corpus).summary()
    )


def test_names_in_another_unicode_form_are_the_same(folder):
    rows = pd.read_csv(folder / "codings.csv")
    for column in ("document", "code"):
        rows[column] = rows[column].map(lambda name: unicodedata.normalize("NFD", name))
    rows.to_csv(folder / "codings.csv", index=False)
    assert read(folder).codings["code"].isin(["late delivery", "長い待ち時間", "배송 지연"]).all()


def test_who_read_and_found_nothing_has_opened_the_interview(folder):
    rows = pd.read_csv(folder / "codings.csv")
    more = pd.DataFrame(
        {"document": ["one.vtt"], "start": [None], "end": [None], "code": [None], "coder": ["Lee"]}
    )
    pd.concat([rows, more]).to_csv(folder / "codings.csv", index=False)
    laid_out = grid(read(folder))
    lee = laid_out.coders.index("Lee")
    assert {laid_out.documents[i] for i in laid_out.document[laid_out.opened[:, lee]]} == {
        "one.vtt"
    }
    assert not laid_out.applied[:, lee].any()


def test_what_is_left_out_is_said(folder):
    rows = pd.read_csv(folder / "codings.csv")
    (folder / "cases.csv").write_text("document,language\none.vtt,en\n", encoding="utf-8")
    (folder / "codebook.yaml").write_text(
        (folder / "codebook.yaml").read_text(encoding="utf-8").replace("annoyance", "anoyance"),
        encoding="utf-8",
    )
    rows[rows["document"] != "four.txt"].to_csv(folder / "codings.csv", index=False)
    said = " ".join(read(folder, interviewers=["Bob"]).warnings)
    for words in (
        "opened by no coder",
        "four.txt",
        "interviewers only",
        "anoyance",
        "did you mean 'annoyance'",
        "no row in the cases",
    ):
        assert words in said


def test_every_loss_is_said_by_itself(folder):
    """Spans on nobody's turn do not hide those on interviewers' turns; strangers and look-alikes
    are named."""
    rows = pd.read_csv(folder / "codings.csv")
    label = {
        "document": "four.txt",
        "start": 0,
        "end": 3,
        "code": "late delivery",
        "coder": "kim",
        "gloss": "",
    }
    pd.concat([rows, pd.DataFrame([label])]).to_csv(folder / "codings.csv", index=False)
    (folder / "cases.csv").write_text(
        "document,age\none.vtt,34\n二.srt,41\nfive.vtt,9\n", encoding="utf-8"
    )
    corpus = read(folder, interviewers=["Ann", "Bob"])
    said = " ".join(corpus.warnings)
    for words in (
        "1 span(s) overlap no turn",
        "2 span(s) lie on turns of interviewers only",
        "1 row(s) of the cases",
        "five.vtt",
        "1 interview(s) have no turn of anyone but interviewers and are left out: one.vtt",
        "“Kim” and “kim” differ only in capital",
    ):
        assert words in said
    assert interviews.by_case(corpus, case="age").frame["case"].unique().tolist() == [
        "41",
        "not stated",
    ]


def test_an_interview_in_which_only_interviewers_speak_is_left_out_and_said(build):
    corpus = build({"a": 2, "b": 2}, [("a", 0, "x", "M"), ("b", 0, "x", "K")])
    alone = replace(corpus, turns=corpus.turns[corpus.turns["document"] == "a"])
    assert interviews.prevalence(alone).frame["n"].tolist() == [1]
    assert interviews.cooccurrence(alone).frame.empty
    with pytest.raises(ParameterError, match="rule='K' is neither"):
        interviews.prevalence(alone, rule="K")


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


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("- a\n- b\n", "no list under 'codes:'"),
        ("codes: []\n", "no list under 'codes:'"),
        ("codes: [{theme: x}]\n", "entry 1.*has no name"),
        ("codes: [{name: a}, {name: a}]\n", "'a' is defined more than once"),
        ("codes: [{name: 'a}]\n", "cannot be read as YAML"),
    ],
)
def test_codebooks_that_cannot_be_read(folder, content, says):
    (folder / "codebook.yaml").write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match=says):
        read(folder)


@pytest.mark.parametrize(
    ("content", "error", "says"),
    [
        ("file,language\none.vtt,en\n", ColumnError, "cases='cases.csv' has no column 'document'"),
        ("document,language\none.vtt,en\none.vtt,ja\n", SourceError, "'one.vtt' is there twice"),
        ("document,language\none.vt,en\n", SourceError, "no document is among the transcripts"),
        ("", EmptyDataError, "cases='cases.csv'"),
    ],
)
def test_cases_that_do_not_fit(folder, content, error, says):
    (folder / "cases.csv").write_text(content, encoding="utf-8")
    with pytest.raises(error, match=says):
        read(folder)


def test_unknown_interviewer(folder):
    with pytest.raises(
        ParameterError,
        match="interviewers='Anna' speaks in none of the transcripts; did you mean 'Ann'",
    ):
        read(folder, interviewers=["Anna"])


def test_parameters_are_checked_against_the_files(folder):
    values = {
        "transcripts": folder / "interviews",
        "codings": folder / "codings.csv",
        "codebook": folder / "codebook.yaml",
        "cases": folder / "cases.csv",
        "case": "세그먼트",
    }
    interviews.Parameters.parse(values).check()
    for change, says in (
        ({"case": "세그먼"}, "case='세그먼': there is no such column; did you mean '세그먼트'"),
        ({"order": "when"}, "order='when': there is no such column"),
        ({"rule": "moost"}, "rule='moost' is neither majority, any, all nor a coder"),
    ):
        with pytest.raises(CxError, match=says):
            interviews.Parameters.parse({**values, **change}).check()
    for change, says in (
        ({"codingz": "x"}, "'codingz' is unknown; did you mean 'codings'"),
        ({"quotes_each": 0}, "quotes_each=0"),
        ({"transcripts": folder / "no"}, "there is no folder"),
        ({"confidence": 95}, "confidence=95"),
        ({"resamples": 5}, "resamples=5"),
    ):
        with pytest.raises(ParameterError, match=says):
            interviews.Parameters.parse({**values, **change})


def test_spans_meet_turns_at_their_edges(build):
    """Turns are [0, 9), [10, 19), …: code point 9 belongs to none."""
    corpus = build({"a": 3, "b": 2}, [("a", 0, "x", "Mori")])
    spans = pd.DataFrame(
        {
            "document": ["a", "a", "a", "b", "a"],
            "start": [0, 8, 9, 0, 0],
            "end": [10, 11, 10, 1, 30],
        }
    )
    row, turn = touched(spans, corpus.turns, corpus.documents)
    assert list(zip(row, turn, strict=True)) == [
        (0, 0),
        (1, 0),
        (1, 1),
        (3, 3),
        (4, 0),
        (4, 1),
        (4, 2),
    ]


@given(
    st.lists(
        st.tuples(st.sampled_from("ab"), st.integers(0, 39), st.integers(1, 40)),
        min_size=1,
        max_size=12,
    )
)
@settings(max_examples=60)
def test_spans_meet_turns_as_the_definition_says(build, spans):
    corpus = build({"a": 4, "b": 4}, [("a", 0, "x", "Mori")])
    rows = pd.DataFrame(
        [(d, s, min(s + n, 40)) for d, s, n in spans], columns=["document", "start", "end"]
    )
    found = set(zip(*touched(rows, corpus.turns, corpus.documents), strict=True))
    both = {
        (i, j)
        for i, a in enumerate(rows.itertuples())
        for j, b in enumerate(corpus.turns.itertuples())
        if a.document == b.document and max(a.start, b.start) < min(a.end, b.end)
    }
    assert found == both


def test_rules_decide_where_a_code_counts(small):
    laid_out = grid(small)
    late = laid_out.codes.index("late delivery")
    where = {
        rule: np.flatnonzero(laid_out.decided(rule)[:, late]).tolist()
        for rule in ("majority", "any", "all", "Kim")
    }
    assert where == {"majority": [0, 9], "any": [0, 6, 9], "all": [0, 9], "Kim": [0]}
    assert laid_out.read_by("Kim").tolist() == [True, True, False]
    with pytest.raises(ParameterError, match="did you mean 'Kim'"):
        laid_out.decided("Kin")
