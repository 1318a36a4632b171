"""Rows of headers are told from answers by what stands in them, for products never seen too."""

import csv
import io

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import SourceError
from cxlib.sources import read_survey

DAYS = [f"2026-05-{day:02} 10:00:00" for day in range(1, 13)]
SCORES = [0, 10, 7, 9, 10, 3, 8, 9, 6, 10, 5, 9]
IMPORT_IDS = [
    '{"ImportId":"%s"}',
    '{"ImportId": "%s", "timeZone": "Asia/Tokyo"}',
    "{'ImportId': '%s'}",
    '{""ImportId"":""%s""}',
    '"{""ImportId"":""%s""}"',
    r"{\"ImportId\":\"%s\"}",
    "{ImportId: %s}",
    '{"importId":"%s"}',
]


def read(folder, rows, **how):
    buffer = io.StringIO()
    csv.writer(buffer).writerows(rows)
    path = folder / "s.csv"
    path.write_text(buffer.getvalue(), encoding="utf-8")
    return read_survey(path, **how)


def answers(n=12):
    return [[f"R_{i}x", DAYS[i], SCORES[i], ("Nord", "Süd")[i % 2]] for i in range(n)]


@pytest.mark.parametrize("ids", IMPORT_IDS)
@pytest.mark.parametrize("first", ["9. How likely are you to recommend us?", "How likely?"])
@pytest.mark.parametrize("n", [1, 2, 12])
def test_import_ids_however_they_are_quoted(tmp_path, ids, first, n):
    names = ["ResponseID", "StartDate", "Q9", "Q10"]
    rows = [
        names,
        ["Response ID", "StartDate", first, "Which shop?"],
        [ids % name for name in names],
        *answers(n),
    ]
    survey = read(tmp_path, rows)
    assert (survey.layout, len(survey.frame), survey.questions["Q9"]) == ("qualtrics", n, first)
    assert survey.frame["Q9"].tolist() == SCORES[:n]


SECOND_ROWS = {
    "old Qualtrics": (
        ["V1", "V8", "Q9", "Q10"],
        ["ID", "Date", "How likely?", "Shop"],
    ),
    "numbered question": (["id", "at", "Q9", "Q10"], ["", "", "10. How likely are you to go?", ""]),
    "repeats the names": (["id", "at", "score", "shop"], ["id", "at", "score", "shop name"]),
    "Japanese": (["ID", "日時", "Q9", "Q10"], ["", "", "どのくらいおすすめしますか", "店舗"]),
    "kind of question": (["ID", "日時", "Q9", "Q10"], ["", "", "【単一回答】", "【複数回答】"]),
    "full-width number": (
        ["ID", "日時", "Q9", "Q10"],
        ["番号", "日", "９．おすすめ度は？", ""],
    ),
    "Korean": (["번호", "일시", "Q9", "Q10"], ["응답자", "응답일", "추천하시겠습니까?", "매장"]),
    "German": (
        ["lfdn", "datum", "v_9", "v_10"],
        ["Nr.", "Tag", "Weiterempfehlung", "Filiale"],
    ),
    "long sentence": (["a", "b", "c", "d"], ["", "", "Please rate how likely you are to tell", ""]),
    "numbered in Spanish": (["a", "b", "c", "d"], ["", "", "9) ¿Nos recomendaría?", "Tienda"]),
    "labels": (["id", "at", "score", "shop"], ["Respondent", "Date", "Recommendation", "Shop"]),
}


@pytest.mark.parametrize(("names", "second"), SECOND_ROWS.values(), ids=SECOND_ROWS)
def test_a_second_row_of_headers_is_none_of_the_answers(tmp_path, names, second):
    survey = read(tmp_path, [names, second, *answers()])
    assert len(survey.frame) == 12
    assert list(survey.frame.columns) == names
    assert survey.frame[names[2]].tolist() == SCORES
    assert survey.questions[names[2]] == (second[2] or names[2])
    assert "2 header rows" in str(survey.notes[0])


@pytest.mark.parametrize(("names", "second"), SECOND_ROWS.values(), ids=SECOND_ROWS)
def test_a_third_row_too(tmp_path, names, second):
    third = ["", "", "Response to the question", "Open-Ended Response"]
    survey = read(tmp_path, [names, second, third, *answers()])
    assert survey.frame[names[2]].tolist() == SCORES


FIRST_ANSWERS = {
    "numbers": ["R_9y", DAYS[0], 10, "West"],
    "a label": ["R_9y", DAYS[0], "10 - Extremely likely", "West"],
    "no answer": ["R_9y", DAYS[0], "N/A", "West"],
    "missing": ["R_9y", DAYS[0], "", "Why so slow?"],
    "a question in the comment": ["R_9y", DAYS[0], 9, "When will you open in Berlin? Where?"],
    "nothing but the comment": ["", "", "", "Please call me back. When?"],
    "words": ["R_9y", DAYS[0], "eleven", "West"],
    "full width": ["R_9y", "2026年5月1日", "１０点", "West"],
}


