"""A notebook's parameters are checked by name, type and bound, and refused one line a problem."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator

from cxlib.errors import ParameterError
from cxlib.parameters import ColumnOf, InputFile, InputFolder, InputPath, StudyParameters


class Columns(BaseModel):
    model_config = ConfigDict(extra="forbid")

    respondent: str = Field(description="who answered")
    comment: str | None = None


class Parameters(StudyParameters):
    survey: InputFile = Field(description="file with the answers")
    folder: InputFolder | None = Field(None, description="folder of transcripts")
    texts: InputPath | None = Field(None, description="folder or table of texts")
    wave: str | None = Field(None, description="wave to report")
    confidence: float = Field(0.95, gt=0, lt=1, description="level of the intervals")
    scale: tuple[int, int] = Field((0, 10), description="lowest and highest score")
    columns: Columns | None = Field(None, description="names of columns")
    looks: int | dict[str, int] = Field(1, description="how often it was looked at")

    @model_validator(mode="after")
    def _together(self) -> Parameters:
        if self.wave == "latest" and self.confidence > 0.99:
            raise ValueError(f"confidence={self.confidence} does not go with wave='latest'")
        return self


@pytest.fixture
def survey(tmp_path):
    path = tmp_path / "s.csv"
    path.write_text("a\n1\n")
    return path


def test_good_values_are_typed(survey, tmp_path):
    p = Parameters.parse({"survey": str(survey), "scale": [1, 5], "folder": str(tmp_path)})
    assert (p.survey, p.scale, p.folder) == (survey, (1, 5), tmp_path)
    assert isinstance(p.survey, Path)
    assert [
        Parameters.parse({"survey": survey, "texts": path}).texts for path in (survey, tmp_path)
    ]


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
        ({"texts": "none"}, "there is neither a file nor a folder 'none'"),
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
    p = Parameters.of({"survey": str(survey), "wave": "2026Q3", "pd": object(), "_": 1})
    assert (p.wave, p.confidence) == ("2026Q3", 0.95)
    with pytest.raises(ValueError, match="frozen"):
        p.wave = "2026Q2"


def test_a_rule_between_parameters_speaks_for_itself(survey):
    with pytest.raises(ParameterError, match=r"^confidence=0\.999 does not go with wave='latest'$"):
        Parameters.parse({"survey": str(survey), "wave": "latest", "confidence": 0.999})


@pytest.mark.parametrize("looks", ["twice", None, 1.5])
def test_a_value_that_is_of_no_kind_is_refused_once(survey, looks):
    with pytest.raises(
        ParameterError, match=r"^parameter looks=.*: is not a whole number \(looks: how often.*\)$"
    ):
        Parameters.parse({"survey": str(survey), "looks": looks})


def test_a_mark_says_of_which_files_a_parameter_names_a_column():
    assert ColumnOf("survey") == ColumnOf("survey", everywhere=False)
    assert ColumnOf("survey", "frame", everywhere=True).files == ("survey", "frame")
