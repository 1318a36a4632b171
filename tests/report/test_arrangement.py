"""Cells come to the part of the page that the tag of their block names, and none is lost."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import read
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cxlib.report.arrangement import Part, parts_of
from tests.conftest import ROOT

TAGS = ["finding", "trust", "detail", "question", "read", "compute", "methods", "parameters", "own"]
CELLS = st.tuples(st.booleans(), st.lists(st.sampled_from(TAGS), max_size=2, unique=True))


def built(shapes):
    return new_notebook(
        cells=[
            (new_code_cell if is_code else new_markdown_cell)(f"x{n}", metadata={"tags": tags})
            for n, (is_code, tags) in enumerate(shapes)
        ]
    )


@given(st.lists(CELLS, max_size=12))
def test_every_cell_is_in_one_part_and_all_code_in_the_notebooks_order(shapes):
    notebook = built(shapes)
    found = parts_of(notebook)
    code = [cell.source for cell in found.pop(Part.CODE, [])]
    assert code == [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert sorted(cell.source for cells in found.values() for cell in cells) == sorted(
        cell.source for cell in notebook.cells
    )
    for cells in found.values():
        numbers = [cell.metadata["number"] for cell in cells]
        assert numbers == sorted(numbers)


def test_a_block_lasts_until_the_next_and_without_a_finding_nothing_is_arranged():
    shapes = [(False, []), (False, ["read"]), (True, []), (False, ["finding"]), (True, ["own"])]
    found = parts_of(built(shapes))
    assert {part: [cell.source for cell in cells] for part, cells in found.items()} == {
        Part.QUESTION: ["x0"],
        Part.READ: ["x1", "x2"],
        Part.LEAD: ["x3", "x4"],
        Part.CODE: ["x2", "x4"],
    }
    assert set(parts_of(built(shapes[:3]))) == {Part.WHOLE, Part.CODE}


@pytest.mark.parametrize("path", sorted(ROOT.glob("notebooks/**/0[1-4]_*.ipynb")), ids=str)
def test_our_notebooks_have_every_block_and_papermill_finds_one_cell_of_parameters(path):
    notebook = read(path, as_version=4)
    tagged = [c for c in notebook.cells if "parameters" in c.metadata.get("tags", ())]
    assert [cell.cell_type for cell in tagged] == ["code"]  # values are set after the first such
    assert set(parts_of(notebook)) == set(Part) - {Part.WHOLE}
