"""The parameters of notebook 01: names, kinds, bounds and meanings."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from cxlib.parameters import ColumnOf, InputFile, InputFolder, StudyParameters


class Parameters(StudyParameters):
    """What notebook 01 needs to know."""

    transcripts: InputFolder = Field()
    codings: InputFile = Field()
    codebook: InputFile | None = None
    cases: InputFile | None = None
    case: Annotated[str | None, ColumnOf("cases")] = None
    order: Annotated[str | None, ColumnOf("cases")] = None
    interviewers: tuple[str, ...] = ()
    rule: str = "majority"
    quotes_each: int = Field(3, ge=1, le=20)
    quoted_codes: int = Field(3, ge=1, le=20)
    ahead: int = Field(5, ge=1, le=100)
    resamples: int = Field(1000, ge=100, le=100_000)
    confidence: float = Field(0.95, gt=0, lt=1)
    seed: int = Field(20260930, ge=0)
