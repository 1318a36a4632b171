"""The parameters of the notebook `02_bias`; no file is opened here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator

from cxlib import check
from cxlib.bound_values import Only
from cxlib.parameters import ColumnOf, ConditionOn, InputFile, KeysOf, Labels
from cxlib.survey_parameters import SurveyParameters


class Parameters(SurveyParameters):
    """Parameters of the notebook `02_bias`."""

    sample: ClassVar[Mapping[str, Any]] = {
        "survey": "../data/sample/responses.csv",
        "frame": "../data/sample/customers.csv",
        "invitations": "../data/sample/invitations.parquet",
        "customer": "customer_id",
        "margins": ["country", "age_band", "plan"],
        "score": "score",
        "outcome": "csat",
        "channel": "contact_type",
        "mode": "mode",
    }
    survey: InputFile = Path("../data/sample/responses.csv")
    frame: InputFile | None = None
    invitations: InputFile | None = None
    customer: Annotated[str | None, ColumnOf("survey", "frame", "invitations", everywhere=True)] = (
        Field(None, validate_default=True)
    )
    margins: Annotated[list[str], ColumnOf("survey", "frame")] = Field([])
    score: Annotated[str | None, ColumnOf("survey")] = None
    scale: tuple[int, int] = (0, 10)
    scale_shift: int = Field(0, ge=-100, le=100)
    labels: Labels = Field({})
    outcome: Annotated[str | None, ColumnOf("survey")] = None
    channel: Annotated[str | None, ColumnOf("survey")] = None
    mode: Annotated[str | None, ColumnOf("invitations")] = None
    # not marked as a column: the usual one may be absent, and all answers are one wave then
    wave_column: str | None = "wave"
    wave_by: Literal["value", "month", "quarter", "year"] = "value"
    dates: Literal["day first", "month first", "year first"] | None = None
    wave: str | None = None
    wave_order: list[Annotated[str, Field(coerce_numbers_to_str=True)]] | None = None
    weight: Annotated[str | None, ColumnOf("survey")] = None
    cluster: Annotated[str | None, ColumnOf("survey")] = None
    strata: Annotated[str | None, ColumnOf("survey")] = None
    population: Annotated[str | None, ColumnOf("survey")] = None
    where: Annotated[str | None, ConditionOn("survey", "frame", "invitations")] = None
    only: Annotated[Only, KeysOf("survey", "frame")] = Field({})
    where_answers: Annotated[str | None, ConditionOn("survey")] = None
    confidence: float = Field(0.95, gt=0.5, lt=1)

    @field_validator("scale")
    @classmethod
    def _scale(cls, value: tuple[int, int]) -> tuple[int, int]:
        return check.nps_scale(value)

    @field_validator("labels")
    @classmethod
    def _labels(cls, value: Labels, info: ValidationInfo) -> Labels:
        return check.labels(value, scale=info.data.get("scale", (0, 10)))

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
