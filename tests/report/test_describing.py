"""What `cx describe` says of a notebook's parameters."""

import pytest

from cxlib.report.describing import describe
from cxlib.report.notebook import read_notebook
from tests.report.models import Parameters
from tests.report.writing import project


def test_describe_says_type_default_and_meaning(tmp_path):
    root = project(tmp_path)
    rows = {
        row.name: row
        for row in describe(read_notebook(root / "notebooks" / "03_nps.ipynb"), model=Parameters)
    }
    shown = [name for name in rows if "." not in name]
    assert (shown[0], sorted(shown)) == ("survey", sorted(Parameters.model_fields))
    assert (rows["columns"].kind, rows["columns"].default) == ("mapping", "{respondent: 顧客番号}")
    assert rows["columns.respondent"].default == "顧客番号"
    assert rows["columns.respondent"].meaning == "column that says who answered"
    assert (rows["columns.comment"].kind, rows["columns.comment"].default) == (
        "text or None",
        "None",
    )
    assert (rows["survey"].kind, rows["survey"].default) == ("file", "../data/survey.csv")
    assert rows["scale"].kind == "whole number, whole number"
    assert rows["by"].kind == "list of text"
    assert rows["folder"].kind == "folder or None"
    assert rows["top"].kind == "whole number at least 1 or None"
    assert rows["method"].kind == "tango or wald"
    assert rows["gap_days"].kind == "number above 0"
    assert rows["margin"].kind == "number above 0 and at most 200 or None"
    assert rows["wave"].meaning == "wave of the headline"


@pytest.mark.parametrize(
    ("language", "kinds"),
    [
        ("ja", ("ファイル", "整数（1以上）またはNone", "数値（0より大きい、200以下）またはNone")),
        ("ko", ("파일", "정수(1 이상) 또는 None", "수(0 초과 및 200 이하) 또는 None")),
    ],
)
def test_types_and_meanings_are_in_the_language(tmp_path, language, kinds):
    notebook = read_notebook(project(tmp_path) / "notebooks" / "03_nps.ipynb")
    rows = {row.name: row for row in describe(notebook, model=Parameters, language=language)}
    assert tuple(rows[name].kind for name in ("survey", "top", "margin")) == kinds
    english = describe(notebook, model=Parameters)
    assert rows["language"].meaning not in {row.meaning for row in english}
