"""Times and outcomes as counts by tenure: what survival curves and tests need, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import CohortError, EmptyDataError, ParameterError, WeightError
from cxlib.methods.survival.risk_table import RiskTable, risk_table
from cxlib.retention.cohorts import Cohorts, in_parts
from cxlib.retention.groups import find_columns
from cxlib.rows.periods import places
from cxlib.shown.message import Message

UNITS = ("day", "week", "month", "quarter", "year", "period")
# finished periods without activity after which a customer of `Cohorts` counts as lost, unless
# another number is given
GAP = 3
WEIGHTED = ("lost_weight", "censored_weight", "lost_square", "censored_square")


class Lost(StrEnum):
    """What "lost" means."""

    SPELL = "spell"
    GAP = "gap"
    SILENCE = "silence"
    GIVEN = "given"


@dataclass(frozen=True, slots=True, eq=False)
class Durations:
    """Customers lost and customers still there (censored) by tenure; `a + b` is the count of the
    union.

    Attributes
    ----------
    frame : pandas.DataFrame
        The columns of `by`, `tenure`, `lost`, `censored`; one row a tenure at which anything
        happened. Where customers came under observation later, `entered`: those followed from just
        after that tenure on. Where there are weights, `lost_weight` and `censored_weight` (sums of
        weights beside the numbers of people) and `lost_square` and `censored_square` (sums of
        squared weights, which the variance needs).
    by : tuple of str
    unit : str
        Unit of `tenure`: "day", "week", "month", "quarter", "year", or "period" where it is not
        known.
    tally : mapping of str to int
        Rows read, and rows left out, by reason.
    definition : Lost
        Who counts as lost.
    gap_days : int or None
        Days without an order after which a customer counts as lost, where the definition is "gap".
    gap : int or None
        Finished periods without activity after which a customer counts as lost, where the
        definition is "silence".
    warnings : tuple of Message
        What was noticed of the rows that can change a number.
    """

    frame: pd.DataFrame
    by: tuple[str, ...] = ()
    unit: str = "period"
    tally: Mapping[str, int] = field(default_factory=dict)
    definition: Lost = Lost.GIVEN
    gap_days: int | None = None
    gap: int | None = None
    carried: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[Message, ...] = ()

    @property
    def customers(self) -> int:
        """Number of customers counted."""
        return int(self.frame["lost"].sum() + self.frame["censored"].sum())

    @property
    def untold(self) -> int:
        """Number of customers censored at a tenure of 0: they are counted, and tell nothing."""
        return int(self.frame.loc[self.frame["tenure"] == 0, "censored"].sum())

    @property
    def delayed(self) -> bool:
        """Whether some customers came under observation after their tenure began."""
        return "entered" in self.frame

    @property
    def weighted(self) -> bool:
        """Whether the customers carry weights."""
        return "lost_weight" in self.frame

    def __add__(self, other: Durations) -> Durations:
        if not isinstance(other, Durations):
            return NotImplemented
        for name in ("by", "unit", "definition", "gap_days", "gap", "weighted", "delayed"):
            one, two = (
                each.value if isinstance(each, Lost) else each
                for each in (getattr(self, name), getattr(other, name))
            )
            if one != two:
                raise CohortError(
                    f"these durations cannot be added: {name} is {one!r} in one and {two!r} in the "
                    f"other; count both with the same {name}"
                )
        sums = [name for name in self.frame if name not in (*self.by, "tenure")]
        frame = (
            pd.concat([self.frame, other.frame])
            .groupby([*self.by, "tenure"], as_index=False, dropna=False)[sums]
            .sum()
        )
        tally = {
            name: self.tally.get(name, 0) + other.tally.get(name, 0)
            for name in {**self.tally, **other.tally}
        }
        warnings = (*self.warnings, *other.warnings)
        return replace(self, frame=frame, tally=tally, warnings=warnings)

    def groups(self, by: Sequence[str] = ()) -> pd.DataFrame:
        """Return the columns that name each group of `by`, one row a row of `risk_table(by)`."""
        return self._grouped(by)[0]

    def risk_table(self, by: Sequence[str] = ()) -> RiskTable:
        """Return the counts as arrays: one row a group of `by`, one column a tenure of any group.

        Raises
        ------
        ColumnError
            If a column of `by` was not counted.
        EmptyDataError
            If nobody was counted.
        WeightError
            If all weights of a group are 0.
        """
        columns = {name: self.frame[name].to_numpy() for name in self.frame}
        groups, group = self._grouped(by)
        if self.weighted:
            total = np.bincount(group, columns["lost_weight"] + columns["censored_weight"])
            if (total == 0).any():
                which = groups.iloc[int(np.argmin(total > 0))].tolist() or "all customers"
                raise WeightError(
                    f"all weights of {which} are 0, so nothing can be said of their curve; leave "
                    "the group out, or correct the weights"
                )
        return risk_table(
            columns["tenure"],
            columns["lost"],
            columns["censored"],
            group=group,
            entered=columns.get("entered"),
            weights=[columns[name] for name in WEIGHTED] if self.weighted else None,
        )

    def columns_of(self, by: Sequence[str] | str | None, *, parameter: str = "by") -> list[str]:
        """Return the columns of `frame` that hold the groups which the researcher calls so."""
        return find_columns(by, self.by, self.carried, parameter=parameter)

    def _grouped(self, by: Sequence[str]) -> tuple[pd.DataFrame, NDArray[np.int64]]:
        """Return the groups in natural order, and the number of each row's group."""
        by = self.columns_of(by)
        if self.customers == 0:
            raise EmptyDataError(
                "no customer is left to follow; see the rows left out, and check the columns and "
                "as_of"
            )
        if not by:
            return pd.DataFrame(index=[0]), np.zeros(len(self.frame), dtype=np.int64)
        named = self.frame[by]
        row = named.apply(places).groupby(by, dropna=False).ngroup().to_numpy()
        return named.iloc[np.unique(row, return_index=True)[1]].reset_index(drop=True), row


