"""Cells of people and of those who answered -> fitted chances to answer, by a logit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

ROUNDS = 50


@dataclass(frozen=True, slots=True)
class Logit:
    """`coefficients` (k,), fitted chances `p` (cells,), and `covariance` (k, k) of the
    coefficients (the inverse of the information)."""

    coefficients: NDArray
    p: NDArray
    covariance: NDArray


def fit(x: NDArray, n: NDArray, r: NDArray, *, squares: NDArray | None = None) -> Logit:
    """Fit a logit to cells by Newton's steps.

    Parameters
    ----------
    x : float array, shape (cells, coefficients)
        Design, its first column 1; a column that says nothing new is allowed.
    n, r : float array, shape (cells,)
        People asked, and those who answered (or sums of their weights).
    squares : float array, shape (cells,), optional
        Sum of the squared weights of the people asked, where `n` and `r` are sums of weights: the
        covariance is then that of people who answer independently (J^-1 K J^-1, J the information
        with weights, K with squared weights), the same whatever the weights are scaled to.

    Returns
    -------
    Logit
        The same estimates as a logit on one row a person. Where in some category everybody or
        nobody answered there is no finite estimate: the caller looks first.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.array([[1.0, 0.0], [1.0, 1.0]])
    >>> fit(x, np.array([10.0, 10.0]), np.array([5.0, 8.0])).p.round(6)
    array([0.5, 0.8])
    """
    beta = np.zeros(x.shape[1])
    for _ in range(ROUNDS):
        p = expit(x @ beta)
        step = _inverse_information(x, n, p) @ (x.T @ (r - n * p))
        beta = beta + step
        if np.abs(step).max() < 1e-12:
            break
    p = expit(x @ beta)
    covariance = _inverse_information(x, n, p)
    if squares is not None:
        spread = x.T @ ((squares * p * (1 - p))[:, None] * x)
        covariance = covariance @ spread @ covariance
    return Logit(beta, p, covariance)


def _inverse_information(x: NDArray, n: NDArray, p: NDArray) -> NDArray:
    return np.linalg.pinv(x.T @ ((n * p * (1 - p))[:, None] * x), hermitian=True)
