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


_STATSMODELS = {
    Adjustment.HOLM: "holm",
    Adjustment.BENJAMINI_HOCHBERG: "fdr_bh",
    Adjustment.BENJAMINI_YEKUTIELI: "fdr_by",
}


def adjust_pvalues(pvalues: ArrayLike, *, method: str = Adjustment.HOLM) -> NDArray:
    """P values adjusted for having been looked at together; missing p values stay missing and do
    not count.

    Parameters
    ----------
    pvalues : array_like
        One family.
    method : {"holm", "BH", "BY", "none"}
        See `Adjustment`. Through `statsmodels.stats.multitest.multipletests`.

    Examples
    --------
    >>> adjust_pvalues([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    from statsmodels.stats.multitest import multipletests

    check.one_of("adjust", method, [each.value for each in Adjustment])
    p = np.array(pvalues, float)
    known = ~np.isnan(p)
    if known.sum() > 1 and method != Adjustment.NONE:
        p[known] = multipletests(p[known], method=_STATSMODELS[Adjustment(method)])[1]
    return p
