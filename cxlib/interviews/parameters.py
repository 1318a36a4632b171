"""The parameters of notebook 01: names, kinds, bounds and meanings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import Field, model_validator

from cxlib.bound_values import Only
from cxlib.parameters import ColumnOf, ConditionOn, InputFile, InputFolder, KeysOf, StudyParameters


class Parameters(StudyParameters):
    """What notebook 01 needs to know."""

    sample: ClassVar[Mapping[str, Any]] = {
        "transcripts": "../data/sample/interviews",
        "codings": "../data/sample/interviews/codings.csv",
        "codebook": "../data/sample/interviews/codebook.yaml",
        "cases": "../data/sample/interviews/cases.csv",
        "case": "language",
        "order": "interviewed_on",
    }
    transcripts: InputFolder = Field()
    codings: InputFile = Field()
    codebook: InputFile | None = None
    cases: InputFile | None = None
    case: Annotated[str | None, ColumnOf("cases")] = None
    order: Annotated[str | None, ColumnOf("cases")] = None
    where: Annotated[str | None, ConditionOn("cases")] = None
    only: Annotated[Only, KeysOf("cases")] = Field({})
    interviewers: tuple[str, ...] = ()
    rule: str = "majority"
    quotes_each: int = Field(3, ge=1, le=20)
    quoted_codes: int = Field(3, ge=1, le=20)
    ahead: int = Field(5, ge=1, le=100)
    resamples: int = Field(1000, ge=100, le=100_000)
    confidence: float = Field(0.95, gt=0, lt=1)
    seed: int = Field(20260930, ge=0)

    @model_validator(mode="after")
    def _of_cases(self) -> Parameters:
        if self.where is not None and self.cases is None:
            raise ValueError(
                f"where={self.where!r} is about the cases; give cases=, the table that describes "
                "each interview, or where=None"
            )
        if self.only and self.cases is None:
            raise ValueError(
                f"only={self.only!r} is about the cases; give cases=, the table that describes "
                "each interview, or only={}"
            )
        return self
