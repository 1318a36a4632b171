"""Sums over who is at risk -> Cox's score by tenure, and Grambsch and Therneau's test of
proportional hazards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """Cox's partial likelihood by tenure: `score`, tenures x p, and `information`, tenures x p x
    p."""

    score: NDArray[np.float64]
    information: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Proportionality:
    """Test of each term (on 1 degree of freedom) and of all together (on p)."""

    statistic: NDArray[np.float64]
    overall: float
    df: int

    @property
    def pvalue(self) -> NDArray[np.float64]:
        """P value of each term."""
        return scipy.stats.chi2.sf(self.statistic, 1)

    @property
    def overall_pvalue(self) -> float:
        """P value of all terms together."""
        return float(scipy.stats.chi2.sf(self.overall, self.df))


def efron(x_lost: NDArray, risk: Sequence[NDArray], dying: Sequence[NDArray], d: NDArray) -> Scores:
    """Score and information of each tenure with Efron's treatment of ties.

    Parameters
    ----------
    x_lost : ndarray, shape (tenures, p)
        Sum of the covariates of the lost.
    risk, dying : three arrays each, of shapes (tenures,), (tenures, p), (tenures, p, p)
        Sums of e, e x and e x x' with e = exp(x beta), over those at risk and over the lost.
    d : ndarray, shape (tenures,)
        Number lost, at least 1.

    Notes
    -----
    Efron (1977) takes away l/d of the lost from those at risk, l = 0 .. d - 1. Every such mean is
    linear in 1/(c - l) with c = d S0 / D0, so that the sums over l are differences of the digamma
    and the trigamma function: as quick for a million losses at one tenure as for two."""
    (s0, s1, s2), (d0, d1, d2) = risk, dying
    c = d * s0 / d0
    one = np.where(d == 1, 1 / c, scipy.special.digamma(c + 1) - scipy.special.digamma(c - d + 1))
    two = np.where(
        d == 1, 1 / c**2, scipy.special.polygamma(1, c - d + 1) - scipy.special.polygamma(1, c + 1)
    )
    a, a2 = d1 / d0[:, None], d2 / d0[:, None, None]
    b = (d / d0)[:, None] * (s1 - s0[:, None] * a)
    b2 = (d / d0)[:, None, None] * (s2 - s0[:, None, None] * a2)
    cross = a[:, :, None] * b[:, None, :]
    information = (
        d[:, None, None] * (a2 - a[:, :, None] * a[:, None, :])
        + one[:, None, None] * (b2 - cross - cross.transpose(0, 2, 1))
        - two[:, None, None] * b[:, :, None] * b[:, None, :]
    )
    return Scores(x_lost - d[:, None] * a - one[:, None] * b, information)


def grambsch_therneau(scores: Scores, time: NDArray) -> Proportionality:
    """Score test that no coefficient changes with the transformed time (Grambsch and Therneau
    1994).

    Equal to R survival 3.5 `cox.zph` to 1e-6.
    """
    time = time - time.mean()
    u = time @ scores.score
    information = scores.information.sum(axis=0)
    cross = np.tensordot(time, scores.information, axes=1)
    square = np.tensordot(time**2, scores.information, axes=1)
    solved = np.linalg.solve(information, cross)
    left = square - cross @ solved
    return Proportionality(u**2 / np.diag(left), float(u @ np.linalg.solve(left, u)), len(u))


def proportionality_of_counts(at_risk: NDArray, lost: NDArray) -> Proportionality | None:
    """Test proportional hazards between groups from counts, `groups x tenures`, against 1 - S(t-);
    None where it cannot be known.

    That is where a group was followed at less than two tenures with losses, so that nothing is
    known of how its hazard changes, or lost nobody while others were followed, so that its hazard
    ratio is not finite."""
    some = (lost.sum(axis=0) > 0) & ((at_risk > 0).sum(axis=0) > 1)
    n, d = at_risk[:, some].astype(float), lost[:, some].astype(float)
    if ((n > 0).sum(axis=1) < 2).any() or (d.sum(axis=1) == 0).any():
        return None
    x = np.eye(len(n))[:, 1:]
    squares = x[:, :, None] * x[:, None, :]

    def scores(beta: NDArray) -> Scores:
        e = np.exp(x @ beta)[:, None]
        risk, dying = (
            [(e * part).sum(axis=0), (e * part).T @ x, np.tensordot((e * part).T, squares, axes=1)]
            for part in (n, d)
        )
        return efron(d.T @ x, risk, dying, d.sum(axis=0))

    def equation(beta: NDArray) -> tuple[NDArray, NDArray]:
        at = scores(beta)
        return at.score.sum(axis=0) / d.sum(), -at.information.sum(
            axis=0
        ) / d.sum()  # unscaled, the first steps are tiny

    found = scipy.optimize.root(equation, np.zeros(x.shape[1]), jac=True, method="lm")
    at = scores(found.x)
    if not found.success or np.linalg.cond(at.information.sum(axis=0)) > 1e10:
        return None
    gone = 1 - np.concatenate([[1.0], np.cumprod(1 - d.sum(axis=0) / n.sum(axis=0))])[:-1]
    test = grambsch_therneau(at, gone)
    return test if np.isfinite(test.overall) else None
