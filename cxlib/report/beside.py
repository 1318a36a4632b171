"""What must not stand in a report -> out of its notebook; on pages of its own, where it was asked
for."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

from nbformat import NotebookNode

from cxlib.report.fonts import font_face
from cxlib.report.outputs import outputs
from cxlib.shown import beside
from cxlib.shown.language import text

FOLDER = "views"  # beside the report's page
PARAMETER = "views"  # of a notebook; true asks for the pages


@dataclass(frozen=True, slots=True)
class Part:
    """What was taken out of an output: its name for a reader, and its HTML."""

    name: str
    markup: str


def take_out(notebook: NotebookNode, *, wanted: bool, language: str) -> list[Part]:
    """Take out of an executed notebook what must not stand in a report, and say so in its place, or
    lead to its page.

    Returns
    -------
    list of Part
        Those that are wanted, in order; the page of the first is `views/1.html`, and so on.
    """
    taken: list[Part] = []
    for output in outputs(notebook):
        names = output.get("metadata", {}).get("text/html", {}).get(beside.KEY)
        if not names:
            continue
        first = len(taken)
        said = {k: _instead(name, first + k + 1, wanted, language) for k, name in enumerate(names)}
        markup, parts = beside.taken_out(output.data["text/html"], functools.partial(_of, said))
        if len(parts) != len(names):  # somebody wrote into the output: nothing of it is shown
            markup, parts = "", []
        output.data["text/html"] = f'<ul class="cx-say">{markup}</ul>' if markup else ""
        if wanted:
            taken += [Part(name, part) for name, part in zip(names, parts, strict=False)]
    return taken


def write_parts(parts: Sequence[Part], folder: Path, *, language: str) -> None:
    """Write the page of each part below the folder of a run."""
    for number, part in enumerate(parts, start=1):
        (folder / FOLDER).mkdir(exist_ok=True)
        page = beside.page(part.markup, title=part.name, language=language)
        page = page.replace("/* fonts */", font_face(page), 1)
        (folder / FOLDER / f"{number}.html").write_text(page, encoding="utf-8", newline="")


def _of(said: Mapping[int, str], position: int) -> str:
    return said.get(position, "")


def _instead(name: str, number: int, wanted: bool, language: str) -> str:
    if not wanted:
        return f"<li>{escape(text('report.not_beside', language, name=name))}</li>"
    return f'<li><a href="{FOLDER}/{number}.html">{escape(name)}</a></li>'
