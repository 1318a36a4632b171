"""A file with one row a question is refused, with the condition that picks one."""

import pytest

from cxlib.errors import SourceError
from tests.sources.test_header_rows import read


@pytest.mark.parametrize(
    ("names", "questions"),
    [
        (["respondent", "question", "answer"], ["Q1", "Q2", "Q3"]),
        (["Respondent ID", "Question Text", "Response"], ["How likely?", "How easy?"]),
        (["回答者", "設問", "回答"], ["推奨度", "満足度"]),
        (["응답자", "문항", "응답"], ["추천", "만족"]),
    ],
)
def test_one_row_a_question_is_refused_with_the_condition(tmp_path, names, questions):
    rows = [[f"R{i}x", question, i % 11] for i in range(20) for question in questions]
    with pytest.raises(SourceError, match="one row a question") as refused:
        read(tmp_path, [names, *rows])
    assert repr(f"\"{names[1]}\" = '{questions[0]}'") in str(refused.value)
    one = [row for row in rows if row[1] == questions[0]]  # what the condition leaves
    assert len(read(tmp_path, [names, *one]).frame) == 20
    assert len(read(tmp_path, [names, *rows], layout="plain").frame) == len(rows)


def test_a_panel_is_no_long_file(tmp_path):
    rows = [[f"C{i}x", wave, i % 11] for i in range(20) for wave in ("2026Q1", "2026Q2")]
    assert len(read(tmp_path, [["customer", "wave", "score"], *rows]).frame) == 40
