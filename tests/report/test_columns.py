"""Columns that parameters name are looked for in the headers of their files; no row is read."""

import subprocess
import sys
from pathlib import Path
from typing import Annotated, Literal

import pandas as pd
import pytest
from pydantic import BaseModel, ConfigDict, Field

from cxlib.errors import ColumnError, CxError, SourceError
from cxlib.parameters import (
    ColumnOf,
    InputFile,
    InputFolder,
    StudyParameters,
)
from cxlib.report.columns import check_files
from cxlib.sources import headers
from cxlib.survey_parameters import SurveyParameters
from tests.conftest import ROOT
from tests.report.writing import project


class Columns(BaseModel):
    model_config = ConfigDict(extra="forbid")

    weight: Annotated[str | None, ColumnOf("survey")] = None


class Parameters(StudyParameters):
    survey: InputFile
    frame: InputFile | None = None
    folder: InputFolder | None = None
    score: Annotated[str | None, ColumnOf("survey")] = None
    margins: list[Annotated[str, ColumnOf("survey", "frame")]] = Field([])
    customer: Annotated[str | None, ColumnOf("survey", "frame", everywhere=True)] = None
    plan: Annotated[str, ColumnOf("frame")] = "plan"
    duplicates: Annotated[Literal["exact"] | str | None, ColumnOf("survey")] = None
    by: dict[str, Annotated[str, ColumnOf("survey")]] = Field({})
    columns: Columns = Columns()
    pair: tuple[Annotated[str, ColumnOf("survey")], int] | None = Field(None)


@pytest.fixture
def given(tmp_path):
    (tmp_path / "survey.csv").write_text("id,Q1 ,顧客  番号\n1,2,3\n", encoding="utf-8")
    (tmp_path / "frame.csv").write_text("id,plan\n1,a\n", encoding="utf-8")

    def given(**values):
        named = {"survey": tmp_path / "survey.csv", **values}
        return Parameters.parse(
            {name: tmp_path / value if name == "frame" else value for name, value in named.items()}
        )

    return given


@pytest.mark.parametrize(
    "values",
    [
        {"score": "Q1"},
        {"score": "Q1 "},  # as it stands in the file
        {"score": "顧客 番号"},
        {"margins": ["id", "plan"], "frame": "frame.csv"},
        {"customer": "id", "frame": "frame.csv"},
        {"duplicates": "exact"},
        {"by": {"a": "Q1"}, "pair": ("id", 3)},
        {"columns": {"weight": "id"}},
        {},  # the file of `plan` is not given
    ],
)
def test_columns_that_are_there(given, values):
    check_files(given(**values))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"score": "Q11"}, r"^score='Q11': there is no such column; did you mean 'Q1'\?$"),
        ({"columns": {"weight": "idd"}}, r"^columns\.weight='idd': there is no such column; did"),
        ({"margins": ["id", "plann"]}, r"^margins='plann': there is no such column; there is 'id'"),
        (
            {"margins": ["plann"], "frame": "frame.csv"},
            r"^margins='plann': there is no such column in survey or frame; did you mean 'plan'\?$",
        ),
        (
            {"customer": "Q1", "frame": "frame.csv"},
            r"^customer='Q1': there is no such column in frame; there is 'id', 'plan'$",
        ),
        ({"plan": "x", "frame": "frame.csv"}, r"^plan='x': there is no such column;"),
        ({"duplicates": "exactly"}, r"^duplicates='exactly': there is no such column"),
        ({"by": {"a": "Q3"}}, r"^by='Q3': there is no such column"),
        ({"pair": ("x", 3)}, r"^pair='x': there is no such column"),
    ],
)
def test_columns_that_are_not_there_are_refused(given, values, message):
    with pytest.raises(ColumnError, match=message):
        check_files(given(**values))


def test_a_file_that_may_not_be_read_is_refused(given, monkeypatch):
    p = given()

    def closed(self, *_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", closed)
    with pytest.raises(SourceError, match=r"^survey='.*' cannot be opened \(Permission denied\)"):
        check_files(p)


def test_a_file_that_is_no_table_is_refused_where_columns_of_it_are_named(given, tmp_path):
    (tmp_path / "frame.sav").write_bytes(b"$FL2")
    with pytest.raises(SourceError, match=r"cannot be read as an SPSS file"):
        check_files(given(frame="frame.sav"))


def test_the_check_loads_no_heavy_library(tmp_path):
    root = project(tmp_path)
    script = """
import sys
from pathlib import Path
import cxlib.cli
from cxlib import report
plans = report.plan_all([Path("notebooks/03_nps.ipynb")], ["wave=2026Q3"])
planned, problems = plans.reports, plans.problems
ready, refused = report.ready_all(planned)
assert len(ready) == 1 and not problems and not refused
notebook = report.read_notebook(planned[0].notebook)
assert report.describe(notebook, model=report.load_model(notebook))
assert "cxlib.sources.headers" in sys.modules
heavy = {"nbformat", "pandas", "numpy", "statsmodels", "scipy", "pyarrow", "duckdb", "ibis"}
print(sorted(heavy & set(sys.modules)))
"""
    said = subprocess.run(
        [sys.executable, "-c", script],
        cwd=root,
        env={"PYTHONPATH": f"{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.stdout.strip() == "[]", said.stderr


@pytest.mark.parametrize("suffix", [".csv", ".tsv", ".xlsx", ".parquet"])
def test_a_header_is_that_of_every_kind_of_file(tmp_path, suffix):
    path = tmp_path / f"table{suffix}"
    frame = pd.DataFrame({"id": [1], "顧客 名": ["a"]})
    write = {".xlsx": frame.to_excel, ".parquet": frame.to_parquet}.get(suffix)
    if write:
        write(path, index=False)
    else:
        frame.to_csv(path, index=False, sep="\t" if suffix == ".tsv" else ",")
    assert headers.read_header(path).names == ["id", "顧客 名"]


def test_every_refusal_is_one_of_ours(given, tmp_path):
    for content in (b"", b"\n\n", b"a,b\n1\n", b'"a', b"\x00\x01", "満足".encode("cp932"), b"PAR1"):
        (tmp_path / "survey.csv").write_bytes(content)
        with pytest.raises(CxError):
            check_files(given(score="Q1"))


def test_a_header_is_read_as_the_parameters_say(tmp_path):
    with pd.ExcelWriter(tmp_path / "s.xlsx") as book:
        pd.DataFrame({"x": [1, 2, 3]}).to_excel(book, sheet_name="first", index=False)
        pd.DataFrame({"score": ["Note", 9, 3]}).to_excel(book, sheet_name="second", index=False)

    class Sheets(SurveyParameters):
        survey: InputFile
        score: Annotated[str, ColumnOf("survey")] = "score"

    given = {"survey": tmp_path / "s.xlsx"}
    with pytest.raises(ColumnError, match="score"):
        check_files(Sheets.parse(given))
    check_files(Sheets.parse(given | {"sheet": "second", "header": 2}))
    check_files(Sheets.parse(given | {"sheet": 2, "header": 1}))
    with pytest.raises(SourceError, match="header=2"):
        check_files(Sheets.parse(given | {"sheet": 2}))


def test_a_pattern_needs_a_column_that_fits(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("Q5_1,Q5_2,満足1\n", encoding="utf-8")
    header = headers.read_header(path)
    assert [header.fits(each) for each in ("Q5_*", "満足?", "Q5_1", "Q6_*", "Q5")] == [
        True,
        True,
        True,
        False,
        False,
    ]
