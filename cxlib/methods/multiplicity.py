"""P values of one family -> p values adjusted for having been looked at together."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from cxlib import check


class Adjustment(StrEnum):
    """How p values of one family are adjusted.

    Holm holds the chance of any false claim; Benjamini-Hochberg and -Yekutieli the share of false
    claims, the latter under any dependence.
    """

    HOLM = "holm"
    BENJAMINI_HOCHBERG = "BH"
    BENJAMINI_YEKUTIELI = "BY"
    NONE = "none"


# any dependence is what statsmodels calls negatively correlated
_DEPENDENCE = {
    Adjustment.BENJAMINI_HOCHBERG: "indep",
    Adjustment.BENJAMINI_YEKUTIELI: "negcorr",
}


def adjust_pvalues(pvalues: ArrayLike, *, method: str = Adjustment.HOLM) -> NDArray:
    """P values adjusted for having been looked at together; missing p values stay missing and do
    not count.

    Parameters
    ----------
    pvalues : array_like
        One family.
    method : {"holm", "BH", "BY", "none"}
        See `Adjustment`. The numbers of `statsmodels.stats.multitest.multipletests`, which is not
        called itself: it collects the garbage of the whole process each time.

    Examples
    --------
    >>> adjust_pvalues([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    check.one_of("adjust", method, [each.value for each in Adjustment])
    p = np.array(pvalues, float)
    known = ~np.isnan(p)
    if known.sum() > 1 and method != Adjustment.NONE:
        p[known] = _adjusted(p[known], Adjustment(method))
    return p


def _adjusted(p: NDArray, method: Adjustment) -> NDArray:
    if method == Adjustment.HOLM:  # Holm 1979: the smallest of n times n, the next times n - 1
        order = np.argsort(p)
        stepped = np.empty_like(p)
        stepped[order] = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
        return np.minimum(stepped, 1.0)
    from statsmodels.stats.multitest import fdrcorrection

    return fdrcorrection(p, method=_DEPENDENCE[method])[1]
