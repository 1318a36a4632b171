"""The parameters of the notebook `02_bias`; no file is opened here."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, ValidationInfo, field_validator

from cxlib.parameters import ColumnOf, InputFile, StudyParameters


class Parameters(StudyParameters):
    """Parameters of the notebook `02_bias`."""

    survey: InputFile = Path("../data/sample/responses.csv")
    frame: InputFile | None = None
    invitations: InputFile | None = None
    customer: Annotated[str | None, ColumnOf("survey", "frame", "invitations", everywhere=True)] = (
        Field(None, validate_default=True)
    )
    margins: Annotated[list[str], ColumnOf("survey", "frame")] = Field([])
    score: Annotated[str | None, ColumnOf("survey")] = None
    scale: tuple[int, int] = (0, 10)
    outcome: Annotated[str | None, ColumnOf("survey")] = None
    channel: Annotated[str | None, ColumnOf("survey")] = None
    mode: Annotated[str | None, ColumnOf("invitations")] = None
    # not marked as a column: the usual one may be absent, and all answers are one wave then
    wave_column: str | None = "wave"
    wave: str | None = None
    weight: Annotated[str | None, ColumnOf("survey")] = None
    cluster: Annotated[str | None, ColumnOf("survey")] = None
    strata: Annotated[str | None, ColumnOf("survey")] = None
    population: Annotated[str | None, ColumnOf("survey")] = None
    confidence: float = Field(0.95, gt=0.5, lt=1)

    @field_validator("margins")
    @classmethod
    def _once(cls, value: list[str]) -> list[str]:
        if len(set(value)) < len(value):
            raise ValueError("a column is named twice; name each once")
        return value

    @field_validator("customer")
    @classmethod
    def _joins(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("invitations") is not None:
            raise ValueError(
                "customer=None: the files must be joined by customer; name the column with the "
                "customer's id, the same in all of them"
            )
        return value

    @property
    def design(self) -> dict[str, Any]:
        """How people were drawn, and the level: what every estimate with an interval takes."""
        return {
            "cluster": self.cluster,
            "strata": self.strata,
            "population": self.population,
            "confidence": self.confidence,
        }
