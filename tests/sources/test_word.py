"""Word documents become lines: paragraphs, tables, Teams' exports of both kinds."""

from __future__ import annotations

import docx
import pytest

from cxlib import sources
from cxlib.errors import SourceError
from tests.sources.interviews import said, write_docx


def test_docx_paragraphs_labels_and_headings(tmp_path):
    write_docx(
        tmp_path / "d.docx",
        "田中さん：はい 😀\nそうです",
        "",
        "続きです",
        "Interviewer: why?",
        "田中さん：だって",
    )
    document = docx.Document(tmp_path / "d.docx")
    document.paragraphs[0].insert_paragraph_before("Interview 5", style="Heading 1")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(table.rows, (("Interviewer", "and?"), ("田中さん", "以上")), strict=True):
        row.cells[0].text, row.cells[1].text = cells
    document.save(tmp_path / "d.docx")
    read = sources.read_transcripts(tmp_path)
    assert (
        read.documents["text"][0]
        == "Interview 5\nはい 😀\nそうです\n続きです\nwhy?\nだって\nand?\n以上"
    )
    assert said(read) == [
        ("田中さん", "はい 😀\nそうです\n続きです"),
        ("Interviewer", "why?"),
        ("田中さん", "だって"),
        ("Interviewer", "and?"),
        ("田中さん", "以上"),
    ]


def test_merged_cells_of_a_docx_are_said_once(tmp_path):
    document = docx.Document()
    table = document.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(1, 0)).text = "田中さん:"
    table.cell(0, 1).merge(table.cell(0, 2)).text = "wide"
    table.cell(1, 1).text, table.cell(1, 2).text = "left", "right"
    document.save(tmp_path / "d.docx")
    assert said(sources.read_transcripts(tmp_path)) == [("田中さん", "wide\nleft\tright")]


def test_docx_of_teams_old_and_new(tmp_path):
    write_docx(tmp_path / "new.docx", "Sato Hanako   0:03\nhello\nthere", "Kim   1:05\nyes")
    write_docx(
        tmp_path / "old.docx",
        "0:0:3.0 --> 0:0:4.5\nSato Hanako\nhello\nthere",
        "0:1:5.0 --> 0:1:6.0\nKim\nyes",
    )
    read = sources.read_transcripts(tmp_path)
    assert (
        said(read, "new.docx")
        == said(read, "old.docx")
        == [("Sato Hanako", "hello\nthere"), ("Kim", "yes")]
    )
    assert read.turns["started_seconds"].tolist() == [3.0, 65.0, 3.0, 65.0]
    assert read.documents["text"].tolist() == ["hello\nthere\nyes"] * 2


def test_docx_with_tracked_changes_is_refused(tmp_path):
    write_docx(tmp_path / "d.docx", "Kim: yes")
    document = docx.Document(tmp_path / "d.docx")
    paragraph = document.paragraphs[0]._p
    inserted = paragraph.makeelement(
        "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}ins", {}
    )
    inserted.append(paragraph.r_lst[0])
    paragraph.append(inserted)
    document.save(tmp_path / "d.docx")
    with pytest.raises(SourceError, match="tracked changes; accept or reject"):
        sources.read_transcripts(tmp_path)


@pytest.mark.parametrize(
    "cue_id", ["1", "1f0a4f8e-7c7e-4a59-8f0d-0b3f2a1d7a6c-0", "1F0A4F8E-7c7e-4a59-8f0d-1/12-0"]
)
def test_ids_of_cues_in_docx_of_teams_are_no_words(tmp_path, cue_id):
    write_docx(
        tmp_path / "old.docx",
        f"{cue_id}\n0:0:3.0 --> 0:0:4.5\nSato Hanako\nroom 12",
        cue_id,
        "0:1:5.0 --> 0:1:6.0\nKim\n12",
    )
    read = sources.read_transcripts(tmp_path)
    assert said(read) == [("Sato Hanako", "room 12"), ("Kim", "12")]
    assert read.documents["front_matter"].tolist() == [0]


def test_head_and_end_of_a_docx_of_teams(tmp_path):
    write_docx(
        tmp_path / "t.docx",
        "Call with Sato",
        "July 2, 2026, 1:00PM",
        "17m 23s",
        "Kim started transcription",
        "Sato Hanako   0:03\nhello\nthere",
        "Kim   1:05\nyes",
        "Sato Hanako   1:15\nfine",
        "Kim stopped transcription",
    )
    read = sources.read_transcripts(tmp_path)
    assert said(read) == [
        ("Sato Hanako", "hello\nthere"),
        ("Kim", "yes"),
        ("Sato Hanako", "fine"),
    ]
    assert read.documents["front_matter"].tolist() == [4]
    assert any("1 line at the end" in str(note) for note in read.notes)


@pytest.mark.parametrize(
    "rows",
    [
        [("Speaker", "Text"), ("Ana", "How?"), ("Lee", "So."), ("Ana", "Ok.")],
        [("話者", "発言"), ("Ana", "How?"), ("Lee", "So."), ("Ana", "Ok.")],
        [("Time", "Speaker", "Text"), ("00:01", "Ana", "How?"), ("00:05", "Lee", "So."),
         ("00:09", "Ana", "Ok.")],
        [("No", "화자", "시간", "발화"), ("1", "Ana", "0:01", "How?"), ("2", "Lee", "0:05", "So."),
         ("3", "Ana", "0:09", "Ok.")],
    ],
)  # fmt: skip
def test_a_table_with_a_column_of_speakers(tmp_path, rows):
    document = docx.Document()
    table = document.add_table(rows=len(rows), cols=len(rows[0]))
    for row, cells in zip(table.rows, rows, strict=True):
        for cell, words in zip(row.cells, cells, strict=True):
            cell.text = words
    document.save(tmp_path / "d.docx")
    read = sources.read_transcripts(tmp_path)
    assert said(read) == [("Ana", "How?"), ("Lee", "So."), ("Ana", "Ok.")]
    assert read.documents["front_matter"].tolist() == [1]


def test_names_on_paragraphs_of_their_own_in_a_docx(tmp_path):
    write_docx(tmp_path / "d.docx", "Ana", "How?", "Lee", "So.", "Ana", "Ok.", "Lee", "Yes.")
    assert said(sources.read_transcripts(tmp_path)) == [
        ("Ana", "How?"),
        ("Lee", "So."),
        ("Ana", "Ok."),
        ("Lee", "Yes."),
    ]
