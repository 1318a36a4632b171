"""Counts by segment and the population's shares -> the NPS of a population with those shares."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from scipy import stats

from cxlib import check
from cxlib.errors import EmptyDataError, ParameterError
from cxlib.methods import proportions
from cxlib.nps import cautions
from cxlib.nps.counts import counts_of
from cxlib.nps.design import linearise, weighted
from cxlib.nps.method_names import Method
from cxlib.nps.methods import intervals
from cxlib.nps.scores import NetPromoterScores
from cxlib.shown.message import Message


@check.arguments
def post_stratify(
    data: Any,
    *,
    by: str,
    shares: Mapping[Any, float],
    score: str | None = None,
    confidence: float = 0.95,
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    scale: tuple[int, int] | None = None,
    promoter: int | None = None,
    detractor: int | None = None,
) -> NetPromoterScores:
    """NPS if the segments had their shares of the population instead of their shares of the
    answers.

    Use it when who answered is not who was asked, or to compare waves with the same mix of
    customers.

    Parameters
    ----------
    data : ScoreCounts, or rows in any form that `table.as_table` takes
        Ready counts, or one row an answer.
    by : str
        Column of the segments.
    shares : mapping
        Share or number of customers of each segment in the population; brought to a total of 1.
    score : str, optional
        Column of scores, `"score"` where it is None; not needed with ready counts.
    confidence : float
        Level of the interval.
    weight, strata, cluster, scale, promoter, detractor : optional
        As in `count_scores`; refused with ready counts, which have theirs.

    Returns
    -------
    NetPromoterScores
        One row; counts of people, `nps`, `se` and limits in points.

    Raises
    ------
    ParameterError
        If a share is negative or missing, the shares sum to 0, or `confidence` does not lie between
        0 and 1.
    EmptyDataError
        If nobody of a segment with a share answered.
    WeightError
        If a stratum has a single cluster.
    CxError
        What `count_scores` refuses.

    Notes
    -----
    sum of P_g NPS_g, its error the matching sum of linearised errors: residuals are taken within
    segments. Equal to R survey 4.1 `postStratify` and `svymean` to 1e-12 relative. Degrees of
    freedom are those of the design, as there: where a tenth of 100 answers stands for half the
    population, the 95 % interval covered in 87 % of 300 simulated samples (96 % at 30 of 100), so
    segments with few answers are said in `warnings`.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame(
    ...     {"plan": ["basic"] * 60 + ["pro"] * 40, "score": [9, 9, 3] * 20 + [10, 3] * 20}
    ... )
    >>> post_stratify(rows, by="plan", shares={"basic": 0.5, "pro": 0.5}).frame["nps"].round(
    ...     3
    ... ).tolist()
    [16.667]
    """
    counts = counts_of(data, by, score, weight, strata, cluster, scale, promoter, detractor)
    frame, names = counts.categories(), list(counts.keys.values())
    share = _shares(shares, frame[names[0]].tolist())
    found = linearise(weighted(counts))
    kept = np.flatnonzero(share > 0)
    i, j = (grid.ravel() for grid in np.meshgrid(kept, kept))
    covariance = np.where(i == j, found.variance[i], found.domains.covariance(i, j))
    nps, se = (
        float(share @ found.nps),
        float(np.sqrt(np.maximum((share[i] * share[j] * covariance).sum(), 0.0))),
    )
    everyone = linearise(weighted(counts.over(None)))
    spread = (
        float(share @ (found.answer_variance + found.nps**2)) - nps**2
    )  # of one answer in that population
    kish = 1 / float((share**2 / found.kish)[kept].sum())
    if se > 0:
        half = stats.t.ppf(0.5 + check.confidence(confidence) / 2, everyone.df[0]) * se
        low, high = max(nps - half, -1), min(nps + half, 1)
    else:
        low, high = (
            float(x)
            for x in intervals.weighted_score_limits(
                nps, spread, kish, z=proportions.z_value(confidence)
            )
        )
    n = int(frame["n"].sum())
    out = (
        frame[["n", "promoters", "passives", "detractors"]]
        .sum()
        .to_frame()
        .T.astype("int64")
        .assign(
            nps=100 * nps,
            se=100 * se,
            ci_low=100 * low,
            ci_high=100 * high,
            n_eff=n * spread / ((n - 1) * se**2) if se > 0 else kish,
            confidence=float(confidence),
            method=Method.POST_STRATIFIED.value,
        )
    )
    warnings = (*counts.warnings, *_cautions(frame, share, found.answer_variance, names))
    return NetPromoterScores(frame=out, method=Method.POST_STRATIFIED, warnings=warnings)


def _cautions(
    frame: pd.DataFrame, share: np.ndarray, answer_variance: np.ndarray, names: list[str]
) -> tuple[Message, ...]:
    out = []
    alike = frame.loc[(share > 0) & (answer_variance <= 0)]
    if len(alike):
        out.append(Message("nps.alike_in", names=list(cautions.names(alike, names))))
    few = frame.loc[(share > 0) & (frame["n"] < cautions.FEW_ANSWERS)]
    if len(few):
        named = list(cautions.names(few, names))
        out.append(Message("nps.few_in_cell", limit=cautions.FEW_ANSWERS, names=named))
    return tuple(out)


def _shares(shares: Mapping[Any, float], segments: list[Any]) -> np.ndarray:
    bad = {name: value for name, value in shares.items() if not (np.isfinite(value) and value >= 0)}
    if bad or not sum(shares.values()) > 0:
        raise ParameterError(
            f"shares={bad or dict(shares)!r} must be 0 or more, and not all 0; give each segment's "
            "share of the "
            "population"
        )
    empty = [name for name, value in shares.items() if value > 0 and name not in segments]
    if empty:
        raise EmptyDataError(
            f"shares: nobody in {empty[0]!r} gave a score, so its part of the population is "
            "unknown; merge it "
            f"with a neighbour{check.did_you_mean(empty[0], segments)}"
        )
    missing = [name for name in segments if name not in shares]
    if missing:
        raise ParameterError(
            f"shares: {missing[0]!r} is missing; give its share of the population (0 leaves it out)"
        )
    share = np.array([float(shares[name]) for name in segments])
    return share / share.sum()
