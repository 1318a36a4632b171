"""A notebook's cells -> the parts of its page, in a reader's order, by the tags of its blocks.

The first cell of a block has a tag that says what the block is for; JupyterLab does not show it. A
notebook without such tags keeps its order, but for its code, which stands together at the end.
"""

from __future__ import annotations

from enum import StrEnum

from nbformat import NotebookNode


class Part(StrEnum):
    """A part of a page; all but the first two are made from tags."""

    CODE = "code"
    WHOLE = "whole"  # of a notebook without tags
    LEAD = "lead"
    TRUST = "trust"
    DETAIL = "detail"
    QUESTION = "question"
    READ = "read"
    COMPUTE = "compute"
    METHODS = "methods"
    PARAMETERS = "parameters"


# what a block is tagged with -> the part it stands in
_OF_TAGS = {"finding": Part.LEAD, "settings": Part.PARAMETERS}  # "parameters" is papermill's
_OF_TAGS |= {part.value: part for part in list(Part)[3:]}
APPENDIX = (Part.QUESTION, Part.READ, Part.COMPUTE, Part.METHODS, Part.PARAMETERS)
IN_PLACE = "show-code"  # tag of a cell whose code a reader is to see


def parts_of(notebook: NotebookNode) -> dict[Part, list[NotebookNode]]:
    """Return the cells of each part, in the notebook's order; of code cells, what they show.

    Parameters
    ----------
    notebook : NotebookNode
        Executed; it is not changed.

    Returns
    -------
    dict
        The cells by part, copies with `number` (the cell's place in the notebook) in their
        metadata. `CODE` has every cell with code.
    """
    block = Part.WHOLE if _finding(notebook) is None else Part.QUESTION
    found: dict[Part, list[NotebookNode]] = {}
    for number, cell in enumerate(notebook.cells, start=1):
        tags = cell.metadata.get("tags", ())
        if block is not Part.WHOLE:
            block = next((_OF_TAGS[tag] for tag in tags if tag in _OF_TAGS), block)
        about = {"number": number, "open": IN_PLACE in tags}
        copy = NotebookNode(cell, metadata=NotebookNode(about))
        if cell.cell_type == "code" and cell.source.strip():
            found.setdefault(Part.CODE, []).append(copy)
        found.setdefault(block, []).append(copy)
    return found


def _finding(notebook: NotebookNode) -> int | None:
    """Return the place of the block that has the finding; without one nothing is arranged."""
    tags = [cell.metadata.get("tags", ()) for cell in notebook.cells]
    return next((place for place, found in enumerate(tags) if "finding" in found), None)
