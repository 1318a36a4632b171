"""Files -> a corpus: four formats, three languages, and each refusal in full."""

from __future__ import annotations

import unicodedata

import pandas as pd
import pytest

from cxlib import interviews
from cxlib.errors import ColumnError, CxError, EmptyDataError, ParameterError, SourceError
from cxlib.interviews.corpus import What
from cxlib.interviews.counts import grid
from tests.interviews.conftest import read


def test_four_formats_and_three_languages(folder):
    corpus = read(folder, speakers={"interviewer": ["Ann", "聞き手", "상담원"]})
    assert sorted(corpus.documents["format"]) == ["docx", "srt", "txt", "vtt"]
    assert corpus.coders == ("Kim", "森")
    assert set(corpus.units["speaker"]) == {"Bob", "田中さん", "김민수 님", "Eve"}
    assert corpus.warnings == ()
    laid_out = grid(corpus)
    assert laid_out.applied.sum() == 8  # each of four spans, by two coders, on one unit
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
    assert "no kind" in str(said.warnings[0])
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
    said = " ".join(map(str, read(folder, speakers={"interviewer": ["Bob"]}).warnings))
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
    """Spans on nobody's unit do not hide those on interviewers' units; strangers and look-alikes
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
    corpus = read(folder, speakers={"interviewer": ["Ann", "Bob"]})
    said = " ".join(map(str, corpus.warnings))
    for words in (
        "1 span overlaps no turn",
        "2 spans lie on turns of interviewers only",
        "1 row of the cases belongs",
        "five.vtt",
        "1 interview has no turn of anyone but interviewers and is left out: one.vtt",
        "“Kim” and “kim” differ only in how they are written",
    ):
        assert words in said
    assert interviews.by_case(corpus, case="age").frame["age"].unique().tolist() == ["41", ""]


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
        match=r"speakers={'interviewer': 'Anna'} speaks in none of .*; did you mean 'Ann'",
    ):
        read(folder, speakers={"interviewer": ["Anna"]})


def test_parameters_are_checked_against_the_files(folder):
    values = {
        "transcripts": folder / "interviews",
        "codings": folder / "codings.csv",
        "codebook": folder / "codebook.yaml",
        "cases": folder / "cases.csv",
        "case": "세그먼트",
    }
    interviews.read(interviews.Parameters.parse(values))
    for change, says in (
        ({"case": "세그먼"}, "case='세그먼': there is no such column; did you mean '세그먼트'"),
        ({"order": "when"}, "order='when': there is no such column"),
        ({"rule": "moost"}, "rule='moost' is neither majority, any, all nor a coder"),
    ):
        with pytest.raises(CxError, match=says):
            interviews.read(interviews.Parameters.parse({**values, **change}))
    for change, says in (
        ({"codingz": "x"}, "'codingz' is unknown; did you mean 'codings'"),
        ({"quotes_each": 0}, "quotes_each=0"),
        ({"transcripts": folder / "no"}, "neither a file nor a folder"),
        ({"confidence": 95}, "confidence=95"),
        ({"resamples": 5}, "resamples=5"),
    ):
        with pytest.raises(ParameterError, match=says):
            interviews.Parameters.parse({**values, **change})


def test_what_was_read_is_a_table_by_reason(folder):
    (folder / "cases.csv").write_text("document,language\none.vtt,en\n", encoding="utf-8")
    corpus = read(folder, speakers={"interviewer": ["Ann", "聞き手", "상담원"]})
    counts = corpus.read.frame.set_index("what")["n"].to_dict()
    assert counts == {
        What.INTERVIEWS: 4,
        What.UNITS: 4,
        What.INTERVIEWER_UNITS: 4,
        What.CODERS: 2,
        What.CODES: 4,
        What.SPANS: 8,
        What.NO_CASE: 3,
    }
    shown = corpus.table()
    assert shown.frame["n"].tolist() == list(counts.values())
    assert "turns of interviewers, left out" in repr(shown)
    assert set(corpus.inputs) == {"transcripts", "codings", "codebook", "cases"}
    assert corpus.notes[0].key.startswith("sources.")


def test_spellings_of_the_cases_are_noted(folder):
    values = {
        "transcripts": folder / "interviews",
        "codings": folder / "codings.csv",
        "cases": folder / "cases.csv",
        "case": "language",
    }
    cases = (folder / "cases.csv").read_text(encoding="utf-8")
    (folder / "cases.csv").write_text(cases.replace("four.txt,en", "four.txt,ｅｎ"), "utf-8")
    notes = interviews.read(interviews.Parameters.parse(values)).notes
    assert notes[-1].key == "common.names_joined"
