"""What `cx describe` says of a notebook's parameters."""

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
