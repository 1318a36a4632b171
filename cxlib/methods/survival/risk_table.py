"""Customers lost and still there, counted by group and tenure -> a table of who is at risk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Weights = tuple[NDArray, NDArray, NDArray, NDArray]


@dataclass(frozen=True, slots=True, eq=False)
class RiskTable:
    """Numbers of people as arrays, `groups x tenures`.

    Attributes
    ----------
    tenure : ndarray, shape (tenures,)
        Rising.
    at_risk, lost, censored : ndarray of int
        Numbers of people.
    weights : tuple of four ndarrays, or None
        Sums of weights of the lost and of the censored, and sums of their squared weights.
    """

    tenure: NDArray
    at_risk: NDArray[np.int64]
    lost: NDArray[np.int64]
    censored: NDArray[np.int64]
    weights: Weights | None = None

    @property
    def sums(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """At risk and lost: sums of weights where there are weights, else numbers of people."""
        if self.weights is None:
            return self.at_risk.astype(float), self.lost.astype(float)
        return _from_here(self.weights[0] + self.weights[1]), self.weights[0]

    @property
    def squares(self) -> tuple[NDArray, NDArray]:
        """Sums of squared weights of the lost and of the censored."""
        return (self.lost, self.censored) if self.weights is None else self.weights[2:]

    @property
    def n(self) -> NDArray[np.int64]:
        """People of each group."""
        return (self.lost + self.censored).sum(axis=1)

    def rows(self, chosen: Sequence[int]) -> RiskTable:
        """Return the table of some groups."""
        weights = None
        if self.weights is not None:
            lost, censored, lost_square, censored_square = (part[chosen] for part in self.weights)
            weights = (lost, censored, lost_square, censored_square)
        return RiskTable(
            self.tenure, self.at_risk[chosen], self.lost[chosen], self.censored[chosen], weights
        )


def risk_table(
    tenure: ArrayLike,
    lost: ArrayLike,
    censored: ArrayLike,
    *,
    group: ArrayLike | None = None,
    entered: ArrayLike | None = None,
    weights: Sequence[ArrayLike] | None = None,
) -> RiskTable:
    """Spread counts over groups and tenures, and add up who is at risk at each.

    Parameters
    ----------
    tenure, lost, censored : array_like, shape (counts,)
        At a tenure, how many were lost and how many were last seen still there.
    group : array_like of int, shape (counts,), optional
        Number of each count's group, from 0 on; one group where it is None.
    entered : array_like, shape (counts,), optional
        How many are followed from just after that tenure on; all from 0 where it is None.
    weights : four array_likes of shape (counts,), optional
        As in `RiskTable`.

    Examples
    --------
    >>> risk_table([1, 2], [1, 0], [0, 3]).at_risk.tolist()
    [[4, 3]]
    """
    row = np.zeros(len(np.asarray(tenure)), dtype=int) if group is None else np.asarray(group)
    times, column = np.unique(np.asarray(tenure), return_inverse=True)
    shape = (int(row.max()) + 1, len(times))

    def spread(counts: ArrayLike, kind: type = np.int64) -> NDArray:
        cells: NDArray = np.zeros(shape, dtype=kind)
        np.add.at(cells, (row, column), np.asarray(counts))
        return cells

    gone, left = spread(lost), spread(censored)
    at_risk = _from_here(gone + left)
    if entered is not None:  # who enters at a tenure or later is not yet followed at it
        at_risk = at_risk - _from_here(spread(entered))
    if weights is None:
        return RiskTable(times, at_risk, gone, left)
    one, two, three, four = (spread(each, float) for each in weights)
    return RiskTable(times, at_risk, gone, left, (one, two, three, four))


def _from_here(cells: NDArray) -> NDArray:
    return cells[:, ::-1].cumsum(axis=1)[:, ::-1]
