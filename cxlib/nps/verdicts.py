"""Tested differences -> a verdict on each in the words of the report, and its reason."""

from __future__ import annotations

import numpy as np
import pandas as pd

from cxlib import inference
from cxlib import language as words

# answers on each side for a verdict: below, the test rejects too often in polarised groups (see
# compare's Notes)
FEWEST = 5
_REASONS = {  # the first that holds decides
    "few": "do not compare",
    "unknown": "do not compare",
    "small": "equivalent",
    "equivalent": "equivalent",
    "up": "up",
    "down": "down",
    "alone": "cannot tell",
    "not_worse": "cannot tell",
    "noise": "cannot tell",
}


def decided(frame: pd.DataFrame, *, adjust: str) -> pd.DataFrame:
    """Return the frame with `verdict` and `reason`.

    Parameters
    ----------
    frame : pandas.DataFrame
        `n_a, n_b, difference, se, pvalue, pvalue_adj, confidence`, and `pvalue_equivalent,
        pvalue_not_worse` where a margin was given.
    adjust : str
        How p values are adjusted, also those of equivalence.

    Notes
    -----
    Equivalent comes before up and down: a difference that is certain, and certain to be less than
    the margin, does not matter."""
    alpha, nobody = 1 - frame["confidence"], pd.Series(False, index=frame.index)
    known, sure = frame["pvalue"].notna(), frame["pvalue_adj"] < alpha
    equivalent = not_worse = nobody
    if "pvalue_equivalent" in frame:
        equivalent = inference.adjusted(frame["pvalue_equivalent"], method=adjust) < alpha
        not_worse = inference.adjusted(frame["pvalue_not_worse"], method=adjust) < alpha
    holds = {
        "few": frame[["n_a", "n_b"]].min(axis=1) < FEWEST,
        "unknown": ~known,
        "small": equivalent & sure,
        "equivalent": equivalent,
        "up": sure & (frame["difference"] > 0),
        "down": sure,
        "alone": frame["pvalue"] < alpha,
        "not_worse": not_worse,
        "noise": ~nobody,
    }
    which = np.select(
        [np.asarray(holds[key]) for key in _REASONS],
        range(len(_REASONS)),
        default=len(_REASONS) - 1,
    )
    reasons = np.array(
        [words.text(f"nps.reason_{key}", limit=FEWEST) for key in _REASONS], dtype=object
    )
    return frame.assign(
        verdict=np.array(list(_REASONS.values()), dtype=object)[which], reason=reasons[which]
    )
