"""Counts of small groups -> the exact test of their difference in NPS: all ways to deal the same
answers out to both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb
from operator import mul
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import check, inference
from cxlib import language as words
from cxlib.errors import ParameterError
from cxlib.nps import cautions, intervals, pairing
from cxlib.nps.comparison import ADJUSTMENTS
from cxlib.nps.counts import names, refuse_taken
from cxlib.nps.ranks import no_pairs, unweighted
from cxlib.result import Absent, Result

METHOD = "exact permutation"
MOST_ANSWERS, MOST_TERMS = 1000, 30_000_000  # of a pair; of all pairs (at most ten seconds)
COLUMNS = (
    "a",
    "b",
    "n_a",
    "n_b",
    "nps_a",
    "nps_b",
    "difference",
    "pvalue",
    "pvalue_adj",
    "confidence",
    "method",
)
Triple = tuple[int, int, int]


@dataclass(frozen=True, slots=True, eq=False)
class PermutationTest(Result):
    """Differences b minus a in points with their exact p values, one row a pair: `COLUMNS`, after
    the columns of `by`."""

    formats: ClassVar[dict[str, str]] = (
        dict.fromkeys(("nps_a", "nps_b"), "points")
        | dict.fromkeys(("pvalue", "pvalue_adj"), "pvalue")
        | {"difference": "change", "confidence": "level"}
    )

    def summary(self, language: str = "en") -> str:
        """Say how many differences are larger than dealing the answers out at random makes them,
        and which is clearest."""
        frame = self.frame
        if frame.empty:
            return " ".join(self.warnings)
        row = frame.loc[frame["pvalue"].idxmin()]
        group = [words.label(value) for value in row.iloc[: row.index.get_loc("a")]]
        a, b = (
            ("a", "b") if row["difference"] >= 0 else ("b", "a")
        )  # the higher one is named second
        sure = int((frame["pvalue_adj"] < 1 - row["confidence"]).sum())
        key = (
            ("some" if sure else "none") if len(frame) > 1 else "one_sure" if sure else "one_unsure"
        )
        return words.text(
            f"nps.permutation_{key}",
            language,
            sure=words.number(sure),
            pairs=words.number(len(frame)),
            a=" · ".join([*group, words.label(row[a])]),
            b=" · ".join([*group, words.label(row[b])]),
            nps_a=words.points(row[f"nps_{a}"]),
            nps_b=words.points(row[f"nps_{b}"]),
            n_a=words.number(row[f"n_{a}"]),
            n_b=words.number(row[f"n_{b}"]),
            size=words.points(abs(row["difference"])),
            p=words.pvalue(row["pvalue_adj"]),
        )


def permutation_test(
    data: Any,
    *,
    between: str | None,
    score: str | None = None,
    by: str | Sequence[str] | None = (),
    reference: Any = None,
    adjust: str = "holm",
    confidence: float = 0.95,
    **counting: Any,
) -> PermutationTest | Absent:
    """Exact test of NPS differences between small segments.

    Use it where groups are too small for any approximation to be trusted. It asks whether the
    answers come from one and the same distribution: where spreads differ much and sizes too,
    `compare` is the honest test.

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
        Compare every other value with this one (it is `a`); all pairs where it is None.
    adjust : {"holm", "BH", "BY", "none"}
        How `pvalue_adj` is made from all rows.
    confidence : float
        The sentence speaks of a difference where the adjusted p value is below 1 - confidence.
    **counting
        `scale`, `promoter`, `detractor` of `count_scores`; refused with ready counts, which have
        theirs.

    Returns
    -------
    PermutationTest

    Raises
    ------
    ParameterError
        If a pair has more than 1,000 answers, the pairs together would take minutes, `reference` is
        no value of `between`, or the counts carry weights, strata or clusters.
    CxError
        What `count_scores` refuses.

    Notes
    -----
    See `exact_pvalue`. At 500 answers a side the p value of `compare` is about a tenth smaller: few
    differences are possible where answers are dealt out, so many deals tie with the one seen.

    Examples
    --------
    >>> rows = pd.DataFrame(
    ...     {"store": ["A"] * 10 + ["B"] * 10, "score": [2] * 5 + [8] * 5 + [8] * 6 + [10] * 4}
    ... )
    >>> permutation_test(rows, between="store").frame[["difference", "pvalue"]].round(4).to_dict(
    ...     "records"
    ... )
    [{'difference': 90.0, 'pvalue': 0.005}]
    """
    confidence = check.confidence(confidence)
    if between is None:
        return Absent.of("nps.no_column")
    within = names(by)
    refuse_taken(COLUMNS, by=within)
    counts = unweighted(data, score, (*within, between), counting)
    segments = counts.categories()
    if reference is not None:
        check.one_of("reference", reference, dict.fromkeys(segments[between]))
    i, j = pairing.pairs(segments, between, reference=reference)
    if not len(i):
        return PermutationTest(
            no_pairs((*within, *COLUMNS)),
            METHOD,
            (words.text("nps.no_pair", column=between), *cautions.of_empty(counts)),
        )
    one, two = segments.iloc[i].reset_index(drop=True), segments.iloc[j].reset_index(drop=True)
    frame = _tested(one, two, between, within, adjust, confidence)
    return PermutationTest(
        frame, METHOD, (*_doubts(frame, one, two, adjust), *cautions.of_empty(counts))
    )


def exact_pvalue(one: Triple, two: Triple) -> float:
    """Exact two-sided p value of the difference in NPS, given all answers of both groups together.

    Parameters
    ----------
    one, two : (a, n, c)
        Promoters, all answers, detractors of each group.

    Returns
    -------
    float
        Share of all ways to deal the answers out to groups of these sizes in which the NPS differ
        at least as much as they do; 1 where the NPS are equal. The exact fraction, rounded once.

    Notes
    -----
    Multivariate hypergeometric, counted and compared in whole numbers, so a tie is a tie. Equal to
    exact fractions to 1e-15, and to R's coin `oneway_test(distribution = exact())` to 1e-12.

    Examples
    --------
    >>> exact_pvalue(
    ...     (3, 3, 0), (0, 3, 3)
    ... )  # two of the 20 ways to deal three of each to three and three
    0.1
    """
    (a, n, c), other = (one, two) if one[1] <= two[1] else (two, one)
    promoters, everyone, detractors = a + other[0], n + other[1], c + other[2]
    passives = everyone - promoters - detractors
    # NPS differ by (everyone * s - expected) / (n * n_other), s = promoters less detractors dealt
    # to the smaller group
    expected = (promoters - detractors) * n
    observed = abs(everyone * (a - c) - expected)
    if observed == 0:
        return 1.0
    least, most = (expected - observed) // everyone, -((-expected - observed) // everyone)
    of_detractors = [comb(detractors, y) for y in range(detractors + 1)]
    of_passives = [
        comb(passives, z) for z in range(passives, -1, -1)
    ]  # falling: one more detractor is one passive less
    ways = 0
    for x in range(min(promoters, n) + 1):
        first, last = max(0, n - x - passives), min(detractors, n - x)
        shift = passives - (n - x)
        low_end, high_start = min(last, x - most) + 1, max(first, x - least)
        dealt = sum(
            sum(map(mul, of_detractors[start:end], of_passives[start + shift : end + shift]))
            for start, end in ((first, low_end), (high_start, last + 1))
            if start < end
        )
        ways += comb(promoters, x) * dealt
    return ways / comb(everyone, n)


def _tested(
    one: pd.DataFrame,
    two: pd.DataFrame,
    between: str,
    within: tuple[str, ...],
    adjust: str,
    confidence: float,
) -> pd.DataFrame:
    kinds = ["promoters", "n", "detractors"]
    _refuse_work(one, two, between)
    groups = [side[kinds].to_numpy().tolist() for side in (one, two)]
    pvalue = np.array([exact_pvalue(tuple(a), tuple(b)) for a, b in zip(*groups, strict=True)])
    a, b = ([side[kind].to_numpy(float) for kind in kinds] for side in (one, two))
    return one[list(within)].assign(
        a=one[between],
        b=two[between],
        n_a=one["n"],
        n_b=two["n"],
        nps_a=100 * intervals.nps_of(*a),
        nps_b=100 * intervals.nps_of(*b),
        difference=100 * (intervals.nps_of(*b) - intervals.nps_of(*a)),
        pvalue=pvalue,
        pvalue_adj=inference.adjusted(pvalue, method=adjust),
        confidence=confidence,
        method=METHOD,
    )[[*within, *COLUMNS]]


def _doubts(
    frame: pd.DataFrame, one: pd.DataFrame, two: pd.DataFrame, adjust: str
) -> tuple[str, ...]:
    spread = np.stack(
        [
            intervals.variance_of(side["promoters"], side["n"], side["detractors"])
            for side in (one, two)
        ]
    )
    n = frame[["n_a", "n_b"]].to_numpy().T
    uneven = int(
        (
            (spread.max(axis=0) >= 2 * spread.min(axis=0)) & (n.max(axis=0) >= 2 * n.min(axis=0))
        ).sum()
    )
    key = "nps.tested_unadjusted" if adjust == "none" else "nps.tested_together"
    family = words.text(key, pairs=words.number(len(frame)), adjust=ADJUSTMENTS[adjust])
    doubt = words.text("nps.permutation_uneven", n=words.number(uneven))
    return (family,) * (len(frame) > 1) + (doubt,) * (uneven > 0)


def _refuse_work(one: pd.DataFrame, two: pd.DataFrame, between: str) -> None:
    n = one["n"] + two["n"]
    advice = "use nps.compare, whose score test comes close to the exact one at such sizes"
    if (n > MOST_ANSWERS).any():
        at = n.idxmax()
        raise ParameterError(
            f"between={between!r}: {one.at[at, between]!r} and {two.at[at, between]!r} have "
            f"{n[at]:,} answers "
            f"together, more than the {MOST_ANSWERS:,} of an exact test; {advice}"
        )
    smaller = np.minimum(one["n"], two["n"])
    dealt = [np.minimum(one[kind] + two[kind], smaller) + 1 for kind in ("promoters", "detractors")]
    terms = int((dealt[0] * dealt[1]).sum())
    if terms > MOST_TERMS:
        raise ParameterError(
            f"between={between!r}: {len(n):,} exact tests of this size would take minutes "
            f"({terms:,} terms, at "
            f"most {MOST_TERMS:,}); give a reference, or {advice}"
        )
