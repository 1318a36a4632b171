"""Times and outcomes as counts by tenure: what survival curves and tests need, and nothing more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib import check
from cxlib.errors import CohortError, EmptyDataError

UNITS = ("day", "month", "period")


@dataclass(frozen=True, slots=True, eq=False)
class Durations:
    """Customers lost and customers still there (censored) by tenure; `a + b` is the count of the union.

    Attributes
    ----------
    frame : pandas.DataFrame
        The columns of `by`, `tenure`, `lost`, `censored`; one row a tenure at which anything happened.
    by : tuple of str
    unit : str
        Unit of `tenure`: "day", "month", or "period" where it is not known.
    tally : mapping of str to int
        Rows read, and rows left out, by reason.
    definition : str
        Key of the sentence that says who counts as lost: "spell", "gap" or "given".
    gap_days : int or None
        Days without an order after which a customer counts as lost, where the definition is "gap".
    """

    frame: pd.DataFrame
    by: tuple[str, ...] = ()
    unit: str = "period"
    tally: Mapping[str, int] = field(default_factory=dict)
    definition: str = "given"
    gap_days: int | None = None

    @property
    def customers(self) -> int:
        """Number of customers counted."""
        return int(self.frame[["lost", "censored"]].to_numpy().sum())

    def __add__(self, other: Durations) -> Durations:
        if not isinstance(other, Durations):
            return NotImplemented
        for name in ("by", "unit", "definition", "gap_days"):
            if getattr(self, name) != getattr(other, name):
                raise CohortError(f"these durations cannot be added: {name} is {getattr(self, name)!r} in one and "
                                  f"{getattr(other, name)!r} in the other; count both with the same {name}")
        frame = pd.concat([self.frame, other.frame]).groupby([*self.by, "tenure"], as_index=False, dropna=False)[
            ["lost", "censored"]].sum()
        tally = {name: self.tally.get(name, 0) + other.tally.get(name, 0) for name in {**self.tally, **other.tally}}
        return replace(self, frame=frame, tally=tally)

    def arrays(self, by: Sequence[str]) -> tuple[pd.DataFrame, NDArray, NDArray, NDArray, NDArray]:
        """Return `groups, tenure, at_risk, lost, censored`: one row a group of `by`, one column a tenure of any group.

        Raises
        ------
        ColumnError
            If a column of `by` was not counted.
        EmptyDataError
            If nobody was counted.
        """
        by = list(by)
        check.columns(self.by, by=by)
        if self.customers == 0:
            raise EmptyDataError("no customer is left to follow; see the rows left out, and check the columns and as_of")
        groups = self.frame[by].drop_duplicates().sort_values(by, ignore_index=True) if by else pd.DataFrame(index=[0])
        row = np.zeros(len(self.frame), dtype=int)
        if by:
            row = self.frame[by].merge(groups.assign(_row=np.arange(len(groups))), on=by, how="left")["_row"].to_numpy()
        tenure, column = np.unique(self.frame["tenure"].to_numpy(), return_inverse=True)
        lost, censored = np.zeros((2, len(groups), len(tenure)), dtype=np.int64)
        np.add.at(lost, (row, column), self.frame["lost"].to_numpy())
        np.add.at(censored, (row, column), self.frame["censored"].to_numpy())
        at_risk = (lost + censored)[:, ::-1].cumsum(axis=1)[:, ::-1]
        return groups, tenure, at_risk, lost, censored
