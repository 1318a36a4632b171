"""The notebooks in other languages: code carried over from the English ones, prose their own.

python tests/notebooks/languages.py              carry code over; say which prose is stale
python tests/notebooks/languages.py --reviewed notebooks/ja/03_nps.ipynb …
                                                 its prose says what the English now says

A cell of prose records in its metadata (`english`) which English text it renders.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from cxlib.report import cleaning
from cxlib.report.starting import one_folder_below
from cxlib.report.translation import RENDERS, mark

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
LANGUAGES = ("ja", "ko")
CODE = "code"  # in place of the mark of prose
Cell = dict[str, Any]


def pairs() -> Iterator[tuple[Path, Path]]:
    """Give each English notebook with its place in each other language."""
    for language in LANGUAGES:
        for english in sorted(NOTEBOOKS.glob("[0-9]*.ipynb")):
            yield english, NOTEBOOKS / language / english.name


def code_in(source: str, language: str) -> str:
    """Return code as it stands in the notebook of a language.

    >>> print(code_in('language = "en"  # of the report', "ja"))
    language = "ja"  # of the report
    """
    return re.sub(r'^language = "en"', f'language = "{language}"', source, flags=re.M)


def carried(english: str, translated: str | None, language: str) -> dict[str, Any]:
    """Return the notebook in a language: code, tags and order of the English one; the prose of
    the translated one, where it has it, else the English; outputs only where all code is as it
    was."""
    notebook = cleaning.read(one_folder_below(english))
    before = cleaning.read(translated) if translated else {"cells": [], "metadata": {}}
    prose = _prose_by_place(notebook["cells"], before["cells"])
    for place, cell in enumerate(notebook["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            cell["source"] = code_in(source, language).splitlines(True)
        elif place in prose:
            cell["source"] = prose[place]["source"]
            cell["metadata"][RENDERS] = prose[place]["metadata"].get(RENDERS, "")
    _keep_outputs(notebook, before)
    return notebook


def _prose_by_place(english: list[Cell], translated: list[Cell]) -> dict[int, Cell]:
    """Return which translated cell stands at which place of the English notebook: that of the same
    English text, else the one at its place between such."""
    wanted = [_key(cell) for cell in english]
    there = [cell["metadata"].get(RENDERS, CODE if is_code(cell) else "") for cell in translated]
    found = {}
    for _, first, last, start, end in SequenceMatcher(None, wanted, there, False).get_opcodes():
        free = [cell for cell in translated[start:end] if cell["cell_type"] == "markdown"]
        places = [place for place in range(first, last) if english[place]["cell_type"] != "code"]
        found.update(zip(places, free, strict=False))
    return found


def _key(cell: Cell) -> str:
    return CODE if is_code(cell) else mark("".join(cell["source"]))


def is_code(cell: Cell) -> bool:
    """Return whether a cell holds code, which is carried over."""
    return bool(cell["cell_type"] == "code")


def _keep_outputs(notebook: dict[str, Any], before: dict[str, Any]) -> None:
    now, then = list(cleaning.code_cells(notebook)), list(cleaning.code_cells(before))
    if ["".join(c["source"]) for c in now] == ["".join(c["source"]) for c in then]:
        for cell, old in zip(now, then, strict=True):
            cell["outputs"] = old["outputs"]
        notebook["metadata"]["cxlib"] = before["metadata"].get("cxlib", {})


def stale(english: Path, translated: Path) -> list[str]:
    """Return the cells of prose that do not render the English text as it is now, a line each."""
    cells = zip(
        cleaning.read(english.read_bytes())["cells"],
        cleaning.read(translated.read_bytes())["cells"],
        strict=True,
    )
    return [
        f"{translated.relative_to(NOTEBOOKS)}, cell {number}: "
        + ("was written for another English text" if here["metadata"].get(RENDERS) else "English")
        for number, (there, here) in enumerate(cells, start=1)
        if there["cell_type"] == "markdown" and here["metadata"].get(RENDERS) != _key(there)
    ]


def review(english: Path, translated: Path) -> None:
    """Record that the prose of a notebook renders the English text as it is now."""
    notebook = cleaning.read(translated.read_bytes())
    for there, here in zip(
        cleaning.read(english.read_bytes())["cells"], notebook["cells"], strict=True
    ):
        if there["cell_type"] == "markdown":
            here["metadata"][RENDERS] = _key(there)
    translated.write_text(cleaning.write(notebook), encoding="utf-8")


def main(arguments: list[str]) -> None:
    """Carry code over; with `--reviewed`, record that the named notebooks are translated."""
    named = [Path(name).resolve() for name in arguments if not name.startswith("-")]
    for english, translated in pairs():
        text = translated.read_text(encoding="utf-8") if translated.is_file() else None
        translated.parent.mkdir(exist_ok=True)
        notebook = carried(english.read_text(encoding="utf-8"), text, translated.parent.name)
        translated.write_text(cleaning.write(notebook), encoding="utf-8")
        if "--reviewed" in arguments and translated in named:
            review(english, translated)
        print(*stale(english, translated), sep="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
