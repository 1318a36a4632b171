"""The workbook that a coder gets: what is in it, what is not, and what is never written over."""

import dataclasses
import re

import openpyxl
import pandas as pd
import pytest

from cxlib import interviews
from cxlib.errors import ColumnError, EmptyDataError, ParameterError
from cxlib.interviews.sheet_cells import MARK, WIDTH, Column

from ..hostile import PAYLOADS
from .conftest import read


@pytest.fixture
def corpus(folder):
    return read(folder)


def sheet_of(path):
    return openpyxl.load_workbook(path)


def cells(path, column):
    sheet = sheet_of(path)["coding"]
    at = [cell.value for cell in sheet[1]].index(f"{MARK}{column}")
    return [row[at] for row in sheet.iter_rows(min_row=3)]


def test_a_row_a_unit_in_the_order_of_the_interviews(corpus, tmp_path):
    path = interviews.write_sheet(corpus, tmp_path / "new" / "ana.xlsx", coder="Ana")
    assert [cell.value for cell in cells(path, Column.WORDS)] == [
        corpus.documents.set_index("document")["text"][unit.document][unit.start : unit.end]
        for name in corpus.documents["document"]
        for unit in corpus.units[corpus.units["document"] == name].itertuples()
    ]
    assert {cell.value for cell in cells(path, Column.CODER)} == {"Ana"}
    assert cells(path, Column.CODE)[0].value is None
    assert interviews.is_sheet(path)


def test_it_is_made_to_be_filled(corpus, tmp_path):
    path = interviews.write_sheet(corpus, tmp_path / "ana.xlsx", coder="Ana")
    book = sheet_of(path)
    sheet = book["coding"]
    (choice,) = sheet.data_validations.dataValidation
    rows = len(corpus.units) + 2
    assert (choice.formula1, str(choice.sqref)) == ("codebook!$A$2:$A$5", f"F3:H{rows}")
    assert not choice.showErrorMessage  # a new code may be typed
    assert sheet.freeze_panes == "A3"
    assert sheet.auto_filter.ref == f"A2:P{rows}"
    assert sheet.row_dimensions[1].hidden
    hidden = {
        sheet[f"{letter}1"].value
        for first, about in sheet.column_dimensions.items()
        if about.hidden
        for letter in [first]
    }
    assert f"{MARK}start" in hidden
    assert f"{MARK}words" not in hidden
    assert sheet.column_dimensions["E"].width >= WIDTH
    assert sheet.column_dimensions["I"].number_format == "@"  # neither a formula nor a date
    assert book["about"].sheet_state == "veryHidden"
    assert [sheet.title for sheet in book if sheet.sheet_state == "visible"] == [
        "coding",
        "codebook",
        "how",
    ]


def test_the_codebook_stands_beside_with_what_it_says(corpus, tmp_path):
    book = pd.DataFrame(
        {
            "name": ["late delivery", "=1+1"],
            "parent": "",
            "definition": ["Comes later than promised", None],
            "when_not": ["Lost", ""],
        }
    )
    path = interviews.write_sheet(corpus, tmp_path / "ana.xlsx", coder="Ana", codebook=book)
    rows = [[cell.value for cell in row] for row in sheet_of(path)["codebook"].iter_rows()]
    assert rows == [
        ["code", "definition", "when not"],
        ["late delivery", "Comes later than promised", "Lost"],
        ["=1+1", None, None],
    ]


def test_no_other_coders_codes_are_in_it(corpus, tmp_path):
    used = dataclasses.replace(
        corpus,
        codebook=pd.DataFrame(
            {"name": ["late delivery"], "theme": "", "kind": "", "definition": "", "example": ""}
        ),
        inputs={},
    )
    path = interviews.write_sheet(used, tmp_path / "ana.xlsx", coder="Ana")
    words = [str(c.value) for sheet in sheet_of(path) for row in sheet.iter_rows() for c in row]
    assert not any(word in ("late delivery", "森", "Kim") for word in words)


@pytest.mark.parametrize(
    "words", [*PAYLOADS.values(), "#N/A", "-1", "+1", "@x", "=1+1", "2026-01-02"]
)
def test_words_are_text_whatever_they_are(build, tmp_path, words):
    corpus = one_unit(build, words)
    book = pd.DataFrame({"name": ["x"], "definition": words})
    path = interviews.write_sheet(corpus, tmp_path / "a.xlsx", coder="Ana", codebook=book)
    (cell,) = cells(path, Column.WORDS)
    assert cell.data_type == "s"
    assert cell.number_format == "@"
    assert sheet_of(path)["codebook"]["B2"].data_type == "s"
    if words[0] in "=+-@":
        assert cell.quotePrefix


