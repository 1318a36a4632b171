"""The parameters of the notebook `02_bias`; no file is opened here."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from cxlib import check
from cxlib.bound_values import Only
from cxlib.parameters import ColumnOf, ConditionOn, InputTable, KeysOf, Labels, OutputTable, lies_in
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
        "items": ["item_*"],
        "reverse": ["item_04", "item_09"],
        "styles_by": "country",
        "seconds": "seconds",
        "reminders": "reminders",
    }
    survey: InputTable = Path("../data/sample/responses.csv")
    frame: InputTable | None = None
    invitations: InputTable | None = None
    customer: Annotated[str | None, ColumnOf("survey", "frame", "invitations", everywhere=True)] = (
        Field(None, validate_default=True)
    )
    margins: Annotated[list[str], ColumnOf("survey", "frame")] = Field([])
    targets: Annotated[InputTable | dict[str, Any] | None, KeysOf("survey", "frame")] = None
    merge: Literal["auto"] | dict[str, dict[Any, Any]] | None = None
    score: Annotated[str | None, ColumnOf("survey")] = None
    scale: tuple[int, int] = (0, 10)
    scale_shift: int = Field(0, ge=-100, le=100)
    labels: Labels = Field({})
    outcome: Annotated[str | None, ColumnOf("survey")] = None
    channel: Annotated[str | None, ColumnOf("survey")] = None
    mode: Annotated[str | None, ColumnOf("invitations")] = None
    items: Annotated[list[str], ColumnOf("survey", patterns=True)] = Field([])
    item_scales: dict[str, list[str]] = Field({})
    item_range: tuple[int, int] = (1, 5)
    reverse: Annotated[list[str], ColumnOf("survey", patterns=True)] = Field([])
    styles_by: Annotated[str | None, ColumnOf("survey", "frame")] = None
    seconds: Annotated[str | None, ColumnOf("survey")] = None
    reminders: Annotated[str | None, ColumnOf("survey", "invitations")] = None
    answered_at: Annotated[str | None, ColumnOf("survey", "invitations")] = None
    proxy: Annotated[str | None, ColumnOf("survey", "frame")] = None
    threshold: float = Field(0, gt=-100, lt=100)
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
    se: Literal["linearised", "jackknife"] | None = None
    weights_out: OutputTable | None = None
    answer_id: Annotated[str | None, ColumnOf("survey")] = None
    confidence: float = Field(0.95, gt=0.5, lt=1)

    @field_validator("scale")
    @classmethod
    def _scale(cls, value: tuple[int, int]) -> tuple[int, int]:
        return check.nps_scale(value)

    @field_validator("labels")
    @classmethod
    def _labels(cls, value: Labels, info: ValidationInfo) -> Labels:
        return check.labels(value, scale=info.data.get("scale", (0, 10)))

    @field_validator("item_range")
    @classmethod
    def _range(cls, value: tuple[int, int]) -> tuple[int, int]:
        return check.scale(value)

    @field_validator("margins")
    @classmethod
    def _once(cls, value: list[str]) -> list[str]:
        if len(set(value)) < len(value):
            raise ValueError("a column is named twice; name each once")
        return value

    @field_validator("targets")
    @classmethod
    def _categories(cls, value: Any) -> Any:
        if not isinstance(value, Mapping):
            return value
        for column, categories in value.items():
            if not isinstance(categories, Mapping) or not categories:
                raise ValueError(
                    f"targets: {column!r} is given {categories!r}; give each column its categories "
                    "with a count, share or percent, such as {plan: {basic: 0.6, pro: 0.4}}, or "
                    "the path of a table"
                )
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

    @model_validator(mode="after")
    def _written_apart(self) -> Parameters:
        if self.weights_out is None:
            return self
        read = {"survey": self.survey, "frame": self.frame, "invitations": self.invitations}
        if isinstance(self.targets, Path):
            read["targets"] = self.targets
        for name, path in read.items():
            if path is not None and lies_in(self.weights_out, path):
                raise ValueError(
                    f"weights_out={self.weights_out.as_posix()!r} is the file that {name} names, "
                    "and would be written over; give another file"
                )
        return self

    @property
    def design(self) -> dict[str, Any]:
        """How people were drawn, and the level: what every estimate with an interval takes."""
        return {
            "cluster": self.cluster,
            "strata": self.strata,
            "population": self.population,
            "se": self.se,
            "confidence": self.confidence,
        }

    @property
    def arrival(self) -> dict[str, str]:
        """By what early answers are told from late ones: reminders, else the time of the answer."""
        if self.reminders is not None:
            return {"reminders": self.reminders}
        return {} if self.answered_at is None else {"arrived": self.answered_at}
