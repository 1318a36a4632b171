"""Which sheet is read is said, or asked where another can be meant."""

from __future__ import annotations

import openpyxl
import pytest

from cxlib.errors import EmptyDataError, ParameterError, SourceError
from cxlib.sources import read_survey
from cxlib.sources.headers import read_header
from cxlib.sources.sheets import read_sheets

HEADER = ["id", "wave", "score"]


def answers(n, wave="2026Q2"):
    return [HEADER, *([k, wave, k % 11] for k in range(n))]


def workbook(folder, sheets, hidden=()):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
        sheet.sheet_state = "hidden" if title in hidden else "visible"
    if len(hidden) == len(sheets):
        book.create_sheet("empty")
    book.save(folder / "s.xlsx")
    return folder / "s.xlsx"


def test_a_sheet_that_may_be_an_example_is_never_read_in_silence(tmp_path):
    path = workbook(tmp_path, {"Example": answers(2), "Responses": answers(120)})
    with pytest.raises(SourceError, match=r"sheet='Responses' \(the largest\); or save") as refusal:
        read_survey(path)
    assert "'Example' (about 2 rows) and 'Responses' (about 120 rows)" in str(refusal.value)
    assert "'*'" not in str(refusal.value)  # the example would be counted
    survey = read_survey(path, sheet="Responses")
    assert len(survey.frame) == 120
    assert any("'Responses'; not from 'Example'" in str(note) for note in survey.notes)
    assert len(read_survey(path, sheet=1).frame) == 2
    with pytest.raises(SourceError, match="the same header"):
        read_header(path)
    assert read_header(path, sheet="Responses").names == HEADER


def test_sheets_with_the_same_header_are_read_as_one_when_asked(tmp_path):
    path = workbook(
        tmp_path,
        {
            "About": [["NPS by quarter"]],
            "Q2": answers(40, "2026Q2"),
            "Q3": [[row[2], row[0], row[1]] for row in answers(60, "2026Q3")],  # other order
            "Codes": [["code", "meaning"], [0, "not at all"]],
        },
    )
    with pytest.raises(SourceError, match="choose with"):
        read_survey(path)
    survey = read_survey(path, sheet="*")
    assert survey.frame["wave"].value_counts().to_dict() == {"2026Q2": 40, "2026Q3": 60}
    assert survey.frame["score"].tolist() == [k % 11 for n in (40, 60) for k in range(n)]
    assert any("2 sheets as one: 'Q2' and 'Q3'" in str(note) for note in survey.notes)
    assert read_header(path, sheet="*").names == HEADER


@pytest.mark.parametrize("first", ["9", "good"])
def test_the_first_answer_of_every_sheet_is_an_answer(tmp_path, first):
    path = workbook(
        tmp_path, {"a": [["q"], [first], ["well"]], "b": [["q"], [first], ["bad"], ["ok"]]}
    )
    assert len(read_survey(path, sheet="*").frame) == 5


def test_header_rows_of_qualtrics_stand_once(tmp_path):
    header = [
        ["Q1", "Q2"],
        ["How likely?", "Why?"],
        ['{"ImportId":"QID1"}', '{"ImportId":"QID2"}'],
    ]
    path = workbook(tmp_path, {"a": [*header, [9, "x"]], "b": [*header, [7, "y"], [8, "z"]]})
    survey = read_survey(path, sheet="*")
    assert survey.frame["Q1"].tolist() == [9, 7, 8]


def test_hidden_sheets_never_win(tmp_path):
    path = workbook(tmp_path, {"Old": answers(50), "Now": answers(5)}, hidden=["Old"])
    survey = read_survey(path)
    assert len(survey.frame) == 5
    assert any("hidden sheets were not read: 'Old'" in str(note) for note in survey.notes)
    assert any("'Old'" in str(warning) for warning in survey.warnings)
    assert len(read_survey(path, sheet="Old").frame) == 50
    assert len(read_survey(path, sheet="*").frame) == 5
    path = workbook(tmp_path, {"Old": answers(50)}, hidden=["Old"])
    with pytest.raises(SourceError, match=r"are hidden .*sheet='Old'"):
        read_survey(path)


def test_a_cover_sheet_before_the_answers_is_asked_about_and_one_after_is_said(tmp_path):
    cover = [["Customer survey"], ["made by", "Ann"]]
    path = workbook(tmp_path, {"Cover": cover, "Data": answers(30)})
    with pytest.raises(SourceError, match=r"'Cover' comes first, but 'Data' .*sheet='Data'"):
        read_survey(path)
    survey = read_survey(workbook(tmp_path, {"Data": answers(30), "Cover": cover}))
    assert any("not from 'Cover'" in str(note) for note in survey.notes)
    assert survey.warnings == ()


@pytest.mark.parametrize(
    ("sheet", "message"),
    [
        ("Respons", "did you mean 'Responses'"),
        (3, "no such sheet"),
        (0, "no such sheet"),
        (True, "no such sheet"),
        ("Blank", "is empty"),
    ],
)
def test_a_sheet_that_is_not_there_is_refused(tmp_path, sheet, message):
    path = workbook(tmp_path, {"Responses": answers(3), "Blank": []})
    with pytest.raises(ParameterError, match=message):
        read_survey(path, sheet=sheet)


def test_a_number_names_a_sheet_that_is_called_so(tmp_path):
    path = workbook(tmp_path, {"2025": answers(3), "2026": answers(4)})
    assert len(read_survey(path, sheet=2026).frame) == 4
    assert len(read_survey(path, sheet=1).frame) == 3


def test_only_a_workbook_has_sheets(tmp_path):
    (tmp_path / "s.csv").write_text("a\n1\n")
    with pytest.raises(ParameterError, match="has no sheets"):
        read_survey(tmp_path / "s.csv", sheet="Q1")


def test_a_name_that_stands_twice_in_another_order_is_refused(tmp_path):
    path = workbook(
        tmp_path, {"a": [["q", "q", "r"], [1, 2, 3]], "b": [["r", "q", "q"], [1, 2, 3]]}
    )
    with pytest.raises(SourceError, match="a column name twice"):
        read_survey(path, sheet="*")


def test_nothing_is_refused(tmp_path):
    path = workbook(tmp_path, {"a": [], "b": [[None]]})
    with path.open("rb") as file, pytest.raises(EmptyDataError, match="no sheet with content"):
        read_sheets(file, name="s.xlsx", sheet=None)