def one_unit(build, words, speaker="A"):
    corpus = build({"a.txt": 1}, [("a.txt", None, "", "Kim")])
    return dataclasses.replace(
        corpus,
        documents=corpus.documents.assign(text=words, characters=len(words)),
        units=corpus.units.assign(start=0, end=len(words), speaker=speaker),
    )


def test_a_long_unit_goes_on_in_rows_that_say_so(build, tmp_path):
    words = "待たされました。😀" * 8_000
    path = interviews.write_sheet(one_unit(build, words), tmp_path / "a.xlsx", coder="Ana")
    parts = [cell.value for cell in cells(path, Column.WORDS)]
    assert len(parts) > 1
    assert "".join(parts) == words
    assert [cell.value for cell in cells(path, Column.SPEAKER)] == [
        "A",
        *["A (continued)"] * (len(parts) - 1),
    ]
    assert {cell.value for cell in cells(path, Column.UNIT)} == {0}


def test_what_was_asked_stands_beside_the_answer(folder, tmp_path):
    corpus = read(folder, speakers={"interviewer": ["Ann", "聞き手", "상담원"]})
    path = interviews.write_sheet(corpus, tmp_path / "ana.xlsx", coder="Ana")
    asked = dict(
        zip(
            (cell.value for cell in cells(path, Column.DOCUMENT)),
            (cell.value for cell in cells(path, Column.BEFORE)),
            strict=True,
        )
    )
    assert asked == {
        "one.vtt": "How was the delivery?",
        "二.srt": "配送はいかがでしたか。",
        "셋.docx": "배송은 어떠셨어요?",
        "four.txt": "And the delivery?",
    }


def test_a_code_that_cannot_be_told_from_two_is_refused(corpus, tmp_path):
    for name in ("late; lost", "late； lost", "late\nlost"):
        book = pd.DataFrame({"name": [name]})
        with pytest.raises(ParameterError, match="stands between codes"):
            interviews.write_sheet(corpus, tmp_path / "a.xlsx", coder="Ana", codebook=book)
    with pytest.raises(ColumnError, match="no column 'name'"):
        interviews.write_sheet(
            corpus, tmp_path / "a.xlsx", coder="Ana", codebook=pd.DataFrame({"code": ["x"]})
        )
    assert not list(tmp_path.glob("*.xlsx"))


def test_arguments_are_checked(corpus, tmp_path):
    with pytest.raises(ParameterError, match="names nobody"):
        interviews.write_sheet(corpus, tmp_path / "a.xlsx", coder="  ")
    with pytest.raises(ParameterError, match=r"must end in \.xlsx"):
        interviews.write_sheet(corpus, tmp_path / "a.csv", coder="Ana")
    with pytest.raises(EmptyDataError, match="no units"):
        interviews.write_sheet(
            dataclasses.replace(corpus, units=corpus.units.iloc[:0]),
            tmp_path / "a.xlsx",
            coder="Ana",
        )


def test_nobodys_work_is_written_over(corpus, tmp_path):
    path = tmp_path / "ana.xlsx"
    interviews.write_sheet(corpus, path, coder="Ana")
    interviews.write_sheet(corpus, path, coder="Ana")  # nothing was filled in
    with pytest.raises(ParameterError, match="is the sheet of 'Ana', not of 'Ben'"):
        interviews.write_sheet(corpus, path, coder="Ben")
    for column in ("F", "I", "J", "K"):
        book = sheet_of(path)
        book["coding"][f"{column}4"] = "mine"
        book.save(tmp_path / "filled.xlsx")
        before = (tmp_path / "filled.xlsx").read_bytes()
        with pytest.raises(ParameterError, match=r"filled 1 of its cells.*'filled 2\.xlsx'"):
            interviews.write_sheet(corpus, tmp_path / "filled.xlsx", coder="Ana")
        assert (tmp_path / "filled.xlsx").read_bytes() == before
    other = tmp_path / "other.xlsx"
    pd.DataFrame({"document": ["x"]}).to_excel(other, index=False)
    with pytest.raises(ParameterError, match="is no sheet of cxlib"):
        interviews.write_sheet(corpus, other, coder="Ana")
    assert sorted(p.name for p in tmp_path.iterdir() if re.search("part|^\\.", p.name)) == []


def test_each_row_is_as_high_as_its_words(build, tmp_path):
    path = interviews.write_sheet(
        one_unit(build, "待たされました。\n" * 5 + "x" * 3 * WIDTH),
        tmp_path / "a.xlsx",
        coder="Ana",
    )
    assert sheet_of(path)["coding"].row_dimensions[3].height >= 8 * 15
    path = interviews.write_sheet(one_unit(build, "語\n" * 900), tmp_path / "b.xlsx", coder="Ana")
    heights = [about.height for _, about in sheet_of(path)["coding"].row_dimensions.items()]
    assert max(filter(None, heights)) <= 409  # Excel's highest row
