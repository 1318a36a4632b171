"""A bad value is refused with its parameter, the rule and the next step."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict, Field

from cxlib import check
from cxlib.errors import ColumnError, CxError, ParameterError


class Columns(BaseModel):
    model_config = ConfigDict(extra="forbid")

    respondent: str = Field(description="who answered")
    comment: str | None = None


class Parameters(check.StudyParameters):
    survey: check.InputFile = Field(description="file with the answers")
    folder: check.InputFolder | None = Field(None, description="folder of transcripts")
    wave: str | None = Field(None, description="wave to report")
    confidence: float = Field(0.95, gt=0, lt=1, description="level of the intervals")
    scale: tuple[int, int] = Field((0, 10), description="lowest and highest score")
    columns: Columns | None = Field(None, description="names of columns")


@pytest.fixture
def survey(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("a\n1\n")
    return path


def test_good_values_are_typed(survey, tmp_path):
    parameters = Parameters.parse({"survey": str(survey), "scale": [1, 5], "folder": str(tmp_path)})
    assert (parameters.survey, parameters.scale, parameters.folder) == (survey, (1, 5), tmp_path)
    assert isinstance(parameters.survey, Path)
    assert parameters.check() is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"wavee": "2026Q3"}, "parameter 'wavee' is unknown; did you mean 'wave'?"),
        ({"zzz": 1}, r"parameter 'zzz' is unknown; there is 'language', 'survey'"),
        (
            {"confidence": 95},
            r"parameter confidence=95: .*less than 1.*\(confidence: level of the intervals\)",
        ),
        ({"scale": "0-10"}, "parameter scale='0-10'"),
        (
            {"survey": "none.csv"},
            "parameter survey='none.csv': there is no file 'none.csv'; give the path of an "
            "existing file",
        ),
        ({"folder": "none"}, "there is no folder 'none'"),
        ({"language": "xx"}, "parameter language='xx'"),
        (
            {"columns": {"respondent": "a", "coment": "b"}},
            "parameter 'columns.coment' is unknown; did you mean 'comment'?",
        ),
        (
            {"columns": {"respondent": 5}},
            r"parameter columns\.respondent=5: is not a text \(columns\.respondent: who answered\)",
        ),
        (
            {"columns": {"respondent": "a", "comment": 5}},
            r"parameter columns\.comment=5: is not a text$",
        ),
        ({"columns": {}}, r"parameter 'columns\.respondent' is missing: who answered"),
        (
            {"columns": "respondent"},
            r"parameter columns='respondent': is not a mapping .* \(columns: names of columns\)",
        ),
        ({"columns": ["respondent"]}, r"parameter columns=\['respondent'\]: is not a mapping"),
        ({"columns": {5: "a"}}, r"parameter columns\.5=5: Keys should be strings"),
    ],
)
def test_bad_values_are_refused(survey, values, message):
    with pytest.raises(ParameterError, match=message):
        Parameters.parse({"survey": str(survey), **values})


def test_what_is_missing_is_named_and_every_problem_has_a_line():
    with pytest.raises(
        ParameterError, match="parameter 'survey' is missing: file with the answers"
    ):
        Parameters.parse({})
    with pytest.raises(ParameterError) as refused:
        Parameters.parse({"wavee": 1, "confidence": 2})
    assert len(str(refused.value).splitlines()) == 3


def test_a_notebooks_names_are_taken_and_others_left(survey):
    parameters = Parameters.of({"survey": str(survey), "wave": "2026Q3", "pd": object(), "_": 1})
    assert (parameters.wave, parameters.confidence) == ("2026Q3", 0.95)
    with pytest.raises(ValueError, match="frozen"):
        parameters.wave = "2026Q2"


def test_columns():
    check.columns(["score", "顧客"], score="score", by=["顧客", "score"], weight=None)
    with pytest.raises(
        ColumnError, match="by='顧客名': there is no such column; did you mean '顧客'"
    ):
        check.columns(["score", "顧客"], by=["顧客名"])
    with pytest.raises(ColumnError, match="there is 'a'"):
        check.columns(["a"], score="qqq")
    with pytest.raises(ColumnError, match=r"no such column$"):
        check.columns([], score="a")


def test_long_lists_of_what_is_there_are_cut():
    assert check.did_you_mean("zzz", [f"column {n}" for n in range(30)]).endswith("'column 19' …")


def test_one_of():
    check.one_of("by", "code", ["code", "theme"])
    with pytest.raises(
        ParameterError, match="by='cod' is not one of the possible values; did you mean 'code'"
    ):
        check.one_of("by", "cod", ["code", "theme"])


@given(st.floats(allow_nan=True))
def test_a_confidence_level_lies_between_0_and_1(value):
    if 0 < value < 1:
        assert check.confidence(value) == value
    else:
        with pytest.raises(ParameterError, match=r"write 0\.95 for 95 %"):
            check.confidence(value)


def test_every_refusal_can_be_caught_as_one():
    assert issubclass(ParameterError, CxError)
    assert issubclass(CxError, ValueError)