@pytest.mark.parametrize("first", FIRST_ANSWERS.values(), ids=FIRST_ANSWERS)
def test_a_first_answer_is_not_taken_for_a_header(tmp_path, first):
    survey = read(tmp_path, [["id", "at", "score", "shop"], first, *answers()])
    assert (survey.layout, len(survey.frame)) == ("plain", 13)
    assert "1 header row." in str(survey.notes[0])


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10),
            st.sampled_from(["JP", "KR", "US"]),
            st.text("ab?？ 9ですか.", max_size=12),
        ),
        min_size=3,
        max_size=60,
    )
)
def test_no_answer_with_a_score_is_ever_a_header(tmp_path_factory, answered):
    names = ["id", "score", "country", "comment"]
    rows = [[f"r{i}z", *answer] for i, answer in enumerate(answered)]
    survey = read(tmp_path_factory.mktemp("s"), [names, *rows])
    assert survey.frame["score"].tolist() == [score for score, *_ in answered]


@given(
    st.lists(st.integers(0, 10), min_size=4, max_size=70),
    st.sampled_from(
        ["How likely are you to recommend us?", "10. How likely?", "推奨度をお答えください"]
    ),
    st.booleans(),
)
def test_a_question_over_scores_never_counts(tmp_path_factory, scores, question, with_ids):
    names, second = ["Respondent", "Q1"], ["", question]
    if with_ids:
        rows = [[f"R{i}", score] for i, score in enumerate(scores)]
    else:
        names, second, rows = names[1:], second[1:], [[score] for score in scores]
    survey = read(tmp_path_factory.mktemp("s"), [names, second, *rows])
    assert survey.frame["Q1"].tolist() == scores


LABELS = ["Very satisfied", "Satisfied", "Neutral", "Very satisfied"]
ENDS = ["Not at all likely", "5", "8", "Extremely likely"]


@pytest.mark.parametrize(
    ("names", "second", "row"),
    [
        (["Q1", "Q2"], ["How satisfied are you?", "Would you come again?"], [LABELS, "yyny"]),
        (["Q1", "region"], ["How satisfied are you?", "Region"], [LABELS, "NSNS"]),
        (["id", "Q1"], ["Respondent", "How likely are you to go?"], ["", ENDS]),
        (["id", "Q1", ""], ["id", "Response", "Other"], ["", LABELS, LABELS]),
    ],
)
def test_questions_over_words_are_headers_too(tmp_path, names, second, row):
    rows = [[cells[i % 4] if cells else f"R{i}x" for cells in row] for i in range(40)]
    survey = read(tmp_path, [names, second, *rows])
    assert len(survey.frame) == 40
    assert list(survey.questions.values()) == second


def test_options_under_empty_names_are_part_of_the_name(tmp_path):
    names, second = ["id", "Which?", ""], ["id", "Shop", "Other"]
    survey = read(tmp_path, [names, second, *[[f"R{i}x", "x", "y"] for i in range(4)]])
    assert list(survey.frame.columns) == ["id", "Which?", "Which? - Other"]


def test_names_that_nobody_else_has_are_doubtful(tmp_path):
    rows = [[("JP", "KR", "US")[i % 3], ("ja", "ko", "en")[i % 3]] for i in range(40)]
    with pytest.raises(SourceError, match="row 2 may be"):
        read(tmp_path, [["country", "language"], ["FI", "fi"], *rows])
    assert len(read(tmp_path, [["country", "language"], ["FI", "fi"], *rows], header=1).frame) == 41
    with pytest.raises(SourceError, match="first row"):
        read(tmp_path, [[a, "xyz"[i % 2]] for i, (a, _) in enumerate(rows)])


def test_what_is_ticked_has_the_name_of_its_option(tmp_path):
    rows = [["E-mail", "E-mail", "Phone"], ["E-mail", "", "Phone"], ["", "E-mail", ""]] * 2
    names = ["E-mail", "Call", "Phone"]
    assert len(read(tmp_path, [names, *rows]).frame) == 6
    all_ticked = [names, names, ["", "", "Phone"]]
    assert len(read(tmp_path, [names, *all_ticked]).frame) == 3
    with_ids = [[i, *row] for i, row in enumerate(rows)]
    assert len(read(tmp_path, [["id", *names], *with_ids]).frame) == 6
    assert len(read(tmp_path, [["id", *names], ["id", *names], *with_ids]).frame) == 6


@pytest.mark.parametrize("rows", [[0], [1], [0, 1]])
@pytest.mark.parametrize("ids", IMPORT_IDS)
def test_headers_among_the_rows_of_a_table_are_refused(ids, rows, tmp_path):
    heads = ["9. How likely are you to recommend us?", ids % "QID9"]
    cells = [*map(str, SCORES), *(heads[row] for row in rows), "9. Very likely", None]
    pd.DataFrame({"Q9": cells}).to_parquet(tmp_path / "s.parquet")
    survey = read_survey(tmp_path / "s.parquet")
    with pytest.raises(SourceError, match="rows of it are headers of the export") as refused:
        survey.refuse_headers("Q9")
    assert repr(heads[rows[0]]) in str(refused.value)


def test_answers_that_ask_or_have_numbers_are_no_headers(tmp_path):
    cells = [
        "9. Very likely",
        "10. Would buy?",
        "7? I am not sure about this",
        "Why do you ask me?",
    ]
    pd.DataFrame({"Q9": cells, "n": range(4)}).to_parquet(tmp_path / "s.parquet")
    survey = read_survey(tmp_path / "s.parquet")
    for column in ("Q9", "n", "absent"):
        survey.refuse_headers(column)
