"""The parameters of notebook 01: names, kinds, bounds and meanings."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, model_validator

from cxlib.bound_values import Only
from cxlib.parameters import (
    ColumnOf,
    ConditionOn,
    InputFile,
    InputFiles,
    InputTable,
    InputTexts,
    KeysOf,
    OutputFolder,
    StudyParameters,
)


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
    replaced: ClassVar[Mapping[str, str]] = {
        "interviewers": 'speakers = {{"interviewer": {value!r}}}'
    }
    transcripts: InputTexts = Field()
    text_column: Annotated[str | None, ColumnOf("transcripts")] = None
    source: str | None = None
    codings: InputFiles | None = None
    coders: tuple[str, ...] = ()
    settled: InputFile | None = None
    sheets: OutputFolder | None = None
    codebook: InputFile | None = None
    cases: InputTable | None = None
    case: Annotated[str | None, ColumnOf("cases", "transcripts")] = None
    order: Annotated[str | None, ColumnOf("cases", "transcripts")] = None
    where: Annotated[str | None, ConditionOn("cases")] = None
    only: Annotated[Only, KeysOf("cases", "transcripts")] = Field({})
    unit: Literal["turn", "sentence", "cue", "line"] | None = None
    speakers: dict[str, str | list[str]] = Field({})
    rule: str = "majority"
    quotes_each: int = Field(3, ge=1, le=20)
    quoted_codes: int = Field(3, ge=1, le=20)
    ahead: int = Field(5, ge=1, le=100)
    views: bool = False
    interval: Literal["jackknife", "bootstrap"] = "jackknife"
    resamples: int = Field(1000, ge=100, le=100_000)
    confidence: float = Field(0.95, gt=0, lt=1)
    seed: int = Field(20260930, ge=0)

    @model_validator(mode="after")
    def _of_cases(self) -> Parameters:
        # a table of texts describes them, and so does the folder where it is their source
        described = self.cases is not None or self.source == "folder" or self.transcripts.is_file()
        if self.where is not None and not described:
            raise ValueError(
                f"where={self.where!r} is about the cases; give cases=, the table that describes "
                "each interview, or where=None"
            )
        if self.only and not described:
            raise ValueError(
                f"only={self.only!r} is about the cases; give cases=, the table that describes "
                "each interview, or only={}"
            )
        return self
