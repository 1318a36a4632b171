"""Counts of two or more segments -> which differ for certain, and how large a difference would have
shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy import sparse, stats

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.methods import multiplicity
from cxlib.methods.multiplicity import Adjustment
from cxlib.nps import cautions, pairing, verdicts
from cxlib.nps.comparison_words import Comparison
from cxlib.nps.counts import counts_of
from cxlib.nps.design import linearise
from cxlib.nps.method_names import Method
from cxlib.nps.methods import differences, intervals
from cxlib.nps.score_counts import ScoreCounts, as_columns
from cxlib.shown.message import Message
from cxlib.shown.result import Absent

POWER = 0.8
MARGIN = ("pvalue_equivalent", "pvalue_not_worse")
METHODS = {
    "score": Method.MOVER_OF_TANGO,
    "mover": Method.MOVER_OF_NEWCOMBE,
    "adjusted_wald": Method.ADJUSTED_WALD,
    "wald": Method.WALD,
    "t": Method.WELCH_T,
}
_AGAINST = ("each", "rest", "previous")


@check.arguments
def compare(
    data: Any,
    *,
    between: str | None,
    score: str | None = None,
    by: str | Sequence[str] | None = (),
    reference: Any = None,
    against: Literal["each", "rest", "previous"] = "each",
    order: Sequence[Any] | None = None,
    method: str | None = None,
    alternative: Literal["two-sided", "greater", "less"] = "two-sided",
    adjust: str = Adjustment.HOLM,
    margin: float | None = None,
    confidence: float = 0.95,
    weight: str | None = None,
    strata: str | None = None,
    cluster: str | None = None,
    scale: tuple[int, int] | None = None,
    promoter: int | None = None,
    detractor: int | None = None,
) -> Comparison | Absent:
    """Test NPS differences between segments or waves, with intervals that belong to the tests.

    Use it before calling a move a move. Interval and p value come from the same inversion.

    Parameters
    ----------
    data : ScoreCounts, or rows in any form that `table.as_table` takes
        Ready counts, or one row an answer.
    between : str or None
        Column whose values are compared. None gives an `Absent` that says what cannot be known.
    score : str, optional
        Column of scores, `"score"` where it is None; not needed with ready counts.
    by : str or sequence of str
        Compare within each value of these columns only; they come first in the frame.
    reference : value of `between`, optional
        Compare every other value with this one (it is `a`); `against` then changes nothing.
    against : {"each", "rest", "previous"}
        All pairs; each value with all others together (`a` is "the rest"; never with the total,
        which contains it); or each value with the one before it in time (waves). Of two values
        alone, each is the other's rest: one pair.
    order : sequence, optional
        All values of `between` from the earliest to the latest. `against="previous"` needs it where
        the column is neither one of ordered categories nor readable as periods
        (`rows.periods.order_waves`).
    method : str, optional
        None is `"score"` (MOVER on Tango's limits), or the linearised t where weights, strata or
        clusters are given. Others, for unweighted answers: `"mover"` (MOVER on Newcombe-Wilson
        limits), `"adjusted_wald"` (+3/4, +3/2, +3/4 in each group), `"wald"`, `"t"` (Welch).
    alternative : {"two-sided", "greater", "less"}
        Whether b is asked to be higher or lower than a; the interval then has one end.
    adjust : {"holm", "BH", "BY", "none"}
        How p values are adjusted for the number of pairs (see `multiplicity.adjust_pvalues`).
    margin : float, optional
        Smallest difference in points that matters; adds `pvalue_equivalent` (two one-sided tests:
        the difference is less than the margin either way) and `pvalue_not_worse` (b is not lower
        than a by the margin).
    confidence : float
        Level of the intervals; verdicts use 1 - confidence on adjusted p values.
    weight, strata, cluster, scale, promoter, detractor : optional
        As in `count_scores`; refused with ready counts, which have theirs.

    Returns
    -------
    Comparison
        One row a pair, `difference` = b minus a in points; `detectable` is the smallest true
        difference that such numbers of answers would show (80 % power): (z(1 - alpha/2) + z(0.8))
        se, with quantiles of t where the test has them, and with alpha over the number of pairs
        under Holm, as for the clearest of them; `n_needed` is how many answers on each side (under
        clusters: from as many more clusters) would show the margin (where none is given, the
        observed difference) with that power; `verdict` is a `Verdict`, and
        `reason`, a `Reason`, says why.

    Raises
    ------
    ParameterError
        If `reference` is not a value of `between`; if the order in time is asked for and not known,
        or `order` does not hold each value once; if `against`, `method`, `alternative` or
        `adjust` is unknown; if a method is asked for together with a design; if `margin` is not
        above 0, or a one-sided `confidence` not above 0.5.
    CxError
        What `count_scores` refuses.

    Notes
    -----
    MOVER (Newcombe 1998; Zou and Donner 2008) on Tango's score limits; the p value is where the
    interval's end meets 0. `se` is the unpooled sqrt(V1/n1 + V2/n2); a group whose answers are all
    of one kind enters it with Rocks' +3/4, +3/2, +3/4 counts, for its plain variance of 0 is not
    knowledge. Limits compared with exact arithmetic to 1e-9 on [-1, 1]; Wald, Welch and adjusted
    Wald with R to 1e-12; the linearised t with R survey 4.1 `svycontrast` and `svyttest` to 1e-12.
    Size at 5 %, by exact enumeration over eight shapes of answers: at most 5.6 % from 20 to a side
    on, 6.3 % from 5 on, but 10.6 % at 2 to a side; so a side with fewer than 5 answers gets no
    verdict. A pooled test is not offered: it asks for equal distributions, not equal NPS.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame(
    ...     {
    ...         "wave": ["Q1"] * 100 + ["Q2"] * 100,
    ...         "score": [10] * 35 + [8] * 40 + [3] * 25 + [10] * 50 + [8] * 30 + [3] * 20,
    ...     }
    ... )
    >>> compare(rows, score="score", between="wave").frame[["difference", "verdict"]].to_dict(
    ...     "records"
    ... )
    [{'difference': 20.0, 'verdict': 'cannot_tell'}]
    """
    _refuse_options(alternative, method, margin, confidence)
    if between is None:
        check.one_of("against", against, _AGAINST)
        return Absent.of("nps.no_column", Comparison, by=as_columns(by))
    within = as_columns(by)
    counts = counts_of(
        data, (*within, between), score, weight, strata, cluster, scale, promoter, detractor
    )
    if counts.design and method is not None:
        raise ParameterError(
            f"method={method!r} is for unweighted answers; leave it out, or count without "
            "weight, strata and cluster"
        )
    if order is not None or (against == "previous" and reference is None):
        counts = counts.in_time(between, order=order, parameter=f"against={against!r}")
    cells, names, carried = counts.name_columns(counts.categories(), Comparison.columns)
    column, groups = names[-1], list(names[:-1])
    _refuse_pairs(cells[column].tolist(), reference, against)
    if reference is not None or (against == "rest" and _largest(cells, groups) < 3):
        against = "each"
    pairs = pairing.pairs(cells, column, reference=reference, against=against)
    if len(pairs[0]):
        frame = _paired(
            counts,
            cells,
            pairs,
            names=names,
            against=against,
            method=method or "score",
            alternative=alternative,
            adjust=adjust,
            margin=margin,
            confidence=check.confidence(confidence),
        )
        warnings = (*cautions.of_counts(counts), *_cautions(frame, cells, adjust, method, names))
    else:
        frame = pairing.no_pairs([*groups, *Comparison.columns])
        warnings = (_nothing(counts.by, cells[column].tolist()),)
    return Comparison(
        frame=frame[[*groups, *_columns(margin)]],
        method=frame["method"].iloc[0] if len(frame) else METHODS[method or "score"],
        warnings=warnings,
        carried={name: carried[name] for name in groups if name in carried},
        between=between,
        directed=against == "previous" and len(frame) > 0,
        margin=margin,
    )


def _refuse_options(
    alternative: str, method: str | None, margin: float | None, confidence: float
) -> None:
    check.one_of("alternative", alternative, ("two-sided", "greater", "less"))
    check.one_of("method", method, (None, *METHODS))
    if margin is not None and not 0 < margin <= 200:
        raise ParameterError(
            f"margin={margin!r} must be above 0 and at most 200: it is the smallest difference in "
            "points that matters"
        )
    if alternative != "two-sided" and not check.confidence(confidence) > 0.5:
        raise ParameterError(
            f"confidence={confidence!r} must be above 0.5 with alternative={alternative!r}, whose "
            "interval has one end; write 0.95 for 95 %"
        )


def _refuse_pairs(values: list[Any], reference: Any, against: str) -> None:
    if against not in _AGAINST and against in values:
        raise ParameterError(
            f"against={against!r} is a value of the column that is compared; write "
            f"reference={against!r} to compare every other value with it"
        )
    check.one_of("against", against, _AGAINST)
    if reference is not None and values:
        check.one_of("reference", reference, dict.fromkeys(values))


def _largest(cells: pd.DataFrame, within: list[str]) -> int:
    if not within or not len(cells):
        return len(cells)
    return int(cells.groupby(within, observed=True).size().max())


def _columns(margin: float | None) -> list[str]:
    left_out = () if margin is not None else MARGIN
    return [name for name in Comparison.columns if name not in left_out]


def _nothing(by: Sequence[str], values: list[Any]) -> Message:
    return cautions.one_value(by[-1], values[0]) if values else cautions.nobody_in(by)


def _paired(
    counts: ScoreCounts,
    cells: pd.DataFrame,
    pairs: tuple[NDArray, NDArray],
    *,
    names: Sequence[str],
    against: str,
    **options: Any,
) -> pd.DataFrame:
    """Return the frame of a comparison: the columns within which pairs stay, both sides, and the
    tests."""
    (i, j), (*groups, column) = pairs, names
    ends, values = cells[groups].iloc[j].reset_index(drop=True), cells[column].to_numpy()
    if against == "rest":
        members = pairing.with_rests(cells, groups)
        tests = _tests_of(counts, cells, (i + len(cells), j), members=members, **options)
        rest = pd.Series([pairing.Side.THE_REST] * len(i), dtype=object)
        return pd.concat([ends, tests.assign(a=rest, b=values[j])], axis=1)
    tests = _tests_of(counts, cells, (i, j), members=None, **options)
    return pd.concat([ends, tests.assign(a=values[i], b=values[j])], axis=1)


def _tests_of(
    counts: ScoreCounts,
    cells: pd.DataFrame,
    pairs: tuple[NDArray, NDArray],
    *,
    members: sparse.csr_array | None,
    method: str,
    alternative: str,
    adjust: str,
    margin: float | None,
    confidence: float,
) -> pd.DataFrame:
    """Return the frame of a comparison without its labels."""
    i, j = pairs
    n, nps, answer, worth, sides, name = _sides(counts, cells, members, method)
    difference, df, alpha = nps[j] - nps[i], sides.df(i, j), 1 - confidence
    low, high = sides.limits(i, j, confidence if alternative == "two-sided" else 2 * confidence - 1)
    statistic, se = sides.statistic(i, j), 100 * sides.se(i, j)
    p = differences.pvalue(statistic, df, alternative)
    tail = (
        alpha
        / (2 if alternative == "two-sided" else 1)
        / (max((~np.isnan(p)).sum(), 1) if adjust == Adjustment.HOLM else 1)
    )
    reach = stats.norm.isf(tail) + stats.norm.ppf(POWER)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = (
            reach**2
            * (answer[i] + answer[j])
            / (difference if margin is None else margin / 100) ** 2
        )
    frame = pd.DataFrame(
        {
            "n_a": n[i].astype("int64"),
            "n_b": n[j].astype("int64"),
            "nps_a": 100 * nps[i],
            "nps_b": 100 * nps[j],
            "difference": 100 * difference,
            "se": se,
            "ci_low": -200.0 if alternative == "less" else 100 * np.maximum(low, -2),
            "ci_high": 200.0 if alternative == "greater" else 100 * np.minimum(high, 2),
            "statistic": statistic,
            "df": df,
            "pvalue": p,
            "pvalue_adj": multiplicity.adjust_pvalues(p, method=adjust),
            "detectable": (stats.t.isf(tail, df) + stats.t.ppf(POWER, df)) * se,
            "n_needed": np.ceil(needed),
            "confidence": confidence,
            "method": f"{name}, {Adjustment(adjust)}",
        }
    )
    if margin is not None:
        worse, better = (
            differences.pvalue(sides.statistic(i, j, null), df, side)
            for null, side in ((-margin / 100, "greater"), (margin / 100, "less"))
        )
        frame = frame.assign(pvalue_equivalent=np.maximum(worse, better), pvalue_not_worse=worse)
    return verdicts.decide(frame, adjust=adjust, worth=np.minimum(worth[i], worth[j]))


def _sides(
    counts: ScoreCounts,
    cells: pd.DataFrame,
    members: sparse.csr_array | None,
    method: str,
) -> tuple[
    NDArray, NDArray, NDArray, NDArray, differences.Inverted | differences.Symmetric, Method
]:
    """Return n, NPS, the variance of one answer and how many the answers are worth, of each side,
    the sides, and the name of the method."""
    if counts.design:
        found = linearise(counts, sides=members)
        sides = differences.of_domains(found.nps, found.variance, found.domains)
        answer = sides.variance * found.n
        return found.n, found.nps, answer, found.worth, sides, Method.LINEARISED
    sums = cells[["promoters", "n", "detractors"]].to_numpy(float)
    a, n, c = (sums if members is None else members @ sums).T
    return (
        n,
        intervals.nps_of(a, n, c),
        intervals.known_variance(a, n, c) * n,
        n,
        differences.of_counts(a, n, c, method=method),
        METHODS[method],
    )


def _cautions(
    frame: pd.DataFrame, cells: pd.DataFrame, adjust: str, method: str | None, keys: Sequence[str]
) -> tuple[Message, ...]:
    out = [*cautions.of_family(len(frame), adjust)]
    few = int((frame[["n_a", "n_b"]].min(axis=1) < verdicts.FEWEST).sum())
    if few:
        out.append(Message("nps.no_verdict", limit=verdicts.FEWEST, n=few))
    unknown = int(frame["pvalue"].isna().sum())
    if unknown:
        out.append(Message("nps.no_variance", n=unknown))
    if method in ("wald", "t"):
        out += cautions.of_method(cells.assign(ci_low=0.0, ci_high=0.0), METHODS[method], keys)
    return tuple(out)
