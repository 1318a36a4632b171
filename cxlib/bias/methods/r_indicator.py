"""Cells of people and of those who answered -> the R-indicator, its parts by column and category,
and their standard errors."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxlib.bias.methods import logit


@dataclass(frozen=True, slots=True)
class Asked:
    """People asked, by cell; float arrays of shape (cells,).

    `n` people, `base` and `squares` the sums of their weights and of the squares, `answered` the
    sum of the weights of those who answered."""

    n: NDArray
    base: NDArray
    squares: NDArray
    answered: NDArray

    def sum_by(self, code: NDArray) -> Asked:
        """Add up the cells with the same code (0, 1, …)."""
        return Asked(
            *(
                np.bincount(code, weights=each)
                for each in (self.n, self.base, self.squares, self.answered)
            )
        )


@dataclass(frozen=True, slots=True)
class Estimate:
    """`rate` of answering, R-indicator `adjusted` for bias and `unadjusted`, `se`, the coefficient
    of variation `cv` of the chances (adjusted), and `factor`: adjusted over unadjusted variance."""

    rate: float
    adjusted: float
    unadjusted: float
    se: float
    cv: float
    factor: float


@dataclass(frozen=True, slots=True)
class Partial:
    """What one column, or one of its categories, has to do with uneven answering: `rate`,
    `unconditional` and `conditional` indicator, not adjusted for bias, each with its error."""

    rate: float
    unconditional: float
    unconditional_se: float
    conditional: float
    conditional_se: float


def of_counts(n: ArrayLike, answered: ArrayLike) -> Asked:
    """Return cells of people who all have weight 1."""
    people = np.asarray(n, float)
    return Asked(people, people, people, np.asarray(answered, float))


def estimate(x: NDArray, asked: Asked) -> Estimate:
    """Estimate the R-indicator of cells.

    Parameters
    ----------
    x : float array, shape (cells, coefficients)
        Design of the logit, its first column 1.
    asked : Asked
        Weights are inverse chances of being asked: their sum is the population.

    Notes
    -----
    Shlomo, Skinner and Schouten (2012), with the divisor N - 1 for the variance; see
    `bias.r_indicator`.

    Examples
    --------
    >>> x = np.array([[1.0, 0.0], [1.0, 1.0]])
    >>> found = estimate(x, of_counts([400, 400], [100, 300]))
    >>> round(found.unadjusted, 2), round(found.adjusted, 2)
    (0.5, 0.5)
    """
    fitted = logit.fit(x, asked.base, asked.answered, squares=asked.squares)
    n, total = asked.n.sum(), asked.base.sum()
    mean = float(asked.base @ fitted.p / total)
    s2 = float(asked.base @ (fitted.p - mean) ** 2 / (total - 1))
    z = _gradient(fitted, x)
    bias = float(asked.base @ np.einsum("ij,jk,ik->i", z, fitted.covariance, z) / total)
    drawn = 1 / n - 1 / total  # of being asked by lot; 0 where everybody was asked
    adjusted = max((1 + drawn) * s2 - bias, 0.0)
    error = _variance_of_square(
        z - asked.base @ z / total, asked.base / (total - 1), fitted.p - mean, fitted.covariance
    ) + _of_sampling((fitted.p - mean) ** 2, asked)
    return Estimate(
        rate=mean,
        adjusted=1 - 2 * float(np.sqrt(adjusted)),
        unadjusted=1 - 2 * float(np.sqrt(s2)),
        se=2 * _error_of_root(s2, error),
        cv=float(np.sqrt(adjusted)) / mean,
        factor=adjusted / s2 if s2 > 0 else 0.0,
    )


def partials(x: NDArray, asked: Asked, codes: list[NDArray]) -> list[tuple[Partial, list[Partial]]]:
    """Take the R-indicator apart: one entry a column, with its categories.

    Parameters
    ----------
    x, asked
        As `estimate` has them; `x` has every column's categories.
    codes : list of int arrays, shape (cells,)
        Per column, the category of each cell, from 0.

    Notes
    -----
    Schouten, Shlomo and Skinner (2011), with the divisor N; see `bias.r_indicator`.
    """
    fitted = logit.fit(x, asked.base, asked.answered, squares=asked.squares)
    found = []
    for place, code in enumerate(codes):
        whole, parts = _unconditional(asked.sum_by(code))
        others = _joint_code([c for i, c in enumerate(codes) if i != place], len(code))
        within = _conditional(fitted, x, asked, others, np.ones(len(code), bool))
        conditional = [_conditional(fitted, x, asked, others, code == k) for k in range(len(parts))]
        rate = float(asked.answered.sum() / asked.base.sum())
        found.append(
            (
                Partial(rate, *whole, *within),
                [Partial(*a, *b) for a, b in zip(parts, conditional, strict=True)],
            )
        )
    return found


def _unconditional(
    group: Asked,
) -> tuple[tuple[float, float], list[tuple[float, float, float]]]:
    """Return the column's indicator with its error, and (rate, signed indicator, error) a
    category."""
    share = group.base / group.base.sum()
    rate = group.answered / group.base
    mean = float(share @ rate)
    alone = np.column_stack([np.ones(len(rate)), np.eye(len(rate))[:, 1:]])
    whole = float(np.sqrt(share @ (rate - mean) ** 2)), estimate(alone, group).se / 2
    chance = rate * (1 - rate) * group.squares
    of_rate = chance / group.base**2
    others = group.base.sum() - group.base
    of_others = np.divide(
        chance.sum() - chance, others**2, out=np.zeros(len(rate)), where=others > 0
    )
    error = np.sqrt(share) * (1 - share) * np.sqrt(of_rate + of_others)
    signed = np.sqrt(share) * (rate - mean)
    return whole, list(zip(rate.tolist(), signed.tolist(), error.tolist(), strict=True))


def _conditional(
    fitted: logit.Logit, x: NDArray, asked: Asked, others: NDArray, chosen: NDArray
) -> tuple[float, float]:
    """Return what is left of the chosen cells' differences within the cells of the other
    columns."""
    total = np.bincount(others, weights=asked.base)
    z = _gradient(fitted, x)
    mean = (np.bincount(others, weights=asked.base * fitted.p) / total)[others]
    centre = np.stack(
        [(np.bincount(others, weights=asked.base * each) / total)[others] for each in z.T], axis=1
    )
    share = asked.base * chosen / asked.base.sum()
    square = float(share @ (fitted.p - mean) ** 2)
    error = _variance_of_square(z - centre, share, fitted.p - mean, fitted.covariance)
    return float(np.sqrt(square)), _error_of_root(square, error)


def _joint_code(codes: list[NDArray], cells: int) -> NDArray:
    """Number the combinations of some columns."""
    if not codes:
        return np.zeros(cells, int)
    return np.unique(np.stack(codes), axis=1, return_inverse=True)[1].ravel()


def _gradient(fitted: logit.Logit, x: NDArray) -> NDArray:
    """Return the derivative of each cell's chance by the coefficients."""
    return (fitted.p * (1 - fitted.p))[:, None] * x


def _variance_of_square(z: NDArray, share: NDArray, centred: NDArray, v: NDArray) -> float:
    """Return the variance of sum share x centred^2, `z` the gradients of `centred` and `v` the
    coefficients' covariance."""
    a = (share * centred) @ z
    b = (z.T * share) @ z
    return float(4 * a @ v @ a + 2 * np.trace(b @ v @ b @ v))


def _of_sampling(square: NDArray, asked: Asked) -> float:
    """Return the variance of the weighted mean of `square` over samples of people to ask."""
    n, total = asked.n.sum(), asked.base.sum()
    if n < 2:
        return 0.0
    from_mean = square - asked.base @ square / total
    rest = max(1 - n / total, 0.0)
    return float(rest * n / (n - 1) * (asked.squares @ from_mean**2) / total**2)


def _error_of_root(square: float, variance: float) -> float:
    """Return the standard error of a root by linearisation.

    Where no difference at all was seen the root has no derivative: the error is then the root of
    the square's error, so that it is not 0.
    """
    if square > 0:
        return float(np.sqrt(variance / square)) / 2
    return float(variance**0.25)
