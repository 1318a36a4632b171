"""Amounts by customer and period -> revenue kept from one period to the next, and its bootstrap
over customers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

_CHUNK = 5_000_000  # bootstrap weights drawn at a time, to bound memory
CUSTOMERS = 50_000  # that are drawn one by one; of more, blocks of them are
BLOCKS = 10_000
_DRAWN = ("revenue", "kept", "capped")


class KeptSums:
    """What sums by customer and period say of revenue kept; filled by parts of whole customers.

    Parameters
    ----------
    periods : int
        How many there are; those before the first sum are passed over.
    seed : int
        Of the bootstrap.
    """

    def __init__(self, periods: int, seed: int) -> None:
        self._totals: dict[str, NDArray[np.float64]] = {}
        self._periods, self._seed, self._customers = periods, seed, 0
        self._rng = np.random.default_rng([seed, 1])
        self._parts: list[tuple[NDArray[np.int64], NDArray[np.int64], dict[str, NDArray]]] = []
        self._blocks: dict[str, NDArray[np.float64]] = {}
        self._block_of: list[NDArray[np.int64]] = []

    @property
    def first(self) -> int:
        """Number of the first period with a sum."""
        return int(np.argmax(self._totals["active"] > 0))

    @property
    def totals(self) -> dict[str, NDArray[np.float64]]:
        """By period: customers active, revenue, revenue kept from the period before, the same
        capped at it, its changes, and revenue of new and of returning customers."""
        return {name: total[self.first :] for name, total in self._totals.items()}

    def add(
        self, customer: NDArray[np.int64], column: NDArray[np.int64], value: NDArray[np.float64]
    ) -> None:
        """Add sums of further customers, sorted by customer and period: arrays of one length, with
        the customer (numbered from 0 in each call), the period (from 0 to `periods` - 1) and the
        sum in the currency of the events."""
        if not len(customer):
            return
        cells = _cells(customer, column, value)
        for name, cell in cells.items():
            total = np.bincount(column, cell, self._periods).astype(float)
            self._totals[name] = total + self._totals[name] if name in self._totals else total
        n = int(customer[-1]) + 1
        self._block_of.append((self._rng.random(n) * BLOCKS).astype(np.int64))
        drawn = {name: cells[name] for name in _DRAWN}
        self._parts.append((customer + self._customers, column, drawn))
        self._customers += n
        if self._customers > CUSTOMERS:
            self._add_up()

    def _add_up(self) -> None:
        """Put the customers into their blocks."""
        block_of = np.concatenate(self._block_of)
        before = self._customers - len(block_of)
        for customer, column, drawn in self._parts:
            place = block_of[customer - before] * self._periods + column
            for name, cell in drawn.items():
                sums = np.bincount(place, cell, BLOCKS * self._periods).astype(float)
                self._blocks[name] = sums + self._blocks[name] if name in self._blocks else sums
        self._parts, self._block_of = [], []

    def bootstrap(self, resamples: int) -> dict[str, NDArray[np.float64]]:
        """Sums of revenue, of that kept and of that capped under Poisson(1) weights on customers,
        `resamples x periods`.

        More than 50,000 customers are put into 10,000 blocks by chance, and the blocks are drawn:
        the standard error of a ratio is then that of drawing customers, give or take 0.7 %
        (1 / sqrt(2 x 10,000)), where 1,000 samples themselves leave 2 %.
        """
        rng = np.random.default_rng(self._seed)
        units = self._units()
        n = units["revenue"].shape[0]
        step = max(1, _CHUNK // n)
        blocks = {name: [np.empty((0, self._periods))] for name in _DRAWN}
        for start in range(0, resamples, step):
            weights = rng.poisson(1.0, size=(min(step, resamples - start), n)).astype(float)
            for name, block in blocks.items():
                block.append(weights @ units[name])
        return {name: np.vstack(block)[:, self.first :] for name, block in blocks.items()}

    def _units(self) -> Mapping[str, csr_array | NDArray[np.float64]]:
        """Return what is drawn, a row a customer or a block, a column a period."""
        if self._blocks:
            return {
                name: sums.reshape(BLOCKS, self._periods) for name, sums in self._blocks.items()
            }
        row, column = (np.concatenate([part[i] for part in self._parts]) for i in (0, 1))
        shape = (self._customers, self._periods)
        values = {name: np.concatenate([part[2][name] for part in self._parts]) for name in _DRAWN}
        return {
            name: csr_array((cell, (row, column)), shape=shape) for name, cell in values.items()
        }


def _cells(
    row: NDArray[np.int64], column: NDArray[np.int64], value: NDArray[np.float64]
) -> dict[str, NDArray[np.float64]]:
    """Return what each sum adds to its period; they are sorted by customer and period."""
    begins = np.ones(len(row), bool)
    begins[1:] = row[1:] != row[:-1]
    follows = ~begins
    follows[1:] &= column[1:] == column[:-1] + 1
    previous = np.concatenate([[0.0], value[:-1]])
    return {
        "active": np.ones(len(row)),
        "revenue": value,
        "kept": np.where(follows, value, 0.0),
        "capped": np.where(follows, np.minimum(value, previous), 0.0),
        "followed": np.where(follows, previous, 0.0),
        "new": np.where(begins, value, 0.0),
        "returned": np.where(begins | follows, 0.0, value),
        "raised": np.where(follows, np.maximum(value - previous, 0.0), 0.0),
        "cut": np.where(follows, np.maximum(previous - value, 0.0), 0.0),
    }


def share_kept(top: NDArray[np.float64], revenue_: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide by the revenue of the period before; missing in the first period and where that
    revenue is not positive."""
    before = np.full_like(revenue_, np.nan)
    before[..., 1:] = np.where(revenue_[..., :-1] > 0, revenue_[..., :-1], np.nan)
    return top / before


def percentile_limits(
    draws: NDArray[np.float64], confidence: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Percentiles of each column; missing where more samples gave no ratio than lie outside a
    limit, or all gave the same."""
    outside = (1 - confidence) / 2
    some = (~np.isnan(draws)).sum(axis=0) > (1 - outside) * len(draws)
    limits = np.full((2, draws.shape[1]), np.nan)
    if some.any():
        limits[:, some] = np.nanquantile(draws[:, some], [outside, 1 - outside], axis=0)
    same = np.isclose(limits[0], limits[1], rtol=1e-9, atol=1e-12)
    return np.where(same, np.nan, limits[0]), np.where(same, np.nan, limits[1])
