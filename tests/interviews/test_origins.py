"""Sources besides interviews: tickets in a table, notes in folders, each named as what it is."""

from __future__ import annotations

import duckdb
import pandas as pd
import pytest

from cxlib import interviews
from cxlib.errors import ColumnError, ParameterError, SourceError
from cxlib.interviews.origins import read_origins
from cxlib.interviews.parameters import Parameters

TICKETS = pd.DataFrame(
    {
        "id": ["t1", "t2", "o1"],
        "body": ["The box came late.", "How do I cancel?", "遅かったです。"],
        "channel": ["ticket", "ticket", "open answer"],
    }
)


def codings(path, *documents):
    rows = [(name, 0, 5, "late", "K") for name in documents]
    frame = pd.DataFrame(rows, columns=["document", "start", "end", "code", "coder"])
    frame.to_csv(path, index=False)
    return path


def test_a_table_of_tickets_is_read_and_its_columns_are_cases(tmp_path):
    TICKETS.to_csv(tmp_path / "tickets.csv", index=False)
    values = {
        "transcripts": tmp_path / "tickets.csv",
        "text_column": "body",
        "source": "channel",
        "codings": codings(tmp_path / "codings.csv", "t1", "o1", "t2"),
        "case": "channel",
    }
    corpus = interviews.read(interviews.Parameters.parse(values))
    assert corpus.documents["source"].tolist() == ["ticket", "ticket", "open answer"]
    assert corpus.cases.columns.tolist() == ["document", "channel"]
    found = interviews.by_case(corpus, case="channel").frame
    assert dict(zip(found["channel"], found["n"], strict=True)) == {"open answer": 1, "ticket": 2}
    chosen = interviews.Parameters.parse({**values, "where": "channel = 'ticket'"})
    assert interviews.read(chosen).documents["document"].tolist() == ["t1", "t2"]
    sizes = interviews.group_sizes(interviews.Parameters.parse(values), by=["channel"])
    assert sizes.n == {("ticket",): 2, ("open answer",): 1}


def test_folders_say_the_source_and_cases_have_it(tmp_path):
    for name in ("interviews/a.txt", "tickets/t1.txt", "tickets/t2.txt"):
        path = tmp_path / "texts" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"Ann: of {name}\n", encoding="utf-8")
    file = codings(tmp_path / "codings.csv", "interviews/a.txt", "tickets/t1.txt")
    corpus = interviews.read_corpus(tmp_path / "texts", codings=file, source="folder")
    assert corpus.documents["source"].tolist() == ["interviews", "tickets", "tickets"]
    assert corpus.cases["source"].tolist() == ["interviews", "tickets", "tickets"]
    chosen = interviews.read_corpus(
        tmp_path / "texts", codings=file, source="folder", where="source = 'tickets'"
    )
    assert chosen.documents["document"].tolist() == ["tickets/t1.txt", "tickets/t2.txt"]


def test_a_source_may_be_a_column_of_the_cases(folder):
    corpus = interviews.read_corpus(
        folder / "interviews",
        codings=folder / "codings.csv",
        cases=folder / "cases.csv",
        source="language",
    )
    told = corpus.documents.set_index("document")["source"].to_dict()
    assert told == {"one.vtt": "en", "二.srt": "ja", "셋.docx": "ko", "four.txt": "en"}


def test_what_does_not_fit_is_refused(folder):
    (folder / "tickets.csv").write_text("id,body,language\none.vtt,It came late,en\n", "utf-8")
    for given, error, says in (
        ({"text_column": "body"}, ParameterError, "text_column='body' is about a table"),
        ({"source": "sourc"}, ColumnError, "source='sourc': there is no such column"),
        ({"transcripts": "tickets.csv"}, ParameterError, "name the column that holds them"),
        (
            {"transcripts": "tickets.csv", "text_column": "body", "source": "folder"},
            ParameterError,
            "is about folders",
        ),
        (
            {"transcripts": "tickets.csv", "text_column": "body", "cases": folder / "cases.csv"},
            ColumnError,
            "both have a column 'language'",
        ),
    ):
        options = {"transcripts": "interviews", **given}
        with pytest.raises(error, match=says):
            interviews.read_corpus(
                folder / options.pop("transcripts"),
                codings=codings(folder / "few.csv", "one.vtt"),
                **options,
            )


def test_nobody_is_missed_in_what_one_person_wrote(tmp_path):
    path = tmp_path / "tickets.csv"
    path.write_text("id,text\nT1,It was late. I waited.\nT2,料金が高い。\n", encoding="utf-8")
    corpus = interviews.read_corpus(path, text_column="text")
    assert corpus.unit == "sentence"
    assert corpus.flags == ()


@pytest.fixture
def tickets(tmp_path):
    """Tickets and who wrote them, in a database and as CSV."""
    rows = pd.DataFrame(
        {
            "id": ["t1", "t2", "t3", "t4"],
            "words": ["The lift is slow. 遅い。", "느려요.", "", "Fine, thanks."],
            "plan": ["basic", "pro", "pro", "basic"],
        }
    )
    rows.to_csv(tmp_path / "tickets.csv", index=False)
    with duckdb.connect(str(tmp_path / "desk.duckdb")) as engine:
        engine.register("rows", rows.replace("", None))
        engine.execute('CREATE TABLE "My tickets 表" AS FROM rows')
    return tmp_path


def test_a_table_of_a_database_has_the_documents_of_its_file(tickets):
    table = f'{tickets / "desk.duckdb"}#"My tickets 表"'
    there, here = (
        interviews.read(Parameters(transcripts=source, text_column="words", case="plan"))
        for source in (table, tickets / "tickets.csv")
    )
    assert set(there.documents["format"]) == {"table"}
    for name in ("documents", "units", "cases"):
        pd.testing.assert_frame_equal(
            getattr(there, name).drop(columns="format", errors="ignore"),
            getattr(here, name).drop(columns="format", errors="ignore"),
            check_dtype=False,
        )
    assert len(there.documents) == 3
    assert [note.key for note in there.notes] == [note.key for note in here.notes]


def test_more_documents_than_can_be_coded_are_refused(tickets):
    with duckdb.connect(str(tickets / "desk.duckdb")) as engine:
        engine.execute("CREATE TABLE many AS SELECT range AS id, 'x' AS words FROM range(100001)")
    with pytest.raises(
        SourceError, match=r"has 100,001 rows, each of which .* at most 100,000 are"
    ):
        read_origins(f"{tickets / 'desk.duckdb'}#many", text_column="words")
