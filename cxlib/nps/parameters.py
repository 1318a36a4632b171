"""The parameters of the notebook `03_nps`, checked; no file is opened and no row is read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationInfo,
    field_validator,
    model_validator,
)

from cxlib import check
from cxlib.bound_values import Only
from cxlib.parameters import ColumnOf, ConditionOn, InputTable, KeysOf, Labels
from cxlib.survey_parameters import SurveyParameters

PROMOTER, DETRACTOR = 9, 6  # the usual cut points: 9 and 10 promote, 0 to 6 detract
_MOST_LOOKS = 1_000_000
Column = Annotated[str | None, ColumnOf("survey")]


class Columns(BaseModel):
    """Columns of the file that play a part of their own; name those you have."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    weight: Annotated[str | None, ColumnOf("survey", "weights")] = Field(default=None)
    strata: Column = Field(default=None)
    cluster: Column = Field(default=None)
    respondent: Column = Field(default=None)
    mode: Column = Field(
        default=None,
    )
    comment: Column = Field(default=None)


class Parameters(SurveyParameters):
    """Parameters of the notebook `03_nps`."""

    sample: ClassVar[Mapping[str, Any]] = {
        "survey": "../data/sample/responses.csv",
        "score": "score",
        "wave_column": "wave",
        "segment": "contact_type",
        "columns": {"respondent": "customer_id", "comment": "comment"},
    }
    survey: InputTable = Path("../data/sample/responses.csv")
    score: Annotated[str, ColumnOf("survey")] = "score"

    scale: tuple[int, int] = (0, 10)
    scale_shift: int = Field(0, ge=-100, le=100)
    labels: Labels = Field({})
    wave_column: Column = "wave"

    wave: str | None = Field(None, coerce_numbers_to_str=True)
    wave_by: Literal["value", "unordered", "month", "quarter", "year"] = "value"
    dates: Literal["day first", "month first", "year first"] | None = None
    zone: str | None = None
    wave_order: list[Annotated[str, Field(coerce_numbers_to_str=True)]] | None = None
    segment: Column = None
    columns: Columns = Columns()
    weights: InputTable | None = None
    where: Annotated[str | None, ConditionOn("survey")] = None
    only: Annotated[Only, KeysOf("survey")] = Field({})
    margin: float | None = Field(None, gt=0, le=200)
    looks: int | dict[str, int] = 1
    confidence: float = Field(0.95, gt=0.5, lt=1)

    @field_validator("scale")
    @classmethod
    def _scale(cls, scale: tuple[int, int]) -> tuple[int, int]:
        return check.nps_scale(scale)

    @field_validator("labels")
    @classmethod
    def _labels(cls, labels: Labels, info: ValidationInfo) -> Labels:
        return check.labels(labels, scale=info.data.get("scale", (0, 10)))

    @field_validator("zone")
    @classmethod
    def _zone(cls, zone: str | None) -> str | None:
        return None if zone is None else check.zone(zone)

    @field_validator("wave_order")
    @classmethod
    def _wave_order(cls, wave_order: list[str] | None, info: ValidationInfo) -> list[str] | None:
        wave_by = info.data.get("wave_by", "value")
        if wave_order is not None and wave_by != "value":
            raise ValueError(
                f"an order of waves goes with wave_by='value' alone, not with {wave_by!r}; leave "
                "one of the two out"
            )
        return wave_order

    @field_validator("looks")
    @classmethod
    def _looks(cls, looks: int | dict[str, int]) -> int | dict[str, int]:
        low, given = (0, looks.values()) if isinstance(looks, dict) else (1, [looks])
        if not all(low <= number <= _MOST_LOOKS for number in given):
            raise ValueError(f"each number must be from {low} to {_MOST_LOOKS:,}")
        return looks

    @model_validator(mode="after")
    def _weights_named(self) -> Parameters:
        if self.weights is not None and self.columns.weight is None:
            raise ValueError(
                f"weights={self.weights.as_posix()!r} needs the name of its column of weights; add "
                "it to columns, as columns={weight: weight}"
            )
        return self

    @model_validator(mode="after")
    def _columns_apart(self) -> Parameters:
        further = {f"columns.{name}": column for name, column in self.columns.model_dump().items()}
        part = next((name for name, column in further.items() if column == self.score), None)
        if part is not None:
            raise ValueError(
                f"{part}={self.score!r} is the column with the score; name another one, or leave "
                "it out"
            )
        alone = {"score": self.score, "wave_column": self.wave_column, "segment": self.segment}
        alone |= {name: further[name] for name in ("columns.weight", "columns.comment")}
        named = [column for column in alone.values() if column]
        twice = next((column for column in named if named.count(column) > 1), None)
        if twice is not None:
            both = " and ".join(name for name, column in alone.items() if column == twice)
            raise ValueError(
                f"{both}: column {twice!r} is named by two parameters; each needs a column of its "
                "own"
            )
        return self
