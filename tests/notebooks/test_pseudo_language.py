"""Each notebook as a report in a language that marks its texts: no other word of ours is left."""

from __future__ import annotations

import csv
import functools
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup, NavigableString

from cxlib.report.failed_page import write_failed
from cxlib.report.refusals import Kind
from tests.conftest import ROOT
from tests.notebooks import pseudo
from tests.report.shelves import put_run

NOTEBOOKS = sorted(path.name for path in (ROOT / "notebooks").glob("0[1-9]_*.ipynb"))
_WORD = re.compile(r"[^\W\d_]{2,}")
# written alike in every language
_ALIKE = {"UTC", "sha", "xx"}  # sha256

_RENDER = """
import sys
from pathlib import Path

from cxlib.report.json_schemas import load_json_schemas

load_json_schemas()
import nbformat
import pseudo
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell

pseudo.install()
from cxlib.parameters import meanings
from cxlib.report.about import header
from cxlib.report.export import export
from cxlib.report.notebook import defaults, load_model, read_notebook

source, out = Path(sys.argv[1]), Path(sys.argv[2])
notebook = nbformat.read(source, as_version=4)
light = read_notebook(source)
values = defaults(light) | {"language": "xx"}
said = meanings(load_model(light), "xx")
tags = [cell.metadata.get("tags", ()) for cell in notebook.cells]
at = next(k for k, found in enumerate(tags) if "parameters" in found)
start = new_code_cell("import pseudo; pseudo.install()")
notebook.cells[at + 1:at + 1] = [start, new_code_cell('language = "xx"')]
NotebookClient(notebook, timeout=300, kernel_name="python3",
               resources={"metadata": {"path": str(source.parent)}}).execute()
read = {"parameter": "survey", "path": "survey.csv", "bytes": 1, "files": 2, "sha256": "0" * 64}
manifest = {"run": "0", "inputs": [read], "versions": {}, "commit": "0", "command": "",
            "started": "2026-11-27T09:00:00+00:00", "parameters": values}
about = header(manifest, meanings=said, language="xx")
page = export(notebook, name="page", header=about, language="xx").html
out.write_text(page, encoding="utf-8")
"""


@pytest.fixture
def in_xx():
    """Have the marked language in this process, for one test."""
    with pseudo.installed():
        yield


def rendered(name: str, folder: Path, root: Path = ROOT) -> tuple[str, list[str]]:
    """Return the page of a notebook in `xx`, and the words of its figures."""
    words, page = folder / "words.jsonl", folder / "page.html"
    environment = os.environ | {
        pseudo.WORDS_FILE: str(words),
        "PYTHONPATH": os.pathsep.join([str(root), str(Path(pseudo.__file__).parent)]),
    }
    subprocess.run(
        [sys.executable, "-c", _RENDER, str(root / "notebooks" / name), str(page)],
        env=environment,
        check=True,
        cwd=folder,
    )
    figures = words.read_text(encoding="utf-8").splitlines() if words.exists() else []
    return page.read_text(encoding="utf-8"), [json.loads(line) for line in figures]


def unmarked(page: str, figures: list[str], root: Path = ROOT) -> list[str]:
    """Return each piece of the page that has a word which is not marked, nor data, nor prose."""
    soup = BeautifulSoup(page, "html.parser")
    for part in soup.select("head, .prose, nav li, h1, .lead h2, .code .highlight, footer code"):
        part.decompose()
    for held in soup.select("span.held"):  # parts of a sentence that stay on one line
        held.unwrap()
    soup.smooth()
    for table in soup.find_all("table"):  # the ledger: its first cells name results and values
        if table.th and "figure" in table.th.get_text():
            for cell in table.select("td:nth-child(-n + 2)"):
                cell.decompose()
    pieces = [str(text) for text in soup.find_all(string=_is_text)]
    pieces += [
        str(tag[name])
        for name in ("alt", "aria-label", "title")
        for tag in soup.find_all(attrs={name: True})
    ]
    pieces += figures
    known = values(root)
    return sorted({piece.strip() for piece in pieces if _ours(piece, known)})


def _is_text(text: str | None) -> bool:
    return type(text) is NavigableString


def _ours(piece: str, known: frozenset[str]) -> bool:
    rest = " ".join(pseudo.without_marked(piece).replace("\u00a0", " ").split())
    rest = re.sub(r"\b[0-9a-f]{12}\b", "", rest)  # the beginning of a hash
    if not _WORD.search(rest) or rest in known:
        return False
    for value in sorted((v for v in known if v in rest), key=len, reverse=True):
        rest = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", " ", rest)
    return any(word not in _ALIKE for word in _WORD.findall(rest))


