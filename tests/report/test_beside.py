"""Whole interviews are in no byte of a report, unless the notebook's `views` asks for them."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from nbformat.v4 import new_code_cell, new_notebook, new_output

from cxlib.report import beside
from cxlib.report.sanitize import inert_html
from cxlib.shown import beside as marks


def notebook(names, parts, *, claimed=None):
    output = new_output(
        "display_data",
        {"text/html": marks.marked(parts), "text/plain": "2 transcripts"},
        metadata={"text/html": {marks.KEY: claimed or names}},
    )
    return new_notebook(cells=[new_code_cell("x", outputs=[output])])


def test_parts_are_taken_out_and_said_in_their_place():
    found = notebook(["一.vtt", "&"], ["<p>whole one</p>", "<p>whole two</p>"])
    assert beside.take_out(found, wanted=False, language="en") == []
    shown = found.cells[0].outputs[0].data["text/html"]
    assert "<p>whole" not in shown
    assert "一.vtt: not in this report" in shown
    assert "&amp;: not" in shown


def test_where_they_are_wanted_the_page_leads_to_each(tmp_path):
    found = notebook(["一.vtt", "two"], ["<p>顧客の声</p>", "<p>two</p>"])
    parts = beside.take_out(found, wanted=True, language="ja")
    beside.write_parts(parts, tmp_path, language="ja")
    one = (tmp_path / "views" / "1.html").read_text(encoding="utf-8")
    assert "<p>顧客の声</p>" in one
    assert 'font-family: "cx-cjk"' in one
    shown = inert_html(found.cells[0].outputs[0].data["text/html"])
    assert [link["href"] for link in BeautifulSoup(shown, "html.parser").find_all("a")] == [
        "views/1.html",
        "views/2.html",
    ]


def test_nothing_is_shown_of_an_output_that_somebody_changed():
    found = notebook(["a"], ["<p>whole</p>", "<p>more</p>"], claimed=["a"])
    assert beside.take_out(found, wanted=True, language="en") == []
    assert found.cells[0].outputs[0].data["text/html"] == ""


@pytest.mark.parametrize("wanted", [True, False])
def test_other_outputs_stay(wanted):
    output = new_output("display_data", {"text/html": "<p>a</p>"})
    found = new_notebook(cells=[new_code_cell("x", outputs=[output])])
    assert beside.take_out(found, wanted=wanted, language="en") == []
    assert found.cells[0].outputs[0].data["text/html"] == "<p>a</p>"
