"""How a survey's file is read -> the parameters that every study of one survey has."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import field_validator

from cxlib.marks import ReadWith
from cxlib.parameters import StudyParameters


class SurveyParameters(StudyParameters):
    """What every study of one survey file has: how that file is read."""

    layout: Annotated[Literal["auto", "plain", "qualtrics", "surveymonkey"], ReadWith("survey")] = (
        "auto"
    )
    sheet: Annotated[int | str | None, ReadWith("survey")] = None
    header: Annotated[int | None, ReadWith("survey")] = None
    finished_only: bool = True

    @field_validator("header")
    @classmethod
    def _header(cls, header: int | None) -> int | None:
        if header not in (None, 1, 2, 3):
            raise ValueError(
                "it must be 1, 2 or 3, or None to have the rows found; a file without a row of "
                "names needs one: write it first"
            )
        return header

    @property
    def read_with(self) -> dict[str, Any]:
        """How the survey is read: arguments of `sources.read_survey`."""
        return {
            "layout": self.layout,
            "sheet": self.sheet,
            "header": self.header,
            "finished_only": self.finished_only,
        }