@check.arguments
def durations_from_cohorts(cohorts: Cohorts, *, gap: int = GAP) -> Durations:
    """Count customers by the periods until they fell silent, from the same counts as the triangle.

    Use it where nothing but activity is recorded. A customer counts as lost at the first silence of
    `gap` finished periods (or more), in its first period. It is a definition, not a fact: a
    customer called lost may come back, and stays lost in these counts. Whoever had no such silence
    is censored at the last period that can be judged, the one `gap - 1` before the last finished
    one.

    Parameters
    ----------
    cohorts : Cohorts
        From `count_cohorts`.
    gap : int
        Finished periods without activity.

    Returns
    -------
    Durations
        By the columns of `cohorts.by` and `cohort` (first day of its period); `tenure` in periods
        since the period of coming, which counts as active. Customers who came in a period that
        cannot be judged yet, or before the first one on record (a silence of theirs may lie before
        it), are left out and tallied.

    Raises
    ------
    ParameterError
        If `gap` is below 1.
    EmptyDataError
        If no customer came early enough to be judged, or all came before the first period on
        record.

    Notes
    -----
    The first silence and not the one that the data end with: those who will come back from the
    newest silences are not known yet, so that the newest periods would seem to lose more. With no
    effect at all (18 cohorts of 150 customers, active in 60 % of their months) `age_period_cohort`
    then named a period in 68 % of 60 simulated data sets, nearly always the last."""
    if gap < 1:
        raise ParameterError(f"gap={gap!r} must be at least 1 period; 3 is a common choice")
    finished = int(cohorts.clock.finished(cohorts.periods, cohorts.as_of).sum())
    latest = cohorts.first + finished - gap  # the last period that can be the first of a silence
    start, customers = cohorts.groups["cohort"].to_numpy(), cohorts.groups["customers"].to_numpy()
    early, new = start < cohorts.first, start > latest
    known = ~early & ~new
    if not known.any():
        raise EmptyDataError(
            f"gap={gap}: no customer came in a period on record and {gap} finished periods before "
            "as_of, so "
            "nobody can be called lost or still there; wait, or give a smaller gap"
        )
    frames = [_silences(part, finished, gap) for part in in_parts(cohorts)]
    frame = pd.concat(frames, ignore_index=True)
    tally = {
        "rows": int(customers.sum()),
        "too_new": int(customers[new].sum()),
        "before_records": int(customers[early].sum()),
    }
    return Durations(
        frame,
        by=(*cohorts.by, "cohort"),
        unit=cohorts.clock.period,
        tally=tally,
        definition=Lost.SILENCE,
        gap=gap,
        carried=cohorts.carried,
    )


def _silences(cohorts: Cohorts, finished: int, gap: int) -> pd.DataFrame:
    """Return the customers lost and censored by cohort and tenure, of those who can be judged."""
    start, customers = (cohorts.groups[name].to_numpy() for name in ("cohort", "customers"))
    known = (start >= cohorts.first) & (start <= cohorts.first + finished - gap)
    start, customers = start[known], customers[known]
    gone, tenure = _first_silence(cohorts.active[known, :finished], start - cohorts.first, gap)
    frame = cohorts.groups.loc[known, list(cohorts.by)].assign(
        cohort=cohorts.clock.starts(start),
        tenure=tenure,
        lost=np.where(gone, customers, 0),
        censored=np.where(gone, 0, customers),
    )
    keys = [*cohorts.by, "cohort", "tenure"]
    return frame.groupby(keys, as_index=False, dropna=False)[["lost", "censored"]].sum()


def _first_silence(
    active: NDArray[np.bool_], start: NDArray[np.int64], gap: int
) -> tuple[NDArray, NDArray[np.int64]]:
    """Return whether a silence of `gap` columns follows `start`, and the columns from `start` to
    the first, or to the last."""
    silent = ~np.lib.stride_tricks.sliding_window_view(active, gap, axis=1).any(axis=2)
    silent &= np.arange(silent.shape[1]) > start[:, None]
    gone = np.asarray(silent.any(axis=1))
    return gone, np.where(gone, silent.argmax(axis=1), silent.shape[1] - 1) - start


def as_durations(data: Durations | Cohorts) -> Durations:
    """Return durations as they are, and cohorts through `durations_from_cohorts` with its usual
    gap."""
    if isinstance(data, Durations):
        return data
    if isinstance(data, Cohorts):
        return durations_from_cohorts(data)
    raise ParameterError(
        f"data={type(data).__name__}: give Durations (from count_durations, durations_from_spells, "
        "durations_from_orders or durations_from_cohorts) or Cohorts (from count_cohorts)"
    )
