"""Opened files -> the counts and results that they allow; what they do not allow is said by an
`Absent`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from cxlib.errors import CohortError, EmptyDataError, ParameterError
from cxlib.language import text
from cxlib.result import Absent, Table, Text
from cxlib.retention.accounting import Movements, Revenue, movements, revenue
from cxlib.retention.age_period_cohort import AgePeriodCohort, age_period_cohort
from cxlib.retention.averages import Average, average
from cxlib.retention.cohorts import Cohorts
from cxlib.retention.comparison import Comparison, compare
from cxlib.retention.contracts import Contract, contract, contract_of_durations
from cxlib.retention.counts import count_cohorts
from cxlib.retention.curves import Survival, survival
from cxlib.retention.duration_counts import (
    count_durations,
    durations_from_orders,
    durations_from_spells,
)
from cxlib.retention.durations import Durations
from cxlib.retention.gap_counts import count_gaps
from cxlib.retention.gaps import CameBack, Gaps, GapSensitivity, came_back, gap_sensitivity
from cxlib.retention.load_counts import count_days
from cxlib.retention.loading import Loading, loading
from cxlib.retention.own_clock_counts import count_own_clock
from cxlib.retention.presets import preset
from cxlib.retention.smile import Smile, smile
from cxlib.retention.triangles import Triangle, triangle

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from cxlib.retention.parameters import Parameters


@dataclass(frozen=True, slots=True, eq=False)
class Records:
    """The opened and checked files of a retention study; its methods make the counts and results
    that the files allow.

    Attributes
    ----------
    parameters : Parameters
    events : ibis Table or None
        None where the data are durations.
    customers, subscriptions : pandas.DataFrame or None
    as_of : datetime.date or None
        Exclusive: the first day for which the events are not complete.
    followed : pandas.DataFrame or None
        One row a customer, with times and outcomes, where there are no events.
    """

    parameters: Parameters
    events: ir.Table | None = None
    customers: pd.DataFrame | None = None
    subscriptions: pd.DataFrame | None = None
    as_of: dt.date | None = None
    followed: pd.DataFrame | None = None

    def cohorts(self) -> Cohorts | Absent:
        """Count customers by cohort and active periods."""
        if self.events is None:
            return Absent.of("retention.no_events")
        p = self.parameters
        value = (
            p.value if p.duplicates == "exact" else None
        )  # two amounts on one day are no duplicates
        try:
            return count_cohorts(
                self.events, **self._columns(), **self._came(), value=value, duplicates=p.duplicates
            )
        except CohortError:  # no id of the events is one of the customers
            known = (
                self.events.filter(self.events[p.customer].notnull())
                .select(p.customer)
                .head(1)
                .execute()
            )
            here, there = (
                str(frame[p.customer].dropna().iloc[0]) for frame in (known, self.customers)
            )
            raise CohortError(
                f"customer={p.customer!r}: none of the events belongs to a customer with an "
                "acquisition date; "
                f"write the ids alike in both files (here {here!r} and {there!r}), or name the "
                "right "
                "file of customers"
            ) from None

    def durations(self) -> Durations:
        """Count customers by tenure: given, from subscriptions where there are some, else from
        orders with `gap_days`."""
        p = self.parameters
        by = () if p.segment is None else (p.segment,)
        if self.followed is not None:
            return count_durations(
                self.followed,
                duration=p.tenure,
                event=p.lost,
                by=by,
                unit="month" if p.period == "month" else "period",
            )
        if self.subscriptions is not None:
            return durations_from_spells(
                self.subscriptions,
                customer=p.customer,
                started=p.started,
                ended=p.ended,
                as_of=self.as_of,
                zone=p.zone,
                by=by,
                customers=self.customers if by else None,
            )
        return durations_from_orders(
            self.events,
            **self._columns(),
            gap_days=p.gap_days,
            as_of=p.as_of,
            by=by,
            customers=self.customers if by else None,
        )

    def contract(self, cohorts: Cohorts | Absent, durations: Durations) -> Contract:
        """Account for every row that was read."""
        if isinstance(cohorts, Absent):
            return contract_of_durations(durations, language=self.parameters.language)
        p, late = self.parameters, 0
        if self.customers is not None:
            late = (
                self.customers[[p.customer, p.acquired]]
                .replace("", None)
                .dropna()[p.customer]
                .nunique()
                - cohorts.customers
            )
        return contract(
            cohorts, contradicted=self._contradicted(), too_late=late, language=p.language
        )

    def loading(self) -> Loading | Absent:
        """Look for holes in what was loaded."""
        if self.events is None:
            return Absent.of("retention.no_events")
        return loading(
            count_days(self.events, **self._columns(), as_of=self.parameters.as_of),
            language=self.parameters.language,
        )

    def triangle(self, cohorts: Cohorts | Absent) -> Triangle | Absent:
        """Return retention by cohort and age; on the customers' own clock, windows are counted
        first."""
        if isinstance(cohorts, Absent):
            return cohorts
        p = self.parameters
        try:
            counts = (
                cohorts
                if p.clock == "calendar"
                else count_own_clock(
                    self.events, **self._columns(), **self._came(), days=p.window_days
                )
            )
            return triangle(
                counts, kind=p.kind, clock=p.clock, brackets=p.brackets, confidence=p.confidence
            )
        except EmptyDataError:  # no customer has come to the first bracket
            return Absent.of("retention.no_cell")

    def preset(self, cells: Triangle | Absent) -> list[str]:
        """Return what the documents of the product say whose definition the triangle takes, if it
        takes one."""
        p = self.parameters
        return (
            []
            if p.preset is None or isinstance(cells, Absent)
            else [
                text(
                    "retention.as_product",
                    p.language,
                    definition=preset(p.preset).definition(p.language),
                )
            ]
        )

    def average(self, cells: Triangle | Absent) -> Average | Absent:
        """Return retention by age over one fixed set of cohorts."""
        if isinstance(cells, Absent):
            return cells
        try:
            return average(cells)
        except EmptyDataError:  # windows or brackets that are not over for the whole of any cohort
            return Absent.of("retention.no_average")

    def by_cohort(self, cells: Triangle | Absent, ages: Sequence[int]) -> Table | Text:
        """Return a row a cohort and a column each of some ages, or of all brackets."""
        if isinstance(cells, Absent):
            return cells.table()
        return cells.by_cohort(ages, language=self.parameters.language)

    def smile(self, cohorts: Cohorts | Absent) -> Smile | Absent:
        """Return which cohorts turn up late."""
        return (
            cohorts
            if isinstance(cohorts, Absent)
            else smile(cohorts, confidence=self.parameters.confidence)
        )

    def ages(self, cohorts: Cohorts | Absent) -> AgePeriodCohort | Absent:
        """Return what acts on all cohorts at one time, and what on one cohort at all times."""
        if isinstance(cohorts, Absent):
            return cohorts
        try:
            return age_period_cohort(cohorts, confidence=self.parameters.confidence)
        except (EmptyDataError, ParameterError):  # too few cohorts and ages, or too many
            return Absent.of("retention.no_ages")

    def movements(self, cohorts: Cohorts | Absent) -> Movements | Absent:
        """Return who came, stayed, came back and fell silent."""
        return cohorts if isinstance(cohorts, Absent) else movements(cohorts)

    def silences(self) -> Gaps | Absent:
        """Count the silences of customers, where lost means a silence."""
        if self.events is None or self.subscriptions is not None:
            return Absent.of("retention.no_gap")
        return count_gaps(self.events, **self._columns(), as_of=self.parameters.as_of)

    def gaps(self, silences: Gaps | Absent) -> GapSensitivity | Absent:
        """Return how much hangs on `gap_days`."""
        if isinstance(silences, Absent):
            return silences
        return gap_sensitivity(
            silences, gap_days=self.parameters.gap_days, confidence=self.parameters.confidence
        )

    def came_back(self, silences: Gaps | Absent) -> CameBack | Absent:
        """Return who of those called lost on past days came back."""
        if isinstance(silences, Absent):
            return silences
        p = self.parameters
        try:
            return came_back(
                silences, gap_days=p.gap_days, period=p.period, confidence=p.confidence
            )
        except EmptyDataError:
            return Absent.of("retention.no_past_day")

    def by_segment(self, durations: Durations) -> Survival | Absent:
        """Return one curve a segment, or say that there are no segments."""
        if self.parameters.segment is None:
            return Absent.of("retention.no_segment")
        return survival(
            durations, by=self.parameters.segment, confidence=self.parameters.confidence
        )

    def between_segments(self, durations: Durations) -> Comparison | Absent:
        """Return the log-rank tests between segments, or say that there are no segments."""
        if self.parameters.segment is None:
            return Absent.of("retention.no_segment")
        return compare(
            durations, between=self.parameters.segment, confidence=self.parameters.confidence
        )

    def revenue(self) -> Revenue | Absent:
        """Return net and gross revenue retention, or say that there are no amounts."""
        p = self.parameters
        if self.events is None:
            return Absent.of("retention.no_events")
        if p.value is None:
            return Absent.of("retention.no_value")
        return revenue(
            self.events,
            **self._columns(),
            value=p.value,
            period=p.period,
            week_start=p.week_start,
            as_of=p.as_of,
            duplicates=p.duplicates,
            confidence=p.confidence,
        )

    def _contradicted(self) -> int:
        """Number of customers of whom the file of customers gives two dates or groups."""
        p = self.parameters
        if self.customers is None:
            return 0
        said = self.customers[
            list(dict.fromkeys(filter(None, (p.customer, p.acquired, p.segment))))
        ].drop_duplicates()
        return int(said.loc[said[p.customer].duplicated(), p.customer].dropna().nunique())

    def _columns(self) -> dict[str, str]:
        return {
            "customer": self.parameters.customer,
            "time": self.parameters.time,
            "zone": self.parameters.zone,
        }

    def _came(self) -> dict[str, Any]:
        p = self.parameters
        return {
            "period": p.period,
            "week_start": p.week_start,
            "as_of": p.as_of,
            "acquired": self.customers,
            "acquired_on": p.acquired,
        }
