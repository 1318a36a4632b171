"""Counts of small groups -> the exact test of their difference in NPS: all ways to deal the same
answers out to both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd

from cxlib import check
from cxlib.errors import ParameterError
from cxlib.methods import multiplicity
from cxlib.methods.multiplicity import Adjustment
from cxlib.nps import cautions, pairing
from cxlib.nps.counts import unweighted_counts_of
from cxlib.nps.method_names import Method
from cxlib.nps.methods import intervals
from cxlib.nps.methods.permutation import exact_pvalue
from cxlib.nps.score_counts import as_columns
from cxlib.shown.message import Message, Sentences
from cxlib.shown.result import Absent, Result
from cxlib.shown.table import Format
from cxlib.shown.vocabulary import PAIR, PVALUES, level_and_method

_KEYS = (
    "nps.permutation_some",
    "nps.permutation_none",
    "nps.permutation_one_sure",
    "nps.permutation_one_unsure",
)
MOST_ANSWERS, MOST_TERMS = 1000, 30_000_000  # of a pair; of all pairs (at most ten seconds)


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class PermutationTest(Result):
    """Differences b minus a in points with their exact p values, one row a pair.

    `frame`: the columns of `by`, then `a, b, n_a, n_b, nps_a, nps_b, difference, pvalue,
    pvalue_adj, confidence, method`."""

    columns: ClassVar[Mapping[str, Format]] = {
        **PAIR,
        **dict.fromkeys(("nps_a", "nps_b"), "points"),
        "difference": "change",
        **PVALUES,
        **level_and_method(Method),
    }
    shows: ClassVar[Message] = Message("nps.caption_permutation")

    def summary(self, language: str = "en") -> str:
        """Say how many differences are larger than dealing the answers out at random makes them,
        and which is clearest."""
        frame = self.frame
        if frame.empty:
            return Sentences(self.warnings).text(language)
        row = frame.loc[frame["pvalue"].idxmin()]
        said = {name: row[name] for name in ("nps_a", "nps_b", "difference")}
        return pairing.say_clearest(frame, row, keys=_KEYS, said=said).text(language)


@check.arguments
def permutation_test(
    data: Any,
    *,
    between: str | None,
    score: str | None = None,
    by: str | Sequence[str] | None = (),
    reference: Any = None,
    adjust: str = Adjustment.HOLM,
    confidence: float = 0.95,
    scale: tuple[int, int] | None = None,
    promoter: int | None = None,
    detractor: int | None = None,
) -> PermutationTest | Absent:
    """Exact test of NPS differences between small segments.

    Use it where groups are too small for any approximation to be trusted. It asks whether the
    answers come from one and the same distribution: where spreads differ much and sizes too,
    `compare` is the honest test.

    Parameters
    ----------
    data, between, score, by
        As in `compare`.
    reference : value of `between`, optional
        Compare every other value with this one (it is `a`); all pairs where it is None.
    adjust : {"holm", "BH", "BY", "none"}
        How `pvalue_adj` is made from all rows.
    confidence : float
        The sentence speaks of a difference where the adjusted p value is below 1 - confidence.
    scale, promoter, detractor : optional
        As in `count_scores`; refused with ready counts, which have theirs.

    Returns
    -------
    PermutationTest
        One row a pair: `difference` (b minus a, points), `n_a`, `n_b`, `nps_a`, `nps_b`, the exact
        `pvalue`, and `pvalue_adj` over all pairs.

    Raises
    ------
    ParameterError
        If a pair has more than 1,000 answers, the pairs together would take minutes, `reference` is
        no value of `between`, or the counts carry weights, strata or clusters.
    CxError
        What `count_scores` refuses.

    Notes
    -----
    See `methods.permutation.exact_pvalue`. At 500 answers a side the p value of `compare` is about
    a tenth smaller: few differences are possible where answers are dealt out, so many deals tie
    with the one seen.

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
        return Absent.of("nps.no_column", PermutationTest, by=as_columns(by))
    counts = unweighted_counts_of(
        data, (*as_columns(by), between), score, scale, promoter, detractor
    )
    segments, names, carried = counts.name_columns(counts.categories(), PermutationTest.columns)
    column, within = names[-1], list(names[:-1])
    if reference is not None:
        check.one_of("reference", reference, dict.fromkeys(segments[column]))
    i, j = pairing.pairs(segments, column, reference=reference)
    empty = cautions.of_counts(counts)
    if not len(i):
        frame = pairing.no_pairs([*within, *PermutationTest.columns])
        warnings: tuple[Message, ...] = (Message("nps.no_pair", column=between), *empty)
    else:
        one, two = (segments.iloc[at].reset_index(drop=True) for at in (i, j))
        _refuse_work(one, two, column, between)
        ends = one[within].assign(a=one[column], b=two[column])
        frame = ends.assign(**_test(one, two, adjust), confidence=confidence)
        frame = frame[[*within, *PermutationTest.columns]]
        warnings = (*cautions.of_pvalues(len(frame), adjust), *_uneven(one, two), *empty)
    return PermutationTest(
        frame=frame,
        method=Method.PERMUTATION,
        warnings=warnings,
        carried={name: carried[name] for name in within if name in carried},
    )


def _test(one: pd.DataFrame, two: pd.DataFrame, adjust: str) -> dict[str, Any]:
    kinds = ["promoters", "n", "detractors"]
    groups = [side[kinds].to_numpy().tolist() for side in (one, two)]
    pvalue = np.array([exact_pvalue(tuple(a), tuple(b)) for a, b in zip(*groups, strict=True)])
    a, b = ([side[kind].to_numpy(float) for kind in kinds] for side in (one, two))
    return {
        "n_a": one["n"],
        "n_b": two["n"],
        "nps_a": 100 * intervals.nps_of(*a),
        "nps_b": 100 * intervals.nps_of(*b),
        "difference": 100 * (intervals.nps_of(*b) - intervals.nps_of(*a)),
        "pvalue": pvalue,
        "pvalue_adj": multiplicity.adjust_pvalues(pvalue, method=adjust),
        "method": Method.PERMUTATION.value,
    }


def _uneven(one: pd.DataFrame, two: pd.DataFrame) -> tuple[Message, ...]:
    spread = np.stack(
        [
            intervals.variance_of(side["promoters"], side["n"], side["detractors"])
            for side in (one, two)
        ]
    )
    n = np.stack([one["n"], two["n"]])
    uneven = int(
        (
            (spread.max(axis=0) >= 2 * spread.min(axis=0)) & (n.max(axis=0) >= 2 * n.min(axis=0))
        ).sum()
    )
    return (Message("nps.permutation_uneven", n=uneven),) if uneven else ()


def _refuse_work(one: pd.DataFrame, two: pd.DataFrame, column: str, between: str) -> None:
    n = one["n"] + two["n"]
    advice = "use nps.compare, whose score test comes close to the exact one at such sizes"
    if (n > MOST_ANSWERS).any():
        at = n.idxmax()
        raise ParameterError(
            f"between={between!r}: {one.at[at, column]!r} and {two.at[at, column]!r} have "
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
