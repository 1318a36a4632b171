"""What cxlib marked in a notebook's outputs is found again."""

from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output

from cxlib.report import outputs

FINDING = '<div class="cx-finding"><p>Yes.</p></div>'


@pytest.mark.parametrize(
    ("data", "metadata", "shown"),
    [
        ({"text/html": FINDING}, {}, True),
        ({"image/png": ""}, {}, True),
        ({"image/svg+xml": "<svg/>"}, {}, True),
        ({"text/html": "<table/>", "text/csv": "a"}, {}, True),
        ({"text/html": "<table/>", "text/csv": "a"}, {"text/csv": {"ledger": True}}, True),
        ({"text/html": "<table/>", "text/csv": "a"}, {"text/csv": {"read": True}}, False),
        ({"text/html": "<div class='cx-say'>a</div>"}, {}, False),
        ({"text/plain": "3"}, {}, False),
    ],
)
def test_what_a_result_is(data, metadata, shown):
    output = new_output("display_data", data, metadata=metadata)
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[output])])
    assert outputs.shows_result(notebook) is shown


def test_what_is_said_on_standard_output_is_no_result():
    printed = [new_output("stream", text="x"), new_output("error", ename="E", evalue="e")]
    assert not outputs.shows_result(new_notebook(cells=[new_code_cell("x", outputs=printed)]))


def test_the_subject_is_the_last_that_was_read():
    def read(subject):
        mark = {"text/csv": {"read": True, "subject": subject}}
        return new_code_cell(
            "x", outputs=[new_output("display_data", {"text/csv": ""}, metadata=mark)]
        )

    assert outputs.subject(new_notebook(cells=[read("a"), read("b")])) == "b"
    assert outputs.subject(new_notebook(cells=[read(None)])) is None
    assert outputs.subject(new_notebook(cells=[new_code_cell("x")])) is None


def test_what_a_notebook_wrote_is_known_and_not_told():
    mark = {"text/plain": {"wrote": {"/a/b.xlsx": "0" * 64}}}
    output = new_output("display_data", {"text/plain": "x"}, metadata=mark)
    notebook = new_notebook(cells=[new_code_cell("x", outputs=[output])])
    assert outputs.take_wrote(notebook) == {Path("/a/b.xlsx"): "0" * 64}
    assert "b.xlsx" not in str(notebook)
    assert outputs.take_wrote(notebook) == {}
