"""Parameters of the retention notebook: names, bounds, and what does not go together."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
    model_validator,
)

from cxlib import check
from cxlib.bound_values import Only
from cxlib.parameters import ColumnOf, ConditionOn, InputTable, KeysOf, ReadWith, StudyParameters

MOST_AGES = 1000
_Age = Annotated[int, Field(le=MOST_AGES)]
# what the definition of a product stands for, by month; see `presets`
MEANT: dict[str, dict[str, Any]] = {
    "amplitude": {"period": "month", "kind": "on", "clock": "own", "window_days": 30},
    "mixpanel": {"period": "month", "kind": "on_or_after", "clock": "own", "window_days": 30},
    "posthog": {"period": "month", "kind": "on", "clock": "calendar"},
    "ga4": {"period": "month", "kind": "on", "clock": "calendar"},
    "adobe": {"period": "month", "kind": "on", "clock": "calendar"},
}


class Parameters(StudyParameters):
    """Parameters of the retention study."""

    sample: ClassVar[Mapping[str, Any]] = {
        "orders": "../data/sample/orders.parquet",
        "customer": "customer_id",
        "time": "ordered_at",
        "value": "amount",
        "customers": "../data/sample/customers.csv",
        "acquired": "acquired_on",
        "segment": "segment",
        "subscriptions": "../data/sample/subscriptions.csv",
        "started": "started_on",
        "ended": "ended_on",
    }
    orders: InputTable | None = None

    durations: InputTable | None = None
    tenure: Annotated[str, ColumnOf("durations")] = "tenure"

    lost: Annotated[str, ColumnOf("durations")] = "lost"
    customer: Annotated[str, ColumnOf("orders", "customers", "subscriptions", everywhere=True)] = (
        "customer_id"
    )
    time: Annotated[str, ColumnOf("orders")] = "ordered_at"

    value: Annotated[str | None, ColumnOf("orders")] = "amount"

    sheet: Annotated[int | str | None, ReadWith("orders")] = None
    dates: Literal["day first", "month first", "year first"] | None = None
    zone: str = "UTC"
    period: Literal["week", "month", "quarter", "year"] = "month"

    week_start: Literal["monday", "sunday"] = "monday"

    duplicates: str | None = None
    where: Annotated[str | None, ConditionOn("orders", "durations")] = None
    only: Annotated[Only, KeysOf("orders", "customers", "durations")] = Field({})
    start_where: Annotated[str | None, ConditionOn("orders")] = None
    as_of: dt.date | None = None
    before_record: dt.date | None = None
    customers: InputTable | None = None
    acquired: Annotated[str, ColumnOf("customers")] = "acquired_on"

    segment: Annotated[str | None, ColumnOf("customers", "durations")] = None
    subscriptions: InputTable | None = None
    started: Annotated[str, ColumnOf("subscriptions")] = "started_on"

    ended: Annotated[str, ColumnOf("subscriptions")] = "ended_on"
    renewal_days: int = Field(1, ge=0, le=366)
    gap_days: int = Field(
        90,
        ge=1,
        le=3650,
    )
    kind: Literal["on", "on_or_after", "rolling", "returned_by", "bracket"] = "on"

    brackets: list[tuple[_Age, _Age]] | None = None
    clock: Literal["calendar", "own"] = "calendar"
    window_days: int = Field(30, ge=1, le=3650)
    preset: Literal["amplitude", "mixpanel", "posthog", "ga4", "adobe"] | None = None
    months: int = Field(
        6,
        ge=1,
        le=120,
    )
    confidence: float = Field(0.95, gt=0, lt=1)

    @field_validator("zone")
    @classmethod
    def _zone(cls, zone: str) -> str:
        return check.zone(zone)

    @field_validator("brackets", mode="wrap")
    @classmethod
    def _brackets(
        cls, value: Any, handler: ValidatorFunctionWrapHandler
    ) -> list[tuple[int, int]] | None:
        try:
            read = handler(value)
        except ValidationError:
            raise ValueError(
                f"brackets={value!r} are no pairs of whole ages up to {MOST_AGES:,}; write them "
                "like "
                "[[1, 3], [4, 6]]"
            ) from None
        return None if read is None else check.brackets(read)

    @model_validator(mode="before")
    @classmethod
    def _preset(cls, values: Any) -> Any:
        """Put in what a preset stands for; refuse what contradicts it."""
        meant = MEANT.get(values.get("preset") or "") if isinstance(values, dict) else None
        if meant is None:
            return values
        for name, value in meant.items():
            usual = cls.model_fields[name].default
            given = values.get(name, usual)
            if given not in (value, usual):
                raise ValueError(
                    f"{name}={given!r} does not go with preset={values['preset']!r}, which stands "
                    f"for {name}={value!r}; "
                    f"give {name}={usual!r} and the preset decides, or preset=None and {name} "
                    "counts"
                )
        return {**values, **meant}

    @model_validator(mode="after")
    def _together(self) -> Self:
        if (self.orders is None) == (self.durations is None):
            raise ValueError(
                "orders and durations: give one of them: orders, one row an event, or durations, "
                "one row a "
                f"customer with how long and whether lost (orders={self.orders!r}, "
                f"durations={self.durations!r})"
            )
        if self.start_where is not None and self.orders is None:
            raise ValueError(
                f"start_where={self.start_where!r} says which event begins a customer's life, and "
                "durations have no events; give orders=, or start_where=None"
            )
        if self.durations is None and self.segment is not None and self.customers is None:
            raise ValueError(
                f"segment={self.segment!r} needs the file of customers that has this column; give "
                "customers=, or "
                "segment=None"
            )
        if self.kind == "bracket" and self.brackets is None:
            raise ValueError(
                "brackets=None: kind='bracket' needs the first and last age of each span; give "
                "brackets such as "
                "[[1, 3], [4, 6]], or another kind"
            )
        if self.kind != "bracket" and self.brackets is not None:
            raise ValueError(
                f"brackets={self.brackets!r} go with kind='bracket' only, and kind is "
                f"{self.kind!r}; give kind='bracket', "
                "or brackets=None"
            )
        return self

    def day_of_report(self) -> str | None:
        """Return today where no `as_of` is given: what is booked for later is left out then."""
        return None if self.as_of else dt.datetime.now(ZoneInfo(self.zone)).date().isoformat()
