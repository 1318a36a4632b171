"""Risk tables -> each group's mean time stayed up to a horizon (restricted mean survival time), and
its standard error."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from cxlib.methods.survival.kaplan_meier import jackknife_variance, kaplan_meier
from cxlib.methods.survival.risk_table import RiskTable

FEW = 10  # customers at risk; a curve is not gone by beyond the tenure where fewer are left


def restricted_mean(
    table: RiskTable, horizon: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the mean up to `horizon` and its standard error, for each group.

    Notes
    -----
    Area under the Kaplan-Meier curve up to the horizon; variance = sum over losses of A_i^2 d_i /
    (n_i (n_i - d_i)), A_i the area from t_i to the horizon (Klein and Moeschberger 2003, section
    4.5); with weights the infinitesimal jackknife."""
    curve = kaplan_meier(table)
    inside = table.tenure <= horizon
    s = np.hstack([np.ones((len(curve.survival), 1)), curve.survival[:, inside]])
    pieces = s * np.diff(np.concatenate([[0.0], table.tenure[inside], [horizon]]))
    # area from each tenure to horizon; its first column from 0
    after = pieces[:, ::-1].cumsum(axis=1)[:, ::-1]
    n, d = (part[:, inside] for part in table.sums)
    some = (d > 0) & (n > d) & (after[:, 1:] > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        step = np.where(some, after[:, 1:] * d / (n * (n - d)), 0.0)
        if table.weights is None:
            variance = (step * np.where(some, after[:, 1:], 0.0)).sum(axis=1)
        else:  # customers who leave after horizon were at risk before it
            full = np.zeros((2, *table.lost.shape))
            full[0][:, inside] = step
            full[1][:, inside] = np.where(some, after[:, 1:] / (n - d), 0.0)
            variance = jackknife_variance(table, full[0], full[1])[:, -1]
    return after[:, 0], np.sqrt(variance)


def common_horizon(table: RiskTable) -> float:
    """Return the longest tenure for which `FEW` customers (or all, of fewer) are followed in every
    group; missing if it is 0.

    Customers who were followed for a tenure of 0 are none of them.
    """
    most = table.at_risk[:, table.tenure > 0].max(axis=1, keepdims=True, initial=0)
    enough = (table.at_risk >= np.minimum(FEW, most)) & (most > 0) | (table.tenure == 0)
    return float(min(table.tenure[row].max() for row in enough)) or float("nan")


def last_known(table: RiskTable) -> NDArray[np.float64]:
    """Return the time up to which each group's curve is known: without end where everyone was
    lost."""
    s = kaplan_meier(table).survival
    last = [table.tenure[row].max() for row in (table.lost + table.censored) > 0]
    return np.where(s[:, -1] == 0, np.inf, last)
