"""Small notebooks for the tests, and the parameters that one of them names."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from pydantic import BaseModel, ConfigDict, Field, SecretStr

from cxlib.check import InputFile, InputFolder, StudyParameters, did_you_mean
from cxlib.errors import ColumnError


class Columns(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    respondent: str = Field("respondent_id", description="column that says who answered")
    comment: str | None = Field(None, description="column with comments")
    top: int = Field(3, ge=1, description="how many comments")


class Parameters(StudyParameters):
    survey: InputFile = Field(description="file with the answers")
    folder: InputFolder | None = Field(None, description="folder with transcripts")
    wave: str | None = Field(None, description="wave of the headline")
    scale: tuple[int, int] = Field((0, 10), description="lowest and highest answer")
    by: list[str] = Field([], description="columns to compare")
    weight: str | list[str] | None = Field(None, description="weight column or columns")
    since: date | None = Field(None, description="first day")
    top: Annotated[int, Field(ge=1)] | None = Field(None, description="how many rows to show")
    method: Literal["tango", "wald"] = Field("tango", description="kind of interval")
    gap_days: float = Field(30.0, gt=0, description="days without an order")
    margin: float | None = Field(None, gt=0, le=200, description="smallest difference that matters")
    columns: Columns = Field(Columns(), description="names of columns")
    exact: bool = Field(False, description="whether to wait for the exact answer")
    password: SecretStr = Field(SecretStr(""), description="of the database")

    def check(self) -> None:
        head = self.survey.read_text(encoding="utf-8").splitlines()[0].split(",")
        if self.wave is not None and "wave" not in head:
            raise ColumnError(
                f"wave={self.wave!r}: the file has no column 'wave'{did_you_mean('wave', head)}"
            )


class Looking(StudyParameters):
    survey: InputFile = Field(description="file with the answers")
    wave: str | None = Field(None, description="wave of the headline")
    looks: int = Field(1, ge=1, description="how often this wave was looked at")

    def subject(self) -> str | None:
        return self.wave or self.survey.read_text(encoding="utf-8").splitlines()[-1].split(",")[0]


DEFAULTS = """survey = "../data/survey.csv"  # file with the answers
wave = None  # wave of the headline
scale = (0, 10)
top: int | None = None  # how many rows
columns = {"respondent": "顧客番号"}
channel = "電話"  # not in the model"""

PICTURE = """from cxlib import theme
ax = theme.axes(width=4, height=2)
ax.bar(["日本", "한국"], [3, 1])
theme.title(ax, "日本 answers more than 한국", "answers")
cx.picture(ax)"""

TABLE = """import pandas as pd
from cxlib.result import Table
Table(pd.DataFrame({"国": ["日本", "한국"], "n": [12, -3], "comment": ["<script>alert(1)</script>", '=HYPERLINK("x")']}),
      caption="回答の数")"""  # noqa: E501

OWN = """pd.DataFrame({"words": ["<img src=x onerror=alert(1)>", "+1+1"], "n": [1.5, -2.0]})"""


LOOKS = 'survey = "../data/survey.csv"\nwave = None\nlooks = 1'

LEDGER = """import pandas as pd
import cxlib as cx
frame = pd.DataFrame({"wave": ["=1+1"] * 30, "country": range(30), "nps": 1 / 3, "looks": looks})
cx.ledger(level=cx.result.Result(frame, "score", ("Few answers.",)))"""


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
    (root / "data" / "survey.csv").write_text("wave,score\n2026Q3,9\n", encoding="utf-8")
    notebooks = root / "notebooks"
    write(notebooks / "03_nps.ipynb", good(), model="tests.report.writing:Parameters")
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
        [text("# Again"), code(LOOKS, "parameters"), code(LEDGER)],
        model="tests.report.writing:Looking",
    )
    return root
