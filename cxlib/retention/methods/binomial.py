"""Numbers at risk and lost -> the grouped binomial model, which is that of person-periods."""

from __future__ import annotations

import warnings
from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
import scipy
from numpy.typing import ArrayLike, NDArray


class Link(StrEnum):
    """Odds ratios, or hazard ratios as of Cox's model in grouped time."""

    LOGIT = "logit"
    CLOGLOG = "cloglog"


def fit(cells: pd.DataFrame, x: NDArray, link: str) -> Any:
    """Fit the grouped binomial model; a matrix without full rank is fitted too.

    Parameters
    ----------
    cells : pandas.DataFrame
        `at_risk`, `lost`.
    x : ndarray, shape (cells, coefficients)
    link : {"logit", "cloglog"}

    Returns
    -------
    statsmodels GLMResults
    """
    from statsmodels.genmod.families import Binomial, links
    from statsmodels.genmod.generalized_linear_model import GLM
    from statsmodels.tools.sm_exceptions import PerfectSeparationWarning, SingularMatrixWarning

    made = {Link.LOGIT: links.Logit, Link.CLOGLOG: links.CLogLog}[Link(link)]()
    counts = np.column_stack([cells["lost"], cells["at_risk"] - cells["lost"]]).astype(float)
    # a table may be fitted without rest: as many coefficients as cells, right, if not much; and of
    # a matrix without full rank only the fitted rates are used
    with warnings.catch_warnings(), np.errstate(divide="ignore", invalid="ignore"):
        warnings.simplefilter("ignore", SingularMatrixWarning)
        warnings.simplefilter("ignore", PerfectSeparationWarning)
        return GLM(counts, x, family=Binomial(link=made)).fit(
            maxiter=100, tol=1e-12, tol_criterion="deviance"
        )


def deviance(cells: pd.DataFrame, rate: ArrayLike) -> float:
    """Return minus twice the log-likelihood of the person-period table."""
    n, d = cells["at_risk"].to_numpy(float), cells["lost"].to_numpy(float)
    rate = np.asarray(rate, float)
    return float(-2 * (scipy.special.xlogy(d, rate) + scipy.special.xlog1py(n - d, -rate)).sum())
