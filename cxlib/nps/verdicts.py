"""Tested differences -> a verdict on each, and its reason."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from cxlib.methods import multiplicity

# answers on each side for a verdict: below, the test rejects too often in polarised groups (see
# compare's Notes)
FEWEST = 5


class Verdict(StrEnum):
    """What may be said of a difference; its words are `nps.verdict_<value>`."""

    UP = "up"
    DOWN = "down"
    EQUIVALENT = "equivalent"
    CANNOT_TELL = "cannot_tell"
    DO_NOT_COMPARE = "do_not_compare"
    TOO_FEW_YET = "too_few_yet"


class Standing(StrEnum):
    """A verdict on a pair without an order in time: b is higher or lower than a, and nothing moved.
    Its words are `nps.standing_<value>`."""

    UP = "up"
    DOWN = "down"
    EQUIVALENT = "equivalent"
    CANNOT_TELL = "cannot_tell"
    DO_NOT_COMPARE = "do_not_compare"


class Reason(StrEnum):
    """Why a verdict is what it is; its words are `nps.reason_<value>`."""

    FEW = "few"
    FEW_WORTH = "few_worth"
    UNKNOWN = "unknown"
    SMALL = "small"
    EQUIVALENT = "equivalent"
    UP = "up"
    DOWN = "down"
    ALONE = "alone"
    NOT_WORSE = "not_worse"
    NOISE = "noise"

    @property
    def values(self) -> dict[str, Any]:
        """What its words are filled with."""
        return {"limit": FEWEST}


VERDICTS = {  # the first reason that holds decides
    Reason.FEW: Verdict.DO_NOT_COMPARE,
    Reason.FEW_WORTH: Verdict.DO_NOT_COMPARE,
    Reason.UNKNOWN: Verdict.DO_NOT_COMPARE,
    Reason.SMALL: Verdict.EQUIVALENT,
    Reason.EQUIVALENT: Verdict.EQUIVALENT,
    Reason.UP: Verdict.UP,
    Reason.DOWN: Verdict.DOWN,
    Reason.ALONE: Verdict.CANNOT_TELL,
    Reason.NOT_WORSE: Verdict.CANNOT_TELL,
    Reason.NOISE: Verdict.CANNOT_TELL,
}


def is_move(verdicts: pd.Series) -> pd.Series:
    """Return which verdicts say that the score is higher or lower."""
    return verdicts.isin([Verdict.UP, Verdict.DOWN])


def decide(frame: pd.DataFrame, *, adjust: str, worth: ArrayLike | None = None) -> pd.DataFrame:
    """Return the frame with `verdict` and `reason`.

    Parameters
    ----------
    frame : pandas.DataFrame
        `n_a, n_b, difference, se, pvalue, pvalue_adj, confidence`, and `pvalue_equivalent,
        pvalue_not_worse` where a margin was given.
    adjust : str
        How p values are adjusted, also those of equivalence.
    worth : array, optional
        How many answers of equal weights those of the side with fewer are worth, by Kish.

    Notes
    -----
    Equivalent comes before up and down: a difference that is certain, and certain to be less than
    the margin, does not matter."""
    alpha, nobody = 1 - frame["confidence"], pd.Series(False, index=frame.index)
    known, sure = frame["pvalue"].notna(), frame["pvalue_adj"] < alpha
    equivalent = not_worse = nobody
    if "pvalue_equivalent" in frame:
        equivalent = multiplicity.adjust_pvalues(frame["pvalue_equivalent"], method=adjust) < alpha
        not_worse = multiplicity.adjust_pvalues(frame["pvalue_not_worse"], method=adjust) < alpha
    holds = {
        Reason.FEW: frame[["n_a", "n_b"]].min(axis=1) < FEWEST,
        Reason.FEW_WORTH: nobody if worth is None else np.asarray(worth) < FEWEST,
        Reason.UNKNOWN: ~known,
        Reason.SMALL: equivalent & sure,
        Reason.EQUIVALENT: equivalent,
        Reason.UP: sure & (frame["difference"] > 0),
        Reason.DOWN: sure,
        Reason.ALONE: frame["pvalue"] < alpha,
        Reason.NOT_WORSE: not_worse,
        Reason.NOISE: ~nobody,
    }
    which = np.select(
        [np.asarray(holds[reason]) for reason in VERDICTS],
        range(len(VERDICTS)),
        default=len(VERDICTS) - 1,
    )
    reasons, verdicts = (
        np.array(list(each), dtype=object) for each in (VERDICTS, VERDICTS.values())
    )
    return frame.assign(verdict=verdicts[which], reason=reasons[which])
