"""A notebook's file is read without nbformat."""

import pytest

from cxlib.errors import ParameterError, SourceError
from cxlib.report.notebook import Cell, Notebook, defaults, load_model, read_notebook
from tests.report.models import Parameters
from tests.report.writing import DEFAULTS, in_parameters_cell, write


def test_defaults_are_the_notebooks_own_also_with_modern_annotations():
    notebook = Notebook((Cell("code", "x = 1"), in_parameters_cell(DEFAULTS).cells[0]))
    assert defaults(notebook) == {
        "survey": "../data/survey.csv",
        "wave": None,
        "scale": (0, 10),
        "top": None,
        "columns": {"respondent": "顧客番号"},
        "channel": "電話",
    }


@pytest.mark.parametrize(
    ("source", "message"), [("%time\nx = 1", "line 1"), ("x = today()", "x is set to today()")]
)
def test_a_parameters_cell_that_is_not_plain_is_refused(source, message):
    with pytest.raises(ParameterError, match=message.replace("(", r"\(").replace(")", r"\)")):
        defaults(in_parameters_cell(source))


@pytest.mark.parametrize(
    "content", ["", "[]", "{}", "not json", '{"cells": 3}', '{"cells": [{}]}', "[" * 100_000]
)
def test_a_file_that_is_no_notebook_is_refused(tmp_path, content):
    path = tmp_path / "x.ipynb"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(SourceError, match="is not a notebook"):
        read_notebook(path)


def test_a_written_notebook_names_its_model(tmp_path):
    path = write(tmp_path / "n.ipynb", [], model="tests.report.models:Parameters")
    assert load_model(read_notebook(path)) is Parameters
    assert load_model(Notebook()) is None
