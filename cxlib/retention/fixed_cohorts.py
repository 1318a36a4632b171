"""Cells of a triangle -> their rates, and those of one fixed set of cohorts."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from cxlib.errors import ParameterError
from cxlib.methods.proportions import wilson
from cxlib.retention.method_names import Method


def with_rates(frame: pd.DataFrame, known: NDArray[np.bool_], confidence: float) -> pd.DataFrame:
    """Add the rate and its Wilson interval, missing where it is not known yet."""
    low, high = wilson(frame["retained"], frame["size"], confidence=confidence)
    rate = frame["retained"] / frame["size"]
    return frame.assign(
        rate=rate.where(known),
        ci_low=np.where(known, low, np.nan),
        ci_high=np.where(known, high, np.nan),
        confidence=confidence,
        method=Method.WILSON.value,
    )


def over_fixed_cohorts(
    finished: pd.DataFrame, by: Sequence[str], *, through: int | None, confidence: float
) -> pd.DataFrame:
    """Add up finished cells by age, over the cohorts that have finished all ages `through`.

    Parameters
    ----------
    finished : pandas.DataFrame
        The complete cells of a triangle; at least one.
    through : int or None
        By default the oldest age that more than half of the cohorts have finished.

    Raises
    ------
    ParameterError
        If no cohort has finished `through`, or it lies before the first age.
    """
    cohort = [*by, "cohort"]
    # a cohort counts up to its first gap: cells from before the first event are absent
    reached = finished.groupby(cohort)["age"].agg(["min", "max"])
    last = reached.loc[reached["min"] == reached["min"].min(), "max"]
    if through is None:
        through = int(np.quantile(last, 0.5, method="lower"))
    names = last.index[last >= through]
    if len(names) == 0:
        raise ParameterError(
            f"through={through}: no cohort has finished that age; the oldest finished age is "
            f"{last.max()}"
        )
    key = pd.MultiIndex.from_frame(finished[cohort]) if by else pd.Index(finished["cohort"])
    chosen = finished[key.isin(names) & (finished["age"] <= through)]
    if chosen.empty:
        raise ParameterError(
            f"through={through}: the youngest age of the triangle is {finished['age'].min()}"
        )
    ages = ["age", "until"] if "until" in chosen else ["age"]
    frame = chosen.groupby(ages, as_index=False).agg(
        cohorts=("cohort", "size"), size=("size", "sum"), retained=("retained", "sum")
    )
    return with_rates(frame, np.ones(len(frame), bool), confidence)
