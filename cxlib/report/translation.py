"""A notebook's prose -> the same prose in the reader's language, where there is a translation.

The translations lie in a folder of the language beside the notebooks, `notebooks/ja/03_nps.ipynb`:
the same cells, of which each one of prose records the English text that it renders. So a
researcher's copy keeps its own code and what she wrote herself.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from cxlib import texts
from cxlib.report.notebook import Cell, Notebook

ORIGINAL = "en"  # in whose folder, that of the notebooks, the translations' folders lie
RENDERS = "english"  # in a translated cell's metadata: the mark of the English text


def mark(source: str) -> str:
    """Return what a translated cell records of the English text.

    >>> mark("# A title")
    'eceff864eeed'
    """
    return hashlib.sha256(source.strip().encode("utf-8", "surrogatepass")).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Prose:
    """Texts of a notebook: `marks` from each text in any language to its mark, `written` from the
    mark to the text in the wanted language."""

    marks: Mapping[str, str]
    written: Mapping[str, str]

    def of(self, source: str) -> str:
        """Return a text in the wanted language; as it is, where it is nobody's translation."""
        return self.written.get(self.marks.get(source.strip(), ""), source)


def prose_of(path: Path, language: str) -> Prose:
    """Return the texts of the notebook at `path`, and of those that lie beside it.

    Parameters
    ----------
    path : Path
        A notebook, a copy of one in a folder below (`notebooks/mine/`), or a translation.
    language : str
        The wanted one.
    """
    found: dict[str, dict[str, str]] = {}
    for code in texts.languages():
        found[code] = {}
        for file in _files(path, code):
            found[code] |= _texts_of(file, file.stat().st_mtime_ns)
    marks = {text: each for there in found.values() for each, text in there.items()}
    return Prose(marks, found.get(language, {}))


def _files(path: Path, language: str) -> Iterator[Path]:
    """Give the notebooks of a language: that of the same name, or all where there is none."""
    for folder in (path.parent, path.parent.parent):
        if not any((folder / code).is_dir() for code in texts.languages()):
            continue
        there = folder if language == ORIGINAL else folder / language
        same = there / path.name
        yield from [same] if same.is_file() else sorted(there.glob("*.ipynb"))
        return


@functools.lru_cache(maxsize=64)
def _texts_of(path: Path, changed: int) -> dict[str, str]:
    """Return the prose of a notebook by its marks; nothing of what is no notebook."""
    try:
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        return dict(_marked(cells))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _marked(cells: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    for cell in cells:
        if cell["cell_type"] == "markdown":
            source = "".join(cell["source"]).strip()
            yield cell["metadata"].get(RENDERS) or mark(source), source


def is_in_other(path: Path, language: str) -> bool:
    """Return whether more of a notebook's prose is known in another language than in this one.

    Parameters
    ----------
    path : Path
        A notebook, or a copy of one in a folder below; what is no notebook is in none.
    language : str
        The one that is asked about.
    """
    prose = prose_of(path, language)
    known = [
        text for text in _texts_of(path, path.stat().st_mtime_ns).values() if text in prose.marks
    ]
    return 2 * sum(prose.of(text) != text for text in known) > len(known)


def in_language(notebook: Notebook, path: Path, language: str) -> Notebook:
    """Return a notebook with its prose in a language, as far as there are translations."""
    prose = prose_of(path, language)
    cells = tuple(_said(cell, prose) for cell in notebook.cells)
    return replace(notebook, cells=cells)


def _said(cell: Cell, prose: Prose) -> Cell:
    return replace(cell, source=prose.of(cell.source)) if cell.kind == "markdown" else cell