@functools.cache
def values(root: Path = ROOT) -> frozenset[str]:
    """Return every value of the sample data that can stand on a page, and every column's name."""
    import pandas as pd

    sample = root / "data" / "sample"
    found: set[str] = set()
    for path in sample.rglob("*.csv"):
        with path.open(encoding="utf-8", newline="") as file:
            found.update(cell for row in csv.reader(file) for cell in row)
    for path in sample.glob("*.parquet"):
        frame = pd.read_parquet(path)
        found.update(map(str, frame.columns))
        for column in frame.select_dtypes(["object", "string"]):
            found.update(frame[column].dropna().astype(str).unique())
    interviews = sample / "interviews"
    found.update(path.name for path in interviews.iterdir())
    found.update(path.suffix.removeprefix(".") for path in interviews.iterdir())
    found.update({"page", "survey.csv"})  # the report's name, and what it says it read
    for path in (root / "notebooks").glob("*.ipynb"):
        found.update(_given(path))
    found.update(_scalars(yaml.safe_load((interviews / "codebook.yaml").read_text("utf-8"))))
    found.update(_said(interviews))
    return frozenset(" ".join(value.split()) for value in found if _WORD.search(value))


def _given(notebook: Path) -> list[str]:
    """Return the names and values of a notebook's parameters."""
    from cxlib.report.notebook import defaults, read_notebook

    return _scalars(defaults(read_notebook(notebook)))


def _scalars(node: object) -> list[str]:
    if isinstance(node, dict):
        return [item for pair in node.items() for part in pair for item in _scalars(part)]
    if isinstance(node, list | tuple):
        return [item for part in node for item in _scalars(part)]
    return [str(node)]


def _said(interviews: Path) -> list[str]:
    """Return who speaks, what was marked, and what was said in each turn."""
    from cxlib import sources

    read = sources.read_transcripts(interviews)
    texts = dict(zip(read.documents["document"], read.documents["text"], strict=True))
    with (interviews / "codings.csv").open(encoding="utf-8", newline="") as file:
        spans = [(row["document"], row["start"], row["end"]) for row in csv.DictReader(file)]
    spans += list(read.turns[["document", "start", "end"]].itertuples(index=False, name=None))
    speakers = read.turns["speaker"].dropna().unique()
    return [*speakers, *(texts[name][int(start) : int(end)] for name, start, end in spans)]


@pytest.mark.notebook
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_no_word_of_ours_is_left_outside_the_texts(name, tmp_path):
    page, figures = rendered(name, tmp_path)
    assert pseudo.OPEN in page
    left = unmarked(page, figures)
    assert not left, f"{len(left)} pieces, such as {left[:20]}"


@pytest.mark.parametrize("kind", list(Kind))
def test_no_word_of_ours_is_left_on_the_page_of_a_run_that_failed(in_xx, tmp_path, kind):
    put_run(tmp_path, "page")  # the last good one
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.ipynb").touch()
    where = {"cell": 1, "cells": 2, "heading": "page"}
    error = {"message": "", "details": "page", "cause": "error", "kind": kind, **where}
    started = "2026-11-27T09:00:00+00:00"
    manifest = {"name": "page", "started": started, "command": "", "error": error}
    write_failed(run, manifest, out=tmp_path, language="xx")
    page = (run / "failed.html").read_text("utf-8")
    assert len(re.findall("⟦", page)) > 5
    assert unmarked(page, []) == []


@pytest.mark.parametrize(
    ("page", "left"),
    [
        ("<p>⟦The NPS is ⟦12⟧⟧ but falling</p>", ["⟦The NPS is ⟦12⟧⟧ but falling"]),
        ("<td>cannot tell</td>", ["cannot tell"]),
        ('<img alt="⟦from⟧ to">', ["⟦from⟧ to"]),
        ("<td>2026Q3</td><td>contact_type</td><p>⟦all⟧ n = 12</p>", []),
        ('<div class="prose"><p>What the researcher wrote</p></div>', []),
    ],
)
def test_a_word_past_the_texts_would_be_found(page, left):
    assert unmarked(page, []) == left


def test_a_word_in_a_figure_would_be_found():
    assert unmarked("", ["⟦centre⟧", "axis"]) == ["axis"]
