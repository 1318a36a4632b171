"""Rows that add up the others, or repeat the headers, are no answers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxlib.errors import SourceError
from cxlib.sources import LeftOut
from tests.sources.test_header_rows import SCORES, answers, read

NAMES = ["id", "at", "score", "shop"]
SUM, MEAN = sum(SCORES), round(sum(SCORES) / len(SCORES), 2)


@pytest.mark.parametrize(
    "total",
    [
        ["Total", "", SUM, ""],
        ["Grand total:", "", SUM, ""],
        ["合計", "", SUM, ""],
        ["합계", "", f"{SUM}", ""],
        ["Summe", "", SUM, ""],
        ["Average", "", MEAN, ""],
        ["平均", "", MEAN, ""],
        ["Total (n=12)", "", 12, ""],
        ["Total", "", "", ""],
        ["Total", "", "100 %", ""],
        ["Sum", "", "=SUM(C2:C13)", ""],
        ["NPS", "", 16.7, ""],  # 6 of 12 answer 9 or 10, 4 answer 6 or less
        ["", "", SUM, ""],
    ],
)
def test_a_row_of_totals_is_left_out_and_told(tmp_path, total):
    for rows in ([*answers(), total], [total, *answers()]):
        if rows[0] is total and (not total[0] or str(total[2])[:1] == "="):
            continue
        survey = read(tmp_path, [NAMES, *rows])
        assert survey.frame["score"].tolist() == SCORES
        assert survey.left_out == {LeftOut.TOTAL: 1}
        assert any("add up the others: 1" in str(note) for note in survey.notes)


def test_several_rows_of_totals_are_left_out(tmp_path):
    rows = [*answers(), ["Total", "", SUM, ""], ["Average", "", MEAN, ""]]
    assert read(tmp_path, [NAMES, *rows]).left_out == {LeftOut.TOTAL: 2}


def test_a_total_that_does_not_add_up_is_refused(tmp_path):
    with pytest.raises(SourceError, match="reads like a total"):
        read(tmp_path, [NAMES, *answers(), ["Total", "", 4711, ""]])


@pytest.mark.parametrize("last", [["Total", "2026-05-01", 9, "Nord"], ["R_99", "", 10, "total"]])
def test_an_answer_of_somebody_called_total_stays(tmp_path, last):
    assert len(read(tmp_path, [NAMES, *answers(), last]).frame) == 13


@given(st.lists(st.tuples(st.integers(0, 10), st.sampled_from("AB")), min_size=1, max_size=40))
def test_no_answer_is_a_total(tmp_path_factory, answered):
    rows = [[f"r{i}z", score, shop] for i, (score, shop) in enumerate(answered)]
    survey = read(tmp_path_factory.mktemp("s"), [["id", "score", "shop"], *rows])
    assert (len(survey.frame), survey.left_out) == (len(rows), {})


def test_headers_between_exports_put_together_are_left_out_and_told(tmp_path):
    for layout in ("auto", "plain"):
        survey = read(tmp_path, [NAMES, *answers(), NAMES, *answers()], layout=layout)
        assert survey.frame["score"].tolist() == SCORES * 2
        assert any("repeat the header: 1" in str(note) for note in survey.notes)
    ids = [f"{{'ImportId': '{name}'}}" for name in NAMES]
    block = [NAMES, ["", "", "How likely?", ""], ids, *answers()]
    assert read(tmp_path, [*block, *block]).frame["score"].tolist() == SCORES * 2


@pytest.mark.parametrize("word", ["Total", "合計", "합계", "Gesamt"])
def test_a_word_for_a_total_among_numbers_of_people_is_no_answer(tmp_path, word):
    rows = [[k, score, "2026Q1"] for k, score in enumerate(SCORES)]
    survey = read(tmp_path, [["id", "score", "wave"], *rows, [word, 10, "2026Q1"]])
    assert survey.frame["score"].tolist() == SCORES
    assert survey.left_out == {LeftOut.TOTAL: 1}


def test_a_last_row_without_an_id_whose_number_is_the_mean_is_flagged(tmp_path):
    rows = [[k, score, "2026Q1"] for k, score in enumerate(SCORES)]
    mean = round(sum(SCORES) / len(SCORES))
    survey = read(tmp_path, [["id", "score", "wave"], *rows, ["", mean, "2026Q1"]])
    assert len(survey.frame) == len(SCORES) + 1
    assert "may sum up the others" in str(survey.warnings[0])
    other = read(tmp_path, [["id", "score", "wave"], *rows, ["", 0, "2026Q1"]])
    assert not other.warnings
