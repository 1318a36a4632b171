"""Amounts by customer and period -> revenue kept from one period to the next, and its bootstrap
over customers."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.sparse import csr_array

_CHUNK = 5_000_000  # bootstrap weights drawn at a time, to bound memory


def split_revenue(sums: pd.DataFrame, first: int, last: int) -> dict[str, csr_array]:
    """Customer x period arrays: active, revenue, revenue kept from the period before, the same
    capped at it, its changes, and revenue of new and of returning customers."""
    row, value = sums["customer"].to_numpy(), sums["value"].to_numpy()
    column = sums["period"].to_numpy() - first
    shape = (int(row.max()) + 1, last - first + 1)
    follows = np.zeros(len(sums), bool)  # sums are sorted by customer and period
    follows[1:] = (row[1:] == row[:-1]) & (column[1:] == column[:-1] + 1)
    begins = np.ones(len(sums), bool)
    begins[1:] = row[1:] != row[:-1]
    previous = np.concatenate([[0.0], value[:-1]])
    cells = {
        "active": np.ones(len(sums)),
        "revenue": value,
        "kept": np.where(follows, value, 0.0),
        "capped": np.where(follows, np.minimum(value, previous), 0.0),
        "followed": np.where(follows, previous, 0.0),
        "new": np.where(begins, value, 0.0),
        "returned": np.where(begins | follows, 0.0, value),
        "raised": np.where(follows, np.maximum(value - previous, 0.0), 0.0),
        "cut": np.where(follows, np.maximum(previous - value, 0.0), 0.0),
    }
    return {name: csr_array((cell, (row, column)), shape=shape) for name, cell in cells.items()}


def bootstrap_sums(
    parts: Mapping[str, csr_array], resamples: int, seed: int
) -> dict[str, NDArray[np.float64]]:
    """Sums of revenue, of that kept and of that capped under Poisson(1) weights on customers,
    `resamples x periods`."""
    rng = np.random.default_rng(seed)
    customers, periods = parts["revenue"].shape
    step = max(1, _CHUNK // customers)
    blocks = {name: [np.empty((0, periods))] for name in ("revenue", "kept", "capped")}
    for start in range(0, resamples, step):
        weights = rng.poisson(1.0, size=(min(step, resamples - start), customers)).astype(float)
        for name, block in blocks.items():
            block.append(weights @ parts[name])
    return {name: np.vstack(block) for name, block in blocks.items()}


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
