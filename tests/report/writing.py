"""Small notebooks for the tests."""

from __future__ import annotations

from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from cxlib import report
from cxlib.report.checking import Ready
from cxlib.report.notebook import Cell, Notebook

DEFAULTS = """survey = "../data/survey.csv"  # file with the answers
wave = None  # wave of the headline
scale = (0, 10)
top: int | None = None  # how many rows
columns = {"respondent": "顧客番号"}
channel = "電話"  # not in the model"""

PICTURE = """from cxlib.shown import theme
ax = theme.axes(width=4, height=2)
ax.bar(["日本", "한국"], [3, 1])
theme.title(ax, "日本 answers more than 한국", "answers")
cx.picture(ax)"""

TABLE = """import pandas as pd
from cxlib.shown import Table
Table(frame=pd.DataFrame({"国": ["日本", "한국"], "n": [12, -3], "comment": ["<script>alert(1)</script>", '=HYPERLINK("x")']}),
      caption="回答の数")"""  # noqa: E501

OWN = """pd.DataFrame({"words": ["<img src=x onerror=alert(1)>", "+1+1"], "n": [1.5, -2.0]})"""


LOOKS = 'survey = "../data/survey.csv"\nwave = None\nlooks = 1'

LEDGER = """import pandas as pd
import cxlib as cx
frame = pd.DataFrame({"wave": ["=1+1"] * 30, "country": range(30), "nps": 1 / 3, "looks": looks})
few = cx.shown.Message("common.no_warning")
cx.ledger(level=cx.shown.Result(frame=frame, method="score", warnings=(few,)))"""

READ = """import csv
import pandas as pd
import cxlib as cx
from cxlib.shown.reading import Reading

with open(survey, encoding="utf-8") as file:
    waves = [row["wave"] for row in csv.DictReader(file)]
subject = wave or waves[-1]
if subject not in waves:
    raise cx.errors.ParameterError(f"wave={subject!r} is not one of the possible values")
if looks == 1_000:
    raise cx.errors.EmptyDataError("nobody answered")
looks = looks if isinstance(looks, int) else 1 + looks.get(subject, 0)
rows = cx.shown.Result(frame=pd.DataFrame({"what": ["rows"], "n": [len(waves)]}), method="csv")
Reading(read=rows, subject=subject, inputs={}).table()"""

LATE = """if wave == "late":
    raise cx.errors.EmptyDataError("it is too late")"""


def text(words: str) -> nbformat.NotebookNode:
    return new_markdown_cell(words)


def code(source: str, *tags: str) -> nbformat.NotebookNode:
    return new_code_cell(source, metadata={"tags": list(tags)} if tags else {})


def good() -> list[nbformat.NotebookNode]:
    return [
        text("# Who answers?\n\nA first line."),
        text("## 1 The question\n\nSee [retention](04_retention.ipynb)."),
        code(DEFAULTS, "parameters"),
        code("import cxlib as cx"),
        text("## 2 The finding"),
        code('cx.finding(f"日本 answers most in {wave}, on the scale {scale}.")'),
        code(TABLE),
        code(PICTURE),
        text("## 3 고객의 말"),
        code(OWN),
        code("import warnings; warnings.warn('quiet'); print('<b>loud</b>')"),
        code('cx.flags(["One.", "Two."])'),
    ]


def failing() -> list[nbformat.NotebookNode]:
    return [
        text("# It breaks"),
        text("## 1 Before"),
        code("1 + 1"),
        text("## 2 Here"),
        code("raise ValueError('<b>no</b>\\n' + __import__('os').getcwd())"),
        code("2"),
    ]


def write(path: Path, cells: list[nbformat.NotebookNode], *, model: str | None = None) -> Path:
    metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    if model:
        metadata["cxlib"] = {"parameters": model}
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells, metadata=metadata), path)
    return path


def project(root: Path) -> Path:
    """A project with a good notebook, a failing one, and others that must not be published."""
    (root / "data").mkdir(parents=True)
    (root / "data" / "survey.csv").write_text(
        "wave,score\n2026Q2,8\nlate,9\n2026Q3,9\n", encoding="utf-8"
    )
    notebooks = root / "notebooks"
    write(notebooks / "03_nps.ipynb", good(), model="tests.report.models:Parameters")
    write(notebooks / "04_retention.ipynb", failing())
    write(
        notebooks / "05_killed.ipynb", [text("# Killed"), code("1"), code("import os; os._exit(9)")]
    )
    write(notebooks / "06_slow.ipynb", [text("# Slow"), code("import time; time.sleep(60)")])
    write(
        notebooks / "07_wordless.ipynb",
        [text("# Wordless"), code("import matplotlib.pyplot as plt\nplt.plot([1, 2]);")],
    )
    write(
        notebooks / "08_looks.ipynb",
        [text("# Again"), code(LOOKS, "parameters"), code(READ), code(LEDGER), code(LATE)],
        model="tests.report.models:Looking",
    )
    return root


def made_ready(root: Path, name: str, given: dict[str, str] | None = None) -> Ready:
    planned = report.from_notebook(root / "notebooks" / name, given or {})
    notebook = report.read_notebook(planned.notebook)
    return report.ready(planned, notebook, model=report.load_model(notebook))


def in_parameters_cell(source: str) -> Notebook:
    return Notebook((Cell("code", source, ("parameters",)),))
