"""Losses by age, cohort and period -> bends of each term, and the levels that stand out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike, NDArray

from cxlib.retention.methods.binomial import deviance, fit


def _place(values: NDArray, unit: str) -> NDArray[np.float64]:
    """Return ages as they are, and first days as numbers of equal steps."""
    if values.dtype.kind != "M":
        return values.astype(float)
    return values.astype("datetime64[D]" if unit in ("day", "week") else "datetime64[M]").astype(
        float
    )


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Levels of a term, their basis without mean and straight line (levels x levels - 2), and both
    for each cell."""

    levels: NDArray
    basis: NDArray[np.float64]
    bends: NDArray[np.float64]
    line: NDArray[np.float64]


def find_bends(values: pd.Series, unit: str) -> Block:
    """Return the levels of a term without mean and straight line."""
    levels, place = np.unique(values.to_numpy(), return_inverse=True)
    line = _place(levels, unit) - _place(levels, unit).mean()
    basis = np.linalg.qr(np.column_stack([np.ones(len(levels)), line]), mode="complete")[0][:, 2:]
    return Block(levels, basis, basis[place], line[place])


def full_design(cells: pd.DataFrame, blocks: Mapping[str, Block], without: str = "") -> NDArray:
    """Return the design of both straight lines that are known, and the bends of all terms but
    `without`."""
    bends = [block.bends for term, block in blocks.items() if term != without]
    return np.column_stack([np.ones(len(cells)), blocks["age"].line, blocks["cohort"].line, *bends])


@dataclass(frozen=True, slots=True)
class Dispersion:
    """By how much more than chance the cells vary, and on how many degrees of freedom that is known
    (0: it is taken to be 1)."""

    ratio: float = 1.0
    df: int = 0

    def pvalue(self, statistic: ArrayLike, df: int) -> NDArray[np.float64]:
        """Return the p value of a chi-squared statistic that was divided by `ratio`: by F where
        that is an estimate."""
        if self.df == 0:
            return scipy.stats.chi2.sf(statistic, df)
        return scipy.stats.f.sf(np.asarray(statistic) / df, df, self.df)


def pearson_dispersion(cells: pd.DataFrame, full: Any) -> Dispersion:
    """Return Pearson's dispersion of the full model, where it is above 1."""
    n, rate = cells["at_risk"].to_numpy(float), np.asarray(full.fittedvalues)
    df = int(full.df_resid)
    pearson = float(((cells["lost"] - n * rate) ** 2 / (n * rate * (1 - rate))).sum())
    return Dispersion(pearson / df, df) if 0 < df < pearson else Dispersion()


def compare_bends(
    cells: pd.DataFrame,
    blocks: Mapping[str, Block],
    term: str,
    full: Any,
    link: str,
    dispersion: Dispersion,
) -> dict[str, float]:
    """Test the bends of a term by the likelihood ratio against the model without them."""
    smaller = fit(cells, full_design(cells, blocks, without=term), link)
    df = int(full.df_model - smaller.df_model)
    if df == 0:
        return {"statistic": np.nan, "df": 0, "pvalue": np.nan}
    gain = deviance(cells, smaller.fittedvalues) - deviance(cells, full.fittedvalues)
    statistic = max(0.0, gain) / dispersion.ratio
    return {"statistic": statistic, "df": df, "pvalue": float(dispersion.pvalue(statistic, df))}


def estimate_bends(
    blocks: Mapping[str, Block], full: Any, dispersion: Dispersion, z: float
) -> pd.DataFrame:
    """Return each level's departure from the straight line, on the scale of the link and as a
    ratio."""
    parts, place = [], 3
    covariance = np.asarray(full.cov_params()) * dispersion.ratio
    for term, block in blocks.items():
        levels, basis = block.levels, block.basis
        inside = slice(place, place + basis.shape[1])
        spread = np.einsum("ij,jk,ik->i", basis, covariance[inside, inside], basis)
        parts.append(
            pd.DataFrame(
                {
                    "term": term,
                    "level": pd.Series(levels, dtype=object),
                    "estimate": basis @ full.params[inside],
                    "se": np.sqrt(np.maximum(spread, 0)),
                }
            )
        )
        place += basis.shape[1]
    found = pd.concat(parts, ignore_index=True)
    return found.assign(
        ratio=np.exp(found["estimate"]),
        ci_low=np.exp(found["estimate"] - z * found["se"]),
        ci_high=np.exp(found["estimate"] + z * found["se"]),
    )


