"""Layouts are found, or chosen; where a row may be a header or an answer, the reader asks."""

import pytest

from cxlib.errors import ParameterError, SourceError
from cxlib.sources import layouts, read_survey
from tests.sources.test_header_rows import SCORES, answers, read

DOUBTFUL = [["score", "why"], ["Punkte", "Grund"], [9, "gut"], [3, "schlecht"], [10, "prima"]]


def test_a_row_that_may_be_either_is_refused_and_both_ways_out_work(tmp_path):
    with pytest.raises(SourceError, match=r"row 2 may be .* header=2 if .* header=1 if"):
        read(tmp_path, DOUBTFUL)
    assert read(tmp_path, DOUBTFUL, header=2).frame["score"].tolist() == [9, 3, 10]
    assert read(tmp_path, DOUBTFUL, header=2).questions == {"score": "Punkte", "why": "Grund"}
    assert read(tmp_path, DOUBTFUL, header=1).frame["score"].tolist() == ["Punkte", "9", "3", "10"]


@pytest.mark.parametrize("header", [0, 4, -1, True, "2"])
def test_a_number_of_header_rows_that_no_survey_has_is_refused(tmp_path, header):
    with pytest.raises(ParameterError, match="1, 2 or 3"):
        read(tmp_path, DOUBTFUL, header=header)


@pytest.mark.parametrize(
    "rows",
    [
        answers(),
        [[9], [10], [9], [3]],
        [["Anna", 9], ["Ben", 10], ["Cem", 9], ["Dee", 8]],
        [["R1", 3, 4, 5], ["R2", 1, 2, 3], ["R3", 5, 5, 5]],
    ],
)
def test_a_file_without_names_is_refused_and_the_advice_works(tmp_path, rows):
    with pytest.raises(SourceError, match=r"first row .* reads like an answer"):
        read(tmp_path, rows)
    names = [f"column {place}" for place in range(len(rows[0]))]
    assert len(read(tmp_path, [names, *rows]).frame) == len(rows)
    assert len(read(tmp_path, rows, header=1).frame) == len(rows) - 1


@pytest.mark.parametrize(
    "rows",
    [
        [["customer", 2024, 2025], ["a", 1, 2], ["b", 3, 4]],
        [list(range(11)), [5, 9] + [20] * 9, [7, 8] + [30] * 9],
        [["respondent", 1, 2, 3], ["R1", 1, 2, 3], ["R2", 3, 3, 3]],
        [["a"], [1]],
    ],
)
def test_names_that_are_numbers_are_names(tmp_path, rows):
    assert len(read(tmp_path, rows).frame) == len(rows) - 1


def test_header_and_layout_that_contradict_the_file_are_refused(tmp_path):
    names = ["ResponseId", "at", "Q1", "shop"]
    rows = [names, names, ["{'ImportId': 'a'}"] * 4, *answers()]
    assert read(tmp_path, rows).frame["Q1"].tolist() == SCORES
    assert read(tmp_path, rows, header=3).frame["Q1"].tolist() == SCORES
    with pytest.raises(SourceError, match="leave header=None"):
        read(tmp_path, rows, header=2)
    assert len(read(tmp_path, rows, layout="plain").frame) == 13  # one repeats the names
    assert len(read(tmp_path, rows, layout="plain", header=3).frame) == 12
    with pytest.raises(SourceError, match="header=1, 2 or 3"):
        read(tmp_path, answers(), layout="qualtrics")
    monkey = [["id", "Which?", ""], ["", "shop", "app"], [1, "x", ""], [2, "", "x"]]
    with pytest.raises(SourceError, match="leave header=None"):
        read(tmp_path, monkey, layout="surveymonkey", header=1)


def test_a_sheet_is_chosen_by_name_or_number(tmp_path):
    import openpyxl

    book = openpyxl.Workbook()
    for title, score in (("first", 1), ("second", 9)):
        sheet = book.create_sheet(title)
        sheet.append(["id", "score"])
        sheet.append(["a", score])
    del book["Sheet"]
    book.save(tmp_path / "s.xlsx")
    for sheet in ("second", 2):
        assert read_survey(tmp_path / "s.xlsx", sheet=sheet).frame["score"].tolist() == [9]
    with pytest.raises(ParameterError, match="sheet='third'"):
        read_survey(tmp_path / "s.xlsx", sheet="third")
    with pytest.raises(ParameterError, match="leave sheet=None"):
        read(tmp_path, DOUBTFUL, sheet="second")
    read_survey(tmp_path / "s.xlsx", sheet=2).frame.to_parquet(tmp_path / "s.parquet")
    with pytest.raises(ParameterError, match="leave header=None"):
        read_survey(tmp_path / "s.parquet", header=2)


@pytest.mark.parametrize("header", [2, 3])
@pytest.mark.parametrize("more", [[], ["c0"], ["2026-01-01", "c0"]])
def test_rows_of_answers_are_not_taken_for_headers_where_that_is_asked(header, more):
    names = ["score", "wave", *(["when", "why"][-len(more) :] if more else [])]
    rows = [names, *([str(score), "2026Q1", *more] for score in (10, 9, 9, 10, 4, 9))]
    with pytest.raises(SourceError, match=f"header={header}: row 2 .* holds answers, such as '10'"):
        layouts.find_headers(rows, "auto", "s.csv", header)


def test_a_second_row_of_words_or_options_may_be_asked_for():
    words = [["q1", "wave"], ["Likely", "Wave"], ["10", "1"], ["9", "1"]]
    assert layouts.find_headers(words, "auto", "s.csv", 2).rows == 2
    options = [["id", "q", ""], ["", "0", "1"], ["1", "0", ""], ["2", "", "1"]]
    assert layouts.find_headers(options, "plain", "s.csv", 2).rows == 2