def clear_levels(
    cells: pd.DataFrame,
    term: str,
    base: tuple[str, str],
    link: str,
    dispersion: Dispersion,
    confidence: float,
) -> pd.DataFrame:
    """Take in the clearest single level, again and again, as long as one is clear and is no affair
    of one cell."""
    levels, place = np.unique(cells[term].to_numpy(), return_inverse=True)
    every = np.eye(len(levels))[place]
    held: list[int] = []
    adjusted: list[float] = []
    fixed = np.column_stack([np.ones(len(cells)), *(_levels(cells[name]) for name in base)])
    # with more of them the straight line could hide in the indicators
    while len(held) < len(levels) - 3:
        fitted = fit(cells, np.column_stack([fixed, every[:, held]]), link)
        score = _ScoreTest(cells, np.column_stack([fixed, every[:, held]]), fitted, dispersion)
        p = dispersion.pvalue(score.squared(every), 1)
        p[held] = 1.0
        order = [
            k
            for k in np.argsort(p)
            if p[k] * len(levels) < 1 - confidence and score.shared(every[:, k], 1 - confidence)
        ]
        if not order:
            break
        held.append(int(order[0]))
        adjusted.append(min(1.0, float(p[order[0]]) * len(levels)))
    columns = ["term", "level", "estimate", "se", "pvalue_adj", "cells", "alike"]
    if not held:
        return pd.DataFrame(columns=columns).astype(
            dict.fromkeys(columns[2:5], float) | dict.fromkeys(columns[5:], int)
        )
    se = np.sqrt(np.diag(np.asarray(fitted.cov_params())) * dispersion.ratio)[-len(held) :]
    estimate = np.asarray(fitted.params)[-len(held) :]
    alone = fit(cells, fixed, link).fittedvalues * cells["at_risk"]
    moved = np.sign(cells["lost"] - alone).to_numpy()
    return pd.DataFrame(
        {
            "term": term,
            "level": pd.Series(levels[held]),
            "estimate": estimate,
            "se": se,
            "pvalue_adj": adjusted,
            "cells": every[:, held].sum(axis=0).astype(int),
            "alike": [
                int((moved[every[:, k] == 1] == np.sign(b)).sum())
                for k, b in zip(held, estimate, strict=True)
            ],
        }
    )


def _levels(values: pd.Series) -> NDArray:
    return pd.get_dummies(values, drop_first=True, dtype=float).to_numpy()


class _ScoreTest:
    """Score tests of columns that a fitted model does not have."""

    def __init__(
        self, cells: pd.DataFrame, x: NDArray, fitted: Any, dispersion: Dispersion
    ) -> None:
        n, rate = cells["at_risk"].to_numpy(float), np.asarray(fitted.fittedvalues)
        slope = 1 / fitted.family.link.deriv(rate)
        self.weight, self.dispersion = n * slope**2 / (rate * (1 - rate)), dispersion
        self.residual = (cells["lost"].to_numpy() - n * rate) * slope / (rate * (1 - rate))
        self.x, self.inverse = x, np.linalg.pinv((x.T * self.weight) @ x, hermitian=True)

    def squared(self, z: NDArray) -> NDArray:
        """Return chi-squared on 1 degree of freedom for each column; 0 where the model already has
        it."""
        cross = (z.T * self.weight) @ self.x
        whole = (self.weight[:, None] * z**2).sum(axis=0)
        variance = whole - np.einsum("ij,jk,ik->i", cross, self.inverse, cross)
        known = variance > 1e-8 * whole
        return (
            np.where(known, (self.residual @ z) ** 2 / np.where(known, variance, 1.0), 0.0)
            / self.dispersion.ratio
        )

    def shared(self, z: NDArray, alpha: float) -> bool:
        """Whether a column stays clear, and of the same sign, without the cell that speaks loudest
        for it."""
        part = self.residual * z
        loudest = np.argmax(part * np.sign(part.sum()))
        rest = z.copy()
        rest[loudest] = 0.0
        return bool(
            rest.any()
            and np.sign(self.residual @ rest) == np.sign(part.sum())
            and self.dispersion.pvalue(self.squared(rest[:, None])[0], 1) < alpha
        )
